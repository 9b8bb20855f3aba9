/* test_expr.c - what is an expression, what it prints as, what is wrong with those that are not. */
#include "gx_test.h"

#include "base/time.h"
#include "expr/expr_int.h"
#include "expr_world.h"

struct bench {
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct world world;
};

static void bench_open(struct bench *b)
{
    memset(b, 0, sizeof *b);
    b->ctx = gx_test_ctx(&b->arena);
    world_open(&b->world, &b->ctx, &b->arena);
}

static bool parse(struct bench *b, const char *object, const char *text, enum gx_type want,
                  const struct gx_expr **ret_expr)
{
    gx_ctx_clear(&b->ctx);
    return gx_expr_parse(&b->ctx, NULL, &b->world.schema, gx_str_c(object), gx_str_c(text), want,
                         ret_expr) == GX_OK;
}

/* Over `order`; "" for the canonical text: the same as written. */
static const struct {
    const char *text, *canonical;
    enum gx_type type;
    int scale;
} good[] = {
    { "stage = \"won\"", "", GX_TYPE_BOOL, 0 },
    { "stage = '贏單' or stage in ('Closed lost', 'open')",
      "stage = \"won\" or stage in (\"lost\", \"open\")", GX_TYPE_BOOL, 0 },
    { "account.owner.unit = 5", "", GX_TYPE_BOOL, 0 },
    { "AMOUNT > 1", NULL, GX_TYPE_ANY, 0 },
    { "not paid AND amount>=1000.50", "not paid and amount >= 1000.5", GX_TYPE_BOOL, 0 },
    { "(paid or late) and (not (paid and late))", "(paid or late) and not (paid and late)",
      GX_TYPE_BOOL, 0 },
    { "paid and (late and paid)", "paid and late and paid", GX_TYPE_BOOL, 0 },
    { "amount <> 5", "amount != 5", GX_TYPE_BOOL, 0 },
    { "amount == 5", "amount = 5", GX_TYPE_BOOL, 0 },
    { "qty not in (1,2) and qty is not empty", "qty not in (1, 2) and qty is not empty",
      GX_TYPE_BOOL, 0 },
    { "not qty in (1,2)", "qty not in (1, 2)", GX_TYPE_BOOL, 0 },
    { "qty not between 1 and 2 or qty = 3", "", GX_TYPE_BOOL, 0 },
    { "name = empty", "name is empty", GX_TYPE_BOOL, 0 },
    { "name != \"\"", "name is not empty", GX_TYPE_BOOL, 0 },
    { "closed in this_quarter and at not in last_fiscal_year()",
      "closed in this_quarter and at not in last_fiscal_year", GX_TYPE_BOOL, 0 },
    { "closed = '2026-11-21'", "closed = 2026-11-21", GX_TYPE_BOOL, 0 },
    { "at > 2026-11-21T08:00Z", "", GX_TYPE_BOOL, 0 },
    { "at > 2026-11-21T08:00+08:00", "at > 2026-11-21T00:00Z", GX_TYPE_BOOL, 0 },
    { "at > 2026-11-21T08:00:30.5", "at > 2026-11-21T08:00:30.500000", GX_TYPE_BOOL, 0 },
    { "took > 1h30m", "", GX_TYPE_BOOL, 0 },
    { "took > 90 minutes", "took > 1h30m", GX_TYPE_BOOL, 0 },
    { "took < 2 weeks", "took < 14d", GX_TYPE_BOOL, 0 },
    { "today() - 90d", "", GX_TYPE_DATE, 0 },
    { "90d + today()", "today() + 90d", GX_TYPE_DATE, 0 },
    { "today() - 3 months", "", GX_TYPE_DATE, 0 },
    { "today() + 1q - 2y", "today() + 3 months - 2 years", GX_TYPE_DATE, 0 },
    { "today() - -1mo", "today() + 1 month", GX_TYPE_DATE, 0 },
    { "at + 1 year", "", GX_TYPE_MOMENT, 0 },
    { "at - closed", "", GX_TYPE_DURATION, 0 },
    { "closed - today()", "", GX_TYPE_DURATION, 0 },
    { "days(closed - today())", "", GX_TYPE_NUMBER, 0 },
    { "amount * 1.05 + 3", "", GX_TYPE_MONEY, 4 },
    { "amount / amount", "", GX_TYPE_NUMBER, 6 },
    { "qty * weight", "", GX_TYPE_NUMBER, 3 },
    { "qty / 3", "", GX_TYPE_NUMBER, 6 },
    { "qty - (weight - 1) - 2", "", GX_TYPE_NUMBER, 3 },
    { "-qty * -(qty + 1)", "", GX_TYPE_NUMBER, 0 },
    { "-(5)", "-5", GX_TYPE_NUMBER, 0 },
    { "-9223372036854775808", "", GX_TYPE_NUMBER, 0 },
    { "0.123456789", "", GX_TYPE_NUMBER, 9 },
    { "1.500", "1.5", GX_TYPE_NUMBER, 1 },
    { "round(amount / 3, 2)", "", GX_TYPE_MONEY, 4 },
    { "round(weight, 1)", "", GX_TYPE_NUMBER, 1 },
    { "round(weight, -2)", "", GX_TYPE_NUMBER, 0 },
    { "Round(weight)", "round(weight)", GX_TYPE_NUMBER, 0 },
    { "min(qty, 3, weight)", "", GX_TYPE_NUMBER, 3 },
    { "max(amount, 3)", "", GX_TYPE_MONEY, 4 },
    { "coalesce(closed, today())", "", GX_TYPE_DATE, 0 },
    { "if(paid, amount, empty)", "", GX_TYPE_MONEY, 4 },
    { "if(paid, 'won', stage) = \"lost\"", "if(paid, \"won\", stage) = \"lost\"", GX_TYPE_BOOL, 0 },
    { "name + \" \" + qty", "name & \" \" & qty", GX_TYPE_TEXT, 0 },
    { "concat(name, \"-\", upper(name))", "name & \"-\" & upper(name)", GX_TYPE_TEXT, 0 },
    { "text(stage) & date(at)", "", GX_TYPE_TEXT, 0 },
    { "left(trim(name), 3)", "", GX_TYPE_TEXT, 0 },
    { "length(name) + 1", "", GX_TYPE_NUMBER, 0 },
    { "\"a\\\"b\\\\c\\nd\\te\"", "", GX_TYPE_TEXT, 0 },
    { "name ~ 'x' and name ^= \"y\" and name $= lower(name)",
      "name ~ \"x\" and name ^= \"y\" and name $= lower(name)", GX_TYPE_BOOL, 0 },
    { "account.label ~ \"x\"", "", GX_TYPE_BOOL, 0 },
    { "owner = me or account = \"12\"", "", GX_TYPE_BOOL, 0 },
    { "account.owner.unit = me.unit", "", GX_TYPE_BOOL, 0 },
    { "id = \"12\"", "", GX_TYPE_BOOL, 0 },
    { "account.parent.owner", "", GX_TYPE_LINK, 0 },
    { "account.boss", "", GX_TYPE_LINK, 0 },
    { "count(account.orders)", "", GX_TYPE_NUMBER, 0 },
    { "count(account.orders: at > today() - 90d) >= 2", "", GX_TYPE_BOOL, 0 },
    { "sum(account.orders.amount: amount > outer.amount)", "", GX_TYPE_MONEY, 4 },
    { "avg(account.orders.qty)", "", GX_TYPE_NUMBER, 6 },
    { "max(account.orders.closed)", "", GX_TYPE_DATE, 0 },
    { "sum(account.orders.account.revenue)", "", GX_TYPE_MONEY, 4 },
    { "all(account.orders: paid) and any(account.tags)", "", GX_TYPE_BOOL, 0 },
    { "account.orders is empty", "not any(account.orders)", GX_TYPE_BOOL, 0 },
    { "has(account.tags, \"5\", \"6\")", "any(account.tags: id in (\"5\", \"6\"))", GX_TYPE_BOOL,
      0 },
    { "has(account.interests, \"Tea\", 'golf')", "has(account.interests, \"tea\", \"golf\")",
      GX_TYPE_BOOL, 0 },
    { "any(account.children: any(orders: amount > outer.outer.amount))", "", GX_TYPE_BOOL, 0 },
    { "any(me.accounts: id = outer.account)", "", GX_TYPE_BOOL, 0 },
    { "weekday(at) in (6, 7) and year(closed) = year(today())", "", GX_TYPE_BOOL, 0 },
    { "\"e\xcc\x81\" = name", "\"\xc3\xa9\" = name", GX_TYPE_BOOL, 0 },
};

