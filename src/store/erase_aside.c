/*
 * erase_aside.c - what the program keeps beside the records: imports and what they read, batches,
 * replies kept for repeats, questions about totals, the files of all of these.
 */
#include "store/erase_int.h"
#include "store/file.h"
#include "store/import_int.h"

/* The person's words, or the number of a record that is reached. */
static bool reaches(const struct erase_plan *plan, struct gx_str text)
{
    enum { ID_DIGITS_MIN = 10, ID_DIGITS_MAX = 19 };
    if (erase_words_in(plan, text))
        return true;
    for (size_t i = 0, n; i < text.n; i += n + 1) {
        for (n = 0; i + n < text.n && text.p[i + n] >= '0' && text.p[i + n] <= '9';)
            n++;
        if (n < ID_DIGITS_MIN || n > ID_DIGITS_MAX)
            continue;
        const struct erase_member *m = gx_map_get(&plan->by_id, (struct gx_str){ text.p + i, n });
        if (m && m->fate != ERASE_SCRUB)
            return true;
    }
    return false;
}

/* A row of a table, by its key of two columns. */
struct row {
    struct row *next;
    struct gx_value key[2];
    struct gx_str a, b, c;
};

/* Rows whose texts (the third column on) the plan reaches. */
static enum gx_code reached(struct erase_plan *plan, struct gx_sql sql, struct row **ret_rows)
{
    struct gx_arena *arena = plan->ctx->arena;
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    *ret_rows = NULL;
    GX_TRY(gx_db_query(plan->ctx, plan->conn, sql, NULL, 0, &rows));
    int columns = gx_rows_columns(rows);
    while ((code = gx_rows_next(plan->ctx, rows, &has)) == GX_OK && has) {
        bool in = false;
        for (int i = 2; i < columns; i++)
            in |= reaches(plan, gx_rows_text(rows, i));
        if (!in)
            continue;
        struct row *row = GX_ARENA_NEW(arena, struct row);
        struct gx_str *texts[] = { &row->a, &row->b, &row->c };
        for (int i = 0; i < 2; i++) {
            row->key[i] = gx_rows_value(rows, i);
            if (row->key[i].kind == GX_VALUE_TEXT)
                row->key[i].s = gx_arena_str(arena, row->key[i].s);
        }
        for (int i = 2; i < columns && i < 5; i++)
            *texts[i - 2] = gx_arena_str(arena, gx_rows_text(rows, i));
        row->next = *ret_rows;
        *ret_rows = row;
    }
    gx_rows_close(rows);
    return code;
}

/* Run `remove` with the key of each row that `find` gives and the plan reaches. */
static enum gx_code take_out(struct erase_plan *plan, struct gx_sql find, struct gx_sql remove)
{
    struct row *rows;
    GX_TRY(reached(plan, find, &rows));
    for (; rows; rows = rows->next)
        GX_TRY(gx_db_exec(plan->ctx, plan->conn, remove, rows->key, 2, NULL));
    return GX_OK;
}

/* --- imports */

static void add_file(struct gx_buf *files, struct gx_str path)
{
    if (!path.n)
        return;
    gx_buf_add(files, path);
    gx_buf_addc(files, '\n');
}

