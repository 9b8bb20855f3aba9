/* group.c - see group.h: one GROUP BY for counts and numbers, and one for each field of money. */
#include "store/group.h"

#include "base/decimal.h"
#include "base/map.h"
#include "store/group_int.h"

static enum gx_type type_of(const struct term *t)
{
    return t->expr ? gx_expr_type(t->expr) : t->field->x.type;
}

static bool stored_money(const struct term *t)
{
    return !t->expr && t->field->x.type == GX_TYPE_MONEY;
}

static enum gx_code read_expr(struct grouping *g, struct gx_str text, enum gx_type want,
                              const char *path, const struct gx_expr **ret)
{
    struct gx_ctx *ctx = gx_scope_ctx(g->scope);
    enum gx_code code = gx_expr_parse(ctx, NULL, &gx_scope_meta(g->scope)->schema,
                                      g->object->x.name, text, want, ret);
    if (code != GX_OK && ctx->last_error)
        ctx->last_error->path = gx_str_c(path);
    return code;
}

static enum gx_code read_term(struct grouping *g, struct gx_str text, const char *path,
                              struct term *t)
{
    t->name = text;
    t->field = gx_object_open_field(g->object, text);
    if (t->field)
        t->expr = t->field->type->computed ? t->field->x.formula : NULL;
    else
        GX_TRY(read_expr(g, text, GX_TYPE_ANY, path, &t->expr));
    return GX_OK;
}

static enum gx_code refuse(struct grouping *g, const struct term *t, const char *path)
{
    return gx_fail(gx_scope_ctx(g->scope), GX_E_INVALID, gx_str_c(path), GX_M_NOT_SORTABLE,
                   t->field ? gx_label_text(&t->field->label, gx_scope_ctx(g->scope)->lang)
                            : t->name);
}

static enum gx_code read_sums(struct grouping *g, struct gx_str rest)
{
    struct gx_str name;
    while (gx_str_split(&rest, ',', &name)) {
        name = gx_str_trim(name);
        if (name.n == 0)
            continue;
        if (g->sum_count == GX_GROUP_SUMS_MAX)
            return gx_fail(gx_scope_ctx(g->scope), GX_E_LIMIT, GX_STR("sum"), GX_M_TOO_BIG,
                           GX_STR("8"));
        struct term *t = &g->sums[g->sum_count++];
        GX_TRY(read_term(g, name, "sum", t));
        enum gx_type type = type_of(t);
        bool place = t->field && t->field->part_count == 2 && type == GX_TYPE_NUMBER;
        if (place || (type != GX_TYPE_NUMBER && type != GX_TYPE_MONEY && type != GX_TYPE_DURATION))
            return refuse(g, t, "sum");
    }
    return GX_OK;
}

static enum gx_code read_all(struct grouping *g, const struct gx_group_options *options)
{
    struct gx_list *l = &g->where;
    *l = (struct gx_list){ .scope = g->scope, .object = g->object };
    l->options.q = options->q;
    l->options.deleted = options->deleted;
    GX_TRY(gx_scope_filter_list(
        g->scope, g->object, options->totals ? GX_RIGHT_TOTAL : GX_RIGHT_READ, &l->scope_filter));
    if (gx_str_trim(options->filter).n)
        GX_TRY(read_expr(g, gx_str_trim(options->filter), GX_TYPE_BOOL, "filter", &l->filter));
    if (options->by.n) {
        GX_TRY(read_term(g, options->by, "by", &g->by));
        enum gx_type type = type_of(&g->by);
        if (type == GX_TYPE_LINKS || type == GX_TYPE_CHOICES || type == GX_TYPE_MONEY)
            return refuse(g, &g->by, "by");
    }
    GX_TRY(gx_search_resolve(l));
    GX_TRY(read_sums(g, options->sums));
    return options->totals ? gx_totals_check(g, options) : GX_OK;
}

void gx_group_term(struct gx_sqlb *b, const struct grouping *g, const struct term *t)
{
    if (t->expr)
        gx_expr_sql_value(b, t->expr, gx_scope_env(g->scope), GX_STR("t"));
    else
        gx_sqlb_column(b, GX_STR("t"), t->field->x.column);
}

/* The title of the record that a link points to, if it may be seen; else empty. */
static void title_sql(struct gx_sqlb *b, const struct grouping *g)
{
    const char *name = g->by.expr ? gx_expr_link_object(g->by.expr) : g->by.field->x.object;
    const struct gx_object *to = gx_meta_object(gx_scope_meta(g->scope), gx_str_c(name));
    const struct gx_expr_env *env = gx_scope_env(g->scope);
    const struct gx_expr *filter = env->visible(env->visible_p, to->x.name);
    gx_sqlb_add(b, GX_SQL("(SELECT "));
    gx_title_sql(b, g->scope, to, GX_STR("l"));
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, to->x.table);
    gx_sqlb_add(b, GX_SQL(" l WHERE l.id = g.k"));
    if (filter) {
        gx_sqlb_add(b, GX_SQL(" AND "));
        gx_expr_sql(b, filter, env, GX_STR("l"));
    }
    gx_sqlb_add(b, GX_SQL(")"));
}

