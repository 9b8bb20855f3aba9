/*
 * test_expr_docs.c - every example of docs/EXPRESSIONS.md is one of the shipped packs.
 *
 * A block names its object behind the three marks; each of its lines is an expression.  What stands
 * between single marks in the text must be an expression of some object, or one of the forms and
 * words below, which stand for others.
 */
#include <stdio.h>

#include "gx_test.h"
#include "meta/meta.h"

static const char *const words[] = {
    /* marks and words of the language */
    "and",
    "or",
    "not",
    "outer.",
    "this_",
    "last_",
    "next_",
    "week",
    "month",
    "quarter",
    "year",
    "fiscal_quarter",
    "fiscal_year",
    "+ - &",
    "* /",
    "-",
    "+ -",
    "+ - *",
    "/",
    "&",
    "+",
    "AND",
    "~ ^= $=",
    "=",
    "!=",
    "in",
    "not in",
    "not between",
    "is empty",
    "= empty",
    "= \"\"",
    "count",
    "sum",
    "avg",
    "min",
    "max",
    "any",
    "all",
    "coalesce",
    "count sum avg min max any all has",
    "<",
    "<=",
    ">",
    ">=",
    "\\\"",
    "\\'",
    "\\\\",
    "\\n",
    "\\t",
    "3 months",
    "1 quarter",
    "2 years",
    "empty",
    "3mo",
    "1q",
    "2y",
    /* forms: a, b, x … stand for values */
    "\"text\"",
    "'text'",
    "a = b",
    "a in (x, y)",
    "a not in (x, y)",
    "a between x and y",
    "a is empty",
    "a is not empty",
    "year(d)",
    "quarter(d)",
    "month(d)",
    "day(d)",
    "weekday(d)",
    "d",
    "date(m)",
    "days(u)",
    "hours(u)",
    "minutes(u)",
    "abs(x)",
    "round(x)",
    "round(x, 2)",
    "round(x, -3)",
    "floor(x)",
    "ceil(x)",
    "if(condition, a, b)",
    "length(t)",
    "lower(t)",
    "upper(t)",
    "trim(t)",
    "left(t, n)",
    "right(t, n)",
    "valid_tax_id(t)",
    "text(x)",
    "a & b",
    "left(t, 0)",
    "lower()",
    "upper()",
    "trim()",
    "if()",
    "coalesce()",
    "text()",
    "left()",
    "right()",
};

static bool is_word(struct gx_str span)
{
    for (size_t i = 0; i < GX_COUNT(words); i++)
        if (gx_str_is(span, words[i]))
            return true;
    return gx_str_search(span, GX_STR("…")) != SIZE_MAX;
}

static bool parses(struct gx_ctx *ctx, const struct gx_meta *meta, struct gx_str object,
                   struct gx_str text)
{
    const struct gx_expr *expr;
    gx_ctx_clear(ctx);
    return gx_expr_parse(ctx, NULL, &meta->schema, object, text, GX_TYPE_ANY, &expr) == GX_OK;
}

static void check_span(struct gx_ctx *ctx, const struct gx_meta *meta, struct gx_str span)
{
    bool good = is_word(span);
    for (size_t i = 0; i < meta->object_count && !good; i++)
        good = parses(ctx, meta, meta->objects[i]->x.name, span);
    GX_CHECK(good, gx_arena_cstr(ctx->arena, span));
}

static void check_line(struct gx_ctx *ctx, const struct gx_meta *meta, struct gx_str line)
{
    size_t from = 0;
    bool in = false;
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] != '`')
            continue;
        if (in)
            check_span(ctx, meta, (struct gx_str){ line.p + from, i - from });
        in = !in;
        from = i + 1;
    }
}

GX_TEST(expr_docs_examples)
{
    static const struct gx_str packs[] = { GX_STR_INIT("core"), GX_STR_INIT("sales") };
    static char page[32768];
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_meta_source *sources;
    struct gx_meta *meta = NULL;
    FILE *f = fopen("docs/EXPRESSIONS.md", "r");
    if (!f) {
        gx_skip("docs/EXPRESSIONS.md is not in the folder this runs in");
        return;
    }
    struct gx_str rest = { page, fread(page, 1, sizeof page, f) }, line, block = GX_STR("");
    fclose(f);
    for (size_t i = 0; i < GX_COUNT(words); i++)
        GX_CHECK(gx_str_search(rest, gx_arena_printf(&arena, "`%s`", words[i])) != SIZE_MAX,
                 words[i]);
    size_t count = gx_meta_embedded(&arena, packs, GX_COUNT(packs), &sources), examples = 0;
    if (!GX_CHECK(gx_meta_load(&ctx, sources, count, &meta) == GX_OK, "packs"))
        return;
    while (gx_str_split(&rest, '\n', &line)) {
        if (gx_str_starts(line, GX_STR("```"))) {
            bool begins = block.n == 0;
            block = begins ? gx_str_from(line, 3) : GX_STR("");
            GX_CHECK(!begins || gx_meta_object(meta, block),
                     "a block says which object it is about");
        } else if (block.n) {
            examples++;
            GX_CHECK(parses(&ctx, meta, block, line), gx_arena_cstr(&arena, line));
        } else {
            check_line(&ctx, meta, line);
        }
    }
    GX_CHECK(examples > 8, "the page has examples");
    gx_meta_unref(meta);
    gx_arena_free(&arena);
}
