/* news.c - see news.h. */
#include "store/news.h"

#include "base/time.h"
#include "store/list_int.h"
#include "store/store_int.h"

enum { CHUNK = 150 };

struct entry {
    int64_t seq, at, by, record, kind;
    struct gx_str by_name, object, data;
    struct gx_str json; /* of the record; empty: not followed, or not for this reader */
};

struct news {
    struct gx_scope *scope;
    struct gx_ctx *ctx;
    const struct gx_news_options *options;
    struct entry entries[CHUNK];
    int count;
    int64_t *told; /* records on this page */
    int told_count;
};

/* The next entries behind *seq, which moves on. */
static enum gx_code read_chunk(struct news *n, int64_t *seq)
{
    struct gx_value values[] = { gx_value_int(*seq), gx_value_int(gx_scope_me(n->scope)),
                                 gx_value_int(CHUNK) };
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    n->count = 0;
    GX_TRY(gx_db_query(n->ctx, gx_scope_conn(n->scope),
                       GX_SQL("SELECT c.seq, c.at, c.by_user, u.display_name, c.object, c.record, "
                              "c.kind, c.data FROM gx_change c "
                              "LEFT JOIN \"user\" u ON u.id = c.by_user WHERE c.seq < ?1 "
                              "AND c.by_user <> ?2 AND c.by_user <> 0 AND c.import_id IS NULL "
                              "AND c.kind IN (1, 2, 4) ORDER BY c.seq DESC LIMIT ?3"),
                       values, GX_COUNT(values), &rows));
    while ((code = gx_rows_next(n->ctx, rows, &has)) == GX_OK && has && n->count < CHUNK) {
        n->entries[n->count++] = (struct entry){
            .seq = *seq = gx_rows_int(rows, 0),
            .at = gx_rows_int(rows, 1),
            .by = gx_rows_int(rows, 2),
            .by_name = gx_arena_str(n->ctx->arena, gx_rows_text(rows, 3)),
            .object = gx_arena_str(n->ctx->arena, gx_rows_text(rows, 4)),
            .record = gx_rows_int(rows, 5),
            .kind = gx_rows_int(rows, 6),
            .data = gx_arena_str(n->ctx->arena, gx_rows_text(rows, 7)),
        };
    }
    gx_rows_close(rows);
    return code;
}

/* "(filter) and id in (…)" for the entries of this object; empty when there are none. */
static struct gx_str filter_of(const struct news *n, const struct gx_part *part)
{
    struct gx_buf b = { 0 };
    int count = 0;
    if (part->filter.n)
        gx_buf_printf(&b, "(%.*s) and ", GX_STR_ARG(part->filter));
    gx_buf_addz(&b, "id in (");
    for (int i = 0; i < n->count; i++)
        if (gx_str_eq(n->entries[i].object, part->object->id))
            gx_buf_printf(&b, "%s\"%lld\"", count++ ? ", " : "", (long long)n->entries[i].record);
    gx_buf_addz(&b, ")");
    struct gx_str text = count ? gx_arena_str(n->ctx->arena, gx_buf_str(&b)) : GX_STR("");
    gx_buf_free(&b);
    return text;
}

static void keep_record(struct news *n, const struct gx_part *part, const struct gx_list *list,
                        struct gx_buf *out)
{
    gx_buf_clear(out);
    struct gx_jw w = gx_jw(out);
    gx_list_json(list, &w);
    struct gx_str json = gx_arena_str(n->ctx->arena, gx_buf_str(out));
    for (int i = 0; i < n->count; i++)
        if (n->entries[i].record == gx_list_id(list) &&
            gx_str_eq(n->entries[i].object, part->object->id))
            n->entries[i].json = json;
}

static enum gx_code find_records(struct news *n, const struct gx_part *part)
{
    struct gx_list_options options = {
        .filter = filter_of(n, part),
        .fields = part->fields.n ? part->fields : part->object->title->x.name,
        .limit = CHUNK,
    };
    struct gx_list *list;
    struct gx_buf out = { 0 };
    bool has;
    enum gx_code code;
    if (options.filter.n == 0)
        return GX_OK;
    GX_TRY(gx_list_open(n->scope, part->object, &options, &list));
    while ((code = gx_list_next(list, &has)) == GX_OK && has)
        keep_record(n, part, list, &out);
    gx_list_close(list);
    gx_buf_free(&out);
    return code;
}

static bool was_told(const struct news *n, int64_t record)
{
    for (int i = 0; i < n->told_count; i++)
        if (n->told[i] == record)
            return true;
    return false;
}

static const struct gx_object *object_of(const struct news *n, struct gx_str id)
{
    for (size_t i = 0; i < n->options->follow_count; i++)
        if (gx_str_eq(n->options->follow[i].object->id, id))
            return n->options->follow[i].object;
    return NULL;
}

static void write_entry(struct news *n, const struct entry *e, struct gx_jw *w)
{
    const struct gx_object *object = object_of(n, e->object);
    n->told[n->told_count++] = e->record;
    gx_jw_object(w);
    gx_jw_key_str(w, "type",
                  e->kind == GX_CHANGE_CREATE    ? GX_STR("created")
                  : e->kind == GX_CHANGE_RESTORE ? GX_STR("restored")
                                                 : GX_STR("change"));
    gx_jw_key_id(w, "id", e->seq);
    gx_jw_key_str(w, "at", gx_moment_format(n->ctx->arena, e->at));
    gx_log_write_by(w, e->by, e->by_name);
    gx_jw_key_str(w, "object", object->x.name);
    gx_jw_key(w, GX_STR("record"));
    gx_jw_raw(w, e->json);
    gx_log_write_changes(n->ctx, w, object, e->kind == GX_CHANGE_UPDATE ? e->data : GX_STR(""));
    gx_jw_object_end(w);
}

/* *seq: behind the last entry that was looked at. */
static enum gx_code tell(struct news *n, int64_t *seq, bool *ret_more, struct gx_jw *w)
{
    *ret_more = true;
    for (int scanned = 0; scanned < GX_NEWS_SCANNED_MAX; scanned += CHUNK) {
        GX_TRY(read_chunk(n, seq));
        for (size_t i = 0; i < n->options->follow_count; i++)
            GX_TRY(find_records(n, &n->options->follow[i]));
        for (int i = 0; i < n->count; i++) {
            const struct entry *e = &n->entries[i];
            if (e->json.n == 0 || was_told(n, e->record))
                continue;
            if (n->told_count == n->options->limit) {
                *seq = e->seq + 1;
                return GX_OK;
            }
            write_entry(n, e, w);
        }
        if (n->count < CHUNK) {
            *ret_more = false;
            return GX_OK;
        }
    }
    return GX_OK;
}

enum gx_code gx_news(struct gx_scope *scope, const struct gx_news_options *options, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct news *n = GX_ARENA_NEW(ctx->arena, struct news);
    int64_t seq = INT64_MAX;
    bool more;
    n->scope = scope;
    n->ctx = ctx;
    n->options = options;
    n->told = GX_ARENA_ARRAY(ctx->arena, int64_t, (size_t)options->limit + 1);
    if (options->cursor.n && (!gx_str_int64(options->cursor, &seq) || seq < 1))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("cursor"), GX_M_CURSOR);
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_array(w);
    GX_TRY(tell(n, &seq, &more, w));
    gx_jw_array_end(w);
    gx_jw_key(w, GX_STR("next"));
    if (more)
        gx_jw_id(w, seq);
    else
        gx_jw_null(w);
    return GX_OK;
}
