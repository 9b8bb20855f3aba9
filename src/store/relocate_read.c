/*
 * relocate_read.c - the definition of a move between markets: read, and every name in it checked.
 *
 * All that is wrong is said at once, each with its path, so that whoever writes one sees it whole.
 */
#include "base/decimal.h"
#include "store/relocate_int.h"

struct reader {
    struct gx_ctx *ctx;
    struct gx_scope *scope;
    const struct gx_meta *meta;
    struct gx_relocate *def;
    const struct gx_json *root;
    bool wrong;
};

#define WRONG(r, path, ...)                                                                        \
    ((r)->wrong = true, (void)!gx_fail((r)->ctx, GX_E_INVALID, (path), __VA_ARGS__))

static struct gx_str under(struct reader *r, struct gx_str path, struct gx_str key)
{
    return path.n ? gx_arena_printf(r->ctx->arena, "%.*s.%.*s", GX_STR_ARG(path), GX_STR_ARG(key))
                  : key;
}

static struct gx_str element(struct reader *r, struct gx_str path, size_t i)
{
    return gx_arena_printf(r->ctx->arena, "%.*s[%zu]", GX_STR_ARG(path), i);
}

static void check_keys(struct reader *r, const struct gx_json *node, struct gx_str path,
                       const char *const *known)
{
    for (const struct gx_json *k = node ? node->first : NULL; k; k = k->next) {
        bool found = false;
        for (size_t i = 0; known[i] && !found; i++)
            found = gx_str_is(k->key, known[i]);
        if (!found)
            WRONG(r, under(r, path, k->key), GX_M_UNKNOWN_KEY, k->key);
    }
}

/* One of the words; their index, or 0 with an error. */
static size_t word_of(struct reader *r, struct gx_str text, struct gx_str path,
                      const char *const *words)
{
    struct gx_str all = GX_STR("");
    for (size_t i = 0; words[i]; i++) {
        if (gx_str_is(text, words[i]))
            return i;
        all = gx_arena_printf(r->ctx->arena, "%.*s%s%s", GX_STR_ARG(all), i ? ", " : "", words[i]);
    }
    WRONG(r, path, GX_M_RELOCATE_WORD, text, all);
    return 0;
}

/* id, and a text, of the first row. */
static enum gx_code find_row(struct reader *r, struct gx_sql sql, struct gx_str key,
                             int64_t *ret_id, struct gx_str *ret_name)
{
    struct gx_value value = gx_value_text(key);
    struct gx_rows *rows;
    bool has;
    *ret_id = 0;
    GX_TRY(gx_db_query(r->ctx, gx_scope_conn(r->scope), sql, &value, 1, &rows));
    enum gx_code code = gx_rows_next(r->ctx, rows, &has);
    if (code == GX_OK && has) {
        *ret_id = gx_rows_int(rows, 0);
        *ret_name = gx_arena_str(r->ctx->arena, gx_rows_text(rows, 1));
    }
    gx_rows_close(rows);
    return code;
}

enum gx_code gx_relocate_sits(struct gx_scope *scope, int64_t user, int64_t unit, bool *ret_sits)
{
    const struct gx_value values[] = { gx_value_int(user), gx_value_int(unit) };
    int64_t there;
    GX_TRY(gx_db_int(gx_scope_ctx(scope), gx_scope_conn(scope),
                     GX_SQL("WITH RECURSIVE ru(id) AS (SELECT ro.unit FROM \"user\" ro WHERE "
                            "ro.id = ?1 UNION SELECT rp.parent FROM \"unit\" rp JOIN ru ON rp.id = "
                            "ru.id WHERE rp.deleted_at IS NULL) SELECT 1 FROM ru WHERE ru.id = ?2 "
                            "LIMIT 1"),
                     values, 2, 0, &there));
    *ret_sits = there != 0;
    return GX_OK;
}

