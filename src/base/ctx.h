/*
 * ctx.h - what rides along with one piece of work: its memory, its clock, what went wrong.
 *
 * One context per request, job or command.  Errors are collected here, so that a form with
 * five wrong fields gets five messages, each with its path; the codes alone travel as results.
 *
 * Layer: base.
 */
#ifndef GX_BASE_CTX_H
#define GX_BASE_CTX_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { GX_CTX_ERRORS_MAX = 100 };

enum gx_lang { GX_LANG_ZH_HANT, GX_LANG_EN, GX_LANG_COUNT };

enum gx_message {
    GX_M_NONE,
#define GX_MESSAGE(id, en, zh) id,
#include "base/messages.def"
#undef GX_MESSAGE
    GX_MESSAGE_COUNT
};

struct gx_error {
    struct gx_error *next;
    enum gx_code code;
    enum gx_message message;
    struct gx_str path; /* JSON path or parameter name; empty: the whole input */
    int64_t at;         /* byte offset into an expression or file, or -1 */
    int64_t line;       /* line or row of a file from 1, or 0 */
    struct gx_str file; /* file the line is in, or empty */
    size_t arg_count;
    const struct gx_str *args;
};

struct gx_ctx {
    struct gx_arena *arena;
    int64_t now_us;        /* UTC microseconds; fixed for the whole piece of work */
    int32_t tz_offset_min; /* minutes east of UTC, for "today" */
    enum gx_lang lang;
    struct gx_str request_id;
    struct gx_error *errors, *last_error; /* oldest first */
    size_t error_count;
    /*
     * A first try that must not take long: at hurry_us (of gx_monotonic_us(); 0: no hurry) readers
     * taken with this context stop what they do, GX_E_CANCELLED, and `late` says that this was why.
     */
    int64_t hurry_us;
    bool late;
};

/* Remember an error and return its code.  path and args are copied into the arena. */
#define gx_fail(ctx, code, path, message, ...)                                                     \
    gx_fail_args(                                                                                  \
        (ctx), (code), (path), -1, (message), (const struct gx_str[]){ { "", 0 }, ##__VA_ARGS__ }, \
        sizeof((const struct gx_str[]){ { "", 0 }, ##__VA_ARGS__ }) / sizeof(struct gx_str) - 1)
/* The same with a byte offset into the text that was wrong. */
#define gx_fail_at(ctx, code, path, at, message, ...)                                              \
    gx_fail_args(                                                                                  \
        (ctx), (code), (path), (at), (message),                                                    \
        (const struct gx_str[]){ { "", 0 }, ##__VA_ARGS__ },                                       \
        sizeof((const struct gx_str[]){ { "", 0 }, ##__VA_ARGS__ }) / sizeof(struct gx_str) - 1)
/* args[0] is skipped: it only keeps the array from being empty. */
enum gx_code gx_fail_args(struct gx_ctx *ctx, enum gx_code code, struct gx_str path, int64_t at,
                          enum gx_message message, const struct gx_str *args, size_t arg_count);

/* Forget all errors (after trying something that may fail). */
void gx_ctx_clear(struct gx_ctx *ctx);
/* The sentence of an error in a language, in the arena. */
struct gx_str gx_error_text(struct gx_arena *arena, const struct gx_error *error,
                            enum gx_lang lang);
/* All errors as lines "path: sentence" for a terminal. */
struct gx_str gx_ctx_text(struct gx_ctx *ctx);

/* The time now, UTC microseconds. */
int64_t gx_clock_us(void);
/* For measuring how long something took. */
int64_t gx_monotonic_us(void);

#endif
