/*
 * expr_random.c - see expr_random.h.
 *
 * Every kind of node has its place in one of the tables of shapes below; `%` in a shape stands
 * for a random operand, by the letter after it:
 *   b bool, n number, m money, t text, f foldable text, d date, o moment, u duration,
 *   c choice, C literal choice, l link to an account, s small number literal, p period, M months,
 *   D date or moment, x any ordered type (the same within one shape), T text literal
 * and [ … ] for a condition over the related records chosen by %R (a list), with %F its numeric
 * field.
 */
#include "expr_random.h"

#include <stdio.h>

#include "expr_data.h"

struct level {
    enum world_object object;
    const struct level *up;
};

struct maker {
    struct gx_buf *out;
    const struct world *world;
    uint64_t *state;
};

static void make(struct maker *m, const struct level *level, char what, int depth);

static size_t pick(struct maker *m, size_t n)
{
    return random_below(m->state, n);
}

static void put(struct maker *m, const char *z)
{
    gx_buf_addz(m->out, z);
}

static enum world_object object_named(const char *name)
{
    static const char *const names[] = { "user", "account", "order", "tag" };
    size_t i = 0;
    while (strcmp(names[i], name) != 0)
        i++;
    return (enum world_object)i;
}

static enum gx_type type_of(char what)
{
    switch (what) {
    case 'b':
        return GX_TYPE_BOOL;
    case 'n':
        return GX_TYPE_NUMBER;
    case 'm':
        return GX_TYPE_MONEY;
    case 't':
    case 'f':
        return GX_TYPE_TEXT;
    case 'd':
        return GX_TYPE_DATE;
    case 'o':
        return GX_TYPE_MOMENT;
    case 'u':
        return GX_TYPE_DURATION;
    case 'c':
        return GX_TYPE_CHOICE;
    default:
        return GX_TYPE_LINK;
    }
}

/* A random field of `object` of a type; NULL if it has none. */
static const struct gx_expr_field *field_of(struct maker *m, enum world_object object,
                                            enum gx_type type)
{
    const struct gx_expr_object *o = &m->world->objects[object];
    const struct gx_expr_field *found = NULL;
    size_t seen = 0;
    for (size_t i = 0; i < o->field_count; i++) {
        if (o->fields[i].type == type && pick(m, ++seen) == 0)
            found = &o->fields[i];
    }
    return found;
}

/* Start of a path: nothing, "outer." or "me."; then links. */
static enum world_object put_start(struct maker *m, const struct level *level, int links)
{
    enum world_object at = level->object;
    if (pick(m, 20) == 0) {
        put(m, "me.");
        at = WORLD_USER;
    } else {
        while (level->up && pick(m, 3) == 0) {
            put(m, "outer.");
            level = level->up;
        }
        at = level->object;
    }
    for (; links > 0; links--) {
        const struct gx_expr_field *link = field_of(m, at, GX_TYPE_LINK);
        if (!link)
            break;
        gx_buf_add(m->out, link->name);
        put(m, ".");
        at = object_named(link->object);
    }
    return at;
}

/* A field of the type, if the record that the path leads to has one. */
static bool put_field(struct maker *m, const struct level *level, enum gx_type type)
{
    size_t before = m->out->n;
    static const int links[] = { 0, 0, 0, 1, 1, 2 };
    enum world_object at = put_start(m, level, links[pick(m, GX_COUNT(links))]);
    const struct gx_expr_field *field = field_of(m, at, type);
    if (!field) {
        m->out->n = before;
        return false;
    }
    gx_buf_add(m->out, field->name);
    return true;
}

static void put_text(struct maker *m)
{
    struct gx_str s = gx_str_c(data_texts[pick(m, data_text_count)]);
    size_t from = 0, n = s.n;
    if (pick(m, 2)) { /* a piece of it, cut between characters */
        from = pick(m, s.n);
        while (from && (s.p[from] & 0xc0) == 0x80)
            from--;
        n = from + 1 + pick(m, s.n - from);
        while (n < s.n && (s.p[n] & 0xc0) == 0x80)
            n++;
    }
    put(m, "\"");
    for (size_t i = from; i < n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\')
            put(m, "\\");
        if (s.p[i] == '\n')
            put(m, "\\n");
        else
            gx_buf_addc(m->out, s.p[i]);
    }
    put(m, "\"");
}

