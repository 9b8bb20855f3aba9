/*
 * segment_count.c - who counts: the one place that decides whom a segment is asked of.
 *
 * Records are asked of the store, within a time; who has only a right to totals gets those, with
 * small groups left out.
 */
#include "base/time.h"
#include "json/read.h"
#include "report/segment_int.h"
#include "store/group.h"

static enum gx_code by_totals(struct gx_scope *scope, const struct gx_segment_what *what,
                              int64_t *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_group_options options = { .totals = true, .filter = what->text };
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    struct gx_json *json = NULL;
    enum gx_code code = gx_group(scope, what->object, &options, &w);
    if (code == GX_OK)
        code = gx_json_read(ctx, gx_arena_str(ctx->arena, gx_buf_str(&out)), &json);
    gx_buf_free(&out);
    GX_TRY(code);
    const struct gx_json *groups = gx_json_get(json, "groups");
    if (groups && groups->first)
        *ret_count = gx_json_get_int(groups->first, "count", 0);
    else
        *ret_count = gx_json_get_bool(json, "complete", true) ? -2 : -1;
    return GX_OK;
}

enum gx_code gx_segment_count(struct gx_scope *scope, const struct gx_segment_what *what,
                              struct gx_segment_count *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_expr *filter;
    const struct gx_list_options options = {
        .filter = what->text,
        .among = what->among,
        .among_count = what->among_count,
    };
    *ret_count = (struct gx_segment_count){ .source = "records" };
    enum gx_code code = gx_scope_filter(scope, what->object, GX_RIGHT_READ, &filter);
    if (code == GX_E_FORBIDDEN && !what->among_count) {
        gx_ctx_clear(ctx);
        return by_totals(scope, what, &ret_count->count);
    }
    GX_TRY(code);
    return gx_list_count(scope, what->object, &options, gx_monotonic_us() + GX_SEGMENT_COUNT_US,
                         &ret_count->count);
}
