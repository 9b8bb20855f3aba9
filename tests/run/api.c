/*
 * api.c - run .api files against the real program; see run.h and tests/api/README.md.
 *
 *   api GUANXI FILE...
 *
 * A process for each file, as many at a time as there are processors, each with a server and a
 * data folder of its own.  What it found comes back as lines of text: "passed", "failed", "route
 * GET /path", "hit GET /path", "code not_found".
 */
#include "run.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct sum {
    struct gx_arena arena;
    size_t passed, failed;
    struct gx_map routes, hit, codes;
};

static void add_results(struct sum *sum, const char *name)
{
    struct gx_str rest = run_file_text(&sum->arena, name), line = { "", 0 };
    bool any = false;
    while (rest.n && gx_str_split(&rest, '\n', &line)) {
        struct gx_str word = { line.p, gx_str_find(line, ' ') },
                      what = gx_str_from(line, word.n + 1);
        sum->passed += gx_str_is(line, "passed");
        sum->failed += gx_str_is(line, "failed");
        any |= line.n > 0;
        if (gx_str_is(word, "code"))
            gx_map_set(&sum->codes, &sum->arena, what, sum);
        if (gx_str_is(word, "hit"))
            gx_map_set(&sum->hit, &sum->arena, what, sum);
        if (gx_str_is(word, "hit") || gx_str_is(word, "route"))
            gx_map_set(&sum->routes, &sum->arena, what, sum);
    }
    if (!any) { /* the process died */
        printf("FAIL %s: no results\n", name);
        sum->failed++;
    }
}

static int by_text(const void *a, const void *b)
{
    return gx_str_cmp(*(const struct gx_str *)a, *(const struct gx_str *)b);
}

static void print_gaps(struct sum *sum)
{
    struct gx_str *gaps = GX_ARENA_ARRAY(&sum->arena, struct gx_str, sum->routes.count);
    size_t n = 0;
    for (size_t i = 0; i < sum->routes.cap; i++) {
        const struct gx_map_slot *slot = &sum->routes.slots[i];
        if (slot->value && !gx_map_get(&sum->hit, slot->key))
            gaps[n++] = slot->key;
    }
    qsort(gaps, n, sizeof *gaps, by_text);
    printf("%zu of %zu routes called%s\n", sum->routes.count - n, sum->routes.count,
           n ? "; not called:" : "");
    for (size_t i = 0; i < n; i++)
        printf("    %.*s\n", GX_STR_ARG(gaps[i]));
    printf("error codes not seen:");
    for (int code = GX_OK + 1; code < GX_CODE_COUNT; code++)
        if (!gx_map_get(&sum->codes, gx_str_c(gx_code_wire((enum gx_code)code))))
            printf(" %s", gx_code_wire((enum gx_code)code));
    printf("\n");
}

static void start_file(const char *program, const char *name, const char *scratch, int i)
{
    char folder[RUN_PATH_BYTES_MAX], results[RUN_PATH_BYTES_MAX], output[RUN_PATH_BYTES_MAX];
    fflush(stdout);
    if (fork() != 0)
        return;
    snprintf(folder, sizeof folder, "%s/data%d", scratch, i);
    snprintf(results, sizeof results, "%s/results%d", scratch, i);
    snprintf(output, sizeof output, "%s/output%d", scratch, i);
    FILE *file = fopen(results, "w");
    if (!file || !freopen(output, "w", stdout))
        _exit(1);
    run_file(program, name, folder, file);
    fclose(file);
    fflush(stdout);
    _exit(0);
}

static int remove_one(const char *path, const struct stat *stat, int kind, struct FTW *at)
{
    (void)stat, (void)kind, (void)at;
    return remove(path);
}

int main(int argc, char **argv)
{
    char scratch[] = "/tmp/guanxi-api-XXXXXX", path[RUN_PATH_BYTES_MAX];
    struct sum sum = { 0 };
    long at_once = sysconf(_SC_NPROCESSORS_ONLN);
    if (argc < 2 || !mkdtemp(scratch)) {
        fprintf(stderr, "usage: api GUANXI FILE...\n");
        return 2;
    }
    for (int i = 2; i < argc; i++) {
        if (i - 2 >= at_once)
            wait(NULL);
        start_file(argv[1], argv[i], scratch, i);
    }
    while (wait(NULL) > 0)
        ;
    for (int i = 2; i < argc; i++) {
        snprintf(path, sizeof path, "%s/output%d", scratch, i);
        struct gx_str text = run_file_text(&sum.arena, path);
        printf("%.*s", GX_STR_ARG(text));
        snprintf(path, sizeof path, "%s/results%d", scratch, i);
        add_results(&sum, path);
    }
    if (argc > 2)
        print_gaps(&sum);
    if (sum.failed)
        printf("what the servers wrote is in %s\n", scratch);
    else if (nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        printf("%s could not be removed\n", scratch);
    printf("%zu passed, %zu failed\n", sum.passed, sum.failed);
    gx_arena_free(&sum.arena);
    return sum.failed ? 1 : 0;
}
