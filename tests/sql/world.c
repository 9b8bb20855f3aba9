/* world.c - see world.h. */
#include "world.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"
#include "report/pipe.h"
#include "sheet/sheet.h"

enum { TABLES_MAX = 32, COLUMNS_MAX = 40 };

/* --- the shop */

struct made {
    const char *name;
    const char *const (*columns)[2];
    size_t column_count;
    int rows;
    void (*row)(struct gx_fill *fill, int i);
};

static void number(struct gx_fill *fill, int64_t n)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%lld", (long long)n);
    gx_fill_cell(fill, 'i', (struct gx_str){ text, (size_t)len });
}

/* `before`, the number with at least so many digits, `behind`. */
static void about(struct gx_fill *fill, const char *before, int n, int digits, const char *behind)
{
    char text[80];
    int len = snprintf(text, sizeof text, "%s%0*d%s", before, digits, n, behind);
    gx_fill_cell(fill, 's', (struct gx_str){ text, (size_t)len });
}

static void words(struct gx_fill *fill, const char *const *list, size_t count, int i)
{
    gx_fill_cell(fill, 's', gx_str_c(list[(size_t)i % count]));
}

static void day(struct gx_fill *fill, int year, int days)
{
    struct gx_arena arena = { 0 };
    int64_t at = gx_date_from_ymd((struct gx_ymd){ year, 1, 1 }) + days;
    gx_fill_cell(fill, 's', gx_date_format(&arena, at));
    gx_arena_free(&arena);
}

static const char *const cities[] = { "台北", "新竹", "台中", "台南", "高雄" };
static const char *const industries[] = { "retail", "food", "insurance", "software" };
static const char *const stages[] = { "prospect", "offer", "won", "lost" };

static const char *const account_columns[][2] = {
    { "id", "BIGINT" },        { "name", "VARCHAR" },         { "city", "VARCHAR" },
    { "industry", "VARCHAR" }, { "employees", "BIGINT" },     { "annual_revenue", "DECIMAL(18,4)" },
    { "active", "BOOLEAN" },   { "created_at", "TIMESTAMP" }, { "parent", "BIGINT" },
    { "tax_id", "VARCHAR" },
};

static void account_row(struct gx_fill *f, int i)
{
    number(f, i);
    about(f, "Company ", i, 3, "");
    words(f, cities, GX_COUNT(cities), i);
    words(f, industries, GX_COUNT(industries), i);
    number(f, i * 7 % 500);
    about(f, "", i * 1000, 1, ".5000");
    gx_fill_cell(f, i % 3 ? 't' : 'f', GX_STR(""));
    about(f, "2026-01-01 ", i % 24, 2, ":30:00");
    if (i % 10)
        gx_fill_cell(f, 'n', GX_STR(""));
    else
        number(f, 1);
    about(f, "\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2", i % 1000, 3, "");
}

static const char *const contact_columns[][2] = {
    { "id", "BIGINT" },     { "name", "VARCHAR" }, { "account", "BIGINT" },
    { "email", "VARCHAR" }, { "born", "DATE" },
};

static void contact_row(struct gx_fill *f, int i)
{
    static const char *const names[] = { "王小明", "陳美玲", "Ann Lee", "林志豪", "O'Brien" };
    number(f, 1000 + i);
    words(f, names, GX_COUNT(names), i);
    number(f, 1 + i % 100);
    if (i % 7)
        about(f, "p", i, 1, "@example.com");
    else
        gx_fill_cell(f, 'n', GX_STR(""));
    day(f, 1970, i * 11);
}

static const char *const product_columns[][2] = {
    { "id", "BIGINT" },
    { "name", "VARCHAR" },
    { "line", "VARCHAR" },
    { "price", "DECIMAL(18,4)" },
};

static void product_row(struct gx_fill *f, int i)
{
    static const char *const lines[] = { "basic", "plus", "pro" };
    number(f, i);
    about(f, "Product ", i, 1, "");
    words(f, lines, GX_COUNT(lines), i);
    about(f, "", i * 10, 1, ".9900");
}

