/*
 * feed RECORDS SECONDS - how quickly the warehouse takes records over, and how far it is behind.
 *
 * Fills it from RECORDS accounts, applies as many changes at once, then lets one thread write for
 * SECONDS at 2,000 changes a second while four ask, and tells the lag that was seen.
 */
#include <ftw.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/scope.h"
#include "main/hidden.h"
#include "report/launch.h"
#include "report/warehouse.h"
#include "store/record.h"

enum { A_SECOND = 2000, TOGETHER = 100, ASKERS = 4, LAGS_MAX = 100000 };

struct run {
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct gx_tenant *tenant;
    struct gx_warehouse *w;
    int64_t first, count; /* of the records written last */
    int64_t from, made;
    bool change;
    atomic_bool stop;
    atomic_long asked;
};

#define MUST(call)                                                                                 \
    do {                                                                                           \
        if ((call) != GX_OK) {                                                                     \
            printf("%s:%d: %s\n%s\n", __FILE__, __LINE__, #call, gx_ctx_text(&r->ctx).p);          \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* Straight into the tables: what is measured is the feed, not the engine of records. */
static enum gx_code write_work(void *p, struct gx_conn *conn)
{
    struct run *r = p;
    struct gx_ctx *ctx = &r->ctx;
    for (int64_t i = 0; i < r->count; i++) {
        int64_t id = r->from + i, now = gx_clock_us();
        struct gx_str name = gx_arena_printf(&r->arena, "Account %lld", (long long)id);
        struct gx_value row[] = { gx_value_int(id), gx_value_int(now), gx_value_text(name) };
        struct gx_value entry[] = { gx_value_int(++r->tenant->change_seq), gx_value_int(now),
                                    gx_value_int(id), gx_value_int(r->change ? 2 : 1) };
        if (r->change)
            GX_TRY(gx_db_exec(ctx, conn,
                              GX_SQL("UPDATE account SET version = version + 1, updated_at = ?2, "
                                     "name = ?3 WHERE id = ?1"),
                              row, 3, NULL));
        else
            GX_TRY(gx_db_exec(ctx, conn,
                              GX_SQL("INSERT INTO account (id, version, created_at, updated_at, "
                                     "name) VALUES (?1, 1, ?2, ?2, ?3)"),
                              row, 3, NULL));
        GX_TRY(gx_db_exec(ctx, conn,
                          GX_SQL("INSERT INTO gx_change (seq, at, by_user, object, record, kind, "
                                 "version) VALUES (?1, ?2, 0, 'account', ?3, ?4, 1)"),
                          entry, 4, NULL));
    }
    return GX_OK;
}

static void write_many(struct run *r, int64_t from, int64_t count, bool change)
{
    enum { PIECE = 20000 };
    for (int64_t at = 0; at < count; at += PIECE) {
        r->from = from + at;
        r->count = count - at < PIECE ? count - at : PIECE;
        r->change = change;
        MUST(gx_db_write(&r->ctx, r->tenant->db, write_work, r));
        gx_arena_reset(&r->arena);
    }
}

static void *ask_on(void *p)
{
    struct run *r = p;
    struct gx_arena arena = { 0 };
    while (!atomic_load(&r->stop)) {
        struct gx_ctx ctx = { .arena = &arena, .lang = GX_LANG_EN };
        const struct gx_ask ask = { .sql = GX_STR("SELECT count(*), max(length(name)), "
                                                  "max(updated_at) FROM account WHERE name LIKE "
                                                  "'%77%'"),
                                    .user = (int64_t)(uintptr_t)&arena };
        if (gx_warehouse_ask(&ctx, r->w, &ask, NULL, NULL) == GX_OK)
            atomic_fetch_add(&r->asked, 1);
        gx_arena_reset(&arena);
        usleep(100000);
    }
    gx_arena_free(&arena);
    return NULL;
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The age of what is not in it yet, looked at every 20 ms. */
static void steady(struct run *r, int64_t records, int seconds)
{
    static int64_t lags[LAGS_MAX];
    pthread_t askers[ASKERS];
    size_t n = 0;
    int64_t begun_us = gx_monotonic_us(), written = 0, seen_seq = 0, seen_us = 0;
    for (int i = 0; i < ASKERS; i++)
        pthread_create(&askers[i], NULL, ask_on, r);
    while (gx_monotonic_us() - begun_us < seconds * INT64_C(1000000) && n < LAGS_MAX) {
        struct gx_warehouse_status s;
        int64_t due = (gx_monotonic_us() - begun_us) * A_SECOND / 1000000;
        if (due - written >= TOGETHER) {
            write_many(r, 1 + written % (records - TOGETHER), TOGETHER, true);
            written += TOGETHER;
        }
        gx_warehouse_status(&r->ctx, r->w, &s);
        if (s.position >= seen_seq) { /* what was newest then has come */
            if (seen_seq)
                lags[n++] = gx_monotonic_us() - seen_us;
            seen_seq = r->tenant->change_seq;
            seen_us = gx_monotonic_us();
        }
        gx_arena_reset(&r->arena);
        usleep(5000);
    }
    atomic_store(&r->stop, true);
    for (int i = 0; i < ASKERS; i++)
        pthread_join(askers[i], NULL);
    qsort(lags, n, sizeof *lags, by_size);
    printf("steady: %lld changes/s for %d s, %ld questions; lag p50 %lld ms, p95 %lld ms, most "
           "%lld ms\n",
           (long long)(written / seconds), seconds, atomic_load(&r->asked),
           n ? (long long)lags[n / 2] / 1000 : -1, n ? (long long)lags[n * 95 / 100] / 1000 : -1,
           n ? (long long)lags[n - 1] / 1000 : -1);
}

static void say(const char *what, int64_t rows, int64_t begun_us)
{
    double seconds = (double)(gx_monotonic_us() - begun_us) / 1e6;
    printf("%s: %lld in %.2f s, %.0f/s\n", what, (long long)rows, seconds, (double)rows / seconds);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

int main(int argc, char **argv)
{
    char dir[] = "/tmp/guanxi-feed-XXXXXX";
    int64_t records = argc > 1 ? atoll(argv[1]) : 200000, rows, begun_us;
    struct run run = { .ctx = { .now_us = gx_clock_us(), .lang = GX_LANG_EN } }, *r = &run;
    int code;
    if (gx_hidden_run(argc, argv, &code))
        return code;
    run.ctx.arena = &run.arena;
    if (sodium_init() < 0 || !mkdtemp(dir))
        return 1;
    struct gx_arena lasting = { 0 };
    const struct gx_tenant_options options = { .dir = dir, .name = GX_STR("feed"), .create = true };
    MUST(gx_tenant_open(&run.ctx, &options, &run.tenant));
    MUST(gx_warehouse_open(&run.ctx, run.tenant, gx_launcher_new(&lasting, dir), NULL, &run.w));
    write_many(r, 1, records, false);
    MUST(gx_warehouse_settle(&run.ctx, run.w, 600000));
    begun_us = gx_monotonic_us();
    MUST(gx_warehouse_rebuild(&run.ctx, run.w, &rows));
    say("rebuild, rows", rows, begun_us);
    gx_warehouse_stop(run.w);
    write_many(r, 1, records, true);
    begun_us = gx_monotonic_us();
    MUST(gx_warehouse_settle(&run.ctx, run.w, 600000));
    say("changes applied (with the start)", records, begun_us);
    steady(r, records, argc > 2 ? atoi(argv[2]) : 20);
    gx_warehouse_close(run.w);
    gx_tenant_close(run.tenant);
    gx_arena_free(&lasting);
    gx_arena_free(&run.arena);
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
