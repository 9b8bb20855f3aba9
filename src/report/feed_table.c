/* feed_table.c - the tables of the warehouse, and records on their way into them. */
#include <stdarg.h>
#include <stdio.h>

#include "base/log.h"
#include "report/feed_int.h"

/* --- statements */

__attribute__((format(printf, 2, 0))) static struct gx_str vsql(struct gx_arena *arena,
                                                                const char *format, va_list list)
{
    va_list again;
    va_copy(again, list);
    int n = vsnprintf(NULL, 0, format, list);
    char *p = gx_arena_alloc(arena, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return (struct gx_str){ p, (size_t)n };
}

enum gx_code feed_run(struct gx_ctx *ctx, struct gx_feed_state *s, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    struct gx_str sql = vsql(ctx->arena, format, list);
    va_end(list);
    enum gx_code code = gx_asker_run(ctx, s->session, sql);
    if (code == GX_E_INTERNAL)
        gx_log_say(GX_LOG_ERROR, "warehouse", sql);
    return code;
}

static enum gx_code take_int(void *p, const struct gx_value *values, size_t count)
{
    int64_t *value = p;
    if (count && values[0].kind == GX_VALUE_INT)
        *value = values[0].i;
    return GX_OK;
}

enum gx_code feed_int(struct gx_ctx *ctx, struct gx_feed_state *s, int64_t otherwise,
                      int64_t *ret_value, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const struct gx_ask ask = { .sql = vsql(ctx->arena, format, list), .time_ms = -1 };
    va_end(list);
    const struct gx_answer answer = { .p = ret_value, .row = take_int };
    *ret_value = otherwise;
    return gx_asker_ask(ctx, s->session, &ask, &answer, NULL);
}

/* --- what they look like */

static enum feed_how how_of(const struct gx_column *c)
{
    if (c->part > 0 || !c->field)
        return FEED_AS_IT_IS;
    switch (c->field->x.type) {
    case GX_TYPE_BOOL:
        return FEED_BOOL;
    case GX_TYPE_DATE:
        return FEED_DATE;
    case GX_TYPE_MOMENT:
        return FEED_MOMENT;
    case GX_TYPE_CHOICES:
        return FEED_CODES;
    default:
        return FEED_AS_IT_IS;
    }
}

static void make_table(struct gx_feed_state *s, const struct gx_object *o, struct feed_table *t)
{
    *t = (struct feed_table){ .object = o, .stored = o->column_count };
    t->columns =
        GX_ARENA_ARRAY(&s->arena, struct feed_column, o->column_count + o->field_count + 1);
    for (size_t i = 0; i < o->column_count; i++)
        t->columns[t->count++] = (struct feed_column){ .name = o->columns[i].name,
                                                       .how = how_of(&o->columns[i]),
                                                       .text = o->columns[i].kind != GX_VALUE_INT,
                                                       .field = o->columns[i].field,
                                                       .part = o->columns[i].part };
    for (size_t i = 0; i < o->field_count; i++)
        if (o->fields[i].x.type == GX_TYPE_LINKS && o->fields[i].x.join_table.n)
            t->columns[t->count++] = (struct feed_column){ .name = o->fields[i].id,
                                                           .how = FEED_LINKS,
                                                           .field = &o->fields[i] };
}

void feed_tables_make(struct gx_feed_state *s)
{
    s->table_count = s->meta->object_count;
    s->tables = GX_ARENA_ARRAY(&s->arena, struct feed_table, s->table_count + 1);
    for (size_t i = 0; i < s->table_count; i++)
        make_table(s, s->meta->objects[i], &s->tables[i]);
}

const struct feed_table *feed_table_of(const struct gx_feed_state *s, struct gx_str object_id)
{
    for (size_t i = 0; i < s->table_count; i++)
        if (gx_str_eq(s->tables[i].object->id, object_id))
            return &s->tables[i];
    return NULL;
}

const char *feed_column_type(const struct feed_column *c)
{
    static const char *const types[] = { [FEED_BOOL] = "BOOLEAN",
                                         [FEED_DATE] = "DATE",
                                         [FEED_MOMENT] = "TIMESTAMP",
                                         [FEED_CODES] = "VARCHAR[]",
                                         [FEED_LINKS] = "BIGINT[]" };
    return c->how == FEED_AS_IT_IS ? c->text ? "VARCHAR" : "BIGINT" : types[c->how];
}

enum gx_code feed_table_create(struct gx_ctx *ctx, struct gx_feed_state *s,
                               const struct feed_table *t, const char *name)
{
    struct gx_buf sql = { 0 };
    gx_buf_printf(&sql, "CREATE TABLE \"%s\" (", name);
    for (size_t i = 0; i < t->count; i++)
        gx_buf_printf(&sql, "%s\"%.*s\" %s", i ? ", " : "", GX_STR_ARG(t->columns[i].name),
                      feed_column_type(&t->columns[i]));
    gx_buf_addc(&sql, ')');
    enum gx_code code = gx_asker_run(ctx, s->session, gx_buf_str(&sql));
    gx_buf_free(&sql);
    return code;
}

/* --- rows on their way */

struct copying {
    struct gx_ctx *ctx;
    struct gx_rows *rows;
    int columns;
    struct gx_warehouse *w;
    int64_t count;
    bool has_first; /* a row was taken already, to know that there is one */
};

static enum gx_code next_row(void *p, struct gx_value *values, bool *ret_has)
{
    struct copying *c = p;
    enum { TELL_EVERY = 10000 };
    *ret_has = true;
    if (!c->has_first)
        GX_TRY(gx_rows_next(c->ctx, c->rows, ret_has));
    c->has_first = false;
    for (int i = 0; *ret_has && i < c->columns; i++)
        values[i] = gx_rows_value(c->rows, i);
    if (++c->count % TELL_EVERY == 0 && atomic_load(&c->w->filling)) {
        pthread_mutex_lock(&c->w->lock);
        c->w->filled_rows += TELL_EVERY;
        pthread_mutex_unlock(&c->w->lock);
    }
    return GX_OK;
}

enum gx_code feed_copy(struct feed_work *work, struct gx_sql sql, const struct gx_value *values,
                       size_t count, const char *table, int64_t *ret_rows)
{
    struct copying c = { .ctx = work->ctx, .w = work->s->w };
    int64_t rows = 0;
    GX_TRY(gx_db_query(work->ctx, work->conn, sql, values, count, &c.rows));
    c.columns = gx_rows_columns(c.rows);
    enum gx_code code = gx_rows_next(work->ctx, c.rows, &c.has_first);
    if (code != GX_OK || !c.has_first) {
        gx_rows_close(c.rows);
        return code;
    }
    const struct gx_load load = { .schema = GX_STR("temp"),
                                  .table = gx_str_c(table),
                                  .columns = (size_t)c.columns,
                                  .p = &c,
                                  .next = next_row };
    code = gx_asker_load(work->ctx, work->s->session, &load, &rows);
    gx_rows_close(c.rows);
    if (ret_rows)
        *ret_rows += rows;
    return code;
}

/* " WHERE <column> IN (the records of the work's entries)" */
static void only_changed(struct gx_sqlb *b, const struct feed_work *work,
                         const struct feed_table *t, const char *column)
{
    if (work->after < 0)
        return;
    gx_sqlb_add(b, GX_SQL(" WHERE t."));
    gx_sqlb_name(b, gx_str_c(column));
    gx_sqlb_add(b, GX_SQL(" IN (SELECT record FROM gx_change WHERE seq > "));
    gx_sqlb_bind(b, gx_value_int(work->after));
    gx_sqlb_add(b, GX_SQL(" AND seq <= "));
    gx_sqlb_bind(b, gx_value_int(work->until));
    gx_sqlb_add(b, GX_SQL(" AND object = "));
    gx_sqlb_bind(b, gx_value_text(t->object->id));
    gx_sqlb_add(b, GX_SQL(")"));
}

/* Empty tables for them. */
static enum gx_code stage_tables(struct feed_work *work, const struct feed_table *t)
{
    struct gx_buf sql = { 0 };
    int n = t->object->index;
    gx_buf_printf(&sql, "CREATE OR REPLACE TEMP TABLE stage_%d (", n);
    for (size_t i = 0; i < t->stored; i++)
        gx_buf_printf(&sql, "%sc%zu %s", i ? ", " : "", i,
                      t->columns[i].text ? "VARCHAR" : "BIGINT");
    gx_buf_addc(&sql, ')');
    if (t->count > t->stored)
        gx_buf_printf(
            &sql,
            "; CREATE OR REPLACE TEMP TABLE links_%d (src BIGINT, dst BIGINT, pos BIGINT, "
            "field BIGINT)",
            n);
    if (work->after >= 0)
        gx_buf_printf(&sql, "; CREATE OR REPLACE TEMP TABLE ids_%d (id BIGINT)", n);
    enum gx_code code = gx_asker_run(work->ctx, work->s->session, gx_buf_str(&sql));
    gx_buf_free(&sql);
    return code;
}

static const char *stage_name(struct feed_work *work, const char *kind, const struct feed_table *t)
{
    return gx_arena_printf(work->ctx->arena, "%s_%d", kind, t->object->index).p;
}

static enum gx_code stage_rows(struct feed_work *work, const struct feed_table *t,
                               int64_t *ret_rows)
{
    struct gx_sqlb *b = gx_sqlb_new(work->ctx->arena, gx_conn_dialect(work->conn));
    gx_sqlb_add(b, GX_SQL("SELECT "));
    for (size_t i = 0; i < t->stored; i++) {
        gx_sqlb_add(b, i ? GX_SQL(", ") : GX_SQL(""));
        gx_sqlb_column(b, GX_STR("t"), t->columns[i].name);
    }
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, t->object->x.table);
    gx_sqlb_add(b, GX_SQL(" t"));
    only_changed(b, work, t, "id");
    return feed_copy(work, gx_sqlb_sql(b), b->values, b->value_count, stage_name(work, "stage", t),
                     ret_rows);
}

