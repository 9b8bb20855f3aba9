/*
 * log.h - one line an event, key=value or as a JSON object, on standard error.
 *
 * A line is put together on the stack and written whole, so lines of several threads never mix.
 * Values that are not plain are written as JSON strings, so nothing a user sends can forge a line
 * or reach a terminal raw.  Fields marked private never go here.
 *
 *     struct gx_log line;
 *     gx_log_begin(&line, GX_LOG_INFO, "request");
 *     gx_log_str(&line, "path", path);
 *     gx_log_int(&line, "status", 200);
 *     gx_log_end(&line);
 *
 * Layer: base.  Thread-safe.  The level and the lines that wait are the mutable globals of the
 * program outside main/.
 */
#ifndef GX_BASE_LOG_H
#define GX_BASE_LOG_H

#include "base/str.h"

enum gx_log_level { GX_LOG_DEBUG, GX_LOG_INFO, GX_LOG_WARN, GX_LOG_ERROR, GX_LOG_NONE };

enum { GX_LOG_LINE_BYTES_MAX = 4096, GX_LOG_VALUE_BYTES_MAX = 1024 };

struct gx_log {
    bool on;   /* false: below the level, nothing is written */
    bool json; /* as it was when the line began */
    size_t n;
    char text[GX_LOG_LINE_BYTES_MAX];
};

/* Lines below `level` are dropped; INFO from the start. */
void gx_log_set_level(enum gx_log_level level);
/* Lines as JSON objects instead of key=value; off from the start. */
void gx_log_set_json(bool on);
/* Lines go to this descriptor; 2 from the start. */
void gx_log_set_fd(int fd);

/* Begin a line: time, level, event.  `event` is a word of the program's own. */
void gx_log_begin(struct gx_log *line, enum gx_log_level level, const char *event);
/* `key` is a word of the program's own.  A value past GX_LOG_VALUE_BYTES_MAX is cut. */
void gx_log_str(struct gx_log *line, const char *key, struct gx_str value);
void gx_log_int(struct gx_log *line, const char *key, int64_t value);
/* Write it, behind the lines that wait. */
void gx_log_end(struct gx_log *line);
/*
 * Let it wait for others, at most GX_LOG_WAIT_US while lines keep coming: for the line of each
 * request.  Who uses it calls gx_log_flush() now and then, and at the end.
 */
enum { GX_LOG_WAIT_US = 100000 };
void gx_log_end_soon(struct gx_log *line);
void gx_log_flush(void);
/* A whole line with one text: event=… message="…". */
void gx_log_say(enum gx_log_level level, const char *event, struct gx_str message);

#endif
