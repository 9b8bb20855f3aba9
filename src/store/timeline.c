/*
 * timeline.c - see timeline.h.
 *
 * Three parts, each newest first and each with a place of its own where it goes on: the log, the
 * activities, the files.  A page reads as many of each as may be needed, takes the newest of their
 * heads until it is full, and keeps in its cursor how far each part was used: "seq.place.place",
 * "-" for a part that has no more.
 */
#include "store/timeline.h"

#include "base/assert.h"
#include "base/time.h"
#include "store/list_int.h"
#include "store/store_int.h"

enum part { PART_LOG, PART_ACTIVITY, PART_FILE, PART_COUNT };
enum { LOG_CHUNK = 200, LOG_SCANNED_MAX = 20000 };

struct row {
    int64_t at;
    struct gx_str json;
    struct gx_str place; /* the part goes on behind this row */
};

struct source {
    struct row *rows;
    int count, used;
    struct gx_str place;
};

struct timeline {
    struct gx_scope *scope;
    struct gx_ctx *ctx;
    const struct gx_object *object;
    const struct gx_object *activity, *file; /* NULL: not wanted, or not for this reader */
    int64_t id;
    int limit;
    enum gx_list_may_say may;
    bool changes, moves, records; /* wanted of the log */
    struct gx_str kinds;          /* of activities: a list for a filter; empty: all */
    struct source parts[PART_COUNT];
};

/* --- what is asked for */

static const struct gx_object *readable(const struct gx_scope *scope, const char *name)
{
    const struct gx_object *object = gx_meta_object(gx_scope_meta(scope), gx_str_c(name));
    bool may = object && gx_scope_level(scope, object, GX_RIGHT_READ) != GX_LEVEL_NONE;
    return may ? object : NULL;
}

static bool is_choice(const struct gx_object *object, struct gx_str code)
{
    const struct gx_field *kind = object ? gx_object_field(object, GX_STR("kind")) : NULL;
    for (size_t i = 0; kind && i < kind->choice_count; i++)
        if (gx_str_eq(kind->choices[i].code, code))
            return true;
    return false;
}

static enum gx_code read_kinds(struct timeline *t, struct gx_str kinds)
{
    const struct gx_object *activity = gx_meta_object(gx_scope_meta(t->scope), GX_STR("activity"));
    struct gx_str rest = kinds, kind;
    bool files = false;
    if (rest.n == 0) {
        t->changes = t->moves = t->records = true;
        return GX_OK;
    }
    while (gx_str_split(&rest, ',', &kind)) {
        kind = gx_str_trim(kind);
        if (gx_str_is(kind, "change"))
            t->changes = true;
        else if (gx_str_is(kind, "move"))
            t->moves = true;
        else if (gx_str_is(kind, "record"))
            t->records = true;
        else if (gx_str_is(kind, "file"))
            files = true;
        else if (is_choice(activity, kind))
            t->kinds = gx_arena_printf(t->ctx->arena, "%.*s%s\"%.*s\"", GX_STR_ARG(t->kinds),
                                       t->kinds.n ? ", " : "", GX_STR_ARG(kind));
        else
            return gx_fail(t->ctx, GX_E_INVALID, GX_STR("kinds"), GX_M_BAD_FORMAT, GX_STR("kinds"),
                           kind);
    }
    t->file = files ? t->file : NULL;
    t->activity = t->kinds.n ? t->activity : NULL;
    return GX_OK;
}

static enum gx_code read_cursor(struct timeline *t, struct gx_str cursor)
{
    struct gx_str rest = cursor, piece;
    int count = 0;
    int64_t seq = 0;
    if (cursor.n == 0)
        return GX_OK;
    while (count < PART_COUNT && gx_str_split(&rest, '.', &piece))
        t->parts[count++].place = piece;
    struct gx_str log = t->parts[PART_LOG].place;
    bool good = log.n == 0 || gx_str_is(log, "-") || (gx_str_int64(log, &seq) && seq > 0);
    if (count != PART_COUNT || !good)
        return gx_fail(t->ctx, GX_E_INVALID, GX_STR("cursor"), GX_M_CURSOR);
    return GX_OK;
}