/* Is unit `a` unit `b`, or below it? */
static enum gx_code is_below(struct reader *r, int64_t a, int64_t b, bool *ret_below)
{
    const struct gx_value values[] = { gx_value_int(a), gx_value_int(b) };
    int64_t there;
    GX_TRY(gx_db_int(r->ctx, gx_scope_conn(r->scope),
                     GX_SQL("WITH RECURSIVE ru(id) AS (SELECT ro.id FROM \"unit\" ro WHERE ro.id = "
                            "?1 UNION SELECT rp.parent FROM \"unit\" rp JOIN ru ON rp.id = ru.id "
                            "WHERE rp.deleted_at IS NULL) SELECT 1 FROM ru WHERE ru.id = ?2 LIMIT "
                            "1"),
                     values, 2, 0, &there));
    *ret_below = there != 0;
    return GX_OK;
}

static enum gx_code read_unit(struct reader *r, const char *key, int64_t *ret_id,
                              struct gx_str *ret_name)
{
    struct gx_str code = gx_json_get_str(r->root, key, GX_STR(""));
    GX_TRY(find_row(r,
                    GX_SQL("SELECT id, name FROM \"unit\" WHERE code = ?1 AND deleted_at IS NULL"),
                    code, ret_id, ret_name));
    if (!*ret_id)
        WRONG(r, gx_str_c(key), GX_M_RELOCATE_UNIT, code);
    return GX_OK;
}

static enum gx_code read_units(struct reader *r)
{
    struct gx_relocate *d = r->def;
    bool one = false, other = false;
    GX_TRY(read_unit(r, "from", &d->from, &d->from_name));
    GX_TRY(read_unit(r, "to", &d->to, &d->to_name));
    if (!d->from || !d->to)
        return GX_OK;
    GX_TRY(is_below(r, d->from, d->to, &one));
    GX_TRY(is_below(r, d->to, d->from, &other));
    if (one || other)
        WRONG(r, GX_STR("to"), GX_M_RELOCATE_SAME);
    return GX_OK;
}

/* `sits` 0: anywhere. */
static enum gx_code read_user(struct reader *r, struct gx_str login, struct gx_str path,
                              int64_t sits, int64_t *ret_id)
{
    struct gx_str name;
    bool inside = true;
    GX_TRY(find_row(r,
                    sits ? GX_SQL("SELECT id, display_name FROM \"user\" WHERE login = ?1 AND "
                                  "deleted_at IS NULL AND active = 1")
                         : GX_SQL("SELECT id, display_name FROM \"user\" WHERE login = ?1 AND "
                                  "deleted_at IS NULL"),
                    login, ret_id, &name));
    if (!*ret_id)
        WRONG(r, path, GX_M_RELOCATE_USER, login);
    else if (sits)
        GX_TRY(gx_relocate_sits(r->scope, *ret_id, sits, &inside));
    if (!inside)
        WRONG(r, path, GX_M_RELOCATE_USER_OUT, name, r->def->to_name);
    return GX_OK;
}

static enum gx_code read_owners(struct reader *r)
{
    const struct gx_json *map = gx_json_get(r->root, "owners");
    struct gx_relocate *d = r->def;
    GX_TRY(read_user(r, gx_json_get_str(r->root, "owner", GX_STR("")), GX_STR("owner"), d->to,
                     &d->owner));
    d->owners = gx_arena_zalloc(r->ctx->arena, (map ? map->count : 0) + 1, sizeof *d->owners);
    for (const struct gx_json *k = map ? map->first : NULL; k; k = k->next) {
        struct gx_str path = under(r, GX_STR("owners"), k->key);
        struct gx_relocate_owner *o = &d->owners[d->owner_count++];
        GX_TRY(read_user(r, k->key, path, 0, &o->from));
        GX_TRY(read_user(r, k->text, path, d->to, &o->to));
    }
    return GX_OK;
}