static void put_number(struct maker *m)
{
    static const char *const numbers[] = {
        "0",
        "1",
        "-1",
        "2",
        "3",
        "10",
        "-7",
        "0.5",
        "1.25",
        "-0.01",
        "12.34567",
        "100000",
        "0.000000001",
        "9223372036854775807",
        "-9223372036854775808",
        "1.05",
        "33.3333",
        "922337203685477.5807",
    };
    put(m, numbers[pick(m, GX_COUNT(numbers))]);
}

static void put_literal(struct maker *m, char what)
{
    static const char *const dates[] = { "2026-11-21", "2026-11-01", "2026-12-31", "2024-02-29",
                                         "0001-01-01", "9999-12-31", "today()",    "1969-12-31" };
    static const char *const moments[] = { "2026-11-21T08:00Z",        "2026-11-21T00:00",
                                           "2026-11-20T16:00:00Z",     "now()",
                                           "9999-12-31T23:59:59.5Z",   "0001-01-01T00:00Z",
                                           "2026-11-21T00:00:00+08:00" };
    static const char *const durations[] = { "90d",    "1h30m",      "-2w", "36h",     "0s",
                                             "3 days", "45 minutes", "-1s", "9000000d" };
    switch (what) {
    case 'b':
        put(m, pick(m, 2) ? "true" : "false");
        break;
    case 'd':
        put(m, dates[pick(m, GX_COUNT(dates))]);
        break;
    case 'o':
        put(m, moments[pick(m, GX_COUNT(moments))]);
        break;
    case 'u':
        put(m, durations[pick(m, GX_COUNT(durations))]);
        break;
    case 't':
    case 'f':
        put_text(m);
        break;
    case 'n':
        put_number(m);
        break;
    case 'm': /* a literal alone is a number, not money */
        put(m, "max(me.accounts.revenue)");
        break;
    default:
        put(m, "empty");
    }
}

/* A list of related records; *ret_object is theirs.  False if nothing leads to one. */
static bool put_list(struct maker *m, const struct level *level, enum world_object *ret_object)
{
    size_t before = m->out->n;
    for (int tries = 0; tries < 6; tries++) {
        m->out->n = before;
        enum world_object at = put_start(m, level, (int)pick(m, 3));
        const struct gx_expr_object *o = &m->world->objects[at];
        const struct gx_expr_field *links = field_of(m, at, GX_TYPE_LINKS);
        size_t n = o->relation_count + (links ? 1 : 0);
        if (n == 0)
            continue;
        size_t k = pick(m, n);
        gx_buf_add(m->out, k < o->relation_count ? o->relations[k].name : links->name);
        *ret_object = object_named(k < o->relation_count ? o->relations[k].object : links->object);
        return true;
    }
    m->out->n = before;
    return false;
}

/* sum(list.field: condition) and its kind. */
static void put_aggregate(struct maker *m, const struct level *level, const char *name, char what,
                          int depth)
{
    size_t before = m->out->n;
    enum world_object object;
    put(m, name);
    put(m, "(");
    bool ok = put_list(m, level, &object);
    const struct level inner = { ok ? object : WORLD_USER, level };
    bool all = strcmp(name, "all") == 0,
         valued = !all && strcmp(name, "any") != 0 && strcmp(name, "count") != 0;
    if (ok && valued) {
        const struct gx_expr_field *field = field_of(m, object, type_of(what));
        const struct gx_expr_field *link = field_of(m, object, GX_TYPE_LINK);
        put(m, ".");
        if (link && pick(m, 4) == 0) {
            const struct gx_expr_field *there =
                field_of(m, object_named(link->object), type_of(what));
            if (there) {
                gx_buf_add(m->out, link->name);
                put(m, ".");
                field = there;
            }
        }
        ok = field != NULL;
        if (ok)
            gx_buf_add(m->out, field->name);
    }
    if (!ok) {
        m->out->n = before;
        put_literal(m, what);
        return;
    }
    if (all || pick(m, 3)) {
        put(m, ": ");
        make(m, &inner, 'b', depth - 1);
    }
    put(m, ")");
}