GX_TEST(expr_good)
{
    struct bench b;
    bench_open(&b);
    for (size_t i = 0; i < GX_COUNT(good); i++) {
        const struct gx_expr *expr, *again;
        const char *text = good[i].text;
        if (!good[i].canonical) {
            GX_CHECK(!parse(&b, "order", text, GX_TYPE_ANY, &expr), text);
            continue;
        }
        if (!GX_CHECK(parse(&b, "order", text, GX_TYPE_ANY, &expr), text)) {
            printf("%.*s\n", GX_STR_ARG(gx_ctx_text(&b.ctx)));
            continue;
        }
        struct gx_str canonical = gx_expr_text(&b.arena, expr);
        GX_CHECK_STR(canonical, gx_str_c(*good[i].canonical ? good[i].canonical : text), text);
        GX_CHECK(gx_expr_type(expr) == good[i].type, text);
        GX_CHECK(gx_expr_scale(expr) == good[i].scale, text);
        if (GX_CHECK(parse(&b, "order", gx_arena_cstr(&b.arena, canonical), GX_TYPE_ANY, &again),
                     text))
            GX_CHECK(gx_expr_same(expr, again), text);
    }
    gx_arena_free(&b.arena);
}

/* Over `order`. */
static const struct {
    const char *text;
    enum gx_message message;
    int64_t at;
    const char *says; /* stands in the English sentence */
} bad[] = {
    { "", GX_M_EXPR_NOTHING, 0, "" },
    { "   ", GX_M_EXPR_NOTHING, 0, "" },
    { "amount >", GX_M_EXPR_ENDS, 8, "a value" },
    { "(amount > 1", GX_M_EXPR_ENDS, 11, ")" },
    { "amount > 1)", GX_M_EXPR_EXPECTED, 10, "and" },
    { "amount > 1 2", GX_M_EXPR_EXPECTED, 11, "\"2\"" },
    { "amount > and", GX_M_EXPR_EXPECTED, 9, "" },
    { "amount # 1", GX_M_EXPR_CHARACTER, 7, "#" },
    { "name = \"abc", GX_M_EXPR_UNCLOSED, 7, "" },
    { "name = \"abc\\", GX_M_EXPR_UNCLOSED, 7, "" },
    { "name = \"a\\x\"", GX_M_EXPR_ESCAPE, 9, "" },
    { "qty = 99999999999999999999", GX_M_EXPR_NUMBER, 6, "" },
    { "qty = 0.1234567891", GX_M_EXPR_NUMBER, 6, "" },
    { "amount + 99999999999999999", GX_M_EXPR_NUMBER, 9, "" },
    { "closed = 2026-02-30", GX_M_EXPR_DATE, 9, "2026-02-30" },
    { "closed = \"soon\"", GX_M_EXPR_DATE, 9, "soon" },
    { "at > 2026-11-21T25:00", GX_M_EXPR_DATE, 5, "" },
    { "took > 5x", GX_M_EXPR_DURATION, 7, "5x" },
    { "took > 1.5 hours", GX_M_EXPR_DURATION, 7, "" },
    { "closed > today() - 9999999 months", GX_M_EXPR_DURATION, 19, "" },
    { "qty in ()", GX_M_EXPR_NO_LIST, 4, "" },
    { "qty in (1,)", GX_M_EXPR_EXPECTED, 10, "" },
    { "qty in 5", GX_M_EXPR_TYPE, 7, "a period" },
    { "qty in this_month", GX_M_EXPR_TYPE, 0, "a date" },
    { "qty is 5", GX_M_EXPR_EXPECTED, 7, "empty" },
    { "qty between 1 or 2", GX_M_EXPR_EXPECTED, 14, "and" },
    { "stgae = \"won\"", GX_M_UNKNOWN_KEY_NEAR, 0, "\"stage\"" },
    { "account.ownr.unit = 1", GX_M_UNKNOWN_KEY_NEAR, 8, "\"owner\"" },
    { "zzzzz = 1", GX_M_UNKNOWN_KEY, 0, "zzzzz" },
    { "count(account.orders: total > 1)", GX_M_UNKNOWN_KEY, 22, "" },
    { "count(account.children: qty > 1)", GX_M_UNKNOWN_KEY_NEAR, 24, "outer.qty" },
    { "outer.name = \"a\"", GX_M_EXPR_OUTER, 0, "" },
    { "any(account.orders: outer)", GX_M_EXPR_OUTER_ALONE, 20, "" },
    { "name.x = 1", GX_M_EXPR_NOT_LINK, 0, "name" },
    { "account.tags.name = \"a\"", GX_M_EXPR_MANY, 8, "tags" },
    { "account.orders > 1", GX_M_EXPR_MANY, 8, "count(orders)" },
    { "account.tags = 1", GX_M_EXPR_PAIR, 15, "" },
    { "account.tags", GX_M_EXPR_TYPE, 8, "" },
    { "count(name)", GX_M_EXPR_NOT_LIST, 6, "name" },
    { "count(account)", GX_M_EXPR_NOT_LIST, 6, "account" },
    { "count(1)", GX_M_EXPR_NO_LIST_NAMED, 0, "count(orders)" },
    { "sum(account.orders)", GX_M_EXPR_NO_VALUE, 4, "" },
    { "sum(account.orders.name)", GX_M_EXPR_TYPE, 19, "a number" },
    { "sum(account.orders.closed)", GX_M_EXPR_TYPE, 19, "" },
    { "count(account.orders.amount)", GX_M_EXPR_NO_FIELD, 6, "" },
    { "all(account.orders)", GX_M_EXPR_NO_CONDITION, 0, "" },
    { "abs(qty: paid)", GX_M_EXPR_NO_COLON, 9, "" },
    { "any(account.orders: amount)", GX_M_EXPR_TYPE, 20, "yes or no" },
    { "summ(account.orders.amount)", GX_M_EXPR_FUNCTION_NEAR, 0, "sum" },
    { "qqqqqq(1)", GX_M_EXPR_FUNCTION, 0, "" },
    { "abs(1, 2)", GX_M_EXPR_ARGS, 0, "1 values" },
    { "coalesce(1)", GX_M_EXPR_ARGS, 0, "" },
    { "round(amount, qty)", GX_M_EXPR_DIGITS, 14, "" },
    { "amount = \"five\"", GX_M_EXPR_PAIR, 9, "money and text" },
    { "paid = 1", GX_M_EXPR_PAIR, 7, "" },
    { "owner = account", GX_M_EXPR_PAIR, 8, "user and account" },
    { "account = \"Acme\"", GX_M_EXPR_ID, 10, "Acme" },
    { "stage = \"wonn\"", GX_M_NOT_A_CHOICE_NEAR, 8, "\"won\"" },
    { "stage = \"zzzzz\"", GX_M_NOT_A_CHOICE, 8, "" },
    { "stage < \"won\"", GX_M_EXPR_NO_ORDER, 6, "" },
    { "stage ~ \"won\"", GX_M_EXPR_TYPE, 0, "text" },
    { "left(name, 3) ~ \"a\"", GX_M_EXPR_NOT_FOLDABLE, 0, "" },
    { "paid is empty", GX_M_EXPR_NEVER_EMPTY, 5, "" },
    { "qty < empty", GX_M_EXPR_EMPTY, 4, "" },
    { "qty in (1, empty)", GX_M_EXPR_EMPTY, 11, "" },
    { "coalesce(empty, empty)", GX_M_EXPR_ALL_EMPTY, 0, "" },
    { "amount * amount", GX_M_EXPR_ARITH, 7, "money * money" },
    { "closed + closed", GX_M_EXPR_ARITH, 7, "a date + a date" },
    { "qty + paid", GX_M_EXPR_ARITH, 4, "" },
    { "-name", GX_M_EXPR_TYPE, 1, "" },
    { "amount and paid", GX_M_EXPR_TYPE, 0, "yes or no should stand, not money" },
    { "3 months", GX_M_EXPR_TYPE, 0, "" },
    { "this_month", GX_M_EXPR_TYPE, 0, "" },
    { "empty", GX_M_EXPR_TYPE, 0, "" },
    { "amount", GX_M_EXPR_WANT, 0, "yes or no, but it is money" },
    { "\"2026-01-01\" in (\"abc\", closed)", GX_M_EXPR_DATE, 17, "" },
    { "\xff", GX_M_BAD_UTF8, 0, "" },
};