static enum gx_code read_books(struct reader *r, const struct gx_json *books, const char *key,
                               struct gx_ids *ret_ids)
{
    static const char *const known[] = { "enter", "keep", NULL };
    const struct gx_json *list = gx_json_get(books, key);
    struct gx_str name;
    size_t i = 0;
    check_keys(r, books, GX_STR("books"), known);
    ret_ids->v = GX_ARENA_ARRAY(r->ctx->arena, int64_t, (list ? list->count : 0) + 1);
    for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next, i++) {
        int64_t *id = &ret_ids->v[ret_ids->n];
        GX_TRY(find_row(
            r, GX_SQL("SELECT id, name FROM \"book\" WHERE name = ?1 AND deleted_at IS NULL"),
            k->text, id, &name));
        if (*id)
            ret_ids->n++;
        else
            WRONG(r, element(r, under(r, GX_STR("books"), gx_str_c(key)), i), GX_M_RELOCATE_BOOK,
                  k->text);
    }
    return GX_OK;
}

/* --- amounts and years */

static bool is_currency(struct gx_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < 'A' || s.p[i] > 'Z')
            return false;
    return s.n == 3;
}

/* Digits after the point of what is paid in a currency, where it is not two (ISO 4217; the new
 * Taiwan dollar as it is used). */
static int digits_of(struct gx_str currency)
{
    static const char none[] =
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF TWD UGX VND VUV XAF XOF XPF";
    static const char three[] = "BHD IQD JOD KWD LYD OMR TND";
    if (gx_str_search(gx_str_c(none), currency) != SIZE_MAX)
        return 0;
    return gx_str_search(gx_str_c(three), currency) != SIZE_MAX ? 3 : 2;
}

static void read_currency(struct reader *r)
{
    static const char *const known[] = { "from", "to", "rate", "digits", "rounding", NULL };
    static const char *const roundings[] = { "half_up", "half_even", "down", "up", NULL };
    const struct gx_json *node = gx_json_get(r->root, "currency");
    struct gx_relocate *d = r->def;
    if (!node)
        return;
    check_keys(r, node, GX_STR("currency"), known);
    d->currency_from = gx_json_get_str(node, "from", GX_STR(""));
    d->currency_to = gx_json_get_str(node, "to", GX_STR(""));
    if (!is_currency(d->currency_from))
        WRONG(r, GX_STR("currency.from"), GX_M_RELOCATE_CURRENCY, d->currency_from);
    if (!is_currency(d->currency_to))
        WRONG(r, GX_STR("currency.to"), GX_M_RELOCATE_CURRENCY, d->currency_to);
    struct gx_str rate = gx_json_get_str(node, "rate", GX_STR(""));
    if (!gx_decimal_parse(rate, GX_DECIMAL_SCALE_MAX, &d->rate) || d->rate <= 0)
        WRONG(r, GX_STR("currency.rate"), GX_M_RELOCATE_RATE, rate);
    int64_t digits = gx_json_get_int(node, "digits", digits_of(d->currency_to));
    if (digits < 0 || digits > GX_MONEY_SCALE)
        WRONG(r, GX_STR("currency.digits"), GX_M_RELOCATE_WORD, GX_STR(""),
              GX_STR("0, 1, 2, 3, 4"));
    d->digits = (int)digits;
    d->rounding = (enum gx_rounding)word_of(r, gx_json_get_str(node, "rounding", GX_STR("half_up")),
                                            GX_STR("currency.rounding"), roundings);
}

static void read_fiscal(struct reader *r)
{
    static const char *const known[] = { "from", "to", "named", NULL };
    static const char *const named[] = { "start", "end", NULL };
    const struct gx_json *node = gx_json_get(r->root, "fiscal");
    struct gx_relocate *d = r->def;
    if (!node)
        return;
    check_keys(r, node, GX_STR("fiscal"), known);
    d->fiscal_from = (int)gx_json_get_int(node, "from", 0);
    d->fiscal_to = (int)gx_json_get_int(node, "to", 0);
    if (d->fiscal_from < 1 || d->fiscal_from > 12)
        WRONG(r, GX_STR("fiscal.from"), GX_M_RELOCATE_MONTH);
    if (d->fiscal_to < 1 || d->fiscal_to > 12)
        WRONG(r, GX_STR("fiscal.to"), GX_M_RELOCATE_MONTH);
    d->fiscal_by_end = word_of(r, gx_json_get_str(node, "named", GX_STR("start")),
                               GX_STR("fiscal.named"), named) == 1;
}