static void put_choice(struct maker *m, const struct level *level, int depth)
{
    static const char *const codes[] = { "\"won\"", "\"Closed lost\"", "\"進行中\"" };
    static const char *const kinds[] = { "\"org\"", "\"個人\"" };
    bool order = level->object == WORLD_ORDER;
    if (!order && level->object != WORLD_ACCOUNT) {
        put_literal(m, 'b');
        return;
    }
    const char *field = order ? "stage" : "kind";
    const char *code = order ? codes[pick(m, GX_COUNT(codes))] : kinds[pick(m, GX_COUNT(kinds))];
    const char *other = order ? codes[0] : kinds[0];
    static const char *const shapes[] = { "%s = %s",           "%s != %s",
                                          "%s in (%s, %s)",    "%s not in (%s, %s)",
                                          "%s is empty",       "coalesce(%s, %s) = %s",
                                          "text(%s) & %s < %s" };
    size_t k = pick(m, GX_COUNT(shapes) + (depth > 0));
    if (k == GX_COUNT(shapes)) {
        put(m, "if(");
        make(m, level, 'b', depth - 1);
        gx_buf_printf(m->out, ", %s, %s) = %s", field, code, other);
        return;
    }
    const char *args[] = { field, code, other };
    size_t at = 0;
    for (const char *p = shapes[k]; *p; p++) {
        if (*p == '%') {
            put(m, args[at++]);
            p++;
        } else {
            gx_buf_addc(m->out, *p);
        }
    }
}

static void put_period(struct maker *m)
{
    static const char *const shift[] = { "this_", "last_", "next_" };
    static const char *const names[] = { "week", "month",          "quarter",
                                         "year", "fiscal_quarter", "fiscal_year" };
    put(m, shift[pick(m, 3)]);
    put(m, names[pick(m, GX_COUNT(names))]);
}

static void put_months(struct maker *m)
{
    static const char *const months[] = { "1 month",   "3 months",     "1 quarter", "2 years",
                                          "13 months", "48000 months", "1y" };
    put(m, months[pick(m, GX_COUNT(months))]);
}

static void put_link(struct maker *m, const struct level *level)
{
    static const char *const shapes[] = { " = \"205\"", " is empty", " != \"201\"",
                                          " in (\"200\", \"203\", \"204\")" };
    size_t before = m->out->n;
    enum world_object at = put_start(m, level, (int)pick(m, 2));
    const struct gx_expr_field *field = field_of(m, at, GX_TYPE_LINK);
    if (!field) {
        m->out->n = before;
        put(m, "id = \"301\"");
        return;
    }
    gx_buf_add(m->out, field->name);
    if (strcmp(field->object, "user") == 0 && pick(m, 2))
        put(m, pick(m, 2) ? " = me" : " != me");
    else
        put(m, shapes[pick(m, GX_COUNT(shapes))]);
}

static void put_has(struct maker *m, const struct level *level)
{
    if (level->object == WORLD_ORDER)
        put(m, pick(m, 2) ? "has(account.interests, \"tea\", \"Golf\")"
                          : "has(account.tags, \"402\", \"400\")");
    else if (level->object == WORLD_ACCOUNT)
        put(m, pick(m, 2) ? "has(interests, \"歌劇\")" : "tags is not empty");
    else
        put(m, "id in (\"103\", \"402\")");
}

