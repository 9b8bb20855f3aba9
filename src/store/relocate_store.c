/* relocate_store.c - the definitions of moves between markets, as rows. */
#include "store/audit.h"
#include "store/relocate.h"
#include "store/relocate_int.h"

enum { DEFINITIONS_MAX = 500 };

static void write_label(struct gx_jw *w, const struct gx_json *json)
{
    const struct gx_json *label = gx_json_get(json, "label");
    gx_jw_key(w, GX_STR("label"));
    if (label && (label->kind == GX_JSON_OBJECT || label->kind == GX_JSON_STRING))
        gx_json_write(w, label);
    else
        gx_jw_null(w);
}

/* What is wrong with it by now: units and people come and go. */
static void write_problems(struct gx_ctx *ctx, struct gx_jw *w)
{
    gx_jw_key(w, GX_STR("problems"));
    gx_jw_array(w);
    for (const struct gx_error *e = ctx->errors; e; e = e->next) {
        gx_jw_object(w);
        gx_jw_key_str(w, "path", e->path);
        gx_jw_key_str(w, "detail", gx_error_text(ctx->arena, e, ctx->lang));
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
}

static enum gx_code write_one(struct gx_scope *scope, struct gx_str name, struct gx_str text,
                              bool whole, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_relocate *def = NULL;
    struct gx_json *json = NULL;
    GX_TRY(gx_json_read(ctx, text, &json));
    enum gx_code code = gx_relocate_read(scope, json, &def);
    if (code != GX_OK && code != GX_E_INVALID)
        return code;
    gx_jw_object(w);
    gx_jw_key_str(w, "name", name);
    write_label(w, json);
    gx_jw_key_str(w, "from", def ? def->from_name : gx_json_get_str(json, "from", GX_STR("")));
    gx_jw_key_str(w, "to", def ? def->to_name : gx_json_get_str(json, "to", GX_STR("")));
    gx_jw_key_bool(w, "good", code == GX_OK);
    if (whole) {
        gx_jw_key(w, GX_STR("definition"));
        gx_json_write(w, json);
        write_problems(ctx, w);
    }
    gx_jw_object_end(w);
    gx_ctx_clear(ctx);
    return GX_OK;
}

struct row {
    struct gx_str name, text;
};

enum gx_code gx_relocate_list(struct gx_scope *scope, bool whole, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct row *list = GX_ARENA_ARRAY(ctx->arena, struct row, DEFINITIONS_MAX);
    struct gx_rows *rows;
    enum gx_code code;
    size_t n = 0;
    bool has;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT name, definition FROM gx_relocation ORDER BY name"), NULL, 0,
                       &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && n < DEFINITIONS_MAX)
        list[n++] = (struct row){ gx_arena_str(ctx->arena, gx_rows_text(rows, 0)),
                                  gx_arena_str(ctx->arena, gx_rows_text(rows, 1)) };
    gx_rows_close(rows);
    GX_TRY(code);
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_array(w);
    for (size_t i = 0; i < n; i++)
        GX_TRY(write_one(scope, list[i].name, list[i].text, whole, w));
    gx_jw_array_end(w);
    gx_jw_object_end(w);
    return GX_OK;
}

static enum gx_code read_text(struct gx_scope *scope, struct gx_str name, struct gx_str *ret_text,
                              bool *ret_there)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_value key = gx_value_text(name);
    struct gx_rows *rows;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT definition FROM gx_relocation WHERE name = ?1"), &key, 1,
                       &rows));
    enum gx_code code = gx_rows_next(ctx, rows, ret_there);
    if (code == GX_OK && *ret_there)
        *ret_text = gx_arena_str(ctx->arena, gx_rows_text(rows, 0));
    gx_rows_close(rows);
    return code;
}

enum gx_code gx_relocate_find(struct gx_scope *scope, struct gx_str name, struct gx_json **ret_json)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_str text;
    bool there;
    GX_TRY(read_text(scope, name, &text, &there));
    if (!there)
        return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR("relocation"), GX_M_RELOCATE_NONE, name);
    return gx_json_read(ctx, text, ret_json);
}

static enum gx_code note(struct gx_scope *scope, struct gx_str name, struct gx_str was,
                         struct gx_str is)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_object(&w);
    gx_jw_key(&w, gx_arena_printf(ctx->arena, "relocation/%.*s", GX_STR_ARG(name)));
    gx_jw_array(&w);
    const struct gx_str texts[] = { was, is };
    for (size_t i = 0; i < 2; i++)
        if (texts[i].n)
            gx_jw_str(&w, texts[i]);
        else
            gx_jw_null(&w);
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    const struct gx_audit_note entry = {
        .by = gx_scope_me(scope),
        .what = "definition",
        .data = gx_arena_str(ctx->arena, gx_buf_str(&out)),
    };
    gx_buf_free(&out);
    return gx_audit_add(ctx, gx_scope_tenant(scope), gx_scope_conn(scope), &entry);
}

static bool is_name(struct gx_str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9' && i) && !(c == '_' && i))
            return false;
    }
    return name.n >= 1 && name.n <= 48;
}

enum gx_code gx_relocate_put(struct gx_scope *scope, struct gx_str name, const struct gx_json *json)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_relocate *def;
    struct gx_str was = GX_STR("");
    bool there;
    if (!is_name(name) || !gx_str_eq(name, gx_json_get_str(json, "relocation", name)))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("relocation"), GX_M_META_NAME, name);
    GX_TRY(gx_relocate_read(scope, json, &def));
    GX_TRY(read_text(scope, name, &was, &there));
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_json_write(&w, json);
    struct gx_str text = gx_arena_str(ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    if (text.n > GX_RELOCATE_BYTES_MAX)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR(""), GX_M_TOO_BIG, GX_STR("200 kB"));
    const struct gx_value values[] = { gx_value_text(name), gx_value_text(text),
                                       gx_value_int(ctx->now_us),
                                       gx_value_int(gx_scope_me(scope)) };
    GX_TRY(gx_db_exec(ctx, gx_scope_conn(scope),
                      GX_SQL("INSERT INTO gx_relocation (name, definition, changed_at, "
                             "changed_by) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (name) DO UPDATE SET "
                             "definition = excluded.definition, changed_at = excluded.changed_at, "
                             "changed_by = excluded.changed_by"),
                      values, 4, NULL));
    return note(scope, name, was, text);
}

enum gx_code gx_relocate_delete(struct gx_scope *scope, struct gx_str name)
{
    const struct gx_value key = gx_value_text(name);
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_str was;
    bool there;
    GX_TRY(read_text(scope, name, &was, &there));
    if (!there)
        return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR("relocation"), GX_M_RELOCATE_NONE, name);
    GX_TRY(gx_db_exec(ctx, gx_scope_conn(scope),
                      GX_SQL("DELETE FROM gx_relocation WHERE name = ?1"), &key, 1, NULL));
    return note(scope, name, was, GX_STR(""));
}