/* --- the log */

static bool has_move(const struct timeline *t, struct gx_str data)
{
    struct gx_json *root = NULL;
    if (data.n == 0 || gx_json_read(t->ctx, data, &root) != GX_OK)
        return false;
    for (size_t i = 0; i < t->object->field_count; i++) {
        const struct gx_field *f = &t->object->fields[i];
        if (!f->process || f->access == GX_FIELD_HIDDEN)
            continue;
        for (const struct gx_json *k = root->first; k; k = k->next)
            if (gx_str_eq(k->key, f->id))
                return true;
    }
    return false;
}

/* What the entry is here; NULL: not wanted. */
static const char *type_of(const struct timeline *t, int64_t kind, bool import, struct gx_str data)
{
    switch ((enum gx_change_kind)kind) {
    case GX_CHANGE_CREATE:
        return !t->records ? NULL : import ? "imported" : "created";
    case GX_CHANGE_UPDATE:
        if (has_move(t, data))
            return t->moves ? "move" : NULL;
        return t->changes ? "change" : NULL;
    case GX_CHANGE_DELETE:
        return t->records ? "deleted" : NULL;
    case GX_CHANGE_RESTORE:
        return t->records ? "restored" : NULL;
    case GX_CHANGE_PURGE:
    case GX_CHANGE_META:
    case GX_CHANGE_SIGNIN:
        break;
    }
    return NULL;
}

static void begin_entry(struct gx_jw *w, struct gx_str type, int64_t id, struct gx_str at)
{
    gx_jw_object(w);
    gx_jw_key_str(w, "type", type);
    gx_jw_key_id(w, "id", id);
    gx_jw_key_str(w, "at", at);
}

static struct gx_str log_json(const struct timeline *t, const struct gx_rows *rows,
                              const char *type, struct gx_buf *out)
{
    gx_buf_clear(out);
    struct gx_jw w = gx_jw(out);
    int64_t import = gx_rows_int(rows, 5); /* negative: taken back */
    begin_entry(&w, gx_str_c(type), gx_rows_int(rows, 0),
                gx_moment_format(t->ctx->arena, gx_rows_int(rows, 1)));
    gx_log_write_by(&w, gx_rows_int(rows, 2), gx_rows_text(rows, 3));
    gx_jw_key(&w, GX_STR("import"));
    if (import)
        gx_jw_id(&w, import < 0 ? -import : import);
    else
        gx_jw_null(&w);
    gx_log_write_changes(t->ctx, &w, t->object, gx_rows_text(rows, 6));
    gx_jw_key(&w, GX_STR("record"));
    gx_jw_null(&w);
    gx_jw_object_end(&w);
    return gx_arena_str(t->ctx->arena, gx_buf_str(out));
}

/* One chunk behind *seq, which moves on; *ret_more: there was a whole one. */
static enum gx_code log_chunk(struct timeline *t, int64_t *seq, struct gx_buf *out, bool *ret_more)
{
    struct source *s = &t->parts[PART_LOG];
    struct gx_value values[] = { gx_value_int(t->id), gx_value_int(*seq), gx_value_int(LOG_CHUNK) };
    struct gx_rows *rows;
    bool has;
    int count = 0;
    enum gx_code code;
    GX_TRY(gx_db_query(t->ctx, gx_scope_conn(t->scope),
                       GX_SQL("SELECT c.seq, c.at, c.by_user, u.display_name, c.kind, "
                              "c.import_id, c.data FROM gx_change c "
                              "LEFT JOIN \"user\" u ON u.id = c.by_user "
                              "WHERE c.record = ?1 AND c.seq < ?2 ORDER BY c.seq DESC LIMIT ?3"),
                       values, GX_COUNT(values), &rows));
    while ((code = gx_rows_next(t->ctx, rows, &has)) == GX_OK && has && s->count <= t->limit) {
        count++;
        *seq = gx_rows_int(rows, 0);
        const char *type =
            type_of(t, gx_rows_int(rows, 4), gx_rows_value(rows, 5).kind == GX_VALUE_INT,
                    gx_rows_text(rows, 6));
        if (!type)
            continue;
        s->rows[s->count++] = (struct row){
            .at = gx_rows_int(rows, 1),
            .json = log_json(t, rows, type, out),
            .place = gx_arena_printf(t->ctx->arena, "%lld", (long long)*seq),
        };
    }
    gx_rows_close(rows);
    *ret_more = count == LOG_CHUNK;
    return code;
}

