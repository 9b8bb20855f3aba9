/* expr_data.c - see expr_data.h. */
#include "expr_data.h"

#include "base/time.h"

const char *const data_texts[] = {
    "Acme",
    "acme",
    "\xc3\x80"
    "CME", /* ÀCME */
    "\xef\xbc\xa1"
    "cme", /* full-width A */
    "台灣銀行",
    "臺灣銀行",
    "a_b%c",
    "100%",
    "stra\xc3\x9f"
    "e",
    "  two  words  ",
    "\xe3\x80\x80全形\xe3\x80\x80",
    "!",
    "x|y\\z'\"",
    "line\nbreak",
    "Ünïcödé ΣΑΣ ДА",
    "z",
    "\xf0\x9f\x98\x80 smile",
    "\xf4\x8f\xbf\xbd",
    "0",
    "-12.5",
    " ",
};
const size_t data_text_count = GX_COUNT(data_texts);

uint64_t random_next(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    *state = x;
    return x;
}

size_t random_below(uint64_t *state, size_t n)
{
    return (size_t)((random_next(state) >> 16) % n);
}

static int64_t near(uint64_t *state, int64_t middle, int64_t spread)
{
    return middle - spread + (int64_t)random_below(state, (size_t)(2 * spread + 1));
}

static int64_t random_number(uint64_t *state)
{
    static const int64_t special[] = { 0, 1, -1, INT64_MAX, INT64_MIN, INT64_MAX - 1, 1000000000 };
    size_t k = random_below(state, 10);
    if (k == 0)
        return special[random_below(state, GX_COUNT(special))];
    if (k < 4)
        return near(state, 0, 5) * 10000;
    return k < 8 ? near(state, 0, 20) : near(state, 0, INT64_C(1) << 40);
}

static int64_t random_day(uint64_t *state)
{
    static const int64_t special[] = { GX_DATE_MIN, GX_DATE_MAX, 0, 19782 /* 2024-02-29 */ };
    if (random_below(state, 12) == 0)
        return special[random_below(state, GX_COUNT(special))];
    return near(state, 20778, random_below(state, 2) ? 20 : 800);
}

static int64_t random_moment(uint64_t *state)
{
    static const int64_t special[] = { GX_DATE_MIN * GX_DAY_US, (GX_DATE_MAX + 1) * GX_DAY_US - 1,
                                       0, -1 };
    if (random_below(state, 12) == 0)
        return special[random_below(state, GX_COUNT(special))];
    int64_t day = near(state, 20778, random_below(state, 2) ? 20 : 800) * GX_DAY_US;
    if (random_below(state, 4) == 0) /* around midnight in the zones of the test */
        return day - 480 * GX_MINUTE_US + near(state, 0, 1);
    return day + (int64_t)random_below(state, (size_t)GX_DAY_US);
}

static struct gx_value random_choices(struct gx_ctx *ctx, const struct gx_expr_field *field,
                                      uint64_t *state)
{
    struct gx_str list = GX_STR("|");
    for (size_t i = 0; i < field->choice_count; i++) {
        if (random_below(state, 2))
            list = gx_arena_printf(ctx->arena, "%.*s%.*s|", GX_STR_ARG(list),
                                   GX_STR_ARG(field->choices[i].code));
    }
    return list.n > 1 ? gx_value_text(list) : GX_NULL_VALUE;
}

static int64_t id_of(enum world_object object, size_t index)
{
    return (int64_t)(object + 1) * 100 + (int64_t)index;
}

static enum world_object object_of(const char *name)
{
    static const char *const names[] = { "user", "account", "order", "tag" };
    size_t i = 0;
    while (strcmp(names[i], name) != 0)
        i++;
    return (enum world_object)i;
}

static struct gx_value random_value(struct data *data, const struct gx_expr_field *field,
                                    uint64_t *state)
{
    if (random_below(state, 5) == 0)
        return GX_NULL_VALUE;
    switch (field->type) {
    case GX_TYPE_BOOL:
        return gx_value_int((int64_t)random_below(state, 2));
    case GX_TYPE_TEXT:
        return gx_value_text(gx_str_c(data_texts[random_below(state, data_text_count)]));
    case GX_TYPE_DATE:
        return gx_value_int(random_day(state));
    case GX_TYPE_MOMENT:
        return gx_value_int(random_moment(state));
    case GX_TYPE_DURATION:
        return gx_value_int(random_below(state, 8) ? near(state, 0, 100) * GX_HOUR_US
                                                   : random_number(state));
    case GX_TYPE_CHOICE:
        return gx_value_text(field->choices[random_below(state, field->choice_count)].code);
    case GX_TYPE_CHOICES:
        return random_choices(data->ctx, field, state);
    case GX_TYPE_LINK: {
        /* One past the last record: a link to nothing. */
        enum world_object to = object_of(field->object);
        return gx_value_int(id_of(to, random_below(state, data->counts[to] + 1)));
    }
    default:
        return gx_value_int(random_number(state));
    }
}

