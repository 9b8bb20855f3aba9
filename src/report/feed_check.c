/* feed_check.c - is the warehouse what the records say?  Both of one moment, compared row by row.
 */
#include "base/log.h"
#include "report/feed_int.h"

struct found {
    int64_t rows, record;
};

static enum gx_code take_found(void *p, const struct gx_value *v, size_t count)
{
    struct found *f = p;
    (void)count;
    f->rows = v[0].kind == GX_VALUE_INT ? v[0].i : 0;
    f->record = v[1].kind == GX_VALUE_INT ? v[1].i : 0;
    return GX_OK;
}

enum gx_code feed_compare(struct feed_work *work, struct gx_warehouse_check *check,
                          struct gx_str table, const char *other, const char *columns,
                          const char *id)
{
    struct found found = { 0 };
    int64_t rows, same;
    const struct gx_ask ask = {
        .sql = gx_arena_printf(
            work->ctx->arena,
            "SELECT count(*), min(%s) FROM ((SELECT %s FROM \"%.*s\" EXCEPT ALL SELECT %s FROM "
            "\"%s\") UNION ALL (SELECT %s FROM \"%s\" EXCEPT ALL SELECT %s FROM \"%.*s\"))",
            id, columns, GX_STR_ARG(table), columns, other, columns, other, columns,
            GX_STR_ARG(table)),
        .time_ms = -1,
    };
    const struct gx_answer answer = { .p = &found, .row = take_found };
    GX_TRY(feed_int(work->ctx, work->s, 0, &rows, "SELECT count(*) FROM \"%s\"", other));
    GX_TRY(feed_int(work->ctx, work->s, 0, &same,
                    "SELECT ((SELECT (count(*), sum(hash(%s))) FROM \"%.*s\") IS NOT DISTINCT FROM "
                    "(SELECT (count(*), sum(hash(%s))) FROM \"%s\"))::INTEGER",
                    columns, GX_STR_ARG(table), columns, other));
    if (!same)
        GX_TRY(gx_asker_ask(work->ctx, work->s->session, &ask, &answer, NULL));
    check->tables++;
    check->rows += rows;
    if (found.rows)
        check->differs(check->p, table, found.rows, found.record);
    return GX_OK;
}

static const char *columns_of(struct gx_arena *arena, const struct feed_table *t)
{
    struct gx_str all = GX_STR("");
    for (size_t i = 0; i < t->count; i++)
        all = gx_arena_printf(arena, "%.*s%s\"%.*s\"", GX_STR_ARG(all), i ? ", " : "",
                              GX_STR_ARG(t->columns[i].name));
    return gx_arena_cstr(arena, all);
}

static enum gx_code check_table(struct feed_work *work, struct gx_warehouse_check *check,
                                const struct feed_table *t)
{
    struct feed_work all = *work;
    all.after = -1;
    GX_TRY(feed_stage(&all, t, NULL));
    GX_TRY(feed_table_create(work->ctx, work->s, t, "gx_check"));
    GX_TRY(feed_unstage(&all, t, "gx_check"));
    GX_TRY(feed_compare(work, check, t->object->x.table, "gx_check",
                        columns_of(work->ctx->arena, t), "id"));
    GX_TRY(feed_drop_stage(&all, t));
    return feed_run(work->ctx, work->s, "DROP TABLE gx_check");
}

static enum gx_code check_all(struct feed_work *work, struct gx_warehouse_check *check)
{
    struct feed_work all = *work;
    all.after = -1;
    all.until = work->s->position;
    for (size_t i = 0; i < work->s->table_count; i++)
        GX_TRY(check_table(work, check, &work->s->tables[i]));
    GX_TRY(feed_history_all(&all, "gx_check"));
    GX_TRY(feed_compare(work, check, GX_STR("history"), "gx_check",
                        "object, record, field, value, valid_from, valid_to, by_user, seq",
                        "record"));
    return feed_facts_check(work, check);
}

static enum gx_code check(struct feed_work *work, void *p)
{
    GX_TRY(feed_catch_up(work));
    GX_TRY(feed_run(work->ctx, work->s, "BEGIN"));
    enum gx_code code = check_all(work, p);
    if (work->s->session->dead)
        return code;
    GX_TRY(feed_run(work->ctx, work->s, "ROLLBACK"));
    return code;
}

enum gx_code gx_feed_check(struct gx_ctx *ctx, struct gx_feed_state *s,
                           struct gx_warehouse_check *p)
{
    return feed_in_snapshot(ctx, s, check, p);
}
