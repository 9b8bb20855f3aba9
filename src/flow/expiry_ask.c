/* expiry_ask.c - which records are due, and what is known of one; see expiry_int.h. */
#include "flow/expiry_int.h"

/* When a channel is open for an account, and where it leads. */
static const struct {
    const char *open, *recipient;
} ways[GX_CHANNEL_COUNT] = {
    [GX_CHANNEL_EMAIL] = { "email is not empty and not do_not_email", "email" },
    [GX_CHANNEL_SMS] = { "mobile is not empty and not do_not_message", "mobile" },
    [GX_CHANNEL_LINE] = { "line_id is not empty and not do_not_message", "line_id" },
    [GX_CHANNEL_POST] = { "not do_not_mail", "name" },
    [GX_CHANNEL_PHONE] = { "(mobile is not empty or phone is not empty) and not do_not_call",
                           "coalesce(mobile, phone)" },
};

static enum gx_code add_value(struct gx_scope *scope, struct gx_sqlb *b, struct gx_str object,
                              struct gx_str text, enum gx_type type, struct gx_str alias)
{
    const struct gx_expr *expr;
    GX_TRY(gx_expr_parse(gx_scope_ctx(scope), NULL, &gx_scope_meta(scope)->schema, object, text,
                         type, &expr));
    gx_sqlb_add(b, GX_SQL(", "));
    gx_expr_sql_value(b, expr, gx_scope_env(scope), alias);
    return GX_OK;
}

static enum gx_code add_ways(struct gx_scope *scope, const struct gx_expiry *x, struct gx_sqlb *b)
{
    struct gx_arena *arena = gx_scope_ctx(scope)->arena;
    struct gx_str account = GX_STR("account"), a = GX_STR("a");
    for (size_t c = 0; c < GX_CHANNEL_COUNT; c++) {
        struct gx_str open = gx_str_c(ways[c].open);
        if (x->purpose.n)
            open = gx_arena_printf(arena, "%s and consent(\"%.*s\", \"%s\")", ways[c].open,
                                   GX_STR_ARG(x->purpose), gx_channel_names[c]);
        GX_TRY(add_value(scope, b, account, open, GX_TYPE_BOOL, a));
        GX_TRY(add_value(scope, b, account, gx_str_c(ways[c].recipient), GX_TYPE_ANY, a));
    }
    return add_value(scope, b, account, GX_STR("language = \"en\""), GX_TYPE_BOOL, a);
}

enum gx_code expiry_ask_start(struct gx_scope *scope, const struct gx_expiry *expiry,
                              struct expiry_asking *ret_asking)
{
    const struct gx_meta *meta = gx_scope_meta(scope);
    const struct gx_object *object = gx_meta_object(meta, expiry->object);
    const struct gx_object *account = gx_meta_object(meta, GX_STR("account"));
    struct gx_sqlb *b =
        gx_sqlb_new(gx_scope_ctx(scope)->arena, gx_conn_dialect(gx_scope_conn(scope)));
    struct gx_str t = GX_STR("t");
    gx_sqlb_add(b, GX_SQL("SELECT "));
    gx_sqlb_column(b, t, gx_object_any_field(object, expiry->field)->x.column);
    gx_sqlb_add(b, GX_SQL(", "));
    if (object->owner)
        gx_sqlb_column(b, t, object->owner->x.column);
    else
        gx_sqlb_add(b, GX_SQL("0"));
    gx_sqlb_add(b, GX_SQL(", a.id, "));
    gx_sqlb_column(b, GX_STR("a"), account->owner->x.column);
    GX_TRY(add_value(scope, b, object->x.name, object->title->x.name, GX_TYPE_ANY, t));
    GX_TRY(add_value(scope, b, account->x.name, GX_STR("name"), GX_TYPE_ANY, GX_STR("a")));
    GX_TRY(add_ways(scope, expiry, b));
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" t JOIN "));
    gx_sqlb_name(b, account->x.table);
    gx_sqlb_add(b, GX_SQL(" a ON a.deleted_at IS NULL AND a.id = "));
    gx_sqlb_column(b, t, gx_object_any_field(object, expiry->account)->x.column);
    gx_sqlb_add(b, GX_SQL(" WHERE t.deleted_at IS NULL AND t.id = "));
    *ret_asking = (struct expiry_asking){ scope, expiry, object, b, b->value_count };
    gx_sqlb_bind(b, gx_value_int(0));
    gx_sqlb_add(b, GX_SQL(" AND "));
    gx_expr_sql(b, expiry->live, gx_scope_env(scope), t);
    return gx_buf_check(&b->text);
}

static struct gx_str kept(struct gx_arena *arena, const struct gx_rows *rows, int column)
{
    return gx_arena_str(arena, gx_rows_text(rows, column));
}