void data_fill(struct data *data, const struct world *world, struct gx_ctx *ctx, uint64_t *state)
{
    static const size_t counts[] = { 7, 20, 36, 5 };
    data->world = world;
    data->ctx = ctx;
    memcpy(data->counts, counts, sizeof counts);
    for (enum world_object o = 0; o < WORLD_COUNT; o++) {
        for (size_t i = 0; i < counts[o]; i++) {
            struct data_record *r = &data->records[o][i];
            *r = (struct data_record){ .object = o, .id = id_of(o, i) };
            r->deleted = o != WORLD_USER && random_below(state, 8) == 0;
            for (size_t k = 0; k < world->objects[o].field_count; k++) {
                const struct gx_expr_field *f = &world->fields[o][k];
                if (f->column.n)
                    r->v[k] = random_value(data, f, state);
            }
            for (size_t k = 0; o == WORLD_ACCOUNT && k < random_below(state, DATA_LINKS_MAX); k++)
                r->links[r->link_count++] = id_of(WORLD_TAG, k + random_below(state, 3) * 2);
        }
    }
}

static enum gx_code read_field(void *p, const void *record, const struct gx_expr_field *field,
                               struct gx_value *ret_value)
{
    const struct data *data = p;
    const struct data_record *r = record;
    if (gx_str_is(field->name, "id")) {
        *ret_value = gx_value_int(r->id);
        return GX_OK;
    }
    const struct gx_expr_object *object = &data->world->objects[r->object];
    gx_assert(field >= object->fields && field < object->fields + object->field_count);
    *ret_value = r->v[field - object->fields];
    return GX_OK;
}

/* Neither in the recycle bin nor hidden. */
static enum gx_code alive(struct data *data, const struct data_record *r, bool *ret_alive)
{
    *ret_alive = !r->deleted;
    if (r->deleted || data->in_rule || !data->env || !data->env->visible)
        return GX_OK;
    const struct gx_expr *rule =
        data->env->visible(data->env->visible_p, data->world->objects[r->object].name);
    if (!rule)
        return GX_OK;
    struct gx_expr_reader reader = data_reader(data);
    struct gx_value v;
    data->in_rule = true;
    GX_TRY(gx_expr_eval(data->ctx, rule, data->env, &reader, r, &v));
    data->in_rule = false;
    *ret_alive = v.i == 1;
    return GX_OK;
}

static enum gx_code follow(void *p, struct gx_str object, int64_t id, const void **ret_record)
{
    struct data *data = p;
    enum world_object o = object_of(object.p);
    *ret_record = NULL;
    for (size_t i = 0; i < data->counts[o]; i++) {
        bool is;
        if (data->records[o][i].id != id)
            continue;
        GX_TRY(alive(data, &data->records[o][i], &is));
        if (is)
            *ret_record = &data->records[o][i];
    }
    return GX_OK;
}

static enum gx_code related(void *p, struct gx_str object, struct gx_str field, int64_t id,
                            int64_t *cursor, const void **ret_record)
{
    struct data *data = p;
    enum world_object o = object_of(object.p);
    size_t k = 0;
    while (!gx_str_eq(data->world->fields[o][k].name, field))
        k++;
    *ret_record = NULL;
    while (*cursor < (int64_t)data->counts[o] && !*ret_record) {
        const struct data_record *r = &data->records[o][(*cursor)++];
        bool is;
        if (r->v[k].kind != GX_VALUE_INT || r->v[k].i != id)
            continue;
        GX_TRY(alive(data, r, &is));
        if (is)
            *ret_record = r;
    }
    return GX_OK;
}

static enum gx_code links(void *p, const void *record, const struct gx_expr_field *field,
                          int64_t *cursor, int64_t *ret_id)
{
    (void)p;
    const struct data_record *r = record;
    gx_assert(field->type == GX_TYPE_LINKS);
    *ret_id = *cursor < (int64_t)r->link_count ? r->links[*cursor] : 0;
    ++*cursor;
    return GX_OK;
}

struct gx_expr_reader data_reader(struct data *data)
{
    return (struct gx_expr_reader){ data, read_field, follow, related, links };
}
