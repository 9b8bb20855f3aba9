/*
 * expr_lex.c - characters to tokens.
 *
 * Dates are told from subtractions by their exact shape (four, two and two digits).  Names may
 * hold any letter beyond ASCII, so that a field may be called 金額.
 */
#include "expr/expr_int.h"

#include "base/text.h"
#include "base/time.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}

static bool is_name(char c)
{
    return is_name_start(c) || is_digit(c);
}

/* Length of the digits at s[from]. */
static size_t digits(struct gx_str s, size_t from)
{
    size_t n = 0;
    while (from + n < s.n && is_digit(s.p[from + n]))
        n++;
    return n;
}

static bool date_here(struct gx_str s, size_t at)
{
    return digits(s, at) == 4 && s.n > at + 4 && s.p[at + 4] == '-' && digits(s, at + 5) == 2 &&
           s.n > at + 7 && s.p[at + 7] == '-' && digits(s, at + 8) == 2;
}

/* The zone at s[at], if any: Z, +08:00, -0500. */
static size_t zone_length(struct gx_str s, size_t at)
{
    if (at < s.n && (s.p[at] == 'Z' || s.p[at] == 'z'))
        return 1;
    if (at >= s.n || (s.p[at] != '+' && s.p[at] != '-') || digits(s, at + 1) < 2)
        return 0;
    if (at + 3 < s.n && s.p[at + 3] == ':' && digits(s, at + 4) == 2)
        return 6;
    return digits(s, at + 1) == 4 ? 5 : 3;
}

static enum gx_code lex_moment(struct parser *p, struct token *t, size_t *at)
{
    struct gx_str s = p->text;
    size_t end = *at + 10;
    if (end < s.n && (s.p[end] == 'T' || s.p[end] == 't') && digits(s, end + 1)) {
        end++;
        while (end < s.n && (is_digit(s.p[end]) || s.p[end] == ':' || s.p[end] == '.'))
            end++;
        size_t zone = zone_length(s, end);
        end += zone;
        t->kind = T_MOMENT;
        t->local = zone == 0;
    } else {
        t->kind = T_DATE;
    }
    t->text = (struct gx_str){ s.p + *at, end - *at };
    bool ok = t->kind == T_DATE ? gx_date_parse(t->text, &t->value)
                                : gx_moment_parse(t->text, 0, &t->value);
    if (t->kind == T_MOMENT)
        ok = ok && t->value >= GX_DATE_MIN * GX_DAY_US && t->value < (GX_DATE_MAX + 1) * GX_DAY_US;
    if (!ok || (end < s.n && is_name(s.p[end])))
        return gx_expr_fail(p, *at, GX_M_EXPR_DATE, t->text, GX_STR(""));
    *at = end;
    return GX_OK;
}

static enum gx_code lex_number(struct parser *p, struct token *t, size_t *at)
{
    struct gx_str s = p->text;
    if (date_here(s, *at))
        return lex_moment(p, t, at);
    size_t end = *at + digits(s, *at);
    t->kind = T_NUMBER;
    if (end + 1 < s.n && s.p[end] == '.' && is_digit(s.p[end + 1])) {
        end++;
        end += digits(s, end);
    }
    if (end < s.n && is_name_start(s.p[end])) {
        t->kind = T_SPAN;
        while (end < s.n && is_name(s.p[end]))
            end++;
    }
    t->text = (struct gx_str){ s.p + *at, end - *at };
    *at = end;
    return GX_OK;
}

static enum gx_code lex_text(struct parser *p, struct token *t, size_t *at)
{
    struct gx_str s = p->text;
    char quote = s.p[*at];
    size_t n = 0, i = *at + 1, end = i;
    while (end < s.n && s.p[end] != quote)
        end += s.p[end] == '\\' ? 2 : 1;
    if (end >= s.n)
        return gx_expr_fail(p, *at, GX_M_EXPR_UNCLOSED, GX_STR(""), GX_STR(""));
    char *out = gx_arena_alloc(p->arena, end - i);
    for (; i < end; i++) {
        char c = s.p[i];
        if (c == '\\') {
            c = s.p[++i];
            if (c == 'n')
                c = '\n';
            else if (c == 't')
                c = '\t';
            else if (c != '\\' && c != '"' && c != '\'')
                return gx_expr_fail(p, i - 1, GX_M_EXPR_ESCAPE, GX_STR(""), GX_STR(""));
        }
        if (c == 0)
            return gx_expr_fail(p, i, GX_M_EXPR_CHARACTER, GX_STR("NUL"), GX_STR(""));
        out[n++] = c;
    }
    t->kind = T_TEXT;
    if (gx_text_clean(p->arena, (struct gx_str){ out, n }, &t->text) != GX_OK)
        return gx_expr_fail(p, *at, GX_M_BAD_UTF8, GX_STR(""), GX_STR(""));
    *at = i + 1;
    return GX_OK;
}

