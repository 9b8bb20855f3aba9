/*
 * reach.c - how far a right goes beyond one's own records, as SQL.
 *
 * Units, teams, books, shares and delegations are sub-queries over the tables as they are at the
 * moment of asking: nothing is computed beforehand, so nothing can be stale, and a date that has
 * passed needs no job to take effect.  What the roles give, and whether this person has any share,
 * team or book at all, is known from the grant; only what can matter is asked.
 *
 * One condition is written in three ways.  For one record (GX_REACH_ONE) it climbs from the record
 * to the person, at the cost of a few index look-ups.  Over a list it makes the person's set once;
 * when few records are in reach the indexes start from that set (GX_REACH_FEW), when many are the
 * list is walked in its order and each record held against the set (GX_REACH_MANY): "+column"
 * keeps SQLite from starting at the other end.
 */
#include "access/access_int.h"
#include "base/assert.h"
#include "base/time.h"

struct reach {
    struct gx_sqlb *b;
    const struct gx_scope *scope;
    const struct gx_object *object;
    struct gx_str alias;
    enum gx_reach_kind kind;
    enum gx_reach_how how;
    bool any; /* something is written already */
};

#define ADD(r, lit) gx_sqlb_add((r)->b, GX_SQL(lit))

static void bind_me(struct reach *r)
{
    gx_sqlb_bind(r->b, gx_value_int(gx_scope_me(r->scope)));
}

static void bind_today(struct reach *r)
{
    const struct gx_expr_env *env = gx_scope_env(r->scope);
    gx_sqlb_bind(r->b, gx_value_int(gx_date_of_moment(env->now_us, env->tz_offset_min)));
}

/* What follows is one more way to a record. */
static void or_else(struct reach *r)
{
    if (r->any)
        ADD(r, " OR ");
    r->any = true;
}

static void column(struct reach *r, struct gx_str name)
{
    if (r->how == GX_REACH_MANY && r->b->dialect == GX_SQLITE)
        ADD(r, "+");
    gx_sqlb_column(r->b, r->alias, name);
}

/* Who has the record: its owner, the user itself, or who made it. */
static struct gx_str owner_column(const struct gx_object *object)
{
    if (object->owner)
        return object->owner->x.column;
    return gx_str_is(object->x.name, "user") ? GX_STR("id") : GX_STR("created_by");
}

/* Of rm: not in the bin, and today within its dates. */
static void is_current(struct reach *r)
{
    ADD(r, " AND rm.deleted_at IS NULL AND (rm.from_date IS NULL OR rm.from_date <= ");
    bind_today(r);
    ADD(r, ") AND (rm.until IS NULL OR rm.until >= ");
    bind_today(r);
    ADD(r, ")");
}

static void is_enough(struct reach *r)
{
    if (r->kind == GX_REACH_EDIT)
        ADD(r, " AND rm.level IN ('edit', 'full')");
    else if (r->kind == GX_REACH_FULL)
        ADD(r, " AND rm.level = 'full'");
}

static void my_unit(struct reach *r)
{
    ADD(r, "SELECT ri.unit FROM \"user\" ri WHERE ri.id = ");
    bind_me(r);
}

/* My unit and those above it: a share with one of them is a share with me. */
static void units_above(struct reach *r)
{
    ADD(r, "(WITH RECURSIVE ru(id) AS (");
    my_unit(r);
    ADD(r, " UNION SELECT rp.parent FROM \"unit\" rp JOIN ru ON rp.id = ru.id WHERE "
           "rp.deleted_at IS NULL) SELECT ru.id FROM ru)");
}

static void delegated(struct reach *r)
{
    or_else(r);
    column(r, r->object->owner->x.column);
    ADD(r, " IN (SELECT rm.absent FROM \"delegation\" rm WHERE rm.delegate = ");
    bind_me(r);
    is_current(r);
    ADD(r, ")");
}

static void in_unit(struct reach *r)
{
    or_else(r);
    if (r->how == GX_REACH_ONE) {
        ADD(r, "(");
        my_unit(r);
        ADD(r, ") IN (WITH RECURSIVE ru(id) AS (SELECT ro.unit FROM \"user\" ro WHERE ro.id = ");
        gx_sqlb_column(r->b, r->alias, owner_column(r->object));
        ADD(r, " UNION SELECT rp.parent FROM \"unit\" rp JOIN ru ON rp.id = ru.id WHERE "
               "rp.deleted_at IS NULL) SELECT ru.id FROM ru)");
        return;
    }
    column(r, owner_column(r->object));
    ADD(r, " IN (SELECT ro.id FROM \"user\" ro WHERE ro.unit IN (WITH RECURSIVE ru(id) AS (");
    my_unit(r);
    ADD(r, " UNION SELECT rc.id FROM \"unit\" rc JOIN ru ON rc.parent = ru.id WHERE "
           "rc.deleted_at IS NULL) SELECT ru.id FROM ru))");
}

static void in_team(struct reach *r)
{
    struct gx_str account = r->object->account ? r->object->account->x.column : GX_STR("id");
    or_else(r);
    if (r->how == GX_REACH_ONE) {
        ADD(r, "EXISTS (SELECT 1 FROM account_team rm WHERE rm.account = ");
        gx_sqlb_column(r->b, r->alias, account);
        ADD(r, " AND rm.\"user\" = ");
    } else {
        column(r, account);
        ADD(r, " IN (SELECT rm.account FROM account_team rm WHERE rm.\"user\" = ");
    }
    bind_me(r);
    is_current(r);
    is_enough(r);
    ADD(r, ")");
}

