/* ctx.c - errors collected and put into words; see ctx.h. */
#include "base/ctx.h"

#include <time.h>

#include "base/assert.h"
#include "base/buf.h"

static const struct {
    const char *text[GX_LANG_COUNT];
} messages[GX_MESSAGE_COUNT] = {
#define GX_MESSAGE(id, en, zh) [id] = { { [GX_LANG_EN] = en, [GX_LANG_ZH_HANT] = zh } },
#include "base/messages.def"
#undef GX_MESSAGE
};

enum gx_code gx_fail_args(struct gx_ctx *ctx, enum gx_code code, struct gx_str path, int64_t at,
                          enum gx_message message, const struct gx_str *args, size_t arg_count)
{
    gx_assert(code != GX_OK && code < GX_CODE_COUNT && message < GX_MESSAGE_COUNT);
    if (ctx->error_count >= GX_CTX_ERRORS_MAX)
        return code;
    struct gx_error *error = GX_ARENA_NEW(ctx->arena, struct gx_error);
    struct gx_str *copies = GX_ARENA_ARRAY(ctx->arena, struct gx_str, arg_count);
    for (size_t i = 0; i < arg_count; i++)
        copies[i] = gx_arena_str(ctx->arena, args[i + 1]);
    *error = (struct gx_error){
        .code = code,
        .message = message,
        .path = gx_arena_str(ctx->arena, path),
        .at = at,
        .arg_count = arg_count,
        .args = copies,
    };
    if (ctx->last_error)
        ctx->last_error->next = error;
    else
        ctx->errors = error;
    ctx->last_error = error;
    ctx->error_count++;
    return code;
}

void gx_ctx_clear(struct gx_ctx *ctx)
{
    ctx->errors = ctx->last_error = NULL;
    ctx->error_count = 0;
}

struct gx_str gx_error_text(struct gx_arena *arena, const struct gx_error *error, enum gx_lang lang)
{
    if (error->message == GX_M_NONE)
        return gx_str_c(lang == GX_LANG_EN ? gx_code_title(error->code)
                                           : gx_code_title_zh(error->code));
    struct gx_buf out = { 0 };
    for (const char *t = messages[error->message].text[lang]; *t; t++) {
        size_t k = t[0] == '{' ? (size_t)(t[1] - '0') : SIZE_MAX;
        if (k <= 9 && t[2] == '}') {
            if (k < error->arg_count)
                gx_buf_add(&out, error->args[k]);
            t += 2;
        } else {
            gx_buf_addc(&out, *t);
        }
    }
    struct gx_str text = gx_arena_str(arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return text;
}

struct gx_str gx_ctx_text(struct gx_ctx *ctx)
{
    struct gx_buf out = { 0 };
    for (const struct gx_error *e = ctx->errors; e; e = e->next) {
        if (e->file.n)
            gx_buf_printf(&out, "%.*s:%lld: ", GX_STR_ARG(e->file), (long long)e->line);
        else if (e->line)
            gx_buf_printf(&out, "%s %lld: ", ctx->lang == GX_LANG_EN ? "row" : "列",
                          (long long)e->line);
        if (e->path.n)
            gx_buf_printf(&out, "%.*s: ", GX_STR_ARG(e->path));
        gx_buf_add(&out, gx_error_text(ctx->arena, e, ctx->lang));
        if (e->next)
            gx_buf_addc(&out, '\n');
    }
    struct gx_str text = gx_arena_str(ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return text;
}

static int64_t read_clock(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t gx_clock_us(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t gx_monotonic_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}
