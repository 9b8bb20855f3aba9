/*
 * expr_parse.c - tokens to a tree, by recursive descent.
 *
 * Loosest first: or; and; not; one comparison; + - &; * /; minus; what stands alone.  `and`, `or`
 * and `&` make one node of all their operands, so a long list of conditions stays shallow.
 */
#include "expr/expr_int.h"

#include "base/decimal.h"

static enum gx_code parse_or(struct parser *p, struct node **ret_node);
static enum gx_code parse_sum(struct parser *p, struct node **ret_node);

enum gx_code gx_expr_fail(struct parser *p, size_t at, enum gx_message message, struct gx_str a,
                          struct gx_str b)
{
    return gx_fail_at(p->ctx, GX_E_INVALID, GX_STR(""), (int64_t)at, message, a, b);
}

static const struct token *peek(const struct parser *p)
{
    return &p->tokens[p->next];
}

static bool is_op(const struct parser *p, enum op op)
{
    return peek(p)->kind == T_OP && peek(p)->op == op;
}

static bool take_op(struct parser *p, enum op op)
{
    bool is = is_op(p, op);
    p->next += is;
    return is;
}

static bool is_word(const struct token *t, const char *word)
{
    return t->kind == T_NAME && gx_str_ieq(t->text, gx_str_c(word));
}

static bool take_word(struct parser *p, const char *word)
{
    bool is = is_word(peek(p), word);
    p->next += is;
    return is;
}

static enum gx_code fail_expected(struct parser *p, const char *en, const char *zh)
{
    const char *wanted = p->ctx->lang == GX_LANG_ZH_HANT ? zh : en;
    const struct token *t = peek(p);
    if (t->kind == T_END)
        return gx_expr_fail(p, t->at, GX_M_EXPR_ENDS, gx_str_c(wanted), GX_STR(""));
    struct gx_str found = t->text;
    if (found.n > 40)
        found = GX_STR("…");
    return gx_expr_fail(p, t->at, GX_M_EXPR_EXPECTED, gx_str_c(wanted), found);
}

static enum gx_code expect(struct parser *p, enum op op, const char *wanted)
{
    return take_op(p, op) ? GX_OK : fail_expected(p, wanted, wanted);
}

enum gx_code gx_expr_node_new(struct parser *p, enum node_kind kind, size_t at, size_t kids,
                              struct node **ret_node)
{
    if (++p->node_count > p->node_max)
        return gx_expr_fail(p, at, GX_M_EXPR_TOO_MANY, GX_STR(""), GX_STR(""));
    struct node *node = GX_ARENA_NEW(p->arena, struct node);
    node->kind = kind;
    node->at = at;
    node->count = kids;
    node->kids = kids ? GX_ARENA_ARRAY(p->arena, struct node *, kids) : NULL;
    *ret_node = node;
    return GX_OK;
}

static enum gx_code enter(struct parser *p)
{
    if (++p->depth > GX_EXPR_DEPTH_MAX)
        return gx_expr_fail(p, peek(p)->at, GX_M_TOO_DEEP, GX_STR(""), GX_STR(""));
    return GX_OK;
}

/* Operands collected one by one; *list doubles in the scratch arena. */
struct list {
    struct node **items;
    size_t count, cap;
};

static void push(struct parser *p, struct list *list, struct node *node)
{
    if (list->count == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 4;
        struct node **items = GX_ARENA_ARRAY(p->ctx->arena, struct node *, cap);
        if (list->count)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->cap = cap;
    }
    list->items[list->count++] = node;
}

static enum gx_code from_list(struct parser *p, enum node_kind kind, size_t at,
                              const struct list *list, struct node **ret_node)
{
    GX_TRY(gx_expr_node_new(p, kind, at, list->count, ret_node));
    if (list->count)
        memcpy((*ret_node)->kids, list->items, list->count * sizeof *list->items);
    return GX_OK;
}