/* The books where I have the level, and those in them. */
static void my_books(struct reach *r)
{
    ADD(r, "(WITH RECURSIVE rb(id) AS (SELECT rm.book FROM book_member rm JOIN \"book\" rk ON "
           "rk.id = rm.book AND rk.deleted_at IS NULL WHERE rm.\"user\" = ");
    bind_me(r);
    is_current(r);
    is_enough(r);
    ADD(r, " UNION SELECT rc.id FROM \"book\" rc JOIN rb ON rc.parent = rb.id WHERE "
           "rc.deleted_at IS NULL) SELECT rb.id FROM rb)");
}

/* The record named by a column stands in one of them. */
static void stands_in(struct reach *r, struct gx_str object_id, struct gx_str name)
{
    or_else(r);
    if (r->how == GX_REACH_FEW) {
        column(r, name);
        ADD(r, " IN (SELECT rr.record FROM gx_book_record rr WHERE rr.book IN ");
        my_books(r);
        ADD(r, " AND rr.object = ");
        gx_sqlb_bind(r->b, gx_value_text(object_id));
        ADD(r, ")");
        return;
    }
    ADD(r, "EXISTS (SELECT 1 FROM gx_book_record rr WHERE rr.object = ");
    gx_sqlb_bind(r->b, gx_value_text(object_id));
    ADD(r, " AND rr.record = ");
    gx_sqlb_column(r->b, r->alias, name);
    ADD(r, " AND rr.book IN ");
    my_books(r);
    ADD(r, ")");
}

static void in_book(struct reach *r)
{
    stands_in(r, r->object->id, GX_STR("id"));
    if (r->object->account) {
        const struct gx_object *account =
            gx_meta_object(gx_scope_meta(r->scope), GX_STR("account"));
        stands_in(r, account->id, r->object->account->x.column);
    }
}

/* One of the three ways to be meant by a share. */
static void shared_with(struct reach *r, unsigned part)
{
    if (part == GX_REACH_SHARE_USER) {
        ADD(r, "rs.user_id = ");
        bind_me(r);
    } else if (part == GX_REACH_SHARE_UNIT) {
        ADD(r, "rs.unit_id IN ");
        units_above(r);
    } else {
        ADD(r, "rs.role IN (SELECT 'everyone' UNION ALL SELECT rg.role FROM gx_user_role rg WHERE "
               "rg.user_id = ");
        bind_me(r);
        ADD(r, ")");
    }
}

static void share_holds(struct reach *r)
{
    ADD(r, " AND (rs.until IS NULL OR rs.until >= ");
    bind_today(r);
    ADD(r, ")");
    if (r->kind == GX_REACH_EDIT)
        ADD(r, " AND rs.edit = 1");
}

static void shared(struct reach *r, unsigned parts)
{
    static const unsigned ways[] = { GX_REACH_SHARE_USER, GX_REACH_SHARE_UNIT,
                                     GX_REACH_SHARE_ROLE };
    bool first = true;
    if (r->how != GX_REACH_FEW) {
        or_else(r);
        ADD(r, "EXISTS (SELECT 1 FROM gx_share rs WHERE rs.object = ");
        gx_sqlb_bind(r->b, gx_value_text(r->object->id));
        ADD(r, " AND rs.record = ");
        gx_sqlb_column(r->b, r->alias, GX_STR("id"));
        ADD(r, " AND (");
    }
    for (size_t i = 0; i < GX_COUNT(ways); i++) {
        if (!(parts & ways[i]))
            continue;
        if (r->how == GX_REACH_FEW) {
            or_else(r);
            column(r, GX_STR("id"));
            ADD(r, " IN (SELECT rs.record FROM gx_share rs WHERE rs.object = ");
            gx_sqlb_bind(r->b, gx_value_text(r->object->id));
            ADD(r, " AND ");
            shared_with(r, ways[i]);
            share_holds(r);
            ADD(r, ")");
            continue;
        }
        if (!first)
            ADD(r, " OR ");
        first = false;
        shared_with(r, ways[i]);
    }
    if (r->how != GX_REACH_FEW) {
        ADD(r, ")");
        share_holds(r);
        ADD(r, ")");
    }
}

int64_t gx_reach_code(unsigned parts, enum gx_reach_kind kind, enum gx_reach_how how)
{
    return (int64_t)(parts << 4 | (unsigned)how << 2 | (unsigned)kind);
}

void gx_reach_sql(void *p, struct gx_sqlb *b, struct gx_str object, int64_t code,
                  struct gx_str alias)
{
    struct reach r = {
        .b = b,
        .scope = p,
        .object = gx_meta_object(gx_scope_meta(p), object),
        .alias = alias,
        .kind = (enum gx_reach_kind)(code & 3),
        .how = (enum gx_reach_how)(code >> 2 & 3),
    };
    unsigned parts = (unsigned)(code >> 4);
    gx_assert(r.object && parts);
    if (parts & GX_REACH_DELEGATED)
        delegated(&r);
    if (parts & GX_REACH_UNIT)
        in_unit(&r);
    if (parts & GX_REACH_TEAM)
        in_team(&r);
    if (parts & GX_REACH_BOOK)
        in_book(&r);
    if (parts & GX_REACH_SHARES)
        shared(&r, parts & GX_REACH_SHARES);
    gx_assert(r.any);
}
