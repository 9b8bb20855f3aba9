/* upkeep.c - see upkeep.h. */
#include "store/upkeep.h"

#include "base/assert.h"
#include "store/erase.h"
#include "store/file.h"
#include "store/seal.h"
#include "store/store_int.h"

struct verifier {
    struct gx_scope *scope;
    const struct gx_upkeep_ask *ask;
    struct gx_ctx *ctx;
    struct gx_conn *conn;
    struct gx_jw *w;
    int64_t problems;
    struct gx_seal_check seals;
};

static void report(struct verifier *v, const char *check, struct gx_str where, int64_t count,
                   struct gx_str detail)
{
    v->problems++;
    gx_jw_object(v->w);
    gx_jw_key_str(v->w, "check", gx_str_c(check));
    gx_jw_key_str(v->w, "where", where);
    gx_jw_key_int(v->w, "count", count);
    gx_jw_key_str(v->w, "detail", detail);
    gx_jw_object_end(v->w);
}

static enum gx_code count(struct verifier *v, const struct gx_sqlb *b, const char *check,
                          struct gx_str where, const char *detail)
{
    int64_t n;
    GX_TRY(gx_db_int(v->ctx, v->conn, gx_sqlb_sql(b), b->values, b->value_count, 0, &n));
    if (n > 0)
        report(v, check, where, n, gx_str_c(detail));
    return GX_OK;
}

/* FTS5's own check does not notice that another connection has merged segments, and calls those
 * that it remembers corrupt; any question does. */
static enum gx_code wake_search(struct verifier *v)
{
    const struct gx_meta *meta = gx_scope_meta(v->scope);
    int64_t n;
    for (size_t i = 0; i < meta->object_count; i++) {
        if (!meta->objects[i]->searched)
            continue;
        struct gx_sqlb *b = gx_sqlb_new(v->ctx->arena, gx_conn_dialect(v->conn));
        gx_sqlb_add(b, GX_SQL("SELECT count(*) FROM "));
        gx_sqlb_name(b, meta->objects[i]->search_table);
        gx_sqlb_add(b, GX_SQL(" WHERE rowid = 0"));
        GX_TRY(gx_db_int(v->ctx, v->conn, gx_sqlb_sql(b), b->values, b->value_count, 0, &n));
    }
    return GX_OK;
}

static enum gx_code check_integrity(struct verifier *v)
{
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    GX_TRY(wake_search(v));
    GX_TRY(gx_db_query(v->ctx, v->conn, GX_SQL("PRAGMA integrity_check"), NULL, 0, &rows));
    while ((code = gx_rows_next(v->ctx, rows, &has)) == GX_OK && has)
        if (!gx_str_is(gx_rows_text(rows, 0), "ok"))
            report(v, "integrity", GX_STR("database"), 1, gx_rows_text(rows, 0));
    gx_rows_close(rows);
    return code;
}

/* In one snapshot, so that what is woken is what is checked. */
static enum gx_code check_file(struct verifier *v)
{
    bool own_snapshot = !gx_conn_is_writer(v->conn);
    if (gx_conn_dialect(v->conn) != GX_SQLITE)
        return GX_OK;
    if (own_snapshot)
        GX_TRY(gx_conn_begin_read(v->ctx, v->conn));
    enum gx_code code = check_integrity(v);
    if (own_snapshot)
        gx_conn_end_read(v->conn);
    return code;
}

/* Entries of records that are gone, and records with a name that search would not find. */
static enum gx_code check_search(struct verifier *v, const struct gx_object *object)
{
    const struct gx_field *title = object->title;
    if (!object->searched)
        return GX_OK;
    struct gx_sqlb *b = gx_sqlb_new(v->ctx->arena, gx_conn_dialect(v->conn));
    gx_sqlb_add(b, GX_SQL("SELECT count(*) FROM "));
    gx_sqlb_name(b, object->search_table);
    gx_sqlb_add(b, GX_SQL(" WHERE "));
    gx_search_id_sql(b);
    gx_sqlb_add(b, GX_SQL(" NOT IN (SELECT id FROM "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" WHERE deleted_at IS NULL)"));
    GX_TRY(count(v, b, "search", object->x.name, "search entries without a record"));
    if (title->type->computed || title->x.type != GX_TYPE_TEXT || !gx_search_has(title))
        return GX_OK;
    b = gx_sqlb_new(v->ctx->arena, gx_conn_dialect(v->conn));
    gx_sqlb_add(b, GX_SQL("SELECT count(*) FROM "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" WHERE deleted_at IS NULL AND "));
    gx_sqlb_name(b, title->x.column);
    gx_sqlb_add(b, GX_SQL(" IS NOT NULL AND id NOT IN (SELECT "));
    gx_search_id_sql(b);
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, object->search_table);
    gx_sqlb_add(b, GX_SQL(")"));
    return count(v, b, "search", object->x.name, "records that search does not find");
}