GX_TEST(expr_bad)
{
    struct bench b;
    bench_open(&b);
    for (size_t i = 0; i < GX_COUNT(bad); i++) {
        const struct gx_expr *expr;
        const char *text = bad[i].text;
        if (!GX_CHECK(!parse(&b, "order", text, GX_TYPE_BOOL, &expr), text))
            continue;
        const struct gx_error *e = b.ctx.last_error;
        struct gx_str says = gx_error_text(&b.arena, e, GX_LANG_EN);
        bool ok = e->code == GX_E_INVALID && b.ctx.error_count == 1;
        ok = GX_CHECK(ok && e->message == bad[i].message, text) && ok;
        ok = GX_CHECK(e->at == bad[i].at, text) && ok;
        ok = GX_CHECK(gx_str_search(says, gx_str_c(bad[i].says)) != SIZE_MAX, text) && ok;
        if (!ok || e->message != bad[i].message)
            printf("  at %lld: %.*s\n", (long long)e->at, GX_STR_ARG(says));
    }
    gx_arena_free(&b.arena);
}

static void repeat(struct gx_buf *out, const char *piece, size_t count)
{
    while (count-- > 0)
        gx_buf_addz(out, piece);
}

GX_TEST(expr_limits)
{
    struct bench b;
    bench_open(&b);
    static const struct {
        const char *before, *piece, *middle, *after_piece, *after;
        size_t count;
        enum gx_message message; /* GX_M_NONE: accepted */
    } rows[] = {
        { "", "(", "paid", ")", "", 60, GX_M_NONE },
        { "", "(", "paid", ")", "", 64, GX_M_TOO_DEEP },
        { "", "not ", "paid", "", "", 60, GX_M_NONE },
        { "", "not ", "paid", "", "", 70, GX_M_TOO_DEEP },
        { "", "-", "qty", "", " > 1", 70, GX_M_TOO_DEEP },
        { "qty", " + qty", "", "", " > 1", 60, GX_M_NONE },
        { "qty", " + qty", "", "", " > 1", 65, GX_M_TOO_DEEP },
        { "paid", " or qty = 1", "", "", "", 300, GX_M_NONE },
        { "paid", " or qty=1", "", "", "", 400, GX_M_EXPR_TOO_MANY },
        { "qty in (1", ",1", "", "", ")", 900, GX_M_NONE },
        { "qty in (1", ",1", "", "", ")", 1000, GX_M_EXPR_TOO_MANY },
        { "paid", " or each between each and each", "", "", "", 100, GX_M_NONE },
        { "paid", "                   ", "", "", "", 500, GX_M_EXPR_TOO_LONG },
        { "account", ".parent", "", "", ".active", 60, GX_M_TOO_DEEP },
        { "account", ".parent", "", "", ".active", 25, GX_M_NONE },
    };
    for (size_t i = 0; i < GX_COUNT(rows); i++) {
        struct gx_buf text = { 0 };
        const struct gx_expr *expr;
        gx_buf_addz(&text, rows[i].before);
        repeat(&text, rows[i].piece, rows[i].count);
        gx_buf_addz(&text, rows[i].middle);
        repeat(&text, rows[i].after_piece, rows[i].count);
        gx_buf_addz(&text, rows[i].after);
        gx_buf_addc(&text, 0);
        bool ok = parse(&b, "order", text.p, GX_TYPE_BOOL, &expr);
        GX_CHECK(ok == (rows[i].message == GX_M_NONE), rows[i].piece);
        if (!ok)
            GX_CHECK(b.ctx.last_error->message == rows[i].message, rows[i].piece);
        gx_buf_free(&text);
    }
    gx_arena_free(&b.arena);
}

