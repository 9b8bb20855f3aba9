/*
 * bulk.c - up to 10,000 records in one call, all or nothing or each for itself.
 *
 * Rows are JSON records as in a single create; in mode "update" and "both" they are matched to
 * what is there by `match`, a unique field, or by "id".
 */
#include "api/app.h"
#include "store/match.h"
#include "store/record.h"

enum { BULK_ROWS_MAX = 10000, BULK_BYTES_MAX = 64 << 20 };

struct bulk_in {
    struct gx_str mode, match;
    const struct gx_json *rows;
    bool atomic;
};

static const char *const modes[] = { "create", "update", "both", NULL };

static const struct gx_schema bulk_in[] = {
    GX_FIELD(struct bulk_in, mode, .type = GX_SCHEMA_STR, .words = modes,
             .doc = "create (usual), update, or both"),
    GX_FIELD(struct bulk_in, match, .type = GX_SCHEMA_STR, .max = 48,
             .doc = "The field by which rows find their record; id when absent."),
    GX_FIELD(struct bulk_in, rows, .type = GX_SCHEMA_NODE, .required = true,
             .doc = "Records, at most 10,000."),
    GX_FIELD(struct bulk_in, atomic, .type = GX_SCHEMA_BOOL,
             .doc = "All or nothing; else wrong rows are left out and reported."),
    { 0 },
};

static const struct gx_schema bulk_out[] = {
    { .name = "rows", .type = GX_SCHEMA_NODE, .required = true },
    { .name = "created", .type = GX_SCHEMA_INT, .required = true },
    { .name = "updated", .type = GX_SCHEMA_INT, .required = true },
    { .name = "same", .type = GX_SCHEMA_INT, .required = true },
    { .name = "failed", .type = GX_SCHEMA_INT, .required = true },
    { 0 },
};

struct bulk {
    struct gx_req *req;
    const struct bulk_in *in;
    const struct gx_object *object;
    const struct gx_field *match; /* NULL: by id */
    struct gx_jw w;
    int64_t created, updated, same, failed;
    /* the row at hand */
    const struct gx_json *row;
    size_t index;
    int64_t id;
    bool is_new, changed;
};

/* A copy of the row's object without "id", which is no field to write. */
static const struct gx_json *without_id(struct gx_arena *arena, const struct gx_json *row)
{
    struct gx_json *out = GX_ARENA_NEW(arena, struct gx_json), **tail = &out->first;
    *out = *row;
    out->first = NULL;
    for (const struct gx_json *k = row->first; k; k = k->next) {
        if (gx_str_is(k->key, "id"))
            continue;
        *tail = GX_ARENA_NEW(arena, struct gx_json);
        **tail = *k;
        (*tail)->next = NULL;
        tail = &(*tail)->next;
    }
    return out;
}

static enum gx_code find(struct bulk *b, struct gx_input *input)
{
    b->id = 0;
    if (gx_str_is(b->in->mode, "create") || b->in->mode.n == 0)
        return GX_OK;
    if (!b->match) {
        const struct gx_json *id = gx_json_get(b->row, "id");
        if (id && id->kind == GX_JSON_STRING && !gx_str_int64(id->text, &b->id))
            b->id = 0;
        return GX_OK;
    }
    return gx_match_find(b->req->scope, b->object, &b->match, 1, input, &b->id);
}

static enum gx_code one(void *p, struct gx_conn *conn)
{
    (void)conn;
    struct bulk *b = p;
    struct gx_req *req = b->req;
    struct gx_input *input;
    /* Numbers of another system are for who may import; states out of order, as in an import,
     * for who may import and change everybody's records. */
    bool loads = gx_scope_level(req->scope, b->object, GX_RIGHT_IMPORT) != GX_LEVEL_NONE;
    bool all = gx_scope_level(req->scope, b->object, GX_RIGHT_EDIT) == GX_LEVEL_ALL;
    struct gx_write_options options = { .numbers = loads, .any_move = loads && all };
    struct gx_str path = gx_arena_printf(req->ctx->arena, "rows[%zu]", b->index);
    if (b->row->kind != GX_JSON_OBJECT)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR(""), GX_M_WRONG_TYPE, path, GX_STR("{…}"));
    GX_TRY(gx_input_json(req->scope, b->object, without_id(req->ctx->arena, b->row), GX_STR(""),
                         &input));
    GX_TRY(find(b, input));
    b->is_new = b->id == 0;
    if (b->is_new && gx_str_is(b->in->mode, "update"))
        return gx_fail(req->ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_NO_MATCH);
    if (b->is_new)
        return gx_record_create(req->scope, input, &options, &b->id);
    return gx_record_update(req->scope, b->id, 0, input, &options, &b->changed, NULL);
}

