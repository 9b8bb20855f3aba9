/* search.c - keeping the search tables, and asking them; see search.h. */
#include "store/search.h"

#include "base/assert.h"
#include "base/text.h"
#include "base/token.h"
#include "store/bulk.h"
#include "store/list_int.h"
#include "store/store_int.h"
#include "store/watch.h"

bool gx_search_has(const struct gx_field *field)
{
    return field->search != GX_SEARCH_NONE && field->part_count > 0;
}

/* What of a field is indexed: a phone's key finds it in every notation. */
static struct gx_value searched(const struct gx_field *field, const struct gx_value *parts)
{
    bool phone = field->part_count > 1 && gx_str_is(gx_str_c(field->type->name), "phone");
    return phone && parts[1].kind == GX_VALUE_TEXT ? parts[1] : parts[0];
}

/* The text of the fields that are (`in`) among `fields`, or are not; NULL: of all. */
static struct gx_str document(struct gx_arena *arena, const struct gx_record *record,
                              const bool *fields, bool in)
{
    struct gx_buf text = { 0 };
    gx_buf_addc(&text, '\n'); /* so that no field's text can pass for packed tokens */
    for (size_t i = 0; i < record->object->field_count; i++) {
        const struct gx_field *f = &record->object->fields[i];
        if ((fields && fields[i] != in) || !gx_search_has(f))
            continue;
        struct gx_value v = searched(f, &record->v[f->slot]);
        if (v.kind != GX_VALUE_TEXT)
            continue;
        gx_buf_add(&text, v.s);
        gx_buf_addc(&text, '\n');
    }
    struct gx_str s = text.n > 1 ? gx_arena_str(arena, gx_buf_str(&text)) : GX_STR("");
    gx_buf_free(&text);
    return s;
}

struct gx_str gx_search_document(struct gx_arena *arena, const struct gx_record *record,
                                 const bool *fields)
{
    return document(arena, record, fields, true);
}

void gx_input_search(struct gx_arena *arena, const struct gx_input *input,
                     struct gx_search_ready *ret_ready)
{
    struct gx_buf tokens = { 0 };
    const struct gx_record record = { input->object, input->v };
    *ret_ready = (struct gx_search_ready){ .fields = input->given };
    struct gx_str text = document(arena, &record, input->given, true);
    if (text.n == 0)
        return;
    gx_token_pack(text, &tokens);
    ret_ready->tokens = gx_arena_str(arena, gx_buf_str(&tokens));
    gx_buf_free(&tokens);
}

/* What to index: the tokens made beforehand and those of the fields that got their values since, or
 * the text. */
static struct gx_str to_index(struct gx_arena *arena, const struct gx_record *record,
                              const struct gx_search_ready *ready)
{
    if (!ready || !ready->tokens.n)
        return document(arena, record, NULL, true);
    struct gx_str rest = document(arena, record, ready->fields, false);
    if (!rest.n)
        return ready->tokens;
    struct gx_buf tokens = { 0 };
    gx_buf_add(&tokens, ready->tokens);
    gx_token_pack(rest, &tokens);
    struct gx_str packed = gx_arena_str(arena, gx_buf_str(&tokens));
    gx_buf_free(&tokens);
    return packed;
}

enum gx_code gx_search_put(const struct gx_scope *scope, const struct gx_record *record,
                           bool is_new, const struct gx_search_ready *ready, struct gx_bulk *bulk)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_object *object = record->object;
    int64_t id = record->v[GX_SLOT_ID].i;
    if (!is_new)
        GX_TRY(gx_search_remove(scope, object, id));
    struct gx_str text = to_index(ctx->arena, record, ready);
    if (text.n == 0)
        return GX_OK;
    if (bulk) {
        gx_bulk_search(ctx->arena, bulk, id, text);
        return GX_OK;
    }
    if (gx_conn_dialect(gx_scope_conn(scope)) == GX_POSTGRES)
        return gx_search_put_pg(scope, object, id, text);
    struct gx_value values[] = { gx_value_int(id), gx_value_text(text) };
    return gx_db_exec(ctx, gx_scope_conn(scope), object->search_insert, values, GX_COUNT(values),
                      NULL);
}

