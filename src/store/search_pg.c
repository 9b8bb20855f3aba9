/*
 * search_pg.c - search on PostgreSQL: the program's own tokens in a tsvector with a GIN index.
 *
 * Nothing of PostgreSQL's parsers and dictionaries is used: a document is the array of its tokens,
 * a question a tsquery of quoted tokens, so both databases find the same.
 */
#include "base/token.h"
#include "store/list_int.h"
#include "store/store_int.h"

/* A tsvector holds a megabyte; a longer text is found by what it begins with. */
enum { TOKENS_BYTES_MAX = 600000 };

void gx_search_id_sql(struct gx_sqlb *b)
{
    gx_sqlb_add(b, b->dialect == GX_SQLITE ? GX_SQL("rowid") : GX_SQL("id"));
}

/* {"a","b"}: an array as text. */
static void add_element(void *p, const struct gx_token *token)
{
    struct gx_buf *out = p;
    if (out->n > TOKENS_BYTES_MAX)
        return;
    gx_buf_addz(out, out->n > 1 ? ",\"" : "\"");
    for (size_t i = 0; i < token->text.n; i++) {
        char c = token->text.p[i];
        if (c == '"' || c == '\\')
            gx_buf_addc(out, '\\');
        gx_buf_addc(out, c);
    }
    gx_buf_addc(out, '"');
}

enum gx_code gx_search_put_pg(const struct gx_scope *scope, const struct gx_object *object,
                              int64_t id, struct gx_str text)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_buf tokens = { 0 };
    gx_buf_addc(&tokens, '{');
    gx_token_split(text, false, add_element, &tokens);
    gx_buf_addc(&tokens, '}');
    struct gx_str array = gx_arena_str(ctx->arena, gx_buf_str(&tokens));
    gx_buf_free(&tokens);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, GX_POSTGRES);
    gx_sqlb_add(b, GX_SQL("INSERT INTO "));
    gx_sqlb_name(b, object->search_table);
    gx_sqlb_add(b, GX_SQL(" (id, t) VALUES ("));
    gx_sqlb_bind(b, gx_value_int(id));
    gx_sqlb_add(b, GX_SQL(", array_to_tsvector(CAST("));
    gx_sqlb_bind(b, gx_value_text(array));
    gx_sqlb_add(b, GX_SQL(" AS text[])))"));
    return gx_db_exec_later(ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count);
}

/* 'a' 'b': a tsvector as text. */
static void add_lexeme(void *p, const struct gx_token *token)
{
    struct gx_buf *out = p;
    if (out->n > TOKENS_BYTES_MAX)
        return;
    gx_buf_addz(out, out->n ? " '" : "'");
    for (size_t i = 0; i < token->text.n; i++) {
        char c = token->text.p[i];
        if (c == '\'' || c == '\\')
            gx_buf_addc(out, c);
        gx_buf_addc(out, c);
    }
    gx_buf_addc(out, '\'');
}

struct gx_str gx_search_words_pg(struct gx_arena *arena, struct gx_str text)
{
    struct gx_buf words = { 0 };
    gx_token_split(text, false, add_lexeme, &words);
    struct gx_str s = gx_arena_str(arena, gx_buf_str(&words));
    gx_buf_free(&words);
    return s;
}

static enum gx_code load_pg(const struct gx_scope *scope, const struct gx_record *records,
                            size_t count)
{
    static const struct gx_str columns[] = { GX_STR_INIT("id"), GX_STR_INIT("t") };
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_value *values = GX_ARENA_ARRAY(ctx->arena, struct gx_value, 2 * count);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        struct gx_str text = gx_search_document(ctx->arena, &records[i], NULL);
        if (records[i].v[GX_SLOT_DELETED_AT].kind != GX_VALUE_NULL || !text.n)
            continue;
        values[n++] = records[i].v[GX_SLOT_ID];
        values[n++] = gx_value_text(gx_search_words_pg(ctx->arena, text));
    }
    if (n == 0)
        return GX_OK;
    return gx_db_load(ctx, gx_scope_conn(scope), records->object->search_table, columns, 2, values,
                      n / 2);
}

enum gx_code gx_search_load(const struct gx_scope *scope, const struct gx_record *records,
                            size_t count)
{
    if (count && gx_conn_dialect(gx_scope_conn(scope)) == GX_POSTGRES)
        return load_pg(scope, records, count);
    for (size_t i = 0; i < count; i++)
        if (records[i].v[GX_SLOT_DELETED_AT].kind == GX_VALUE_NULL)
            GX_TRY(gx_search_put(scope, &records[i], true, NULL, NULL));
    return GX_OK;
}

struct matching {
    struct gx_buf text;
    size_t count;
};

static void add_term(void *p, const struct gx_token *token)
{
    struct matching *m = p;
    if (m->count)
        gx_buf_addz(&m->text, token->either ? "|" : ")&(");
    gx_buf_addc(&m->text, '\'');
    for (size_t i = 0; i < token->text.n; i++) {
        char c = token->text.p[i];
        if (c == '\'' || c == '\\')
            gx_buf_addc(&m->text, c);
        gx_buf_addc(&m->text, c);
    }
    gx_buf_addz(&m->text, token->prefix ? "':*" : "'");
    m->count++;
}

struct gx_str gx_search_match_pg(struct gx_arena *arena, struct gx_str q)
{
    struct matching m = { 0 };
    gx_buf_addc(&m.text, '(');
    gx_token_split(q, true, add_term, &m);
    gx_buf_addc(&m.text, ')');
    struct gx_str s = m.count ? gx_arena_str(arena, gx_buf_str(&m.text)) : GX_STR("");
    gx_buf_free(&m.text);
    return s;
}
