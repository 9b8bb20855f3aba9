/*
 * segment_freeze.c - a list is made: who they are at one moment, divided, written down once.
 *
 * Who they are is read in one statement, so the list is of one moment.  Writing goes in pieces, so
 * that nobody else waits long for the writer; nothing of it counts until the last one, which says
 * that the list is frozen.  A program that was killed begins the list again at its next start: what
 * was written of it is taken out first, so each member is there exactly once whatever happened.
 */
#include "base/log.h"
#include "base/time.h"
#include "report/cells.h"
#include "report/segment_int.h"

enum { PIECE_MEMBERS = 5000, IDS_FIRST = 4096 };

struct making {
    struct gx_ctx *ctx;
    struct gx_tenant *tenant;
    struct gx_segment_row row;
    struct gx_scope *scope;
    struct gx_segment_what what;
    int64_t *ids;
    size_t count, from, to;
    const struct gx_str *cells;
    struct gx_cells plan;
    int64_t matched, read_at, began_us, before;
};

/* Everybody, in the order of their ids; nobody is given anything, so nobody is watched. */
static enum gx_code read_members(struct making *m, const atomic_bool *end)
{
    const struct gx_list_options options = {
        .filter = m->what.text,
        .fields = GX_STR("id"),
        .among = m->what.among,
        .among_count = m->what.among_count,
    };
    struct gx_list *list;
    size_t cap = 0;
    bool has = true;
    enum gx_code code;
    m->read_at = gx_clock_us();
    GX_TRY(gx_list_open(m->scope, m->what.object, &options, &list));
    while ((code = gx_list_next(list, &has)) == GX_OK && has && !atomic_load(end)) {
        if (m->count == GX_SEGMENT_MEMBERS_MAX) {
            code =
                gx_fail(m->ctx, GX_E_LIMIT, GX_STR(""), GX_M_SEGMENT_TOO_MANY, GX_STR("5000000"));
            break;
        }
        if (m->count == cap) {
            int64_t *more = GX_ARENA_ARRAY(m->ctx->arena, int64_t, cap ? 2 * cap : IDS_FIRST);
            if (cap)
                memcpy(more, m->ids, cap * sizeof *more);
            m->ids = more;
            cap = cap ? 2 * cap : IDS_FIRST;
        }
        m->ids[m->count++] = gx_list_id(list);
    }
    gx_list_uncount(list);
    gx_list_close(list);
    return code == GX_OK && atomic_load(end) ? GX_E_CANCELLED : code;
}

/* How many the rule alone found; what is left out is the difference. */
static enum gx_code read_matched(struct making *m)
{
    const struct gx_list_options options = { .filter = m->what.rule };
    return gx_list_count(m->scope, m->what.object, &options, 0, &m->matched);
}

static enum gx_code find(struct making *m, const atomic_bool *end)
{
    struct gx_segment_record segment;
    struct gx_conn *conn;
    bool there;
    GX_TRY(gx_db_reader(m->ctx, m->tenant->db, &conn));
    enum gx_code code = gx_segment_row(m->ctx, conn, m->row.id, &m->row, &there);
    if (code == GX_OK)
        code = gx_scope_user(m->ctx, m->tenant, conn, m->row.created_by, &m->scope);
    if (code == GX_OK)
        code = gx_segment_record(m->scope, m->row.segment, GX_RIGHT_READ, &segment);
    if (code == GX_OK)
        code = gx_segment_rule_now(m->scope, &segment, &m->what);
    if (code == GX_OK)
        code = gx_cells_read(m->ctx, m->row.cells, &m->plan);
    if (code == GX_OK)
        code = gx_segment_newest(m->ctx, conn, m->row.segment, &m->before);
    if (code == GX_OK)
        code = read_members(m, end);
    if (code == GX_OK)
        code = read_matched(m);
    gx_db_reader_release(conn);
    return code;
}

static enum gx_code write_piece(void *p, struct gx_conn *conn)
{
    static const struct gx_str columns[] = { GX_STR_INIT("list"), GX_STR_INIT("record"),
                                             GX_STR_INIT("cell") };
    struct making *m = p;
    size_t n = m->to - m->from;
    struct gx_value id = gx_value_int(m->row.id);
    if (m->from == 0)
        GX_TRY(gx_db_exec(m->ctx, conn, GX_SQL("DELETE FROM gx_segment_member WHERE list = ?1"),
                          &id, 1, NULL));
    struct gx_value *values = GX_ARENA_ARRAY(m->ctx->arena, struct gx_value, 3 * n + 1);
    for (size_t i = 0; i < n; i++) {
        values[3 * i] = id;
        values[3 * i + 1] = gx_value_int(m->ids[m->from + i]);
        values[3 * i + 2] = gx_value_text(m->cells[m->from + i]);
    }
    return n ? gx_db_load(m->ctx, conn, GX_STR("gx_segment_member"), columns, 3, values, n) : GX_OK;
}

