/* why.c - why somebody may see, change or delete a record, and who else may. */
#include "api/app.h"
#include "store/record.h"

enum { READERS_MAX = 500 };

static const enum gx_right rights[] = { GX_RIGHT_READ, GX_RIGHT_EDIT, GX_RIGHT_DELETE };
static const char *const right_names[] = { "read", "edit", "delete" };

struct why {
    struct gx_req *req;
    const struct gx_object *object;
    int64_t id;
    bool deleted;
    struct gx_record record; /* as the caller may read it */
};

/* The record, live or in the bin, which the caller must be able to read. */
static enum gx_code find(struct why *y)
{
    GX_TRY(gx_req_object(y->req, 0, &y->object));
    GX_TRY(gx_req_id(y->req, 1, &y->id));
    enum gx_code code =
        gx_record_load(y->req->scope, y->object, y->id, GX_RIGHT_READ, false, &y->record);
    if (code != GX_E_NOT_FOUND)
        return code;
    gx_ctx_clear(y->req->ctx);
    y->deleted = true;
    return gx_record_load(y->req->scope, y->object, y->id, GX_RIGHT_READ, true, &y->record);
}

/* Whether this scope has the right on the record, by asking for the record with it. */
static enum gx_code allowed(const struct why *y, struct gx_scope *scope, enum gx_right right,
                            bool *ret_allowed)
{
    struct gx_record record;
    enum gx_code code = gx_record_load(scope, y->object, y->id, right, y->deleted, &record);
    *ret_allowed = code == GX_OK;
    if (code != GX_E_NOT_FOUND && code != GX_E_FORBIDDEN)
        return code;
    gx_ctx_clear(y->req->ctx);
    return GX_OK;
}

static enum gx_code write_user(struct gx_req *req, const char *key, int64_t user, struct gx_jw *w)
{
    struct gx_value id = gx_value_int(user);
    struct gx_rows *rows;
    bool has;
    gx_jw_key(w, gx_str_c(key));
    if (!user) {
        gx_jw_null(w);
        return GX_OK;
    }
    GX_TRY(gx_db_query(req->ctx, gx_scope_conn(req->scope),
                       GX_SQL("SELECT display_name FROM \"user\" WHERE id = ?1"), &id, 1, &rows));
    enum gx_code code = gx_rows_next(req->ctx, rows, &has);
    gx_jw_object(w);
    gx_jw_key_id(w, "id", user);
    gx_jw_key_str(w, "title", has ? gx_rows_text(rows, 0) : GX_STR(""));
    gx_jw_object_end(w);
    gx_rows_close(rows);
    return code;
}

static void write_roles(struct gx_jw *w, const struct gx_reason *reasons, size_t count)
{
    gx_jw_key(w, GX_STR("roles"));
    gx_jw_array(w);
    for (size_t i = 0; i < count; i++) {
        const struct gx_role *role = reasons[i].role;
        gx_jw_object(w);
        gx_jw_key_str(w, "name", role->name);
        gx_jw_key_str(w, "zh-Hant", gx_label_text(&role->label, GX_LANG_ZH_HANT));
        gx_jw_key_str(w, "en", gx_label_text(&role->label, GX_LANG_EN));
        gx_jw_key_bool(w, "admin", role->admin);
        gx_jw_key_str(w, "level", gx_str_c(gx_level_names[reasons[i].level]));
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
}

static enum gx_code write_rights(const struct why *y, struct gx_scope *scope, struct gx_jw *w)
{
    gx_jw_key(w, GX_STR("rights"));
    gx_jw_array(w);
    for (size_t i = 0; i < GX_COUNT(rights); i++) {
        const struct gx_reason *reasons = NULL;
        bool may = false;
        size_t count = scope ? gx_scope_why(scope, y->object, rights[i], &reasons) : 0;
        if (scope)
            GX_TRY(allowed(y, scope, rights[i], &may));
        gx_jw_object(w);
        gx_jw_key_str(w, "right", gx_str_c(right_names[i]));
        gx_jw_key_bool(w, "allowed", may);
        gx_jw_key_str(
            w, "level",
            gx_str_c(gx_level_names[scope ? gx_scope_level(scope, y->object, rights[i]) : 0]));
        write_roles(w, reasons, count);
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
    return GX_OK;
}

/* Level "own" reads: owned by the person, or shared with everybody. */
static const char *own_means(const struct gx_object *object)
{
    return object->owner ? "owner" : gx_str_is(object->x.name, "user") ? "self" : "creator";
}

static int64_t owner_of(const struct why *y)
{
    if (y->object->owner)
        return y->record.v[GX_SLOT_OWNER].i;
    return gx_str_is(y->object->x.name, "user") ? y->id : y->record.v[GX_SLOT_CREATED_BY].i;
}

static enum gx_code why_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct why y = { .req = req };
    struct gx_scope *scope = req->scope;
    int64_t user;
    GX_TRY(gx_req_query_int(req, "user", gx_scope_me(req->scope), 1, INT64_MAX, &user));
    if (user != gx_scope_me(req->scope))
        GX_TRY(gx_req_admin(req));
    GX_TRY(find(&y));
    bool active = true;
    if (user != gx_scope_me(req->scope)) {
        enum gx_code code =
            gx_scope_user(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), user, &scope);
        active = code == GX_OK;
        if (code == GX_E_UNAUTHENTICATED)
            gx_ctx_clear(req->ctx);
        else if (code != GX_OK)
            return code;
    }
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    GX_TRY(write_user(req, "user", user, &w));
    gx_jw_key_bool(&w, "active", active);
    GX_TRY(write_user(req, "owner", owner_of(&y), &w));
    gx_jw_key_str(&w, "own_means", gx_str_c(own_means(y.object)));
    gx_jw_key_bool(&w, "mine", user != 0 && owner_of(&y) == user);
    GX_TRY(write_rights(&y, active ? scope : NULL, &w));
    gx_jw_object_end(&w);
    return GX_OK;
}