/* Formulas that double each other stay within the cost limit, and a cycle is refused. */
GX_TEST(expr_formulas)
{
    struct bench b;
    bench_open(&b);
    struct gx_expr_field *fields = b.world.fields[WORLD_USER];
    struct gx_expr_object *user = &b.world.objects[WORLD_USER];
    const struct gx_expr *expr;
    bool ok = true;
    for (int i = 0; i < 15 && ok; i++) {
        struct gx_str text =
            i ? gx_arena_printf(&b.arena, "f%d + f%d", i - 1, i - 1) : GX_STR("unit + unit");
        ok = parse(&b, "user", gx_arena_cstr(&b.arena, text), GX_TYPE_ANY, &expr);
        GX_CHECK(ok == (i < 10), "doubling");
        fields[user->field_count++] = (struct gx_expr_field){
            .name = gx_arena_printf(&b.arena, "f%d", i),
            .type = GX_TYPE_NUMBER,
            .formula = expr,
            .formula_text = text,
        };
    }
    GX_CHECK(!ok && b.ctx.last_error->message == GX_M_EXPR_TOO_MANY, "too many parts");
    fields[user->field_count++] = (struct gx_expr_field){
        .name = GX_STR("self"),
        .formula_text = GX_STR("self + 1"),
    };
    GX_CHECK(!parse(&b, "user", "self + 1", GX_TYPE_ANY, &expr), "cycle");
    GX_CHECK(b.ctx.last_error->message == GX_M_EXPR_CYCLE, "cycle");
    GX_CHECK(!parse(&b, "nothing", "1", GX_TYPE_ANY, &expr), "no object");
    GX_CHECK(b.ctx.last_error->message == GX_M_EXPR_OBJECT, "no object");
    gx_arena_free(&b.arena);
}

