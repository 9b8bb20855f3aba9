/*
 * sql_fill.c - records into the files that questions are run on.
 *
 * The same list that people read goes into the file: the scope's filter, hidden fields left out,
 * masked ones masked.  A file is good for one person at one place of the log; what is written
 * meanwhile makes another one.  Records that are only copied are not counted as read: those that
 * come out of the question are.
 */
#include <stdio.h>

#include "api/sql_tables.h"
#include "base/decimal.h"
#include "base/time.h"
#include "store/audit.h"

struct filling {
    struct gx_req *req;
    const struct sql_table *table;
    const struct gx_guard_table *shape;
    bool *with;
    size_t *items; /* by column: the list's item */
    struct gx_list *list;
    struct gx_fill *fill;
};

/* What is noted of people who look at things changes nothing that could be asked of. */
static enum gx_code position(struct gx_req *req, int64_t *ret)
{
    return gx_db_int(req->ctx, gx_scope_conn(req->scope),
                     GX_SQL("SELECT seq FROM gx_change WHERE kind <= 5 OR (kind = 6 AND object "
                            "NOT IN ('sql', 'export', 'private')) ORDER BY seq DESC LIMIT 1"),
                     NULL, 0, 0, ret);
}

/* Computed columns cost a question for each record: only those that are named, or all by a *. */
static void choose(struct filling *f, const struct gx_guard *guard)
{
    f->with = GX_ARENA_ARRAY(f->req->ctx->arena, bool, f->shape->column_count);
    for (size_t i = 0; i < f->shape->column_count; i++) {
        const struct gx_guard_column *c = &f->shape->columns[i];
        f->with[i] = !c->computed || guard->star || gx_map_get(&guard->names, c->name);
    }
}

/* Names of the fields, each once, in the order of the columns. */
static struct gx_str field_names(struct filling *f)
{
    struct gx_buf out = { 0 };
    const struct gx_field *last = NULL;
    size_t item = 0;
    f->items = GX_ARENA_ARRAY(f->req->ctx->arena, size_t, f->shape->column_count);
    for (size_t i = 0; i < f->shape->column_count; i++) {
        const struct gx_field *field = f->table->columns[i].field;
        if (!field || !f->with[i])
            continue;
        if (field != last) {
            gx_buf_addz(&out, last ? "," : "");
            gx_buf_add(&out, field->x.name);
            item += last != NULL;
            last = field;
        }
        f->items[i] = item;
    }
    if (!last)
        gx_buf_addz(&out, "id");
    struct gx_str names = gx_arena_str(f->req->ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return names;
}

static void put_int(struct gx_fill *fill, int64_t value)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%lld", (long long)value);
    gx_fill_cell(fill, 'i', (struct gx_str){ text, (size_t)n });
}

static void put_date(struct gx_fill *fill, int64_t days, int64_t rest_us, bool moment)
{
    struct gx_ymd d = gx_date_to_ymd(days);
    char text[64];
    int n = snprintf(text, sizeof text, "%04d-%02d-%02d", d.year, d.month, d.day);
    int64_t s = rest_us / GX_SECOND_US;
    if (moment)
        n += snprintf(text + n, sizeof text - (size_t)n, " %02d:%02d:%02d.%06d", (int)(s / 3600),
                      (int)(s / 60 % 60), (int)(s % 60), (int)(rest_us % GX_SECOND_US));
    gx_fill_cell(fill, 's', (struct gx_str){ text, (size_t)n });
}

static void put_moment(struct filling *f, int64_t us)
{
    int64_t local = us + f->req->ctx->tz_offset_min * GX_MINUTE_US;
    int64_t days = local / GX_DAY_US - (local % GX_DAY_US < 0);
    put_date(f->fill, days, local - days * GX_DAY_US, true);
}

static void put_choices(struct gx_fill *fill, struct gx_str stored)
{
    struct gx_buf out = { 0 };
    for (size_t i = 1; i + 1 < stored.n; i++)
        gx_buf_addc(&out, stored.p[i] == '|' ? ',' : stored.p[i]);
    gx_fill_cell(fill, 's', gx_buf_str(&out));
    gx_buf_free(&out);
}

