/*
 * admin_access.c - every path by which anybody reaches an object or a field of it.
 *
 * For each user: what each role gives, with the right on the field; and beside roles what opens
 * single records: shares, books, teams, delegations, sharing rules.  Dates are compared now.
 */
#include "api/app.h"
#include "base/time.h"
#include "store/record.h"

enum { USERS_MAX = 5000 };

struct asking {
    struct gx_req *req;
    const struct gx_object *object; /* NULL: all */
    const struct gx_field *field;   /* NULL: none in particular */
    struct gx_jw w;
    int64_t today;
};

static const struct gx_query_param access_query[] = {
    { .name = "user", .doc = "Only this user.", .type = GX_SCHEMA_ID },
    { .name = "object", .doc = "Only this object.", .type = GX_SCHEMA_STR, .max = 48 },
    { .name = "field",
      .doc = "What may be done with this field of the object.",
      .type = GX_SCHEMA_STR,
      .max = 48 },
    { 0 },
};

static void begin_row(struct asking *a, const struct gx_object *object, int64_t user,
                      struct gx_str name, const char *via)
{
    gx_jw_object(&a->w);
    gx_jw_key(&a->w, GX_STR("user"));
    gx_jw_object(&a->w);
    gx_jw_key_id(&a->w, "id", user);
    gx_jw_key_str(&a->w, "title", name);
    gx_jw_object_end(&a->w);
    gx_jw_key_str(&a->w, "object", object->x.name);
    gx_jw_key_str(&a->w, "via", gx_str_c(via));
}

/* What it comes to in the end, for this person: the most permissive of their roles. */
static void write_field(struct asking *a, struct gx_scope *scope, const struct gx_object *object)
{
    if (a->field)
        gx_jw_key_str(&a->w, "field",
                      gx_str_c(gx_field_access_names[gx_scope_field(scope, object, a->field)]));
}

static bool has_role(const struct gx_scope *scope, const struct gx_role *role)
{
    const struct gx_str *roles;
    size_t count = gx_scope_roles(scope, &roles);
    for (size_t i = 0; i < count; i++)
        if (gx_str_eq(roles[i], role->name))
            return true;
    return role->implicit;
}

static bool gives_any(const struct gx_role *role, const struct gx_object *object)
{
    bool any = role->admin;
    for (size_t r = 0; r < GX_RIGHT_COUNT; r++)
        any |= role->levels[object->index][r] != GX_LEVEL_NONE;
    return any;
}

static void write_role(struct asking *a, struct gx_scope *scope, const struct gx_object *object,
                       int64_t user, struct gx_str name, const struct gx_role *role)
{
    begin_row(a, object, user, name, "role");
    gx_jw_key_str(&a->w, "name", role->name);
    gx_jw_key(&a->w, GX_STR("rights"));
    gx_jw_object(&a->w);
    for (size_t r = 0; r < GX_RIGHT_COUNT; r++) {
        enum gx_level level = role->admin ? GX_LEVEL_ALL : role->levels[object->index][r];
        if (level != GX_LEVEL_NONE)
            gx_jw_key_str(&a->w, gx_right_names[r], gx_str_c(gx_level_names[level]));
    }
    gx_jw_object_end(&a->w);
    write_field(a, scope, object);
    gx_jw_object_end(&a->w);
}

