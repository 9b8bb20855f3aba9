/* gx_test.c - the unit test program; see gx_test.h. */
#include "gx_test.h"

#include <stdlib.h>
#include <unistd.h>

static size_t failed_checks, checks;
static const char *skipped;

bool gx_check(bool ok, const char *fact, const char *what, const char *file, int line)
{
    checks++;
    if (!ok) {
        failed_checks++;
        printf("%s:%d: failed: %s [%s]\n", file, line, fact, what ? what : "");
    }
    return ok;
}

bool gx_check_str(struct gx_str have, struct gx_str want, const char *what, const char *file,
                  int line)
{
    checks++;
    if (gx_str_eq(have, want))
        return true;
    failed_checks++;
    printf("%s:%d: failed: \"%.*s\" should be \"%.*s\" [%s]\n", file, line, GX_STR_ARG(have),
           GX_STR_ARG(want), what ? what : "");
    return false;
}

void gx_skip(const char *why)
{
    skipped = why;
}

struct gx_ctx gx_test_ctx(struct gx_arena *arena)
{
    return (struct gx_ctx){
        .arena = arena,
        .now_us = INT64_C(1795248000) * 1000000,
        .tz_offset_min = 480,
        .lang = GX_LANG_EN,
        .request_id = GX_STR("test"),
    };
}

const char *gx_test_data(const char *folder)
{
    static char path[4096];
    const char *root = getenv("GUANXI_TEST_DATA");
    snprintf(path, sizeof path, "%s/%s", root ? root : "../shared/data", folder);
    return access(path, R_OK) == 0 ? path : NULL;
}

int main(int argc, char **argv)
{
    size_t passed = 0, failed = 0, skips = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (const struct gx_test_entry *t = gx_tests; t->name; t++) {
        if (argc > 1 && !strstr(t->name, argv[1]))
            continue;
        size_t before = failed_checks, checks_before = checks;
        skipped = NULL;
        t->run();
        if (failed_checks > before) {
            failed++;
            printf("FAIL %s\n", t->name);
        } else if (skipped) {
            skips++;
            printf("skip %s: %s\n", t->name, skipped);
        } else if (checks == checks_before) {
            failed++;
            printf("FAIL %s: it checked nothing\n", t->name);
        } else {
            passed++;
        }
    }
    printf("%zu checks\n%zu passed, %zu failed, %zu skipped\n", checks, passed, failed, skips);
    return failed || passed + skips == 0 ? 1 : 0;
}
