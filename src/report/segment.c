/*
 * segment.c - from what a person wrote to what can be asked; see segment.h.
 *
 * Everything that the expression language can say becomes one text of it, so that lineage can be
 * read, and so that each dialect is asked the same.  Lists are beside it: who is in them was true
 * once and can be said by no rule.
 */
#include "report/segment_int.h"

enum { EXCLUDE_DEPTH_MAX = 4 };

struct building {
    struct gx_scope *scope;
    struct gx_segment_what *what;
    struct gx_buf text;
};

static struct gx_ctx *ctx_of(const struct building *b)
{
    return gx_scope_ctx(b->scope);
}

static void and_text(struct gx_buf *out, const char *before, struct gx_str text)
{
    if (out->n)
        gx_buf_addz(out, " and ");
    gx_buf_addz(out, before);
    gx_buf_addc(out, '(');
    gx_buf_add(out, text);
    gx_buf_addc(out, ')');
}

/* Each part is parsed by itself first, so that an error is said of the field that it stands in. */
static enum gx_code add_part(struct building *b, const char *path, struct gx_str text)
{
    const struct gx_expr *expr;
    enum gx_code code = gx_expr_parse(ctx_of(b), NULL, &gx_scope_meta(b->scope)->schema,
                                      b->what->object->x.name, text, GX_TYPE_BOOL, &expr);
    if (code != GX_OK && ctx_of(b)->last_error)
        ctx_of(b)->last_error->path = gx_str_c(path);
    GX_TRY(code);
    and_text(&b->text, "", text);
    return GX_OK;
}

static enum gx_code add_among(struct building *b, struct gx_list_among among)
{
    if (b->what->among_count == GX_SEGMENT_LISTS_MAX)
        return gx_fail(ctx_of(b), GX_E_LIMIT, GX_STR("exclude"), GX_M_TOO_BIG, GX_STR("16"));
    b->what->among[b->what->among_count++] = among;
    return GX_OK;
}

static enum gx_code load(struct gx_scope *scope, int64_t id, int depth,
                         struct gx_segment_what *ret_what);

static enum gx_code leave_out(struct building *b, int64_t id, int depth)
{
    struct gx_ctx *ctx = ctx_of(b);
    struct gx_segment_what other;
    enum gx_code code = depth > EXCLUDE_DEPTH_MAX
                            ? gx_fail(ctx, GX_E_LIMIT, GX_STR("exclude"), GX_M_SEGMENT_NESTED)
                            : load(b->scope, id, depth, &other);
    if (code != GX_OK) {
        if (ctx->last_error)
            ctx->last_error->path = GX_STR("exclude");
        return code;
    }
    if (other.object != b->what->object)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("exclude"), GX_M_SEGMENT_OTHER_OBJECT, other.name);
    b->what->exclude = gx_arena_printf(ctx->arena, "%.*s%s%.*s", GX_STR_ARG(b->what->exclude),
                                       b->what->exclude.n ? ", " : "", GX_STR_ARG(other.name));
    if (!other.among_count) {
        and_text(&b->text, "not ", other.text.n ? other.text : GX_STR("true"));
        return GX_OK;
    }
    /* Out of a rule and a list at once: no text says that, and no list alone. */
    if (other.text.n || other.among_count > 1)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("exclude"), GX_M_SEGMENT_NESTED, other.name);
    other.among[0].out = true;
    return add_among(b, other.among[0]);
}

/* Words that stand in a text in quotes. */
static bool is_plain(struct gx_str word)
{
    for (size_t i = 0; i < word.n; i++)
        if (strchr("\"'\\", word.p[i]))
            return false;
    return true;
}

static enum gx_code add_consent(struct building *b, const struct gx_segment_rule *rule)
{
    struct gx_ctx *ctx = ctx_of(b);
    struct gx_str purpose = gx_str_trim(rule->consent_purpose), channel = rule->consent_channel;
    if (!purpose.n && !channel.n)
        return GX_OK;
    if (!purpose.n || !channel.n || !is_plain(purpose) || !is_plain(channel))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("consent_purpose"), GX_M_SEGMENT_CONSENT);
    return add_part(b, "consent_purpose",
                    gx_arena_printf(ctx->arena, "consent(\"%.*s\", \"%.*s\")", GX_STR_ARG(purpose),
                                    GX_STR_ARG(channel)));
}

/* Contacts are activities that went out, or will within the same time; what was cancelled is none.
 */
