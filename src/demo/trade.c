/* trade.c - what an organisation sells and talks about, from packs/sales/demo/<name>.json. */
#include "demo/demo_int.h"

const char *const gx_demo_kind_names[GX_DEMO_KINDS] = { "task",  "call",  "meeting",
                                                        "visit", "email", "note" };

/* Subjects by kind, and the other sentences; in a trade's file any may be missing. */
static enum gx_code read_texts(const struct gx_demo_file *file, const struct gx_json *subjects,
                               bool optional, struct gx_demo_texts *texts)
{
    for (size_t i = 0; i < GX_DEMO_KINDS; i++)
        GX_TRY(gx_demo_words_read(file, subjects, gx_demo_kind_names[i], optional,
                                  &texts->subjects[i]));
    GX_TRY(gx_demo_words_read(file, file->root, "description", optional, &texts->descriptions));
    GX_TRY(gx_demo_words_read(file, file->root, "outcome", optional, &texts->outcomes));
    GX_TRY(gx_demo_words_read(file, file->root, "next_step", optional, &texts->next_steps));
    GX_TRY(gx_demo_words_read(file, file->root, "need", optional, &texts->needs));
    GX_TRY(gx_demo_words_read(file, file->root, "won_note", optional, &texts->won_notes));
    GX_TRY(gx_demo_words_read(file, file->root, "lost_note", optional, &texts->lost_notes));
    GX_TRY(gx_demo_words_read(file, file->root, "user_titles", optional, &texts->user_titles));
    GX_TRY(gx_demo_words_read(file, file->root, "weaknesses", optional, &texts->weaknesses));
    return gx_demo_words_read(file, file->root, "strengths", optional, &texts->strengths);
}

enum gx_code gx_demo_texts_load(struct gx_ctx *ctx, struct gx_str name,
                                struct gx_demo_texts *ret_texts)
{
    struct gx_demo_file file;
    GX_TRY(gx_demo_file_open(ctx, "core", name, &file));
    return read_texts(&file, file.root, false, ret_texts);
}

static struct gx_str joined(struct gx_arena *arena, struct gx_str a, struct gx_str b)
{
    return gx_arena_printf(arena, "%.*s %.*s", GX_STR_ARG(a), GX_STR_ARG(b));
}

/* A series: each item in each variant; a variant's number is the price in percent. */
static enum gx_code add_series(const struct gx_demo_file *file, const struct gx_json *node,
                               struct gx_demo_product *products, uint32_t max, uint32_t *n)
{
    static const struct gx_demo_word only = { .number = 100 };
    struct gx_arena *arena = file->ctx->arena;
    struct gx_str buyers = gx_json_get_str(node, "buyers", GX_STR(""));
    struct gx_demo_words items, variants;
    GX_TRY(gx_demo_words_read(file, node, "items", false, &items));
    GX_TRY(gx_demo_words_read(file, node, "variants", true, &variants));
    for (uint32_t i = 0; i < items.n; i++)
        for (uint32_t k = 0; k < (variants.n ? variants.n : 1); k++) {
            const struct gx_demo_word *item = &items.v[i];
            const struct gx_demo_word *variant = variants.n ? &variants.v[k] : &only;
            if (*n == max)
                return gx_demo_file_fail(file, "products");
            products[(*n)++] = (struct gx_demo_product){
                .series = gx_json_get_str(node, "series", GX_STR("")),
                .category = gx_json_get_str(node, "category", GX_STR("")),
                .kind = gx_json_get_str(node, "kind", GX_STR("")),
                .unit = gx_json_get_str(node, "unit", GX_STR("")),
                .persons = !gx_str_is(buyers, "organisation"),
                .organisations = !gx_str_is(buyers, "person"),
                .item = item,
                .variant = variants.n ? variant : NULL,
                .price = (int64_t)item->number * variant->number / 100,
                .name = variants.n ? joined(arena, item->text, variant->text) : item->text,
                .english = variants.n ? joined(arena, item->latin, variant->latin) : item->latin,
            };
        }
    return GX_OK;
}

static enum gx_code read_products(const struct gx_demo_file *file, struct gx_demo_trade *trade)
{
    enum { PRODUCTS_MAX = 500 };
    const struct gx_json *list = gx_json_get(file->root, "products");
    struct gx_demo_product *products =
        GX_ARENA_ARRAY(file->ctx->arena, struct gx_demo_product, PRODUCTS_MAX);
    uint32_t n = 0;
    for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next)
        GX_TRY(add_series(file, k, products, PRODUCTS_MAX, &n));
    if (n == 0)
        return gx_demo_file_fail(file, "products");
    trade->products = products;
    trade->product_count = n;
    return GX_OK;
}

static uint32_t number(const struct gx_demo_file *file, const char *key)
{
    return (uint32_t)gx_json_get_int(file->root, key, 0);
}

enum gx_code gx_demo_trade_load(struct gx_ctx *ctx, struct gx_str name,
                                struct gx_demo_trade *ret_trade)
{
    struct gx_demo_file file;
    GX_TRY(gx_demo_file_open(ctx, "sales", name, &file));
    const struct gx_json *quantity = gx_json_get(file.root, "quantity");
    int64_t low = 1, high = 1;
    if (!quantity || quantity->count != 2 || !gx_json_int64(quantity->first, &low) ||
        !gx_json_int64(quantity->first->next, &high) || low < 1 || high < low)
        return gx_demo_file_fail(&file, "quantity");
    struct gx_demo_trade trade = {
        .name = name,
        .users = number(&file, "users"),
        .person_percent = number(&file, "person_percent"),
        .contacts_per_100 = number(&file, "contacts_per_100"),
        .deals_per_100 = number(&file, "opportunities_per_100"),
        .activities_per_100 = number(&file, "activities_per_100"),
        .lines_max = number(&file, "lines_max"),
        .quantity_min = (uint32_t)low,
        .quantity_max = (uint32_t)high,
        .cycle_days = number(&file, "cycle_days"),
        .win_percent = number(&file, "win_percent"),
        .second_owner_percent = number(&file, "second_owner_percent"),
        .market_teams = gx_json_get_bool(file.root, "market_teams", false),
    };
    if (trade.users < 3 || trade.cycle_days < 1 || trade.lines_max > GX_DEMO_LINES_MAX)
        return gx_demo_file_fail(&file, "users");
    const struct {
        const char *key;
        struct gx_demo_words *words;
        bool optional;
    } lists[] = {
        { "teams", &trade.teams, false },
        { "locales", &trade.locale_shares, false },
        { "industries", &trade.industries, true },
        { "activity_kinds", &trade.kinds, false },
        { "sources", &trade.sources, false },
        { "tags", &trade.tags, false },
        { "competitors", &trade.competitors, false },
        { "opportunity_names", &trade.deal_names, false },
        { "opportunity_names_en", &trade.deal_names_en, true },
    };
    for (size_t i = 0; i < GX_COUNT(lists); i++)
        GX_TRY(
            gx_demo_words_read(&file, file.root, lists[i].key, lists[i].optional, lists[i].words));
    GX_TRY(read_texts(&file, gx_json_get(file.root, "subjects"), true, &trade.own));
    GX_TRY(read_products(&file, &trade));
    *ret_trade = trade;
    return GX_OK;
}