static void put(struct filling *f, const struct sql_column *c, struct gx_value v)
{
    char digits[32];
    if (v.kind == GX_VALUE_NULL ||
        (v.kind == GX_VALUE_TEXT) !=
            (c->kind == SQL_TEXT || c->kind == SQL_CHOICES || c->kind == SQL_TITLE)) {
        gx_fill_cell(f->fill, 'n', GX_STR(""));
        return;
    }
    switch (c->kind) {
    case SQL_ID:
    case SQL_WHOLE:
        put_int(f->fill, v.i);
        break;
    case SQL_SCALED:
        gx_fill_cell(f->fill, 's',
                     (struct gx_str){ digits, gx_decimal_write(digits, v.i, c->scale) });
        break;
    case SQL_YES_NO:
        gx_fill_cell(f->fill, v.i ? 't' : 'f', GX_STR(""));
        break;
    case SQL_DATE:
        put_date(f->fill, v.i, 0, false);
        break;
    case SQL_MOMENT:
        put_moment(f, v.i);
        break;
    case SQL_SECONDS:
        put_int(f->fill, v.i / GX_SECOND_US);
        break;
    case SQL_CHOICES:
        put_choices(f->fill, v.s);
        break;
    case SQL_TEXT:
    case SQL_TITLE:
        gx_fill_cell(f->fill, 's', v.s);
        break;
    }
}

static enum gx_code copy_rows(struct filling *f)
{
    struct gx_ctx *ctx = f->req->ctx;
    int64_t rows = 0;
    bool has;
    for (;;) {
        GX_TRY(gx_list_next(f->list, &has));
        if (!has)
            return GX_OK;
        if (++rows > GX_SQL_FILL_ROWS_MAX)
            return gx_fail(ctx, GX_E_LIMIT, GX_STR("sql"), GX_M_SQL_ROWS, f->shape->name,
                           gx_arena_printf(ctx->arena, "%d", GX_SQL_FILL_ROWS_MAX));
        for (size_t i = 0; i < f->shape->column_count; i++) {
            const struct sql_column *c = &f->table->columns[i];
            if (!f->with[i])
                continue;
            if (!c->field)
                put_int(f->fill, gx_list_id(f->list));
            else
                put(f, c, gx_list_part(f->list, f->items[i], c->part));
        }
        GX_TRY(gx_fill_row(f->fill));
    }
}

static enum gx_code fill_file(struct filling *f, bool file)
{
    const struct gx_list_options options = {
        .fields = field_names(f),
        .sort = GX_STR("id"),
        .right = file ? GX_RIGHT_EXPORT : GX_RIGHT_READ,
    };
    enum gx_code code = gx_list_open(f->req->scope, f->table->object, &options, &f->list);
    if (code == GX_OK) {
        code = copy_rows(f);
        gx_list_uncount(f->list);
        gx_list_close(f->list);
    }
    enum gx_code closed = gx_fill_close(f->fill, code == GX_OK);
    return code != GX_OK ? code : closed;
}

