/*
 * scope.h - the one door to records: who is asking, and what they may do.
 *
 * Every function of store/ takes a scope.  Only this layer makes one: for a user (their roles
 * decide), or for the system, which must give a reason that is written to the log.  No rule
 * means nobody.
 *
 * A right on an object is answered with a filter, an expression that records must pass; the
 * query builder puts the same filter into lists, single reads, search, export and writes.
 *
 * Layer: access.
 */
#ifndef GX_ACCESS_SCOPE_H
#define GX_ACCESS_SCOPE_H

#include "meta/tenant.h"

struct gx_scope;

/*
 * A scope for a user, over `conn` (a reader, or the writer inside a write).  GX_E_UNAUTHENTICATED:
 * no such user, or not active.
 */
GX_NODISCARD enum gx_code gx_scope_user(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                        struct gx_conn *conn, int64_t user,
                                        struct gx_scope **ret_scope);
/* The operator at the command line, an import job's own bookkeeping …: a reason in English. */
struct gx_scope *gx_scope_system(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                                 const char *reason);
/* The same person over another connection (a request that goes to the writer). */
void gx_scope_use(struct gx_scope *scope, struct gx_conn *conn);

struct gx_ctx *gx_scope_ctx(const struct gx_scope *scope);
struct gx_tenant *gx_scope_tenant(const struct gx_scope *scope);
const struct gx_meta *gx_scope_meta(const struct gx_scope *scope);
/* The definitions for whom nobody knows: without what any role keeps from its people.  A reference
 * for the caller. */
struct gx_meta *gx_scope_public_meta(struct gx_ctx *ctx, struct gx_tenant *tenant);
struct gx_conn *gx_scope_conn(const struct gx_scope *scope);
int64_t gx_scope_me(const struct gx_scope *scope); /* 0 for the system */
struct gx_str gx_scope_reason(const struct gx_scope *scope);
bool gx_scope_is_admin(const struct gx_scope *scope);
bool gx_scope_has_role(const struct gx_scope *scope, struct gx_str role);

/* Names of the user's roles, in the arena. */
size_t gx_scope_roles(const struct gx_scope *scope, const struct gx_str **ret_roles);

enum gx_level gx_scope_level(const struct gx_scope *scope, const struct gx_object *object,
                             enum gx_right right);
/*
 * The filter of a right: NULL for all records.  GX_E_FORBIDDEN (said in ctx) when there is no
 * such right at all.
 */
GX_NODISCARD enum gx_code gx_scope_filter(const struct gx_scope *scope,
                                          const struct gx_object *object, enum gx_right right,
                                          const struct gx_expr **ret_filter);
/*
 * How a filter that goes beyond one's own records is asked.  ONE: of single records; FEW and MANY:
 * of lists, from the set of records in reach, or along the list.  All give the same records.
 */
enum gx_reach_how { GX_REACH_ONE, GX_REACH_FEW, GX_REACH_MANY };
/* gx_scope_filter() for a list: asked in the way that is the quicker for this person. */
GX_NODISCARD enum gx_code gx_scope_filter_list(struct gx_scope *scope,
                                               const struct gx_object *object, enum gx_right right,
                                               const struct gx_expr **ret_filter);
/*
 * The read rights on all objects in one word: scopes with the same one see by the same rules, so
 * SQL made for one serves the other when it holds nothing of the person.
 */
struct gx_str gx_scope_reads(const struct gx_scope *scope);
/* The environment expressions run in: me, now, zone, and what may be seen. */
const struct gx_expr_env *gx_scope_env(const struct gx_scope *scope);

/* May this person look at the log as a whole (store/audit.h)? */
bool gx_scope_may_audit(const struct gx_scope *scope);
/* May this person move records between markets (store/relocate.h), without rights in both? */
bool gx_scope_may_relocate(const struct gx_scope *scope);

/* A role of this person that gives a right, and how far. */
struct gx_reason {
    const struct gx_role *role;
    enum gx_level level;
};
/* Why the level is what it is: all roles that give anything, in the arena; none for the system. */
size_t gx_scope_why(const struct gx_scope *scope, const struct gx_object *object,
                    enum gx_right right, const struct gx_reason **ret_reasons);

/* A way by which a record is reached: of its own kind, and for rules which one. */
struct gx_way {
    const char *kind; /* all, own, everybody, delegation, unit, team, book, share, share_unit,
                         share_role, rule */
    struct gx_str name;
    const struct gx_label *label; /* of a rule; NULL otherwise */
};
/*
 * Every way by which this person has a right on a record, in the arena; none: they have not.  The
 * record may be in the recycle bin.
 */
GX_NODISCARD enum gx_code gx_scope_ways(struct gx_scope *scope, const struct gx_object *object,
                                        int64_t id, enum gx_right right,
                                        const struct gx_way **ret_ways, size_t *ret_count);
/* Does a sharing rule mean this person? */
bool gx_scope_may_share(const struct gx_scope *scope, const struct gx_sharing *rule);
/* What this person may do with a field; gx_object_field() of their definitions says the same. */
enum gx_field_access gx_scope_field(const struct gx_scope *scope, const struct gx_object *object,
                                    const struct gx_field *field);

#endif