enum gx_code gx_search_remove(const struct gx_scope *scope, const struct gx_object *object,
                              int64_t id)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    gx_sqlb_add(b, GX_SQL("DELETE FROM "));
    gx_sqlb_name(b, object->search_table);
    gx_sqlb_add(b, GX_SQL(" WHERE "));
    gx_search_id_sql(b);
    gx_sqlb_add(b, GX_SQL(" = "));
    gx_sqlb_bind(b, gx_value_int(id));
    return gx_db_exec_later(ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count);
}

struct matching {
    struct gx_buf text;
    size_t count;
};

static void add_term(void *p, const struct gx_token *token)
{
    struct matching *m = p;
    if (m->count)
        gx_buf_addz(&m->text, token->either ? " OR " : ") AND (");
    gx_buf_addc(&m->text, '"');
    for (size_t i = 0; i < token->text.n; i++) {
        if (token->text.p[i] == '"')
            gx_buf_addc(&m->text, '"');
        gx_buf_addc(&m->text, token->text.p[i]);
    }
    gx_buf_addz(&m->text, token->prefix ? "\"*" : "\"");
    m->count++;
}

struct gx_str gx_search_match(struct gx_arena *arena, enum gx_dialect dialect, struct gx_str q)
{
    struct matching m = { 0 };
    q = gx_str_trim(q);
    if (q.n > GX_SEARCH_TEXT_BYTES_MAX || !gx_text_valid(q))
        return GX_STR("");
    if (dialect == GX_POSTGRES)
        return gx_search_match_pg(arena, q);
    gx_buf_addc(&m.text, '(');
    gx_token_split(q, true, add_term, &m);
    gx_buf_addc(&m.text, ')');
    struct gx_str s = m.count ? gx_arena_str(arena, gx_buf_str(&m.text)) : GX_STR("");
    gx_buf_free(&m.text);
    return s;
}

/* " FROM <table> WHERE <it matches>" */
static void matches_sql(struct gx_sqlb *b, const struct gx_object *object, struct gx_str match)
{
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, object->search_table);
    gx_sqlb_add(b, GX_SQL(" WHERE "));
    if (b->dialect == GX_POSTGRES) {
        gx_sqlb_add(b, GX_SQL("t @@ CAST("));
        gx_sqlb_bind(b, gx_value_text(match));
        gx_sqlb_add(b, GX_SQL(" AS tsquery)"));
        return;
    }
    gx_sqlb_name(b, object->search_table);
    gx_sqlb_add(b, GX_SQL(" MATCH "));
    gx_sqlb_bind(b, gx_value_text(match));
}

void gx_search_condition(struct gx_sqlb *b, const struct gx_object *object, struct gx_str match)
{
    if (match.n == 0 || !object->searched) {
        gx_sqlb_add(b, GX_SQL(" AND 1 = 0"));
        return;
    }
    gx_sqlb_add(b, GX_SQL(" AND t.id IN (SELECT "));
    gx_search_id_sql(b);
    matches_sql(b, object, match);
    gx_sqlb_add(b, GX_SQL(")"));
}

/* One hit, before ranking. */
struct hit {
    const struct gx_object *object;
    int64_t id;
    struct gx_record record;
    struct gx_str title;
    int rank; /* smaller is better */
};

/* Why a hit is one, worked out for those that are shown. */
struct place {
    const struct gx_field *field; /* NULL when it cannot be said */
    struct gx_str text;
    size_t from, to;
};

enum { CANDIDATES = 100 };

struct finder {
    struct gx_scope *scope;
    struct gx_str q, folded, match;
    struct hit *hits;
    size_t count, cap;
};

/* The tokens of a text against one word asked for: where it first stands. */
struct locating {
    struct gx_str word;
    bool prefix, found;
    size_t from, to;
};

static void locate_token(void *p, const struct gx_token *token)
{
    struct locating *l = p;
    bool same = l->prefix ? gx_str_starts(token->text, l->word) : gx_str_eq(token->text, l->word);
    if (!same || l->found)
        return;
    l->found = true;
    l->from = token->from;
    l->to = token->to;
}

/* One text against all words: each may be what was found, the alternatives of a word as well. */
struct text_search {
    struct gx_str text;
    struct locating best;
};

