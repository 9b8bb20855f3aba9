/* admin_people.c - a file of people, looked at and then taken in; people.h has the rules. */
#include <sodium.h>

#include "access/secret.h"
#include "api/people.h"
#include "json/write.h"

enum { DIGEST_BYTES = 16 };

static const char *const actions[GX_PEOPLE_ACTIONS] = { "same", "create", "update", "deactivate",
                                                        "failed" };

struct importing {
    struct gx_req *req;
    struct gx_people_outcome outcome;
    struct gx_str plan, digest;
    enum gx_code refused; /* by ourselves: the work is taken back, and that is no error */
};

/* --- what is said of it */

static void write_person(const struct gx_person *p, struct gx_jw *w)
{
    gx_jw_object(w);
    gx_jw_key_int(w, "row", p->row);
    gx_jw_key_str(w, "action", gx_str_c(actions[p->action]));
    gx_jw_key_str(w, "name", p->name);
    gx_jw_key_str(w, "login", p->login);
    gx_jw_key_str(w, "reason", p->action == GX_PEOPLE_FAILED ? p->reason : GX_STR(""));
    gx_jw_key_bool(w, "becomes_admin", p->becomes_admin);
    gx_jw_key(w, GX_STR("changes"));
    gx_jw_array(w);
    for (size_t i = 0; i < p->change_count; i++) {
        gx_jw_object(w);
        gx_jw_key_str(w, "field", gx_str_c(gx_people_fields[p->changes[i].field]));
        gx_jw_key_str(w, "from", p->changes[i].from);
        gx_jw_key_str(w, "to", p->changes[i].to);
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
    gx_jw_object_end(w);
}

/* Those who stay as they are are only counted. */
static int64_t write_people(const struct gx_person *list, size_t count, int64_t shown,
                            struct gx_jw *w)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].action != GX_PEOPLE_SAME && shown++ < GX_PEOPLE_SHOWN_MAX)
            write_person(&list[i], w);
    return shown;
}

