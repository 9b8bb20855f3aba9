/* guard.c - the walk's beginning and what all of it shares; see guard.h. */
#include "report/guard_int.h"

#include "base/text.h"

enum { OUT_BYTES_MAX = 512 << 10 };

bool guard_empty(const struct gx_json *node)
{
    if (!node)
        return true;
    switch (node->kind) {
    case GX_JSON_NULL:
        return true;
    case GX_JSON_BOOL:
        return !node->truth;
    case GX_JSON_STRING:
        return node->text.n == 0;
    case GX_JSON_ARRAY:
    case GX_JSON_OBJECT:
        return node->count == 0;
    case GX_JSON_NUMBER:
        break;
    }
    return false;
}

enum gx_code guard_members(struct walk *w, const struct gx_json *node, const char *const *names)
{
    for (const struct gx_json *k = node->first; k; k = k->next) {
        size_t i = 0;
        while (names[i] && !gx_str_is(k->key, names[i]))
            i++;
        if (!names[i] && !guard_empty(k))
            return GUARD_REFUSE(w, GX_M_SQL_PART, k->key);
    }
    return GX_OK;
}

enum gx_code guard_enter(struct walk *w, const struct gx_json *node)
{
    int64_t at = gx_json_get_int(node, "query_location", -1);
    if (at >= 0)
        w->at = at;
    if (++w->found->nodes > GX_GUARD_NODES_MAX || ++w->depth > GX_GUARD_DEPTH_MAX)
        return gx_fail_at(w->ctx, GX_E_LIMIT, GX_STR("sql"), w->at, GX_M_SQL_LARGE);
    return GX_OK;
}

void guard_leave(struct walk *w)
{
    w->depth--;
}

void guard_put(struct walk *w, const char *text)
{
    gx_buf_addz(&w->out, text);
}

static void put_quoted(struct walk *w, struct gx_str text, char quote)
{
    gx_buf_addc(&w->out, quote);
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == quote)
            gx_buf_addc(&w->out, quote);
        gx_buf_addc(&w->out, text.p[i]);
    }
    gx_buf_addc(&w->out, quote);
}

static bool has_control(struct gx_str text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < 0x20)
            return true;
    return false;
}

enum gx_code guard_name(struct walk *w, struct gx_str name)
{
    enum { NAME_BYTES_MAX = 200 };
    if (name.n == 0 || name.n > NAME_BYTES_MAX || has_control(name))
        return GUARD_REFUSE(w, GX_M_SQL_NAME);
    put_quoted(w, name, '"');
    return GX_OK;
}

enum gx_code guard_names(struct walk *w, const struct gx_json *list, const char *open,
                         const char *close)
{
    if (!list || list->count == 0)
        return GX_OK;
    if (list->kind != GX_JSON_ARRAY)
        return GUARD_REFUSE(w, GX_M_SQL_PART, list->key);
    guard_put(w, open);
    for (const struct gx_json *k = list->first; k; k = k->next) {
        if (k != list->first)
            guard_put(w, ", ");
        GX_TRY(guard_name(w, k->text));
    }
    guard_put(w, close);
    return GX_OK;
}

void guard_string(struct walk *w, struct gx_str text)
{
    put_quoted(w, text, '\'');
}

/* What the parser said of a text that is no statement we can take. */
static enum gx_code no_tree(struct walk *w, const struct gx_json *root)
{
    struct gx_str type = gx_json_get_str(root, "error_type", GX_STR(""));
    struct gx_str message = gx_json_get_str(root, "error_message", GX_STR(""));
    (void)gx_str_int64(gx_json_get_str(root, "position", GX_STR("")), &w->at);
    if (!gx_str_is(type, "parser"))
        return GUARD_REFUSE(w, GX_M_SQL_SELECT_ONLY);
    size_t from = gx_str_search(message, GX_STR("near \""));
    if (from == SIZE_MAX)
        return GUARD_REFUSE(w, GX_M_SQL_SYNTAX);
    struct gx_str near = gx_str_from(message, from + 6);
    near.n = gx_str_find(near, '"');
    return GUARD_REFUSE(w, GX_M_SQL_SYNTAX_NEAR, near);
}

static enum gx_code read_tree(struct walk *w, struct gx_str tree,
                              const struct gx_json **ret_statement)
{
    struct gx_json *root;
    if (gx_json_read_deep(w->ctx, tree, GX_GUARD_JSON_DEPTH_MAX, &root) != GX_OK) {
        gx_ctx_clear(w->ctx); /* too deep, or a number that JSON has no word for */
        return gx_fail_at(w->ctx, GX_E_LIMIT, GX_STR("sql"), -1, GX_M_SQL_LARGE);
    }
    if (gx_json_get_bool(root, "error", true))
        return no_tree(w, root);
    const struct gx_json *list = gx_json_get(root, "statements");
    if (!list || list->count != 1)
        return GUARD_REFUSE(w, GX_M_SQL_ONE);
    *ret_statement = list->first;
    return GX_OK;
}

enum gx_code gx_guard_check(struct gx_ctx *ctx, struct gx_str tree,
                            const struct gx_guard_schema *schema, struct gx_guard *ret_guard)
{
    const struct gx_json *statement = NULL;
    *ret_guard = (struct gx_guard){
        .used = GX_ARENA_ARRAY(ctx->arena, bool, schema->count + 1),
        .crossing_at = -1,
    };
    struct walk w = {
        .ctx = ctx,
        .schema = schema,
        .found = ret_guard,
        .at = -1,
        .out = { .max = OUT_BYTES_MAX },
    };
    enum gx_code code = read_tree(&w, tree, &statement);
    if (code == GX_OK)
        code = guard_statement(&w, statement);
    if (code == GX_OK && gx_buf_check(&w.out) != GX_OK)
        code = gx_fail_at(ctx, GX_E_LIMIT, GX_STR("sql"), -1, GX_M_SQL_LARGE);
    if (code == GX_OK)
        ret_guard->sql = gx_arena_str(ctx->arena, gx_buf_str(&w.out));
    gx_buf_free(&w.out);
    return code;
}
