/*
 * feed.c - the change log into the warehouse, in batches, each with its position in one
 * transaction.
 *
 * A batch takes the entries behind the position, reads the records they name as they are in one
 * snapshot, and replaces them.  A record may thereby be newer than the position says; the entries
 * that follow find it as they would leave it.  Once the position is the end of the log in a
 * snapshot, the warehouse is equal to the records of that snapshot.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/time.h"
#include "report/feed_int.h"

enum {
    BATCH_MAX = 20000, /* entries */
    FORM = 1,          /* of the tables that are ours; another one: filled anew */
    FAILURES_MAX = 5,  /* then it is filled anew */
};

/* --- definitions */

enum gx_code feed_definitions(struct feed_work *work)
{
    struct gx_feed_state *s = work->s;
    struct gx_meta *meta = gx_tenant_meta(s->w->tenant);
    if (s->meta && gx_str_eq(meta->version, s->meta->version)) {
        gx_meta_unref(meta);
        return GX_OK;
    }
    if (s->meta)
        gx_meta_unref(s->meta);
    gx_arena_reset(&s->arena);
    s->meta = meta;
    s->facts = NULL;
    feed_tables_make(s);
    GX_TRY(feed_facts_load(work));
    if (s->position < 0)
        return GX_OK; /* it will be filled */
    GX_TRY(feed_shape(work));
    return feed_facts_shape(work);
}

/* --- where it stands */

static enum gx_code entry_of(struct feed_work *work, int64_t seq, int64_t *ret_at,
                             int64_t *ret_record)
{
    struct gx_value key = gx_value_int(seq);
    GX_TRY(gx_db_int(work->ctx, work->conn, GX_SQL("SELECT at FROM gx_change WHERE seq = ?1"), &key,
                     1, 0, ret_at));
    return gx_db_int(work->ctx, work->conn, GX_SQL("SELECT record FROM gx_change WHERE seq = ?1"),
                     &key, 1, 0, ret_record);
}

enum gx_code feed_keep_position(struct feed_work *work, int64_t erased_us)
{
    struct gx_feed_state *s = work->s;
    int64_t at, record;
    GX_TRY(entry_of(work, work->until, &at, &record));
    return feed_run(work->ctx, s,
                    "UPDATE gx_position SET seq = %lld, happened = %lld, record = %lld, "
                    "erased_us = %lld, first_seq = %lld, as_of_day = %lld",
                    (long long)work->until, (long long)at, (long long)record, (long long)erased_us,
                    (long long)s->first_seq, (long long)s->as_of_day);
}

struct stand {
    int64_t seq, at, record, erased_us, renewed_us, first_seq, as_of_day, form, rebuilt_us;
    bool has;
};

static enum gx_code take_stand(void *p, const struct gx_value *v, size_t count)
{
    struct stand *k = p;
    (void)count;
    *k = (struct stand){ v[0].i, v[1].i, v[2].i, v[3].i, v[4].i,
                         v[5].i, v[6].i, v[7].i, v[8].i, true };
    return GX_OK;
}

static enum gx_code read_stand(struct feed_work *work, struct stand *ret)
{
    const struct gx_ask ask = {
        .sql = GX_STR(
            "SELECT seq, happened, record, erased_us, renewed_us, first_seq, as_of_day, form, "
            "rebuilt_us FROM gx_position"),
        .time_ms = -1,
    };
    const struct gx_answer answer = { .p = ret, .row = take_stand };
    int64_t any;
    *ret = (struct stand){ 0 };
    GX_TRY(feed_int(work->ctx, work->s, 0, &any,
                    "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'gx_position' AND "
                    "database_name = 'warehouse'"));
    return any ? gx_asker_ask(work->ctx, work->s->session, &ask, &answer, NULL) : GX_OK;
}

/* Is the log the one that it was made from, as far as it had come? */
static enum gx_code agrees(struct feed_work *work, const struct stand *k, bool *ret_agrees)
{
    int64_t at, record;
    *ret_agrees = k->has && k->form == FORM && work->s->w->failures < FAILURES_MAX;
    if (!*ret_agrees || k->seq == 0)
        return GX_OK;
    GX_TRY(entry_of(work, k->seq, &at, &record));
    *ret_agrees = at == k->at && record == k->record;
    return GX_OK;
}