static enum gx_code add_pressure(struct building *b, const struct gx_segment_rule *rule)
{
    struct gx_ctx *ctx = ctx_of(b);
    struct gx_str kind = rule->contacts_kind;
    if (!rule->contacts_max && !rule->contacts_days)
        return GX_OK;
    if (rule->contacts_max < 1 || rule->contacts_days < 1 || !is_plain(kind))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("contacts_max"), GX_M_SEGMENT_PRESSURE);
    bool any = !kind.n || gx_str_is(kind, "any");
    struct gx_str kinds = any ? GX_STR("kind in (\"call\", \"email\", \"visit\", \"meeting\")")
                              : gx_arena_printf(ctx->arena, "kind = \"%.*s\"", GX_STR_ARG(kind));
    return add_part(
        b, "contacts_max",
        gx_arena_printf(ctx->arena,
                        "count(activities: %.*s and status != \"cancelled\" and at >= today() - "
                        "%lldd) < %lld",
                        GX_STR_ARG(kinds), (long long)rule->contacts_days,
                        (long long)rule->contacts_max));
}

static enum gx_code build(struct building *b, const struct gx_segment_rule *rule, int depth)
{
    struct gx_segment_what *what = b->what;
    GX_TRY(gx_object_get(b->scope, rule->object, &what->object));
    what->rule = gx_str_trim(rule->filter);
    if (what->rule.n)
        GX_TRY(add_part(b, "filter", what->rule));
    if (rule->exclude.n > GX_SEGMENT_LISTS_MAX)
        return gx_fail(ctx_of(b), GX_E_LIMIT, GX_STR("exclude"), GX_M_TOO_BIG, GX_STR("16"));
    for (size_t i = 0; i < rule->exclude.n; i++)
        GX_TRY(leave_out(b, rule->exclude.v[i], depth + 1));
    GX_TRY(add_consent(b, rule));
    GX_TRY(add_pressure(b, rule));
    if (b->text.n > GX_EXPR_TEXT_BYTES_MAX)
        return gx_fail(ctx_of(b), GX_E_LIMIT, GX_STR("filter"), GX_M_EXPR_TOO_LONG, GX_STR("8192"));
    what->text = gx_arena_str(ctx_of(b)->arena, gx_buf_str(&b->text));
    return GX_OK;
}

static enum gx_code read_rule(struct gx_scope *scope, const struct gx_segment_rule *rule, int depth,
                              struct gx_segment_what *what)
{
    struct building b = { .scope = scope, .what = what };
    enum gx_code code = build(&b, rule, depth);
    gx_buf_free(&b.text);
    return code;
}

enum gx_code gx_segment_read(struct gx_scope *scope, const struct gx_segment_rule *rule,
                             struct gx_segment_what *ret_what)
{
    *ret_what = (struct gx_segment_what){ .id = 0 };
    return read_rule(scope, rule, 0, ret_what);
}

/* --- stored ones */

enum gx_code gx_segment_record(struct gx_scope *scope, int64_t id, enum gx_right right,
                               struct gx_segment_record *ret_record)
{
    const struct gx_object *object;
    GX_TRY(gx_object_get(scope, GX_STR("segment"), &object));
    ret_record->id = id;
    return gx_record_load(scope, object, id, right, false, &ret_record->record);
}

static struct gx_value value_of(const struct gx_segment_record *segment, const char *name)
{
    const struct gx_field *field = gx_object_field(segment->record.object, gx_str_c(name));
    return field ? segment->record.v[field->slot] : GX_NULL_VALUE;
}

struct gx_str gx_segment_text(const struct gx_segment_record *segment, const char *field)
{
    struct gx_value v = value_of(segment, field);
    return v.kind == GX_VALUE_TEXT ? v.s : GX_STR("");
}

int64_t gx_segment_int(const struct gx_segment_record *segment, const char *field)
{
    struct gx_value v = value_of(segment, field);
    return v.kind == GX_VALUE_INT ? v.i : 0;
}

int64_t gx_segment_control(const struct gx_segment_record *segment)
{
    const struct gx_field *field = gx_object_field(segment->record.object, GX_STR("control"));
    int64_t value = gx_segment_int(segment, "control");
    for (int scale = field ? field->x.scale : 2; scale > 2; scale--)
        value /= 10;
    return value;
}

