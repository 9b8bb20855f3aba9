/* feed.c - see feed.h. */
#include "store/feed.h"

#include "base/time.h"
#include "store/store_int.h"

struct gx_feed_entry {
    struct gx_feed_entry *next;
    int64_t seq, at, by, record, version, count;
    enum gx_change_kind kind;
    struct gx_str object; /* its stable id */
    struct gx_str by_name, data;
    bool bulk; /* stands for `count` records */
};

/* Where there are few that people wrote, each of them stands alone; an import is always one. */
static enum gx_code are_few(struct gx_ctx *ctx, struct gx_conn *conn, const struct gx_value *range,
                            bool *ret_few)
{
    int64_t count = range[1].i - range[0].i;
    if (count > GX_FEED_ENTRIES_MAX)
        GX_TRY(gx_db_int(ctx, conn,
                         GX_SQL("SELECT count(*) FROM gx_change WHERE seq > ?1 AND seq <= ?2 "
                                "AND import_id IS NULL"),
                         range, 2, 0, &count));
    *ret_few = count <= GX_FEED_ENTRIES_MAX;
    return GX_OK;
}

static struct gx_feed_entry *take_entry(struct gx_arena *arena, const struct gx_rows *rows)
{
    struct gx_feed_entry *e = GX_ARENA_NEW(arena, struct gx_feed_entry);
    *e = (struct gx_feed_entry){
        .seq = gx_rows_int(rows, 0),
        .at = gx_rows_int(rows, 1),
        .by = gx_rows_int(rows, 2),
        .by_name = gx_arena_str(arena, gx_rows_text(rows, 3)),
        .object = gx_arena_str(arena, gx_rows_text(rows, 4)),
        .bulk = gx_rows_int(rows, 5) == 0,
        .count = gx_rows_int(rows, 6),
        .record = gx_rows_int(rows, 7),
        .kind = (enum gx_change_kind)gx_rows_int(rows, 8),
        .version = gx_rows_int(rows, 9),
        .data = gx_arena_str(arena, gx_rows_text(rows, 10)),
    };
    return e;
}

/* However many there are, the database sums them up and few are carried over here. */
enum gx_code gx_feed_read(struct gx_scope *scope, int64_t after, int64_t until,
                          struct gx_feed **ret_feed)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_feed *feed = GX_ARENA_NEW(ctx->arena, struct gx_feed);
    struct gx_feed_entry **last = &feed->first;
    struct gx_value values[] = { gx_value_int(after), gx_value_int(until), gx_value_int(0) };
    struct gx_rows *rows;
    bool has, few;
    enum gx_code code;
    *feed = (struct gx_feed){ .after = after, .until = until };
    *ret_feed = feed;
    if (until <= after)
        return GX_OK;
    GX_TRY(are_few(ctx, gx_scope_conn(scope), values, &few));
    values[2] = gx_value_int(few);
    GX_TRY(gx_db_query(
        ctx, gx_scope_conn(scope),
        GX_SQL("SELECT g.seq, g.at, g.by_user, u.display_name, g.object, g.alone, g.count, "
               "g.record, g.kind, g.version, g.data FROM (SELECT max(seq) AS seq, max(at) AS at, "
               "CASE WHEN min(by_user) = max(by_user) THEN min(by_user) ELSE 0 END AS by_user, "
               "object, CASE WHEN import_id IS NULL AND ?3 = 1 THEN seq ELSE 0 END AS alone, "
               "count(*) AS count, max(record) AS record, max(kind) AS kind, "
               "max(version) AS version, max(CASE WHEN import_id IS NULL THEN data END) AS data "
               "FROM gx_change WHERE seq > ?1 AND seq <= ?2 GROUP BY object, "
               "CASE WHEN import_id IS NULL AND ?3 = 1 THEN seq ELSE 0 END) g "
               "LEFT JOIN \"user\" u ON u.id = g.by_user ORDER BY g.seq"),
        values, GX_COUNT(values), &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        *last = take_entry(ctx->arena, rows);
        feed->summed |= (*last)->bulk;
        last = &(*last)->next;
    }
    gx_rows_close(rows);
    return code;
}

