/* scim_user.c - /scim/v2/Users: found, entered, changed, taken out. */
#include "api/scim.h"

#include "base/time.h"
#include "json/write.h"
#include "store/record.h"

/* --- read */

#define USER_FROM                                                                                  \
    " FROM \"user\" u LEFT JOIN unit n ON n.id = u.unit AND n.deleted_at IS NULL "                 \
    "LEFT JOIN \"user\" m ON m.id = u.manager AND m.deleted_at IS NULL "                           \
    "WHERE u.deleted_at IS NULL AND u.login IS NOT NULL "                                          \
    "AND NOT EXISTS (SELECT 1 FROM gx_provision p WHERE p.user_id = u.id AND p.gone = 1) "         \
    "AND (?1 = 0 OR u.id = ?1) AND (?2 < 0 OR coalesce(u.active, 1) = ?2) "                        \
    "AND (?3 = '' OR lower(u.login) = lower(?3)) AND (?4 = '' OR u.external_id = ?4) "             \
    "AND (?5 = '' OR lower(u.email) = lower(?5)) AND (?6 = '' OR u.display_name = ?6)"

enum { FILTERS = 6 };

static void filter_values(const struct gx_scim_filter *f, struct gx_value *values)
{
    values[0] = gx_value_int(f->id);
    values[1] = gx_value_int(f->active);
    values[2] = gx_value_text(f->login);
    values[3] = gx_value_text(f->external);
    values[4] = gx_value_text(f->email);
    values[5] = gx_value_text(f->name);
}

enum column {
    C_ID,
    C_VERSION,
    C_LOGIN,
    C_NAME,
    C_ENGLISH,
    C_EMAIL,
    C_PHONE,
    C_MOBILE,
    C_NUMBER,
    C_TITLE,
    C_LOCALE,
    C_ZONE,
    C_EXTERNAL,
    C_ACTIVE,
    C_MADE,
    C_CHANGED,
    C_UNIT,
    C_MANAGER,
    C_MANAGER_NAME,
    COLUMNS
};

/* One user in memory: what belongs to it is asked for with the same connection. */
struct row {
    struct gx_str text[COLUMNS];
    int64_t n[COLUMNS];
};

static enum gx_code read_users(struct gx_req *req, const struct gx_scim_filter *filter,
                               int64_t limit, int64_t offset, struct row **ret_rows,
                               size_t *ret_count)
{
    struct gx_value values[FILTERS + 2];
    struct gx_arena *arena = req->ctx->arena;
    struct row *list = GX_ARENA_ARRAY(arena, struct row, (size_t)limit + 1);
    struct gx_rows *rows;
    size_t n = 0;
    bool has;
    enum gx_code code;
    filter_values(filter, values);
    values[FILTERS] = gx_value_int(limit);
    values[FILTERS + 1] = gx_value_int(offset);
    GX_TRY(gx_db_query(
        req->ctx, gx_scope_conn(req->scope),
        GX_SQL("SELECT u.id, u.version, u.login, u.display_name, u.english_name, u.email, u.phone, "
               "u.mobile, u.employee_number, u.title, u.locale, u.time_zone, u.external_id, "
               "coalesce(u.active, 1), u.created_at, u.updated_at, coalesce(n.code, n.name), "
               "u.manager, m.display_name" USER_FROM " ORDER BY u.id LIMIT ?7 OFFSET ?8"),
        values, GX_COUNT(values), &rows));
    while ((code = gx_rows_next(req->ctx, rows, &has)) == GX_OK && has) {
        for (int i = 0; i < COLUMNS; i++) {
            struct gx_value v = gx_rows_value(rows, i);
            list[n].n[i] = v.kind == GX_VALUE_INT ? v.i : 0;
            list[n].text[i] = v.kind == GX_VALUE_TEXT ? gx_arena_str(arena, v.s) : GX_STR("");
        }
        n++;
    }
    gx_rows_close(rows);
    *ret_rows = list;
    *ret_count = n;
    return code;
}

static void put(struct gx_req *req, struct gx_jw *w, const char *name, struct gx_str value)
{
    if (value.n && gx_scim_wants(req, name))
        gx_jw_key_str(w, name, value);
}