static const char *const opportunity_columns[][2] = {
    { "id", "BIGINT" },       { "name", "VARCHAR" },        { "account", "BIGINT" },
    { "stage", "VARCHAR" },   { "value", "DECIMAL(18,4)" }, { "probability", "BIGINT" },
    { "close_date", "DATE" },
};

static void opportunity_row(struct gx_fill *f, int i)
{
    number(f, 5000 + i);
    about(f, "Deal ", i, 1, "");
    number(f, 1 + i % 100);
    words(f, stages, GX_COUNT(stages), i);
    about(f, "", i * 100, 1, ".2500");
    if (i % 5)
        number(f, i % 101);
    else
        gx_fill_cell(f, 'n', GX_STR(""));
    day(f, 2025, i);
}

static const char *const line_columns[][2] = {
    { "id", "BIGINT" },       { "opportunity", "BIGINT" },   { "product", "BIGINT" },
    { "quantity", "BIGINT" }, { "amount", "DECIMAL(18,4)" },
};

static void line_row(struct gx_fill *f, int i)
{
    number(f, 9000 + i);
    number(f, 5001 + i % 600);
    number(f, 1 + i % 20);
    number(f, 1 + i % 5);
    about(f, "", 10 + i % 90, 1, ".0000");
}

static const struct made shop[] = {
    { "account", account_columns, GX_COUNT(account_columns), 100, account_row },
    { "contact", contact_columns, GX_COUNT(contact_columns), 300, contact_row },
    { "product", product_columns, GX_COUNT(product_columns), 20, product_row },
    { "opportunity", opportunity_columns, GX_COUNT(opportunity_columns), 600, opportunity_row },
    { "line", line_columns, GX_COUNT(line_columns), 2000, line_row },
};

static bool add_table(struct world *w, const struct gx_guard_table *table, size_t at,
                      struct gx_ctx *ctx, struct gx_fill **ret_fill)
{
    struct gx_guard_table *tables = (struct gx_guard_table *)(uintptr_t)w->schema.tables;
    struct gx_str path;
    tables[at] = *table;
    w->schema.count = at + 1;
    if (gx_fill_open(w->engine, ctx, table->name, 1, table, NULL, ret_fill, &path) != GX_OK)
        return false;
    w->files[at] = (struct gx_run_table){ table->name, path };
    return true;
}

static void begin(struct world *w, struct gx_arena *arena, struct gx_engine *engine)
{
    *w = (struct world){ .arena = arena, .engine = engine };
    w->schema.tables = GX_ARENA_ARRAY(arena, struct gx_guard_table, TABLES_MAX);
    w->files = GX_ARENA_ARRAY(arena, struct gx_run_table, TABLES_MAX);
}

bool world_shop(struct gx_arena *arena, struct gx_engine *engine, struct world *ret)
{
    struct gx_ctx ctx = { .arena = arena };
    begin(ret, arena, engine);
    for (size_t i = 0; i < GX_COUNT(shop); i++) {
        struct gx_guard_column *columns =
            GX_ARENA_ARRAY(arena, struct gx_guard_column, shop[i].column_count);
        struct gx_guard_table table = { gx_str_c(shop[i].name), columns, shop[i].column_count,
                                        false };
        struct gx_fill *fill;
        for (size_t k = 0; k < table.column_count; k++)
            columns[k] = (struct gx_guard_column){ gx_str_c(shop[i].columns[k][0]),
                                                   gx_str_c(shop[i].columns[k][1]), false };
        if (!add_table(ret, &table, i, &ctx, &fill) || !fill)
            return false;
        bool ok = true;
        for (int row = 1; row <= shop[i].rows && ok; row++) {
            shop[i].row(fill, row);
            ok = gx_fill_row(fill) == GX_OK;
        }
        if (gx_fill_close(fill, ok) != GX_OK)
            return false;
    }
    return true;
}

/* --- CSV files: what is a number, a date in all rows is one */

struct kinds {
    bool whole, decimal, date, any;
};