static enum gx_code lex_op(struct parser *p, struct token *t, size_t *at)
{
    static const struct {
        char text[3];
        enum op op;
    } ops[] = {
        { "!=", OP_NE },     { "<>", OP_NE },   { "<=", OP_LE },      { ">=", OP_GE },
        { "^=", OP_STARTS }, { "$=", OP_ENDS }, { "==", OP_EQ },      { "=", OP_EQ },
        { "<", OP_LT },      { ">", OP_GT },    { "~", OP_CONTAINS }, { "+", OP_ADD },
        { "-", OP_SUB },     { "*", OP_MUL },   { "/", OP_DIV },      { "&", OP_JOIN },
        { "(", OP_OPEN },    { ")", OP_CLOSE }, { ",", OP_COMMA },    { ":", OP_COLON },
        { ".", OP_DOT },
    };
    struct gx_str rest = gx_str_from(p->text, *at);
    for (size_t i = 0; i < GX_COUNT(ops); i++) {
        struct gx_str op = gx_str_c(ops[i].text);
        if (!gx_str_starts(rest, op))
            continue;
        t->kind = T_OP;
        t->op = ops[i].op;
        t->text = (struct gx_str){ rest.p, op.n };
        *at += op.n;
        return GX_OK;
    }
    return gx_expr_fail(p, *at, GX_M_EXPR_CHARACTER, (struct gx_str){ rest.p, 1 }, GX_STR(""));
}

static enum gx_code lex_one(struct parser *p, struct token *t, size_t *at)
{
    char c = p->text.p[*at];
    if (is_digit(c))
        return lex_number(p, t, at);
    if (c == '"' || c == '\'')
        return lex_text(p, t, at);
    if (!is_name_start(c))
        return lex_op(p, t, at);
    size_t end = *at;
    while (end < p->text.n && is_name(p->text.p[end]))
        end++;
    t->kind = T_NAME;
    t->text = (struct gx_str){ p->text.p + *at, end - *at };
    *at = end;
    return GX_OK;
}

enum gx_code gx_expr_lex(struct parser *p, struct token **ret_tokens)
{
    struct gx_str s = p->text;
    if (s.n > GX_EXPR_TEXT_BYTES_MAX)
        return gx_expr_fail(p, GX_EXPR_TEXT_BYTES_MAX, GX_M_EXPR_TOO_LONG, GX_STR("8192"),
                            GX_STR(""));
    if (!gx_text_valid(s))
        return gx_expr_fail(p, 0, GX_M_BAD_UTF8, GX_STR(""), GX_STR(""));
    size_t count = 0;
    /* Every token has a byte at least; one more for the end. */
    struct token *tokens = GX_ARENA_ARRAY(p->ctx->arena, struct token, s.n + 1);
    for (size_t at = 0; at < s.n;) {
        char c = s.p[at];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            at++;
            continue;
        }
        struct token *t = &tokens[count++];
        t->at = at;
        GX_TRY(lex_one(p, t, &at));
    }
    tokens[count].kind = T_END;
    tokens[count].at = s.n;
    *ret_tokens = tokens;
    return GX_OK;
}

struct unit {
    const char *word;
    int64_t us, months;
};

static const struct unit *find_unit(struct gx_str word)
{
    static const struct unit units[] = {
        { "second", GX_SECOND_US, 0 },
        { "s", GX_SECOND_US, 0 },
        { "minute", GX_MINUTE_US, 0 },
        { "m", GX_MINUTE_US, 0 },
        { "hour", GX_HOUR_US, 0 },
        { "h", GX_HOUR_US, 0 },
        { "day", GX_DAY_US, 0 },
        { "d", GX_DAY_US, 0 },
        { "week", 7 * GX_DAY_US, 0 },
        { "w", 7 * GX_DAY_US, 0 },
        { "month", 0, 1 },
        { "mo", 0, 1 },
        { "quarter", 0, 3 },
        { "q", 0, 3 },
        { "year", 0, 12 },
        { "y", 0, 12 },
    };
    for (size_t i = 0; i < GX_COUNT(units); i++) {
        struct gx_str name = gx_str_c(units[i].word);
        struct gx_str w = word;
        if (name.n > 2 && w.n == name.n + 1 && (w.p[w.n - 1] | 32) == 's')
            w.n--;
        if (gx_str_ieq(w, name))
            return &units[i];
    }
    return NULL;
}

bool gx_expr_is_unit(struct gx_str word)
{
    return find_unit(word) != NULL;
}

/* "3 months", "90d", "1h30m" to a constant. */
enum gx_code gx_expr_lex_span(struct parser *p, const struct token *number, struct gx_str word,
                              struct node *node)
{
    struct gx_str count_text = number->text;
    size_t n = digits(count_text, 0);
    if (number->kind == T_SPAN) {
        word = gx_str_from(count_text, n);
        count_text.n = n;
    }
    const struct unit *unit = find_unit(word);
    int64_t count, value = 0;
    if (!unit) {
        if (!gx_duration_parse(number->text, &value))
            return gx_expr_fail(p, number->at, GX_M_EXPR_DURATION, number->text, GX_STR(""));
        node->type = GX_TYPE_DURATION;
    } else {
        bool ok = gx_str_int64(count_text, &count) &&
                  !__builtin_mul_overflow(count, unit->months ? unit->months : unit->us, &value) &&
                  (!unit->months || value <= MONTHS_MAX);
        if (!ok)
            return gx_expr_fail(p, number->at, GX_M_EXPR_DURATION, number->text, GX_STR(""));
        node->type = unit->months ? (int)TYPE_MONTHS : (int)GX_TYPE_DURATION;
    }
    node->kind = unit && unit->months ? N_MONTHS : N_CONST;
    node->value = gx_value_int(value);
    return GX_OK;
}
