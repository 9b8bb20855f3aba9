/* audit.c - see audit.h. */
#include "store/audit.h"

#include "base/assert.h"
#include "base/time.h"
#include "store/list_int.h"
#include "store/store_int.h"

/* --- writing */

enum gx_code gx_audit_add(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                          const struct gx_audit_note *note)
{
    struct gx_str what = gx_str_c(note->what);
    gx_assert(gx_conn_is_writer(conn));
    struct gx_value values[] = {
        gx_value_int(++tenant->change_seq),
        gx_value_int(ctx->now_us),
        gx_value_int(note->by),
        gx_value_text(what),
        gx_value_int(gx_str_is(what, "signin") ? GX_CHANGE_SIGNIN : GX_CHANGE_META),
        note->about ? gx_value_int(note->about) : GX_NULL_VALUE,
        note->data.n ? gx_value_text(note->data) : GX_NULL_VALUE,
        note->data.n ? gx_log_salt(ctx->arena) : GX_NULL_VALUE,
    };
    return gx_db_exec_later(ctx, conn,
                            GX_SQL("INSERT INTO gx_change (seq, at, by_user, object, record, kind, "
                                   "version, about, data, salt) "
                                   "VALUES (?1, ?2, ?3, ?4, 0, ?5, 0, ?6, ?7, ?8)"),
                            values, GX_COUNT(values));
}

enum gx_code gx_audit_access(struct gx_scope *scope, int64_t about, const char *name,
                             const char *old_value, struct gx_str new_value)
{
    struct gx_buf data = { 0 };
    struct gx_jw w = gx_jw(&data);
    gx_jw_object(&w);
    gx_jw_key(&w, gx_str_c(name));
    gx_jw_array(&w);
    if (old_value)
        gx_jw_str(&w, gx_str_c(old_value));
    else
        gx_jw_null(&w);
    if (new_value.p)
        gx_jw_str(&w, new_value);
    else
        gx_jw_null(&w);
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    struct gx_audit_note note = {
        .by = gx_scope_me(scope),
        .about = about,
        .what = "access",
        .data = gx_arena_str(gx_scope_ctx(scope)->arena, gx_buf_str(&data)),
    };
    gx_buf_free(&data);
    return gx_audit_add(gx_scope_ctx(scope), gx_scope_tenant(scope), gx_scope_conn(scope), &note);
}

/* --- reading */

enum { CHUNK = 200 };

struct audit {
    struct gx_scope *scope;
    struct gx_ctx *ctx;
    const struct gx_audit_ask *ask;
    struct gx_str object_id; /* what the log calls ask->what */
    int64_t low, cursor;     /* entries in (low, cursor) are still to be looked at */
    int64_t scanned;
    struct gx_audit_entry *entries; /* limit + 1 of them */
    int count;
};

/* The entry from which on everything is at `us` or later, as near as clocks go. */
static enum gx_code seq_at(struct gx_scope *scope, int64_t us, int64_t *ret_seq)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    int64_t low = 0, high = 0;
    GX_TRY(gx_db_int(ctx, gx_scope_conn(scope), GX_SQL("SELECT max(seq) FROM gx_change"), NULL, 0,
                     0, &high));
    high++;
    while (low < high) {
        int64_t middle = low + (high - low) / 2, at;
        struct gx_value value = gx_value_int(middle);
        GX_TRY(gx_db_int(ctx, gx_scope_conn(scope),
                         GX_SQL("SELECT at FROM gx_change WHERE seq >= ?1 ORDER BY seq LIMIT 1"),
                         &value, 1, INT64_MAX, &at));
        if (at < us)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_seq = low;
    return GX_OK;
}

static const struct gx_object *object_with(const struct gx_scope *scope, struct gx_str id)
{
    const struct gx_meta *meta = gx_scope_meta(scope);
    for (size_t i = 0; i < meta->object_count; i++)
        if (gx_str_eq(meta->objects[i]->id, id))
            return meta->objects[i];
    return NULL;
}

#define AUDIT_COLUMNS                                                                              \
    "SELECT c.seq, c.at, c.by_user, u.display_name, c.object, c.record, c.kind, c.version, "       \
    "c.import_id, c.reason, c.data, c.about, p.display_name FROM gx_change c "                     \
    "LEFT JOIN \"user\" u ON u.id = c.by_user LEFT JOIN \"user\" p ON p.id = c.about "