static void put_typed(struct gx_jw *w, struct gx_str value, const char *type, bool primary)
{
    if (value.n == 0)
        return;
    gx_jw_object(w);
    gx_jw_key_str(w, "value", value);
    gx_jw_key_str(w, "type", gx_str_c(type));
    if (primary)
        gx_jw_key_bool(w, "primary", true);
    gx_jw_object_end(w);
}

static void write_reach(struct gx_req *req, const struct row *r, struct gx_jw *w)
{
    if (gx_scim_wants(req, "emails")) {
        gx_jw_key(w, GX_STR("emails"));
        gx_jw_array(w);
        put_typed(w, r->text[C_EMAIL], "work", true);
        gx_jw_array_end(w);
    }
    if (gx_scim_wants(req, "phoneNumbers")) {
        gx_jw_key(w, GX_STR("phoneNumbers"));
        gx_jw_array(w);
        put_typed(w, r->text[C_PHONE], "work", false);
        put_typed(w, r->text[C_MOBILE], "mobile", false);
        gx_jw_array_end(w);
    }
}

static void write_enterprise(struct gx_req *req, const struct row *r, struct gx_jw *w)
{
    struct gx_arena *arena = req->ctx->arena;
    if (!gx_scim_wants(req, GX_SCIM_URN_ENTERPRISE))
        return;
    gx_jw_key(w, GX_STR(GX_SCIM_URN_ENTERPRISE));
    gx_jw_object(w);
    if (r->text[C_NUMBER].n)
        gx_jw_key_str(w, "employeeNumber", r->text[C_NUMBER]);
    if (r->text[C_UNIT].n)
        gx_jw_key_str(w, "department", r->text[C_UNIT]);
    if (r->n[C_MANAGER]) {
        struct gx_str id = gx_arena_printf(arena, "%lld", (long long)r->n[C_MANAGER]);
        gx_jw_key(w, GX_STR("manager"));
        gx_jw_object(w);
        gx_jw_key_str(w, "value", id);
        gx_jw_key_str(w, "$ref", gx_scim_place(req, "Users", id));
        gx_jw_key_str(w, "displayName", r->text[C_MANAGER_NAME]);
        gx_jw_object_end(w);
    }
    gx_jw_object_end(w);
}

static struct gx_str etag(struct gx_req *req, int64_t version)
{
    return gx_arena_printf(req->ctx->arena, "W/\"%lld\"", (long long)version);
}

static void write_about(struct gx_req *req, const struct row *r, struct gx_jw *w)
{
    struct gx_arena *arena = req->ctx->arena;
    struct gx_str id = gx_arena_printf(arena, "%lld", (long long)r->n[C_ID]);
    gx_jw_key(w, GX_STR("meta"));
    gx_jw_object(w);
    gx_jw_key_str(w, "resourceType", GX_STR("User"));
    gx_jw_key_str(w, "created", gx_moment_format(arena, r->n[C_MADE]));
    gx_jw_key_str(w, "lastModified", gx_moment_format(arena, r->n[C_CHANGED]));
    gx_jw_key_str(w, "version", etag(req, r->n[C_VERSION]));
    gx_jw_key_str(w, "location", gx_scim_place(req, "Users", id));
    gx_jw_object_end(w);
}

static enum gx_code write_user(struct gx_req *req, const struct row *r, struct gx_jw *w)
{
    gx_jw_object(w);
    gx_jw_key_raw(w, "schemas", "[\"" GX_SCIM_URN_USER "\",\"" GX_SCIM_URN_ENTERPRISE "\"]");
    gx_jw_key_id(w, "id", r->n[C_ID]);
    put(req, w, "externalId", r->text[C_EXTERNAL]);
    put(req, w, "userName", r->text[C_LOGIN]);
    put(req, w, "displayName", r->text[C_NAME]);
    if (gx_scim_wants(req, "name")) {
        gx_jw_key(w, GX_STR("name"));
        gx_jw_object(w);
        gx_jw_key_str(w, "formatted", r->text[C_NAME]);
        gx_jw_object_end(w);
    }
    put(req, w, "nickName", r->text[C_ENGLISH]);
    put(req, w, "title", r->text[C_TITLE]);
    put(req, w, "preferredLanguage", r->text[C_LOCALE]);
    put(req, w, "timezone", r->text[C_ZONE]);
    if (gx_scim_wants(req, "active"))
        gx_jw_key_bool(w, "active", r->n[C_ACTIVE] != 0);
    write_reach(req, r, w);
    write_enterprise(req, r, w);
    for (int groups = 0; groups < 2; groups++) {
        const char *name = groups ? "groups" : "roles";
        if (!gx_scim_wants(req, name))
            continue;
        gx_jw_key(w, gx_str_c(name));
        GX_TRY(gx_scim_roles_write(req, r->n[C_ID], groups, w));
    }
    write_about(req, r, w);
    gx_jw_object_end(w);
    return GX_OK;
}