static enum gx_code one(struct parser *p, enum node_kind kind, size_t at, struct node *kid,
                        struct node **ret_node)
{
    GX_TRY(gx_expr_node_new(p, kind, at, 1, ret_node));
    (*ret_node)->kids[0] = kid;
    return GX_OK;
}

static enum gx_code binary(struct parser *p, enum node_kind kind, enum op op, size_t at,
                           struct node *left, struct node *right, struct node **ret_node)
{
    GX_TRY(gx_expr_node_new(p, kind, at, 2, ret_node));
    (*ret_node)->op = op;
    (*ret_node)->kids[0] = left;
    (*ret_node)->kids[1] = right;
    return GX_OK;
}

/* expr, expr, … up to `close`, which is taken. */
static enum gx_code parse_list(struct parser *p, struct list *list, struct node **ret_cond)
{
    while (!is_op(p, OP_CLOSE) && !(ret_cond && is_op(p, OP_COLON))) {
        struct node *item;
        GX_TRY(parse_or(p, &item));
        push(p, list, item);
        if (!take_op(p, OP_COMMA))
            break;
        if (is_op(p, OP_CLOSE))
            return fail_expected(p, "a value", "值");
    }
    if (ret_cond && take_op(p, OP_COLON))
        GX_TRY(parse_or(p, ret_cond));
    return expect(p, OP_CLOSE, ")");
}

/* Of what was written in place of a text: it stands where that text did. */
static void place(struct node *node, size_t at)
{
    node->at = at;
    for (size_t i = 0; i < node->count; i++)
        place(node->kids[i], at);
    if (node->cond)
        place(node->cond, at);
}

static enum gx_code consent_word(struct parser *p, const struct node *node, struct gx_str *ret)
{
    bool plain = node->kind == N_CONST && node->type == GX_TYPE_TEXT && node->value.s.n <= 40;
    for (size_t i = 0; plain && i < node->value.s.n; i++)
        plain = !strchr("\"'\\", node->value.s.p[i]);
    if (!plain)
        return gx_expr_fail(p, node->at, GX_M_EXPR_CONSENT, GX_STR(""), GX_STR(""));
    *ret = node->value.s;
    return GX_OK;
}

/*
 * consent("news", "email") is short for: the newest consent for this purpose and channel came after
 * the newest withdrawal; of the same moment, the withdrawal counts.
 */
static enum gx_code parse_consent(struct parser *p, const struct token *name,
                                  const struct list *args, struct node **ret_node)
{
    struct gx_str code, channel, outer_text = p->text;
    struct token *outer = p->tokens;
    size_t next = p->next;
    if (args->count != 2)
        return gx_expr_fail(p, name->at, GX_M_EXPR_CONSENT, GX_STR(""), GX_STR(""));
    GX_TRY(consent_word(p, args->items[0], &code));
    GX_TRY(consent_word(p, args->items[1], &channel));
    p->text = gx_arena_printf(
        p->arena,
        "max(consents.at: state = \"given\" and purpose.code = \"%.*s\" and channel = \"%.*s\") > "
        "coalesce(max(consents.at: state = \"withdrawn\" and purpose.code = \"%.*s\" and "
        "channel = \"%.*s\"), 1900-01-01T00:00Z)",
        GX_STR_ARG(code), GX_STR_ARG(channel), GX_STR_ARG(code), GX_STR_ARG(channel));
    p->next = 0;
    enum gx_code status = gx_expr_lex(p, &p->tokens);
    if (status == GX_OK)
        status = parse_or(p, ret_node);
    p->text = outer_text;
    p->tokens = outer;
    p->next = next;
    GX_TRY(status);
    place(*ret_node, name->at);
    return GX_OK;
}

static enum gx_code parse_call(struct parser *p, const struct token *name, struct node **ret_node)
{
    struct list args = { 0 };
    struct node *cond = NULL;
    GX_TRY(parse_list(p, &args, &cond));
    if (is_word(name, "consent") && !cond)
        return parse_consent(p, name, &args, ret_node);
    GX_TRY(from_list(p, N_CALL, name->at, &args, ret_node));
    struct gx_str *names = GX_ARENA_NEW(p->arena, struct gx_str);
    *names = name->text;
    (*ret_node)->names = names;
    (*ret_node)->name_count = 1;
    (*ret_node)->cond = cond;
    return GX_OK;
}

