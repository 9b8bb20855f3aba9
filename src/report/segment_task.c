/*
 * segment_task.c - a list handed to reps: a task for each member, once.
 *
 * Each task is written with the rights of who asked, in the same transaction as the note in the
 * list that it was given; so what is done when the program is killed is done, and the rest goes on.
 */
#include "json/read.h"
#include "report/segment_int.h"

enum { PIECE_TASKS = 50 };

struct handing {
    struct gx_ctx *ctx;
    struct gx_tenant *tenant;
    struct gx_segment_row row;
    struct gx_scope *scope;
    const struct gx_object *object, *activity;
    struct gx_json *task;
    int64_t record, created;
    int64_t done, refused;
    bool more;
};

/* Who is to do it: who was named, else whoever owns the record. */
static enum gx_code owner_of(struct handing *h, int64_t *ret_owner)
{
    struct gx_str named = gx_json_get_str(h->task, "owner", GX_STR("0"));
    struct gx_record record;
    *ret_owner = 0;
    GX_TRY(gx_record_load(h->scope, h->object, h->record, GX_RIGHT_READ, false, &record));
    if (!gx_str_int64(named, ret_owner) || !*ret_owner)
        if (h->object->owner && record.v[h->object->owner->slot].kind == GX_VALUE_INT)
            *ret_owner = record.v[h->object->owner->slot].i;
    return GX_OK;
}

static enum gx_code give(void *p, struct gx_conn *conn)
{
    struct handing *h = p;
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    struct gx_json *json;
    struct gx_input *input;
    int64_t owner;
    const struct gx_write_options options = { .import_id = h->row.id };
    (void)conn;
    GX_TRY(owner_of(h, &owner));
    gx_jw_object(&w);
    gx_jw_key_str(&w, "kind", GX_STR("task"));
    gx_jw_key_str(&w, "subject", gx_json_get_str(h->task, "subject", GX_STR("")));
    gx_jw_key_str(&w, "at", gx_json_get_str(h->task, "at", GX_STR("")));
    gx_jw_key_id(&w, gx_arena_cstr(h->ctx->arena, h->object->x.name), h->record);
    if (owner)
        gx_jw_key_id(&w, "owner", owner);
    gx_jw_object_end(&w);
    struct gx_str text = gx_arena_str(h->ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    GX_TRY(gx_json_read(h->ctx, text, &json));
    GX_TRY(gx_input_json(h->scope, h->activity, json, GX_STR(""), &input));
    return gx_record_create(h->scope, input, &options, &h->created);
}

static enum gx_code members(struct handing *h, struct gx_conn *conn, int64_t *ids, size_t *ret_n)
{
    struct gx_value values[] = {
        gx_value_int(h->row.id),
        gx_value_text(gx_json_get_str(h->task, "cell", GX_STR(""))),
        gx_value_int(PIECE_TASKS),
    };
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    *ret_n = 0;
    GX_TRY(gx_db_query(h->ctx, conn,
                       GX_SQL("SELECT record FROM gx_segment_member WHERE list = ?1 AND task IS "
                              "NULL AND (cell = ?2 OR (?2 = '' AND cell <> 'control')) ORDER BY "
                              "record LIMIT ?3"),
                       values, 3, &rows));
    while ((code = gx_rows_next(h->ctx, rows, &has)) == GX_OK && has)
        ids[(*ret_n)++] = gx_rows_int(rows, 0);
    gx_rows_close(rows);
    return code;
}

static enum gx_code one(struct handing *h, struct gx_conn *conn, int64_t record)
{
    h->record = record;
    h->created = 0;
    enum gx_code code = gx_db_try(h->ctx, conn, give, h);
    if (code != GX_OK && code != GX_E_FORBIDDEN && code != GX_E_INVALID && code != GX_E_NOT_FOUND &&
        code != GX_E_DUPLICATE)
        return code;
    gx_ctx_clear(h->ctx);
    if (code != GX_OK)
        h->created = 0;
    h->done += code == GX_OK;
    h->refused += code != GX_OK;
    struct gx_value values[] = { gx_value_int(h->row.id), gx_value_int(record),
                                 gx_value_int(h->created) };
    return gx_db_exec(h->ctx, conn,
                      GX_SQL("UPDATE gx_segment_member SET task = ?3 WHERE list = ?1 AND record = "
                             "?2"),
                      values, 3, NULL);
}

static enum gx_code begin(struct handing *h, struct gx_conn *conn)
{
    int64_t by = 0;
    bool there;
    GX_TRY(gx_segment_row(h->ctx, conn, h->row.id, &h->row, &there));
    GX_TRY(gx_json_read(h->ctx, h->row.task, &h->task));
    if (!gx_str_int64(gx_json_get_str(h->task, "by", GX_STR("")), &by))
        by = h->row.created_by;
    GX_TRY(gx_scope_user(h->ctx, h->tenant, conn, by, &h->scope));
    GX_TRY(gx_object_get(h->scope, h->row.object, &h->object));
    return gx_object_get(h->scope, GX_STR("activity"), &h->activity);
}

static enum gx_code piece(void *p, struct gx_conn *conn)
{
    struct handing *h = p;
    int64_t ids[PIECE_TASKS];
    size_t n;
    h->done = h->refused = 0;
    GX_TRY(begin(h, conn));
    GX_TRY(members(h, conn, ids, &n));
    for (size_t i = 0; i < n; i++)
        GX_TRY(one(h, conn, ids[i]));
    h->more = n == PIECE_TASKS;
    struct gx_value values[] = { gx_value_int(h->row.id), gx_value_int(h->done),
                                 gx_value_int(h->refused),
                                 gx_value_text(h->more ? GX_STR("handing") : GX_STR("frozen")) };
    return gx_db_exec(h->ctx, conn,
                      GX_SQL("UPDATE gx_segment_list SET tasks = tasks + ?2, refused = refused + "
                             "?3, state = ?4 WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

enum gx_code gx_segment_tasks_piece(struct gx_ctx *ctx, struct gx_tenant *tenant, int64_t id,
                                    bool *ret_more)
{
    struct handing h = { .ctx = ctx, .tenant = tenant, .row = { .id = id } };
    enum gx_code code = gx_db_write(ctx, tenant->db, piece, &h);
    *ret_more = code == GX_OK && h.more;
    return code;
}