static void try_word(void *p, const struct gx_token *token)
{
    struct text_search *s = p;
    struct locating l = { .word = token->text, .prefix = token->prefix };
    if (s->best.found)
        return;
    gx_token_split(s->text, false, locate_token, &l);
    if (l.found)
        s->best = l;
}

static struct place locate(const struct finder *f, const struct gx_record *record)
{
    struct place place = { .field = NULL };
    for (size_t i = 0; i < record->object->field_count && !place.field; i++) {
        const struct gx_field *field = &record->object->fields[i];
        if (!gx_search_has(field) || field->access >= GX_FIELD_MASKED ||
            record->v[field->slot].kind != GX_VALUE_TEXT)
            continue;
        struct gx_str shown = record->v[field->slot].s;
        struct text_search s = { .text = searched(field, &record->v[field->slot]).s };
        gx_token_split(f->q, true, try_word, &s);
        if (!s.best.found)
            continue;
        bool typed =
            s.text.p == shown.p; /* positions in a phone's key say nothing about the text */
        place.field = field;
        place.text = shown;
        place.from = typed ? s.best.from : 0;
        place.to = typed ? s.best.to : shown.n;
    }
    return place;
}

/* The second line of a result: the first two other things that are known. */
static struct gx_str subtitle(struct gx_arena *arena, const struct gx_record *record)
{
    struct gx_str out = GX_STR("");
    int n = 0;
    for (size_t i = 0; i < record->object->field_count && n < 2; i++) {
        const struct gx_field *f = &record->object->fields[i];
        if (!gx_search_has(f) || f->access >= GX_FIELD_MASKED || f == record->object->title ||
            record->v[f->slot].kind != GX_VALUE_TEXT || record->v[f->slot].s.n > 100)
            continue;
        out = gx_arena_printf(arena, "%.*s%s%.*s", GX_STR_ARG(out), n ? " · " : "",
                              GX_STR_ARG(record->v[f->slot].s));
        n++;
    }
    return out;
}

/* A title that is worked out may follow links: by the database, with what this person may see. */
static enum gx_code computed_title(struct finder *f, const struct gx_object *object, int64_t id,
                                   struct gx_str *ret)
{
    struct gx_ctx *ctx = gx_scope_ctx(f->scope);
    struct gx_conn *conn = gx_scope_conn(f->scope);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(conn));
    struct gx_rows *rows;
    bool has;
    gx_sqlb_add(b, GX_SQL("SELECT "));
    gx_title_sql(b, f->scope, object, GX_STR("t"));
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" t WHERE t.id = "));
    gx_sqlb_bind(b, gx_value_int(id));
    GX_TRY(gx_db_query(ctx, conn, gx_sqlb_sql(b), b->values, b->value_count, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    *ret = GX_STR("");
    if (code == GX_OK && has && gx_rows_value(rows, 0).kind == GX_VALUE_TEXT)
        *ret = gx_arena_str(ctx->arena, gx_rows_text(rows, 0));
    gx_rows_close(rows);
    return code;
}

static enum gx_code title_of(struct finder *f, const struct gx_record *record, struct gx_str *ret)
{
    const struct gx_field *title = record->object->title;
    struct gx_value v = record->v[title->slot];
    if (title->type->computed)
        return computed_title(f, record->object, record->v[GX_SLOT_ID].i, ret);
    *ret = v.kind == GX_VALUE_TEXT ? v.s : GX_STR("");
    return GX_OK;
}

static enum gx_code add_hit(struct finder *f, const struct gx_object *object, int64_t id)
{
    struct gx_ctx *ctx = gx_scope_ctx(f->scope);
    for (size_t i = 0; i < f->count; i++)
        if (f->hits[i].id == id)
            return GX_OK;
    if (f->count == f->cap)
        return GX_OK;
    struct hit hit = { .object = object, .id = id };
    GX_TRY(gx_row_read(ctx, gx_scope_conn(f->scope), object, id, &hit.record));
    if (!hit.record.v || !gx_search_is_open(f->scope, &hit.record, f->q))
        return GX_OK;
    GX_TRY(title_of(f, &hit.record, &hit.title));
    struct gx_str folded = gx_text_fold(ctx->arena, hit.title);
    hit.rank = gx_str_eq(folded, f->folded)                   ? 0
               : gx_str_starts(folded, f->folded)             ? 1
               : gx_str_search(folded, f->folded) != SIZE_MAX ? 2
                                                              : 3;
    f->hits[f->count++] = hit;
    return GX_OK;
}

/* Run a query of ids and remember them. */
static enum gx_code add_hits(struct finder *f, const struct gx_object *object,
                             const struct gx_sqlb *b)
{
    struct gx_ctx *ctx = gx_scope_ctx(f->scope);
    struct gx_rows *rows;
    bool has;
    int64_t ids[CANDIDATES];
    size_t n = 0;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(f->scope), gx_sqlb_sql(b), b->values, b->value_count,
                       &rows));
    enum gx_code code;
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && n < CANDIDATES)
        ids[n++] = gx_rows_int(rows, 0);
    gx_rows_close(rows);
    for (size_t i = 0; i < n && code == GX_OK; i++)
        code = add_hit(f, object, ids[i]);
    return code;
}