static const char *const shapes_b[] = {
    "not (%b)",
    "(%b) and (%b)",
    "(%b) or (%b) or (%b)",
    "(%b) = (%b)",
    "(%b) != true",
    "(%b) in (false, %b)",
    "if(%b, %b, %b)",
    "(%n) O (%n)",
    "(%n) O (%s)",
    "(%m) O (%m)",
    "(%m) O (%n)",
    "(%s) O (%m)",
    "(%t) O (%t)",
    "(%t) O %T",
    "(%d) O (%d)",
    "(%o) O (%o)",
    "(%o) O (%d)",
    "(%d) O (%o)",
    "(%u) O (%u)",
    "(%n) in (%s, %s, %n)",
    "(%n) in (1, 2, 0.5, 10)",
    "(%m) not in (1, 2.5, 0.00001)",
    "(%t) in (%T, %T)",
    "(%o) in (%d, 2026-11-21)",
    "(%d) in (%o, 2026-11-21, today())",
    "(%n) between %s and (%n)",
    "(%m) between (%m) and (%n)",
    "(%D) between (%D) and (%D)",
    "(%D) in %p",
    "(%D) not in %p",
    "valid_tax_id(right(%t & \"22099131\", 8))",
    "valid_tax_id(right(\"10458\" & text(%n), 8))",
    "(%t) is empty",
    "(%n) is empty",
    "(%m) is not empty",
    "(%d) is empty",
    "(%o) is not empty",
    "(%u) is empty",
    "(%f) ~ %T",
    "(%f) ^= %T",
    "(%f) $= %T",
    "(%f) ~ (%f)",
    "(%f) ^= (%f)",
    "(%f) $= (%f)",
    "not (%f ~ %T)",
    "%A",
    "%A",
    "%A",
    "%c",
    "%c",
    "%l",
    "%l",
    "%h",
};
static const char *const shapes_n[] = {
    "(%n) + (%n)",
    "(%n) - (%n)",
    "(%n) * (%n)",
    "(%n) / (%n)",
    "-(%n)",
    "(%m) / (%m)",
    "(%u) / (%u)",
    "round(%n)",
    "round(%n, 2)",
    "round(%n, -2)",
    "floor(%n)",
    "ceil(%n)",
    "abs(%n)",
    "min(%n, %n, %n)",
    "max(%n, %s)",
    "coalesce(%n, %n)",
    "if(%b, %n, %n)",
    "if(%b, %n, empty)",
    "length(%t)",
    "year(%D)",
    "month(%D)",
    "day(%D)",
    "weekday(%D)",
    "quarter(%D)",
    "days(%u)",
    "hours(%u)",
    "minutes(%u)",
    "%A",
    "%A",
    "%A",
    "%A",
};
static const char *const shapes_m[] = {
    "(%m) + (%m)", "(%m) - (%n)", "(%s) + (%m)",    "(%m) * (%n)",   "(%s) * (%m)",
    "(%m) / (%n)", "-(%m)",       "round(%m, 1)",   "round(%m, -1)", "floor(%m)",
    "ceil(%m)",    "abs(%m)",     "min(%m, %n)",    "max(%m, %m)",   "coalesce(%m, 0)",
    "%A",          "%A",          "if(%b, %m, %n)",
};
static const char *const shapes_t[] = {
    "(%t) & (%t)",  "(%t) + \" \" + (%t)", "(%t) & (%n)",    "(%m) & %T",
    "(%t) & (%d)",  "lower(%t)",           "upper(%t)",      "trim(%t)",
    "left(%t, %n)", "right(%t, 2)",        "left(%t, 1)",    "text(%n)",
    "text(%d)",     "coalesce(%t, %t)",    "if(%b, %t, %T)", "concat(%t, %n, %T)",
};
static const char *const shapes_f[] = {
    "(%f) & (%f)",      "(%f) & \" \" & (%f)", "lower(%f)",   "upper(%f)", "trim(%f)",
    "coalesce(%f, %T)", "if(%b, %f, %f)",      "(%f) & (%n)", "text(%d)",  "\" \" & (%f) & \"  x\"",
};
static const char *const shapes_d[] = {
    "(%d) + (%u)", "(%d) - (%u)",      "(%u) + (%d)",      "(%d) + %M",         "(%d) - %M",
    "date(%o)",    "min(%d, today())", "coalesce(%d, %d)", "if(%b, %d, empty)", "%A",
};
static const char *const shapes_o[] = {
    "(%o) + (%u)", "(%o) - (%u)",         "(%o) + %M",      "(%o) - %M",
    "max(%o, %o)", "coalesce(%o, now())", "if(%b, %o, %o)", "%A",
};
static const char *const shapes_u[] = {
    "(%d) - (%d)", "(%o) - (%o)", "(%o) - (%d)", "(%d) - (%o)", "(%u) + (%u)", "(%u) * (%n)",
    "(%n) * (%u)", "(%u) / (%n)", "-(%u)",       "abs(%u)",     "max(%u, %u)", "%A",
};

