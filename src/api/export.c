/* export.c - a list as CSV or NDJSON in pieces, or as XLSX made beside and sent whole. */
#include "api/export.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sheet/sheet.h"
#include "store/seen.h"

enum { PIECE_BYTES = 64 << 10 };

struct file {
    struct gx_req *req;
    struct gx_list *list;
    bool ndjson, header_done;
    struct gx_buf *cells; /* one per item, reused */
    struct gx_str *texts;
    FILE *file; /* XLSX */
};

static void release(void *p)
{
    struct file *e = p;
    const struct gx_list_item *items;
    size_t count = gx_list_items(e->list, &items);
    for (size_t i = 0; i < count; i++)
        gx_buf_free(&e->cells[i]);
    gx_list_close(e->list);
    if (e->file)
        fclose(e->file);
}

static void header(struct file *e, struct gx_buf *out)
{
    const struct gx_list_item *items;
    size_t count = gx_list_items(e->list, &items);
    gx_buf_addz(out, GX_CSV_BOM);
    e->texts[0] = GX_STR("id");
    for (size_t i = 0; i < count; i++)
        e->texts[i + 1] = items[i].name;
    gx_csv_row(out, e->texts, count + 1, true);
}

static void row(struct file *e, struct gx_buf *out)
{
    const struct gx_list_item *items;
    size_t count = gx_list_items(e->list, &items);
    char id[24];
    e->texts[0] = (struct gx_str){ id, (size_t)snprintf(id, sizeof id, "%lld",
                                                        (long long)gx_list_id(e->list)) };
    for (size_t i = 0; i < count; i++) {
        gx_buf_clear(&e->cells[i]);
        gx_list_text(e->list, i, &e->cells[i]);
        e->texts[i + 1] = gx_buf_str(&e->cells[i]);
    }
    gx_csv_row(out, e->texts, count + 1, true);
}

static enum gx_code piece(struct gx_req *req, void *p, struct gx_buf *out, bool *ret_more)
{
    struct file *e = p;
    bool has = true;
    (void)req;
    if (!e->ndjson && !e->header_done)
        header(e, out);
    e->header_done = true;
    while (out->n < PIECE_BYTES) {
        GX_TRY(gx_list_next(e->list, &has));
        if (!has)
            break;
        if (e->ndjson) {
            struct gx_jw w = gx_jw(out);
            gx_list_json(e->list, &w);
            gx_buf_addc(out, '\n');
        } else {
            row(e, out);
        }
    }
    *ret_more = has;
    return gx_buf_check(out);
}

static enum gx_code file_piece(struct gx_req *req, void *p, struct gx_buf *out, bool *ret_more)
{
    struct file *e = p;
    (void)req;
    if (!gx_buf_reserve(out, PIECE_BYTES))
        return GX_E_LIMIT;
    size_t n = fread(out->p + out->n, 1, PIECE_BYTES, e->file);
    out->n += n;
    *ret_more = n > 0;
    return ferror(e->file) ? GX_E_IO : GX_OK;
}

/* Money has its currency behind it and a place is two numbers: those are text. */
static enum gx_cell_kind kind_of(const struct gx_list_item *item)
{
    enum gx_type type = item->expr ? gx_expr_type(item->expr) : item->field->x.type;
    bool place = item->field && item->field->type->part_count == 2 && type == GX_TYPE_NUMBER;
    if ((type == GX_TYPE_NUMBER && !place) || (type == GX_TYPE_MONEY && item->expr))
        return GX_CELL_NUMBER;
    return type == GX_TYPE_DATE ? GX_CELL_DATE : GX_CELL_TEXT;
}

