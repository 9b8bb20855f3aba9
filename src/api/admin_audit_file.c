/*
 * admin_audit_file.c - the log as a file: a table for people, or sealed lines that another program
 * can check (store/seal_file.h).
 *
 * It may be all there is, so each piece has a memory and a scope of its own.
 */
#include "api/audit_ask.h"
#include "base/time.h"
#include "sheet/sheet.h"
#include "store/seal_file.h"
#include "store/seen.h"

struct file {
    struct gx_audit_ask ask;
    struct gx_seal_file sealed;
    struct gx_arena arena; /* of one piece */
    bool begun;
};

static void release(void *p)
{
    struct file *f = p;
    gx_arena_free(&f->arena);
}

/* The same person once more; who may no longer look gets no further piece. */
static enum gx_code scope_again(struct gx_req *req, struct file *f, struct gx_ctx *ctx,
                                struct gx_scope **ret_scope)
{
    int64_t me = gx_scope_me(req->scope);
    struct gx_conn *conn = gx_scope_conn(req->scope);
    struct gx_tenant *tenant = gx_api(req)->tenant;
    gx_arena_reset(&f->arena);
    *ctx = *req->ctx;
    ctx->arena = &f->arena;
    if (me)
        GX_TRY(gx_scope_user(ctx, tenant, conn, me, ret_scope));
    else
        *ret_scope = gx_scope_system(ctx, tenant, conn, "operator at the command line");
    return gx_audit_may(*ret_scope, &f->ask);
}

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

static struct gx_str number(struct gx_arena *arena, int64_t value)
{
    return gx_arena_printf(arena, "%lld", (long long)value);
}

static void write_rows(struct gx_scope *scope, const struct gx_audit_entry *e, struct gx_buf *out)
{
    struct gx_arena *arena = gx_scope_ctx(scope)->arena;
    struct gx_audit_change *changes;
    size_t count = gx_audit_changes(scope, e, &changes);
    struct gx_str cells[] = {
        gx_moment_format(arena, e->at),
        e->by ? e->by_name : GX_STR(""),
        gx_audit_kind(e),
        gx_audit_what(e),
        e->record ? number(arena, e->record) : GX_STR(""),
        e->record ? e->title : e->about_name,
        GX_STR(""),
        GX_STR(""),
        GX_STR(""),
        e->reason,
        number(arena, e->seq),
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

static void write_heads(struct gx_buf *out)
{
    static const char *const heads[] = { "at",    "by",  "kind", "what",   "record", "title",
                                         "field", "old", "new",  "reason", "entry" };
    struct gx_str cells[GX_COUNT(heads)];
    for (size_t i = 0; i < GX_COUNT(heads); i++)
        cells[i] = gx_str_c(heads[i]);
    gx_buf_addz(out, GX_CSV_BOM);
    gx_csv_row(out, cells, GX_COUNT(cells), true);
}

static enum gx_code csv_piece(struct gx_req *req, void *p, struct gx_buf *out, bool *ret_more)
{
    struct file *f = p;
    struct gx_audit_entry *entries;
    struct gx_scope *scope;
    struct gx_ctx ctx;
    int count;
    GX_TRY(scope_again(req, f, &ctx, &scope));
    if (!f->begun)
        write_heads(out);
    f->begun = true;
    GX_TRY(gx_audit_page(scope, &f->ask, &entries, &count, &f->ask.cursor));
    for (int i = 0; i < count; i++)
        write_rows(scope, &entries[i], out);
    *ret_more = f->ask.cursor != 0;
    return gx_buf_check(out);
}

static enum gx_code sealed_piece(struct gx_req *req, void *p, struct gx_buf *out, bool *ret_more)
{
    struct file *f = p;
    struct gx_scope *scope;
    struct gx_ctx ctx;
    GX_TRY(scope_again(req, f, &ctx, &scope));
    return gx_seal_file_piece(scope, &f->sealed, out, ret_more);
}

/* Who took the log out stands in the log. */
static void note_export(struct gx_req *req, const char *format)
{
    struct gx_buf value = { 0 };
    gx_buf_addz(&value, format);
    for (size_t i = 0; i < req->query_count; i++)
        if (!gx_str_is(req->query[i].name, "format"))
            gx_buf_printf(&value, " %.*s=%.*s", GX_STR_ARG(req->query[i].name),
                          GX_STR_ARG(req->query[i].value));
    struct gx_seen_note note = {
        .by = gx_scope_me(req->scope),
        .what = "export",
        .name = "audit",
        .value = gx_arena_str(req->ctx->arena, gx_buf_str(&value)),
    };
    gx_buf_free(&value);
    gx_seen_add(gx_api(req)->tenant->seen, &note, req->ctx->now_us);
}

static enum gx_code audit_file(struct gx_req *req, const void *in)
{
    (void)in;
    struct file *f = GX_ARENA_NEW(req->ctx->arena, struct file);
    struct gx_str format = gx_req_query(req, "format");
    bool sealed = gx_str_is(format, "ndjson");
    if (format.n && !sealed && !gx_str_is(format, "csv"))
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("format"), GX_M_AUDIT_FORMAT, format);
    GX_TRY(gx_audit_ask_read(req, &f->ask));
    /* Before the first piece, when a refusal can still be one. */
    GX_TRY(gx_audit_may(req->scope, &f->ask));
    if (gx_req_flag(req, "check")) {
        req->status = 204;
        return GX_OK;
    }
    GX_TRY(gx_seal_now(req->ctx, gx_api(req)->sealer));
    f->ask.limit = GX_AUDIT_LIMIT_MAX;
    f->sealed = (struct gx_seal_file){ .ask = f->ask, .sealer = gx_api(req)->sealer };
    gx_arena_defer(req->ctx->arena, release, f);
    note_export(req, sealed ? "ndjson" : "csv");
    req->content_type = sealed ? "application/x-ndjson" : "text/csv; charset=utf-8";
    gx_reply_header(req, "Content-Disposition",
                    sealed ? GX_STR("attachment; filename=\"audit.ndjson\"")
                           : GX_STR("attachment; filename=\"audit.csv\""));
    req->stream = sealed ? sealed_piece : csv_piece;
    req->stream_p = f;
    return GX_OK;
}

static const struct gx_query_param file_query[] = {
    GX_AUDIT_QUERY,
    { .name = "format",
      .doc = "csv: a line for each changed field, newest first (the usual). ndjson: sealed lines "
             "that another program can check, oldest first.",
      .type = GX_SCHEMA_STR,
      .max = 10 },
    { .name = "check",
      .doc = "Only say whether it may be had: 204 without a body.",
      .type = GX_SCHEMA_BOOL },
    { 0 },
};

const struct gx_route gx_route_admin_audit_file = {
    .doc = "The same as a file, all of it; who takes it out stands in the log.",
    .method = GX_GET,
    .path = "/api/v1/admin/audit/file",
    .who = GX_WHO_SIGNED_IN,
    .fresh = true,
    .query = file_query,
    .out_kind = "text/csv|application/x-ndjson",
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_INVALID },
    .handler = audit_file,
};