static void and_scope(struct finder *f, struct gx_sqlb *b, const struct gx_expr *filter)
{
    if (!filter)
        return;
    gx_sqlb_add(b, GX_SQL(" AND "));
    gx_expr_sql(b, filter, gx_scope_env(f->scope), GX_STR("t"));
}

/* Titles that begin with what was typed: an index range, so the best hits never drown. */
static enum gx_code by_title(struct finder *f, const struct gx_object *object,
                             const struct gx_expr *filter, int limit)
{
    struct gx_ctx *ctx = gx_scope_ctx(f->scope);
    if (object->title->part_count == 0 || object->title->x.type != GX_TYPE_TEXT)
        return GX_OK;
    struct gx_str end = gx_arena_printf(ctx->arena, "%.*s\xf4\x8f\xbf\xbf", GX_STR_ARG(f->folded));
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(f->scope)));
    struct gx_str column = object->title->x.column;
    gx_sqlb_add(b, GX_SQL("SELECT t.id FROM "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" t WHERE t.deleted_at IS NULL AND "));
    gx_sql_folded(b, GX_STR("t"), column);
    gx_sqlb_add(b, GX_SQL(" >= "));
    gx_sqlb_bind(b, gx_value_text(f->folded));
    gx_sqlb_add(b, GX_SQL(" AND "));
    gx_sql_folded(b, GX_STR("t"), column);
    gx_sqlb_add(b, GX_SQL(" < "));
    gx_sqlb_bind(b, gx_value_text(end));
    and_scope(f, b, filter);
    gx_sqlb_add(b, GX_SQL(" ORDER BY "));
    gx_sql_folded(b, GX_STR("t"), column);
    gx_sqlb_add(b, GX_SQL(", t.id LIMIT "));
    gx_sqlb_bind(b, gx_value_int(limit));
    return add_hits(f, object, b);
}

/* The newest records with all the words. */
static enum gx_code by_words(struct finder *f, const struct gx_object *object,
                             const struct gx_expr *filter, int limit)
{
    struct gx_sqlb *b =
        gx_sqlb_new(gx_scope_ctx(f->scope)->arena, gx_conn_dialect(gx_scope_conn(f->scope)));
    if (filter) {
        gx_sqlb_add(b, GX_SQL("SELECT t.id FROM "));
        gx_sqlb_name(b, object->x.table);
        gx_sqlb_add(b, GX_SQL(" t WHERE t.deleted_at IS NULL"));
        gx_search_condition(b, object, f->match);
        and_scope(f, b, filter);
        gx_sqlb_add(b, GX_SQL(" ORDER BY t.id DESC LIMIT "));
    } else {
        gx_sqlb_add(b, GX_SQL("SELECT "));
        gx_search_id_sql(b);
        matches_sql(b, object, f->match);
        gx_sqlb_add(b, GX_SQL(" ORDER BY 1 DESC LIMIT "));
    }
    gx_sqlb_bind(b, gx_value_int(limit));
    return add_hits(f, object, b);
}

