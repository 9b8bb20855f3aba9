/*
 * import_guess.c - which field is which column, over the fields of an object.
 *
 * Parts of an address are fields of their own here: "City" is the city of the first address, and
 * "Shipping city" of that one.
 */
#include "sheet/guess.h"
#include "store/import_int.h"

static const struct {
    const char *key, *words;
} parts[] = {
    { "city", "city|town|城市|鄉鎮市區|鄉鎮區|行政區" },
    { "region", "state|province|county|state province|prefecture|縣市|省份|州" },
    { "postcode", "postcode|postal code|post code|zip|zip code|zipcode|郵遞區號|郵編" },
    { "country", "country|country region|nation|國家|國別" },
};

enum { PART_WORDS_MAX = 24 };

struct targets {
    struct gx_guess_field *fields;
    size_t count;
};

static bool is_address(const struct gx_field *f)
{
    return gx_str_is(gx_str_c(f->type->name), "address");
}

/* "billing_address" → "billing"; "address" → "". */
static struct gx_str prefix_of(const struct gx_field *f)
{
    struct gx_str name = f->x.name;
    size_t at = gx_str_find(name, '_');
    return at < name.n ? (struct gx_str){ name.p, at } : GX_STR("");
}

static void add_part(struct gx_arena *arena, struct targets *t, const struct gx_field *f,
                     size_t part, bool first)
{
    struct gx_str *words = GX_ARENA_ARRAY(arena, struct gx_str, PART_WORDS_MAX);
    struct gx_str rest = gx_str_c(parts[part].words), piece, prefix = prefix_of(f);
    size_t n = 0;
    while (n + 2 < PART_WORDS_MAX && gx_str_split(&rest, '|', &piece)) {
        if (first)
            words[n++] = piece;
        if (prefix.n)
            words[n++] = gx_arena_printf(arena, "%.*s %.*s", GX_STR_ARG(prefix), GX_STR_ARG(piece));
    }
    t->fields[t->count++] = (struct gx_guess_field){
        .name = gx_arena_printf(arena, "%.*s.%s", GX_STR_ARG(f->x.name), parts[part].key),
        .words = words,
        .word_count = n,
    };
}

static struct targets targets_of(struct gx_arena *arena, const struct gx_object *object)
{
    struct targets t = { GX_ARENA_ARRAY(arena, struct gx_guess_field,
                                        object->field_count * (1 + GX_COUNT(parts)) + 1),
                         0 };
    bool first = true;
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_field *f = &object->fields[i];
        if (f->type->computed || f->readonly || f->access == GX_FIELD_HIDDEN)
            continue;
        struct gx_str *labels = GX_ARENA_ARRAY(arena, struct gx_str, GX_LANG_COUNT);
        memcpy(labels, f->label.text, sizeof f->label.text);
        t.fields[t.count++] = (struct gx_guess_field){ .name = f->x.name,
                                                       .words = labels,
                                                       .word_count = GX_LANG_COUNT };
        for (size_t p = 0; is_address(f) && p < GX_COUNT(parts); p++)
            add_part(arena, &t, f, p, first);
        first &= !is_address(f);
    }
    return t;
}

/* Beside a city the column of the whole address is its street. */
static void narrow_whole(struct gx_arena *arena, const struct gx_object *object,
                         struct gx_import_plan *plan)
{
    for (size_t i = 0; i < plan->column_count; i++) {
        struct gx_import_column *c = &plan->columns[i];
        const struct gx_field *whole = c->field.n ? gx_object_field(object, c->field) : NULL;
        bool split = false;
        if (!whole || !is_address(whole))
            continue;
        struct gx_str start = gx_arena_printf(arena, "%.*s.", GX_STR_ARG(c->field));
        for (size_t k = 0; k < plan->column_count; k++)
            split |= gx_str_starts(plan->columns[k].field, start);
        if (split)
            c->field = gx_arena_printf(arena, "%.*sstreet", GX_STR_ARG(start));
    }
}

void gx_plan_guess(struct gx_scope *scope, struct gx_import_plan *plan,
                   const struct gx_sheet_info *info)
{
    struct gx_arena *arena = gx_scope_ctx(scope)->arena;
    const struct gx_object *object = gx_meta_object(gx_scope_meta(scope), plan->object);
    struct targets t = targets_of(arena, object);
    const struct gx_guess *guesses =
        gx_sheet_guess(arena, info->columns, info->column_count, t.fields, t.count);
    plan->columns = GX_ARENA_ARRAY(arena, struct gx_import_column, info->column_count + 1);
    plan->column_count = info->column_count;
    for (size_t i = 0; i < info->column_count; i++)
        plan->columns[i] = (struct gx_import_column){
            .column = (int)i,
            .name = info->columns[i],
            .field = guesses[i].field < t.count ? t.fields[guesses[i].field].name : GX_STR(""),
            .score = guesses[i].score,
        };
    narrow_whole(arena, object, plan);
}
