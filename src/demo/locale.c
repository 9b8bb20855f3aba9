/* locale.c - names, companies and places of one country, from packs/core/demo/<locale>.json. */
#include "demo/demo_int.h"

struct list {
    const char *key;
    size_t offset;
    bool optional;
};

#define LIST(member, key, optional)                                                                \
    {                                                                                              \
        (key), offsetof(struct gx_demo_locale, member), (optional)                                 \
    }

static enum gx_code read_lists(const struct gx_demo_file *file, const struct gx_json *node,
                               const struct list *lists, size_t count,
                               struct gx_demo_locale *locale)
{
    for (size_t i = 0; i < count; i++)
        GX_TRY(gx_demo_words_read(file, node, lists[i].key, lists[i].optional,
                                  (struct gx_demo_words *)((char *)locale + lists[i].offset)));
    return GX_OK;
}

/* Names of one generation each, or one list for all. */
static enum gx_code read_given(const struct gx_demo_file *file, struct gx_demo_locale *locale)
{
    static const char *const keys[2][4] = {
        { "male", "male_old", "male_mid", "male_new" },
        { "female", "female_old", "female_mid", "female_new" },
    };
    for (size_t sex = 0; sex < 2; sex++)
        for (size_t age = 0; age < 3; age++)
            GX_TRY(gx_demo_words_read(
                file, file->root, keys[sex][gx_json_get(file->root, keys[sex][0]) ? 0 : age + 1],
                false, &locale->given[sex][age]));
    return GX_OK;
}

/* "25.04" in millionths. */
static int32_t degrees_e6(const struct gx_json *node)
{
    int64_t value = 0, scale = 1000000;
    bool negative = false, fraction = false;
    for (size_t i = 0; node && i < node->text.n && scale > 1; i++) {
        char c = node->text.p[i];
        if (c == '-')
            negative = true;
        else if (c == '.')
            fraction = true;
        else if (c >= '0' && c <= '9')
            value = value * 10 + (c - '0'), scale /= fraction ? 10 : 1;
    }
    value *= scale;
    return (int32_t)(negative ? -value : value);
}

static enum gx_code read_cities(const struct gx_demo_file *file, struct gx_demo_locale *locale)
{
    const struct gx_json *list = gx_json_get(file->root, "cities");
    if (!list || list->count == 0)
        return gx_demo_file_fail(file, "cities");
    struct gx_demo_city *cities =
        GX_ARENA_ARRAY(file->ctx->arena, struct gx_demo_city, list->count);
    uint32_t n = 0, upto = 0;
    for (const struct gx_json *k = list->first; k; k = k->next, n++) {
        upto += (uint32_t)gx_json_get_int(k, "weight", 1);
        cities[n] = (struct gx_demo_city){
            .name = gx_json_get_str(k, "name", GX_STR("")),
            .latin = gx_json_get_str(k, "latin", GX_STR("")),
            .region = gx_json_get_str(k, "region", GX_STR("")),
            .phone = gx_json_get_str(k, "phone", GX_STR("")),
            .lat_e6 = degrees_e6(gx_json_get(k, "lat")),
            .lon_e6 = degrees_e6(gx_json_get(k, "lon")),
            .upto = upto,
        };
        GX_TRY(gx_demo_words_read(file, k, "districts", false, &cities[n].districts));
    }
    locale->cities = cities;
    locale->city_count = n;
    return GX_OK;
}

/* Companies of the trades that the organisation sells to; all of them if none would be left. */
static void keep_industries(struct gx_arena *arena, const struct gx_demo_words *industries,
                            struct gx_demo_words *tails)
{
    struct gx_demo_word *kept = GX_ARENA_ARRAY(arena, struct gx_demo_word, tails->n);
    uint32_t n = 0;
    for (uint32_t i = 0; i < tails->n; i++)
        for (uint32_t k = 0; k < industries->n; k++)
            if (gx_str_eq(tails->v[i].extra, industries->v[k].text))
                kept[n++] = tails->v[i];
    if (n)
        *tails = (struct gx_demo_words){ .v = kept, .n = n, .total = n };
}

enum gx_code gx_demo_locale_load(struct gx_ctx *ctx, struct gx_str name,
                                 const struct gx_demo_words *industries,
                                 struct gx_demo_locale *ret_locale)
{
    static const struct list own[] = {
        LIST(family, "family", false),           LIST(first[0], "male_first", true),
        LIST(second[0], "male_second", true),    LIST(single[0], "male_single", true),
        LIST(first[1], "female_first", true),    LIST(second[1], "female_second", true),
        LIST(single[1], "female_single", true),  LIST(latin[0], "latin_male", true),
        LIST(latin[1], "latin_female", true),    LIST(titles, "titles", false),
        LIST(departments, "departments", false), LIST(occupations, "occupations", false),
        LIST(streets, "streets", false),         LIST(addresses, "address", false),
    };
    static const struct list company[] = {
        LIST(company_first, "first", false), LIST(company_second, "second", false),
        LIST(company_third, "third", false), LIST(tails, "tails", false),
        LIST(forms, "forms", false),
    };
    struct gx_demo_file file;
    GX_TRY(gx_demo_file_open(ctx, "core", name, &file));
    const struct gx_json *companies = gx_json_get(file.root, "company");
    struct gx_demo_locale locale = {
        .name = name,
        .country = gx_json_get_str(file.root, "country", GX_STR("")),
        .language = gx_json_get_str(file.root, "language", GX_STR("")),
        .currency = gx_json_get_str(file.root, "currency", GX_STR("")),
        .time_zone = gx_json_get_str(file.root, "time_zone", GX_STR("UTC")),
        .per_1000_twd = (uint32_t)gx_json_get_int(file.root, "per_1000_twd", 1000),
        .family_first = gx_str_is(gx_json_get_str(file.root, "order", GX_STR("")), "family_first"),
        .chinese = gx_str_is(name, "zh"),
        .district_is_region = gx_json_get_bool(file.root, "district_is_region", false),
        .joint = gx_json_get_str(file.root, "joint", GX_STR("")),
        .composed_percent = (uint32_t)gx_json_get_int(file.root, "composed_percent", 0),
        .single_percent = (uint32_t)gx_json_get_int(file.root, "single_percent", 0),
        .company_joint = gx_json_get_str(companies, "joint", GX_STR("")),
        .mobile = gx_json_get_str(file.root, "mobile", GX_STR("")),
    };
    locale.joint_male = gx_json_get_str(file.root, "joint_male", locale.joint);
    locale.joint_female = gx_json_get_str(file.root, "joint_female", locale.joint);
    GX_TRY(read_lists(&file, file.root, own, GX_COUNT(own), &locale));
    GX_TRY(read_lists(&file, companies, company, GX_COUNT(company), &locale));
    GX_TRY(read_given(&file, &locale));
    GX_TRY(read_cities(&file, &locale));
    keep_industries(ctx->arena, industries, &locale.tails);
    *ret_locale = locale;
    return GX_OK;
}