/* Everything that decides what is in it but the records themselves. */
static struct gx_str key_of(struct filling *f, bool file)
{
    struct gx_ctx *ctx = f->req->ctx;
    struct gx_buf out = { 0 };
    gx_buf_printf(&out, "%.*s|%lld|%.*s|%.*s|%d|%lld|%.*s|",
                  GX_STR_ARG(gx_api(f->req)->tenant->name), (long long)gx_scope_me(f->req->scope),
                  GX_STR_ARG(f->shape->name), GX_STR_ARG(gx_scope_meta(f->req->scope)->version),
                  file, (long long)gx_date_of_moment(ctx->now_us, ctx->tz_offset_min),
                  GX_STR_ARG(gx_scope_reads(f->req->scope)));
    for (size_t i = 0; i < f->shape->column_count; i++) {
        gx_buf_addc(&out, f->with[i] ? '1' : '0');
        gx_buf_addc(
            &out, (char)('a' + (f->table->columns[i].field ? (int)f->table->columns[i].field->access
                                                           : 0)));
    }
    struct gx_str key = gx_arena_str(ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return key;
}

static enum gx_code one_table(struct filling *f, int64_t at, bool file, struct gx_str *ret_path)
{
    if (file && gx_scope_level(f->req->scope, f->table->object, GX_RIGHT_EXPORT) == GX_LEVEL_NONE)
        return gx_fail(f->req->ctx, GX_E_FORBIDDEN, GX_STR("sql"), GX_M_SQL_NO_EXPORT,
                       f->shape->name);
    GX_TRY(gx_fill_open(gx_api(f->req)->engine, f->req->ctx, key_of(f, file), at, f->shape, f->with,
                        &f->fill, ret_path));
    return f->fill ? fill_file(f, file) : GX_OK;
}

enum gx_code gx_sql_fill(struct gx_req *req, const struct sql_tables *tables,
                         const struct gx_guard *guard, bool file, struct gx_run_table **ret_files,
                         size_t *ret_count)
{
    struct gx_conn *conn = gx_scope_conn(req->scope);
    int64_t at;
    *ret_files = GX_ARENA_ARRAY(req->ctx->arena, struct gx_run_table, tables->schema.count + 1);
    *ret_count = 0;
    GX_TRY(gx_conn_begin_read(req->ctx, conn)); /* one moment for all tables */
    enum gx_code code = position(req, &at);
    for (size_t i = 0; i < tables->schema.count && code == GX_OK; i++) {
        if (!guard->used[i])
            continue;
        struct filling f = { .req = req,
                             .table = &tables->tables[i],
                             .shape = &tables->schema.tables[i] };
        choose(&f, guard);
        struct gx_run_table *to = &(*ret_files)[(*ret_count)++];
        to->name = f.shape->name;
        code = one_table(&f, at, file, &to->path);
    }
    gx_conn_end_read(conn);
    return code;
}

/* --- the log */

struct writing {
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct gx_tenant *tenant;
    struct gx_audit_note note;
};

static enum gx_code write_note(void *p, struct gx_conn *conn)
{
    struct writing *w = p;
    gx_ctx_clear(&w->ctx);
    return gx_audit_add(&w->ctx, w->tenant, conn, &w->note);
}

static void written(void *p, enum gx_code code)
{
    struct writing *w = p;
    struct gx_arena arena = w->arena;
    (void)code; /* nobody waits for it */
    gx_arena_free(&arena);
}

static void pair_open(struct gx_jw *w, const char *name)
{
    gx_jw_key(w, gx_str_c(name));
    gx_jw_array(w);
    gx_jw_null(w);
}

void gx_sql_note(struct gx_tenant *tenant, const struct sql_note *note, int64_t now_us)
{
    struct gx_arena arena = { 0 };
    struct writing *to = GX_ARENA_NEW(&arena, struct writing);
    struct gx_buf data = { 0 };
    struct gx_jw w = gx_jw(&data);
    gx_jw_object(&w);
    pair_open(&w, note->file ? "file" : "sql");
    gx_jw_str(&w, note->text);
    gx_jw_array_end(&w);
    pair_open(&w, "rows");
    gx_jw_int(&w, note->rows);
    gx_jw_array_end(&w);
    pair_open(&w, "ms");
    gx_jw_int(&w, note->ms);
    gx_jw_array_end(&w);
    pair_open(&w, "end");
    gx_jw_str(&w, gx_str_c(note->end));
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    to->tenant = tenant;
    to->note = (struct gx_audit_note){ .by = note->by, .about = note->by, .what = "sql" };
    to->note.data = gx_arena_str(&arena, gx_buf_str(&data));
    gx_buf_free(&data);
    to->arena = arena;
    to->ctx = (struct gx_ctx){ .arena = &to->arena, .now_us = now_us };
    gx_db_submit(tenant->db, write_note, written, to);
}
