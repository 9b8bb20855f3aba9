/*
 * people_apply.c - rows of people against the people there are; see people.h.
 *
 * Managers are set when everybody else is written, since a manager may stand further down in the
 * same file.
 */
#include "api/people.h"

#include "access/provision.h"
#include "base/text.h"

enum { ROLES_MAX = 50 };

struct applying {
    struct gx_req *req;
    struct gx_people_outcome *out;
    const struct gx_object *object;
    struct gx_conn *conn;
    struct gx_person *person; /* at hand */
};

static struct gx_ctx *ctx_of(const struct applying *a)
{
    return a->req->ctx;
}

static enum gx_code look_up(struct applying *a, struct gx_sql sql, struct gx_str text,
                            int64_t *ret_id)
{
    struct gx_value value = gx_value_text(text);
    return gx_db_int(ctx_of(a), a->conn, sql, &value, 1, 0, ret_id);
}

/* Who a text means: an external id, a login, an employee number, an address, in this order. */
static enum gx_code find_by(struct applying *a, enum gx_people_field field, struct gx_str text,
                            int64_t *ret_id)
{
    *ret_id = 0;
    switch (text.n ? field : GX_PEOPLE_FIELDS) {
    case GX_PEOPLE_EXTERNAL:
        return look_up(a,
                       GX_SQL("SELECT min(id) FROM \"user\" WHERE external_id = ?1 "
                              "AND deleted_at IS NULL"),
                       text, ret_id);
    case GX_PEOPLE_LOGIN:
        return look_up(a,
                       GX_SQL("SELECT min(id) FROM \"user\" WHERE lower(login) = lower(?1) "
                              "AND deleted_at IS NULL"),
                       text, ret_id);
    case GX_PEOPLE_NUMBER:
        return look_up(a,
                       GX_SQL("SELECT min(id) FROM \"user\" WHERE employee_number = ?1 "
                              "AND deleted_at IS NULL HAVING count(*) = 1"),
                       text, ret_id);
    case GX_PEOPLE_EMAIL:
        return look_up(a,
                       GX_SQL("SELECT min(id) FROM \"user\" WHERE lower(email) = lower(?1) "
                              "AND deleted_at IS NULL HAVING count(*) = 1"),
                       text, ret_id);
    case GX_PEOPLE_NAME:
        return look_up(a,
                       GX_SQL("SELECT min(id) FROM \"user\" WHERE display_name = ?1 "
                              "AND deleted_at IS NULL HAVING count(*) = 1"),
                       text, ret_id);
    default:
        return GX_OK;
    }
}

static bool is_dash(struct gx_str text)
{
    return gx_str_is(text, "-");
}

static enum gx_code find_person(struct applying *a, struct gx_person *p)
{
    static const enum gx_people_field order[] = { GX_PEOPLE_EXTERNAL, GX_PEOPLE_LOGIN,
                                                  GX_PEOPLE_NUMBER, GX_PEOPLE_EMAIL };
    bool any = false;
    for (size_t i = 0; i < GX_COUNT(order) && !p->user; i++) {
        struct gx_str text = p->text[order[i]];
        /* An address may be shared: it says who somebody is only where nothing else does. */
        if (text.n == 0 || is_dash(text) || (order[i] == GX_PEOPLE_EMAIL && any))
            continue;
        any = true;
        GX_TRY(find_by(a, order[i], text, &p->user));
    }
    return any ? GX_OK : gx_fail(ctx_of(a), GX_E_INVALID, GX_STR(""), GX_M_PEOPLE_WHO);
}

static enum gx_code check_twice(struct applying *a, const struct gx_person *p)
{
    const struct gx_people_file *file = a->out->file;
    for (const struct gx_person *q = file->rows; q < p && p->user; q++)
        if (q->user == p->user && q->action != GX_PEOPLE_FAILED)
            return gx_fail(ctx_of(a), GX_E_INVALID, GX_STR(""), GX_M_PEOPLE_TWICE,
                           gx_arena_printf(ctx_of(a)->arena, "%lld", (long long)q->row));
    return GX_OK;
}

/* --- what a cell says */

