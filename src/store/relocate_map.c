/* relocate_map.c - one record on its way to another market: what becomes of each field. */
#include "base/decimal.h"
#include "store/relocate_int.h"

/* The record at hand. */
struct mapping {
    struct gx_relocate_move *m;
    struct gx_relocate_item *item;
    struct gx_ctx *ctx;
    struct gx_scope *owner; /* the new owner's */
    int64_t owner_id;
};

static int parts_of(const struct gx_field *field)
{
    return field->part_count ? field->part_count : 1;
}

static void put(struct mapping *g, const struct gx_field *field, const struct gx_value *value)
{
    for (int i = 0; i < parts_of(field); i++)
        g->item->now.v[field->slot + i] = value ? value[i] : GX_NULL_VALUE;
}

static struct gx_str path_of(const struct mapping *g, const struct gx_field *field)
{
    return gx_arena_printf(g->ctx->arena, "%.*s.%.*s", GX_STR_ARG(g->item->object->x.name),
                           GX_STR_ARG(field->x.name));
}

static struct gx_str label_of(const struct mapping *g, const struct gx_field *field)
{
    struct gx_str text = gx_label_text(&field->label, g->ctx->lang);
    return text.n ? text : field->x.name;
}

#define PROBLEM(g, field, ...)                                                                     \
    ((void)!gx_fail((g)->ctx, GX_E_INVALID, path_of((g), (field)), __VA_ARGS__))

/* --- amounts and fiscal years */

bool gx_relocate_amount(const struct gx_relocate *d, int64_t amount, int64_t *ret_amount)
{
    __int128 unit = 1, back = 1;
    for (int i = d->digits; i < GX_MONEY_SCALE + GX_DECIMAL_SCALE_MAX; i++)
        unit *= 10;
    for (int i = d->digits; i < GX_MONEY_SCALE; i++)
        back *= 10;
    __int128 product = (__int128)amount * d->rate;
    bool minus = product < 0;
    if (minus)
        product = -product;
    __int128 whole = product / unit, rest = product % unit;
    bool more = rest * 2 > unit, half = rest * 2 == unit;
    switch (d->rounding) {
    case GX_ROUND_HALF_UP:
        whole += more || half;
        break;
    case GX_ROUND_HALF_EVEN:
        whole += more || (half && whole % 2);
        break;
    case GX_ROUND_UP:
        whole += rest > 0;
        break;
    case GX_ROUND_DOWN:
        break;
    }
    whole *= back;
    if (whole > INT64_MAX)
        return false;
    *ret_amount = minus ? -(int64_t)whole : (int64_t)whole;
    return true;
}

void gx_relocate_fiscal(const struct gx_relocate *d, int64_t *year, int64_t *quarter)
{
    /* Years that bear the number of the one they end in begin a year earlier, unless in January. */
    int64_t late_from = d->fiscal_by_end && d->fiscal_from > 1;
    int64_t late_to = d->fiscal_by_end && d->fiscal_to > 1;
    int64_t month = (*year - late_from) * 12 + d->fiscal_from - 1;
    if (*quarter)
        month += (*quarter - 1) * 3;
    int64_t since = month - (d->fiscal_to - 1);
    *year = since / 12 + late_to;
    if (*quarter)
        *quarter = since % 12 / 3 + 1;
}

/* "q3", "3" or 3 → 3; 0: none. */
static int64_t quarter_of(struct gx_value value)
{
    int64_t q = value.kind == GX_VALUE_INT ? value.i : 0;
    if (value.kind == GX_VALUE_TEXT && value.s.n)
        q = value.s.p[value.s.n - 1] - '0';
    return q >= 1 && q <= 4 ? q : 0;
}

static void convert_fiscal(struct mapping *g, const struct gx_field *field,
                           const struct gx_relocate_rule *rule)
{
    struct gx_value year = g->item->old.v[field->slot];
    if (year.kind != GX_VALUE_INT)
        return;
    struct gx_value old = rule->to ? g->item->old.v[rule->to->slot] : GX_NULL_VALUE;
    int64_t quarter = quarter_of(old);
    gx_relocate_fiscal(g->m->def, &year.i, &quarter);
    put(g, field, &year);
    if (!rule->to || !quarter)
        return;
    struct gx_value now = gx_value_int(quarter);
    if (old.kind == GX_VALUE_TEXT)
        now = gx_value_text(gx_arena_printf(g->ctx->arena, "%.*s%lld", (int)old.s.n - 1, old.s.p,
                                            (long long)quarter));
    put(g, rule->to, &now);
}