static enum gx_code search_one(struct finder *f, const struct gx_object *object, int limit)
{
    const struct gx_expr *filter = NULL;
    if (!object->searched || gx_scope_level(f->scope, object, GX_RIGHT_READ) == GX_LEVEL_NONE)
        return GX_OK;
    GX_TRY(gx_scope_filter(f->scope, object, GX_RIGHT_READ, &filter));
    size_t before = f->count;
    GX_TRY(by_title(f, object, filter, limit));
    /* Titles that begin with it rank before all else: when they fill the answer, that is it. */
    bool full = f->count - before >= (size_t)limit;
    return full ? GX_OK : by_words(f, object, filter, limit);
}

static void sort_hits(struct hit *hits, size_t n)
{
    /* Insertion sort keeps the order of finding among equals; n is small. */
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0 && hits[k].rank < hits[k - 1].rank; k--) {
            struct hit swap = hits[k];
            hits[k] = hits[k - 1];
            hits[k - 1] = swap;
        }
}

static void write_hit(struct gx_jw *w, const struct finder *f, const struct hit *hit)
{
    struct place place = locate(f, &hit->record);
    gx_jw_object(w);
    gx_jw_key_str(w, "object", hit->object->x.name);
    gx_jw_key_id(w, "id", hit->id);
    gx_watch_add(gx_scope_tenant(f->scope)->watch, gx_scope_me(f->scope), &hit->id, 1, false,
                 gx_scope_ctx(f->scope)->now_us);
    gx_jw_key_str(w, "title", hit->title);
    gx_jw_key_str(w, "subtitle", subtitle(gx_scope_ctx(f->scope)->arena, &hit->record));
    gx_jw_key(w, GX_STR("match"));
    if (place.field) {
        gx_jw_object(w);
        gx_jw_key_str(w, "field", place.field->x.name);
        gx_jw_key_str(w, "text", place.text);
        gx_jw_key_int(w, "from",
                      (int64_t)gx_text_length((struct gx_str){ place.text.p, place.from }));
        gx_jw_key_int(w, "to", (int64_t)gx_text_length((struct gx_str){ place.text.p, place.to }));
        gx_jw_object_end(w);
    } else {
        gx_jw_null(w);
    }
    gx_jw_object_end(w);
}

static enum gx_code find_all(struct finder *f, const struct gx_object *object, int limit)
{
    const struct gx_meta *meta = gx_scope_meta(f->scope);
    struct gx_conn *conn = gx_scope_conn(f->scope);
    bool hurry = gx_scope_reason(f->scope).n == 0 && !gx_conn_is_writer(conn);
    if (hurry)
        gx_conn_deadline(conn, gx_monotonic_us() + (int64_t)GX_LIST_PATIENCE_S * 1000000);
    enum gx_code code = object ? search_one(f, object, limit) : GX_OK;
    for (size_t i = 0; !object && i < meta->object_count && code == GX_OK; i++)
        code = search_one(f, meta->objects[i], limit);
    if (code != GX_E_CANCELLED || !hurry)
        return code;
    struct gx_ctx *ctx = gx_scope_ctx(f->scope);
    gx_ctx_clear(ctx);
    return gx_fail(ctx, GX_E_LIMIT, GX_STR("q"), GX_M_SEARCH_TOO_LONG,
                   gx_arena_printf(ctx->arena, "%d", GX_LIST_PATIENCE_S));
}

enum gx_code gx_search(struct gx_scope *scope, const struct gx_object *object, struct gx_str q,
                       int limit, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    q = gx_str_trim(q);
    if (q.n > GX_SEARCH_TEXT_BYTES_MAX)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR("q"), GX_M_TOO_BIG, GX_STR("200"));
    GX_TRY(gx_text_clean(ctx->arena, q, &q));
    struct finder f = { .scope = scope, .q = q };
    f.match = gx_search_match(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)), q);
    if (f.match.n == 0)
        return GX_OK;
    f.folded = gx_text_fold(ctx->arena, q);
    const struct gx_meta *meta = gx_scope_meta(scope);
    f.cap = object ? CANDIDATES * 2 : (size_t)limit * 2 * meta->object_count;
    f.hits = GX_ARENA_ARRAY(ctx->arena, struct hit, f.cap + 1);
    GX_TRY(find_all(&f, object, limit));
    sort_hits(f.hits, f.count);
    for (size_t i = 0; i < f.count && i < (size_t)limit; i++)
        write_hit(w, &f, &f.hits[i]);
    return GX_OK;
}
