/* transfer.c - the course of a transfer; see transfer.h. */
#include "store/transfer.h"

#include <semaphore.h>
#include <stdio.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/log.h"
#include "meta/directory.h"
#include "store/transfer_int.h"

enum { LEFT_ENTRIES = 200, CLOSER_TRIES_MAX = 50 };

/* --- the empty store */

struct preparing {
    struct transfer *t;
    bool indexes, empty;
};

static enum gx_code prepare(void *p, struct gx_conn *conn)
{
    struct preparing *w = p;
    struct transfer *t = w->t;
    int64_t packs;
    GX_TRY(gx_tenant_prepare(t->ctx, conn, t->meta, w->indexes));
    GX_TRY(gx_db_int(t->ctx, conn, GX_SQL("SELECT count(*) FROM gx_pack"), NULL, 0, 0, &packs));
    w->empty = packs == 0;
    return GX_OK;
}

static enum gx_code open_target(struct transfer *t, const char *to)
{
    struct preparing w = { .t = t };
    GX_TRY(gx_tenant_open_store(t->ctx, t->tenant, to, &t->to));
    GX_TRY(gx_db_write(t->ctx, t->to, prepare, &w));
    if (w.empty)
        return GX_OK;
    return gx_fail(t->ctx, GX_E_INVALID, GX_STR("to"), GX_M_TRANSFER_THERE,
                   gx_directory_shown(t->ctx->arena, gx_str_c(to)));
}

/* --- the snapshot */

static enum gx_code compare(struct transfer *t, struct gx_conn *conn, struct transfer_table *table)
{
    struct transfer_table there = *table;
    GX_TRY(transfer_hash(t, conn, &there));
    if (there.rows == table->rows && memcmp(there.hash, table->hash, sizeof there.hash) == 0)
        return GX_OK;
    return gx_fail(t->ctx, GX_E_CONFLICT, table->name, GX_M_TRANSFER_DIFFERS, table->name,
                   gx_arena_printf(t->ctx->arena, "%lld", (long long)table->rows),
                   gx_arena_printf(t->ctx->arena, "%lld", (long long)there.rows));
}

static enum gx_code copy_tables(struct transfer *t, struct gx_conn *from)
{
    GX_TRY(gx_db_int(t->ctx, from, GX_SQL("SELECT max(seq) FROM gx_change"), NULL, 0, 0,
                     &t->followed));
    GX_TRY(transfer_list(t, from));
    for (struct transfer_table *k = t->tables; k; k = k->next) {
        struct gx_conn *conn;
        GX_TRY(transfer_hash(t, from, k));
        GX_TRY(transfer_rows(t, from, k, GX_STR(""), GX_NULL_VALUE, NULL));
        GX_TRY(gx_db_reader(t->ctx, t->to, &conn));
        enum gx_code code = compare(t, conn, k);
        gx_db_reader_release(conn);
        GX_TRY(code);
        t->report.rows += k->rows;
    }
    return GX_OK;
}

static enum gx_code copy(struct transfer *t)
{
    struct preparing w = { .t = t, .indexes = true };
    struct gx_conn *from;
    int64_t start_us = gx_monotonic_us();
    GX_TRY(gx_db_reader(t->ctx, t->from, &from));
    enum gx_code code = gx_conn_begin_read(t->ctx, from);
    if (code == GX_OK)
        code = copy_tables(t, from);
    gx_db_reader_release(from);
    GX_TRY(code);
    GX_TRY(gx_db_write(t->ctx, t->to, prepare, &w));
    t->report.copy_ms = (gx_monotonic_us() - start_us) / 1000;
    return GX_OK;
}

/* What has happened since, until little is left: the pause must be short. */
static enum gx_code come_closer(struct transfer *t)
{
    int64_t count = LEFT_ENTRIES;
    for (int tries = 0; count >= LEFT_ENTRIES && tries < CLOSER_TRIES_MAX; tries++) {
        struct gx_conn *from;
        GX_TRY(gx_db_reader(t->ctx, t->from, &from));
        enum gx_code code = transfer_follow(t, from, &count);
        if (code == GX_OK)
            code = transfer_small(t, from);
        gx_db_reader_release(from);
        GX_TRY(code);
    }
    return GX_OK;
}

