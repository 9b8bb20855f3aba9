/*
 * total.c - counts and sums over records that their asker may not read.
 *
 * Groups smaller than a number (setting total_group_min, 5) are left out.  If any is, so are the
 * next smallest until at least two groups and that many records are: the whole less the rest would
 * else give the one away.  A sum that fewer records have a value for is left out in every group.
 *
 * Records can be asked for by choices, links, yes and no, and dates only, so that nobody is named
 * by a condition.  And two questions must not differ by a few records: what is in one and not in
 * the other, in any group of either, must be nothing or at least that many.  Each question is
 * written down before it is answered, so that two at one time see each other.
 */
#include "base/assert.h"
#include "store/group_int.h"

enum { ASKED_MAX = 60, ASKED_HOURS = 24 };

/* --- what may be asked */

struct naming {
    const struct gx_object *object;
    bool bad;
};

static bool is_coarse(const struct gx_object *object, const struct gx_field *field, bool date)
{
    enum gx_type type = field->x.type;
    if (field->type->computed || field == object->title || field->slot == GX_SLOT_ID)
        return false;
    return type == GX_TYPE_CHOICE || type == GX_TYPE_LINK || type == GX_TYPE_BOOL ||
           (date && (type == GX_TYPE_DATE || type == GX_TYPE_MOMENT));
}

static void use(void *p, struct gx_str object_name, struct gx_str field_name)
{
    struct naming *n = p;
    const struct gx_field *field = gx_str_eq(object_name, n->object->x.name)
                                       ? gx_object_open_field(n->object, field_name)
                                       : NULL;
    n->bad |= !field || !is_coarse(n->object, field, true);
}

static enum gx_code check_terms(struct grouping *g)
{
    struct gx_ctx *ctx = gx_scope_ctx(g->scope);
    struct naming n = { .object = g->object };
    if (g->where.filter)
        gx_expr_uses(g->where.filter, use, &n);
    if (n.bad || g->where.options.q.n || g->where.options.deleted)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("filter"), GX_M_TOTAL_FILTER);
    if (g->by.name.n && (!g->by.field || !is_coarse(g->object, g->by.field, false)))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("by"), GX_M_TOTAL_BY);
    for (size_t i = 0; i < g->sum_count; i++)
        if (!g->sums[i].field || g->sums[i].field->type->computed)
            return gx_fail(ctx, GX_E_INVALID, GX_STR("sum"), GX_M_TOTAL_SUM);
    return GX_OK;
}

/* --- beside what was asked before */

/* " WHERE" what both questions are about, and `a` and not `b`. */
static void difference(struct gx_sqlb *b, const struct grouping *g, const struct gx_expr *in,
                       const struct gx_expr *out)
{
    struct gx_list where = g->where;
    where.filter = in;
    gx_where_sql(b, &where);
    if (out) {
        gx_sqlb_add(b, GX_SQL(" AND "));
        gx_expr_sql(b, out, gx_scope_env(g->scope), GX_STR("t"));
        gx_sqlb_add(b, GX_SQL(" IS NOT TRUE"));
    } else {
        gx_sqlb_add(b, GX_SQL(" AND 1 = 0"));
    }
}

/* Is there a group of `by` (NULL: one of all) in which they differ by few? */
static enum gx_code differ_by_few(struct grouping *g, const struct gx_expr *in,
                                  const struct gx_expr *out, const struct gx_field *by,
                                  bool *ret_few)
{
    struct gx_ctx *ctx = gx_scope_ctx(g->scope);
    struct gx_conn *conn = gx_scope_conn(g->scope);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(conn));
    int64_t few;
    gx_sqlb_add(b, GX_SQL("SELECT 1 FROM (SELECT count(*) AS n FROM "));
    gx_sqlb_name(b, g->object->x.table);
    gx_sqlb_add(b, GX_SQL(" t"));
    difference(b, g, in, out);
    if (by) {
        gx_sqlb_add(b, GX_SQL(" GROUP BY "));
        gx_sqlb_column(b, GX_STR("t"), by->x.column);
    }
    gx_sqlb_add(b, GX_SQL(") d WHERE d.n > 0 AND d.n < "));
    gx_sqlb_int(b, g->total_min);
    gx_sqlb_add(b, GX_SQL(" LIMIT 1"));
    GX_TRY(gx_buf_check(&b->text));
    GX_TRY(gx_db_int(ctx, conn, gx_sqlb_sql(b), b->values, b->value_count, 0, &few));
    *ret_few |= few != 0;
    return GX_OK;
}

