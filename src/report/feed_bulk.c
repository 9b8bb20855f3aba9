/* feed_bulk.c - rows that were read from a file, taken over: replaced, once each, with their facts.
 */
#include "report/bulk.h"
#include "report/feed_int.h"

static struct gx_str list_of(struct gx_arena *arena, const struct gx_bulk *b, bool staged)
{
    struct gx_str all = GX_STR("");
    for (size_t i = 0; i < b->column_count; i++)
        all = staged ? gx_arena_printf(arena, "%.*s%sv%zu", GX_STR_ARG(all), i ? ", " : "", i)
                     : gx_arena_printf(arena, "%.*s%s\"%.*s\"", GX_STR_ARG(all), i ? ", " : "",
                                       GX_STR_ARG(b->columns[i].name));
    return all;
}

static size_t index_of(const struct gx_bulk *b, struct gx_str name)
{
    size_t i = 0;
    while (!gx_str_eq(b->columns[i].name, name))
        i++;
    return i;
}

/* Months that the file has rows of; or rows that it has, by their key. */
static enum gx_code make_room(struct feed_work *work, const struct gx_bulk *b, struct gx_str staged)
{
    struct gx_str same = GX_STR("TRUE");
    struct gx_arena *arena = work->ctx->arena;
    if (b->replace.n) {
        size_t i = index_of(b, b->replace);
        return feed_run(work->ctx, work->s,
                        "DELETE FROM \"bulk_%.*s\" WHERE date_trunc('month', \"%.*s\") IN (SELECT "
                        "DISTINCT date_trunc('month', v%zu) FROM own.%.*s WHERE why IS NULL)",
                        GX_STR_ARG(b->name), GX_STR_ARG(b->replace), i, GX_STR_ARG(staged));
    }
    for (size_t k = 0; k < b->key_count; k++)
        same = gx_arena_printf(arena, "%.*s AND s.v%zu IS NOT DISTINCT FROM b.\"%.*s\"",
                               GX_STR_ARG(same), index_of(b, b->key[k]), GX_STR_ARG(b->key[k]));
    if (b->key_count == 0)
        return GX_OK;
    return feed_run(work->ctx, work->s,
                    "DELETE FROM \"bulk_%.*s\" b USING own.%.*s s WHERE s.why IS NULL AND %.*s",
                    GX_STR_ARG(b->name), GX_STR_ARG(staged), GX_STR_ARG(same));
}

static enum gx_code take(struct feed_work *work, const struct gx_bulk *b, struct gx_str staged)
{
    struct gx_arena *arena = work->ctx->arena;
    struct gx_str once = GX_STR("");
    for (size_t k = 0; k < b->key_count; k++)
        once = gx_arena_printf(arena, "%.*s%sv%zu", GX_STR_ARG(once), k ? ", " : "",
                               index_of(b, b->key[k]));
    if (once.n)
        once = gx_arena_printf(
            arena, " QUALIFY row_number() OVER (PARTITION BY %.*s ORDER BY line DESC) = 1",
            GX_STR_ARG(once));
    GX_TRY(make_room(work, b, staged));
    GX_TRY(feed_run(work->ctx, work->s,
                    "INSERT INTO \"bulk_%.*s\" (%.*s) SELECT %.*s FROM own.%.*s WHERE why IS "
                    "NULL%.*s",
                    GX_STR_ARG(b->name), GX_STR_ARG(list_of(arena, b, false)),
                    GX_STR_ARG(list_of(arena, b, true)), GX_STR_ARG(staged), GX_STR_ARG(once)));
    struct gx_str table = gx_arena_printf(arena, "bulk_%.*s", GX_STR_ARG(b->name));
    for (const struct gx_fact *f = work->s->facts->facts; f; f = f->next)
        if (gx_str_eq(f->table, table))
            GX_TRY(feed_facts_one(work, f));
    return GX_OK;
}

static enum gx_code take_all(struct feed_work *work, void *p)
{
    struct gx_taking *taking = p;
    GX_TRY(feed_definitions(work));
    const struct gx_bulk *b = gx_facts_bulk(work->s->facts, taking->name);
    if (!b)
        return gx_fail(work->ctx, GX_E_NOT_FOUND, GX_STR("name"), GX_M_BULK_NONE, taking->name);
    GX_TRY(feed_int(work->ctx, work->s, 0, &taking->result->refused,
                    "SELECT count(*) FROM own.%.*s WHERE why IS NOT NULL",
                    GX_STR_ARG(taking->table)));
    GX_TRY(feed_int(work->ctx, work->s, 0, &taking->result->rows,
                    "SELECT count(*) FROM own.%.*s WHERE why IS NULL", GX_STR_ARG(taking->table)));
    GX_TRY(feed_run(work->ctx, work->s, "BEGIN"));
    GX_TRY(take(work, b, taking->table));
    return feed_run(work->ctx, work->s, "COMMIT; DROP TABLE own.%.*s; CHECKPOINT",
                    GX_STR_ARG(taking->table));
}

enum gx_code gx_feed_take(struct gx_ctx *ctx, struct gx_feed_state *s, struct gx_taking *taking)
{
    return feed_in_snapshot(ctx, s, take_all, taking);
}
