/*
 * expr_sql_text.c - `~`, `^=`, `$=` and has().
 *
 * Texts are compared folded (base/text.h).  SQLite calls gx_fold(); the others cannot, so there
 * each TEXT column has a shadow column with the suffix _k that holds the folded text.  A computed
 * text is therefore folded part by part, on every engine alike: the folded form of `first & last`
 * is the folded first with the folded last and runs of spaces made one, that of lower(name) is
 * that of name.
 */
#include "expr/expr_sql.h"

#include "base/assert.h"
#include "base/text.h"

static void emit_parts(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    struct gx_str v = gx_expr_text_open(s);
    for (size_t i = 0; i < node->count; i++) {
        if (i)
            ADD(s, " || ");
        ADD(s, "COALESCE(");
        gx_expr_emit_fold(s, scope, node->kids[i], true);
        ADD(s, ", '')");
    }
    gx_expr_text_close(s, v);
}

static void emit_joined(struct sql *s, const struct sql_scope *scope, const struct node *node,
                        bool part)
{
    if (part) {
        emit_parts(s, scope, node);
    } else if (!is_sqlite(s)) {
        struct gx_str v = gx_expr_text_open(s);
        gx_sqlb_add(s->b,
                    is_duck(s) ? GX_SQL("trim(regexp_replace(") : GX_SQL("btrim(regexp_replace("));
        emit_parts(s, scope, node);
        ADD(s, ", ' +', ' ', 'g'), ' ')");
        gx_expr_text_close(s, v);
    } else {
        gx_expr_emit_call(s, FN_SQUEEZE);
        emit_parts(s, scope, node);
        ADD(s, ")");
    }
}

static void emit_coalesce(struct sql *s, const struct sql_scope *scope, const struct node *node,
                          bool part)
{
    ADD(s, "COALESCE(");
    for (size_t i = 0; i < node->count; i++) {
        if (i)
            ADD(s, ", ");
        gx_expr_emit_fold(s, scope, node->kids[i], part);
    }
    ADD(s, ")");
}

static void emit_if(struct sql *s, const struct sql_scope *scope, const struct node *node,
                    bool part)
{
    ADD(s, "CASE WHEN ");
    gx_expr_emit_cond(s, scope, node->kids[0]);
    ADD(s, " THEN ");
    gx_expr_emit_fold(s, scope, node->kids[1], part);
    ADD(s, " ELSE ");
    gx_expr_emit_fold(s, scope, node->kids[2], part);
    ADD(s, " END");
}

static void emit_trim(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    if (is_sqlite(s)) {
        gx_expr_emit_call(s, FN_TRIM);
        gx_expr_emit_fold(s, scope, node->kids[0], false);
        ADD(s, ")");
        return;
    }
    struct gx_str v = gx_expr_text_open(s);
    gx_sqlb_add(s->b, is_duck(s) ? GX_SQL("trim(") : GX_SQL("btrim("));
    gx_expr_emit_fold(s, scope, node->kids[0], false);
    ADD(s, ", ");
    gx_expr_emit_text(s, GX_STR(TRIM_SET));
    ADD(s, ")");
    gx_expr_text_close(s, v);
}

void gx_expr_emit_fold(struct sql *s, const struct sql_scope *scope, const struct node *node,
                       bool part)
{
    if (node->constant) {
        s->b->varies |= node->kind != N_CONST;
        gx_expr_emit_constant(s, GX_TYPE_TEXT,
                              gx_expr_fold_constant(s->b->arena, node, s->env, part));
        return;
    }
    switch (node->kind) {
    case N_FIELD:
        gx_expr_emit_field(s, scope, node, part ? FORM_PART : FORM_FOLDED);
        return;
    case N_CONCAT:
        emit_joined(s, scope, node, part);
        return;
    case N_COALESCE:
        emit_coalesce(s, scope, node, part);
        return;
    case N_IF:
        emit_if(s, scope, node, part);
        return;
    default:
        break;
    }
    gx_assert(node->kind == N_FN);
    if (node->fn == FN_TRIM)
        emit_trim(s, scope, node);
    else if (node->fn == FN_TEXT_NUMBER || node->fn == FN_TEXT_DATE)
        gx_expr_emit_value(s, scope, node);
    else
        gx_expr_emit_fold(s, scope, node->kids[0], part);
}

/* The first text after all that begin with `prefix`; empty if there is none. */
static struct gx_str after_prefix(struct gx_arena *arena, struct gx_str prefix)
{
    size_t last = prefix.n, length = 0;
    uint32_t c = 0;
    for (size_t at = 0; at < prefix.n; at += length) {
        c = gx_text_decode(gx_str_from(prefix, at), &length);
        last = at;
    }
    if (prefix.n == 0 || c >= 0x10ffff)
        return GX_STR("");
    struct gx_buf buf = { 0 };
    gx_buf_add(&buf, (struct gx_str){ prefix.p, last });
    gx_text_encode(&buf, c == 0xd7ff ? 0xe000 : c + 1);
    struct gx_str next = gx_arena_str(arena, gx_buf_str(&buf));
    gx_buf_free(&buf);
    return next;
}

