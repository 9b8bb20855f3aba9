/* feed_shape.c - tables as the definitions of today want them, and the catalogue of what they mean.
 */
#include "report/feed_int.h"

struct there {
    struct gx_arena *arena;
    struct gx_map columns, tables; /* "t.c" and "t", to the type as text */
    struct gx_str list[4 * GX_META_OBJECTS_MAX];
    size_t count;
    struct gx_str *all; /* table, column, … */
    size_t all_count, all_cap;
};

static enum gx_code take_column(void *p, const struct gx_value *v, size_t count)
{
    struct there *t = p;
    (void)count;
    struct gx_str table = gx_arena_str(t->arena, v[0].s), column = gx_arena_str(t->arena, v[1].s);
    struct gx_str *type = GX_ARENA_NEW(t->arena, struct gx_str);
    *type = gx_arena_str(t->arena, v[2].s);
    gx_map_set(&t->columns, t->arena,
               gx_arena_printf(t->arena, "%.*s.%.*s", GX_STR_ARG(table), GX_STR_ARG(column)), type);
    if (!gx_map_get(&t->tables, table) && t->count < GX_COUNT(t->list)) {
        gx_map_set(&t->tables, t->arena, table, type);
        t->list[t->count++] = table;
    }
    if (t->all_count + 2 > t->all_cap) {
        t->all_cap = t->all_cap ? t->all_cap * 2 : 1024;
        struct gx_str *grown = GX_ARENA_ARRAY(t->arena, struct gx_str, t->all_cap);
        if (t->all_count)
            memcpy(grown, t->all, t->all_count * sizeof *grown);
        t->all = grown;
    }
    t->all[t->all_count++] = table;
    t->all[t->all_count++] = column;
    return GX_OK;
}

static enum gx_code look(struct feed_work *work, struct there *t)
{
    const struct gx_ask ask = {
        .sql = GX_STR("SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE "
                      "schema_name = 'main' AND database_name = 'warehouse' AND NOT internal"),
        .time_ms = -1,
    };
    const struct gx_answer answer = { .p = t, .row = take_column };
    return gx_asker_ask(work->ctx, work->s->session, &ask, &answer, NULL);
}

static struct gx_str *there_type(const struct there *t, struct gx_str table, struct gx_str column)
{
    return gx_map_get(
        &t->columns, gx_arena_printf(t->arena, "%.*s.%.*s", GX_STR_ARG(table), GX_STR_ARG(column)));
}

/* Whole, from the records as they are: later entries of the log find it as they would leave it. */
static enum gx_code refill(struct feed_work *work, const struct feed_table *t, bool exists)
{
    struct feed_work all = *work;
    int64_t rows = 0;
    const char *name = gx_arena_cstr(work->ctx->arena, t->object->x.table);
    all.after = -1;
    work->s->reshaped = true;
    GX_TRY(feed_run(work->ctx, work->s, "BEGIN"));
    GX_TRY(feed_stage(&all, t, &rows));
    if (exists)
        GX_TRY(feed_run(work->ctx, work->s, "DROP TABLE \"%s\"", name));
    GX_TRY(feed_table_create(work->ctx, work->s, t, name));
    GX_TRY(feed_unstage(&all, t, name));
    GX_TRY(feed_run(work->ctx, work->s, "COMMIT"));
    return feed_drop_stage(&all, t);
}

/* A field that was taken out and put back has its values still. */
static enum gx_code is_empty(struct feed_work *work, const struct feed_table *t,
                             const struct feed_column *c, bool *ret_empty)
{
    struct gx_sqlb *b = gx_sqlb_new(work->ctx->arena, gx_conn_dialect(work->conn));
    int64_t any;
    gx_sqlb_add(b, GX_SQL("SELECT 1 FROM "));
    gx_sqlb_name(b, c->how == FEED_LINKS ? c->field->x.join_table : t->object->x.table);
    if (c->how != FEED_LINKS) {
        gx_sqlb_add(b, GX_SQL(" WHERE "));
        gx_sqlb_name(b, c->name);
        gx_sqlb_add(b, GX_SQL(" IS NOT NULL"));
    }
    gx_sqlb_add(b, GX_SQL(" LIMIT 1"));
    GX_TRY(gx_db_int(work->ctx, work->conn, gx_sqlb_sql(b), NULL, 0, 0, &any));
    *ret_empty = !any;
    return GX_OK;
}

static enum gx_code shape_one(struct feed_work *work, const struct there *there,
                              const struct feed_table *t)
{
    struct gx_str table = t->object->x.table;
    if (!gx_map_get(&there->tables, table))
        return refill(work, t, false);
    bool empty = true;
    for (size_t i = 0; i < t->count && empty; i++) {
        struct gx_str *type = there_type(there, table, t->columns[i].name);
        if (type && !gx_str_is(*type, feed_column_type(&t->columns[i])))
            empty = false;
        else if (!type)
            GX_TRY(is_empty(work, t, &t->columns[i], &empty));
    }
    if (!empty)
        return refill(work, t, true);
    for (size_t i = 0; i < t->count; i++)
        if (!there_type(there, table, t->columns[i].name))
            GX_TRY(feed_run(work->ctx, work->s, "ALTER TABLE \"%.*s\" ADD COLUMN \"%.*s\" %s",
                            GX_STR_ARG(table), GX_STR_ARG(t->columns[i].name),
                            feed_column_type(&t->columns[i])));
    return GX_OK;
}

