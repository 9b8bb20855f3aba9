/* ways.c - by which ways a person reaches a record, each asked by itself; see scope.h. */
#include "access/access_int.h"

static const struct {
    unsigned part;
    const char *kind;
} parts[] = {
    { GX_REACH_DELEGATED, "delegation" },
    { GX_REACH_UNIT, "unit" },
    { GX_REACH_TEAM, "team" },
    { GX_REACH_BOOK, "book" },
    { GX_REACH_SHARE_USER, "share" },
    { GX_REACH_SHARE_UNIT, "share_unit" },
    { GX_REACH_SHARE_ROLE, "share_role" },
};

static enum gx_code holds(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                          const struct gx_expr *filter, bool *ret_holds)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_conn *conn = gx_scope_conn(scope);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(conn));
    int64_t there;
    gx_sqlb_add(b, GX_SQL("SELECT 1 FROM "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" t WHERE t.id = "));
    gx_sqlb_bind(b, gx_value_int(id));
    gx_sqlb_add(b, GX_SQL(" AND "));
    gx_expr_sql(b, filter, gx_scope_env(scope), GX_STR("t"));
    GX_TRY(gx_buf_check(&b->text));
    GX_TRY(gx_db_int(ctx, conn, gx_sqlb_sql(b), b->values, b->value_count, 0, &there));
    *ret_holds = there != 0;
    return GX_OK;
}

struct finding {
    struct gx_scope *scope;
    const struct gx_object *object;
    int64_t id;
    struct gx_way *ways;
    size_t count;
};

static enum gx_code try_way(struct finding *f, const struct gx_expr *filter, struct gx_way way)
{
    bool yes;
    GX_TRY(holds(f->scope, f->object, f->id, filter, &yes));
    if (yes)
        f->ways[f->count++] = way;
    return GX_OK;
}

static enum gx_code try_parts(struct finding *f, enum gx_reach_kind kind, unsigned ways)
{
    struct gx_arena *arena = gx_scope_ctx(f->scope)->arena;
    for (size_t i = 0; i < GX_COUNT(parts); i++)
        if (ways & parts[i].part)
            GX_TRY(try_way(f,
                           gx_expr_reach(arena, f->object->x.name,
                                         gx_reach_code(parts[i].part, kind, GX_REACH_ONE)),
                           (struct gx_way){ .kind = parts[i].kind }));
    return GX_OK;
}

enum gx_code gx_reach_ways(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                           enum gx_reach_kind kind, unsigned ways,
                           const struct gx_sharing *const *rules, size_t rule_count,
                           const struct gx_way **ret_ways, size_t *ret_count)
{
    struct gx_arena *arena = gx_scope_ctx(scope)->arena;
    struct finding f = { .scope = scope, .object = object, .id = id };
    f.ways = GX_ARENA_ARRAY(arena, struct gx_way, GX_COUNT(parts) + rule_count + 2);
    GX_TRY(try_way(&f, object->own, (struct gx_way){ .kind = "own" }));
    if (kind == GX_REACH_READ && object->own_read != object->own && f.count == 0)
        GX_TRY(try_way(&f, object->own_read, (struct gx_way){ .kind = "everybody" }));
    GX_TRY(try_parts(&f, kind, ways));
    for (size_t i = 0; i < rule_count; i++)
        GX_TRY(try_way(
            &f, gx_expr_rule(arena, rules[i]->when),
            (struct gx_way){ .kind = "rule", .name = rules[i]->name, .label = &rules[i]->label }));
    *ret_ways = f.ways;
    *ret_count = f.count;
    return GX_OK;
}