static void convert_money(struct mapping *g, const struct gx_field *field)
{
    const struct gx_relocate *d = g->m->def;
    struct gx_value *v = &g->item->now.v[field->slot];
    int64_t amount;
    if (!d->currency_from.n || v[0].kind != GX_VALUE_INT || v[1].kind != GX_VALUE_TEXT ||
        !gx_str_eq(v[1].s, d->currency_from))
        return;
    if (!gx_relocate_amount(d, v[0].i, &amount)) {
        PROBLEM(g, field, GX_M_RELOCATE_AMOUNT, label_of(g, field));
        return;
    }
    v[0] = gx_value_int(amount);
    v[1] = gx_value_text(d->currency_to);
}

/* --- links */

/* Does the new owner see where a link leads?  Of objects that they see nothing of, all is kept. */
static enum gx_code is_seen(struct mapping *g, const char *to_name, int64_t id, bool *ret_seen)
{
    struct gx_relocate_item *there = gx_relocate_item_of(g->m, id);
    const struct gx_object *to = gx_meta_object(gx_scope_meta(g->owner), gx_str_c(to_name));
    *ret_seen = true;
    if ((there && there->moves) || !to ||
        gx_scope_level(g->owner, to, GX_RIGHT_READ) == GX_LEVEL_NONE)
        return GX_OK;
    const struct gx_expr *filter;
    int64_t found;
    GX_TRY(gx_scope_filter(g->owner, to, GX_RIGHT_READ, &filter));
    if (!filter)
        return GX_OK;
    struct gx_conn *conn = gx_scope_conn(g->m->system);
    struct gx_sqlb *b = gx_sqlb_new(g->ctx->arena, gx_conn_dialect(conn));
    gx_sqlb_add(b, GX_SQL("SELECT 1 FROM "));
    gx_sqlb_name(b, to->x.table);
    gx_sqlb_add(b, GX_SQL(" t WHERE t.id = "));
    gx_sqlb_bind(b, gx_value_int(id));
    gx_sqlb_add(b, GX_SQL(" AND "));
    gx_expr_sql(b, filter, gx_scope_env(g->owner), GX_STR("t"));
    GX_TRY(gx_db_int(g->ctx, conn, gx_sqlb_sql(b), b->values, b->value_count, 0, &found));
    *ret_seen = found != 0;
    return GX_OK;
}

static enum gx_code keep_seen(struct mapping *g, const struct gx_field *field)
{
    struct gx_value *v = &g->item->now.v[field->slot];
    bool seen;
    if (v->kind == GX_VALUE_INT) {
        GX_TRY(is_seen(g, field->x.object, v->i, &seen));
        if (!seen)
            *v = GX_NULL_VALUE;
        return GX_OK;
    }
    struct gx_str rest = v->kind == GX_VALUE_TEXT ? v->s : GX_STR(""), piece, kept = GX_STR("");
    while (gx_str_split(&rest, ',', &piece)) {
        int64_t id = 0;
        if (!gx_str_int64(piece, &id))
            continue;
        GX_TRY(is_seen(g, field->x.object, id, &seen));
        if (seen)
            kept = gx_arena_printf(g->ctx->arena, "%.*s%s%.*s", GX_STR_ARG(kept), kept.n ? "," : "",
                                   GX_STR_ARG(piece));
    }
    *v = kept.n ? gx_value_text(kept) : GX_NULL_VALUE;
    return GX_OK;
}

/* --- value by value */

static const struct gx_json *mapped(const struct gx_relocate_rule *rule, struct gx_str key)
{
    const struct gx_json *other = NULL;
    for (const struct gx_json *k = rule->node->first; k; k = k->next) {
        if (gx_str_eq(k->key, key))
            return k;
        if (gx_str_is(k->key, "*"))
            other = k;
    }
    return other;
}