static enum gx_code write_xlsx(struct file *e, const char *path, struct gx_str title)
{
    struct gx_ctx *ctx = e->req->ctx;
    const struct gx_list_item *items;
    size_t count = gx_list_items(e->list, &items);
    struct gx_xlsx_column *columns = GX_ARENA_ARRAY(ctx->arena, struct gx_xlsx_column, count + 1);
    struct gx_cell *cells = GX_ARENA_ARRAY(ctx->arena, struct gx_cell, count + 1);
    columns[0] = (struct gx_xlsx_column){ .title = GX_STR("id"), .kind = GX_CELL_TEXT };
    for (size_t i = 0; i < count; i++)
        columns[i + 1] =
            (struct gx_xlsx_column){ .title = items[i].name, .kind = kind_of(&items[i]) };
    struct gx_xlsx *xlsx;
    bool has;
    GX_TRY(gx_xlsx_open(ctx, path, title, columns, count + 1, &xlsx));
    for (;;) {
        char id[24];
        GX_TRY(gx_list_next(e->list, &has));
        if (!has)
            break;
        int n = snprintf(id, sizeof id, "%lld", (long long)gx_list_id(e->list));
        cells[0] = (struct gx_cell){ GX_CELL_TEXT, { id, (size_t)n } };
        for (size_t i = 0; i < count; i++) {
            gx_buf_clear(&e->cells[i]);
            gx_list_text(e->list, i, &e->cells[i]);
            struct gx_str text = gx_buf_str(&e->cells[i]);
            cells[i + 1] = (struct gx_cell){ text.n ? columns[i + 1].kind : GX_CELL_EMPTY, text };
        }
        GX_TRY(gx_xlsx_row(xlsx, cells, count + 1));
    }
    return gx_xlsx_close(xlsx);
}

static enum gx_code start_xlsx(struct file *e, struct gx_str title)
{
    struct gx_ctx *ctx = e->req->ctx;
    char *path = gx_arena_cstr(
        ctx->arena, gx_arena_printf(ctx->arena, "%s/export-XXXXXX", gx_api(e->req)->spool_dir));
    int fd = mkstemp(path);
    if (fd < 0)
        return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_NONE);
    close(fd);
    enum gx_code code = write_xlsx(e, path, title);
    e->file = fopen(path, "rb");
    unlink(path);
    if (code == GX_OK && !e->file)
        return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_NONE);
    e->req->stream = file_piece;
    return code;
}

/* Who took what out stands in the log. */
static void note_export(struct gx_req *req, const struct gx_object *object,
                        const struct gx_list_options *options, const char *format)
{
    struct gx_seen_note note = {
        .by = gx_scope_me(req->scope),
        .what = "export",
        .name = gx_arena_cstr(req->ctx->arena, object->x.name),
        .value = gx_arena_printf(req->ctx->arena, "%s %.*s", format, GX_STR_ARG(options->filter)),
    };
    gx_seen_add(gx_api(req)->tenant->seen, &note, req->ctx->now_us);
}

enum gx_code gx_export_start(struct gx_req *req, const struct gx_object *object,
                             const struct gx_list_options *options, struct gx_str format)
{
    static const char *const types[] = {
        "text/csv; charset=utf-8",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/x-ndjson",
    };
    static const char *const names[] = { "csv", "xlsx", "ndjson" };
    size_t f = 0;
    while (f < GX_COUNT(names) && !gx_str_is(format, names[f]))
        f++;
    if (f == GX_COUNT(names))
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("format"), GX_M_FORMAT, format);
    struct gx_list_options all = *options;
    struct file *e = GX_ARENA_NEW(req->ctx->arena, struct file);
    const struct gx_list_item *items;
    all.limit = 0;
    all.right = GX_RIGHT_EXPORT;
    e->req = req;
    e->ndjson = f == 2;
    GX_TRY(gx_list_open(req->scope, object, &all, &e->list));
    size_t count = gx_list_items(e->list, &items);
    e->cells = GX_ARENA_ARRAY(req->ctx->arena, struct gx_buf, count + 1);
    e->texts = GX_ARENA_ARRAY(req->ctx->arena, struct gx_str, count + 1);
    gx_arena_defer(req->ctx->arena, release, e);
    req->content_type = types[f];
    gx_reply_header(req, "Content-Disposition",
                    gx_arena_printf(req->ctx->arena, "attachment; filename=\"%.*s.%s\"",
                                    GX_STR_ARG(object->x.name), names[f]));
    req->stream = piece;
    req->stream_p = e;
    if (f == 1)
        GX_TRY(start_xlsx(e, gx_label_text(&object->plural, req->ctx->lang)));
    if (!req->ctx->late)
        note_export(req, object, options, names[f]);
    return GX_OK;
}