static enum gx_code not_found(struct gx_req *req)
{
    return gx_fail(req->ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_SCIM_NO_USER);
}

static enum gx_code read_one(struct gx_req *req, int64_t id, struct row *ret_row)
{
    const struct gx_scim_filter filter = { .id = id, .active = -1 };
    struct row *rows;
    size_t count;
    GX_TRY(read_users(req, &filter, 1, 0, &rows, &count));
    if (count == 0)
        return not_found(req);
    *ret_row = rows[0];
    return GX_OK;
}

static enum gx_code reply_user(struct gx_req *req, int64_t id, bool is_new)
{
    struct row row;
    GX_TRY(read_one(req, id, &row));
    struct gx_jw w = gx_scim_reply(req);
    gx_reply_header(req, "ETag", etag(req, row.n[C_VERSION]));
    if (is_new) {
        req->status = 201;
        gx_reply_header(
            req, "Location",
            gx_scim_place(req, "Users", gx_arena_printf(req->ctx->arena, "%lld", (long long)id)));
    }
    return write_user(req, &row, &w);
}

static enum gx_code users_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_scim_filter filter;
    struct gx_value values[FILTERS];
    struct row *rows = NULL;
    size_t count = 0;
    int64_t start, limit, total = 0;
    GX_TRY(gx_scim_filter(req->ctx, gx_req_query(req, "filter"), &filter));
    GX_TRY(gx_scim_page(req, &start, &limit));
    bool nobody = filter.nobody || filter.member;
    filter_values(&filter, values);
    if (!nobody) {
        GX_TRY(gx_db_int(req->ctx, gx_scope_conn(req->scope), GX_SQL("SELECT count(*)" USER_FROM),
                         values, GX_COUNT(values), 0, &total));
        GX_TRY(read_users(req, &filter, limit, start - 1, &rows, &count));
    }
    struct gx_jw w = gx_scim_reply(req);
    gx_scim_list_begin(&w, total, start);
    for (size_t i = 0; i < count; i++)
        GX_TRY(write_user(req, &rows[i], &w));
    gx_scim_list_end(&w, (int64_t)count);
    return GX_OK;
}

const struct gx_route gx_route_scim_users = {
    .doc = "SCIM: users with a login; filter by userName, externalId, emails, displayName, active "
           "or id (eq, and).",
    .method = GX_GET,
    .path = "/scim/v2/Users",
    .who = GX_WHO_PROVISIONER,
    .query = gx_scim_list_query,
    .out_kind = GX_SCIM_TYPE,
    .errors = { GX_E_INVALID },
    .problem = gx_scim_problem,
    .handler = users_get,
};

static enum gx_code user_get(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    return reply_user(req, id, false);
}

const struct gx_route gx_route_scim_user = {
    .doc = "SCIM: one user.",
    .method = GX_GET,
    .path = "/scim/v2/Users/{id}",
    .who = GX_WHO_PROVISIONER,
    .query = gx_scim_one_query,
    .out_kind = GX_SCIM_TYPE,
    .errors = { GX_E_NOT_FOUND },
    .problem = gx_scim_problem,
    .handler = user_get,
};

/* --- write */

/* What was said as a record, field by field. */
static const char *const fields[GX_SCIM_ATTRS] = {
    "login", "display_name", "english_name", "email",       "phone",  "mobile", "employee_number",
    "title", "locale",       "time_zone",    "external_id", "active", "unit",   "manager",
};

/* A department is a unit by its code or its name; one that is none here changes nothing. */
static enum gx_code find_unit(struct gx_req *req, struct gx_str text, int64_t *ret_id)
{
    struct gx_value value = gx_value_text(text);
    return gx_db_int(req->ctx, gx_scope_conn(req->scope),
                     GX_SQL("SELECT min(id) FROM unit WHERE deleted_at IS NULL "
                            "AND (lower(code) = lower(?1) OR name = ?1) HAVING count(*) = 1"),
                     &value, 1, 0, ret_id);
}