/* --- for one reader */

/* What this reader may see of an object, worked out when its first entry comes. */
struct known {
    struct known *next;
    struct gx_str id;
    const struct gx_object *object; /* NULL: may not be read, or is there no longer */
    const struct gx_expr *filter;   /* NULL: all records */
    struct gx_ids seen;             /* with a filter: those of the feed that pass */
};

struct telling {
    struct gx_scope *scope;
    const struct gx_feed *feed;
    struct known *known;
};

static const struct gx_object *object_of(const struct gx_scope *scope, struct gx_str id)
{
    const struct gx_meta *meta = gx_scope_meta(scope);
    for (size_t i = 0; i < meta->object_count; i++)
        if (gx_str_eq(meta->objects[i]->id, id))
            return meta->objects[i];
    return NULL;
}

/* Records in the bin count: that one went there is news for those who could read it. */
static enum gx_code ask(const struct telling *t, const struct known *k, struct gx_sqlb *b,
                        struct gx_rows **ret_rows)
{
    gx_sqlb_add(b, GX_SQL(" AND "));
    gx_expr_sql(b, k->filter, gx_scope_env(t->scope), GX_STR("t"));
    GX_TRY(gx_buf_check(&b->text));
    return gx_db_query(gx_scope_ctx(t->scope), gx_scope_conn(t->scope), gx_sqlb_sql(b), b->values,
                       b->value_count, ret_rows);
}

/* Which of the records named one by one. */
static enum gx_code read_seen(const struct telling *t, struct known *k)
{
    struct gx_ctx *ctx = gx_scope_ctx(t->scope);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(t->scope)));
    size_t count = 0;
    gx_sqlb_add(b, GX_SQL("SELECT t.id FROM "));
    gx_sqlb_name(b, k->object->x.table);
    gx_sqlb_add(b, GX_SQL(" t WHERE t.id IN ("));
    for (const struct gx_feed_entry *e = t->feed->first; e; e = e->next)
        if (!e->bulk && gx_str_eq(e->object, k->object->id)) {
            gx_sqlb_add(b, count++ ? GX_SQL(", ") : GX_SQL(""));
            gx_sqlb_bind(b, gx_value_int(e->record));
        }
    gx_sqlb_add(b, GX_SQL(")"));
    if (count == 0)
        return GX_OK;
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    GX_TRY(ask(t, k, b, &rows));
    k->seen.v = GX_ARENA_ARRAY(ctx->arena, int64_t, count);
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && k->seen.n < count)
        k->seen.v[k->seen.n++] = gx_rows_int(rows, 0);
    gx_rows_close(rows);
    return code;
}

/* Is any of the many a record that this scope may read? */
static enum gx_code any_of_many(const struct telling *t, const struct known *k, bool *ret_any)
{
    struct gx_ctx *ctx = gx_scope_ctx(t->scope);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(t->scope)));
    gx_sqlb_add(b, GX_SQL("SELECT 1 FROM gx_change c JOIN "));
    gx_sqlb_name(b, k->object->x.table);
    gx_sqlb_add(b, GX_SQL(" t ON t.id = c.record WHERE c.seq > "));
    gx_sqlb_bind(b, gx_value_int(t->feed->after));
    gx_sqlb_add(b, GX_SQL(" AND c.seq <= "));
    gx_sqlb_bind(b, gx_value_int(t->feed->until));
    gx_sqlb_add(b, GX_SQL(" AND c.object = "));
    gx_sqlb_bind(b, gx_value_text(k->object->id));
    struct gx_rows *rows;
    GX_TRY(ask(t, k, b, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, ret_any);
    gx_rows_close(rows);
    return code;
}