static void write_errors(struct bulk *b)
{
    gx_jw_key(&b->w, GX_STR("errors"));
    gx_jw_array(&b->w);
    for (const struct gx_error *e = b->req->ctx->errors; e; e = e->next) {
        gx_jw_object(&b->w);
        gx_jw_key_str(&b->w, "path", e->path);
        gx_jw_key_str(&b->w, "code", gx_str_c(gx_code_wire(e->code)));
        gx_jw_key_str(&b->w, "detail", gx_error_text(b->req->ctx->arena, e, b->req->ctx->lang));
        gx_jw_object_end(&b->w);
    }
    gx_jw_array_end(&b->w);
}

static void report(struct bulk *b, enum gx_code code)
{
    gx_jw_object(&b->w);
    if (code == GX_OK) {
        const char *action = b->is_new ? "create" : b->changed ? "update" : "same";
        b->created += b->is_new;
        b->updated += !b->is_new && b->changed;
        b->same += !b->is_new && !b->changed;
        gx_jw_key_id(&b->w, "id", b->id);
        gx_jw_key_str(&b->w, "action", gx_str_c(action));
    } else {
        b->failed++;
        write_errors(b);
    }
    gx_jw_object_end(&b->w);
}

/* In an atomic call the first wrong row ends it; its errors say which row it was. */
static enum gx_code fail_whole(struct bulk *b, enum gx_code code)
{
    for (struct gx_error *e = b->req->ctx->errors; e; e = e->next)
        e->path = gx_arena_printf(b->req->ctx->arena, "rows[%zu]%s%.*s", b->index,
                                  e->path.n ? "." : "", GX_STR_ARG(e->path));
    return code;
}

static enum gx_code bulk(struct gx_req *req, const void *in_p)
{
    struct bulk b = { .req = req, .in = in_p };
    GX_TRY(gx_req_object(req, 0, &b.object));
    if (b.in->rows->kind != GX_JSON_ARRAY || b.in->rows->count > BULK_ROWS_MAX)
        return gx_fail(req->ctx, GX_E_LIMIT, GX_STR("rows"), GX_M_TOO_BIG, GX_STR("10000"));
    if (b.in->match.n && !gx_str_is(b.in->match, "id"))
        GX_TRY(gx_match_field(req->scope, b.object, b.in->match, &b.match));
    b.w = gx_jw(&req->out);
    gx_jw_object(&b.w);
    gx_jw_key(&b.w, GX_STR("rows"));
    gx_jw_array(&b.w);
    for (b.row = b.in->rows->first; b.row; b.row = b.row->next, b.index++) {
        b.changed = false;
        enum gx_code code = b.in->atomic ? one(&b, gx_scope_conn(req->scope))
                                         : gx_db_try(req->ctx, gx_scope_conn(req->scope), one, &b);
        if (code != GX_OK && (b.in->atomic || code == GX_E_IO || code == GX_E_FORBIDDEN))
            return fail_whole(&b, code);
        report(&b, code);
        gx_ctx_clear(req->ctx);
    }
    gx_jw_array_end(&b.w);
    gx_jw_key_int(&b.w, "created", b.created);
    gx_jw_key_int(&b.w, "updated", b.updated);
    gx_jw_key_int(&b.w, "same", b.same);
    gx_jw_key_int(&b.w, "failed", b.failed);
    gx_jw_object_end(&b.w);
    return GX_OK;
}

const struct gx_route gx_route_bulk = {
    .doc = "Create or change up to 10,000 records in one call.",
    .method = GX_POST,
    .path = "/api/v1/{object}/bulk",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .body = GX_BODY_JSON,
    .body_max = BULK_BYTES_MAX,
    .in = bulk_in,
    .in_size = sizeof(struct bulk_in),
    .out = bulk_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_DUPLICATE, GX_E_LIMIT },
    .handler = bulk,
};
