/*
 * feed_history.c - what was true when, from what the log says of each change.
 *
 * An update's entry has {"field": [old, new], …} of the fields that keep history.  The first such
 * entry of a field gives two rows: what it had been since its record was made, and what it is from
 * then on; each further entry closes a row and opens one.  So the table follows from the log alone,
 * and is the same however the log was cut into batches.
 */
#include "report/feed_int.h"

#define KEY "object, record, field"

/* The entries, as they are, then a row for each field of each. */
static enum gx_code split(struct feed_work *work)
{
    GX_TRY(feed_run(
        work->ctx, work->s,
        "CREATE OR REPLACE TEMP TABLE events AS SELECT seq, make_timestamp(moment) AS moment, "
        "by_user, object, record, field, "
        "data ->> ('$.\"' || field || '\"[0]') AS was, "
        "data ->> ('$.\"' || field || '\"[1]') AS now FROM "
        "(SELECT *, unnest(json_keys(data)) AS field FROM entries)"));
    return feed_run(work->ctx, work->s,
                    "CREATE OR REPLACE TEMP TABLE firsts AS SELECT " KEY ", "
                    "first(was ORDER BY seq) AS was, first(moment ORDER BY seq) AS moment, "
                    "min(seq) AS seq "
                    "FROM events GROUP BY " KEY);
}

static enum gx_code read_entries(struct feed_work *work, struct gx_sql sql,
                                 const struct gx_value *values, size_t count)
{
    GX_TRY(
        feed_run(work->ctx, work->s,
                 "CREATE OR REPLACE TEMP TABLE entries (seq BIGINT, moment BIGINT, by_user BIGINT, "
                 "object VARCHAR, record BIGINT, data VARCHAR)"));
    return feed_copy(work, sql, values, count, "entries", NULL);
}

static enum gx_code add_events(struct feed_work *work, const char *table)
{
    struct gx_feed_state *s = work->s;
    int64_t any;
    GX_TRY(feed_int(work->ctx, s, 0, &any, "SELECT count(*) FROM entries"));
    if (any == 0)
        return GX_OK;
    GX_TRY(split(work));
    GX_TRY(feed_run(work->ctx, s,
                    "INSERT INTO \"%s\" (" KEY ", value, valid_from, valid_to, by_user, seq) "
                    "SELECT " KEY
                    ", was, TIMESTAMP '-infinity', moment, NULL, seq FROM firsts f WHERE "
                    "NOT EXISTS (SELECT 1 FROM \"%s\" h WHERE h.record = f.record AND "
                    "h.object = f.object AND h.field = f.field)",
                    table, table));
    GX_TRY(
        feed_run(work->ctx, s,
                 "UPDATE \"%s\" h SET valid_to = f.moment FROM firsts f WHERE h.record = f.record "
                 "AND h.object = f.object AND h.field = f.field AND h.valid_to IS NULL",
                 table));
    return feed_run(work->ctx, s,
                    "INSERT INTO \"%s\" (" KEY ", value, valid_from, valid_to, by_user, seq) "
                    "SELECT " KEY ", now, moment, lead(moment) OVER (PARTITION BY " KEY
                    " ORDER BY seq), "
                    "by_user, seq FROM events",
                    table);
}

enum gx_code feed_history_add(struct feed_work *work)
{
    struct gx_value values[] = { gx_value_int(work->after), gx_value_int(work->until) };
    GX_TRY(read_entries(work,
                        GX_SQL("SELECT seq, at, by_user, object, record, data FROM gx_change WHERE "
                               "seq > ?1 AND seq <= ?2 AND kind = 2 AND data IS NOT NULL"),
                        values, GX_COUNT(values)));
    return add_events(work, "history");
}

enum gx_code feed_history_all(struct feed_work *work, const char *table)
{
    struct gx_value until = gx_value_int(work->until);
    GX_TRY(feed_run(work->ctx, work->s,
                    "CREATE OR REPLACE TABLE \"%s\" (object VARCHAR, record BIGINT, field VARCHAR, "
                    "value VARCHAR, valid_from TIMESTAMP, valid_to TIMESTAMP, by_user BIGINT, "
                    "seq BIGINT)",
                    table));
    GX_TRY(read_entries(work,
                        GX_SQL("SELECT seq, at, by_user, object, record, data FROM gx_change WHERE "
                               "seq <= ?1 AND kind = 2 AND data IS NOT NULL"),
                        &until, 1));
    GX_TRY(add_events(work, table));
    return feed_run(work->ctx, work->s, "DROP TABLE IF EXISTS entries");
}

enum gx_code feed_history_erased(struct feed_work *work, int64_t erased_us)
{
    struct gx_value values[] = { gx_value_int(erased_us), gx_value_int(work->until) };
    GX_TRY(feed_run(work->ctx, work->s,
                    "CREATE OR REPLACE TEMP TABLE erased (object VARCHAR, record BIGINT)"));
    GX_TRY(feed_copy(work,
                     GX_SQL("SELECT c.object, c.record FROM gx_erasure x JOIN gx_erased_entry e ON "
                            "e.erasure = x.id JOIN gx_change c ON c.seq = e.seq WHERE "
                            "x.state = 'done' AND x.done_at > ?1 UNION SELECT object, record FROM "
                            "gx_erasure WHERE state = 'done' AND done_at > ?1"),
                     values, 1, "erased", NULL));
    GX_TRY(feed_run(work->ctx, work->s,
                    "DELETE FROM history USING erased e WHERE history.record = e.record AND "
                    "history.object = e.object"));
    GX_TRY(read_entries(
        work,
        GX_SQL("SELECT c.seq, c.at, c.by_user, c.object, c.record, c.data FROM gx_change c WHERE "
               "c.kind = 2 AND c.data IS NOT NULL AND c.seq <= ?2 AND EXISTS (SELECT 1 FROM "
               "gx_change d JOIN gx_erased_entry e ON e.seq = d.seq JOIN gx_erasure x ON "
               "x.id = e.erasure WHERE d.record = c.record AND d.object = c.object AND "
               "x.state = 'done' AND x.done_at > ?1)"),
        values, GX_COUNT(values)));
    return add_events(work, "history");
}