/* --- objects and fields */

static const struct gx_field *field_of(struct reader *r, const struct gx_object *object,
                                       struct gx_str name, struct gx_str path)
{
    const struct gx_field *field = gx_object_field(object, name);
    if (field && !field->type->computed && (!field->system || field == object->owner))
        return field;
    struct gx_str near = field ? GX_STR("") : gx_object_near(object, name);
    if (near.n)
        WRONG(r, path, GX_M_UNKNOWN_KEY_NEAR, name, near);
    else
        WRONG(r, path, GX_M_UNKNOWN_KEY, name);
    return NULL;
}

static bool fits(const struct gx_field *to, const struct gx_field *from)
{
    return to->x.type == from->x.type && to->part_count == from->part_count &&
           to->x.scale == from->x.scale &&
           (!to->x.object || (from->x.object && strcmp(to->x.object, from->x.object) == 0));
}

/* Would the field take this value? */
static void check_value(struct reader *r, const struct gx_field *field, const struct gx_json *node,
                        struct gx_str path)
{
    struct gx_value parts[GX_TYPE_PARTS_MAX] = { 0 };
    struct gx_type_io io = gx_store_io(r->scope, field, path);
    if (node->kind != GX_JSON_NULL && field->type->from_json(&io, node, parts) != GX_OK)
        r->wrong = true;
}

static bool has_code(const struct gx_field *field, struct gx_str code)
{
    for (size_t i = 0; i < field->choice_count; i++)
        if (gx_str_eq(field->choices[i].code, code))
            return true;
    return field->process && gx_process_state(field->process, code);
}

static void read_map(struct reader *r, const struct gx_field *field, const struct gx_json *node,
                     struct gx_str path, struct gx_relocate_rule *rule)
{
    static const char *const words[] = { "refuse", "keep", "clear", NULL };
    static const enum gx_relocate_how hows[] = { GX_RELOCATE_USUAL, GX_RELOCATE_KEEP,
                                                 GX_RELOCATE_CLEAR };
    bool codes = field->choice_count || field->process;
    rule->how = GX_RELOCATE_MAP;
    rule->node = gx_json_get(node, "map");
    rule->otherwise = hows[word_of(r, gx_json_get_str(node, "else", GX_STR("refuse")),
                                   under(r, path, GX_STR("else")), words)];
    if (rule->node->kind != GX_JSON_OBJECT || field->part_count != 1 ||
        field->x.type == GX_TYPE_MONEY) {
        WRONG(r, path, GX_M_RELOCATE_RULE);
        return;
    }
    for (const struct gx_json *k = rule->node->first; k; k = k->next) {
        struct gx_str at = under(r, under(r, path, GX_STR("map")), k->key);
        if (codes && !gx_str_is(k->key, "*") && !has_code(field, k->key))
            WRONG(r, at, GX_M_RELOCATE_CODE, k->key, field->x.name);
        if (codes && k->kind == GX_JSON_STRING && !has_code(field, k->text))
            WRONG(r, at, GX_M_RELOCATE_CODE, k->text, field->x.name);
        else if (!codes)
            check_value(r, field, k, at);
    }
}

static void read_fiscal_rule(struct reader *r, const struct gx_object *object,
                             const struct gx_field *field, const struct gx_json *node,
                             struct gx_str path, struct gx_relocate_rule *rule)
{
    struct gx_str quarter = gx_json_get_str(node, "quarter", GX_STR(""));
    rule->how = GX_RELOCATE_FISCAL;
    if (quarter.n)
        rule->to = field_of(r, object, quarter, under(r, path, GX_STR("quarter")));
    bool good = field->x.type == GX_TYPE_NUMBER && field->x.scale == 0 &&
                (!rule->to || rule->to->x.type == GX_TYPE_CHOICE ||
                 (rule->to->x.type == GX_TYPE_NUMBER && rule->to->x.scale == 0));
    if (!good || !r->def->fiscal_from)
        WRONG(r, path, GX_M_RELOCATE_FISCAL);
}

