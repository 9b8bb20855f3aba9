/* test_base_log.c - no value can forge a line of the log or reach a terminal raw. */
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "gx_test.h"

static const struct {
    struct gx_str value;
    const char *written;
} values[] = {
    { GX_STR_INIT("/api/v1/account"), " k=/api/v1/account\n" },
    { GX_STR_INIT(""), " k=\"\"\n" },
    { GX_STR_INIT("two words"), " k=\"two words\"\n" },
    { GX_STR_INIT("a=b"), " k=\"a=b\"\n" },
    { GX_STR_INIT("quote\" back\\"), " k=\"quote\\\" back\\\\\"\n" },
    { GX_STR_INIT("x\ntime=0 level=error"), " k=\"x\\u000atime=0 level=error\"\n" },
    { GX_STR_INIT("\x1b[31m"), " k=\"\\u001b[31m\"\n" },
    { GX_STR_INIT("nul\0here"), " k=\"nul\\u0000here\"\n" },
    { GX_STR_INIT("臺灣"), " k=\"臺灣\"\n" },
    { GX_STR_INIT("c1 \xc2\x9b"), " k=\"c1 \\u009b\"\n" },
    { GX_STR_INIT("\xe2\x80\xae turned"), " k=\"\\u202e turned\"\n" },
    { GX_STR_INIT("bad \xff"), " k=\"bad \\ufffd\"\n" },
};

static struct gx_str written(int fd, char *out, size_t n)
{
    ssize_t have = read(fd, out, n);
    return (struct gx_str){ out, have > 0 ? (size_t)have : 0 };
}

GX_TEST(base_log)
{
    int ends[2];
    char text[8192];
    GX_CHECK(pipe(ends) == 0, "pipe");
    gx_log_set_fd(ends[1]);
    for (size_t i = 0; i < GX_COUNT(values); i++) {
        struct gx_log line;
        gx_log_begin(&line, GX_LOG_INFO, "test");
        gx_log_str(&line, "k", values[i].value);
        gx_log_end(&line);
        struct gx_str got = written(ends[0], text, sizeof text);
        GX_CHECK(got.n > 48 && gx_str_starts(got, GX_STR("time=20")), "time");
        got = gx_str_from(got, strlen("time=2026-11-21T08:00:00.000Z"));
        GX_CHECK(gx_str_starts(got, GX_STR(" level=info event=test")), "level and event");
        GX_CHECK_STR(gx_str_from(got, strlen(" level=info event=test")),
                     gx_str_c(values[i].written), values[i].written);
    }
    char *longer = malloc(9001);
    memset(longer, 'a', 9000);
    longer[GX_LOG_VALUE_BYTES_MAX - 1] = '\xe7'; /* a character across the cut */
    longer[GX_LOG_VALUE_BYTES_MAX] = '\x8e';
    longer[GX_LOG_VALUE_BYTES_MAX + 1] = '\x8b';
    struct gx_log line;
    gx_log_begin(&line, GX_LOG_WARN, "test");
    for (int i = 0; i < 10; i++)
        gx_log_str(&line, "k", (struct gx_str){ longer, 9000 });
    gx_log_int(&line, "n", -5);
    gx_log_end(&line);
    struct gx_str got = written(ends[0], text, sizeof text);
    GX_CHECK(got.n <= GX_LOG_LINE_BYTES_MAX && gx_str_ends(got, GX_STR("... n=-5\n")), "cut");
    gx_log_say(GX_LOG_DEBUG, "test", GX_STR("dropped"));
    gx_log_set_level(GX_LOG_NONE);
    gx_log_say(GX_LOG_ERROR, "test", GX_STR("dropped"));
    gx_log_set_level(GX_LOG_INFO);
    gx_log_say(GX_LOG_ERROR, "test", GX_STR("kept"));
    got = written(ends[0], text, sizeof text);
    GX_CHECK(gx_str_ends(got, GX_STR(" level=error event=test message=kept\n")), "levels");
    GX_CHECK(gx_str_find(got, '\n') + 1 == got.n, "one line only");
    gx_log_set_fd(STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    free(longer);
}