GX_TEST(expr_want)
{
    struct bench b;
    bench_open(&b);
    const struct gx_expr *expr;
    GX_CHECK(parse(&b, "order", "qty + 1", GX_TYPE_MONEY, &expr), "a number is money");
    GX_CHECK(gx_expr_type(expr) == GX_TYPE_MONEY && gx_expr_scale(expr) == 4, "its scale");
    GX_CHECK(parse(&b, "order", "qty", GX_TYPE_TEXT, &expr), "a number is text");
    GX_CHECK(gx_expr_type(expr) == GX_TYPE_TEXT, "text");
    GX_CHECK(parse(&b, "order", "account.owner", GX_TYPE_LINK, &expr), "link");
    GX_CHECK(strcmp(gx_expr_link_object(expr), "user") == 0, "link object");
    GX_CHECK(parse(&b, "order", "id", GX_TYPE_LINK, &expr), "id");
    GX_CHECK(strcmp(gx_expr_link_object(expr), "order") == 0, "id object");
    GX_CHECK(parse(&b, "order", "qty", GX_TYPE_ANY, &expr), "number");
    GX_CHECK(gx_expr_link_object(expr) == NULL, "no link");
    gx_arena_free(&b.arena);
}

GX_TEST(expr_and)
{
    struct bench b;
    bench_open(&b);
    const struct gx_expr *a, *c, *both, *again;
    GX_CHECK(parse(&b, "order", "paid or late", GX_TYPE_BOOL, &a), "a");
    GX_CHECK(parse(&b, "order", "qty = 1 and paid", GX_TYPE_BOOL, &c), "c");
    GX_CHECK(gx_expr_and(&b.arena, a, NULL) == a && gx_expr_and(&b.arena, NULL, a) == a, "NULL");
    GX_CHECK(gx_expr_and(&b.arena, NULL, NULL) == NULL, "both NULL");
    both = gx_expr_and(&b.arena, a, c);
    struct gx_str text = gx_expr_text(&b.arena, both);
    GX_CHECK_STR(text, GX_STR("(paid or late) and qty = 1 and paid"), "joined");
    GX_CHECK(parse(&b, "order", gx_arena_cstr(&b.arena, text), GX_TYPE_BOOL, &again), "again");
    GX_CHECK(gx_expr_same(both, again), "the same tree");
    gx_arena_free(&b.arena);
}