/* {"control": 12, "A": 34} */
static struct gx_str counts_text(struct making *m)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    struct gx_str names[GX_CELLS_MAX + 3] = { GX_STR("control"), GX_STR("rest"), GX_STR("") };
    for (size_t c = 0; c < m->plan.n; c++)
        names[c + 3] = m->plan.v[c].name;
    gx_jw_object(&w);
    for (size_t c = 0; c < m->plan.n + 3; c++) {
        int64_t n = 0;
        for (size_t i = 0; i < m->count; i++)
            n += gx_str_eq(m->cells[i], names[c]);
        if (!n && c < 3)
            continue;
        gx_jw_key(&w, names[c]);
        gx_jw_int(&w, n);
    }
    gx_jw_object_end(&w);
    struct gx_str text = gx_arena_str(m->ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return text;
}

/* Who came and who left since the list before, which is then needed no more if the schedule made
 * it. */
static enum gx_code write_flow(struct making *m, struct gx_conn *conn, int64_t *ret_in,
                               int64_t *ret_out)
{
    struct gx_value values[] = { gx_value_int(m->row.id), gx_value_int(m->before) };
    GX_TRY(
        gx_db_exec(m->ctx, conn,
                   GX_SQL("INSERT INTO gx_segment_event (list, record, entered) SELECT ?1, "
                          "n.record, 1 FROM gx_segment_member n WHERE n.list = ?1 AND NOT EXISTS "
                          "(SELECT 1 FROM gx_segment_member o WHERE o.list = ?2 AND o.record = "
                          "n.record)"),
                   values, 2, ret_in));
    GX_TRY(
        gx_db_exec(m->ctx, conn,
                   GX_SQL("INSERT INTO gx_segment_event (list, record, entered) SELECT ?1, "
                          "o.record, 0 FROM gx_segment_member o WHERE o.list = ?2 AND NOT EXISTS "
                          "(SELECT 1 FROM gx_segment_member n WHERE n.list = ?1 AND n.record = "
                          "o.record)"),
                   values, 2, ret_out));
    return gx_db_exec(
        m->ctx, conn,
        GX_SQL("DELETE FROM gx_segment_member WHERE list = ?2 AND EXISTS (SELECT 1 "
               "FROM gx_segment_list l WHERE l.id = ?2 AND l.auto = 1 AND l.tasks = 0 "
               "AND ?1 > ?2)"),
        values, 2, NULL);
}

static enum gx_code write_end(void *p, struct gx_conn *conn)
{
    struct making *m = p;
    int64_t in = 0, out = 0;
    struct gx_value id = gx_value_int(m->row.id);
    GX_TRY(gx_db_exec(m->ctx, conn, GX_SQL("DELETE FROM gx_segment_event WHERE list = ?1"), &id, 1,
                      NULL));
    if (m->before)
        GX_TRY(write_flow(m, conn, &in, &out));
    struct gx_value values[] = {
        id,
        gx_value_text(m->what.rule),
        gx_value_text(m->what.text),
        gx_value_text(m->what.exclude),
        gx_value_int(m->read_at),
        gx_value_int(m->matched),
        gx_value_int((int64_t)m->count),
        gx_value_text(counts_text(m)),
        m->before ? gx_value_int(in) : GX_NULL_VALUE,
        m->before ? gx_value_int(out) : GX_NULL_VALUE,
        gx_value_int(gx_clock_us()),
        gx_value_int(gx_monotonic_us() - m->began_us),
    };
    return gx_db_exec(
        m->ctx, conn,
        GX_SQL("UPDATE gx_segment_list SET state = 'frozen', source = 'records', rule = ?2, text = "
               "?3, exclude = ?4, fresh_at = ?5, matched = ?6, total = ?7, counts = ?8, entered = "
               "?9, gone = ?10, frozen_at = ?11, took_us = ?12, problem = NULL WHERE id = ?1"),
        values, GX_COUNT(values), NULL);
}

enum gx_code gx_segment_make(struct gx_ctx *ctx, struct gx_tenant *tenant, int64_t id,
                             const atomic_bool *end)
{
    struct making m = {
        .ctx = ctx, .tenant = tenant, .row = { .id = id }, .began_us = gx_monotonic_us()
    };
    GX_TRY(find(&m, end));
    m.cells = gx_cells_divide(ctx->arena, &m.plan, m.row.seed, m.row.control, m.ids, m.count);
    do {
        m.to = m.count - m.from < PIECE_MEMBERS ? m.count : m.from + PIECE_MEMBERS;
        GX_TRY(gx_db_write(ctx, tenant->db, write_piece, &m));
        m.from = m.to;
    } while (m.from < m.count && !atomic_load(end));
    return m.from < m.count ? GX_E_CANCELLED : gx_db_write(ctx, tenant->db, write_end, &m);
}
