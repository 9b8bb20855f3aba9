/* test_facts.c - what packs declare of facts: the shipped ones are right, wrong ones are told. */
#include <stdlib.h>

#include "gx_test.h"
#include "report/facts.h"

static const struct gx_str packs[] = { GX_STR_INIT("core"), GX_STR_INIT("sales") };

static enum gx_code load(struct gx_ctx *ctx, const char *json, const struct gx_facts **ret_facts)
{
    struct gx_meta_source *sources;
    struct gx_meta *meta;
    size_t count = gx_meta_embedded(ctx->arena, packs, GX_COUNT(packs), &sources);
    GX_TRY(gx_meta_load(ctx, sources, count, &meta));
    if (json)
        sources[count++] = (struct gx_meta_source){ .path = GX_STR("custom/facts/x.json"),
                                                    .json = gx_str_c(json),
                                                    .custom = true };
    enum gx_code code = gx_facts_load(ctx, ctx->arena, meta, sources, count, ret_facts);
    gx_meta_unref(meta);
    return code;
}

GX_TEST(facts_of_packs)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .lang = GX_LANG_EN };
    const struct gx_facts *facts;
    size_t n = 0;
    GX_CHECK(load(&ctx, NULL, &facts) == GX_OK, gx_ctx_text(&ctx).p);
    for (const struct gx_fact *f = facts->facts; f; f = f->next)
        n++;
    GX_CHECK(n >= 3, "sales, deals, contacts");
    gx_arena_free(&arena);
}

#define FACT(rest) "{\"facts\":\"x\",\"rows\":\"opportunity\",\"path\":[\"account\"]," rest "}"

static const struct {
    const char *json, *says; /* NULL: it is right */
} rows[] = {
    { FACT("\"columns\":[{\"name\":\"n\",\"kind\":\"count\"}]"), NULL },
    { FACT("\"columns\":[]"), "columns" },
    { FACT("\"columns\":[{\"name\":\"N\",\"kind\":\"count\"}]"), "cannot be a name" },
    { FACT("\"columns\":[{\"name\":\"n\",\"kind\":\"mean\"}]"), "count, sum" },
    { FACT("\"columns\":[{\"name\":\"n\",\"kind\":\"sum\",\"of\":\"nothing\"}]"), "no column" },
    { FACT("\"columns\":[{\"name\":\"n\",\"kind\":\"count\",\"where\":{\"stage\":\"won\"}}]"),
      "must be" },
    { FACT("\"columns\":[{\"name\":\"n\",\"kind\":\"count\"},{\"name\":\"n\",\"kind\":\"count\"}]"),
      "twice" },
    { "{\"facts\":\"x\",\"rows\":\"opportunity\",\"path\":[\"product\"],\"columns\":[]}", "lead" },
    { "{\"facts\":\"x\",\"rows\":\"nothing\",\"path\":[\"account\"]}", "no object" },
    { "{\"facts\":\"sales\",\"rows\":\"opportunity\",\"path\":[\"account\"]}", "twice" },
    { "{\"facts\":\"x\",\"colour\":1}", "colour" },
    { "{\"facts\":\"x\",", "JSON" },
    { "{\"bulk\":\"lines\",\"columns\":[{\"name\":\"no\"},{\"name\":\"who\",\"type\":\"link\","
      "\"to\":\"account\",\"by\":\"name\"}],\"key\":[\"no\"]}",
      NULL },
    { "{\"bulk\":\"account\",\"columns\":[{\"name\":\"no\"}]}", "twice" },
    { "{\"bulk\":\"lines\",\"columns\":[{\"name\":\"no\"}],\"key\":[\"yes\"]}", "no column" },
    { "{\"bulk\":\"lines\",\"columns\":[{\"name\":\"no\",\"type\":\"colour\"}]}", "cannot stand" },
    { "{\"bulk\":\"lines\",\"columns\":[{\"name\":\"no\"}],\"replace\":\"no\"}", "no column" },
};

GX_TEST(facts_declarations)
{
    for (size_t i = 0; i < GX_COUNT(rows); i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = { .arena = &arena, .lang = GX_LANG_EN };
        const struct gx_facts *facts;
        enum gx_code code = load(&ctx, rows[i].json, &facts);
        struct gx_str text = gx_ctx_text(&ctx);
        GX_CHECK((code == GX_OK) == (rows[i].says == NULL), rows[i].json);
        GX_CHECK(!rows[i].says || gx_str_search(text, gx_str_c(rows[i].says)) != SIZE_MAX,
                 gx_arena_cstr(&arena, text));
        GX_CHECK(code == GX_OK || (ctx.last_error->line >= 1 &&
                                   gx_str_is(ctx.last_error->file, "custom/facts/x.json")),
                 "file and line");
        gx_arena_free(&arena);
    }
}