/* "by|filter", as it is written down. */
static enum gx_code beside(struct grouping *g, struct gx_str asked)
{
    struct gx_ctx *ctx = gx_scope_ctx(g->scope);
    size_t bar = gx_str_find(asked, '|');
    struct gx_str text = gx_str_from(asked, bar + 1);
    const struct gx_field *by[] = {
        NULL, g->by.field, gx_object_open_field(g->object, (struct gx_str){ asked.p, bar })
    };
    const struct gx_expr *filter = NULL;
    bool few = false;
    if (text.n && gx_expr_parse(ctx, NULL, &gx_scope_meta(g->scope)->schema, g->object->x.name,
                                text, GX_TYPE_BOOL, &filter) != GX_OK) {
        gx_ctx_clear(ctx); /* of a field that is gone */
        return GX_OK;
    }
    for (size_t i = 0; i < GX_COUNT(by); i++) {
        if (i && !by[i])
            continue;
        GX_TRY(differ_by_few(g, g->where.filter, filter, by[i], &few));
        GX_TRY(differ_by_few(g, filter, g->where.filter, by[i], &few));
    }
    return few ? gx_fail(ctx, GX_E_FORBIDDEN, GX_STR("filter"), GX_M_TOTAL_CLOSE) : GX_OK;
}

struct noting {
    struct grouping *g;
    struct gx_str asked;
    int64_t seq;
};

static enum gx_code write_down(void *p, struct gx_conn *conn)
{
    struct noting *n = p;
    struct gx_ctx *ctx = gx_scope_ctx(n->g->scope);
    const struct gx_value old = gx_value_int(ctx->now_us - ASKED_HOURS * (int64_t)3600000000);
    GX_TRY(
        gx_db_exec(ctx, conn, GX_SQL("DELETE FROM gx_total_asked WHERE at < ?1"), &old, 1, NULL));
    GX_TRY(
        gx_db_int(ctx, conn, GX_SQL("SELECT max(seq) FROM gx_total_asked"), NULL, 0, 0, &n->seq));
    n->seq++;
    const struct gx_value values[] = {
        gx_value_int(n->seq),
        gx_value_int(gx_scope_me(n->g->scope)),
        gx_value_text(n->g->object->id),
        gx_value_int(ctx->now_us),
        gx_value_text(n->asked),
    };
    return gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_total_asked (seq, user_id, object, at, filter) VALUES "
                             "(?1, ?2, ?3, ?4, ?5)"),
                      values, GX_COUNT(values), NULL);
}

static enum gx_code take_back(void *p, struct gx_conn *conn)
{
    struct noting *n = p;
    const struct gx_value seq = gx_value_int(n->seq);
    return gx_db_exec(gx_scope_ctx(n->g->scope), conn,
                      GX_SQL("DELETE FROM gx_total_asked WHERE seq = ?1"), &seq, 1, NULL);
}

/* What this person asked of the object within a day, each question once. */
static enum gx_code read_asked(struct grouping *g, struct gx_str *asked, size_t *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(g->scope);
    const struct gx_value values[] = {
        gx_value_int(gx_scope_me(g->scope)), gx_value_text(g->object->id),
        gx_value_int(ctx->now_us - ASKED_HOURS * (int64_t)3600000000), gx_value_int(ASKED_MAX + 1)
    };
    struct gx_rows *rows;
    bool has;
    size_t n = 0;
    enum gx_code code;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(g->scope),
                       GX_SQL("SELECT DISTINCT filter FROM gx_total_asked WHERE user_id = ?1 AND "
                              "object = ?2 AND at >= ?3 LIMIT ?4"),
                       values, 4, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && n <= ASKED_MAX)
        asked[n++] = gx_arena_str(ctx->arena, gx_rows_text(rows, 0));
    gx_rows_close(rows);
    *ret_count = n;
    return code;
}

static enum gx_code compare_all(struct grouping *g, const struct gx_str *asked, size_t count)
{
    if (count > ASKED_MAX)
        return gx_fail(gx_scope_ctx(g->scope), GX_E_RATE, GX_STR(""), GX_M_TOTAL_MANY);
    for (size_t i = 0; i < count; i++)
        GX_TRY(beside(g, asked[i]));
    return GX_OK;
}

