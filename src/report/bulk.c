/*
 * bulk.c - a file into a bulk table, without the record engine; see bulk.h.
 *
 * The file is linked (or copied) into the warehouse's folder, since its process sees no other.  A
 * statement reads it and turns each row into typed columns or into a reason; all of that stands in
 * a table of schema own, beside people's questions and the feed.  The keeper then takes the good
 * rows over in one transaction, with the facts that follow from them.
 */
#include "report/bulk.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/warehouse_int.h"

enum { LOAD_MS = 3600000 };

static enum gx_code unreadable(struct gx_ctx *ctx, const char *path, const char *why)
{
    return gx_fail(ctx, GX_E_INVALID, GX_STR("path"), GX_M_BULK_FILE, gx_str_c(path),
                   gx_str_c(why));
}

static bool copy_file(const char *path, const char *to)
{
    struct stat st;
    int in = open(path, O_RDONLY | O_CLOEXEC), out = -1;
    bool ok = in >= 0 && fstat(in, &st) == 0 && S_ISREG(st.st_mode);
    if (ok)
        out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ok = ok && out >= 0;
    for (off_t left = ok ? st.st_size : 0; ok && left > 0;) {
        ssize_t n = sendfile(out, in, NULL, (size_t)left);
        ok = n > 0;
        left -= n;
    }
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return ok;
}

/* --- the statement that reads it */

static void from_cell(struct gx_buf *sql, const struct gx_bulk_column *c, size_t i)
{
    gx_buf_printf(sql, i ? ", " : "");
    struct gx_str from = c->from;
    gx_buf_addz(sql, "nullif(trim(CAST(\"");
    for (size_t k = 0; k < from.n; k++) {
        if (from.p[k] == '"')
            gx_buf_addc(sql, '"');
        gx_buf_addc(sql, from.p[k]);
    }
    gx_buf_printf(sql, "\" AS VARCHAR)), '') AS x%zu", i);
}

static void typed(struct gx_buf *sql, const struct gx_bulk_column *c, size_t i)
{
    switch (c->type) {
    case GX_BULK_TEXT:
        gx_buf_printf(sql, "x%zu", i);
        break;
    case GX_BULK_INTEGER:
        gx_buf_printf(sql, "TRY_CAST(x%zu AS BIGINT)", i);
        break;
    case GX_BULK_MONEY:
        gx_buf_printf(
            sql, "CAST(TRY_CAST(replace(x%zu, ',', '') AS DECIMAL(18, 4)) * 10000 AS BIGINT)", i);
        break;
    case GX_BULK_DATE:
        gx_buf_printf(sql, "TRY_CAST(replace(x%zu, '/', '-') AS DATE)", i);
        break;
    case GX_BULK_MOMENT:
        gx_buf_printf(sql, "TRY_CAST(x%zu AS TIMESTAMP)", i);
        break;
    case GX_BULK_LINK:
        gx_buf_printf(sql, "l%zu.id", i);
        break;
    }
    gx_buf_printf(sql, " AS v%zu", i);
}

/* Why a row is refused: the first column that is wrong. */
static void reasons(struct gx_buf *sql, const struct gx_bulk *b)
{
    gx_buf_addz(sql, ", CASE");
    for (size_t i = 0; i < b->column_count; i++) {
        const struct gx_bulk_column *c = &b->columns[i];
        if (c->required)
            gx_buf_printf(sql, " WHEN x%zu IS NULL THEN '%.*s: –'", i, GX_STR_ARG(c->name));
        if (c->type != GX_BULK_TEXT)
            gx_buf_printf(sql,
                          " WHEN x%zu IS NOT NULL AND v%zu IS NULL THEN '%.*s: ' || left(x%zu, 80)",
                          i, i, GX_STR_ARG(c->name), i);
    }
    gx_buf_addz(sql, " END AS why");
}

static void stage_sql(struct gx_buf *sql, const struct gx_bulk *b, const char *table,
                      const char *file, bool parquet)
{
    gx_buf_printf(sql, "CREATE OR REPLACE TABLE own.%s AS SELECT line", table);
    for (size_t i = 0; i < b->column_count; i++)
        gx_buf_printf(sql, ", v%zu", i);
    reasons(sql, b);
    gx_buf_addz(sql, " FROM (SELECT line");
    for (size_t i = 0; i < b->column_count; i++) {
        gx_buf_printf(sql, ", x%zu, ", i);
        typed(sql, &b->columns[i], i);
    }
    gx_buf_addz(sql, " FROM (SELECT row_number() OVER () AS line, ");
    for (size_t i = 0; i < b->column_count; i++)
        from_cell(sql, &b->columns[i], i);
    gx_buf_printf(sql,
                  parquet ? " FROM read_parquet('%s'))"
                          : " FROM read_csv('%s', header = true, all_varchar = true))",
                  file);
    for (size_t i = 0; i < b->column_count; i++)
        if (b->columns[i].type == GX_BULK_LINK)
            gx_buf_printf(sql,
                          " LEFT JOIN (SELECT CAST(\"%.*s\" AS VARCHAR) AS k, min(id) AS id FROM "
                          "\"%.*s\" WHERE deleted_at IS NULL GROUP BY 1) l%zu ON l%zu.k = x%zu",
                          GX_STR_ARG(b->columns[i].by), GX_STR_ARG(b->columns[i].to->x.table), i, i,
                          i);
    gx_buf_addc(sql, ')');
}