static enum gx_code stage_links(struct feed_work *work, const struct feed_table *t)
{
    for (size_t i = t->stored; i < t->count; i++) {
        struct gx_sqlb *b = gx_sqlb_new(work->ctx->arena, gx_conn_dialect(work->conn));
        gx_sqlb_add(b, GX_SQL("SELECT t.src, t.dst, t.position, "));
        gx_sqlb_int(b, (int64_t)i);
        gx_sqlb_add(b, GX_SQL(" FROM "));
        gx_sqlb_name(b, t->columns[i].field->x.join_table);
        gx_sqlb_add(b, GX_SQL(" t"));
        only_changed(b, work, t, "src");
        GX_TRY(feed_copy(work, gx_sqlb_sql(b), b->values, b->value_count,
                         stage_name(work, "links", t), NULL));
    }
    return GX_OK;
}

static enum gx_code stage_ids(struct feed_work *work, const struct feed_table *t)
{
    struct gx_value values[] = { gx_value_int(work->after), gx_value_int(work->until),
                                 gx_value_text(t->object->id) };
    if (work->after < 0)
        return GX_OK;
    return feed_copy(work,
                     GX_SQL("SELECT DISTINCT record FROM gx_change WHERE seq > ?1 AND seq <= ?2 "
                            "AND object = ?3"),
                     values, GX_COUNT(values), stage_name(work, "ids", t), NULL);
}

