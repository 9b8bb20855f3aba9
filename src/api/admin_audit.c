/* admin_audit.c - the log of changes as a page. */
#include "api/app.h"
#include "api/audit_ask.h"
#include "base/time.h"
#include "store/audit.h"

static const struct gx_query_param audit_query[] = { GX_AUDIT_QUERY, { 0 } };

static void write_named(struct gx_jw *w, const char *key, int64_t id, struct gx_str title)
{
    gx_jw_key(w, gx_str_c(key));
    if (!id) {
        gx_jw_null(w);
        return;
    }
    gx_jw_object(w);
    gx_jw_key_id(w, "id", id);
    gx_jw_key_str(w, "title", title);
    gx_jw_object_end(w);
}

static void write_value(struct gx_jw *w, const char *key, const struct gx_json *value)
{
    gx_jw_key(w, gx_str_c(key));
    if (value)
        gx_json_write(w, value);
    else
        gx_jw_null(w);
}

static void write_entry(struct gx_req *req, struct gx_jw *w, const struct gx_audit_entry *e)
{
    struct gx_audit_change *changes;
    size_t count = gx_audit_changes(req->scope, e, &changes);
    gx_jw_object(w);
    gx_jw_key_id(w, "seq", e->seq);
    gx_jw_key_str(w, "at", gx_moment_format(req->ctx->arena, e->at));
    write_named(w, "by", e->by, e->by_name);
    write_named(w, "about", e->about, e->about_name);
    gx_jw_key_str(w, "kind", gx_audit_kind(e));
    gx_jw_key_str(w, "what", gx_audit_what(e));
    write_named(w, "record", e->record, e->title);
    gx_jw_key_bool(w, "import", e->import_id != 0);
    gx_jw_key_str(w, "reason", e->reason);
    gx_jw_key(w, GX_STR("changes"));
    gx_jw_array(w);
    for (size_t i = 0; i < count; i++) {
        gx_jw_object(w);
        gx_jw_key_str(w, "field", changes[i].field);
        write_value(w, "old", changes[i].old_value);
        write_value(w, "new", changes[i].new_value);
        gx_jw_key_bool(w, "hidden", !changes[i].old_value);
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
    gx_jw_object_end(w);
}

static enum gx_code audit_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_audit_ask ask = { 0 };
    struct gx_audit_entry *entries;
    int64_t next;
    int count;
    GX_TRY(gx_audit_ask_read(req, &ask));
    GX_TRY(gx_audit_page(req->scope, &ask, &entries, &count, &next));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    for (int i = 0; i < count; i++)
        write_entry(req, &w, &entries[i]);
    gx_jw_array_end(&w);
    gx_jw_key(&w, GX_STR("next"));
    if (next)
        gx_jw_id(&w, next);
    else
        gx_jw_null(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

static const struct gx_schema named_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema change_out[] = {
    { .name = "field", .type = GX_SCHEMA_STR, .required = true },
    { .name = "old", .type = GX_SCHEMA_NODE, .required = true, .nullable = true },
    { .name = "new", .type = GX_SCHEMA_NODE, .required = true, .nullable = true },
    { .name = "hidden",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "A private field: that it changed is all this reader is told." },
    { 0 },
};
static const struct gx_schema entry_out[] = {
    { .name = "seq", .type = GX_SCHEMA_STR, .required = true },
    { .name = "at", .type = GX_SCHEMA_STR, .required = true },
    { .name = "by",
      .type = GX_SCHEMA_OBJECT,
      .fields = named_out,
      .required = true,
      .nullable = true,
      .doc = "null: the system or the operator; see reason" },
    { .name = "about",
      .type = GX_SCHEMA_OBJECT,
      .fields = named_out,
      .required = true,
      .nullable = true,
      .doc = "The user whose rights, password, sessions or keys it is about." },
    { .name = "kind",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "create, update, delete, restore, purge, admin or signin" },
    { .name = "what",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "Name of the object; or signin, access, setting, definition." },
    { .name = "record",
      .type = GX_SCHEMA_OBJECT,
      .fields = named_out,
      .required = true,
      .nullable = true },
    { .name = "import", .type = GX_SCHEMA_BOOL, .required = true, .doc = "By an import or batch." },
    { .name = "reason", .type = GX_SCHEMA_STR, .required = true },
    { .name = "changes", .type = GX_SCHEMA_LIST, .fields = change_out, .required = true },
    { 0 },
};
static const struct gx_schema audit_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = entry_out, .required = true },
    { .name = "next",
      .type = GX_SCHEMA_STR,
      .required = true,
      .nullable = true,
      .doc = "Where to go on; a page may have few rows and go on all the same." },
    { 0 },
};

const struct gx_route gx_route_admin_audit = {
    .doc = "The log of all changes, newest first, for roles with the audit right; of records it "
           "shows those that the caller may read.",
    .method = GX_GET,
    .path = "/api/v1/admin/audit",
    .who = GX_WHO_SIGNED_IN,
    .query = audit_query,
    .out = audit_out,
    .errors = { GX_E_FORBIDDEN, GX_E_INVALID },
    .handler = audit_get,
};