#define AUDIT_REST                                                                                 \
    "AND (?4 = 0 OR c.by_user = ?4) AND (?5 = '' OR c.object = ?5) "                               \
    "AND c.at >= ?6 AND c.at < ?7 ORDER BY c.seq DESC LIMIT ?8"

/* Statements differ in the index they go by: of the record, of the user it is about, of time. */
static enum gx_code ask_chunk(struct audit *a, int64_t low, struct gx_rows **ret_rows)
{
    const struct gx_audit_ask *ask = a->ask;
    struct gx_value *values = GX_ARENA_ARRAY(a->ctx->arena, struct gx_value, 8);
    struct gx_conn *conn = gx_scope_conn(a->scope);
    values[0] = gx_value_int(a->cursor);
    values[1] = gx_value_int(low);
    values[2] = gx_value_int(ask->record ? ask->record : ask->about);
    values[3] = gx_value_int(ask->by);
    values[4] = gx_value_text(a->object_id);
    values[5] = gx_value_int(ask->from_us);
    values[6] = gx_value_int(ask->to_us ? ask->to_us : INT64_MAX);
    values[7] = gx_value_int(CHUNK);
    if (ask->record)
        return gx_db_query(a->ctx, conn,
                           GX_SQL(AUDIT_COLUMNS "WHERE c.seq < ?1 AND c.seq > ?2 AND "
                                                "c.record = ?3 " AUDIT_REST),
                           values, 8, ret_rows);
    if (ask->about)
        return gx_db_query(a->ctx, conn,
                           GX_SQL(AUDIT_COLUMNS "WHERE c.seq < ?1 AND c.seq > ?2 AND "
                                                "c.about = ?3 " AUDIT_REST),
                           values, 8, ret_rows);
    return gx_db_query(
        a->ctx, conn,
        GX_SQL(AUDIT_COLUMNS "WHERE c.seq < ?1 AND c.seq > ?2 AND ?3 = 0 " AUDIT_REST), values, 8,
        ret_rows);
}

static struct gx_audit_entry take(struct audit *a, const struct gx_rows *rows)
{
    struct gx_arena *arena = a->ctx->arena;
    struct gx_audit_entry e = {
        .seq = gx_rows_int(rows, 0),
        .at = gx_rows_int(rows, 1),
        .by = gx_rows_int(rows, 2),
        .by_name = gx_arena_str(arena, gx_rows_text(rows, 3)),
        .object_id = gx_arena_str(arena, gx_rows_text(rows, 4)),
        .record = gx_rows_int(rows, 5),
        .kind = gx_rows_int(rows, 6),
        .version = gx_rows_int(rows, 7),
        .import_id = gx_rows_int(rows, 8),
        .reason = gx_arena_str(arena, gx_rows_text(rows, 9)),
        .data = gx_arena_str(arena, gx_rows_text(rows, 10)),
        .about = gx_rows_int(rows, 11),
        .about_name = gx_arena_str(arena, gx_rows_text(rows, 12)),
    };
    if (e.record)
        e.object = object_with(a->scope, e.object_id);
    return e;
}

static bool is_among(const struct gx_str *list, size_t count, struct gx_str text)
{
    for (size_t i = 0; i < count; i++)
        if (gx_str_eq(list[i], text))
            return true;
    return count == 0;
}

bool gx_audit_wants(const struct gx_audit_ask *ask, const struct gx_audit_entry *e)
{
    bool by = ask->by_count == 0;
    for (size_t i = 0; i < ask->by_count && !by; i++)
        by = ask->bys[i] == e->by;
    return by && (!ask->by || e->by == ask->by) && (!ask->about || e->about == ask->about) &&
           (!ask->record || e->record == ask->record) && e->at >= ask->from_us &&
           (!ask->to_us || e->at < ask->to_us) &&
           (ask->what.n == 0 || gx_str_eq(ask->what, gx_audit_what(e))) &&
           is_among(ask->whats, ask->what_count, gx_audit_what(e));
}