/* Not every text that is said can stand: "" and NULL leave the field out. */
static enum gx_code value_of(struct gx_req *req, const struct gx_scim_said *said,
                             enum gx_scim_attr attr, struct gx_str *ret_text, bool *ret_skip)
{
    struct gx_str text = said->text[attr];
    int64_t id = 0;
    *ret_skip = false;
    *ret_text = text;
    switch (attr) {
    case GX_SCIM_LOCALE:
        *ret_skip = !gx_str_starts(text, GX_STR("zh")) && !gx_str_starts(text, GX_STR("en"));
        *ret_text = gx_str_starts(text, GX_STR("zh")) ? GX_STR("zh-Hant") : GX_STR("en");
        return GX_OK;
    case GX_SCIM_ZONE:
        *ret_skip = text.n == 0;
        return GX_OK;
    case GX_SCIM_UNIT:
    case GX_SCIM_MANAGER:
        *ret_skip = !req->provisioner->places;
        if (*ret_skip || text.n == 0)
            return GX_OK;
        if (attr == GX_SCIM_UNIT)
            GX_TRY(find_unit(req, text, &id));
        *ret_skip = attr == GX_SCIM_UNIT && !id;
        if (id)
            *ret_text = gx_arena_printf(req->ctx->arena, "%lld", (long long)id);
        return GX_OK;
    default:
        return GX_OK;
    }
}

static enum gx_code input_of(struct gx_req *req, const struct gx_object *object,
                             const struct gx_scim_said *said, struct gx_input **ret_input)
{
    struct gx_buf text = { 0 };
    struct gx_jw w = gx_jw(&text);
    struct gx_json *values;
    enum gx_code code = GX_OK;
    gx_jw_object(&w);
    for (enum gx_scim_attr a = 0; a < GX_SCIM_ATTRS && code == GX_OK; a++) {
        struct gx_str value;
        bool skip = !said->given[a];
        if (!skip)
            code = value_of(req, said, a, &value, &skip);
        if (skip || code != GX_OK)
            continue;
        if (a == GX_SCIM_ACTIVE)
            gx_jw_key_bool(&w, fields[a], said->active);
        else if (value.n)
            gx_jw_key_str(&w, fields[a], value);
        else
            gx_jw_key_raw(&w, fields[a], "null");
    }
    gx_jw_object_end(&w);
    struct gx_str json = gx_arena_str(req->ctx->arena, gx_buf_str(&text));
    gx_buf_free(&text);
    GX_TRY(code);
    GX_TRY(gx_json_read(req->ctx, json, &values));
    return gx_input_json(req->scope, object, values, GX_STR(""), ret_input);
}

static bool differs(const struct gx_scim_said *said, enum gx_scim_attr attr, struct gx_str now)
{
    return said->given[attr] && !gx_str_eq(said->text[attr], now);
}

static struct gx_str id_text(struct gx_req *req, int64_t id)
{
    return id ? gx_arena_printf(req->ctx->arena, "%lld", (long long)id) : GX_STR("");
}

/*
 * Who has a role that this system cannot give (an administrator, say) cannot be turned into
 * somebody else by it, nor be let in again: it may make them inactive.
 */
static enum gx_code check_reach(struct gx_req *req, const struct row *row,
                                const struct gx_scim_said *said)
{
    bool beyond;
    bool moved = differs(said, GX_SCIM_UNIT, row->text[C_UNIT]) ||
                 differs(said, GX_SCIM_MANAGER, id_text(req, row->n[C_MANAGER]));
    bool who =
        differs(said, GX_SCIM_LOGIN, row->text[C_LOGIN]) ||
        differs(said, GX_SCIM_EMAIL, row->text[C_EMAIL]) ||
        (row->text[C_EXTERNAL].n && differs(said, GX_SCIM_EXTERNAL, row->text[C_EXTERNAL])) ||
        (said->given[GX_SCIM_ACTIVE] && said->active && !row->n[C_ACTIVE]) ||
        (req->provisioner->places && moved);
    if (!who)
        return GX_OK;
    GX_TRY(gx_scim_is_beyond(req, row->n[C_ID], &beyond));
    return beyond
               ? gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_SCIM_BEYOND, row->text[C_LOGIN])
               : GX_OK;
}