static enum gx_code count_rows(struct transfer *t, struct gx_conn *conn,
                               const struct transfer_table *table, int64_t *ret_rows)
{
    struct gx_sqlb *b = gx_sqlb_new(t->ctx->arena, gx_conn_dialect(conn));
    gx_sqlb_add(b, GX_SQL("SELECT count(*) FROM "));
    gx_sqlb_name(b, table->name);
    return gx_db_int(t->ctx, conn, gx_sqlb_sql(b), NULL, 0, 0, ret_rows);
}

static enum gx_code same_counts(struct transfer *t, struct gx_conn *a, struct gx_conn *b)
{
    for (const struct transfer_table *k = t->tables; k; k = k->next) {
        int64_t here, there;
        GX_TRY(count_rows(t, a, k, &here));
        GX_TRY(count_rows(t, b, k, &there));
        if (here != there)
            return gx_fail(t->ctx, GX_E_CONFLICT, k->name, GX_M_TRANSFER_DIFFERS, k->name,
                           gx_arena_printf(t->ctx->arena, "%lld", (long long)here),
                           gx_arena_printf(t->ctx->arena, "%lld", (long long)there));
    }
    return GX_OK;
}

/* Everything that was there a moment ago has come: counting takes too long for the pause. */
static enum gx_code check_counts(struct transfer *t)
{
    struct gx_conn *from, *to = NULL;
    int64_t count;
    GX_TRY(gx_db_reader(t->ctx, t->from, &from));
    enum gx_code code = gx_conn_begin_read(t->ctx, from);
    if (code == GX_OK)
        code = transfer_follow(t, from, &count);
    if (code == GX_OK)
        code = transfer_small(t, from);
    if (code == GX_OK)
        code = gx_db_reader(t->ctx, t->to, &to);
    if (code == GX_OK)
        code = same_counts(t, from, to);
    if (to)
        gx_db_reader_release(to);
    gx_db_reader_release(from);
    return code;
}

/* --- the pause */

struct pause {
    struct transfer *t;
    const char *to;  /* as the directory has it; NULL: a file of the folder */
    const char *was; /* the same of where it comes from */
    int64_t start_us;
    struct gx_conn *snapshots[2]; /* of both stores, at the moment of the move */
    enum gx_code code;
    sem_t over;
};

static enum gx_code snapshot(struct transfer *t, struct gx_db *db, struct gx_conn **ret_conn)
{
    int64_t one;
    if (!*ret_conn)
        GX_TRY(gx_db_reader(t->ctx, db, ret_conn));
    gx_conn_end_read(*ret_conn);
    GX_TRY(gx_conn_begin_read(t->ctx, *ret_conn));
    return gx_db_int(t->ctx, *ret_conn, GX_SQL("SELECT count(*) FROM gx_setting"), NULL, 0, 0,
                     &one);
}

/*
 * On the writer of the old store, alone in its transaction: nobody else writes.  Until it ends
 * without an error the tenant is where it was; the directory comes last.
 */
static enum gx_code hand_over(void *p, struct gx_conn *conn)
{
    struct pause *w = p;
    struct transfer *t = w->t;
    int64_t count;
    w->start_us = gx_monotonic_us();
    gx_ctx_clear(t->ctx);
    GX_TRY(transfer_follow(t, conn, &count));
    GX_TRY(transfer_small(t, conn));
    GX_TRY(snapshot(t, t->from, &w->snapshots[0]));
    GX_TRY(snapshot(t, t->to, &w->snapshots[1]));
    GX_TRY(gx_setting_set(t->ctx, conn, GX_STR(GX_SETTING_MOVED),
                          gx_db_dialect(t->to) == GX_POSTGRES ? GX_STR("postgresql")
                                                              : GX_STR("file")));
    return gx_directory_set(t->ctx, t->tenant->home, t->tenant->name, w->to);
}

static void handed_over(void *p, enum gx_code code)
{
    struct pause *w = p;
    struct transfer *t = w->t;
    w->code = code;
    if (code == GX_OK)
        gx_db_forward(t->from, t->to);
    else if (gx_directory_set(t->ctx, t->tenant->home, t->tenant->name, w->was) != GX_OK)
        gx_log_say(GX_LOG_ERROR, "transfer_directory", gx_ctx_text(t->ctx));
    t->report.pause_us = gx_monotonic_us() - w->start_us;
    sem_post(&w->over);
}

