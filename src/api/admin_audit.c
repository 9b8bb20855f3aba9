/* admin_audit.c - the log of changes as a page, or as a file. */
#include "api/app.h"
#include "base/time.h"
#include "sheet/sheet.h"
#include "store/audit.h"

enum { AUDIT_FILE_ENTRIES_MAX = 100000 };

static const struct gx_query_param audit_query[] = {
    { .name = "by", .doc = "Only what this user did.", .type = GX_SCHEMA_ID },
    { .name = "about",
      .doc = "Only what was done about this user: sign-ins, roles, passwords, keys.",
      .type = GX_SCHEMA_ID },
    { .name = "what",
      .doc = "Only of this object; or signin, access, setting, definition, private, export.",
      .type = GX_SCHEMA_STR,
      .max = 48 },
    { .name = "record", .doc = "Only of the record with this id.", .type = GX_SCHEMA_ID },
    { .name = "from", .doc = "From this date or moment on.", .type = GX_SCHEMA_STR, .max = 40 },
    { .name = "to",
      .doc = "Up to this moment, or the end of this date.",
      .type = GX_SCHEMA_STR,
      .max = 40 },
    { .name = "cursor", .doc = "The `next` of the page before.", .type = GX_SCHEMA_ID },
    { .name = "limit",
      .doc = "At most this many entries.",
      .type = GX_SCHEMA_INT,
      .min = 1,
      .max = GX_AUDIT_LIMIT_MAX },
    { 0 },
};

static enum gx_code read_moment(struct gx_req *req, const char *name, bool end, int64_t *ret_us)
{
    struct gx_str text = gx_str_trim(gx_req_query(req, name));
    int64_t days;
    *ret_us = 0;
    if (text.n == 0)
        return GX_OK;
    if (!gx_moment_parse(text, req->ctx->tz_offset_min, ret_us) || *ret_us <= 0)
        return gx_fail(req->ctx, GX_E_INVALID, gx_str_c(name), GX_M_BAD_FORMAT, gx_str_c(name),
                       text);
    if (end && gx_date_parse(text, &days))
        *ret_us += GX_DAY_US;
    return GX_OK;
}

static enum gx_code read_ask(struct gx_req *req, struct gx_audit_ask *ask)
{
    int64_t limit;
    GX_TRY(gx_req_query_int(req, "by", 0, 1, INT64_MAX, &ask->by));
    GX_TRY(gx_req_query_int(req, "about", 0, 1, INT64_MAX, &ask->about));
    GX_TRY(gx_req_query_int(req, "record", 0, 1, INT64_MAX, &ask->record));
    GX_TRY(gx_req_query_int(req, "cursor", 0, 1, INT64_MAX, &ask->cursor));
    GX_TRY(gx_req_query_int(req, "limit", GX_AUDIT_LIMIT, 1, GX_AUDIT_LIMIT_MAX, &limit));
    GX_TRY(read_moment(req, "from", false, &ask->from_us));
    GX_TRY(read_moment(req, "to", true, &ask->to_us));
    ask->limit = (int)limit;
    ask->what = gx_req_query(req, "what");
    return GX_OK;
}

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

/* --- as a file */

struct file {
    struct gx_audit_ask ask;
    int64_t written;
    bool begun, over;
};

static struct gx_str value_text(struct gx_arena *arena, const struct gx_json *value)
{
    struct gx_buf out = { 0 };
    if (!value || value->kind == GX_JSON_NULL)
        return GX_STR("");
    if (value->kind == GX_JSON_STRING)
        return value->text;
    struct gx_jw w = gx_jw(&out);
    gx_json_write(&w, value);
    struct gx_str text = gx_arena_str(arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return text;
}

static void file_entry(struct gx_req *req, const struct gx_audit_entry *e, struct gx_buf *out)
{
    struct gx_arena *arena = req->ctx->arena;
    struct gx_audit_change *changes;
    size_t count = gx_audit_changes(req->scope, e, &changes);
    struct gx_str cells[] = {
        gx_moment_format(arena, e->at),
        e->by ? e->by_name : GX_STR(""),
        gx_audit_kind(e),
        gx_audit_what(e),
        e->record ? gx_arena_printf(arena, "%lld", (long long)e->record) : GX_STR(""),
        e->record ? e->title : e->about_name,
        GX_STR(""),
        GX_STR(""),
        GX_STR(""),
        e->reason,
    };
    for (size_t i = 0; i < count || i == 0; i++) {
        if (count) {
            cells[6] = changes[i].field;
            cells[7] = value_text(arena, changes[i].old_value);
            cells[8] = value_text(arena, changes[i].new_value);
        }
        gx_csv_row(out, cells, GX_COUNT(cells), true);
    }
}

static enum gx_code file_piece(struct gx_req *req, void *p, struct gx_buf *out, bool *ret_more)
{
    static const char *const heads[] = { "at",    "by",    "kind", "what", "record",
                                         "title", "field", "old",  "new",  "reason" };
    struct file *f = p;
    struct gx_audit_entry *entries;
    int count;
    if (!f->begun) {
        struct gx_str cells[GX_COUNT(heads)];
        for (size_t i = 0; i < GX_COUNT(heads); i++)
            cells[i] = gx_str_c(heads[i]);
        gx_buf_addz(out, GX_CSV_BOM);
        gx_csv_row(out, cells, GX_COUNT(heads), true);
        f->begun = true;
    }
    GX_TRY(gx_audit_page(req->scope, &f->ask, &entries, &count, &f->ask.cursor));
    for (int i = 0; i < count; i++)
        file_entry(req, &entries[i], out);
    f->written += count;
    *ret_more = f->ask.cursor != 0 && f->written < AUDIT_FILE_ENTRIES_MAX;
    return gx_buf_check(out);
}

static enum gx_code audit_file(struct gx_req *req, const void *in)
{
    (void)in;
    struct file *f = GX_ARENA_NEW(req->ctx->arena, struct file);
    GX_TRY(read_ask(req, &f->ask));
    /* Before the first piece, when a refusal can still be one. */
    GX_TRY(gx_audit_may(req->scope, &f->ask));
    f->ask.limit = GX_AUDIT_LIMIT_MAX;
    req->content_type = "text/csv; charset=utf-8";
    gx_reply_header(req, "Content-Disposition", GX_STR("attachment; filename=\"audit.csv\""));
    req->stream = file_piece;
    req->stream_p = f;
    return GX_OK;
}

const struct gx_route gx_route_admin_audit_file = {
    .doc = "The same as a file: a line for each changed field, of the newest 100,000 entries.",
    .method = GX_GET,
    .path = "/api/v1/admin/audit/file",
    .who = GX_WHO_SIGNED_IN,
    .query = audit_query,
    .out_kind = "text/csv",
    .errors = { GX_E_FORBIDDEN, GX_E_INVALID },
    .handler = audit_file,
};

/* --- as a page */

static enum gx_code audit_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_audit_ask ask = { 0 };
    struct gx_audit_entry *entries;
    int64_t next;
    int count;
    GX_TRY(read_ask(req, &ask));
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