struct shapes {
    char what;
    const char *const *list;
    size_t count;
};

static const struct shapes all_shapes[] = {
    { 'b', shapes_b, GX_COUNT(shapes_b) }, { 'n', shapes_n, GX_COUNT(shapes_n) },
    { 'm', shapes_m, GX_COUNT(shapes_m) }, { 't', shapes_t, GX_COUNT(shapes_t) },
    { 'f', shapes_f, GX_COUNT(shapes_f) }, { 'd', shapes_d, GX_COUNT(shapes_d) },
    { 'o', shapes_o, GX_COUNT(shapes_o) }, { 'u', shapes_u, GX_COUNT(shapes_u) },
};

static void put_any_aggregate(struct maker *m, const struct level *level, char what, int depth)
{
    static const char *const tests[] = { "any", "all" };
    static const char *const sums[] = { "sum", "avg", "min", "max" };
    if (what == 'b')
        put_aggregate(m, level, tests[pick(m, 2)], what, depth);
    else if (what == 'n' && pick(m, 3) == 0)
        put_aggregate(m, level, "count", what, depth);
    else if (what == 'd' || what == 'o')
        put_aggregate(m, level, sums[2 + pick(m, 2)], what, depth);
    else
        put_aggregate(m, level, sums[pick(m, 4)], what, depth);
}

static void put_hole(struct maker *m, const struct level *level, char hole, char what, int depth)
{
    switch (hole) {
    case 'A':
        put_any_aggregate(m, level, what, depth);
        break;
    case 'c':
        put_choice(m, level, depth);
        break;
    case 'l':
        put_link(m, level);
        break;
    case 'h':
        put_has(m, level);
        break;
    case 'p':
        put_period(m);
        break;
    case 'M':
        put_months(m);
        break;
    case 's':
        put_number(m);
        break;
    case 'T':
        put_text(m);
        break;
    case 'D':
        make(m, level, pick(m, 2) ? 'd' : 'o', depth);
        break;
    default:
        make(m, level, hole, depth);
    }
}

static void put_shape(struct maker *m, const struct level *level, const char *shape, char what,
                      int depth)
{
    static const char *const ops[] = { "=", "!=", "<", "<=", ">", ">=" };
    for (const char *p = shape; *p; p++) {
        if (*p == '%')
            put_hole(m, level, *++p, what, depth);
        else if (*p == 'O' && p[-1] == ' ')
            put(m, ops[pick(m, GX_COUNT(ops))]);
        else
            gx_buf_addc(m->out, *p);
    }
}

static void make(struct maker *m, const struct level *level, char what, int depth)
{
    if (depth <= 0 || pick(m, 4) == 0) {
        if (pick(m, 4) == 0 || !put_field(m, level, type_of(what)))
            put_literal(m, what);
        return;
    }
    size_t i = 0;
    while (all_shapes[i].what != what)
        i++;
    put_shape(m, level, all_shapes[i].list[pick(m, all_shapes[i].count)], what, depth - 1);
}

void random_expr(struct gx_buf *out, const struct world *world, uint64_t *state,
                 enum world_object object, enum gx_type type, int depth)
{
    static const char letters[] = {
        [GX_TYPE_BOOL] = 'b', [GX_TYPE_NUMBER] = 'n', [GX_TYPE_MONEY] = 'm',   [GX_TYPE_TEXT] = 't',
        [GX_TYPE_DATE] = 'd', [GX_TYPE_MOMENT] = 'o', [GX_TYPE_DURATION] = 'u'
    };
    struct maker m = { out, world, state };
    const struct level level = { object, NULL };
    make(&m, &level, letters[type], depth);
}