static struct gx_str plain_word(struct applying *a, enum gx_people_field field, struct gx_str text)
{
    static const char *const in[] = { "active", "enabled", "在職", "啟用", "啟用中", "正常" };
    static const char *const out[] = { "inactive", "disabled", "離職",   "停用",
                                       "left",     "留停",     "已離職", "已停用" };
    struct gx_str folded = gx_text_fold(ctx_of(a)->arena, text);
    for (size_t i = 0; field == GX_PEOPLE_ACTIVE && i < GX_COUNT(in); i++)
        if (gx_str_eq(folded, gx_text_fold(ctx_of(a)->arena, gx_str_c(in[i]))))
            return GX_STR("true");
    for (size_t i = 0; field == GX_PEOPLE_ACTIVE && i < GX_COUNT(out); i++)
        if (gx_str_eq(folded, gx_text_fold(ctx_of(a)->arena, gx_str_c(out[i]))))
            return GX_STR("false");
    if (field == GX_PEOPLE_LOCALE &&
        (gx_str_starts(folded, GX_STR("zh")) || gx_str_starts(text, GX_STR("中")) ||
         gx_str_starts(text, GX_STR("繁"))))
        return GX_STR("zh-Hant");
    if (field == GX_PEOPLE_LOCALE &&
        (gx_str_starts(folded, GX_STR("en")) || gx_str_starts(text, GX_STR("英"))))
        return GX_STR("en");
    return text;
}

static enum gx_code put_link(struct applying *a, struct gx_input *input, enum gx_people_field field,
                             int64_t id)
{
    const struct gx_field *f = gx_object_field(a->object, gx_str_c(gx_people_fields[field]));
    const struct gx_str text = a->person->text[field];
    if (!f)
        return GX_OK;
    input->given[f->index_in_object] = true;
    input->v[f->slot] = id ? gx_value_int(id) : GX_NULL_VALUE;
    if (id || is_dash(text))
        return GX_OK;
    return gx_fail(ctx_of(a), GX_E_INVALID, f->x.name,
                   field == GX_PEOPLE_UNIT ? GX_M_PEOPLE_UNIT : GX_M_PEOPLE_MANAGER, text);
}

static enum gx_code put_unit(struct applying *a, struct gx_input *input)
{
    struct gx_str text = a->person->text[GX_PEOPLE_UNIT];
    int64_t id = 0;
    if (!is_dash(text))
        GX_TRY(look_up(a,
                       GX_SQL("SELECT min(id) FROM unit WHERE lower(code) = lower(?1) "
                              "AND deleted_at IS NULL"),
                       text, &id));
    if (!id && !is_dash(text))
        GX_TRY(look_up(a,
                       GX_SQL("SELECT min(id) FROM unit WHERE name = ?1 "
                              "AND deleted_at IS NULL HAVING count(*) = 1"),
                       text, &id));
    return put_link(a, input, GX_PEOPLE_UNIT, id);
}

static enum gx_code build_input(struct applying *a, struct gx_input **ret_input)
{
    const struct gx_person *p = a->person;
    struct gx_input *input = gx_input_new(a->req->scope, a->object);
    for (enum gx_people_field i = 0; i < GX_PEOPLE_UNIT; i++) {
        const struct gx_field *f = gx_object_field(a->object, gx_str_c(gx_people_fields[i]));
        struct gx_str text = plain_word(a, i, p->text[i]);
        if (!f || text.n == 0)
            continue;
        GX_TRY(gx_input_text(a->req->scope, input, f,
                             is_dash(text) && i != GX_PEOPLE_ACTIVE ? GX_STR("") : text,
                             GX_DATE_YMD));
    }
    if (p->text[GX_PEOPLE_UNIT].n)
        GX_TRY(put_unit(a, input));
    *ret_input = input;
    return GX_OK;
}

/* --- roles */

static const struct gx_role *find_role(struct applying *a, struct gx_str text)
{
    const struct gx_meta *meta = gx_scope_meta(a->req->scope);
    struct gx_arena *arena = ctx_of(a)->arena;
    struct gx_str folded = gx_text_fold(arena, text);
    for (size_t i = 0; i < meta->role_count; i++) {
        const struct gx_role *role = &meta->roles[i];
        bool is = gx_str_eq(folded, gx_text_fold(arena, role->name));
        for (int lang = 0; lang < GX_LANG_COUNT; lang++)
            is = is || gx_str_eq(folded, gx_text_fold(arena, role->label.text[lang]));
        if (is && !role->implicit)
            return role;
    }
    return NULL;
}

