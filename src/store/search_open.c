/*
 * search_open.c - search for whom some of the fields are kept from.
 *
 * The search table has one text of all fields of a record.  So what it finds for people who may not
 * see all of them is looked at again: each word must stand in what they do see.
 */
#include "base/text.h"
#include "base/token.h"
#include "store/list_int.h"
#include "store/store_int.h"

enum { CANDIDATES_MAX = 2000 };

static bool is_kept(const struct gx_field *field)
{
    return gx_search_has(field) && field->access >= GX_FIELD_MASKED;
}

static bool keeps_any(const struct gx_object *object)
{
    for (size_t i = 0; i < object->field_count; i++)
        if (is_kept(&object->fields[i]))
            return true;
    return false;
}

struct asking {
    struct gx_str document;
    bool all, one; /* all words so far; any way to say the latest one */
    bool begun;
};

struct finding {
    struct gx_str word;
    bool prefix, found;
};

static void find_token(void *p, const struct gx_token *token)
{
    struct finding *f = p;
    f->found |= f->prefix ? gx_str_starts(token->text, f->word) : gx_str_eq(token->text, f->word);
}

static void ask_word(void *p, const struct gx_token *token)
{
    struct asking *a = p;
    struct finding f = { .word = token->text, .prefix = token->prefix };
    if (a->begun && !token->either) {
        a->all &= a->one;
        a->one = false;
    }
    a->begun = true;
    gx_token_split(a->document, false, find_token, &f);
    a->one |= f.found;
}

bool gx_search_is_open(const struct gx_scope *scope, const struct gx_record *record,
                       struct gx_str q)
{
    const struct gx_object *object = record->object;
    if (!keeps_any(object))
        return true;
    bool *open = GX_ARENA_ARRAY(gx_scope_ctx(scope)->arena, bool, object->field_count + 1);
    for (size_t i = 0; i < object->field_count; i++)
        open[i] = !is_kept(&object->fields[i]);
    struct asking a = {
        .document = gx_search_document(gx_scope_ctx(scope)->arena, record, open),
        .all = true,
    };
    gx_token_split(q, true, ask_word, &a);
    return a.begun && a.all && a.one;
}

/* The newest records that the words find in what this person may see. */
static enum gx_code resolve(struct gx_list *list)
{
    struct gx_ctx *ctx = gx_scope_ctx(list->scope);
    struct gx_conn *conn = gx_scope_conn(list->scope);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(conn));
    struct gx_list plain = *list;
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    struct gx_ids found = { .v = GX_ARENA_ARRAY(ctx->arena, int64_t, CANDIDATES_MAX) };
    plain.filter = NULL;
    gx_sqlb_add(b, GX_SQL("SELECT t.id FROM "));
    gx_sqlb_name(b, list->object->x.table);
    gx_sqlb_add(b, GX_SQL(" t"));
    gx_where_sql(b, &plain);
    gx_sqlb_add(b, GX_SQL(" ORDER BY t.id DESC LIMIT "));
    gx_sqlb_int(b, CANDIDATES_MAX);
    GX_TRY(gx_db_query(ctx, conn, gx_sqlb_sql(b), b->values, b->value_count, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has)
        found.v[found.n++] = gx_rows_int(rows, 0);
    gx_rows_close(rows);
    GX_TRY(code);
    struct gx_ids *open = GX_ARENA_NEW(ctx->arena, struct gx_ids);
    open->v = GX_ARENA_ARRAY(ctx->arena, int64_t, found.n + 1);
    for (size_t i = 0; i < found.n; i++) {
        struct gx_record record;
        GX_TRY(gx_row_read(ctx, conn, list->object, found.v[i], &record));
        if (record.v && gx_search_is_open(list->scope, &record, list->options.q))
            open->v[open->n++] = found.v[i];
    }
    list->found = open;
    return GX_OK;
}

enum gx_code gx_search_resolve(struct gx_list *list)
{
    if (!gx_str_trim(list->options.q).n || !list->object->searched || !keeps_any(list->object))
        return GX_OK;
    return resolve(list);
}