/* NULL: it stays or goes, as the rule says, or is a problem. */
static const struct gx_json *map_one(struct mapping *g, const struct gx_field *field,
                                     const struct gx_relocate_rule *rule, struct gx_str key)
{
    const struct gx_json *node = mapped(rule, key);
    if (!node && rule->otherwise == GX_RELOCATE_USUAL)
        PROBLEM(g, field, GX_M_RELOCATE_UNMAPPED, label_of(g, field), key);
    return node;
}

static enum gx_code map_codes(struct mapping *g, const struct gx_field *field,
                              const struct gx_relocate_rule *rule)
{
    struct gx_str rest = g->item->old.v[field->slot].s, code;
    struct gx_json *list = GX_ARENA_NEW(g->ctx->arena, struct gx_json), **last = &list->first;
    struct gx_type_io io = gx_store_io(g->m->system, field, path_of(g, field));
    struct gx_value value = GX_NULL_VALUE;
    list->kind = GX_JSON_ARRAY;
    while (gx_str_split(&rest, '|', &code)) {
        if (!code.n)
            continue;
        const struct gx_json *node = map_one(g, field, rule, code);
        struct gx_json *one = GX_ARENA_NEW(g->ctx->arena, struct gx_json);
        bool keep = !node && rule->otherwise == GX_RELOCATE_KEEP;
        if (!keep && (!node || node->kind != GX_JSON_STRING))
            continue;
        *one = (struct gx_json){ .kind = GX_JSON_STRING, .text = keep ? code : node->text };
        *last = one;
        last = &one->next;
        list->count++;
    }
    if (list->count && field->type->from_json(&io, list, &value) != GX_OK)
        return GX_OK; /* said in ctx */
    put(g, field, &value);
    return GX_OK;
}

static struct gx_str key_of(const struct mapping *g, const struct gx_field *field,
                            struct gx_value value)
{
    if (value.kind == GX_VALUE_TEXT)
        return value.s;
    if (field->x.type == GX_TYPE_BOOL)
        return value.i ? GX_STR("true") : GX_STR("false");
    if (field->x.type == GX_TYPE_NUMBER)
        return gx_decimal_format(g->ctx->arena, value.i, field->x.scale);
    return gx_arena_printf(g->ctx->arena, "%lld", (long long)value.i);
}

static enum gx_code map_value(struct mapping *g, const struct gx_field *field,
                              const struct gx_relocate_rule *rule)
{
    struct gx_value old = g->item->old.v[field->slot];
    struct gx_value value[GX_TYPE_PARTS_MAX] = { 0 };
    if (old.kind == GX_VALUE_NULL)
        return GX_OK;
    if (field->x.type == GX_TYPE_CHOICES)
        return map_codes(g, field, rule);
    const struct gx_json *node = map_one(g, field, rule, key_of(g, field, old));
    struct gx_type_io io = gx_store_io(g->m->system, field, path_of(g, field));
    if (!node && rule->otherwise == GX_RELOCATE_CLEAR)
        put(g, field, NULL);
    if (!node)
        return GX_OK;
    if (node->kind == GX_JSON_NULL || field->type->from_json(&io, node, value) == GX_OK)
        put(g, field, node->kind == GX_JSON_NULL ? NULL : value);
    return GX_OK; /* what could not be read is said in ctx */
}

/* --- one field, one record */

static enum gx_code usual(struct mapping *g, const struct gx_field *field)
{
    if (field->x.type == GX_TYPE_MONEY)
        convert_money(g, field);
    else if (field->x.type == GX_TYPE_LINK || field->x.type == GX_TYPE_LINKS)
        return keep_seen(g, field);
    return GX_OK;
}