static bool is_ours(struct gx_str table)
{
    return gx_str_starts(table, GX_STR("gx_")) || gx_str_starts(table, GX_STR("fact_")) ||
           gx_str_starts(table, GX_STR("bulk_")) || gx_str_is(table, "history");
}

static const struct feed_table *by_table(const struct gx_feed_state *s, struct gx_str name)
{
    for (size_t i = 0; i < s->table_count; i++)
        if (gx_str_eq(s->tables[i].object->x.table, name))
            return &s->tables[i];
    return NULL;
}

static bool has_column(const struct feed_table *t, struct gx_str name)
{
    for (size_t i = 0; i < t->count; i++)
        if (gx_str_eq(t->columns[i].name, name))
            return true;
    return false;
}

static enum gx_code drop_rest(struct feed_work *work, const struct there *there)
{
    for (size_t i = 0; i < there->count; i++)
        if (!is_ours(there->list[i]) && !by_table(work->s, there->list[i]))
            GX_TRY(feed_run(work->ctx, work->s, "DROP TABLE \"%.*s\"", GX_STR_ARG(there->list[i])));
    for (size_t i = 0; i < there->all_count; i += 2) {
        const struct feed_table *t = by_table(work->s, there->all[i]);
        if (t && !has_column(t, there->all[i + 1]))
            GX_TRY(feed_run(work->ctx, work->s,
                            "ALTER TABLE \"%.*s\" DROP COLUMN IF EXISTS \"%.*s\"",
                            GX_STR_ARG(there->all[i]), GX_STR_ARG(there->all[i + 1])));
    }
    return GX_OK;
}

/* --- what the columns mean */

struct telling {
    const struct gx_feed_state *s;
    size_t table, column;
};

static enum gx_code next_meaning(void *p, struct gx_value *v, bool *ret_has)
{
    struct telling *k = p;
    while (k->table < k->s->table_count && k->column >= k->s->tables[k->table].count) {
        k->table++;
        k->column = 0;
    }
    *ret_has = k->table < k->s->table_count;
    if (!*ret_has)
        return GX_OK;
    const struct feed_table *t = &k->s->tables[k->table];
    const struct feed_column *c = &t->columns[k->column++];
    const struct gx_field *f = c->field;
    v[0] = gx_value_text(t->object->x.table);
    v[1] = gx_value_text(c->name);
    v[2] = gx_value_text(t->object->x.name);
    v[3] = f ? gx_value_text(f->x.name) : GX_NULL_VALUE;
    v[4] = f ? gx_value_text(gx_str_c(f->type->name)) : GX_NULL_VALUE;
    v[5] = gx_value_int(f && c->part == 0 ? f->x.type == GX_TYPE_MONEY ? 4 : f->x.scale : 0);
    v[6] = gx_value_int(c->part);
    v[7] = f && f->x.object ? gx_value_text(gx_str_c(f->x.object)) : GX_NULL_VALUE;
    v[8] = f ? gx_value_text(f->label.text[GX_LANG_ZH_HANT]) : GX_NULL_VALUE;
    v[9] = f ? gx_value_text(f->label.text[GX_LANG_EN]) : GX_NULL_VALUE;
    return GX_OK;
}

enum gx_code feed_catalogue(struct feed_work *work)
{
    struct telling telling = { .s = work->s };
    const struct gx_load load = {
        .schema = GX_STR("temp"),
        .table = GX_STR("meanings"),
        .columns = 10,
        .p = &telling,
        .next = next_meaning,
    };
    GX_TRY(feed_run(work->ctx, work->s,
                    "CREATE OR REPLACE TEMP TABLE meanings (tbl VARCHAR, col VARCHAR, object "
                    "VARCHAR, field VARCHAR, type VARCHAR, scale BIGINT, part BIGINT, points_to "
                    "VARCHAR, label_zh VARCHAR, label_en VARCHAR)"));
    GX_TRY(gx_asker_load(work->ctx, work->s->session, &load, NULL));
    GX_TRY(feed_run(work->ctx, work->s,
                    "CREATE OR REPLACE TABLE gx_column AS SELECT * FROM meanings"));
    return feed_run(work->ctx, work->s, "DROP TABLE meanings");
}

enum gx_code feed_shape(struct feed_work *work)
{
    struct there *there = GX_ARENA_NEW(work->ctx->arena, struct there);
    there->arena = work->ctx->arena;
    GX_TRY(look(work, there));
    for (size_t i = 0; i < work->s->table_count; i++)
        GX_TRY(shape_one(work, there, &work->s->tables[i]));
    GX_TRY(drop_rest(work, there));
    return feed_catalogue(work);
}