static const struct gx_schema named_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema role_out[] = {
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "zh-Hant", .type = GX_SCHEMA_STR, .required = true },
    { .name = "en", .type = GX_SCHEMA_STR, .required = true },
    { .name = "admin", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "level",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "own, team, unit, book or all" },
    { 0 },
};
static const struct gx_schema right_out[] = {
    { .name = "right", .type = GX_SCHEMA_STR, .required = true, .doc = "read, edit or delete" },
    { .name = "allowed", .type = GX_SCHEMA_BOOL, .required = true, .doc = "On this record." },
    { .name = "level",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "What the roles add up to: none, own, team, unit, book or all; the widest." },
    { .name = "roles",
      .type = GX_SCHEMA_LIST,
      .fields = role_out,
      .required = true,
      .doc = "Roles of the person that give the right, and how far." },
    { 0 },
};
static const struct gx_schema why_out[] = {
    { .name = "user",
      .type = GX_SCHEMA_OBJECT,
      .fields = named_out,
      .required = true,
      .nullable = true,
      .doc = "null: the operator" },
    { .name = "active",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "False: may not sign in, so may do nothing." },
    { .name = "owner",
      .type = GX_SCHEMA_OBJECT,
      .fields = named_out,
      .required = true,
      .nullable = true,
      .doc = "Whose own it is." },
    { .name = "own_means",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "owner; creator, for objects without owners; self, for users" },
    { .name = "mine", .type = GX_SCHEMA_BOOL, .required = true, .doc = "It is the person’s own." },
    { .name = "rights", .type = GX_SCHEMA_LIST, .fields = right_out, .required = true },
    { 0 },
};
static const struct gx_query_param why_query[] = {
    { .name = "user", .doc = "Of another user; for administrators.", .type = GX_SCHEMA_ID },
    { 0 },
};

const struct gx_route gx_route_record_why = {
    .doc = "Why the caller, or for administrators another user, may see, change and delete a "
           "record: which roles give the right, and how far.",
    .method = GX_GET,
    .path = "/api/v1/{object}/{id}/why",
    .who = GX_WHO_SIGNED_IN,
    .query = why_query,
    .out = why_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID },
    .handler = why_get,
};

/* --- who else */

struct person {
    int64_t id;
    struct gx_str name;
};

static enum gx_code read_people(struct gx_req *req, struct person *people, int *ret_count)
{
    struct gx_value limit = gx_value_int(READERS_MAX + 1);
    struct gx_rows *rows;
    bool has;
    int n = 0;
    enum gx_code code;
    GX_TRY(gx_db_query(req->ctx, gx_scope_conn(req->scope),
                       GX_SQL("SELECT id, display_name FROM \"user\" WHERE deleted_at IS NULL "
                              "AND coalesce(active, 1) = 1 ORDER BY display_name, id LIMIT ?1"),
                       &limit, 1, &rows));
    while ((code = gx_rows_next(req->ctx, rows, &has)) == GX_OK && has && n <= READERS_MAX)
        people[n++] = (struct person){ gx_rows_int(rows, 0),
                                       gx_arena_str(req->ctx->arena, gx_rows_text(rows, 1)) };
    gx_rows_close(rows);
    *ret_count = n;
    return code;
}

static enum gx_code write_person(const struct why *y, const struct person *person, struct gx_jw *w)
{
    struct gx_req *req = y->req;
    const struct gx_reason *reasons;
    struct gx_scope *scope;
    bool may[GX_COUNT(rights)];
    GX_TRY(gx_scope_user(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), person->id,
                         &scope));
    for (size_t i = 0; i < GX_COUNT(rights); i++)
        GX_TRY(allowed(y, scope, rights[i], &may[i]));
    if (!may[0])
        return GX_OK;
    size_t count = gx_scope_why(scope, y->object, GX_RIGHT_READ, &reasons);
    gx_jw_object(w);
    gx_jw_key_id(w, "id", person->id);
    gx_jw_key_str(w, "title", person->name);
    for (size_t i = 1; i < GX_COUNT(rights); i++)
        gx_jw_key_bool(w, right_names[i], may[i]);
    write_roles(w, reasons, count);
    gx_jw_object_end(w);
    return GX_OK;
}

static enum gx_code readers_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct why y = { .req = req };
    struct person *people = GX_ARENA_ARRAY(req->ctx->arena, struct person, READERS_MAX + 1);
    int count;
    GX_TRY(find(&y));
    GX_TRY(read_people(req, people, &count));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    for (int i = 0; i < count && i < READERS_MAX; i++)
        GX_TRY(write_person(&y, &people[i], &w));
    gx_jw_array_end(&w);
    gx_jw_key_bool(&w, "more", count > READERS_MAX);
    gx_jw_object_end(&w);
    return GX_OK;
}

static const struct gx_schema reader_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { .name = "edit", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "delete", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "roles", .type = GX_SCHEMA_LIST, .fields = role_out, .required = true },
    { 0 },
};
static const struct gx_schema readers_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = reader_out, .required = true },
    { .name = "more",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "There are more users than the 500 that were looked at." },
    { 0 },
};

const struct gx_route gx_route_record_readers = {
    .doc = "Which users may see a record, by which roles, and what else they may do with it.",
    .method = GX_GET,
    .path = "/api/v1/{object}/{id}/readers",
    .who = GX_WHO_ADMIN,
    .out = readers_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN },
    .handler = readers_get,
};