static enum gx_code map_field(struct mapping *g, const struct gx_field *field)
{
    const struct gx_relocate_rule *rule = &g->item->part->rules[field->index_in_object];
    struct gx_value value[GX_TYPE_PARTS_MAX] = { 0 };
    struct gx_type_io io = gx_store_io(g->m->system, field, path_of(g, field));
    switch (rule->how) {
    case GX_RELOCATE_USUAL:
        return usual(g, field);
    case GX_RELOCATE_KEEP:
        return GX_OK;
    case GX_RELOCATE_CLEAR:
        put(g, field, NULL);
        return GX_OK;
    case GX_RELOCATE_TO: {
        put(g, rule->to, &g->item->old.v[field->slot]);
        if (g->item->part->rules[rule->to->index_in_object].how == GX_RELOCATE_USUAL)
            GX_TRY(usual(g, rule->to));
        return GX_OK;
    }
    case GX_RELOCATE_SET:
        if (rule->node->kind == GX_JSON_NULL ||
            field->type->from_json(&io, rule->node, value) == GX_OK)
            put(g, field, rule->node->kind == GX_JSON_NULL ? NULL : value);
        return GX_OK;
    case GX_RELOCATE_MAP:
        return map_value(g, field, rule);
    case GX_RELOCATE_FISCAL:
        convert_fiscal(g, field, rule);
        return GX_OK;
    }
    return GX_OK;
}

static const struct gx_field *fields_from(const struct gx_relocate_item *item, size_t i)
{
    const struct gx_field *field = &item->object->fields[i];
    bool ours = !field->type->computed && !field->system && field != item->object->owner &&
                !field->number_format.n;
    return ours ? field : NULL;
}

/* Which fields of the record another field's value goes into. */
static bool is_target(const struct gx_relocate_item *item, const struct gx_field *field)
{
    for (size_t i = 0; i < item->object->field_count; i++) {
        const struct gx_relocate_rule *rule = &item->part->rules[i];
        if (rule->to == field && rule->how != GX_RELOCATE_USUAL)
            return true;
    }
    return false;
}

static enum gx_code new_owner(struct gx_relocate_move *m, int64_t old, bool always,
                              int64_t *ret_owner)
{
    const struct gx_relocate *d = m->def;
    bool sits = true;
    *ret_owner = old;
    if (old && !always)
        GX_TRY(gx_relocate_sits(m->system, old, d->from, &sits));
    if (!old || !sits)
        return GX_OK;
    *ret_owner = d->owner;
    for (size_t i = 0; i < d->owner_count; i++)
        if (d->owners[i].from == old)
            *ret_owner = d->owners[i].to;
    return GX_OK;
}

static enum gx_code map_owner(struct gx_relocate_move *m, struct gx_relocate_item *item,
                              int64_t *ret_owner)
{
    struct gx_ctx *ctx = gx_scope_ctx(m->scope);
    struct gx_value *v = &item->now.v[item->object->owner ? GX_SLOT_OWNER : GX_SLOT_CREATED_BY];
    bool sits = true;
    if (item == m->items[0]) {
        GX_TRY(
            gx_relocate_sits(m->system, v->kind == GX_VALUE_INT ? v->i : 0, m->def->from, &sits));
        if (!sits)
            (void)!gx_fail(ctx, GX_E_INVALID, GX_STR("account.owner"), GX_M_RELOCATE_ELSEWHERE,
                           m->def->from_name);
    }
    *ret_owner = 0;
    if (v->kind == GX_VALUE_INT)
        GX_TRY(new_owner(m, v->i, item == m->items[0], ret_owner));
    if (*ret_owner)
        *v = gx_value_int(*ret_owner);
    return GX_OK;
}

void gx_relocate_errors_back(struct gx_ctx *ctx, const struct gx_ctx *before)
{
    *ctx = *before;
    if (ctx->last_error)
        ctx->last_error->next = NULL;
}

/* What the new owner sees; for a record that nobody has, the account's. */
static enum gx_code scope_of(struct mapping *g)
{
    struct gx_relocate_move *m = g->m;
    int64_t user = g->owner_id ? g->owner_id : m->def->owner;
    for (size_t i = 0; i < m->owner_scope_count; i++)
        if (gx_scope_me(m->owner_scopes[i]) == user) {
            g->owner = m->owner_scopes[i];
            return GX_OK;
        }
    struct gx_ctx before = *g->ctx;
    enum gx_code code =
        gx_scope_user(g->ctx, gx_scope_tenant(m->scope), gx_scope_conn(m->system), user, &g->owner);
    if (code == GX_E_UNAUTHENTICATED) { /* owned by somebody outside, who is gone */
        gx_relocate_errors_back(g->ctx, &before);
        g->owner = m->system;
        return GX_OK;
    }
    GX_TRY(code);
    if (m->owner_scope_count < GX_COUNT(m->owner_scopes))
        m->owner_scopes[m->owner_scope_count++] = g->owner;
    return GX_OK;
}