static bool is_link(const struct grouping *g)
{
    return g->by.name.n && type_of(&g->by) == GX_TYPE_LINK;
}

/*
 * SELECT k, title, n, s0, s1 … FROM (SELECT key k, count(*) n, sum() s0 … GROUP BY 1) g; with
 * `money` the sums of that one field by currency instead.
 */
static struct gx_sqlb *group_sql(const struct grouping *g, const struct term *money)
{
    struct gx_ctx *ctx = gx_scope_ctx(g->scope);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(g->scope)));
    gx_sqlb_add(b, GX_SQL("SELECT g.*, "));
    if (is_link(g) && !money)
        title_sql(b, g);
    else
        gx_sqlb_add(b, GX_SQL("NULL"));
    gx_sqlb_add(b, GX_SQL(" FROM (SELECT "));
    if (g->by.name.n)
        gx_group_term(b, g, &g->by);
    else
        gx_sqlb_add(b, GX_SQL("0"));
    gx_sqlb_add(b, GX_SQL(" AS k, count(*) AS n"));
    if (money) {
        gx_sqlb_add(b, GX_SQL(", CAST(sum("));
        gx_group_term(b, g, money);
        gx_sqlb_add(b, GX_SQL(") AS BIGINT), "));
        gx_sqlb_column(b, GX_STR("t"), g->object->columns[money->field->slot + 1].name);
    }
    for (size_t i = 0; !money && i < g->sum_count; i++) {
        if (stored_money(&g->sums[i]))
            continue;
        gx_sqlb_add(b, GX_SQL(", CAST(sum("));
        gx_group_term(b, g, &g->sums[i]);
        gx_sqlb_add(b, GX_SQL(") AS BIGINT)"));
    }
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, g->object->x.table);
    gx_sqlb_add(b, GX_SQL(" t"));
    gx_where_sql(b, &g->where);
    if (money) {
        gx_sqlb_add(b, GX_SQL(" AND "));
        gx_group_term(b, g, money);
        gx_sqlb_add(b, GX_SQL(" IS NOT NULL GROUP BY 1, 4) g"));
        return b;
    }
    gx_sqlb_add(b, GX_SQL(" GROUP BY 1 ORDER BY n DESC, k NULLS FIRST LIMIT "));
    gx_sqlb_int(b, GX_GROUPS_MAX + 1);
    gx_sqlb_add(b, GX_SQL(") g ORDER BY n DESC, k NULLS FIRST"));
    return b;
}

static struct gx_str key_text(struct gx_ctx *ctx, struct gx_value key)
{
    if (key.kind == GX_VALUE_INT)
        return gx_arena_printf(ctx->arena, "i%lld", (long long)key.i);
    if (key.kind == GX_VALUE_TEXT)
        return gx_arena_printf(ctx->arena, "t%.*s", GX_STR_ARG(key.s));
    return GX_STR("-");
}

static struct gx_value kept(struct gx_ctx *ctx, struct gx_value v)
{
    if (v.kind == GX_VALUE_TEXT)
        v.s = gx_arena_str(ctx->arena, v.s);
    return v;
}

static void take_group(struct grouping *g, const struct gx_rows *rows)
{
    struct gx_ctx *ctx = gx_scope_ctx(g->scope);
    struct group *group = &g->groups[g->count++];
    int column = 2;
    group->key = kept(ctx, gx_rows_value(rows, 0));
    group->count = gx_rows_int(rows, 1);
    for (size_t i = 0; i < g->sum_count; i++)
        if (!stored_money(&g->sums[i]))
            group->sums[i] = gx_rows_value(rows, column++);
    struct gx_value title = kept(ctx, gx_rows_value(rows, column));
    group->has_title = title.kind == GX_VALUE_TEXT;
    if (group->has_title)
        group->title = title.s;
    gx_map_set(&g->by_key, ctx->arena, key_text(ctx, group->key), group);
}

static enum gx_code read_groups(struct grouping *g, struct gx_conn *conn)
{
    struct gx_ctx *ctx = gx_scope_ctx(g->scope);
    struct gx_sqlb *b = group_sql(g, NULL);
    struct gx_rows *rows;
    bool has;
    g->groups = GX_ARENA_ARRAY(ctx->arena, struct group, GX_GROUPS_MAX);
    GX_TRY(gx_buf_check(&b->text));
    GX_TRY(gx_db_query(ctx, conn, gx_sqlb_sql(b), b->values, b->value_count, &rows));
    enum gx_code code;
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        g->more = g->count == GX_GROUPS_MAX;
        if (g->more)
            break;
        take_group(g, rows);
    }
    gx_rows_close(rows);
    return code;
}