enum gx_code gx_audit_look(struct gx_scope *scope, struct gx_audit_entry *e, bool *ret_visible)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_conn *conn = gx_scope_conn(scope);
    if (e->record && !e->object)
        e->object = object_with(scope, e->object_id);
    const struct gx_object *object = e->object;
    *ret_visible = gx_scope_is_admin(scope) || e->record == 0;
    if (!object)
        return GX_OK;
    const struct gx_expr_env *env = gx_scope_env(scope);
    const struct gx_expr *filter = env->visible(env->visible_p, object->x.name);
    *ret_visible = !filter;
    if (gx_scope_level(scope, object, GX_RIGHT_READ) == GX_LEVEL_NONE)
        return GX_OK;
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(conn));
    struct gx_rows *rows;
    bool has;
    gx_sqlb_add(b, GX_SQL("SELECT "));
    gx_title_sql(b, scope, object, GX_STR("t"));
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" t WHERE t.id = "));
    gx_sqlb_bind(b, gx_value_int(e->record));
    if (filter) {
        gx_sqlb_add(b, GX_SQL(" AND "));
        gx_expr_sql(b, filter, env, GX_STR("t"));
    }
    GX_TRY(gx_buf_check(&b->text));
    GX_TRY(gx_db_query(ctx, conn, gx_sqlb_sql(b), b->values, b->value_count, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    if (code == GX_OK && has) {
        *ret_visible = true;
        e->title = gx_arena_str(ctx->arena, gx_rows_text(rows, 0));
    }
    gx_rows_close(rows);
    return code;
}

/* The next entries behind the cursor that the filter finds; those that may be seen are kept. */
static enum gx_code chunk(struct audit *a)
{
    struct gx_rows *rows;
    bool has, visible;
    bool walks = !a->ask->record && !a->ask->about; /* else an index finds them */
    int64_t low = a->low, left = GX_AUDIT_SCANNED_MAX - a->scanned;
    if (walks && a->cursor - low - 1 > left)
        low = a->cursor - left - 1;
    struct gx_audit_entry *found = GX_ARENA_ARRAY(a->ctx->arena, struct gx_audit_entry, CHUNK);
    int n = 0;
    enum gx_code code;
    GX_TRY(ask_chunk(a, low, &rows));
    while ((code = gx_rows_next(a->ctx, rows, &has)) == GX_OK && has && n < CHUNK)
        found[n++] = take(a, rows);
    gx_rows_close(rows);
    GX_TRY(code);
    int64_t to = n == CHUNK ? found[n - 1].seq : low + 1;
    for (int i = 0; i < n && a->count <= a->ask->limit; i++) {
        visible = gx_audit_wants(a->ask, &found[i]);
        if (visible)
            GX_TRY(gx_audit_look(a->scope, &found[i], &visible));
        to = visible && a->count == a->ask->limit ? found[i].seq : to;
        if (visible)
            a->entries[a->count++] = found[i];
    }
    a->scanned += walks ? a->cursor - to : CHUNK;
    a->cursor = to;
    return GX_OK;
}

struct gx_str gx_audit_kind(const struct gx_audit_entry *entry)
{
    static const char *const names[] = { "other",   "create", "update", "delete",
                                         "restore", "purge",  "admin",  "signin" };
    bool known = entry->kind > 0 && entry->kind < (int64_t)GX_COUNT(names);
    return gx_str_c(names[known ? entry->kind : 0]);
}

struct gx_str gx_audit_what(const struct gx_audit_entry *entry)
{
    return entry->object ? entry->object->x.name : entry->object_id;
}

static const struct gx_field *field_with(const struct gx_object *object, struct gx_str id)
{
    for (size_t i = 0; object && i < object->field_count; i++)
        if (gx_str_eq(object->fields[i].id, id))
            return &object->fields[i];
    return NULL;
}

size_t gx_audit_changes(const struct gx_scope *scope, const struct gx_audit_entry *entry,
                        struct gx_audit_change **ret_changes)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_json *root = NULL;
    size_t n = 0;
    *ret_changes = NULL;
    if (entry->data.n == 0 || gx_json_read(ctx, entry->data, &root) != GX_OK)
        return 0;
    struct gx_audit_change *list = GX_ARENA_ARRAY(ctx->arena, struct gx_audit_change, root->count);
    for (const struct gx_json *k = root->first; k; k = k->next) {
        const struct gx_field *field = field_with(entry->object, k->key);
        if (k->count != 2 || (entry->object && !field) ||
            (field && field->access == GX_FIELD_HIDDEN))
            continue;
        bool hidden = field && (field->access == GX_FIELD_MASKED ||
                                (field->private_ && !gx_scope_is_admin(scope)));
        list[n++] = (struct gx_audit_change){
            .field = field ? field->x.name : k->key,
            .old_value = hidden ? NULL : k->first,
            .new_value = hidden ? NULL : k->first->next,
        };
    }
    *ret_changes = list;
    return n;
}