/* a.b.c */
static enum gx_code parse_path(struct parser *p, const struct token *first, struct node **ret_node)
{
    struct gx_str names[GX_EXPR_DEPTH_MAX];
    size_t count = 0;
    names[count++] = first->text;
    while (take_op(p, OP_DOT)) {
        if (peek(p)->kind != T_NAME)
            return fail_expected(p, "a field", "欄位");
        if (count == GX_COUNT(names))
            return gx_expr_fail(p, peek(p)->at, GX_M_TOO_DEEP, GX_STR(""), GX_STR(""));
        names[count++] = peek(p)->text;
        p->next++;
    }
    GX_TRY(gx_expr_node_new(p, N_NAME, first->at, 0, ret_node));
    struct gx_str *copy = GX_ARENA_ARRAY(p->arena, struct gx_str, count);
    memcpy(copy, names, count * sizeof *copy);
    (*ret_node)->names = copy;
    (*ret_node)->name_count = count;
    return GX_OK;
}

static enum gx_code parse_name(struct parser *p, struct node **ret_node)
{
    static const char *const misplaced[] = { "and", "or", "in", "between", "is", "not" };
    const struct token *t = peek(p);
    for (size_t i = 0; i < GX_COUNT(misplaced); i++) {
        if (is_word(t, misplaced[i]))
            return fail_expected(p, "a value", "值");
    }
    p->next++;
    if (take_op(p, OP_OPEN))
        return parse_call(p, t, ret_node);
    bool yes = is_word(t, "true");
    if (yes || is_word(t, "false")) {
        GX_TRY(gx_expr_node_new(p, N_CONST, t->at, 0, ret_node));
        (*ret_node)->type = GX_TYPE_BOOL;
        (*ret_node)->value = gx_value_int(yes);
        return GX_OK;
    }
    if (is_word(t, "empty")) {
        GX_TRY(gx_expr_node_new(p, N_EMPTY, t->at, 0, ret_node));
        (*ret_node)->type = TYPE_EMPTY;
        return GX_OK;
    }
    return parse_path(p, t, ret_node);
}

/* The scale is what is needed: 1.50 is 1.5. */
static enum gx_code parse_number(struct parser *p, bool negative, struct node **ret_node)
{
    const struct token *t = peek(p);
    p->next++;
    GX_TRY(gx_expr_node_new(p, N_CONST, t->at, 0, ret_node));
    struct node *node = *ret_node;
    if (t->kind == T_SPAN || (peek(p)->kind == T_NAME && gx_expr_is_unit(peek(p)->text))) {
        struct gx_str word = t->kind == T_SPAN ? GX_STR("") : p->tokens[p->next++].text;
        GX_TRY(gx_expr_lex_span(p, t, word, node));
        if (negative)
            node->value.i = -node->value.i;
        return GX_OK;
    }
    size_t dot = gx_str_find(t->text, '.'), used = t->text.n;
    while (used > dot && (t->text.p[used - 1] == '0' || t->text.p[used - 1] == '.'))
        used--;
    node->type = GX_TYPE_NUMBER;
    node->scale = used > dot ? (int)(used - dot - 1) : 0;
    struct gx_str digits =
        gx_arena_printf(p->ctx->arena, "%s%.*s", negative ? "-" : "", (int)used, t->text.p);
    int64_t value;
    if (node->scale > GX_DECIMAL_SCALE_MAX || !gx_decimal_parse(digits, node->scale, &value))
        return gx_expr_fail(p, t->at, GX_M_EXPR_NUMBER, t->text, GX_STR(""));
    node->value = gx_value_int(value);
    return GX_OK;
}