static void read_rule(struct reader *r, struct gx_relocate_part *part, const struct gx_json *node,
                      struct gx_str path)
{
    static const char *const known[] = { "to", "set", "map", "else", "fiscal", "quarter", NULL };
    const struct gx_field *field = field_of(r, part->object, node->key, path);
    if (!field)
        return;
    struct gx_relocate_rule *rule = &part->rules[field->index_in_object];
    if (gx_str_is(node->text, "keep") || gx_str_is(node->text, "clear")) {
        rule->how = gx_str_is(node->text, "keep") ? GX_RELOCATE_KEEP : GX_RELOCATE_CLEAR;
        return;
    }
    const struct gx_json *to = gx_json_get(node, "to"), *set = gx_json_get(node, "set");
    check_keys(r, node, path, known);
    if (to) {
        rule->how = GX_RELOCATE_TO;
        rule->to = field_of(r, part->object, to->text, under(r, path, GX_STR("to")));
        if (rule->to && (!fits(rule->to, field) || rule->to == field))
            WRONG(r, under(r, path, GX_STR("to")), GX_M_RELOCATE_MISFIT, rule->to->x.name,
                  field->x.name);
    } else if (set) {
        rule->how = GX_RELOCATE_SET;
        rule->node = set;
        check_value(r, field, set, under(r, path, GX_STR("set")));
    } else if (gx_json_get(node, "map")) {
        read_map(r, field, node, path, rule);
    } else if (gx_json_get(node, "fiscal")) {
        read_fiscal_rule(r, part->object, field, node, path, rule);
    } else {
        WRONG(r, path, GX_M_RELOCATE_RULE);
    }
    if (field == part->object->owner)
        WRONG(r, path, GX_M_RELOCATE_OWNER);
}

const struct gx_relocate_part *gx_relocate_part_of(const struct gx_relocate *def,
                                                   const struct gx_object *object)
{
    for (size_t i = 0; i < def->part_count; i++)
        if (def->parts[i].object == object)
            return &def->parts[i];
    return NULL;
}

static void add_by(struct reader *r, struct gx_relocate_part *part, struct gx_str name,
                   struct gx_str path)
{
    const struct gx_field *field = gx_object_field(part->object, name);
    const struct gx_object *to = field && field->x.type == GX_TYPE_LINK && field->x.object
                                     ? gx_meta_object(r->meta, gx_str_c(field->x.object))
                                     : NULL;
    const struct gx_relocate_part *above = to ? gx_relocate_part_of(r->def, to) : NULL;
    if (field && !field->type->computed && above && above->stay == GX_RELOCATE_ALONG)
        part->by[part->by_count++] = field;
    else
        WRONG(r, path, GX_M_RELOCATE_BY, name);
}

/* The links by which records come along: as said, or the one to the account. */
static void read_by(struct reader *r, struct gx_relocate_part *part, const struct gx_json *node,
                    struct gx_str path)
{
    const struct gx_json *by = gx_json_get(node, "by");
    size_t i = 0;
    path = under(r, path, GX_STR("by"));
    part->by = GX_ARENA_ARRAY(r->ctx->arena, const struct gx_field *,
                              (by && by->count ? by->count : 1) + 1);
    if (!by && part->object->account)
        add_by(r, part, part->object->account->x.name, path);
    else if (!by || by->kind == GX_JSON_STRING)
        add_by(r, part, by ? by->text : GX_STR("account"), path);
    for (const struct gx_json *k = by ? by->first : NULL; k; k = k->next, i++)
        add_by(r, part, k->text, element(r, path, i));
}