static void write_outcome(struct importing *m, struct gx_jw *w)
{
    const struct gx_people_outcome *out = &m->outcome;
    gx_jw_key(w, GX_STR("columns"));
    gx_jw_array(w);
    for (size_t i = 0; i < out->file->column_count; i++) {
        gx_jw_object(w);
        gx_jw_key_str(w, "name", out->file->columns[i]);
        gx_jw_key(w, GX_STR("field"));
        if (out->file->fields[i] >= 0)
            gx_jw_str(w, gx_str_c(gx_people_fields[out->file->fields[i]]));
        else
            gx_jw_null(w);
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
    for (int i = 0; i < GX_PEOPLE_ACTIONS; i++)
        gx_jw_key_int(w, actions[i], out->counts[i]);
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_array(w);
    int64_t shown = write_people(out->file->rows, out->file->row_count, 0, w);
    shown = write_people(out->leavers, out->leaver_count, shown, w);
    gx_jw_array_end(w);
    gx_jw_key_int(w, "more", shown > GX_PEOPLE_SHOWN_MAX ? shown - GX_PEOPLE_SHOWN_MAX : 0);
}

static void digest(struct importing *m)
{
    unsigned char hash[DIGEST_BYTES];
    struct gx_buf text = { 0 };
    struct gx_jw w = gx_jw(&text);
    gx_jw_object(&w);
    write_outcome(m, &w);
    gx_jw_object_end(&w);
    struct gx_str said = gx_buf_str(&text);
    crypto_generichash(hash, sizeof hash, (const unsigned char *)said.p, said.n, NULL, 0);
    gx_buf_free(&text);
    m->digest = gx_base64url(m->req->ctx->arena, hash, sizeof hash);
}

/* --- the work */

static enum gx_code apply(struct importing *m, struct gx_conn *conn)
{
    struct gx_people_outcome *out = &m->outcome;
    const struct gx_people_options *o = &out->options;
    gx_ctx_clear(m->req->ctx);
    gx_scope_use(m->req->scope, conn);
    m->refused = GX_OK;
    GX_TRY(gx_people_apply(m->req, out));
    digest(m);
    out->applied = o->apply && (o->partly || out->counts[GX_PEOPLE_FAILED] == 0);
    if (m->plan.n && out->applied && !gx_str_eq(m->plan, m->digest))
        return gx_fail(m->req->ctx, GX_E_CONFLICT, GX_STR("plan"), GX_M_PEOPLE_CHANGED);
    if (!out->applied)
        m->refused = GX_E_CONFLICT; /* any error takes the work back */
    return m->refused;
}

static enum gx_code work(void *p, struct gx_conn *conn)
{
    struct importing *m = p;
    enum gx_code code = apply(m, conn);
    if (code != GX_OK) /* what was counted is taken back too */
        gx_api(m->req)->tenant->quota.known[GX_QUOTA_SEATS].counted_us = 0;
    return code;
}

static enum gx_code people_post(struct gx_req *req, const void *in)
{
    (void)in;
    struct importing m = { .req = req, .plan = gx_req_query(req, "plan") };
    struct gx_people_file file;
    struct gx_tenant *tenant = gx_api(req)->tenant;
    m.outcome.options = (struct gx_people_options){
        .apply = gx_req_flag(req, "apply"),
        .partly = gx_req_flag(req, "partly"),
        .leavers = gx_req_flag(req, "leavers"),
    };
    m.outcome.file = &file;
    GX_TRY(gx_req_reader(req));
    struct gx_conn *reader = gx_scope_conn(req->scope);
    GX_TRY(gx_people_read(req, &file));
    enum gx_code code = gx_db_write(req->ctx, tenant->db, work, &m);
    gx_scope_use(req->scope, reader);
    if (code != GX_OK) /* seats and roles that were taken back */
        gx_access_forget(tenant);
    if (code != GX_OK && m.refused == GX_OK)
        return code;
    gx_ctx_clear(req->ctx);
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_bool(&w, "applied", m.outcome.applied);
    gx_jw_key_str(&w, "plan", m.digest);
    write_outcome(&m, &w);
    gx_jw_object_end(&w);
    return GX_OK;
}

static const struct gx_query_param people_query[] = {
    { .name = "apply", .doc = "Do it; else it is only looked at.", .type = GX_SCHEMA_BOOL },
    { .name = "partly",
      .doc = "Take the rows that can be taken though others fail; else all or none.",
      .type = GX_SCHEMA_BOOL },
    { .name = "leavers",
      .doc = "Who has a login and is not in the file becomes inactive; only when no row fails.",
      .type = GX_SCHEMA_BOOL },
    { .name = "plan",
      .doc =
          "The `plan` that was looked at: refused as `conflict` when it would be another by now.",
      .type = GX_SCHEMA_STR,
      .max = 100 },
    { 0 },
};

static const struct gx_schema column_out[] = {
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "field", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { 0 },
};
static const struct gx_schema change_out[] = {
    { .name = "field", .type = GX_SCHEMA_STR, .required = true },
    { .name = "from", .type = GX_SCHEMA_STR, .required = true },
    { .name = "to", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema row_out[] = {
    { .name = "row", .type = GX_SCHEMA_INT, .required = true, .doc = "0: is not in the file." },
    { .name = "action",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "create, update, deactivate or failed." },
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "login", .type = GX_SCHEMA_STR, .required = true },
    { .name = "reason", .type = GX_SCHEMA_STR, .required = true, .doc = "Why it failed." },
    { .name = "becomes_admin", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "changes", .type = GX_SCHEMA_LIST, .fields = change_out, .required = true },
    { 0 },
};
static const struct gx_schema people_out[] = {
    { .name = "applied", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "plan", .type = GX_SCHEMA_STR, .required = true },
    { .name = "columns", .type = GX_SCHEMA_LIST, .fields = column_out, .required = true },
    { .name = "same", .type = GX_SCHEMA_INT, .required = true },
    { .name = "create", .type = GX_SCHEMA_INT, .required = true },
    { .name = "update", .type = GX_SCHEMA_INT, .required = true },
    { .name = "deactivate", .type = GX_SCHEMA_INT, .required = true },
    { .name = "failed", .type = GX_SCHEMA_INT, .required = true },
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = row_out, .required = true },
    { .name = "more", .type = GX_SCHEMA_INT, .required = true, .doc = "Rows not shown." },
    { 0 },
};

/* Not a .writes route: the file is read beside the writer. */
const struct gx_route gx_route_admin_people = {
    .doc = "A file of people (CSV, XLSX): what would change, or with `apply` the changes.  All or "
           "nothing unless `partly`; the same file again changes nothing.",
    .method = GX_POST,
    .path = "/api/v1/admin/people",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .slow = true,
    .secret = true,
    .body = GX_BODY_FILE,
    .body_max = GX_PEOPLE_BYTES_MAX,
    .query = people_query,
    .out = people_out,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_INVALID, GX_E_SYNTAX, GX_E_LIMIT, GX_E_CONFLICT,
                GX_E_BUSY },
    .handler = people_post,
};
