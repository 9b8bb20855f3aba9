/*
 * wire.h - frames between the process that serves people and those that hold analytical data.
 *
 * A frame is a length, a kind and that many bytes: whole numbers little end first, texts with their
 * length before them.  Both sides take nothing for granted: what does not fit is refused, never
 * read beyond its end, and ends the connection.
 *
 *   asks    ASK   i64 time_ms, i64 rows_max, text sql, values to the end
 *           RUN   text sql: statements without rows, of no limit in time
 *           LOAD  text schema, text table, u32 columns; then ROWS …, and END or ABORT
 *   answers COLUMNS  u32 count, each: text name, u8 type, u8 scale; then ROWS …
 *           DONE  i64 rows
 *           FAIL  u8 code of enum gx_code, text
 *   ROWS    values to the end, a whole number of rows
 *   HELLO   (once, on the first socket) u8 code, text: it is open, or why not
 *
 * Layer: report.  Pure but for gx_wire_send() and gx_wire_receive().
 */
#ifndef GX_REPORT_WIRE_H
#define GX_REPORT_WIRE_H

#include "base/buf.h"
#include "base/ctx.h"
#include "base/value.h"

enum {
    GX_WIRE_BYTES_MAX = 16 << 20,  /* of a frame; a row must fit */
    GX_WIRE_ROWS_BYTES = 64 << 10, /* a frame of rows is sent when it has so much */
    GX_WIRE_HEAD_BYTES = 5,
    GX_WIRE_COLUMNS_MAX = 2000,
};

enum gx_wire_kind {
    GX_WIRE_ASK = 1,
    GX_WIRE_RUN,
    GX_WIRE_LOAD,
    GX_WIRE_END,
    GX_WIRE_ABORT,
    GX_WIRE_COLUMNS,
    GX_WIRE_ROWS,
    GX_WIRE_DONE,
    GX_WIRE_FAIL,
    GX_WIRE_HELLO,
    GX_WIRE_KIND_COUNT
};

/* --- writing: a frame is begun, filled and ended in a buffer; several may follow each other */
size_t gx_wire_begin(struct gx_buf *out, enum gx_wire_kind kind);
void gx_wire_end(struct gx_buf *out, size_t begun);
void gx_wire_put_u8(struct gx_buf *out, unsigned value);
void gx_wire_put_u32(struct gx_buf *out, size_t value);
void gx_wire_put_i64(struct gx_buf *out, int64_t value);
void gx_wire_put_text(struct gx_buf *out, struct gx_str text);
void gx_wire_put_value(struct gx_buf *out, struct gx_value value);

/* --- reading: from what is left of a frame; `bad` once something did not fit, then all is 0 */
struct gx_wire_in {
    const char *p;
    size_t n;
    bool bad;
};
unsigned gx_wire_u8(struct gx_wire_in *in);
size_t gx_wire_u32(struct gx_wire_in *in);
int64_t gx_wire_i64(struct gx_wire_in *in);
/* Points into the frame. */
struct gx_str gx_wire_text(struct gx_wire_in *in);
struct gx_value gx_wire_value(struct gx_wire_in *in);
/* The head of a frame: false when the kind is none or the length beyond the limit. */
bool gx_wire_head(const char head[GX_WIRE_HEAD_BYTES], enum gx_wire_kind *ret_kind,
                  size_t *ret_length);

/* --- over a socket */
/* False: the other side has gone. */
bool gx_wire_send(int fd, struct gx_buf *out);
/*
 * The next frame, whole; `in` points into `buf`, which is emptied first.  GX_E_IO: the other side
 * has gone, or sent what is no frame.  GX_E_BUSY: nothing began to come within `wait_ms` (-1:
 * for ever).
 */
GX_NODISCARD enum gx_code gx_wire_receive(int fd, int wait_ms, struct gx_buf *buf,
                                          enum gx_wire_kind *ret_kind, struct gx_wire_in *ret_in);

#endif