/* Ways beside roles that are open today, with how many records they open. */
static enum gx_code write_opened(struct asking *a, struct gx_scope *scope,
                                 const struct gx_object *object, int64_t user, struct gx_str name)
{
    static const struct {
        const char *via;
        struct gx_sql sql;
        bool account; /* of accounts and what belongs to them */
    } ways[] = {
        { "share",
          GX_SQL("SELECT count(*) FROM gx_share WHERE object = ?2 AND user_id = ?1 AND "
                 "(until IS NULL OR until >= ?3)"),
          false },
        { "share_role",
          GX_SQL("SELECT count(*) FROM gx_share s WHERE s.object = ?2 AND (s.role = 'everyone' OR "
                 "s.role IN (SELECT role FROM gx_user_role WHERE user_id = ?1)) AND (s.until IS "
                 "NULL OR s.until >= ?3)"),
          false },
        { "share_unit",
          GX_SQL("WITH RECURSIVE ru(id) AS (SELECT unit FROM \"user\" WHERE id = ?1 UNION SELECT "
                 "p.parent FROM \"unit\" p JOIN ru ON p.id = ru.id WHERE p.deleted_at IS NULL) "
                 "SELECT count(*) FROM gx_share s WHERE s.object = ?2 AND s.unit_id IN (SELECT id "
                 "FROM ru) AND (s.until IS NULL OR s.until >= ?3)"),
          false },
        { "book",
          GX_SQL("WITH RECURSIVE rb(id) AS (SELECT m.book FROM book_member m WHERE m.\"user\" = ?1 "
                 "AND m.deleted_at IS NULL AND (m.from_date IS NULL OR m.from_date <= ?3) AND "
                 "(m.until IS NULL OR m.until >= ?3) UNION SELECT b.id FROM \"book\" b JOIN rb ON "
                 "b.parent = rb.id WHERE b.deleted_at IS NULL) SELECT count(DISTINCT r.record) "
                 "FROM gx_book_record r WHERE r.object = ?2 AND r.book IN (SELECT id FROM rb)"),
          false },
        { "team",
          GX_SQL("SELECT count(*) FROM account_team m WHERE m.\"user\" = ?1 AND ?2 <> '' AND "
                 "m.deleted_at IS NULL AND (m.from_date IS NULL OR m.from_date <= ?3) AND (m.until "
                 "IS NULL OR m.until >= ?3)"),
          true },
        { "delegation",
          GX_SQL("SELECT count(*) FROM delegation m WHERE m.delegate = ?1 AND ?2 <> '' AND "
                 "m.deleted_at IS NULL AND m.from_date <= ?3 AND m.until >= ?3"),
          false },
    };
    const struct gx_value values[] = { gx_value_int(user), gx_value_text(object->id),
                                       gx_value_int(a->today) };
    for (size_t i = 0; i < GX_COUNT(ways); i++) {
        int64_t count;
        bool account = object->account || gx_str_is(object->x.name, "account");
        if ((ways[i].account && !account) ||
            (gx_str_is(gx_str_c(ways[i].via), "delegation") && !object->owner))
            continue;
        GX_TRY(gx_db_int(a->req->ctx, gx_scope_conn(a->req->scope), ways[i].sql, values, 3, 0,
                         &count));
        if (!count)
            continue;
        begin_row(a, object, user, name, ways[i].via);
        gx_jw_key_int(&a->w, "count", count);
        write_field(a, scope, object);
        gx_jw_object_end(&a->w);
    }
    return GX_OK;
}

static void write_rules(struct asking *a, struct gx_scope *scope, const struct gx_object *object,
                        int64_t user, struct gx_str name)
{
    for (size_t i = 0; i < object->sharing_count; i++) {
        const struct gx_sharing *rule = &object->sharing[i];
        if (!gx_scope_may_share(scope, rule))
            continue;
        begin_row(a, object, user, name, "rule");
        gx_jw_key_str(&a->w, "name", rule->name);
        write_field(a, scope, object);
        gx_jw_object_end(&a->w);
    }
}

static enum gx_code write_user(struct asking *a, int64_t user, struct gx_str name)
{
    const struct gx_meta *meta = gx_scope_meta(a->req->scope);
    struct gx_scope *scope;
    GX_TRY(gx_scope_user(a->req->ctx, gx_api(a->req)->tenant, gx_scope_conn(a->req->scope), user,
                         &scope));
    for (size_t i = 0; i < meta->object_count; i++) {
        const struct gx_object *object = meta->objects[i];
        if (a->object && object != a->object)
            continue;
        for (size_t r = 0; r < meta->role_count; r++)
            if (has_role(scope, &meta->roles[r]) && gives_any(&meta->roles[r], object))
                write_role(a, scope, object, user, name, &meta->roles[r]);
        enum gx_level read = gx_scope_level(scope, object, GX_RIGHT_READ);
        if (read == GX_LEVEL_NONE || read == GX_LEVEL_ALL)
            continue; /* nothing to open, or nothing left to */
        GX_TRY(write_opened(a, scope, object, user, name));
        write_rules(a, scope, object, user, name);
    }
    return GX_OK;
}