static enum gx_code read_log(struct timeline *t)
{
    struct source *s = &t->parts[PART_LOG];
    struct gx_buf out = { 0 };
    int64_t seq = INT64_MAX;
    bool more = true;
    enum gx_code code = GX_OK;
    if (s->place.n && !gx_str_int64(s->place, &seq))
        return GX_E_INTERNAL; /* was checked */
    for (int i = 0; more && code == GX_OK && s->count <= t->limit && i < LOG_SCANNED_MAX;
         i += LOG_CHUNK)
        code = log_chunk(t, &seq, &out, &more);
    gx_buf_free(&out);
    return code;
}

/* --- activities and files */

/* Those of `names` that the object has: a pack may leave some out. */
static struct gx_str known_fields(const struct timeline *t, const struct gx_object *of,
                                  const char *names)
{
    struct gx_str rest = gx_str_c(names), name, out = GX_STR("");
    while (gx_str_split(&rest, ',', &name))
        if (gx_object_field(of, name))
            out = gx_arena_printf(t->ctx->arena, "%.*s%s%.*s", GX_STR_ARG(out), out.n ? "," : "",
                                  GX_STR_ARG(name));
    return out;
}

static struct row list_row(const struct timeline *t, const struct gx_list *list, size_t at_item,
                           struct gx_str type, struct gx_buf *out)
{
    struct gx_arena *arena = t->ctx->arena;
    int64_t at = gx_list_value(list, at_item).i;
    gx_buf_clear(out);
    struct gx_jw w = gx_jw(out);
    begin_entry(&w, type, gx_list_id(list), gx_moment_format(arena, at));
    gx_jw_key(&w, GX_STR("by"));
    gx_jw_null(&w);
    gx_jw_key(&w, GX_STR("import"));
    gx_jw_null(&w);
    gx_jw_key(&w, GX_STR("changes"));
    gx_jw_array(&w);
    gx_jw_array_end(&w);
    gx_jw_key(&w, GX_STR("record"));
    gx_list_json(list, &w);
    gx_jw_object_end(&w);
    return (struct row){
        .at = at,
        .json = gx_arena_str(arena, gx_buf_str(out)),
        .place = gx_cursor_write(list),
    };
}

static enum gx_code read_list(struct timeline *t, enum part part, const struct gx_object *of,
                              const struct gx_list_options *options, const char *at_field)
{
    struct source *s = &t->parts[part];
    struct gx_buf out = { 0 };
    struct gx_list *list;
    const struct gx_list_item *items;
    enum gx_code code;
    bool has;
    GX_TRY(gx_list_open(t->scope, of, options, &list));
    size_t item_count = gx_list_items(list, &items), at_item = 0;
    while (at_item < item_count && !gx_str_is(items[at_item].name, at_field))
        at_item++;
    gx_assert(at_item < item_count);
    while ((code = gx_list_next(list, &has)) == GX_OK && has) {
        s->rows[s->count++] = list_row(t, list, at_item, of->x.name, &out);
        gx_assert(s->count <= t->limit + 1);
    }
    gx_list_close(list);
    gx_buf_free(&out);
    return code;
}