/* The plan keeps some rows of the file as a sample, and texts that linked to nothing. */
static enum gx_code empty_import(struct erase_plan *plan, int64_t id, struct gx_buf *files)
{
    struct gx_import_row_state s;
    struct gx_import_plan is;
    struct gx_scope *scope = plan->scope;
    GX_TRY(gx_import_read(scope, id, &s));
    bool busy = gx_str_is(s.state, "running") || gx_str_is(s.state, "checking") ||
                gx_str_is(s.state, "undoing");
    if (busy && !plan->again)
        return gx_fail(plan->ctx, GX_E_BUSY, GX_STR(""), GX_M_ERASE_IMPORT);
    GX_TRY(gx_plan_parse(plan->ctx, s.plan_text, &is));
    is.sample = is.links = is.asked = NULL;
    bool over = busy || gx_str_is(s.state, "done") || gx_str_is(s.state, "undone") ||
                gx_str_is(s.state, "failed") || gx_str_is(s.state, "cancelled");
    struct gx_value values[] = {
        gx_value_int(id),
        gx_value_text(erase_words_out(plan, gx_plan_text(plan->ctx, &is))),
        gx_value_text(over ? GX_STR("") : s.path),
        s.problem.n ? gx_value_text(erase_words_out(plan, s.problem)) : GX_NULL_VALUE,
        gx_value_text(erase_words_out(plan, s.file_name)),
        gx_value_text(busy ? GX_STR("cancelled") : s.state), /* it would bring the person back */
    };
    if (over)
        add_file(files, s.path);
    return gx_db_exec(plan->ctx, plan->conn,
                      GX_SQL("UPDATE gx_import SET plan = ?2, path = ?3, problem = ?4, "
                             "file_name = ?5, state = ?6 WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

static void add_id(struct erase_plan *plan, struct gx_map *map, struct gx_ids *ids, int64_t id)
{
    struct gx_str key = gx_arena_printf(plan->ctx->arena, "%lld", (long long)id);
    if (id == 0 || gx_map_get(map, key) || ids->n == GX_ERASE_RECORDS_MAX)
        return;
    gx_map_set(map, plan->ctx->arena, key, map);
    ids->v[ids->n++] = id;
}

/* Imports that wrote one of the person's records, or name the person. */
static enum gx_code imports(struct erase_plan *plan, struct gx_buf *files)
{
    struct gx_ids ids = { GX_ARENA_ARRAY(plan->ctx->arena, int64_t, GX_ERASE_RECORDS_MAX), 0 };
    struct gx_map map = { 0 };
    struct row *rows;
    GX_TRY(reached(plan, GX_SQL("SELECT id, id, plan, problem, file_name FROM gx_import"), &rows));
    for (; rows; rows = rows->next)
        add_id(plan, &map, &ids, rows->key[0].i);
    for (const struct erase_member *m = plan->first; m; m = m->next) {
        struct gx_value key = gx_value_int(m->id);
        int64_t import_id;
        if (m->fate == ERASE_SCRUB)
            continue;
        GX_TRY(gx_db_int(plan->ctx, plan->conn,
                         GX_SQL("SELECT i.id FROM gx_change c JOIN gx_import i ON "
                                "i.id = abs(c.import_id) WHERE c.record = ?1 LIMIT 1"),
                         &key, 1, 0, &import_id));
        add_id(plan, &map, &ids, import_id);
    }
    GX_TRY(take_out(plan, GX_SQL("SELECT import_id, row, title, detail, cells FROM gx_import_row"),
                    GX_SQL("DELETE FROM gx_import_row WHERE import_id = ?1 AND row = ?2")));
    for (size_t i = 0; i < ids.n; i++)
        GX_TRY(empty_import(plan, ids.v[i], files));
    return GX_OK;
}

/* --- batches: cells that were pasted, texts that were set, rows that were refused */

static struct gx_str without_rows(struct erase_plan *plan, struct gx_str text)
{
    struct gx_json *root;
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    if (gx_json_read(plan->ctx, text, &root) != GX_OK || root->kind != GX_JSON_OBJECT) {
        gx_ctx_clear(plan->ctx);
        return GX_STR("{}");
    }
    gx_jw_object(&w);
    for (const struct gx_json *k = root->first; k; k = k->next) {
        if (gx_str_is(k->key, "rows") || gx_str_is(k->key, "values"))
            continue;
        gx_jw_key(&w, k->key);
        gx_json_write(&w, k);
    }
    gx_jw_object_end(&w);
    struct gx_str left = gx_arena_str(plan->ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return erase_words_out(plan, left);
}

enum gx_code erase_aside_record(struct gx_ctx *ctx, struct gx_conn *conn, int64_t id)
{
    struct gx_value key = gx_value_int(id);
    GX_TRY(
        gx_db_exec(ctx, conn, GX_SQL("DELETE FROM gx_batch_row WHERE record = ?1"), &key, 1, NULL));
    GX_TRY(gx_db_exec(ctx, conn, GX_SQL("DELETE FROM gx_segment_member WHERE record = ?1"), &key, 1,
                      NULL));
    GX_TRY(gx_db_exec(ctx, conn, GX_SQL("DELETE FROM gx_segment_event WHERE record = ?1"), &key, 1,
                      NULL));
    return gx_db_exec(ctx, conn, GX_SQL("DELETE FROM gx_batch_before WHERE record = ?1"), &key, 1,
                      NULL);
}

static enum gx_code batches(struct erase_plan *plan)
{
    struct row *rows;
    GX_TRY(take_out(plan, GX_SQL("SELECT batch_id, record, title, detail FROM gx_batch_row"),
                    GX_SQL("DELETE FROM gx_batch_row WHERE batch_id = ?1 AND record = ?2")));
    for (const struct erase_member *m = plan->first; m; m = m->next)
        if (m->fate != ERASE_SCRUB)
            GX_TRY(erase_aside_record(plan->ctx, plan->conn, m->id));
    GX_TRY(take_out(plan, GX_SQL("SELECT batch_id, seq, data FROM gx_batch_before"),
                    GX_SQL("DELETE FROM gx_batch_before WHERE batch_id = ?1 AND seq = ?2")));
    GX_TRY(reached(plan,
                   GX_SQL("SELECT id, id, plan, problem FROM gx_batch "
                          "WHERE state IN ('running', 'undoing')"),
                   &rows));
    if (rows && !plan->again)
        return gx_fail(plan->ctx, GX_E_BUSY, GX_STR(""), GX_M_ERASE_IMPORT);
    GX_TRY(reached(plan,
                   GX_SQL("SELECT id, id, plan, problem FROM gx_batch "
                          "WHERE state NOT IN ('running', 'undoing')"),
                   &rows));
    for (; rows; rows = rows->next) {
        struct gx_value values[] = { rows->key[0], gx_value_text(without_rows(plan, rows->a)),
                                     rows->b.n ? gx_value_text(erase_words_out(plan, rows->b))
                                               : GX_NULL_VALUE };
        GX_TRY(gx_db_exec(plan->ctx, plan->conn,
                          GX_SQL("UPDATE gx_batch SET plan = ?2, problem = ?3 WHERE id = ?1"),
                          values, GX_COUNT(values), NULL));
    }
    return GX_OK;
}

/* --- contents of files that no other record names */

static enum gx_code contents(struct erase_plan *plan, struct gx_buf *files)
{
    for (const struct erase_member *m = plan->first; m; m = m->next) {
        const struct gx_field *hash = gx_object_any_field(m->object, GX_STR("hash"));
        if (!gx_str_is(m->object->x.name, "file") || m->fate != ERASE_GOES || !hash ||
            !m->record.v || m->record.v[hash->slot].kind != GX_VALUE_TEXT)
            continue;
        struct gx_str path = gx_file_path(plan->scope, m->record.v[hash->slot].s);
        struct gx_sqlb *b = gx_sqlb_new(plan->ctx->arena, gx_conn_dialect(plan->conn));
        int64_t others;
        gx_sqlb_add(b, GX_SQL("SELECT count(*) FROM "));
        gx_sqlb_name(b, m->object->x.table);
        gx_sqlb_add(b, GX_SQL(" WHERE "));
        gx_sqlb_name(b, hash->x.column);
        gx_sqlb_add(b, GX_SQL(" = "));
        gx_sqlb_bind(b, m->record.v[hash->slot]);
        GX_TRY(gx_db_int(plan->ctx, plan->conn, gx_sqlb_sql(b), b->values, b->value_count, 0,
                         &others)); /* the person's own are gone by now */
        if (!others)
            add_file(files, path);
    }
    return GX_OK;
}

enum gx_code erase_aside(struct erase_plan *plan, struct gx_buf *files)
{
    GX_TRY(imports(plan, files));
    GX_TRY(batches(plan));
    GX_TRY(contents(plan, files));
    GX_TRY(take_out(plan, GX_SQL("SELECT user_id, key, reply FROM gx_idempotency"),
                    GX_SQL("DELETE FROM gx_idempotency WHERE user_id = ?1 AND key = ?2")));
    GX_TRY(take_out(plan, GX_SQL("SELECT seq, user_id, filter FROM gx_total_asked"),
                    GX_SQL("DELETE FROM gx_total_asked WHERE seq = ?1 AND user_id = ?2")));
    return take_out(plan,
                    GX_SQL("SELECT id, record, reason FROM gx_share WHERE reason IS NOT NULL"),
                    GX_SQL("UPDATE gx_share SET reason = NULL WHERE id = ?1 AND record = ?2"));
}