/* --- done */

struct reading {
    struct gx_ctx *ctx;
    struct gx_bulk_result *result;
};

static enum gx_code take_reason(void *p, const struct gx_value *v, size_t count)
{
    struct reading *r = p;
    struct gx_bulk_result *result = r->result;
    (void)count;
    if (result->reason_count < GX_BULK_REASONS_MAX)
        result->reasons[result->reason_count++] =
            (struct gx_bulk_reason){ v[0].i, gx_arena_str(r->ctx->arena, v[1].s) };
    return GX_OK;
}

static enum gx_code read_result(struct gx_ctx *ctx, struct gx_asker *asker, const char *table,
                                struct gx_bulk_result *result)
{
    struct reading reading = { ctx, result };
    struct gx_ask ask = { .sql = gx_arena_printf(ctx->arena,
                                                 "SELECT line, why FROM own.%s WHERE why IS NOT "
                                                 "NULL ORDER BY line LIMIT %d",
                                                 table, GX_BULK_REASONS_MAX),
                          .time_ms = LOAD_MS };
    const struct gx_answer answer = { .p = &reading, .row = take_reason };
    GX_TRY(gx_asker_ask(ctx, asker, &ask, &answer, NULL));
    return GX_OK;
}

static enum gx_code stage(struct gx_ctx *ctx, struct gx_warehouse *w, const struct gx_bulk *bulk,
                          const char *table, const char *file, bool parquet,
                          struct gx_bulk_result *result)
{
    struct gx_buf sql = { 0 };
    struct gx_asker *asker;
    GX_TRY(gx_asker_begin(ctx, w, 0, &asker));
    stage_sql(&sql, bulk, table, file, parquet);
    struct gx_ask ask = { .sql = gx_buf_str(&sql), .time_ms = LOAD_MS, .writes = true };
    enum gx_code code = gx_asker_ask(ctx, asker, &ask, NULL, NULL);
    if (code == GX_E_INTERNAL)
        code = unreadable(ctx, file, "columns");
    if (code == GX_OK)
        code = read_result(ctx, asker, table, result);
    gx_buf_free(&sql);
    gx_asker_end(asker);
    return code;
}

enum gx_code gx_bulk_load(struct gx_ctx *ctx, struct gx_warehouse *w, struct gx_str name,
                          const char *path, struct gx_bulk_result *ret_result)
{
    const struct gx_facts *facts;
    struct gx_conn *conn;
    struct gx_meta *meta = gx_tenant_meta(w->tenant);
    *ret_result = (struct gx_bulk_result){ 0 };
    enum gx_code code = gx_db_reader(ctx, w->tenant->db, &conn);
    if (code == GX_OK) {
        code = gx_facts_of(ctx, ctx->arena, conn, meta, &facts);
        gx_db_reader_release(conn);
    }
    const struct gx_bulk *bulk = code == GX_OK ? gx_facts_bulk(facts, name) : NULL;
    if (code == GX_OK && !bulk)
        code = gx_fail(ctx, GX_E_NOT_FOUND, GX_STR("name"), GX_M_BULK_NONE, name);
    if (code == GX_OK) {
        bool parquet = gx_str_ends(gx_str_c(path), GX_STR(".parquet"));
        const char *file = gx_arena_printf(ctx->arena, "load-%lld.%s", (long long)gx_clock_us(),
                                           parquet ? "parquet" : "csv")
                               .p;
        const char *table = gx_arena_printf(ctx->arena, "gx_load_%lld", (long long)gx_clock_us()).p;
        const char *here = gx_arena_printf(ctx->arena, "%s/%s", w->folder, file).p;
        gx_warehouse_wake(w);
        (void)mkdir(w->folder, 0700);
        code = copy_file(path, here) ? stage(ctx, w, bulk, table, file, parquet, ret_result)
                                     : unreadable(ctx, path, strerror(errno));
        if (code == GX_OK)
            code = gx_warehouse_take(ctx, w, name, gx_str_c(table), ret_result);
        unlink(here);
    }
    gx_meta_unref(meta);
    return code;
}