bool gx_audit_whole(const struct gx_scope *scope, const struct gx_audit_entry *entry)
{
    struct gx_json *root = NULL;
    if (gx_scope_is_admin(scope) || entry->data.n == 0)
        return true;
    if (gx_json_read(gx_scope_ctx(scope), entry->data, &root) != GX_OK)
        return false;
    for (const struct gx_json *k = root->first; k && entry->object; k = k->next) {
        const struct gx_field *field = field_with(entry->object, k->key);
        if (!field || field->private_ || field->access == GX_FIELD_HIDDEN ||
            field->access == GX_FIELD_MASKED)
            return false;
    }
    return true;
}

static bool is_known(const struct gx_scope *scope, struct gx_str what)
{
    static const char *const others[] = { "signin",  "access", "setting", "definition",
                                          "private", "export", "privacy", "alert" };
    bool known = what.n == 0 || gx_meta_object(gx_scope_meta(scope), what) != NULL;
    for (size_t i = 0; i < GX_COUNT(others); i++)
        known |= gx_str_is(what, others[i]);
    return known;
}

enum gx_code gx_audit_may(const struct gx_scope *scope, const struct gx_audit_ask *ask)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_str what = ask->what;
    if (!gx_scope_may_audit(scope))
        return gx_fail(ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_AUDIT_ONLY);
    bool known = is_known(scope, what);
    for (size_t i = 0; i < ask->what_count && known; i++)
        known = is_known(scope, what = ask->whats[i]);
    return known
               ? GX_OK
               : gx_fail(ctx, GX_E_INVALID, GX_STR("what"), GX_M_BAD_FORMAT, GX_STR("what"), what);
}

enum gx_code gx_audit_range(struct gx_scope *scope, const struct gx_audit_ask *ask,
                            int64_t *ret_low, int64_t *ret_high)
{
    int64_t low = 0, high, to;
    GX_TRY(gx_db_int(gx_scope_ctx(scope), gx_scope_conn(scope),
                     GX_SQL("SELECT max(seq) FROM gx_change"), NULL, 0, 0, &high));
    high++;
    if (ask->cursor && ask->cursor < high)
        high = ask->cursor;
    /* An hour on both sides, as requests that waited stand behind later ones. */
    if (ask->from_us)
        GX_TRY(seq_at(scope, ask->from_us - GX_HOUR_US, &low));
    if (ask->to_us) {
        GX_TRY(seq_at(scope, ask->to_us + GX_HOUR_US, &to));
        high = to < high ? to : high;
    }
    *ret_low = low > 0 ? low - 1 : 0;
    *ret_high = high;
    return GX_OK;
}

enum gx_code gx_audit_page(struct gx_scope *scope, const struct gx_audit_ask *ask,
                           struct gx_audit_entry **ret_entries, int *ret_count, int64_t *ret_next)
{
    struct audit a = { .scope = scope, .ctx = gx_scope_ctx(scope), .ask = ask };
    gx_assert(ask->limit > 0 && ask->limit <= GX_AUDIT_LIMIT_MAX);
    const struct gx_object *object = gx_meta_object(gx_scope_meta(scope), ask->what);
    GX_TRY(gx_audit_may(scope, ask));
    a.object_id = object ? object->id : ask->what;
    GX_TRY(gx_audit_range(scope, ask, &a.low, &a.cursor));
    a.entries = GX_ARENA_ARRAY(a.ctx->arena, struct gx_audit_entry, (size_t)ask->limit + 1);
    while (a.cursor > a.low + 1 && a.count <= ask->limit && a.scanned < GX_AUDIT_SCANNED_MAX)
        GX_TRY(chunk(&a));
    bool full = a.count > ask->limit;
    *ret_entries = a.entries;
    *ret_count = full ? ask->limit : a.count;
    *ret_next = full ? a.entries[ask->limit - 1].seq : a.cursor > a.low + 1 ? a.cursor : 0;
    return GX_OK;
}