static enum gx_code read_money(struct grouping *g, struct gx_conn *conn, size_t at)
{
    struct gx_ctx *ctx = gx_scope_ctx(g->scope);
    struct gx_sqlb *b = group_sql(g, &g->sums[at]);
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(ctx, conn, gx_sqlb_sql(b), b->values, b->value_count, &rows));
    enum gx_code code;
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        struct group *group = gx_map_get(&g->by_key, key_text(ctx, gx_rows_value(rows, 0)));
        if (!group)
            continue; /* one of the small groups that are left out */
        struct money *m = GX_ARENA_NEW(ctx->arena, struct money);
        m->amount = gx_rows_int(rows, 2);
        m->currency = gx_arena_str(ctx->arena, gx_rows_text(rows, 3));
        m->next = group->moneys[at];
        group->moneys[at] = m;
    }
    gx_rows_close(rows);
    return code;
}

/* Like a cell of a list. */
static void write_value(struct gx_jw *w, const struct term *t, struct gx_value v)
{
    struct gx_value parts[GX_TYPE_PARTS_MAX] = { v };
    if (v.kind == GX_VALUE_NULL) {
        gx_jw_null(w);
    } else if (t->field) {
        t->field->type->to_json(w, t->field, parts);
    } else {
        struct gx_field shape = { .type = gx_type_find(GX_STR("formula")) };
        shape.x.type = gx_expr_type(t->expr);
        shape.x.scale = gx_expr_scale(t->expr);
        shape.type->to_json(w, &shape, parts);
    }
}

static void write_key(struct gx_jw *w, const struct grouping *g, const struct group *group)
{
    gx_jw_key(w, GX_STR("key"));
    if (!g->by.name.n || group->key.kind == GX_VALUE_NULL) {
        gx_jw_null(w);
    } else if (is_link(g)) {
        gx_jw_object(w);
        gx_jw_key_id(w, "id", group->key.i);
        gx_jw_key(w, GX_STR("title"));
        if (group->has_title)
            gx_jw_str(w, group->title);
        else
            gx_jw_null(w);
        gx_jw_object_end(w);
    } else {
        write_value(w, &g->by, group->key);
    }
}

static void write_group(struct gx_jw *w, const struct grouping *g, const struct group *group)
{
    gx_jw_object(w);
    write_key(w, g, group);
    gx_jw_key_int(w, "count", group->count);
    gx_jw_key(w, GX_STR("sums"));
    gx_jw_object(w);
    for (size_t i = 0; i < g->sum_count; i++) {
        gx_jw_key(w, g->sums[i].name);
        if (g->no_sum[i]) {
            gx_jw_null(w);
            continue;
        }
        if (!stored_money(&g->sums[i])) {
            write_value(w, &g->sums[i], group->sums[i]);
            continue;
        }
        gx_jw_array(w);
        for (const struct money *m = group->moneys[i]; m; m = m->next) {
            const struct gx_value parts[GX_TYPE_PARTS_MAX] = { gx_value_int(m->amount),
                                                               gx_value_text(m->currency) };
            g->sums[i].field->type->to_json(w, g->sums[i].field, parts);
        }
        gx_jw_array_end(w);
    }
    gx_jw_object_end(w);
    gx_jw_object_end(w);
}

static enum gx_code ask(struct grouping *g)
{
    struct gx_conn *conn;
    GX_TRY(gx_db_reader(gx_scope_ctx(g->scope), gx_scope_tenant(g->scope)->db, &conn));
    gx_conn_deadline(conn, gx_monotonic_us() + GX_GROUP_PATIENCE_US);
    enum gx_code code = read_groups(g, conn);
    for (size_t i = 0; i < g->sum_count && code == GX_OK; i++)
        if (stored_money(&g->sums[i]))
            code = read_money(g, conn, i);
    if (g->total_min && code == GX_OK)
        code = gx_totals_suppress(g, conn);
    gx_db_reader_release(conn);
    return code;
}

enum gx_code gx_group(struct gx_scope *scope, const struct gx_object *object,
                      const struct gx_group_options *options, struct gx_jw *w)
{
    struct grouping *g = GX_ARENA_NEW(gx_scope_ctx(scope)->arena, struct grouping);
    g->scope = scope;
    g->object = object;
    GX_TRY(read_all(g, options));
    enum gx_code code = ask(g);
    bool late = code == GX_E_CANCELLED;
    if (late) {
        gx_ctx_clear(gx_scope_ctx(scope));
        g->count = 0;
    } else {
        GX_TRY(code);
    }
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("groups"));
    gx_jw_array(w);
    for (size_t i = 0; i < g->count; i++)
        if (!g->groups[i].suppressed)
            write_group(w, g, &g->groups[i]);
    gx_jw_array_end(w);
    if (g->total_min)
        gx_jw_key_int(w, "suppressed", g->suppressed);
    gx_jw_key_bool(w, "complete", !late && !g->more);
    gx_jw_object_end(w);
    return GX_OK;
}