GX_TEST(expr_terms)
{
    struct bench b;
    bench_open(&b);
    const struct gx_expr *expr;
    struct gx_expr_term t[8];
    GX_CHECK(parse(&b, "order",
                   "stage = \"won\" and 5 < qty and name ^= \"a\" and closed in this_month and "
                   "at = 2026-01-01 and (paid or late) and account.name = \"x\" and paid and "
                   "weight in (1, 2) and qty > weight",
                   GX_TYPE_BOOL, &expr),
             "parse");
    size_t n = gx_expr_terms(expr, t, GX_COUNT(t));
    GX_CHECK(n == 7, "seven");
    GX_CHECK(gx_str_is(t[0].field, "stage") && t[0].equal && !t[0].range, "=");
    GX_CHECK(gx_str_is(t[1].field, "qty") && t[1].range && !t[1].equal, "mirrored <");
    GX_CHECK(gx_str_is(t[2].field, "name") && t[2].prefix, "^=");
    GX_CHECK(gx_str_is(t[3].field, "closed") && t[3].range, "period");
    GX_CHECK(gx_str_is(t[4].field, "at") && t[4].range, "a day of moments");
    GX_CHECK(gx_str_is(t[5].field, "paid") && t[5].equal, "yes");
    GX_CHECK(gx_str_is(t[6].field, "weight") && t[6].equal, "in");
    GX_CHECK(gx_expr_terms(expr, t, 2) == 2, "at most");
    gx_arena_free(&b.arena);
}