static bool is_decimal(struct gx_str s)
{
    size_t digits = 0, points = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        digits += c >= '0' && c <= '9';
        points += c == '.';
        if (!(c >= '0' && c <= '9') && c != '.' && !(c == '-' && i == 0))
            return false;
    }
    return digits > 0 && digits < 15 && points <= 1;
}

static void learn(struct kinds *k, struct gx_str s)
{
    int64_t n, days;
    if (s.n == 0 || gx_str_is(s, "null") || gx_str_is(s, "NULL"))
        return;
    struct gx_str date = { s.p, s.n < 10 ? s.n : 10 };
    k->whole = (!k->any || k->whole) && gx_str_int64(s, &n) && (s.n == 1 || s.p[0] != '0');
    k->decimal = (!k->any || k->decimal) && is_decimal(s);
    k->date = (!k->any || k->date) && gx_date_parse(date, &days);
    k->any = true;
}

static const char *type_of(const struct kinds *k)
{
    return k->whole ? "BIGINT" : k->decimal ? "DECIMAL(18,6)" : k->date ? "DATE" : "VARCHAR";
}

static bool read_file(struct gx_ctx *ctx, const char *path, struct kinds *kinds,
                      struct gx_fill *fill, struct gx_str **ret_names, size_t *ret_count)
{
    struct gx_sheet_options options = { .header_row = -1 };
    struct gx_sheet *sheet;
    struct gx_sheet_row row;
    bool has;
    options.header_row = 1;
    if (gx_sheet_open(ctx, path, &options, &sheet) != GX_OK)
        return false;
    const struct gx_sheet_info *info = gx_sheet_info(sheet);
    *ret_count = info->column_count < COLUMNS_MAX ? info->column_count : COLUMNS_MAX;
    *ret_names = GX_ARENA_ARRAY(ctx->arena, struct gx_str, *ret_count);
    for (size_t i = 0; i < *ret_count; i++)
        (*ret_names)[i] = gx_arena_str(ctx->arena, info->columns[i]);
    while (gx_sheet_next(sheet, &row, &has) == GX_OK && has) {
        for (size_t i = 0; i < *ret_count; i++) {
            struct gx_str s = i < row.cell_count ? gx_str_trim(row.cells[i].text) : GX_STR("");
            bool none = s.n == 0 || gx_str_is(s, "null") || gx_str_is(s, "NULL");
            if (!fill)
                learn(&kinds[i], s);
            else
                gx_fill_cell(fill, none ? 'n' : 's', s);
        }
        if (fill && gx_fill_row(fill) != GX_OK)
            return false;
    }
    return true;
}

static bool add_file(struct world *w, struct gx_arena *arena, const char *path, struct gx_str name)
{
    struct gx_ctx ctx = { .arena = arena };
    struct kinds kinds[COLUMNS_MAX] = { { 0 } };
    struct gx_str *names;
    size_t count;
    struct gx_fill *fill;
    if (!read_file(&ctx, path, kinds, NULL, &names, &count))
        return false;
    struct gx_guard_column *columns = GX_ARENA_ARRAY(arena, struct gx_guard_column, count);
    for (size_t i = 0; i < count; i++)
        columns[i] = (struct gx_guard_column){ names[i], gx_str_c(type_of(&kinds[i])), false };
    struct gx_guard_table table = { gx_arena_str(arena, name), columns, count, false };
    if (!add_table(w, &table, w->schema.count, &ctx, &fill) || !fill)
        return false;
    bool ok = read_file(&ctx, path, kinds, fill, &names, &count);
    return gx_fill_close(fill, ok) == GX_OK;
}

bool world_folder(struct gx_arena *arena, struct gx_engine *engine, const char *folder,
                  struct world *ret)
{
    DIR *dir = opendir(folder);
    bool ok = dir != NULL;
    begin(ret, arena, engine);
    for (struct dirent *e = dir ? readdir(dir) : NULL; e && ok; e = readdir(dir)) {
        char path[4096];
        struct gx_str name = gx_str_c(e->d_name);
        if (!gx_str_ends(name, GX_STR(".csv")) || ret->schema.count == TABLES_MAX)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        ok = add_file(ret, arena, path, (struct gx_str){ name.p, name.n - 4 });
    }
    if (dir)
        closedir(dir);
    return ok;
}