/* `fields` must name `at_field`, which orders them. */
static enum gx_code read_linked(struct timeline *t, enum part part, const struct gx_object *of,
                                const char *at_field, const char *fields)
{
    const struct gx_field *link = of ? gx_link_field(of, t->object) : NULL;
    struct gx_arena *arena = t->ctx->arena;
    if (!link || !gx_object_field(of, gx_str_c(at_field)))
        return GX_OK;
    struct gx_list_options options = {
        .filter =
            gx_arena_printf(arena, "%.*s = \"%lld\"", GX_STR_ARG(link->x.name), (long long)t->id),
        .sort = gx_arena_printf(arena, "-%s", at_field),
        .fields = known_fields(t, of, fields),
        .cursor = t->parts[part].place,
        .limit = t->limit + 1,
        .may = t->may,
    };
    if (part == PART_ACTIVITY && t->kinds.n)
        options.filter = gx_arena_printf(arena, "%.*s and kind in (%.*s)",
                                         GX_STR_ARG(options.filter), GX_STR_ARG(t->kinds));
    return read_list(t, part, of, &options, at_field);
}

/* --- one stream of them */

static struct source *newest(struct timeline *t)
{
    struct source *best = NULL;
    for (int i = 0; i < PART_COUNT; i++) {
        struct source *s = &t->parts[i];
        if (s->used < s->count && (!best || s->rows[s->used].at > best->rows[best->used].at))
            best = s;
    }
    return best;
}

static void write_next(struct timeline *t, struct gx_jw *w, bool more)
{
    struct gx_str places[PART_COUNT];
    gx_jw_key(w, GX_STR("next"));
    for (int i = 0; i < PART_COUNT; i++) {
        const struct source *s = &t->parts[i];
        places[i] = s->used == s->count ? GX_STR("-")
                    : s->used           ? s->rows[s->used - 1].place
                                        : s->place;
    }
    if (more)
        gx_jw_str(w, gx_arena_printf(t->ctx->arena, "%.*s.%.*s.%.*s", GX_STR_ARG(places[0]),
                                     GX_STR_ARG(places[1]), GX_STR_ARG(places[2])));
    else
        gx_jw_null(w);
}

static void write_page(struct timeline *t, struct gx_jw *w)
{
    struct source *s;
    int count = 0;
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_array(w);
    for (; count < t->limit && (s = newest(t)) != NULL; count++)
        gx_jw_raw(w, s->rows[s->used++].json);
    gx_jw_array_end(w);
    write_next(t, w, newest(t) != NULL);
    gx_jw_object_end(w);
}

enum gx_code gx_timeline(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                         const struct gx_timeline_options *options, struct gx_jw *w)
{
    struct gx_record record;
    struct timeline t = {
        .scope = scope,
        .ctx = gx_scope_ctx(scope),
        .object = object,
        .activity = readable(scope, "activity"),
        .file = readable(scope, "file"),
        .id = id,
        .limit = options->limit,
        .may = options->may,
    };
    gx_assert(t.limit > 0 && t.limit <= GX_TIMELINE_LIMIT_MAX);
    GX_TRY(gx_record_load(scope, object, id, GX_RIGHT_READ, false, &record));
    GX_TRY(read_kinds(&t, options->kinds));
    GX_TRY(read_cursor(&t, options->cursor));
    for (int i = 0; i < PART_COUNT; i++)
        t.parts[i].rows = GX_ARENA_ARRAY(t.ctx->arena, struct row, (size_t)t.limit + 1);
    if ((t.changes || t.moves || t.records) && !gx_str_is(t.parts[PART_LOG].place, "-"))
        GX_TRY(read_log(&t));
    if (!gx_str_is(t.parts[PART_ACTIVITY].place, "-"))
        GX_TRY(read_linked(&t, PART_ACTIVITY, t.activity, "at",
                           "subject,kind,status,priority,at,all_day,duration,done_at,owner,account,"
                           "contact,opportunity,lead,direction,call_result,purpose,place,pinned,"
                           "description,outcome,is_overdue"));
    if (!gx_str_is(t.parts[PART_FILE].place, "-"))
        GX_TRY(read_linked(&t, PART_FILE, t.file, "created_at",
                           "name,media_type,size,category,created_at,created_by,owner"));
    write_page(&t, w);
    return GX_OK;
}