static enum gx_code read_query(struct asking *a, int64_t *ret_user)
{
    struct gx_req *req = a->req;
    struct gx_str object = gx_req_query(req, "object"), field = gx_req_query(req, "field");
    GX_TRY(gx_req_query_int(req, "user", 0, 1, INT64_MAX, ret_user));
    if (object.n)
        GX_TRY(gx_object_get(req->scope, object, &a->object));
    if (!field.n)
        return GX_OK;
    a->field = a->object ? gx_object_field(a->object, field) : NULL;
    return a->field ? GX_OK
                    : gx_fail(req->ctx, GX_E_INVALID, GX_STR("field"), GX_M_UNKNOWN_KEY, field);
}

static enum gx_code access_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct asking a = {
        .req = req,
        .w = gx_jw(&req->out),
        .today = gx_date_of_moment(req->ctx->now_us, req->ctx->tz_offset_min),
    };
    struct gx_rows *rows;
    bool has;
    int64_t only, ids[USERS_MAX];
    struct gx_str *names = GX_ARENA_ARRAY(req->ctx->arena, struct gx_str, USERS_MAX);
    size_t n = 0;
    enum gx_code code;
    GX_TRY(read_query(&a, &only));
    const struct gx_value values[] = { gx_value_int(only), gx_value_int(USERS_MAX) };
    GX_TRY(gx_db_query(req->ctx, gx_scope_conn(req->scope),
                       GX_SQL("SELECT id, display_name FROM \"user\" WHERE deleted_at IS NULL AND "
                              "coalesce(active, 1) = 1 AND (?1 = 0 OR id = ?1) ORDER BY "
                              "display_name, id LIMIT ?2"),
                       values, 2, &rows));
    while ((code = gx_rows_next(req->ctx, rows, &has)) == GX_OK && has && n < USERS_MAX) {
        ids[n] = gx_rows_int(rows, 0);
        names[n++] = gx_arena_str(req->ctx->arena, gx_rows_text(rows, 1));
    }
    gx_rows_close(rows);
    GX_TRY(code);
    gx_jw_object(&a.w);
    gx_jw_key(&a.w, GX_STR("rows"));
    gx_jw_array(&a.w);
    for (size_t i = 0; i < n; i++)
        GX_TRY(write_user(&a, ids[i], names[i]));
    gx_jw_array_end(&a.w);
    gx_jw_object_end(&a.w);
    return gx_buf_check(&req->out);
}

static const struct gx_schema user_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema row_out[] = {
    { .name = "user", .type = GX_SCHEMA_OBJECT, .fields = user_out, .required = true },
    { .name = "object", .type = GX_SCHEMA_STR, .required = true },
    { .name = "via",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "role, share, share_role, share_unit, book, team, delegation or rule" },
    { .name = "name", .type = GX_SCHEMA_STR, .doc = "Of the role or the sharing rule." },
    { .name = "rights", .type = GX_SCHEMA_NODE, .doc = "Of a role: {right: how far}." },
    { .name = "count",
      .type = GX_SCHEMA_INT,
      .doc = "Of shares and books, how many records; of teams and delegations, how many of them." },
    { .name = "field",
      .type = GX_SCHEMA_STR,
      .doc = "What the user may do with the field: hidden, masked, read or write." },
    { 0 },
};
static const struct gx_schema access_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = row_out, .required = true },
    { 0 },
};

const struct gx_route gx_route_admin_access = {
    .doc = "Every path by which users reach an object, or a field of it.",
    .method = GX_GET,
    .path = "/api/v1/admin/access",
    .who = GX_WHO_ADMIN,
    .query = access_query,
    .out = access_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_INVALID },
    .handler = access_get,
};