GX_TEST(expr_reserved)
{
    static const char *const yes[] = { "and",   "NOT",        "me",
                                       "outer", "this_month", "next_fiscal_quarter" };
    static const char *const no[] = { "count", "year", "id", "month", "android", "this_thing" };
    for (size_t i = 0; i < GX_COUNT(yes); i++)
        GX_CHECK(gx_expr_reserved(gx_str_c(yes[i])), yes[i]);
    for (size_t i = 0; i < GX_COUNT(no); i++)
        GX_CHECK(!gx_expr_reserved(gx_str_c(no[i])), no[i]);
}

static const struct {
    int64_t now_day; /* 2026-11-21 is 20778 */
    int fiscal;
    enum period period;
    int shift;
    const char *from, *to;
} periods[] = {
    { 20778, 1, PERIOD_WEEK, 0, "2026-11-16", "2026-11-23" },
    { 20778, 1, PERIOD_WEEK, -1, "2026-11-09", "2026-11-16" },
    { 20778, 1, PERIOD_MONTH, 0, "2026-11-01", "2026-12-01" },
    { 20778, 1, PERIOD_MONTH, 1, "2026-12-01", "2027-01-01" },
    { 20778, 1, PERIOD_QUARTER, 0, "2026-10-01", "2027-01-01" },
    { 20778, 1, PERIOD_QUARTER, -1, "2026-07-01", "2026-10-01" },
    { 20778, 1, PERIOD_YEAR, -1, "2025-01-01", "2026-01-01" },
    { 20778, 4, PERIOD_FISCAL_YEAR, 0, "2026-04-01", "2027-04-01" },
    { 20778, 12, PERIOD_FISCAL_YEAR, 0, "2025-12-01", "2026-12-01" },
    { 20778, 4, PERIOD_FISCAL_QUARTER, 0, "2026-10-01", "2027-01-01" },
    { 20778, 2, PERIOD_FISCAL_QUARTER, 0, "2026-11-01", "2027-02-01" },
    { 20778, 12, PERIOD_FISCAL_QUARTER, 0, "2026-09-01", "2026-12-01" },
    { 20778, 4, PERIOD_QUARTER, 0, "2026-10-01", "2027-01-01" },
    { 20819, 7, PERIOD_FISCAL_YEAR, 1, "2027-07-01", "2028-07-01" },
};

GX_TEST(expr_periods)
{
    for (size_t i = 0; i < GX_COUNT(periods); i++) {
        const struct gx_expr_env env = {
            .now_us = periods[i].now_day * GX_DAY_US + 3 * GX_HOUR_US,
            .fiscal_start_month = periods[i].fiscal,
        };
        int64_t from, to, want;
        gx_expr_period_range(&env, periods[i].period, periods[i].shift, &from, &to);
        GX_CHECK(gx_date_parse(gx_str_c(periods[i].from), &want) && want == from, periods[i].from);
        GX_CHECK(gx_date_parse(gx_str_c(periods[i].to), &want) && want == to, periods[i].to);
    }
}