static void read_part(struct reader *r, const struct gx_json *node)
{
    static const char *const known[] = { "by", "fields", "stay", NULL };
    static const char *const stays[] = { "along", "clear", "keep", "remove", NULL };
    struct gx_str path = under(r, GX_STR("objects"), node->key);
    const struct gx_object *object = gx_meta_object(r->meta, node->key);
    bool account = gx_str_is(node->key, "account");
    if (!object || gx_str_is(node->key, "user") || gx_str_is(node->key, "unit") ||
        gx_str_is(node->key, "book")) {
        WRONG(r, path, GX_M_META_NO_OBJECT, node->key);
        return;
    }
    if (account && r->def->parts[0].rules) /* read already */
        return;
    struct gx_relocate_part *part =
        account ? &r->def->parts[0] : &r->def->parts[r->def->part_count++];
    check_keys(r, node, path, known);
    part->object = object;
    part->rules = gx_arena_zalloc(r->ctx->arena, object->field_count + 1, sizeof *part->rules);
    part->stay = (enum gx_relocate_stay)word_of(r, gx_json_get_str(node, "stay", GX_STR("along")),
                                                under(r, path, GX_STR("stay")), stays);
    if (part->stay != GX_RELOCATE_ALONG)
        return;
    if (!account)
        read_by(r, part, node, path);
    const struct gx_json *fields = gx_json_get(node, "fields");
    for (const struct gx_json *k = fields ? fields->first : NULL; k; k = k->next)
        read_rule(r, part, k, under(r, under(r, path, GX_STR("fields")), k->key));
}

static void read_parts(struct reader *r)
{
    const struct gx_json *objects = gx_json_get(r->root, "objects");
    const struct gx_json *account = gx_json_get(objects, "account");
    static const struct gx_json empty = { .kind = GX_JSON_OBJECT, .key = { "account", 7 } };
    r->def->parts =
        gx_arena_zalloc(r->ctx->arena, (objects ? objects->count : 0) + 2, sizeof *r->def->parts);
    r->def->part_count = 1;
    read_part(r, account ? account : &empty);
    for (const struct gx_json *k = objects ? objects->first : NULL; k; k = k->next)
        read_part(r, k);
    if (r->def->parts[0].object && r->def->parts[0].stay != GX_RELOCATE_ALONG)
        WRONG(r, GX_STR("objects.account.stay"), GX_M_RELOCATE_RULE);
}

enum gx_code gx_relocate_read(struct gx_scope *scope, const struct gx_json *json,
                              struct gx_relocate **ret_def)
{
    static const char *const known[] = { "relocation", "label",  "from",     "to",
                                         "owner",      "owners", "currency", "fiscal",
                                         "objects",    "books",  NULL };
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct reader r = {
        .ctx = ctx,
        .scope = gx_scope_system(ctx, gx_scope_tenant(scope), gx_scope_conn(scope),
                                 "a move between markets is read"),
        .def = GX_ARENA_NEW(ctx->arena, struct gx_relocate),
        .root = json,
    };
    r.meta = gx_scope_meta(r.scope);
    if (!json || json->kind != GX_JSON_OBJECT || !gx_meta_object(r.meta, GX_STR("account")))
        return gx_fail(ctx, GX_E_INVALID, GX_STR(""), GX_M_RELOCATE_NO_JSON);
    check_keys(&r, json, GX_STR(""), known);
    r.def->name = gx_json_get_str(json, "relocation", GX_STR(""));
    GX_TRY(read_units(&r));
    GX_TRY(read_owners(&r));
    const struct gx_json *books = gx_json_get(json, "books");
    GX_TRY(read_books(&r, books, "enter", &r.def->enter));
    GX_TRY(read_books(&r, books, "keep", &r.def->keep));
    read_currency(&r);
    read_fiscal(&r);
    read_parts(&r);
    if (r.wrong)
        return GX_E_INVALID;
    *ret_def = r.def;
    return GX_OK;
}