enum gx_code gx_totals_check(struct grouping *g, const struct gx_group_options *options)
{
    struct gx_ctx *ctx = gx_scope_ctx(g->scope);
    struct gx_db *db = gx_scope_tenant(g->scope)->db;
    struct gx_str text, asked[ASKED_MAX + 1];
    size_t count;
    gx_assert(!gx_conn_is_writer(gx_scope_conn(g->scope)));
    gx_conn_deadline(gx_scope_conn(g->scope),
                     gx_monotonic_us() + (int64_t)GX_LIST_PATIENCE_S * 1000000);
    GX_TRY(gx_setting_get(ctx, gx_scope_conn(g->scope), "total_group_min", GX_STR(""), &text));
    if (!gx_str_int64(text, &g->total_min) || g->total_min < 2)
        g->total_min = GX_TOTAL_GROUP_MIN;
    GX_TRY(check_terms(g));
    struct noting n = {
        .g = g,
        .asked = gx_arena_printf(ctx->arena, "%.*s|%.*s", GX_STR_ARG(g->by.name),
                                 GX_STR_ARG(gx_str_trim(options->filter))),
    };
    GX_TRY(gx_db_write(ctx, db, write_down, &n));
    GX_TRY(read_asked(g, asked, &count));
    enum gx_code code = compare_all(g, asked, count);
    if (code == GX_E_CANCELLED) {
        gx_ctx_clear(ctx);
        code = gx_fail(ctx, GX_E_LIMIT, GX_STR("filter"), GX_M_LIST_TOO_LONG,
                       gx_arena_printf(ctx->arena, "%d", GX_LIST_PATIENCE_S));
    }
    if (code != GX_OK) {
        struct gx_ctx own = *ctx; /* what is said of the refusal stays */
        if (gx_db_write(&own, db, take_back, &n) != GX_OK)
            return GX_E_IO;
    }
    return code;
}

/* --- what is left out */

static void leave_out(struct grouping *g, struct group *group, int64_t *records)
{
    group->suppressed = true;
    g->suppressed++;
    *records += group->count;
}

static void leave_out_small(struct grouping *g)
{
    int64_t records = 0;
    for (size_t i = 0; i < g->count; i++)
        if (g->groups[i].count < g->total_min)
            leave_out(g, &g->groups[i], &records);
    while (g->suppressed > 0 && (g->suppressed < 2 || records < g->total_min)) {
        struct group *next = NULL;
        for (size_t i = 0; i < g->count; i++)
            if (!g->groups[i].suppressed && (!next || g->groups[i].count < next->count))
                next = &g->groups[i];
        if (!next)
            return;
        leave_out(g, next, &records);
    }
}

enum gx_code gx_totals_suppress(struct grouping *g, struct gx_conn *conn)
{
    struct gx_ctx *ctx = gx_scope_ctx(g->scope);
    leave_out_small(g);
    for (size_t i = 0; i < g->sum_count; i++) {
        const struct gx_field *field = g->sums[i].field;
        struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(conn));
        int64_t few;
        gx_sqlb_add(b, GX_SQL("SELECT 1 FROM (SELECT count(*) AS n FROM "));
        gx_sqlb_name(b, g->object->x.table);
        gx_sqlb_add(b, GX_SQL(" t"));
        gx_where_sql(b, &g->where);
        gx_sqlb_add(b, GX_SQL(" AND "));
        gx_sqlb_column(b, GX_STR("t"), field->x.column);
        gx_sqlb_add(b, GX_SQL(" IS NOT NULL GROUP BY 1 = 1"));
        if (g->by.name.n) {
            gx_sqlb_add(b, GX_SQL(", "));
            gx_group_term(b, g, &g->by);
        }
        if (field->x.type == GX_TYPE_MONEY) {
            gx_sqlb_add(b, GX_SQL(", "));
            gx_sqlb_column(b, GX_STR("t"), g->object->columns[field->slot + 1].name);
        }
        gx_sqlb_add(b, GX_SQL(") d WHERE d.n < "));
        gx_sqlb_int(b, g->total_min);
        gx_sqlb_add(b, GX_SQL(" LIMIT 1"));
        GX_TRY(gx_buf_check(&b->text));
        GX_TRY(gx_db_int(ctx, conn, gx_sqlb_sql(b), b->values, b->value_count, 0, &few));
        g->no_sum[i] = few != 0;
    }
    return GX_OK;
}
