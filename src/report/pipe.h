/*
 * pipe.h - pieces between this program and its children: a kind, a length, bytes.
 *
 * Layer: report.  Both ends are ours; the other end may have been taken over by what it ran, so
 * lengths are held against a limit and cells against their bounds.
 */
#ifndef GX_REPORT_PIPE_H
#define GX_REPORT_PIPE_H

#include "base/buf.h"

enum { GX_PIPE_BYTES_MAX = 8 << 20 };

enum gx_pipe { GX_PIPE_PIECE, GX_PIPE_END, GX_PIPE_LATE };

/* False: the other end is gone, or took nothing until then (gx_monotonic_us(); 0: no limit). */
GX_NODISCARD bool gx_pipe_write(int fd, char kind, struct gx_str bytes, int64_t until_us);
/* The next piece, into `buf` (emptied first).  END also for what is not sent as it should be. */
GX_NODISCARD enum gx_pipe gx_pipe_read(int fd, struct gx_buf *buf, char *ret_kind,
                                       int64_t until_us);

/*
 * Cells: a tag, four bytes of length, bytes.  'n' nothing, 's' text, 'i' a number, 'd' a number
 * whose digits all count, 't' and 'f' yes and no.
 */
void gx_pipe_cell(struct gx_buf *buf, char tag, struct gx_str text);
/* Take one off the front; false at the end, or when it is cut short. */
bool gx_pipe_take(struct gx_str *rest, char *ret_tag, struct gx_str *ret_text);

#endif