void feed_tell(struct gx_feed_state *s, int64_t log_end, int64_t lag_us)
{
    struct gx_warehouse *w = s->w;
    pthread_mutex_lock(&w->lock);
    if (log_end >= w->position && s->position > w->position && w->position > 0)
        w->applied += s->position - w->position;
    w->position = s->position;
    w->log_end = log_end;
    w->lag_us = lag_us;
    w->erased_us = s->renew ? 0 : s->erased_us;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

/* --- a piece of work over one snapshot of the records */

enum gx_code feed_in_snapshot(struct gx_ctx *ctx, struct gx_feed_state *s,
                              enum gx_code (*fn)(struct feed_work *work, void *p), void *p)
{
    struct feed_work work = { .ctx = ctx, .s = s };
    GX_TRY(gx_db_reader(ctx, gx_db_of(s->w->tenant->db), &work.conn));
    enum gx_code code = gx_conn_begin_read(ctx, work.conn);
    if (code == GX_OK) {
        code = fn(&work, p);
        gx_conn_end_read(work.conn);
    }
    gx_db_reader_release(work.conn);
    return code;
}

static enum gx_code log_int(struct feed_work *work, struct gx_sql sql, int64_t *ret)
{
    return gx_db_int(work->ctx, work->conn, sql, NULL, 0, 0, ret);
}

/* --- a batch */

static enum gx_code touched_tables(struct feed_work *work, bool *touched, bool *ret_purged)
{
    struct gx_value values[] = { gx_value_int(work->after), gx_value_int(work->until) };
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    *ret_purged = false;
    GX_TRY(gx_db_query(work->ctx, work->conn,
                       GX_SQL("SELECT object, max(kind) FROM gx_change WHERE seq > ?1 AND "
                              "seq <= ?2 AND kind <= 5 GROUP BY object"),
                       values, GX_COUNT(values), &rows));
    while ((code = gx_rows_next(work->ctx, rows, &has)) == GX_OK && has) {
        const struct feed_table *t = feed_table_of(work->s, gx_rows_text(rows, 0));
        if (t)
            touched[t->object->index] = true;
        *ret_purged |= t && gx_rows_int(rows, 1) == 5;
    }
    gx_rows_close(rows);
    return code;
}

/* The rest of a list, in its order; nothing is left: null. */
static enum gx_code unlink_column(struct feed_work *work, struct gx_str table, struct gx_str column)
{
    struct gx_feed_state *s = work->s;
    GX_TRY(feed_run(work->ctx, s,
                    "CREATE OR REPLACE TEMP TABLE hit AS SELECT id AS i, \"%.*s\" AS l FROM "
                    "\"%.*s\" WHERE list_has_any(\"%.*s\", (SELECT list(id) FROM gone))",
                    GX_STR_ARG(column), GX_STR_ARG(table), GX_STR_ARG(column)));
    GX_TRY(feed_run(work->ctx, s,
                    "CREATE OR REPLACE TEMP TABLE kept AS SELECT i, list(x ORDER BY p) AS v FROM "
                    "(SELECT i, unnest(l) AS x, generate_subscripts(l, 1) AS p FROM hit) WHERE x "
                    "NOT IN (SELECT id FROM gone) GROUP BY i"));
    return feed_run(work->ctx, s,
                    "UPDATE \"%.*s\" SET \"%.*s\" = g.v FROM (SELECT hit.i, kept.v FROM hit LEFT "
                    "JOIN kept ON kept.i = hit.i) g WHERE id = g.i",
                    GX_STR_ARG(table), GX_STR_ARG(column));
}

/* Nothing in the log says that a list of links has lost what was purged. */
static enum gx_code unlink_purged(struct feed_work *work, const bool *touched)
{
    struct gx_feed_state *s = work->s;
    for (size_t i = 0; i < s->table_count; i++)
        for (size_t k = s->tables[i].stored; k < s->tables[i].count; k++) {
            const struct feed_column *c = &s->tables[i].columns[k];
            const struct gx_object *to = gx_meta_object(s->meta, gx_str_c(c->field->x.object));
            if (!to || !touched[to->index])
                continue;
            GX_TRY(feed_run(work->ctx, s,
                            "CREATE OR REPLACE TEMP TABLE gone AS SELECT d.id FROM ids_%d d ANTI "
                            "JOIN \"%.*s\" t ON t.id = d.id",
                            to->index, GX_STR_ARG(to->x.table)));
            GX_TRY(unlink_column(work, s->tables[i].object->x.table, c->name));
        }
    return GX_OK;
}

static enum gx_code replace(struct feed_work *work, const struct feed_table *t)
{
    const char *name = gx_arena_cstr(work->ctx->arena, t->object->x.table);
    GX_TRY(feed_run(work->ctx, work->s, "DELETE FROM \"%s\" USING ids_%d d WHERE \"%s\".id = d.id",
                    name, t->object->index, name));
    return feed_unstage(work, t, name);
}

struct batch {
    bool *touched;
    bool purged;
    int64_t erased_us, first_seq, today;
    bool changes; /* of records */
};

static enum gx_code apply_records(struct feed_work *work, struct batch *b)
{
    struct gx_feed_state *s = work->s;
    for (size_t i = 0; i < s->table_count; i++)
        if (b->touched[i])
            GX_TRY(feed_stage(work, &s->tables[i], NULL));
    GX_TRY(feed_facts_touched(work, b->touched));
    for (size_t i = 0; i < s->table_count; i++)
        if (b->touched[i])
            GX_TRY(replace(work, &s->tables[i]));
    if (b->purged)
        GX_TRY(unlink_purged(work, b->touched));
    return GX_OK;
}

static enum gx_code apply(struct feed_work *work, struct batch *b)
{
    struct gx_feed_state *s = work->s;
    bool pruned = b->first_seq > s->first_seq && work->after > 0;
    bool next_day = b->today != s->as_of_day;
    GX_TRY(feed_run(work->ctx, s, "BEGIN"));
    if (b->changes)
        GX_TRY(apply_records(work, b));
    if (pruned)
        GX_TRY(feed_history_all(work, "history"));
    else if (b->changes)
        GX_TRY(feed_history_add(work));
    if (b->erased_us > s->erased_us)
        GX_TRY(feed_history_erased(work, s->erased_us));
    s->first_seq = b->first_seq;
    s->as_of_day = b->today;
    if (b->erased_us > s->erased_us)
        GX_TRY(feed_facts_erase(work));
    if (next_day)
        GX_TRY(feed_facts_all(work));
    else if (b->changes)
        GX_TRY(feed_facts_renew(work, b->touched));
    GX_TRY(feed_keep_position(work, b->erased_us));
    GX_TRY(feed_run(work->ctx, s, "COMMIT"));
    for (size_t i = 0; i < s->table_count; i++)
        if (b->touched[i])
            GX_TRY(feed_drop_stage(work, &s->tables[i]));
    return GX_OK;
}

static int64_t today(const struct feed_work *work)
{
    int64_t us = work->ctx->now_us + work->s->w->tenant->settings.tz_offset_min * INT64_C(60000000);
    return us / GX_DAY_US;
}

static enum gx_code batch(struct feed_work *work, void *p)
{
    struct gx_feed_state *s = work->s;
    bool *more = p;
    bool erased;
    struct batch b = { .today = today(work) };
    int64_t end, at = 0;
    GX_TRY(feed_definitions(work));
    GX_TRY(log_int(work, GX_SQL("SELECT max(seq) FROM gx_change"), &end));
    GX_TRY(log_int(work, GX_SQL("SELECT min(seq) FROM gx_change"), &b.first_seq));
    GX_TRY(log_int(work, GX_SQL("SELECT max(done_at) FROM gx_erasure WHERE state = 'done'"),
                   &b.erased_us));
    work->after = s->position;
    work->until = end > s->position + BATCH_MAX ? s->position + BATCH_MAX : end;
    b.changes = work->until > work->after;
    b.touched = GX_ARENA_ARRAY(work->ctx->arena, bool, s->table_count + 1);
    if (b.erased_us < s->erased_us)
        b.erased_us = s->erased_us;
    erased = b.erased_us > s->erased_us;
    if (!b.changes && !erased && b.today == s->as_of_day && b.first_seq == s->first_seq)
        return GX_OK;
    if (b.changes)
        GX_TRY(touched_tables(work, b.touched, &b.purged));
    GX_TRY(apply(work, &b));
    s->position = work->until;
    s->erased_us = b.erased_us;
    s->renew |= erased;
    *more = s->position < end;
    if (*more) {
        struct gx_value next = gx_value_int(s->position);
        GX_TRY(gx_db_int(work->ctx, work->conn,
                         GX_SQL("SELECT at FROM gx_change WHERE seq > ?1 ORDER BY seq LIMIT 1"),
                         &next, 1, 0, &at));
    }
    feed_tell(s, end, at ? gx_clock_us() - at : 0);
    return GX_OK;
}

enum gx_code feed_catch_up(struct feed_work *work)
{
    bool more = true;
    while (more) {
        more = false;
        GX_TRY(batch(work, &more));
    }
    return GX_OK;
}

enum gx_code gx_feed_batch(struct gx_ctx *ctx, struct gx_feed_state *s, bool *ret_more,
                           bool *ret_renew)
{
    *ret_more = false;
    enum gx_code code = feed_in_snapshot(ctx, s, batch, ret_more);
    *ret_renew = s->renew && !*ret_more;
    return code;
}

/* --- from the beginning, and compared */

static enum gx_code make_ours(struct feed_work *work, int64_t erased_us)
{
    GX_TRY(feed_run(work->ctx, work->s, "CREATE SCHEMA IF NOT EXISTS own"));
    GX_TRY(
        feed_run(work->ctx, work->s,
                 "CREATE OR REPLACE TABLE gx_position (seq BIGINT, happened BIGINT, record BIGINT, "
                 "erased_us BIGINT, renewed_us BIGINT, first_seq BIGINT, as_of_day BIGINT, "
                 "form BIGINT, rebuilt_us BIGINT)"));
    return feed_run(
        work->ctx, work->s, "INSERT INTO gx_position VALUES (0, 0, 0, 0, %lld, 0, 0, %d, %lld)",
        (long long)(work->s->fresh ? erased_us : 0), FORM, (long long)work->ctx->now_us);
}

static enum gx_code fill(struct feed_work *work, void *p)
{
    struct gx_feed_state *s = work->s;
    int64_t *rows = p, erased_us;
    s->position = -1;
    GX_TRY(feed_definitions(work));
    GX_TRY(log_int(work, GX_SQL("SELECT max(seq) FROM gx_change"), &work->until));
    GX_TRY(log_int(work, GX_SQL("SELECT min(seq) FROM gx_change"), &s->first_seq));
    GX_TRY(log_int(work, GX_SQL("SELECT max(done_at) FROM gx_erasure WHERE state = 'done'"),
                   &erased_us));
    work->after = -1;
    s->as_of_day = today(work);
    GX_TRY(feed_run(work->ctx, s, "BEGIN"));
    GX_TRY(make_ours(work, erased_us));
    for (size_t i = 0; i < s->table_count; i++) {
        const struct feed_table *t = &s->tables[i];
        const char *name = gx_arena_cstr(work->ctx->arena, t->object->x.table);
        GX_TRY(feed_stage(work, t, rows));
        GX_TRY(feed_run(work->ctx, s, "DROP TABLE IF EXISTS \"%s\"", name));
        GX_TRY(feed_table_create(work->ctx, s, t, name));
        GX_TRY(feed_unstage(work, t, name));
        GX_TRY(feed_drop_stage(work, t));
    }
    GX_TRY(feed_history_all(work, "history"));
    GX_TRY(feed_catalogue(work));
    GX_TRY(feed_facts_all(work));
    GX_TRY(feed_keep_position(work, erased_us));
    GX_TRY(feed_run(work->ctx, s, "COMMIT"));
    s->position = work->until;
    s->renew |= !s->fresh && erased_us > 0; /* pages of the old tables */
    s->fresh = false;
    s->erased_us = erased_us;
    s->w->rebuilt_us = work->ctx->now_us;
    GX_TRY(feed_run(work->ctx, s, "CHECKPOINT"));
    feed_tell(s, work->until, 0);
    return GX_OK;
}

enum gx_code gx_feed_fill(struct gx_ctx *ctx, struct gx_feed_state *s, int64_t *ret_rows)
{
    int64_t begun_us = gx_monotonic_us();
    *ret_rows = 0;
    pthread_mutex_lock(&s->w->lock);
    s->w->filled_rows = 0;
    pthread_mutex_unlock(&s->w->lock);
    atomic_store(&s->w->filling, true);
    enum gx_code code = feed_in_snapshot(ctx, s, fill, ret_rows);
    atomic_store(&s->w->filling, false);
    if (code == GX_OK)
        gx_log_say(GX_LOG_INFO, "warehouse",
                   gx_arena_printf(ctx->arena, "filled with %lld rows in %lld ms",
                                   (long long)*ret_rows,
                                   (long long)(gx_monotonic_us() - begun_us) / 1000));
    return code;
}

static enum gx_code begin(struct feed_work *work, void *p)
{
    struct gx_feed_state *s = work->s;
    bool *is_good = p;
    struct stand k;
    GX_TRY(read_stand(work, &k));
    GX_TRY(agrees(work, &k, is_good));
    s->fresh = !k.has;
    if (!*is_good)
        return GX_OK;
    s->position = k.seq;
    s->erased_us = k.renewed_us < k.erased_us ? k.renewed_us : k.erased_us;
    s->first_seq = k.first_seq;
    s->as_of_day = k.as_of_day;
    s->w->rebuilt_us = k.rebuilt_us;
    feed_tell(s, s->position, 0);
    return GX_OK;
}

void gx_feed_end(struct gx_feed_state *s)
{
    if (s->meta)
        gx_meta_unref(s->meta);
    gx_arena_free(&s->arena);
    free(s);
}

enum gx_code gx_feed_begin(struct gx_ctx *ctx, struct gx_warehouse *w, struct gx_asker *session,
                           struct gx_feed_state **ret_state)
{
    struct gx_feed_state *s = calloc(1, sizeof *s);
    bool is_good = false;
    int64_t rows;
    if (!s)
        return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_LAUNCH, GX_STR("memory"));
    *s = (struct gx_feed_state){ .w = w, .session = session };
    *ret_state = s;
    GX_TRY(feed_in_snapshot(ctx, s, begin, &is_good));
    return is_good ? GX_OK : gx_feed_fill(ctx, s, &rows);
}