/* If-Match: W/"3"; 0: whatever it is now. */
static enum gx_code version_asked(struct gx_req *req, int64_t *ret_version)
{
    struct gx_str tag = gx_str_trim(gx_req_header(req, "If-Match"));
    *ret_version = 0;
    if (gx_str_starts(tag, GX_STR("W/")))
        tag = gx_str_from(tag, 2);
    if (tag.n == 0 || gx_str_is(tag, "*"))
        return GX_OK;
    if (tag.n > 2 && tag.p[0] == '"' &&
        gx_str_int64((struct gx_str){ tag.p + 1, tag.n - 2 }, ret_version))
        return GX_OK;
    return gx_fail(req->ctx, GX_E_CONFLICT, GX_STR("If-Match"), GX_M_SCIM_VALUE,
                   GX_STR("If-Match"));
}

/* On the writer: an existing user as was said; a login in other capitals is the same one. */
static enum gx_code change(struct gx_req *req, const struct row *row, struct gx_scim_said *said)
{
    if (gx_str_ieq(said->text[GX_SCIM_LOGIN], row->text[C_LOGIN]))
        said->given[GX_SCIM_LOGIN] = false;
    const struct gx_object *object;
    struct gx_input *input;
    int64_t version;
    GX_TRY(version_asked(req, &version));
    GX_TRY(check_reach(req, row, said));
    GX_TRY(gx_object_get(req->scope, GX_STR("user"), &object));
    GX_TRY(input_of(req, object, said, &input));
    GX_TRY(gx_record_update(req->scope, row->n[C_ID], version, input,
                            &(struct gx_write_options){ 0 }, NULL, NULL));
    GX_TRY(gx_scim_roles_change(req, row->n[C_ID], said));
    return gx_provision_put(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), row->n[C_ID],
                            "scim");
}

/* A user whom a system has taken out before, by login; 0: none. */
static enum gx_code find_gone(struct gx_req *req, struct gx_str login, struct row *ret_row)
{
    struct gx_value value = gx_value_text(login);
    struct gx_rows *rows;
    bool has;
    *ret_row = (struct row){ .n = { 0 } };
    GX_TRY(gx_db_query(req->ctx, gx_scope_conn(req->scope),
                       GX_SQL("SELECT u.id, u.login, u.email, u.external_id, coalesce(u.active, 1) "
                              "FROM \"user\" u JOIN gx_provision p ON p.user_id = u.id "
                              "WHERE u.deleted_at IS NULL AND p.gone = 1 "
                              "AND lower(u.login) = lower(?1)"),
                       &value, 1, &rows));
    enum gx_code code = gx_rows_next(req->ctx, rows, &has);
    if (code == GX_OK && has) {
        ret_row->n[C_ID] = gx_rows_int(rows, 0);
        ret_row->text[C_LOGIN] = gx_arena_str(req->ctx->arena, gx_rows_text(rows, 1));
        ret_row->text[C_EMAIL] = gx_arena_str(req->ctx->arena, gx_rows_text(rows, 2));
        ret_row->text[C_EXTERNAL] = gx_arena_str(req->ctx->arena, gx_rows_text(rows, 3));
        ret_row->n[C_ACTIVE] = gx_rows_int(rows, 4);
    }
    gx_rows_close(rows);
    return code;
}

static enum gx_code check_login(struct gx_req *req, struct gx_str login)
{
    const struct gx_scim_filter filter = { .active = -1, .login = login };
    struct row *rows;
    size_t count;
    if (login.n == 0)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("userName"), GX_M_SCIM_VALUE,
                       GX_STR("userName"));
    GX_TRY(read_users(req, &filter, 1, 0, &rows, &count));
    return count ? gx_fail(req->ctx, GX_E_DUPLICATE, GX_STR("userName"), GX_M_SCIM_TAKEN, login)
                 : GX_OK;
}