static void and_missing(struct gx_sqlb *b, struct gx_str column, struct gx_str table)
{
    gx_sqlb_add(b, GX_SQL(" NOT EXISTS (SELECT 1 FROM "));
    gx_sqlb_name(b, table);
    gx_sqlb_add(b, GX_SQL(" o WHERE o.id = "));
    gx_sqlb_column(b, GX_STR("t"), column);
    gx_sqlb_add(b, GX_SQL(")"));
}

static enum gx_code check_join(struct verifier *v, const struct gx_object *object,
                               const struct gx_field *field, const struct gx_object *to,
                               struct gx_str where)
{
    const struct gx_str columns[] = { GX_STR("src"), GX_STR("dst") };
    const struct gx_str tables[] = { object->x.table, to->x.table };
    for (size_t i = 0; i < GX_COUNT(columns); i++) {
        struct gx_sqlb *b = gx_sqlb_new(v->ctx->arena, gx_conn_dialect(v->conn));
        gx_sqlb_add(b, GX_SQL("SELECT count(*) FROM "));
        gx_sqlb_name(b, field->x.join_table);
        gx_sqlb_add(b, GX_SQL(" t WHERE"));
        and_missing(b, columns[i], tables[i]);
        GX_TRY(count(v, b, "join", where,
                     i ? "links to records that do not exist" : "links of records that are gone"));
    }
    return GX_OK;
}

static enum gx_code check_links(struct verifier *v, const struct gx_object *object)
{
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_field *field = &object->fields[i];
        bool joined = field->x.type == GX_TYPE_LINKS;
        if (field->type->computed || (field->x.type != GX_TYPE_LINK && !joined))
            continue;
        const struct gx_object *to =
            gx_meta_object(gx_scope_meta(v->scope), gx_str_c(field->x.object));
        gx_assert(to);
        struct gx_str where = gx_arena_printf(
            v->ctx->arena, "%.*s.%.*s", GX_STR_ARG(object->x.name), GX_STR_ARG(field->x.name));
        if (joined) {
            GX_TRY(check_join(v, object, field, to, where));
            continue;
        }
        if (field->part_count == 0)
            continue;
        struct gx_sqlb *b = gx_sqlb_new(v->ctx->arena, gx_conn_dialect(v->conn));
        gx_sqlb_add(b, GX_SQL("SELECT count(*) FROM "));
        gx_sqlb_name(b, object->x.table);
        gx_sqlb_add(b, GX_SQL(" t WHERE "));
        gx_sqlb_column(b, GX_STR("t"), field->x.column);
        gx_sqlb_add(b, GX_SQL(" IS NOT NULL AND"));
        and_missing(b, field->x.column, to->x.table);
        GX_TRY(count(v, b, "link", where, "links to records that do not exist"));
    }
    return GX_OK;
}

/* Each write of a record has the next version; the numbers of the log are given by one writer. */
static enum gx_code check_log(struct verifier *v)
{
    struct gx_sqlb *b = gx_sqlb_new(v->ctx->arena, gx_conn_dialect(v->conn));
    gx_sqlb_add(b, GX_SQL("SELECT count(*) FROM (SELECT version - lag(version) OVER "
                          "(PARTITION BY record ORDER BY seq) AS step FROM gx_change "
                          "WHERE record > 0 AND kind IN (1, 2)) s WHERE step < 0"));
    GX_TRY(count(v, b, "log", GX_STR("gx_change"), "versions that go back"));
    b = gx_sqlb_new(v->ctx->arena, gx_conn_dialect(v->conn));
    gx_sqlb_add(b, GX_SQL("SELECT count(*) FROM gx_change WHERE seq <= 0"));
    return count(v, b, "log", GX_STR("gx_change"), "entries without a number");
}

