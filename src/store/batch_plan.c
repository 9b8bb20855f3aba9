/* batch_plan.c - what was asked, as it is stored; and the filter that it comes to. */
#include "store/batch_int.h"

struct gx_str gx_batch_filter(struct gx_ctx *ctx, const struct gx_batch_ask *ask)
{
    struct gx_str filter = gx_str_trim(ask->filter);
    if (!ask->except || ask->ids.n == 0)
        return filter;
    struct gx_buf out = { 0 };
    if (filter.n) {
        gx_buf_addc(&out, '(');
        gx_buf_add(&out, filter);
        gx_buf_addz(&out, ") and ");
    }
    gx_buf_addz(&out, "id not in (");
    for (size_t i = 0; i < ask->ids.n; i++) {
        gx_buf_addz(&out, i ? ", \"" : "\"");
        gx_buf_addi(&out, ask->ids.v[i]);
        gx_buf_addc(&out, '"');
    }
    gx_buf_addc(&out, ')');
    filter = gx_arena_str(ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return filter;
}

struct gx_str gx_batch_plan_text(struct gx_ctx *ctx, const struct gx_batch_ask *ask)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "action", ask->action);
    gx_jw_key_str(&w, "filter", ask->filter);
    gx_jw_key_str(&w, "q", ask->q);
    gx_jw_key_bool(&w, "except", ask->except);
    gx_jw_key_int(&w, "lang", ctx->lang);
    gx_jw_key_id(&w, "book", ask->book);
    gx_jw_key_str(&w, "relocation", ask->relocation);
    gx_jw_key_str(&w, "reason", ask->reason);
    gx_jw_key(&w, GX_STR("ids"));
    gx_jw_array(&w);
    for (size_t i = 0; i < ask->ids.n; i++)
        gx_jw_id(&w, ask->ids.v[i]);
    gx_jw_array_end(&w);
    gx_jw_key(&w, GX_STR("columns"));
    gx_jw_array(&w);
    for (size_t i = 0; i < ask->columns.n; i++)
        gx_jw_str(&w, ask->columns.v[i]);
    gx_jw_array_end(&w);
    if (ask->values) {
        gx_jw_key(&w, GX_STR("values"));
        gx_json_write(&w, ask->values);
    }
    if (ask->rows) {
        gx_jw_key(&w, GX_STR("rows"));
        gx_json_write(&w, ask->rows);
    }
    gx_jw_object_end(&w);
    struct gx_str text = gx_arena_str(ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return text;
}

enum gx_code gx_batch_plan_read(struct gx_ctx *ctx, struct gx_str text, struct gx_batch_plan *ret)
{
    struct gx_json *root;
    GX_TRY(gx_json_read(ctx, text, &root));
    const struct gx_json *ids = gx_json_get(root, "ids"), *columns = gx_json_get(root, "columns");
    struct gx_batch_ask *ask = &ret->ask;
    ret->lang = (enum gx_lang)gx_json_get_int(root, "lang", 0);
    *ask = (struct gx_batch_ask){
        .action = gx_json_get_str(root, "action", GX_STR("")),
        .filter = gx_json_get_str(root, "filter", GX_STR("")),
        .q = gx_json_get_str(root, "q", GX_STR("")),
        .except = gx_json_get_bool(root, "except", false),
        .values = gx_json_get(root, "values"),
        .rows = gx_json_get(root, "rows"),
        .relocation = gx_json_get_str(root, "relocation", GX_STR("")),
        .reason = gx_json_get_str(root, "reason", GX_STR("")),
    };
    (void)!gx_json_int64(gx_json_get(root, "book"), &ask->book);
    ask->ids.v = GX_ARENA_ARRAY(ctx->arena, int64_t, (ids ? ids->count : 0) + 1);
    for (const struct gx_json *k = ids ? ids->first : NULL; k; k = k->next)
        if (gx_json_int64(k, &ask->ids.v[ask->ids.n]))
            ask->ids.n++;
    ask->columns.v = GX_ARENA_ARRAY(ctx->arena, struct gx_str, (columns ? columns->count : 0) + 1);
    for (const struct gx_json *k = columns ? columns->first : NULL; k; k = k->next)
        ask->columns.v[ask->columns.n++] = k->text;
    return GX_OK;
}

void gx_batch_errors(struct gx_ctx *ctx, struct gx_jw *w)
{
    gx_jw_array(w);
    for (const struct gx_error *e = ctx->errors; e; e = e->next) {
        gx_jw_object(w);
        gx_jw_key_str(w, "path", e->path);
        gx_jw_key_str(w, "code", gx_str_c(gx_code_wire(e->code)));
        gx_jw_key_str(w, "detail", gx_error_text(ctx->arena, e, ctx->lang));
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
}

enum gx_code gx_batch_keep(struct gx_ctx *ctx, struct gx_conn *conn, int64_t batch, int64_t record,
                           const char *action, struct gx_str title)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_batch_errors(ctx, &w);
    struct gx_value values[] = {
        gx_value_int(batch),
        gx_value_int(record),
        gx_value_text(gx_str_c(action)),
        gx_value_text(title),
        gx_value_text(gx_arena_str(ctx->arena, gx_buf_str(&out))),
    };
    gx_buf_free(&out);
    gx_ctx_clear(ctx);
    return gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_batch_row (batch_id, record, action, title, detail) "
                             "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (batch_id, action, record) "
                             "DO UPDATE SET detail = excluded.detail"),
                      values, GX_COUNT(values), NULL);
}