/* The names between ; , 、 and line breaks. */
static enum gx_code read_roles(struct applying *a, struct gx_strs *ret, bool *ret_admin)
{
    struct gx_str rest = a->person->text[GX_PEOPLE_ROLES];
    static const char *const ends[] = { ";", ",", "、", "；", "，", "\n", "|" };
    ret->v = GX_ARENA_ARRAY(ctx_of(a)->arena, struct gx_str, ROLES_MAX);
    ret->n = 0;
    *ret_admin = false;
    if (is_dash(rest))
        return GX_OK;
    while (rest.n) {
        size_t end = rest.n, skip = 0;
        for (size_t i = 0; i < GX_COUNT(ends); i++) {
            size_t at = gx_str_search(rest, gx_str_c(ends[i]));
            if (at < end) {
                end = at;
                skip = strlen(ends[i]);
            }
        }
        struct gx_str piece = gx_str_trim((struct gx_str){ rest.p, end });
        rest = gx_str_from(rest, end + skip);
        if (piece.n == 0)
            continue;
        const struct gx_role *role = find_role(a, piece);
        if (!role)
            return gx_fail(ctx_of(a), GX_E_INVALID, GX_STR("roles"), GX_M_META_NO_ROLE, piece);
        if (ret->n == ROLES_MAX)
            return gx_fail(ctx_of(a), GX_E_LIMIT, GX_STR("roles"), GX_M_TOO_BIG, GX_STR("50"));
        bool again = false;
        for (size_t i = 0; i < ret->n; i++)
            again = again || gx_str_eq(ret->v[i], role->name);
        if (!again)
            ret->v[ret->n++] = role->name;
        *ret_admin = *ret_admin || role->admin;
    }
    return GX_OK;
}