/* Both as they were at the moment of the move, value for value. */
static enum gx_code prove(struct transfer *t, struct pause *w)
{
    t->report.proved = true;
    for (struct transfer_table *k = t->tables; k && t->report.proved; k = k->next) {
        GX_TRY(transfer_hash(t, w->snapshots[0], k));
        if (compare(t, w->snapshots[1], k) == GX_OK)
            continue;
        t->report.proved = false;
        t->report.different = k->name;
        gx_log_say(GX_LOG_ERROR, "transfer_differs", gx_ctx_text(t->ctx));
        gx_ctx_clear(t->ctx);
    }
    return GX_OK;
}

static enum gx_code move(struct transfer *t, const char *to, const char *was)
{
    struct pause w = { .t = t, .to = to, .was = was };
    GX_TRY(copy(t));
    GX_TRY(come_closer(t));
    GX_TRY(check_counts(t));
    GX_TRY(come_closer(t));
    sem_init(&w.over, 0, 0);
    gx_db_submit_alone(t->from, hand_over, handed_over, &w);
    while (sem_wait(&w.over) != 0)
        continue; /* a signal came */
    sem_destroy(&w.over);
    enum gx_code code = w.code;
    if (code == GX_OK)
        code = prove(t, &w);
    else if (!t->ctx->error_count)
        (void)!gx_fail(t->ctx, code, GX_STR(""), GX_M_DB_BUSY);
    for (size_t i = 0; i < GX_COUNT(w.snapshots); i++)
        if (w.snapshots[i])
            gx_db_reader_release(w.snapshots[i]);
    return code;
}

/* --- asked for */

static void begin(struct transfer *t, struct gx_scope *scope)
{
    *t = (struct transfer){
        .scope = scope,
        .ctx = gx_scope_ctx(scope),
        .tenant = gx_scope_tenant(scope),
        .from = gx_db_of(gx_scope_tenant(scope)->db),
    };
    t->meta = gx_tenant_meta(t->tenant);
    gx_assert(gx_scope_is_admin(scope));
}

enum gx_code gx_transfer_copy(struct gx_scope *scope, const char *path)
{
    struct transfer t;
    begin(&t, scope);
    enum gx_code code = open_target(&t, path);
    if (code == GX_OK)
        code = copy(&t);
    if (t.to)
        gx_db_close(t.to);
    gx_meta_unref(t.meta);
    return code;
}

/* The file's place; one that the tenant has left before makes room. */
static enum gx_code make_room(struct transfer *t, const char *path)
{
    struct gx_str old =
        gx_arena_printf(t->ctx->arena, "%s.left-%lld", path, (long long)t->ctx->now_us);
    if (access(path, F_OK) != 0 || rename(path, old.p) == 0)
        return GX_OK;
    return gx_fail(t->ctx, GX_E_INVALID, GX_STR("to"), GX_M_TRANSFER_THERE, gx_str_c(path));
}

enum gx_code gx_transfer_move(struct gx_scope *scope, const char *to,
                              struct gx_transfer_report *ret_report)
{
    struct transfer t;
    struct gx_directory_entry entry = { 0 };
    int64_t start_us = gx_monotonic_us();
    begin(&t, scope);
    bool file = gx_str_is(gx_str_c(to), "file");
    const char *path =
        gx_arena_printf(t.ctx->arena, "%s/%.*s.db", t.tenant->dir, GX_STR_ARG(t.tenant->name)).p;
    enum gx_code code = gx_directory_find(t.ctx, t.tenant->home, t.tenant->name, &entry);
    const char *was = entry.url.n ? gx_arena_cstr(t.ctx->arena, entry.url) : NULL;
    if (code == GX_OK && (file ? !was : was && strcmp(was, to) == 0))
        code = gx_fail(t.ctx, GX_E_INVALID, GX_STR("to"), GX_M_TRANSFER_SAME);
    if (code == GX_OK && file)
        code = make_room(&t, path);
    if (code == GX_OK)
        code = open_target(&t, file ? path : to);
    if (code == GX_OK)
        code = move(&t, file ? NULL : to, was);
    if (t.to && code != GX_OK && gx_db_of(t.tenant->db) != t.to) {
        gx_db_close(t.to);
        if (file)
            unlink(path);
    }
    gx_meta_unref(t.meta);
    t.report.all_ms = (gx_monotonic_us() - start_us) / 1000;
    *ret_report = t.report;
    return code;
}