/* The segments that it leaves out. */
static enum gx_code left_out_by(struct gx_scope *scope, const struct gx_segment_record *segment,
                                struct gx_ids *ret_ids)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_field *field = gx_object_field(segment->record.object, GX_STR("exclude"));
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    *ret_ids =
        (struct gx_ids){ .v = GX_ARENA_ARRAY(ctx->arena, int64_t, GX_SEGMENT_LISTS_MAX + 1) };
    gx_sqlb_add(b, GX_SQL("SELECT dst FROM "));
    gx_sqlb_name(b, field->x.join_table);
    gx_sqlb_add(b, GX_SQL(" WHERE src = "));
    gx_sqlb_bind(b, gx_value_int(segment->id));
    gx_sqlb_add(b, GX_SQL(" ORDER BY position LIMIT "));
    gx_sqlb_int(b, GX_SEGMENT_LISTS_MAX + 1);
    GX_TRY(
        gx_db_query(ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has)
        ret_ids->v[ret_ids->n++] = gx_rows_int(rows, 0);
    gx_rows_close(rows);
    return code;
}

static enum gx_code rule_now(struct gx_scope *scope, const struct gx_segment_record *segment,
                             int depth, struct gx_segment_what *ret_what)
{
    struct gx_segment_rule rule = {
        .object = gx_segment_text(segment, "object"),
        .filter = gx_segment_text(segment, "filter"),
        .consent_purpose = gx_segment_text(segment, "consent_purpose"),
        .consent_channel = gx_segment_text(segment, "consent_channel"),
        .contacts_max = gx_segment_int(segment, "contacts_max"),
        .contacts_days = gx_segment_int(segment, "contacts_days"),
        .contacts_kind = gx_segment_text(segment, "contacts_kind"),
    };
    *ret_what = (struct gx_segment_what){
        .id = segment->id,
        .name = gx_segment_text(segment, "name"),
    };
    GX_TRY(left_out_by(scope, segment, &rule.exclude));
    return read_rule(scope, &rule, depth, ret_what);
}

enum gx_code gx_segment_rule_now(struct gx_scope *scope, const struct gx_segment_record *segment,
                                 struct gx_segment_what *ret_what)
{
    return rule_now(scope, segment, 0, ret_what);
}

enum gx_code gx_segment_newest(struct gx_ctx *ctx, struct gx_conn *conn, int64_t segment,
                               int64_t *ret_list)
{
    struct gx_value value = gx_value_int(segment);
    return gx_db_int(
        ctx, conn,
        GX_SQL("SELECT id FROM gx_segment_list WHERE segment = ?1 AND frozen_at IS NOT "
               "NULL ORDER BY id DESC LIMIT 1"),
        &value, 1, 0, ret_list);
}

static enum gx_code load(struct gx_scope *scope, int64_t id, int depth,
                         struct gx_segment_what *ret_what)
{
    struct gx_segment_record segment;
    int64_t list = 0;
    GX_TRY(gx_segment_record(scope, id, GX_RIGHT_READ, &segment));
    if (!gx_str_is(gx_segment_text(&segment, "kind"), "live"))
        GX_TRY(gx_segment_newest(gx_scope_ctx(scope), gx_scope_conn(scope), id, &list));
    if (!list)
        return rule_now(scope, &segment, depth, ret_what);
    *ret_what = (struct gx_segment_what){
        .id = id,
        .name = gx_segment_text(&segment, "name"),
        .rule = gx_segment_text(&segment, "filter"),
        .among = { { .list = list, .all = true } },
        .among_count = 1,
    };
    return gx_object_get(scope, gx_segment_text(&segment, "object"), &ret_what->object);
}

enum gx_code gx_segment_load(struct gx_scope *scope, int64_t id, struct gx_segment_what *ret_what)
{
    return load(scope, id, 0, ret_what);
}

enum gx_code gx_segment_and(struct gx_scope *scope, const struct gx_segment_what *a,
                            const struct gx_segment_what *b, struct gx_segment_what *ret_both)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_buf text = { 0 };
    *ret_both = (struct gx_segment_what){ .object = a->object };
    if (a->object != b->object)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("segments"), GX_M_SEGMENT_OTHER_OBJECT, b->name);
    if (a->among_count + b->among_count > GX_SEGMENT_LISTS_MAX)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR("segments"), GX_M_TOO_BIG, GX_STR("16"));
    for (size_t i = 0; i < a->among_count; i++)
        ret_both->among[ret_both->among_count++] = a->among[i];
    for (size_t i = 0; i < b->among_count; i++)
        ret_both->among[ret_both->among_count++] = b->among[i];
    if (a->text.n)
        and_text(&text, "", a->text);
    if (b->text.n)
        and_text(&text, "", b->text);
    ret_both->text = gx_arena_str(ctx->arena, gx_buf_str(&text));
    gx_buf_free(&text);
    return GX_OK;
}