/* --- asking */

static void take_rows(struct answer *a, struct gx_buf *text, struct gx_str rest, size_t columns)
{
    struct gx_str cell;
    size_t at = 0;
    char tag;
    while (gx_pipe_take(&rest, &tag, &cell)) {
        if (at == 0 && text->n)
            gx_buf_addz(text, " / ");
        if (at > 0)
            gx_buf_addc(text, '|');
        if (tag == 'n')
            gx_buf_addz(text, "null");
        else if (tag == 't' || tag == 'f')
            gx_buf_addz(text, tag == 't' ? "true" : "false");
        else
            gx_buf_add(text, cell);
        at = at + 1 == columns ? 0 : at + 1;
        a->rows += at == 0;
    }
}

static void run(const struct world *w, struct gx_ctx *ctx, const struct gx_guard *guard,
                struct gx_str text, int64_t seconds, struct answer *a)
{
    struct gx_run_table tables[TABLES_MAX];
    struct gx_run_options options = { .user = 1,
                                      .sql = guard->sql,
                                      .text = text,
                                      .tables = tables,
                                      .schema = &w->schema,
                                      .seconds = seconds,
                                      .rows = 100000 };
    struct gx_run *run;
    struct gx_buf buf = { 0 }, out = { 0 };
    size_t columns = 0;
    for (size_t i = 0; i < w->schema.count; i++)
        if (guard->used[i])
            tables[options.table_count++] = w->files[i];
    a->code = gx_run_start(w->engine, ctx, &options, &run);
    for (bool more = a->code == GX_OK; more;) {
        struct gx_str rest, cell;
        char tag;
        gx_run_wait(run);
        switch (gx_run_take(run, &buf)) {
        case GX_RUN_COLUMNS:
            rest = gx_buf_str(&buf);
            while (gx_pipe_take(&rest, &tag, &cell))
                columns++;
            columns /= 2;
            break;
        case GX_RUN_ROWS:
            take_rows(a, &out, gx_buf_str(&buf), columns);
            break;
        case GX_RUN_END:
            more = false;
            break;
        case GX_RUN_FAILED:
            a->code = gx_run_fail(run, ctx);
            more = false;
            break;
        case GX_RUN_PROGRESS:
        case GX_RUN_NOTHING:
            break;
        }
        if (!more)
            gx_run_close(run);
    }
    a->text = gx_arena_str(ctx->arena, gx_buf_str(&out));
    gx_buf_free(&buf);
    gx_buf_free(&out);
}

static struct answer ask(const struct world *w, struct gx_arena *arena, struct gx_str text,
                         int64_t seconds, bool only_try)
{
    /* 2026-11-22 10:00 in Taipei: what "today" is. */
    struct gx_ctx ctx = { .arena = arena,
                          .lang = GX_LANG_EN,
                          .now_us = INT64_C(1795312800) * 1000000,
                          .tz_offset_min = 480 };
    struct answer a = { .refused = true, .only_tried = only_try };
    struct gx_str tree;
    struct gx_guard guard;
    struct gx_engine_column *columns;
    size_t count;
    a.code = gx_engine_parse(w->engine, &ctx, text, &tree);
    if (a.code == GX_OK)
        a.code = gx_guard_check(&ctx, tree, &w->schema, &guard);
    if (a.code == GX_OK) {
        a.sql = guard.sql;
        a.code = gx_engine_bind(w->engine, &ctx, text, &w->schema, &guard, &columns, &count);
    }
    if (a.code == GX_OK) {
        a.refused = false;
        if (!only_try)
            run(w, &ctx, &guard, text, seconds, &a);
    }
    if (a.code != GX_OK)
        a.reason = gx_arena_str(arena, gx_ctx_text(&ctx));
    return a;
}

struct answer world_ask(const struct world *w, struct gx_arena *arena, struct gx_str text,
                        int64_t seconds)
{
    return ask(w, arena, text, seconds, false);
}

struct answer world_try(const struct world *w, struct gx_arena *arena, struct gx_str text)
{
    return ask(w, arena, text, 0, true);
}