static enum gx_code roles_text(struct applying *a, int64_t user, struct gx_str *ret_text,
                               bool *ret_admin)
{
    const struct gx_meta *meta = gx_scope_meta(a->req->scope);
    struct gx_value value = gx_value_int(user);
    struct gx_buf out = { 0 };
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    *ret_admin = false;
    GX_TRY(gx_db_query(ctx_of(a), a->conn,
                       GX_SQL("SELECT role FROM gx_user_role WHERE user_id = ?1 ORDER BY role"),
                       &value, 1, &rows));
    while ((code = gx_rows_next(ctx_of(a), rows, &has)) == GX_OK && has) {
        struct gx_str name = gx_rows_text(rows, 0);
        gx_buf_printf(&out, "%s%.*s", out.n ? ", " : "", GX_STR_ARG(name));
        for (size_t i = 0; i < meta->role_count; i++)
            *ret_admin =
                *ret_admin || (meta->roles[i].admin && gx_str_eq(meta->roles[i].name, name));
    }
    gx_rows_close(rows);
    *ret_text = gx_arena_str(ctx_of(a)->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return code;
}

/* --- what changed */

static void note(struct gx_person *p, enum gx_people_field field, struct gx_str from,
                 struct gx_str to)
{
    if (!gx_str_eq(from, to) && p->change_count < GX_PEOPLE_CHANGES_MAX)
        p->changes[p->change_count++] = (struct gx_people_change){ field, from, to };
}

static enum gx_code text_of(struct applying *a, const struct gx_field *f,
                            const struct gx_record *record, struct gx_str *ret_text)
{
    struct gx_buf out = { 0 };
    struct gx_value v = record && record->v ? record->v[f->slot] : GX_NULL_VALUE;
    struct gx_rows *rows;
    bool has;
    *ret_text = GX_STR("");
    if (v.kind == GX_VALUE_NULL)
        return GX_OK;
    if (!f->x.object) {
        f->type->to_text(&out, f, &record->v[f->slot]);
        *ret_text = gx_arena_str(ctx_of(a)->arena, gx_buf_str(&out));
        gx_buf_free(&out);
        return GX_OK;
    }
    struct gx_sql sql = strcmp(f->x.object, "unit") == 0
                            ? GX_SQL("SELECT name FROM unit WHERE id = ?1")
                            : GX_SQL("SELECT display_name FROM \"user\" WHERE id = ?1");
    GX_TRY(gx_db_query(ctx_of(a), a->conn, sql, &v, 1, &rows));
    enum gx_code code = gx_rows_next(ctx_of(a), rows, &has);
    if (code == GX_OK && has)
        *ret_text = gx_arena_str(ctx_of(a)->arena, gx_rows_text(rows, 0));
    gx_rows_close(rows);
    return code;
}

static enum gx_code note_changes(struct applying *a, const struct gx_record *was,
                                 const struct gx_input *input)
{
    struct gx_record now;
    GX_TRY(gx_record_load(a->req->scope, a->object, a->person->user, GX_RIGHT_READ, false, &now));
    GX_TRY(text_of(a, gx_object_field(a->object, GX_STR("login")), &now, &a->person->login));
    GX_TRY(text_of(a, gx_object_field(a->object, GX_STR("display_name")), &now, &a->person->name));
    for (enum gx_people_field i = 0; i < GX_PEOPLE_ROLES; i++) {
        const struct gx_field *f = gx_object_field(a->object, gx_str_c(gx_people_fields[i]));
        struct gx_str from, to;
        if (!f || !input->given[f->index_in_object])
            continue;
        GX_TRY(text_of(a, f, was, &from));
        GX_TRY(text_of(a, f, &now, &to));
        note(a->person, i, from, to);
    }
    return GX_OK;
}

/* Are these the roles that a text of roles_text() names? */
static bool is_same_set(const struct gx_strs *roles, struct gx_str text)
{
    struct gx_str piece;
    size_t n = 0;
    while (text.n && gx_str_split(&text, ',', &piece)) {
        bool has = false;
        for (size_t i = 0; i < roles->n; i++)
            has = has || gx_str_eq(roles->v[i], gx_str_trim(piece));
        if (!has)
            return false;
        n++;
    }
    return n == roles->n;
}

static enum gx_code set_roles(struct applying *a)
{
    struct gx_person *p = a->person;
    struct gx_strs roles;
    struct gx_str from, to;
    bool was_admin, is_admin;
    if (p->text[GX_PEOPLE_ROLES].n == 0)
        return GX_OK;
    GX_TRY(read_roles(a, &roles, &is_admin));
    GX_TRY(roles_text(a, p->user, &from, &was_admin));
    if (was_admin && !is_admin && p->user == gx_scope_me(a->req->scope))
        return gx_fail(ctx_of(a), GX_E_FORBIDDEN, GX_STR("roles"), GX_M_PEOPLE_SELF);
    if (is_same_set(&roles, from))
        return GX_OK;
    GX_TRY(gx_user_roles_set(a->req, p->user, &roles));
    GX_TRY(roles_text(a, p->user, &to, &is_admin));
    p->becomes_admin = is_admin && !was_admin;
    note(p, GX_PEOPLE_ROLES, from, to);
    return GX_OK;
}

/* --- one person */

/* A login in other capitals is the same one, and stays as its person types it. */
static void keep_case(const struct applying *a, const struct gx_record *was, struct gx_input *input)
{
    const struct gx_field *f = gx_object_field(a->object, GX_STR("login"));
    const struct gx_value *now = &was->v[f->slot], *then = &input->v[f->slot];
    if (input->given[f->index_in_object] && now->kind == GX_VALUE_TEXT &&
        then->kind == GX_VALUE_TEXT && gx_str_ieq(now->s, then->s))
        input->given[f->index_in_object] = false;
}

static enum gx_code write_person(void *v, struct gx_conn *conn)
{
    struct applying *a = v;
    struct gx_person *p = a->person;
    struct gx_tenant *tenant = gx_api(a->req)->tenant;
    const struct gx_write_options options = { 0 };
    struct gx_record was = { .v = NULL };
    struct gx_input *input;
    bool changed = true;
    GX_TRY(find_person(a, p));
    GX_TRY(check_twice(a, p));
    GX_TRY(build_input(a, &input));
    const struct gx_field *active = gx_object_field(a->object, GX_STR("active"));
    bool goes = input->given[active->index_in_object] && input->v[active->slot].i == 0;
    if (p->user && goes && p->user == gx_scope_me(a->req->scope))
        return gx_fail(ctx_of(a), GX_E_FORBIDDEN, GX_STR("active"), GX_M_PEOPLE_SELF);
    if (p->user) {
        p->action = GX_PEOPLE_UPDATE;
        GX_TRY(gx_record_load(a->req->scope, a->object, p->user, GX_RIGHT_EDIT, false, &was));
        keep_case(a, &was, input);
        GX_TRY(gx_record_update(a->req->scope, p->user, 0, input, &options, &changed, NULL));
    } else {
        p->action = GX_PEOPLE_CREATE;
        GX_TRY(gx_record_create(a->req->scope, input, &options, &p->user));
    }
    GX_TRY(note_changes(a, &was, input));
    GX_TRY(set_roles(a));
    if (p->text[GX_PEOPLE_LOGIN].n && !is_dash(p->text[GX_PEOPLE_LOGIN]))
        GX_TRY(gx_provision_put(ctx_of(a), tenant, conn, p->user, "import"));
    return GX_OK;
}

static enum gx_code write_manager(void *v, struct gx_conn *conn)
{
    static const enum gx_people_field order[] = { GX_PEOPLE_LOGIN, GX_PEOPLE_EMAIL,
                                                  GX_PEOPLE_NUMBER, GX_PEOPLE_EXTERNAL,
                                                  GX_PEOPLE_NAME };
    struct applying *a = v;
    struct gx_person *p = a->person;
    struct gx_record was;
    struct gx_input *input = gx_input_new(a->req->scope, a->object);
    int64_t id = 0;
    (void)conn;
    for (size_t i = 0; i < GX_COUNT(order) && !id && !is_dash(p->text[GX_PEOPLE_MANAGER]); i++)
        GX_TRY(find_by(a, order[i], p->text[GX_PEOPLE_MANAGER], &id));
    GX_TRY(put_link(a, input, GX_PEOPLE_MANAGER, id));
    GX_TRY(gx_record_load(a->req->scope, a->object, p->user, GX_RIGHT_EDIT, false, &was));
    GX_TRY(gx_record_update(a->req->scope, p->user, 0, input, &(struct gx_write_options){ 0 }, NULL,
                            NULL));
    return note_changes(a, &was, input);
}

static void fail_row(struct applying *a, struct gx_person *p, enum gx_code code)
{
    struct gx_ctx *ctx = ctx_of(a);
    p->reason = ctx->errors ? gx_error_text(ctx->arena, ctx->errors, ctx->lang)
                            : gx_str_c(gx_code_title(code));
    p->action = GX_PEOPLE_FAILED;
    p->change_count = 0;
    p->becomes_admin = false;
    gx_ctx_clear(ctx);
}

/* What is no fault of the row ends the whole. */
static bool is_of_row(enum gx_code code)
{
    return code == GX_E_INVALID || code == GX_E_DUPLICATE || code == GX_E_FORBIDDEN ||
           code == GX_E_PLAN || code == GX_E_LIMIT || code == GX_E_NOT_FOUND ||
           code == GX_E_SYNTAX || code == GX_E_IN_USE;
}

static enum gx_code try_each(struct applying *a, gx_db_work work, bool managers)
{
    const struct gx_people_file *file = a->out->file;
    for (size_t i = 0; i < file->row_count; i++) {
        struct gx_person *p = a->person = &file->rows[i];
        if (p->action == GX_PEOPLE_FAILED || (managers && p->text[GX_PEOPLE_MANAGER].n == 0))
            continue;
        enum gx_code code = gx_db_try(ctx_of(a), a->conn, work, a);
        if (code != GX_OK && !is_of_row(code))
            return code;
        if (code != GX_OK)
            fail_row(a, p, code);
    }
    return GX_OK;
}

/* --- who is not in the file */

static enum gx_code deactivate(void *v, struct gx_conn *conn)
{
    struct applying *a = v;
    struct gx_json *values;
    struct gx_input *input;
    (void)conn;
    GX_TRY(gx_json_read(ctx_of(a), GX_STR("{\"active\":false}"), &values));
    GX_TRY(gx_input_json(a->req->scope, a->object, values, GX_STR(""), &input));
    GX_TRY(gx_record_update(a->req->scope, a->person->user, 0, input,
                            &(struct gx_write_options){ 0 }, NULL, NULL));
    note(a->person, GX_PEOPLE_ACTIVE, GX_STR("true"), GX_STR("false"));
    return GX_OK;
}

static bool is_in_file(const struct gx_people_file *file, int64_t user)
{
    for (size_t i = 0; i < file->row_count; i++)
        if (file->rows[i].user == user)
            return true;
    return false;
}

static enum gx_code find_leavers(struct applying *a)
{
    struct gx_people_outcome *out = a->out;
    struct gx_value values[] = { gx_value_int(gx_scope_me(a->req->scope)),
                                 gx_value_int(GX_PEOPLE_ROWS_MAX) };
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    out->leavers = GX_ARENA_ARRAY(ctx_of(a)->arena, struct gx_person, GX_PEOPLE_ROWS_MAX);
    GX_TRY(gx_db_query(ctx_of(a), a->conn,
                       GX_SQL("SELECT id, login, display_name FROM \"user\" "
                              "WHERE deleted_at IS NULL AND coalesce(active, 1) = 1 "
                              "AND login IS NOT NULL AND id <> ?1 ORDER BY id LIMIT ?2"),
                       values, GX_COUNT(values), &rows));
    while ((code = gx_rows_next(ctx_of(a), rows, &has)) == GX_OK && has) {
        if (is_in_file(out->file, gx_rows_int(rows, 0)))
            continue;
        struct gx_person *p = &out->leavers[out->leaver_count++];
        p->user = gx_rows_int(rows, 0);
        p->login = gx_arena_str(ctx_of(a)->arena, gx_rows_text(rows, 1));
        p->name = gx_arena_str(ctx_of(a)->arena, gx_rows_text(rows, 2));
        p->action = GX_PEOPLE_DEACTIVATE;
    }
    gx_rows_close(rows);
    return code;
}

static enum gx_code let_go(struct applying *a)
{
    GX_TRY(find_leavers(a));
    for (size_t i = 0; i < a->out->leaver_count; i++) {
        a->person = &a->out->leavers[i];
        enum gx_code code = gx_db_try(ctx_of(a), a->conn, deactivate, a);
        if (code != GX_OK && !is_of_row(code))
            return code;
        if (code != GX_OK)
            fail_row(a, a->person, code);
    }
    return GX_OK;
}

/* --- all of it */

static void settle(struct applying *a, struct gx_person *p)
{
    if (p->action == GX_PEOPLE_UPDATE && p->change_count == 0)
        p->action = GX_PEOPLE_SAME;
    a->out->counts[p->action]++;
}

/* A work may run twice: what came of it before is forgotten. */
static void forget(struct gx_people_outcome *out)
{
    out->leaver_count = 0;
    memset(out->counts, 0, sizeof out->counts);
    for (size_t i = 0; i < out->file->row_count; i++) {
        struct gx_person *p = &out->file->rows[i];
        p->action = p->unreadable ? GX_PEOPLE_FAILED : GX_PEOPLE_SAME;
        p->user = 0;
        p->change_count = 0;
        p->becomes_admin = false;
    }
}

enum gx_code gx_people_apply(struct gx_req *req, struct gx_people_outcome *out)
{
    struct applying a = { .req = req, .out = out, .conn = gx_scope_conn(req->scope) };
    GX_TRY(gx_object_get(req->scope, GX_STR("user"), &a.object));
    forget(out);
    GX_TRY(try_each(&a, write_person, false));
    GX_TRY(try_each(&a, write_manager, true));
    for (size_t i = 0; i < out->file->row_count; i++)
        settle(&a, &out->file->rows[i]);
    /* Somebody whose row fails may be anybody: nobody is let go for not being found. */
    if (out->options.leavers && out->counts[GX_PEOPLE_FAILED] == 0)
        GX_TRY(let_go(&a));
    for (size_t i = 0; i < out->leaver_count; i++)
        settle(&a, &out->leavers[i]);
    return GX_OK;
}