enum gx_code expiry_ask(const struct expiry_asking *asking, struct expiry_due due,
                        struct expiry_case *ret_case, bool *ret_live)
{
    struct gx_ctx *ctx = gx_scope_ctx(asking->scope);
    struct gx_rows *rows;
    struct expiry_case c = { .record = due.record };
    int column = 6;
    asking->b->values[asking->at] = gx_value_int(due.record);
    GX_TRY(gx_db_query(ctx, gx_scope_conn(asking->scope), gx_sqlb_sql(asking->b), asking->b->values,
                       asking->b->value_count, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, ret_live);
    if (code == GX_OK && *ret_live) {
        c.due = gx_rows_int(rows, 0);
        c.owner = gx_rows_int(rows, 1);
        c.account = gx_rows_int(rows, 2);
        c.account_owner = gx_rows_int(rows, 3);
        c.title = kept(ctx->arena, rows, 4);
        c.account_name = kept(ctx->arena, rows, 5);
        for (size_t i = 0; i < GX_CHANNEL_COUNT; i++) {
            c.open[i] = gx_rows_int(rows, column++) != 0;
            c.recipients[i] = kept(ctx->arena, rows, column++);
        }
        c.english = gx_rows_int(rows, column) != 0;
        *ret_live = c.due == due.due;
    }
    gx_rows_close(rows);
    *ret_case = c;
    return code;
}

/* " FROM t WHERE …": of a step, not reminded of, and live. */
static void add_step(struct gx_sqlb *b, struct gx_scope *scope, const struct gx_expiry *x,
                     size_t step, int64_t today)
{
    const struct gx_object *object = gx_meta_object(gx_scope_meta(scope), x->object);
    struct gx_str column = gx_object_any_field(object, x->field)->x.column, t = GX_STR("t");
    int64_t from, to;
    gx_expiry_band(x, step, &from, &to);
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" t WHERE t.deleted_at IS NULL AND "));
    gx_sqlb_column(b, t, column);
    gx_sqlb_add(b, GX_SQL(" >= "));
    gx_sqlb_bind(b, gx_value_int(today + from));
    gx_sqlb_add(b, GX_SQL(" AND "));
    gx_sqlb_column(b, t, column);
    gx_sqlb_add(b, GX_SQL(" <= "));
    gx_sqlb_bind(b, gx_value_int(today + to));
    gx_sqlb_add(b, GX_SQL(" AND NOT EXISTS (SELECT 1 FROM gx_expiry_reminder r WHERE r.record = "
                          "t.id AND r.expiry = "));
    gx_sqlb_bind(b, gx_value_text(x->name));
    gx_sqlb_add(b, GX_SQL(" AND r.due = "));
    gx_sqlb_column(b, t, column);
    gx_sqlb_add(b, GX_SQL(" AND r.distance <= "));
    gx_sqlb_bind(b, gx_value_int(x->steps[step].days));
    gx_sqlb_add(b, GX_SQL(") AND "));
    gx_expr_sql(b, x->live, gx_scope_env(scope), t);
}

enum gx_code expiry_next(struct gx_scope *scope, const struct gx_expiry *expiry, size_t step,
                         int64_t today, struct expiry_due after, struct expiry_due *ret_due,
                         size_t max, size_t *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_object *object = gx_meta_object(gx_scope_meta(scope), expiry->object);
    struct gx_str column = gx_object_any_field(object, expiry->field)->x.column, t = GX_STR("t");
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    gx_sqlb_add(b, GX_SQL("SELECT t.id, "));
    gx_sqlb_column(b, t, column);
    add_step(b, scope, expiry, step, today);
    gx_sqlb_add(b, GX_SQL(" AND ("));
    gx_sqlb_column(b, t, column);
    gx_sqlb_add(b, GX_SQL(" > "));
    gx_sqlb_bind(b, gx_value_int(after.due));
    gx_sqlb_add(b, GX_SQL(" OR ("));
    gx_sqlb_column(b, t, column);
    gx_sqlb_add(b, GX_SQL(" = "));
    gx_sqlb_bind(b, gx_value_int(after.due));
    gx_sqlb_add(b, GX_SQL(" AND t.id > "));
    gx_sqlb_bind(b, gx_value_int(after.record));
    gx_sqlb_add(b, GX_SQL(")) ORDER BY "));
    gx_sqlb_column(b, t, column);
    gx_sqlb_add(b, GX_SQL(", t.id LIMIT "));
    gx_sqlb_int(b, (int64_t)max);
    GX_TRY(gx_buf_check(&b->text));
    GX_TRY(
        gx_db_query(ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count, &rows));
    *ret_count = 0;
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && *ret_count < max)
        ret_due[(*ret_count)++] = (struct expiry_due){ gx_rows_int(rows, 0), gx_rows_int(rows, 1) };
    gx_rows_close(rows);
    return code;
}

enum gx_code expiry_count(struct gx_scope *scope, const struct gx_expiry *expiry, size_t step,
                          int64_t today, int64_t *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    gx_sqlb_add(b, GX_SQL("SELECT count(*)"));
    add_step(b, scope, expiry, step, today);
    GX_TRY(gx_buf_check(&b->text));
    return gx_db_int(ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count, 0,
                     ret_count);
}

enum gx_channel expiry_channel(const struct gx_expiry *expiry, size_t step,
                               const struct expiry_case *c)
{
    const struct gx_expiry_step *s = &expiry->steps[step];
    for (size_t i = 0; i < s->channel_count; i++) {
        enum gx_channel channel = s->channels[i];
        bool nobody = channel == GX_CHANNEL_PHONE && expiry->who == GX_EXPIRY_NOBODY;
        if (c->open[channel] && !nobody)
            return channel;
    }
    return GX_CHANNEL_COUNT;
}
