/* test_warehouse_wire.c - frames of the warehouse: what was written is read, what is hostile is
 * refused and never read beyond its end. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gx_test.h"
#include "report/wire.h"

GX_TEST(warehouse_wire_round_trip)
{
    struct gx_buf out = { 0 }, in_buf = { 0 };
    enum gx_wire_kind kind;
    struct gx_wire_in in;
    int pair[2];
    GX_CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "pair");
    size_t at = gx_wire_begin(&out, GX_WIRE_ROWS);
    gx_wire_put_value(&out, gx_value_int(INT64_MIN));
    gx_wire_put_value(&out, gx_value_text(GX_STR("保單")));
    gx_wire_put_value(&out, GX_NULL_VALUE);
    gx_wire_put_value(&out, gx_value_blob((struct gx_str){ "\0\1", 2 }));
    gx_wire_end(&out, at);
    GX_CHECK(gx_wire_send(pair[0], &out), "sent");
    GX_CHECK(gx_wire_receive(pair[1], 1000, &in_buf, &kind, &in) == GX_OK, "received");
    GX_CHECK(kind == GX_WIRE_ROWS, "its kind");
    GX_CHECK(gx_wire_value(&in).i == INT64_MIN, "the least number");
    GX_CHECK(gx_str_is(gx_wire_value(&in).s, "保單"), "text");
    GX_CHECK(gx_wire_value(&in).kind == GX_VALUE_NULL, "null");
    GX_CHECK(gx_wire_value(&in).s.n == 2, "bytes");
    GX_CHECK(!in.bad && in.n == 0, "all of it");
    GX_CHECK(gx_wire_receive(pair[1], 0, &in_buf, &kind, &in) == GX_E_BUSY, "nothing more");
    close(pair[0]);
    GX_CHECK(gx_wire_receive(pair[1], 1000, &in_buf, &kind, &in) == GX_E_IO, "gone");
    close(pair[1]);
    gx_buf_free(&out);
    gx_buf_free(&in_buf);
}

/* Each is what follows the head; reading a value from it must end as bad. */
static const struct {
    const char *bytes;
    size_t n;
} hostile[] = {
    { "", 0 },
    { "\1\0\0", 3 }, /* half a number */
    { "\2\xff\xff\xff\xff"
      "a",
      6 }, /* a text of 4 GB */
    { "\2\2\0\0\0"
      "a",
      6 },           /* one byte too long */
    { "\2\0\0", 3 }, /* half a length */
    { "\4", 1 },     /* no such kind */
    { "\xff\0\0\0\0", 5 },
    { "\3\1\0\0\0", 5 }, /* bytes that are not there */
};

GX_TEST(warehouse_wire_hostile_values)
{
    for (size_t i = 0; i < GX_COUNT(hostile); i++) {
        struct gx_wire_in in = { hostile[i].bytes, hostile[i].n, false };
        (void)gx_wire_value(&in);
        GX_CHECK(in.bad, "refused");
        GX_CHECK(gx_wire_i64(&in) == 0 && gx_wire_text(&in).n == 0, "and nothing after it");
    }
}

static const struct {
    const char *head;
    bool good;
} heads[] = {
    { "\0\0\0\0\1", true },          { "\0\0\0\1\6", true }, /* 16 MB, the most there may be */
    { "\1\0\0\1\6", false },                                 /* one more */
    { "\xff\xff\xff\xff\6", false },                         /* 4 GB */
    { "\0\0\0\0\0", false },                                 /* kind 0 */
    { "\0\0\0\0\x7f", false },
};

GX_TEST(warehouse_wire_hostile_heads)
{
    for (size_t i = 0; i < GX_COUNT(heads); i++) {
        enum gx_wire_kind kind;
        size_t length;
        GX_CHECK(gx_wire_head(heads[i].head, &kind, &length) == heads[i].good, "head");
    }
}

/* A frame that ends before its length: the other side is told to have gone. */
GX_TEST(warehouse_wire_cut_off)
{
    struct gx_buf buf = { 0 };
    enum gx_wire_kind kind;
    struct gx_wire_in in;
    int pair[2];
    GX_CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "pair");
    GX_CHECK(write(pair[0], "\x09\0\0\0\1abc", 8) == 8, "three of nine bytes");
    close(pair[0]);
    GX_CHECK(gx_wire_receive(pair[1], 1000, &buf, &kind, &in) == GX_E_IO, "cut off");
    close(pair[1]);
    gx_buf_free(&buf);
}