enum gx_code feed_stage(struct feed_work *work, const struct feed_table *t, int64_t *ret_rows)
{
    GX_TRY(stage_tables(work, t));
    GX_TRY(stage_ids(work, t));
    GX_TRY(stage_rows(work, t, ret_rows));
    return stage_links(work, t);
}

static void convert(struct gx_buf *sql, const struct feed_column *c, size_t i)
{
    switch (c->how) {
    case FEED_BOOL:
        gx_buf_printf(sql, "s.c%zu <> 0", i);
        break;
    case FEED_DATE:
        gx_buf_printf(sql, "DATE '1970-01-01' + s.c%zu::INTEGER", i);
        break;
    case FEED_MOMENT:
        gx_buf_printf(sql, "make_timestamp(s.c%zu)", i);
        break;
    case FEED_CODES:
        gx_buf_printf(sql, "string_split(trim(s.c%zu, '|'), '|')", i);
        break;
    case FEED_LINKS:
        gx_buf_printf(sql, "l%zu.v", i);
        break;
    case FEED_AS_IT_IS:
        gx_buf_printf(sql, "s.c%zu", i);
        break;
    }
}

enum gx_code feed_unstage(struct feed_work *work, const struct feed_table *t, const char *name)
{
    struct gx_buf sql = { 0 };
    gx_buf_printf(&sql, "INSERT INTO \"%s\" (", name);
    for (size_t i = 0; i < t->count; i++)
        gx_buf_printf(&sql, "%s\"%.*s\"", i ? ", " : "", GX_STR_ARG(t->columns[i].name));
    gx_buf_addz(&sql, ") SELECT ");
    for (size_t i = 0; i < t->count; i++) {
        gx_buf_addz(&sql, i ? ", " : "");
        convert(&sql, &t->columns[i], i);
    }
    gx_buf_printf(&sql, " FROM stage_%d s", t->object->index);
    for (size_t i = t->stored; i < t->count; i++)
        gx_buf_printf(
            &sql,
            " LEFT JOIN (SELECT src, list(dst ORDER BY pos, dst) AS v FROM links_%d WHERE "
            "field = %zu GROUP BY src) l%zu ON l%zu.src = s.c0",
            t->object->index, i, i, i);
    enum gx_code code = gx_asker_run(work->ctx, work->s->session, gx_buf_str(&sql));
    if (code == GX_E_INTERNAL)
        gx_log_say(GX_LOG_ERROR, "warehouse", gx_buf_str(&sql));
    gx_buf_free(&sql);
    return code;
}

enum gx_code feed_drop_stage(struct feed_work *work, const struct feed_table *t)
{
    int i = t->object->index;
    return feed_run(work->ctx, work->s,
                    "DROP TABLE IF EXISTS stage_%d; DROP TABLE IF EXISTS links_%d; "
                    "DROP TABLE IF EXISTS ids_%d",
                    i, i, i);
}