static enum gx_code parse_primary(struct parser *p, struct node **ret_node)
{
    const struct token *t = peek(p);
    switch (t->kind) {
    case T_NUMBER:
    case T_SPAN:
        return parse_number(p, false, ret_node);
    case T_NAME:
        return parse_name(p, ret_node);
    case T_TEXT:
        p->next++;
        GX_TRY(gx_expr_node_new(p, t->text.n ? N_CONST : N_EMPTY, t->at, 0, ret_node));
        (*ret_node)->type = t->text.n ? (int)GX_TYPE_TEXT : (int)TYPE_EMPTY;
        if (t->text.n)
            (*ret_node)->value = gx_value_text(t->text);
        return GX_OK;
    case T_DATE:
    case T_MOMENT:
        p->next++;
        GX_TRY(gx_expr_node_new(p, t->local ? N_LOCAL_MOMENT : N_CONST, t->at, 0, ret_node));
        (*ret_node)->type = t->kind == T_DATE ? GX_TYPE_DATE : GX_TYPE_MOMENT;
        (*ret_node)->value = gx_value_int(t->value);
        return GX_OK;
    case T_OP:
        if (take_op(p, OP_OPEN)) {
            GX_TRY(parse_or(p, ret_node));
            return expect(p, OP_CLOSE, ")");
        }
        return fail_expected(p, "a value", "值");
    case T_END:
        break;
    }
    return fail_expected(p, "a value", "值");
}

static enum gx_code parse_unary(struct parser *p, struct node **ret_node)
{
    size_t at = peek(p)->at;
    if (!take_op(p, OP_SUB))
        return parse_primary(p, ret_node);
    GX_TRY(enter(p));
    if (peek(p)->kind == T_NUMBER || peek(p)->kind == T_SPAN) {
        GX_TRY(parse_number(p, true, ret_node));
    } else {
        struct node *kid;
        GX_TRY(parse_unary(p, &kid));
        GX_TRY(one(p, N_ARITH, at, kid, ret_node));
        (*ret_node)->op = OP_SUB;
    }
    p->depth--;
    return GX_OK;
}

static enum gx_code parse_product(struct parser *p, struct node **ret_node)
{
    GX_TRY(parse_unary(p, ret_node));
    while (is_op(p, OP_MUL) || is_op(p, OP_DIV)) {
        const struct token *t = peek(p);
        struct node *right;
        p->next++;
        GX_TRY(parse_unary(p, &right));
        GX_TRY(binary(p, N_ARITH, t->op, t->at, *ret_node, right, ret_node));
    }
    return GX_OK;
}

static enum gx_code parse_join(struct parser *p, struct node **ret_node)
{
    struct list list = { 0 };
    size_t at = peek(p)->at;
    push(p, &list, *ret_node);
    while (take_op(p, OP_JOIN)) {
        struct node *item;
        GX_TRY(parse_product(p, &item));
        push(p, &list, item);
    }
    return from_list(p, N_CONCAT, at, &list, ret_node);
}

static enum gx_code parse_sum(struct parser *p, struct node **ret_node)
{
    GX_TRY(parse_product(p, ret_node));
    for (;;) {
        const struct token *t = peek(p);
        struct node *right;
        if (is_op(p, OP_JOIN)) {
            GX_TRY(parse_join(p, ret_node));
        } else if (take_op(p, OP_ADD) || take_op(p, OP_SUB)) {
            GX_TRY(parse_product(p, &right));
            GX_TRY(binary(p, N_ARITH, t->op, t->at, *ret_node, right, ret_node));
        } else {
            return GX_OK;
        }
    }
}

static enum gx_code parse_in(struct parser *p, size_t at, struct node *left, struct node **ret_node)
{
    struct list list = { 0 };
    push(p, &list, left);
    if (take_op(p, OP_OPEN)) {
        GX_TRY(parse_list(p, &list, NULL));
        if (list.count < 2)
            return gx_expr_fail(p, at, GX_M_EXPR_NO_LIST, GX_STR(""), GX_STR(""));
        return from_list(p, N_IN, at, &list, ret_node);
    }
    struct node *period;
    GX_TRY(parse_sum(p, &period));
    push(p, &list, period);
    return from_list(p, N_IN_PERIOD, at, &list, ret_node);
}