/* What an index needs: the column alone on one side, constants bound on the other. */
static const struct {
    const char *object, *text, *sqlite, *postgres;
} statements[] = {
    { "order", "stage = \"won\"", "(\"t\".\"stage\" = ?1)",
      "(\"t\".\"stage\" = CAST(?1 AS text))" },
    { "order", "closed in this_quarter", "(\"t\".\"closed\" BETWEEN ?1 AND ?2)",
      "(\"t\".\"closed\" BETWEEN CAST(?1 AS bigint) AND CAST(?2 AS bigint))" },
    { "order", "at > today() - 90d", "(\"t\".\"at\" >= ?1)",
      "(\"t\".\"at\" >= CAST(?1 AS bigint))" },
    { "order", "1000 < amount", "(\"t\".\"amount\" > ?1)",
      "(\"t\".\"amount\" > CAST(?1 AS bigint))" },
    { "order", "name ^= \"A\"",
      "(\"gx_fold\"(\"t\".\"name\") >= ?1 AND \"gx_fold\"(\"t\".\"name\") < ?2)",
      "(\"t\".\"name_k\" >= CAST(?1 AS text) AND \"t\".\"name_k\" < CAST(?2 AS text))" },
    { "order", "name ~ \"A%\"", "(instr(\"gx_fold\"(\"t\".\"name\"), ?1) > 0)",
      "(\"t\".\"name_k\" LIKE CAST(?1 AS text) ESCAPE '!')" },
    { "order", "owner = me and not paid",
      "((\"t\".\"owner\" = ?1) AND ((\"t\".\"paid\" = 1) IS NOT TRUE))",
      "((\"t\".\"owner\" = CAST(?1 AS bigint)) AND ((\"t\".\"paid\" = 1) IS NOT TRUE))" },
    { "order", "account.name = \"x\"",
      "(\"t\".\"account\" IN (SELECT \"gx1\".\"id\" FROM \"accounts\" AS \"gx1\" WHERE "
      "\"gx1\".\"id\" IS NOT NULL AND "
      "\"gx1\".\"deleted_at\" IS NULL AND (\"gx1\".\"name\" = ?1 AND "
      "\"gx_fold\"(\"gx1\".\"name\") = ?2)))",
      "(\"t\".\"account\" IN (SELECT \"gx1\".\"id\" FROM \"accounts\" AS \"gx1\" WHERE "
      "\"gx1\".\"id\" IS NOT NULL AND "
      "\"gx1\".\"deleted_at\" IS NULL AND \"gx1\".\"name\" = CAST(?1 AS text)))" },
    { "account", "count(orders: paid) >= 2",
      "((SELECT count(*) FROM \"orders\" AS \"gx1\" WHERE \"gx1\".\"account\" = \"t\".\"id\" AND "
      "\"gx1\".\"deleted_at\" IS NULL AND (\"gx1\".\"paid\" = 1)) >= ?1)",
      "((SELECT count(*) FROM \"orders\" AS \"gx1\" WHERE \"gx1\".\"account\" = \"t\".\"id\" AND "
      "\"gx1\".\"deleted_at\" IS NULL AND (\"gx1\".\"paid\" = 1)) >= CAST(?1 AS bigint))" },
    { "order", "1 = 2", "(1 = 0)", "(1 = 0)" },
};

GX_TEST(expr_sql)
{
    struct bench b;
    bench_open(&b);
    const struct gx_expr_env env = { .me = 7, .now_us = b.ctx.now_us, .tz_offset_min = 480 };
    for (size_t i = 0; i < GX_COUNT(statements); i++) {
        const struct gx_expr *expr;
        const char *text = statements[i].text;
        if (!GX_CHECK(parse(&b, statements[i].object, text, GX_TYPE_BOOL, &expr), text))
            continue;
        struct gx_sqlb *lite = gx_sqlb_new(&b.arena, GX_SQLITE);
        struct gx_sqlb *pg = gx_sqlb_new(&b.arena, GX_POSTGRES);
        gx_expr_sql(lite, expr, &env, GX_STR("t"));
        gx_expr_sql(pg, expr, &env, GX_STR("t"));
        GX_CHECK_STR(gx_sqlb_sql(lite).text_, gx_str_c(statements[i].sqlite), text);
        GX_CHECK_STR(gx_sqlb_sql(pg).text_, gx_str_c(statements[i].postgres), text);
    }
    gx_arena_free(&b.arena);
}

/* The page for people names every function. */
GX_TEST(expr_docs)
{
    FILE *f = fopen("docs/EXPRESSIONS.md", "r");
    static char page[32768];
    if (!f) {
        gx_skip("docs/EXPRESSIONS.md is not in the folder this runs in");
        return;
    }
    struct gx_str text = { page, fread(page, 1, sizeof page, f) };
    fclose(f);
    for (size_t i = 0; i < gx_expr_call_count(); i++) {
        const char *name = gx_expr_call_name(i);
        char call[40];
        snprintf(call, sizeof call, "`%s(", name);
        GX_CHECK(gx_str_search(text, gx_str_c(call)) != SIZE_MAX, name);
    }
}
