/*
 * scim.h - SCIM 2.0 (RFC 7643, RFC 7644): another system looks after the people who work here.
 *
 * Users are the records of the object `user` that have a login; groups are the roles that the key
 * of the system may give (access/provision.h).  A user with a role beyond those, such as an
 * administrator, can be made inactive by it, and nothing else that decides who comes in as whom.
 * Nothing is deleted: who is taken out there becomes inactive here, and is not seen by that system
 * any more until it enters the same login again.
 *
 * Layer: api.
 */
#ifndef GX_API_SCIM_H
#define GX_API_SCIM_H

#include "access/provision.h"
#include "api/app.h"

enum {
    GX_SCIM_COUNT = 100,
    GX_SCIM_COUNT_MAX = 200,
    GX_SCIM_MEMBERS_MAX = 10000,
    GX_SCIM_OPERATIONS_MAX = 1000,
};

#define GX_SCIM_TYPE           "application/scim+json"
#define GX_SCIM_URN            "urn:ietf:params:scim:"
#define GX_SCIM_URN_USER       GX_SCIM_URN "schemas:core:2.0:User"
#define GX_SCIM_URN_GROUP      GX_SCIM_URN "schemas:core:2.0:Group"
#define GX_SCIM_URN_ENTERPRISE GX_SCIM_URN "schemas:extension:enterprise:2.0:User"

/* scim.c.  Before a route of SCIM: which system is it?  GX_E_UNAUTHENTICATED. */
GX_NODISCARD enum gx_code gx_scim_authenticate(struct gx_req *req, struct gx_conn *conn);
/* Errors as SCIM has them. */
void gx_scim_problem(struct gx_req *req, enum gx_code code);
/* Begin a reply. */
struct gx_jw gx_scim_reply(struct gx_req *req);
extern const struct gx_query_param gx_scim_list_query[], gx_scim_one_query[];
/* Was this attribute asked for (attributes, excludedAttributes)? */
bool gx_scim_wants(const struct gx_req *req, const char *name);
/* startIndex and count; out of range is brought into it, as RFC 7644 has it. */
GX_NODISCARD enum gx_code gx_scim_page(struct gx_req *req, int64_t *ret_start, int64_t *ret_count);
void gx_scim_list_begin(struct gx_jw *w, int64_t total, int64_t start);
void gx_scim_list_end(struct gx_jw *w, int64_t shown);
/* The address of a resource: "Users" or "Groups" and its id. */
struct gx_str gx_scim_place(const struct gx_req *req, const char *kind, struct gx_str id);
/* "true", "True", true …; false: it is neither yes nor no. */
bool gx_scim_truth(const struct gx_json *value, bool *ret_truth);
/* The operations of a PATCH, each checked; `fn` gets op in lower case, path ("": none) and value
 * (NULL: none). */
typedef enum gx_code (*gx_scim_op)(void *p, struct gx_str op, struct gx_str path,
                                   const struct gx_json *value);
GX_NODISCARD enum gx_code gx_scim_operations(struct gx_req *req, gx_scim_op fn, void *p);
/* In small letters (ASCII), and without the URN of the core schemas in front. */
struct gx_str gx_scim_attribute(struct gx_arena *arena, struct gx_str path);

/* scim_filter.c.  What a list may be narrowed by; empty, 0 or -1: not asked. */
struct gx_scim_filter {
    int64_t id, active, member;
    struct gx_str role, login, external, email, name;
    bool nobody; /* two terms that exclude each other, or an id that is none */
};
/* GX_E_INVALID: more than `attribute eq value`, joined by `and`, or an attribute that is none. */
GX_NODISCARD enum gx_code gx_scim_filter(struct gx_ctx *ctx, struct gx_str text,
                                         struct gx_scim_filter *ret_filter);
/* members[value eq "x"] is `members` and "x"; false: it is not of that form. */
bool gx_scim_path_value(struct gx_str path, struct gx_str *ret_attribute, struct gx_str *ret_value,
                        struct gx_str *ret_rest);

/* scim_in.c.  What is said of a user. */
enum gx_scim_attr {
    GX_SCIM_LOGIN,
    GX_SCIM_NAME,
    GX_SCIM_ENGLISH,
    GX_SCIM_EMAIL,
    GX_SCIM_PHONE,
    GX_SCIM_MOBILE,
    GX_SCIM_NUMBER,
    GX_SCIM_TITLE,
    GX_SCIM_LOCALE,
    GX_SCIM_ZONE,
    GX_SCIM_EXTERNAL,
    GX_SCIM_ACTIVE,
    GX_SCIM_UNIT,
    GX_SCIM_MANAGER,
    GX_SCIM_ATTRS
};
struct gx_scim_said {
    bool given[GX_SCIM_ATTRS];
    struct gx_str text[GX_SCIM_ATTRS]; /* empty: taken away */
    bool active;
    struct gx_str formatted, family, first;
    bool roles_all; /* `give` are all roles, of those that the key may give */
    struct gx_str give[GX_SCIM_ROLES_MAX], take[GX_SCIM_ROLES_MAX];
    size_t give_count, take_count;
};
/* A whole user, or the operations of a PATCH.  GX_E_INVALID. */
GX_NODISCARD enum gx_code gx_scim_said_user(struct gx_req *req, struct gx_scim_said *ret_said);
GX_NODISCARD enum gx_code gx_scim_said_patch(struct gx_req *req, struct gx_scim_said *ret_said);

/* scim_role.c.  A role that the key may give, by name or label; NULL: none. */
const struct gx_role *gx_scim_role(const struct gx_req *req, struct gx_str text);
/* On the writer: give and take roles; others than those of the key stay.  GX_E_FORBIDDEN: one that
 * the key may not give. */
GX_NODISCARD enum gx_code gx_scim_roles_change(struct gx_req *req, int64_t user,
                                               const struct gx_scim_said *said);
/* Has somebody a role that the key may not give? */
GX_NODISCARD enum gx_code gx_scim_is_beyond(struct gx_req *req, int64_t user, bool *ret_beyond);
/* The roles of a user that the key may give, as elements of a JSON array. */
GX_NODISCARD enum gx_code gx_scim_roles_write(struct gx_req *req, int64_t user, bool as_groups,
                                              struct gx_jw *w);

#endif