static void report_seal(void *p, const char *check, struct gx_str where, const char *detail)
{
    report(p, check, where, 1, gx_str_c(detail));
}

static bool go_on(void *p, int64_t done, int64_t total)
{
    const struct verifier *v = p;
    return !v->ask->progress || v->ask->progress(v->ask->p, done, total);
}

static enum gx_code check_seals(struct verifier *v)
{
    v->seals = (struct gx_seal_check){
        .anchors = v->ask->anchor, .rows = true, .problem = report_seal, .progress = go_on, .p = v
    };
    return gx_seal_verify(v->ctx, gx_scope_tenant(v->scope), gx_scope_meta(v->scope), v->conn,
                          &v->seals);
}

/* Each file record that has content: is it there, and is it what it was? */
static enum gx_code check_contents(struct verifier *v)
{
    const struct gx_object *object = gx_meta_object(gx_scope_meta(v->scope), GX_STR("file"));
    const struct gx_field *hash = object ? gx_object_field(object, GX_STR("hash")) : NULL;
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    if (!hash)
        return GX_OK;
    struct gx_sqlb *b = gx_sqlb_new(v->ctx->arena, gx_conn_dialect(v->conn));
    gx_sqlb_add(b, GX_SQL("SELECT DISTINCT "));
    gx_sqlb_name(b, hash->x.column);
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" WHERE "));
    gx_sqlb_name(b, hash->x.column);
    gx_sqlb_add(b, GX_SQL(" IS NOT NULL"));
    GX_TRY(gx_db_query(v->ctx, v->conn, gx_sqlb_sql(b), NULL, 0, &rows));
    while ((code = gx_rows_next(v->ctx, rows, &has)) == GX_OK && has) {
        struct gx_str name = gx_arena_str(v->ctx->arena, gx_rows_text(rows, 0));
        const char *wrong = gx_file_wrong(v->scope, name);
        if (wrong)
            report(v, "file", name, 1, gx_str_c(wrong));
    }
    gx_rows_close(rows);
    return code;
}

static enum gx_code check_all(struct verifier *v)
{
    const struct gx_meta *meta = gx_scope_meta(v->scope);
    GX_TRY(check_file(v));
    GX_TRY(check_contents(v));
    for (size_t i = 0; i < meta->object_count; i++) {
        GX_TRY(check_search(v, meta->objects[i]));
        GX_TRY(check_links(v, meta->objects[i]));
    }
    GX_TRY(check_log(v));
    return check_seals(v);
}

static void write_log(const struct gx_seal_check *c, struct gx_jw *w)
{
    gx_jw_key(w, GX_STR("log"));
    gx_jw_object(w);
    gx_jw_key_int(w, "seals", c->seals);
    gx_jw_key_int(w, "entries", c->entries);
    gx_jw_key_id(w, "from", c->first_seq);
    gx_jw_key_id(w, "upto", c->last_seq);
    gx_jw_key_int(w, "removed", c->removed);
    gx_jw_key_int(w, "unsealed", c->unsealed);
    gx_jw_key_int(w, "records", c->records);
    gx_jw_key_bool(w, "anchored", c->anchored);
    gx_jw_key_int(w, "erased", c->erased);
    gx_jw_key(w, GX_STR("erasures"));
    gx_jw_array(w);
    for (size_t i = 0; i < c->erasure_count; i++) {
        gx_jw_object(w);
        gx_jw_key_id(w, "request", c->erasures[i].id);
        gx_jw_key_int(w, "entries", c->erasures[i].entries);
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
    gx_jw_object_end(w);
}

enum gx_code gx_upkeep_verify(struct gx_scope *scope, const struct gx_upkeep_ask *ask,
                              struct gx_jw *w, int64_t *ret_problems)
{
    struct verifier v = {
        .scope = scope, .ask = ask, .ctx = gx_scope_ctx(scope), .conn = gx_scope_conn(scope), .w = w
    };
    gx_assert(gx_scope_is_admin(scope));
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("problems"));
    gx_jw_array(w);
    GX_TRY(check_all(&v));
    gx_jw_array_end(w);
    gx_jw_key_bool(w, "ok", v.problems == 0);
    write_log(&v.seals, w);
    gx_jw_object_end(w);
    *ret_problems = v.problems;
    return GX_OK;
}