static enum gx_code know(struct telling *t, struct gx_str id, struct known **ret_known)
{
    struct known *k = t->known;
    while (k && !gx_str_eq(k->id, id))
        k = k->next;
    *ret_known = k;
    if (k)
        return GX_OK;
    *ret_known = k = GX_ARENA_NEW(gx_scope_ctx(t->scope)->arena, struct known);
    *k = (struct known){ .next = t->known, .id = id, .object = object_of(t->scope, id) };
    t->known = k;
    if (!k->object)
        return GX_OK;
    if (gx_scope_level(t->scope, k->object, GX_RIGHT_READ) == GX_LEVEL_NONE) {
        k->object = NULL;
        return GX_OK;
    }
    GX_TRY(gx_scope_filter(t->scope, k->object, GX_RIGHT_READ, &k->filter));
    return k->filter ? read_seen(t, k) : GX_OK;
}

static enum gx_code may_know(const struct telling *t, const struct known *k,
                             const struct gx_feed_entry *e, bool *ret_may)
{
    *ret_may = k->object != NULL && !k->filter;
    if (!k->filter)
        return GX_OK;
    if (e->bulk)
        return any_of_many(t, k, ret_may);
    for (size_t i = 0; i < k->seen.n && !*ret_may; i++)
        *ret_may = k->seen.v[i] == e->record;
    return GX_OK;
}

static const char *kind_of(const struct gx_feed_entry *e)
{
    if (e->bulk)
        return "bulk";
    switch (e->kind) {
    case GX_CHANGE_CREATE:
        return "created";
    case GX_CHANGE_UPDATE:
        return "updated";
    case GX_CHANGE_DELETE:
    case GX_CHANGE_PURGE:
        return "deleted";
    case GX_CHANGE_RESTORE:
        return "restored";
    case GX_CHANGE_META:
    case GX_CHANGE_SIGNIN:
        break;
    }
    return NULL;
}

/* Names only: the values are read as everything is, by asking for the record. */
static void write_fields(const struct telling *t, const struct gx_object *object, struct gx_jw *w,
                         const struct gx_feed_entry *e)
{
    struct gx_json *root = NULL;
    gx_jw_key(w, GX_STR("fields"));
    gx_jw_array(w);
    if (e->data.n && gx_json_read(gx_scope_ctx(t->scope), e->data, &root) == GX_OK)
        for (const struct gx_json *k = root->first; k; k = k->next)
            for (size_t i = 0; i < object->field_count; i++)
                if (object->fields[i].access != GX_FIELD_HIDDEN &&
                    gx_str_eq(object->fields[i].id, k->key))
                    gx_jw_str(w, object->fields[i].x.name);
    gx_jw_array_end(w);
}

static void write_one(const struct telling *t, const struct known *k, const struct gx_feed_entry *e,
                      struct gx_buf *out)
{
    gx_buf_printf(out, "id: %lld\nevent: change\ndata: ", (long long)e->seq);
    struct gx_jw w = gx_jw(out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "object", k->object->x.name);
    if (!e->bulk) {
        gx_jw_key_id(&w, "id", e->record);
        gx_jw_key_int(&w, "version", e->version);
    } else if (!k->filter) {
        gx_jw_key_int(&w, "count", e->count);
    }
    gx_jw_key_str(&w, "kind", gx_str_c(kind_of(e)));
    gx_jw_key(&w, GX_STR("by"));
    if (e->by) {
        gx_jw_object(&w);
        gx_jw_key_id(&w, "id", e->by);
        gx_jw_key_str(&w, "title", e->by_name);
        gx_jw_object_end(&w);
    } else {
        gx_jw_null(&w);
    }
    gx_jw_key_str(&w, "at", gx_moment_format(gx_scope_ctx(t->scope)->arena, e->at));
    if (!e->bulk)
        write_fields(t, k->object, &w, e);
    gx_jw_object_end(&w);
    gx_buf_addz(out, "\n\n");
}

enum gx_code gx_feed_tell(struct gx_scope *scope, const struct gx_feed *feed, struct gx_buf *out)
{
    struct telling t = { .scope = scope, .feed = feed };
    for (const struct gx_feed_entry *e = feed->first; e; e = e->next) {
        struct known *k;
        bool may;
        if (!kind_of(e))
            continue;
        GX_TRY(know(&t, e->object, &k));
        GX_TRY(may_know(&t, k, e, &may));
        if (may)
            write_one(&t, k, e, out);
    }
    return GX_OK;
}