static bool is_column(const struct node *node)
{
    return node->kind == N_FIELD && node->kids[0]->kind == N_THIS && !node->field->formula;
}

/* A range on the folded column, which an index on it serves. */
static void emit_prefix(struct sql *s, const struct sql_scope *scope, const struct node *field,
                        struct gx_str prefix)
{
    struct gx_str end = after_prefix(s->b->arena, prefix);
    gx_expr_emit_fold(s, scope, field, false);
    ADD(s, " >= ");
    gx_expr_emit_text(s, prefix);
    if (!end.n)
        return;
    ADD(s, " AND ");
    gx_expr_emit_fold(s, scope, field, false);
    ADD(s, " < ");
    gx_expr_emit_text(s, end);
}

/* %text% for LIKE … ESCAPE '!', which a trigram index on the folded column serves. */
static void emit_like(struct sql *s, const struct sql_scope *scope, const struct node *field,
                      struct gx_str text)
{
    char *p = gx_arena_alloc(s->b->arena, 2 * text.n + 2);
    size_t n = 0;
    p[n++] = '%';
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '%' || c == '_' || c == '!')
            p[n++] = '!';
        p[n++] = c;
    }
    p[n++] = '%';
    gx_expr_emit_fold(s, scope, field, false);
    ADD(s, " LIKE ");
    gx_expr_emit_text(s, (struct gx_str){ p, n });
    ADD(s, " ESCAPE '!'");
}

static void emit_pair(struct sql *s, const struct sql_scope *scope, const struct node *a,
                      const struct node *b)
{
    gx_expr_emit_fold(s, scope, a, false);
    ADD(s, ", ");
    gx_expr_emit_fold(s, scope, b, false);
    ADD(s, ")");
}

static void emit_match(struct sql *s, const struct sql_scope *scope, enum op op,
                       const struct node *a, const struct node *b)
{
    if (b->constant && is_column(a)) {
        s->b->varies |= b->kind != N_CONST;
        struct gx_value v = gx_expr_fold_constant(s->b->arena, b, s->env, false);
        if (v.kind == GX_VALUE_TEXT && op == OP_STARTS) {
            emit_prefix(s, scope, a, v.s);
            return;
        }
        if (v.kind == GX_VALUE_TEXT && op == OP_CONTAINS && is_postgres(s)) {
            emit_like(s, scope, a, v.s);
            return;
        }
    }
    if (op == OP_CONTAINS && is_duck(s)) {
        ADD(s, "contains(");
        emit_pair(s, scope, a, b);
    } else if (op == OP_CONTAINS) {
        gx_sqlb_add(s->b, is_sqlite(s) ? GX_SQL("instr(") : GX_SQL("strpos("));
        emit_pair(s, scope, a, b);
        ADD(s, " > 0");
    } else if (is_sqlite(s)) {
        gx_expr_emit_call(s, op == OP_STARTS ? FN_STARTS : FN_ENDS);
        emit_pair(s, scope, a, b);
    } else if (op == OP_STARTS) {
        ADD(s, "starts_with(");
        emit_pair(s, scope, a, b);
    } else {
        ADD(s, "right(");
        gx_expr_emit_fold(s, scope, a, false);
        ADD(s, ", length(");
        gx_expr_emit_fold(s, scope, b, false);
        ADD(s, ")) = ");
        gx_expr_emit_fold(s, scope, b, false);
    }
}

void gx_expr_emit_match(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    const struct node *a = node->kids[0], *b = node->kids[1];
    struct node field;
    struct sql_scope inner;
    int open =
        b->constant ? gx_expr_open_path(s, scope, a, node->op == OP_STARTS, &field, &inner) : 0;
    emit_match(s, open ? &inner : scope, node->op, open ? &field : a, b);
    gx_expr_close_path(s, open);
}

void gx_expr_emit_has(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    struct node field;
    struct sql_scope inner;
    int open = gx_expr_open_path(s, scope, node->kids[0], false, &field, &inner);
    for (size_t i = 1; i < node->count; i++) {
        struct gx_str code = node->kids[i]->value.s;
        if (i > 1)
            ADD(s, " OR ");
        else if (open)
            ADD(s, "(");
        if (is_duck(s))
            ADD(s, "contains(");
        else
            gx_sqlb_add(s->b, is_sqlite(s) ? GX_SQL("instr(") : GX_SQL("strpos("));
        gx_expr_emit_field(s, &inner, &field, FORM_PLAIN);
        ADD(s, ", ");
        gx_expr_emit_text(s, gx_arena_printf(s->b->arena, "|%.*s|", GX_STR_ARG(code)));
        gx_sqlb_add(s->b, is_duck(s) ? GX_SQL(")") : GX_SQL(") > 0"));
    }
    if (open)
        ADD(s, ")");
    gx_expr_close_path(s, open);
}