static enum gx_code users_post(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_scim_said said;
    const struct gx_object *object;
    struct gx_input *input;
    struct row gone;
    int64_t user;
    GX_TRY(gx_scim_said_user(req, &said));
    struct gx_str login = said.text[GX_SCIM_LOGIN];
    GX_TRY(check_login(req, login));
    said.given[GX_SCIM_ACTIVE] = true;
    GX_TRY(find_gone(req, login, &gone));
    if (gone.n[C_ID]) {
        GX_TRY(change(req, &gone, &said));
        return reply_user(req, gone.n[C_ID], true);
    }
    if (!said.given[GX_SCIM_NAME]) {
        said.given[GX_SCIM_NAME] = true;
        said.text[GX_SCIM_NAME] = login;
    }
    GX_TRY(gx_object_get(req->scope, GX_STR("user"), &object));
    GX_TRY(input_of(req, object, &said, &input));
    GX_TRY(gx_record_create(req->scope, input, &(struct gx_write_options){ 0 }, &user));
    GX_TRY(gx_scim_roles_change(req, user, &said));
    GX_TRY(
        gx_provision_put(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), user, "scim"));
    return reply_user(req, user, true);
}

const struct gx_route gx_route_scim_users_post = {
    .doc = "SCIM: enter a user.  A login that was taken out before comes back with its records.",
    .method = GX_POST,
    .path = "/scim/v2/Users",
    .who = GX_WHO_PROVISIONER,
    .writes = true,
    .body = GX_BODY_JSON,
    .query = gx_scim_one_query,
    .out_kind = GX_SCIM_TYPE,
    .status = 201,
    .errors = { GX_E_INVALID, GX_E_DUPLICATE, GX_E_FORBIDDEN, GX_E_PLAN },
    .problem = gx_scim_problem,
    .handler = users_post,
};

static enum gx_code write_one(struct gx_req *req, bool whole)
{
    struct gx_scim_said said;
    struct row row;
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    GX_TRY(read_one(req, id, &row));
    GX_TRY(whole ? gx_scim_said_user(req, &said) : gx_scim_said_patch(req, &said));
    GX_TRY(change(req, &row, &said));
    return reply_user(req, id, false);
}

static enum gx_code user_put(struct gx_req *req, const void *in)
{
    (void)in;
    return write_one(req, true);
}

const struct gx_route gx_route_scim_user_put = {
    .doc = "SCIM: a user as given; what is left out stays as it is.",
    .method = GX_PUT,
    .path = "/scim/v2/Users/{id}",
    .who = GX_WHO_PROVISIONER,
    .writes = true,
    .body = GX_BODY_JSON,
    .query = gx_scim_one_query,
    .out_kind = GX_SCIM_TYPE,
    .errors = { GX_E_INVALID, GX_E_NOT_FOUND, GX_E_DUPLICATE, GX_E_CONFLICT, GX_E_FORBIDDEN,
                GX_E_PLAN },
    .problem = gx_scim_problem,
    .handler = user_put,
};

static enum gx_code user_patch(struct gx_req *req, const void *in)
{
    (void)in;
    return write_one(req, false);
}

const struct gx_route gx_route_scim_user_patch = {
    .doc = "SCIM: operations on a user (add, replace, remove), with a path or without.",
    .method = GX_PATCH,
    .path = "/scim/v2/Users/{id}",
    .who = GX_WHO_PROVISIONER,
    .writes = true,
    .body = GX_BODY_JSON,
    .query = gx_scim_one_query,
    .out_kind = GX_SCIM_TYPE,
    .errors = { GX_E_INVALID, GX_E_NOT_FOUND, GX_E_DUPLICATE, GX_E_CONFLICT, GX_E_FORBIDDEN,
                GX_E_LIMIT, GX_E_PLAN },
    .problem = gx_scim_problem,
    .handler = user_patch,
};

static enum gx_code user_delete(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_scim_said said = { .given = { [GX_SCIM_ACTIVE] = true }, .active = false };
    struct row row;
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    GX_TRY(read_one(req, id, &row));
    GX_TRY(change(req, &row, &said));
    req->status = 204;
    return gx_provision_gone(req->ctx, gx_scope_conn(req->scope), id);
}

const struct gx_route gx_route_scim_user_delete = {
    .doc = "SCIM: take a user out: inactive, signed out everywhere, not shown any more; the "
           "records stay.",
    .method = GX_DELETE,
    .path = "/scim/v2/Users/{id}",
    .who = GX_WHO_PROVISIONER,
    .writes = true,
    .out_kind = "none",
    .errors = { GX_E_NOT_FOUND, GX_E_CONFLICT, GX_E_INVALID },
    .problem = gx_scim_problem,
    .handler = user_delete,
};
