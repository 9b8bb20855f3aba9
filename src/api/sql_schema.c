/* sql_schema.c - what may be asked of in SQL, and what one has asked. */
#include "api/sql_tables.h"
#include "base/time.h"
#include "json/read.h"

enum { HISTORY = 50, HISTORY_MAX = 200 };

static void write_label(struct gx_jw *w, const struct gx_label *label)
{
    gx_jw_key(w, GX_STR("label"));
    gx_jw_object(w);
    gx_jw_key_str(w, "en", gx_label_text(label, GX_LANG_EN));
    gx_jw_key_str(w, "zh-Hant", gx_label_text(label, GX_LANG_ZH_HANT));
    gx_jw_object_end(w);
}

static void write_choices(struct gx_jw *w, const struct gx_field *field)
{
    gx_jw_key(w, GX_STR("choices"));
    gx_jw_array(w);
    for (size_t i = 0; i < field->choice_count; i++) {
        gx_jw_object(w);
        gx_jw_key_str(w, "code", field->choices[i].code);
        write_label(w, &field->choices[i].label);
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
}

static void write_column(struct gx_jw *w, const struct gx_guard_column *name,
                         const struct sql_column *column)
{
    const struct gx_field *field = column->field;
    static const struct gx_label id = { 0 };
    gx_jw_object(w);
    gx_jw_key_str(w, "name", name->name);
    gx_jw_key_str(w, "type", name->type);
    write_label(w, field ? &field->label : &id);
    gx_jw_key_bool(w, "computed", name->computed);
    gx_jw_key_bool(w, "masked", field && field->access == GX_FIELD_MASKED);
    if (field && column->kind == SQL_ID && field->x.object)
        gx_jw_key_str(w, "to", gx_str_c(field->x.object));
    if (field && field->choice_count && column->part == 0)
        write_choices(w, field);
    gx_jw_object_end(w);
}

static enum gx_code sql_schema(struct gx_req *req, const void *in)
{
    struct sql_tables *tables;
    struct gx_jw w = gx_jw(&req->out);
    (void)in;
    GX_TRY(gx_sql_tables(req, &tables));
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("tables"));
    gx_jw_array(&w);
    for (size_t i = 0; i < tables->schema.count; i++) {
        const struct gx_guard_table *table = &tables->schema.tables[i];
        const struct gx_object *object = tables->tables[i].object;
        if (table->totals_only)
            continue;
        gx_jw_object(&w);
        gx_jw_key_str(&w, "name", table->name);
        write_label(&w, &object->plural);
        gx_jw_key_str(&w, "doc", object->doc);
        gx_jw_key(&w, GX_STR("columns"));
        gx_jw_array(&w);
        for (size_t k = 0; k < table->column_count; k++)
            write_column(&w, &table->columns[k], &tables->tables[i].columns[k]);
        gx_jw_array_end(&w);
        gx_jw_object_end(&w);
    }
    gx_jw_array_end(&w);
    gx_jw_key(&w, GX_STR("functions"));
    gx_jw_array(&w);
    for (const char *const *f = gx_guard_functions; *f; f++)
        gx_jw_str(&w, gx_str_c(*f));
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    gx_reply_tagged(req);
    return GX_OK;
}

static const struct gx_schema schema_out[] = {
    { .name = "tables", .type = GX_SCHEMA_NODE, .required = true },
    { .name = "functions", .type = GX_SCHEMA_STRS, .required = true },
    { 0 },
};

const struct gx_route gx_route_sql_schema = {
    .doc = "Tables, columns and functions that the caller's SQL may use, in the words of both "
           "languages.",
    .method = GX_GET,
    .path = "/api/v1/sql/schema",
    .who = GX_WHO_SIGNED_IN,
    .out = schema_out,
    .handler = sql_schema,
};

/* --- what one has asked */

/* {"sql": [null, text], "rows": [null, 3] …} */
static const struct gx_json *second(const struct gx_json *data, const char *name)
{
    const struct gx_json *pair = gx_json_get(data, name);
    return pair && pair->first ? pair->first->next : NULL;
}

static void write_entry(struct gx_jw *w, struct gx_req *req, int64_t at, const struct gx_json *data)
{
    const struct gx_json *sql = second(data, "sql"), *file = second(data, "file"),
                         *rows = second(data, "rows"), *ms = second(data, "ms"),
                         *end = second(data, "end");
    int64_t n = 0, took = 0;
    const struct gx_json *text = sql ? sql : file;
    if (!text || (rows && !gx_json_int64(rows, &n)) || (ms && !gx_json_int64(ms, &took)))
        return;
    gx_jw_object(w);
    gx_jw_key_str(w, "at", gx_moment_format(req->ctx->arena, at));
    gx_jw_key_str(w, "sql", text->text);
    gx_jw_key_int(w, "rows", n);
    gx_jw_key_int(w, "ms", took);
    gx_jw_key_str(w, "end", end ? end->text : GX_STR(""));
    gx_jw_key_bool(w, "file", file != NULL);
    gx_jw_object_end(w);
}

static enum gx_code sql_history(struct gx_req *req, const void *in)
{
    struct gx_ctx *ctx = req->ctx;
    int64_t limit;
    struct gx_rows *rows;
    bool has;
    (void)in;
    GX_TRY(gx_req_query_int(req, "limit", HISTORY, 1, HISTORY_MAX, &limit));
    const struct gx_value values[] = { gx_value_int(gx_scope_me(req->scope)), gx_value_int(limit) };
    GX_TRY(gx_db_query(ctx, gx_scope_conn(req->scope),
                       GX_SQL("SELECT at, data FROM gx_change WHERE about = ?1 AND object = 'sql' "
                              "ORDER BY seq DESC LIMIT ?2"),
                       values, GX_COUNT(values), &rows));
    struct gx_jw w = gx_jw(&req->out);
    enum gx_code code;
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        struct gx_json *data;
        if (gx_json_read(ctx, gx_arena_str(ctx->arena, gx_rows_text(rows, 1)), &data) == GX_OK)
            write_entry(&w, req, gx_rows_int(rows, 0), data);
    }
    gx_rows_close(rows);
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return code;
}

static const struct gx_query_param history_query[] = {
    { .name = "limit", .type = GX_SCHEMA_INT, .min = 1, .max = HISTORY_MAX },
    { 0 },
};
static const struct gx_schema entry_out[] = {
    { .name = "at", .type = GX_SCHEMA_STR, .required = true },
    { .name = "sql", .type = GX_SCHEMA_STR, .required = true },
    { .name = "rows", .type = GX_SCHEMA_INT, .required = true },
    { .name = "ms", .type = GX_SCHEMA_INT, .required = true },
    { .name = "end",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "done, more (there would have been more rows), failed or stopped" },
    { .name = "file", .type = GX_SCHEMA_BOOL, .required = true },
    { 0 },
};
static const struct gx_schema history_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = entry_out, .required = true },
    { 0 },
};

const struct gx_route gx_route_sql_history = {
    .doc = "One's own questions in SQL, newest first.",
    .method = GX_GET,
    .path = "/api/v1/sql/history",
    .who = GX_WHO_SIGNED_IN,
    .query = history_query,
    .out = history_out,
    .errors = { GX_E_INVALID },
    .handler = sql_history,
};