static enum gx_code parse_between(struct parser *p, size_t at, struct node *left,
                                  struct node **ret_node)
{
    GX_TRY(gx_expr_node_new(p, N_BETWEEN, at, 3, ret_node));
    (*ret_node)->kids[0] = left;
    GX_TRY(parse_sum(p, &(*ret_node)->kids[1]));
    if (!take_word(p, "and"))
        return fail_expected(p, "and", "and");
    return parse_sum(p, &(*ret_node)->kids[2]);
}

/* What may follow a value: "= x", "not in (…)", "is not empty" … or nothing. */
static enum gx_code parse_comparison(struct parser *p, struct node **ret_node)
{
    GX_TRY(parse_sum(p, ret_node));
    const struct token *t = peek(p);
    struct node *left = *ret_node, *right;
    bool negated = false;
    if (t->kind == T_OP && t->op >= OP_EQ && t->op <= OP_ENDS) {
        p->next++;
        GX_TRY(parse_sum(p, &right));
        enum node_kind kind = t->op >= OP_CONTAINS ? N_MATCH : N_COMPARE;
        return binary(p, kind, t->op, t->at, left, right, ret_node);
    }
    if (take_word(p, "is")) {
        negated = take_word(p, "not");
        if (!take_word(p, "empty"))
            return fail_expected(p, "empty", "empty");
        GX_TRY(one(p, N_IS_EMPTY, t->at, left, ret_node));
    } else {
        negated = take_word(p, "not");
        if (take_word(p, "in"))
            GX_TRY(parse_in(p, t->at, left, ret_node));
        else if (take_word(p, "between"))
            GX_TRY(parse_between(p, t->at, left, ret_node));
        else if (negated)
            return fail_expected(p, "in", "in");
    }
    return negated ? one(p, N_NOT, t->at, *ret_node, ret_node) : GX_OK;
}

static enum gx_code parse_not(struct parser *p, struct node **ret_node)
{
    size_t at = peek(p)->at;
    if (!take_word(p, "not"))
        return parse_comparison(p, ret_node);
    struct node *kid;
    GX_TRY(enter(p));
    GX_TRY(parse_not(p, &kid));
    p->depth--;
    return one(p, N_NOT, at, kid, ret_node);
}

/* `a and b and c` as one node; parentheses that change nothing disappear. */
static enum gx_code parse_chain(struct parser *p, enum node_kind kind, const char *word,
                                enum gx_code (*part)(struct parser *p, struct node **ret_node),
                                struct node **ret_node)
{
    struct list list = { 0 };
    size_t at = peek(p)->at;
    do {
        struct node *item;
        GX_TRY(part(p, &item));
        for (size_t i = 0; item->kind == kind && i < item->count; i++)
            push(p, &list, item->kids[i]);
        if (item->kind != kind)
            push(p, &list, item);
    } while (take_word(p, word));
    if (list.count > 1)
        return from_list(p, kind, at, &list, ret_node);
    *ret_node = list.items[0];
    return GX_OK;
}

static enum gx_code parse_and(struct parser *p, struct node **ret_node)
{
    return parse_chain(p, N_AND, "and", parse_not, ret_node);
}

static enum gx_code parse_or(struct parser *p, struct node **ret_node)
{
    GX_TRY(enter(p));
    GX_TRY(parse_chain(p, N_OR, "or", parse_and, ret_node));
    p->depth--;
    return GX_OK;
}

enum gx_code gx_expr_tree(struct parser *p, struct node **ret_node)
{
    GX_TRY(gx_expr_lex(p, &p->tokens));
    if (peek(p)->kind == T_END)
        return gx_expr_fail(p, 0, GX_M_EXPR_NOTHING, GX_STR(""), GX_STR(""));
    GX_TRY(parse_or(p, ret_node));
    if (peek(p)->kind != T_END)
        return fail_expected(p, "and, or or the end", "and、or 或結尾");
    return GX_OK;
}