static enum gx_code map_moving(struct gx_relocate_move *m, struct gx_relocate_item *item)
{
    struct mapping g = { .m = m, .item = item, .ctx = gx_scope_ctx(m->scope) };
    GX_TRY(map_owner(m, item, &g.owner_id));
    if (gx_scope_ctx(m->scope)->errors && item == m->items[0])
        return GX_OK; /* it is of another market: nothing else matters */
    GX_TRY(scope_of(&g));
    /* Fields that pass their value on are emptied first, so that two may change places. */
    for (size_t i = GX_SLOT_OWNER; i < item->object->field_count; i++) {
        const struct gx_field *field = fields_from(item, i);
        if (field && item->part->rules[i].how == GX_RELOCATE_TO)
            put(&g, field, NULL);
    }
    for (int passing = 0; passing < 2; passing++)
        for (size_t i = GX_SLOT_OWNER; i < item->object->field_count; i++) {
            const struct gx_field *field = fields_from(item, i);
            bool passes = item->part->rules[i].how == GX_RELOCATE_TO;
            if (field && passes == (passing == 1) && (passes || !is_target(item, field)))
                GX_TRY(map_field(&g, field));
        }
    return GX_OK;
}

/* A record that stays loses its links to what moved. */
static enum gx_code map_staying(struct gx_relocate_move *m, struct gx_relocate_item *item)
{
    struct mapping g = { .m = m, .item = item, .ctx = gx_scope_ctx(m->scope) };
    enum gx_relocate_stay stay = item->part              ? item->part->stay
                                 : item->object->governs ? GX_RELOCATE_STAY_REMOVE
                                                         : GX_RELOCATE_STAY_CLEAR;
    item->remove = stay == GX_RELOCATE_STAY_REMOVE;
    for (size_t i = GX_SLOT_OWNER;
         stay != GX_RELOCATE_STAY_KEEP && !item->remove && i < item->object->field_count; i++) {
        const struct gx_field *field = &item->object->fields[i];
        struct gx_value *v = &item->now.v[field->slot];
        bool link = field->x.type == GX_TYPE_LINK || field->x.type == GX_TYPE_LINKS;
        if (!link || field->type->computed || field->system)
            continue;
        struct gx_str rest = v->kind == GX_VALUE_TEXT ? v->s : GX_STR(""), piece, kept = GX_STR("");
        const struct gx_relocate_item *to =
            v->kind == GX_VALUE_INT ? gx_relocate_item_of(m, v->i) : NULL;
        if (to && to->moves && field->required)
            PROBLEM(&g, field, GX_M_RELOCATE_BEHIND,
                    gx_label_text(&item->object->plural, g.ctx->lang));
        else if (to && to->moves)
            *v = GX_NULL_VALUE;
        if (v->kind != GX_VALUE_TEXT)
            continue;
        while (gx_str_split(&rest, ',', &piece)) {
            int64_t id = 0;
            to = gx_str_int64(piece, &id) ? gx_relocate_item_of(m, id) : NULL;
            if (!to || !to->moves)
                kept = gx_arena_printf(g.ctx->arena, "%.*s%s%.*s", GX_STR_ARG(kept),
                                       kept.n ? "," : "", GX_STR_ARG(piece));
        }
        *v = kept.n ? gx_value_text(kept) : GX_NULL_VALUE;
    }
    return GX_OK;
}

enum gx_code gx_relocate_map(struct gx_relocate_move *m, struct gx_relocate_item *item)
{
    return item->moves ? map_moving(m, item) : map_staying(m, item);
}

bool gx_relocate_changed(const struct gx_relocate_item *item)
{
    for (size_t i = 0; i < item->object->slot_count; i++)
        if (!gx_value_eq(item->old.v[i], item->now.v[i]))
            return true;
    return false;
}
