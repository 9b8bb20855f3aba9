/*
 * warehouse KILLS - the warehouse's own process, fed, asked, stopped and killed, with real records.
 *
 * Whatever is done to records (made, changed, deleted, brought back, purged; fields added), and
 * whenever the process is killed, the warehouse is equal to them afterwards: rows, history, facts.
 * On SQLite, or on the database of GUANXI_TEST_PG.
 */
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/scope.h"
#include "main/hidden.h"
#include "report/launch.h"
#include "report/bulk.h"
#include "report/warehouse.h"
#include "store/record.h"

struct run {
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct gx_tenant *tenant;
    struct gx_launcher *launcher;
    struct gx_warehouse *w;
    const char *dir;
    int passed, failed;
};

static void check(struct run *r, bool good, const char *what)
{
    if (good) {
        r->passed++;
        return;
    }
    r->failed++;
    printf("FAIL %s\n%s\n", what, gx_ctx_text(&r->ctx).p);
}

#define MUST(call)                                                                                 \
    do {                                                                                           \
        if ((call) != GX_OK) {                                                                     \
            printf("%s:%d: %s\n%s\n", __FILE__, __LINE__, #call, gx_ctx_text(&r->ctx).p);          \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* --- records */

enum what { CREATE, UPDATE, DELETE, RESTORE, PURGE, PUBLISH };

struct act {
    struct run *run;
    enum what what;
    const char *object, *json;
    int64_t id;
};

static enum gx_code act_work(void *p, struct gx_conn *conn)
{
    struct act *a = p;
    struct gx_ctx *ctx = &a->run->ctx;
    static const struct gx_write_options options = { 0 };
    ctx->now_us = gx_clock_us();
    if (a->what == PUBLISH) {
        const struct gx_definition definition = { gx_str_c(a->object), gx_str_c(a->json) };
        struct gx_plan_step *steps;
        return gx_tenant_publish(ctx, a->run->tenant, conn, &definition, 1, 0, false, &steps);
    }
    struct gx_scope *scope = gx_scope_system(ctx, a->run->tenant, conn, "test");
    const struct gx_object *object = gx_meta_object(gx_scope_meta(scope), gx_str_c(a->object));
    struct gx_input *input = NULL;
    struct gx_json *json;
    if (a->json) {
        GX_TRY(gx_json_read(ctx, gx_str_c(a->json), &json));
        GX_TRY(gx_input_json(scope, object, json, GX_STR(""), &input));
    }
    switch (a->what) {
    case CREATE:
        return gx_record_create(scope, input, &options, &a->id);
    case UPDATE:
        return gx_record_update(scope, a->id, 0, input, &options, NULL, NULL);
    case DELETE:
        return gx_record_delete(scope, object, a->id, 0, &options);
    case RESTORE:
        return gx_record_restore(scope, object, a->id, &options);
    case PURGE:
        return gx_record_purge(scope, object, a->id, &options);
    case PUBLISH:
        break;
    }
    return GX_E_INTERNAL;
}

static int64_t act(struct run *r, enum what what, const char *object, int64_t id, const char *json)
{
    struct act a = { r, what, object, json, id };
    MUST(gx_db_write(&r->ctx, r->tenant->db, act_work, &a));
    return a.id;
}

#define TEXT(...) gx_arena_printf(&r->arena, __VA_ARGS__).p

/* --- questions */

static int64_t number(struct run *r, const char *sql)
{
    const struct gx_ask ask = { .sql = gx_str_c(sql), .user = 7 };
    int64_t value = -1;
    if (gx_warehouse_int(&r->ctx, r->w, &ask, -2, &value) != GX_OK)
        printf("%s\n%s\n", sql, gx_ctx_text(&r->ctx).p);
    return value;
}

static void settle(struct run *r)
{
    MUST(gx_warehouse_settle(&r->ctx, r->w, 60000));
}

static void differs(void *p, struct gx_str table, int64_t rows, int64_t record)
{
    int *n = p;
    ++*n;
    printf("%.*s differs in %lld rows, such as %lld\n", GX_STR_ARG(table), (long long)rows,
           (long long)record);
}

static bool equal(struct run *r)
{
    int n = 0;
    struct gx_warehouse_check c = { .p = &n, .differs = differs };
    MUST(gx_warehouse_verify(&r->ctx, r->w, &c));
    return n == 0 && c.tables > 20;
}

/* --- what happens to records is found in the warehouse */

struct made {
    int64_t firm, other, tag, deal;
};

static void records(struct run *r, struct made *m)
{
    m->firm = act(r, CREATE, "account", 0, "{\"name\":\"Firm '甲'\"}");
    m->other = act(r, CREATE, "account", 0, "{\"name\":\"Other\"}");
    m->tag = act(r, CREATE, "tag", 0, "{\"name\":\"gold\"}");
    int64_t tag = act(r, CREATE, "tag", 0, "{\"name\":\"silver\"}");
    m->deal = act(r, CREATE, "opportunity", 0,
                  TEXT("{\"name\":\"Deal\",\"account\":\"%lld\",\"amount\":\"1234.5\","
                       "\"tags\":[\"%lld\",\"%lld\"]}",
                       (long long)m->firm, (long long)m->tag, (long long)tag));
    settle(r);
    check(r, number(r, "SELECT count(*) FROM account WHERE name = 'Firm ''甲'''") == 1, "a row");
    check(r, number(r, "SELECT amount FROM opportunity") == 12345000, "money to the last digit");
    check(r, number(r, "SELECT len(tags) FROM opportunity") == 2, "several links");
    act(r, UPDATE, "opportunity", m->deal,
        "{\"stage\":\"engaging\",\"engage_date\":\"2026-01-02\",\"expected_close_date\":\"2026-12-"
        "31\"}");
    act(r, UPDATE, "opportunity", m->deal, "{\"stage\":\"proposal\",\"name\":\"Deal two\"}");
    settle(r);
    act(r, UPDATE, "opportunity", m->deal, "{\"stage\":\"negotiation\"}");
    settle(r);
    check(r,
          number(r, "SELECT count(*) FROM history WHERE field = 'stage' AND record IN (SELECT id "
                    "FROM opportunity)") == 4,
          "each stage has a row");
    check(r,
          number(r, "SELECT count(*) FROM history WHERE field = 'stage' AND valid_to IS NULL AND "
                    "value = 'negotiation'") == 1,
          "the last is open");
    act(r, PURGE, "tag", tag, NULL);
    act(r, DELETE, "account", m->other, NULL);
    settle(r);
    check(r, number(r, "SELECT len(tags) FROM opportunity") == 1, "a purged link leaves the list");
    check(r, number(r, "SELECT count(*) FROM account WHERE deleted_at IS NOT NULL") == 1,
          "deleted");
    act(r, RESTORE, "account", m->other, NULL);
    settle(r);
    check(r, number(r, "SELECT count(*) FROM account WHERE deleted_at IS NULL") == 2, "restored");
    check(r, equal(r), "equal after all that");
}

static void facts(struct run *r, const struct made *m)
{
    static const char *const closed = "{\"stage\":\"won\",\"close_value\":\"%d\","
                                      "\"close_date\":\"2026-0%d-05\"}";
    act(r, UPDATE, "opportunity", m->deal, TEXT(closed, 1000, 3));
    int64_t more = act(r, CREATE, "opportunity", 0,
                       TEXT("{\"name\":\"More\",\"account\":\"%lld\"}", (long long)m->firm));
    act(r, UPDATE, "opportunity", more, TEXT(closed, 500, 5));
    settle(r);
    check(r, number(r, "SELECT revenue FROM fact_sales") == 15000000, "revenue");
    check(r, number(r, "SELECT frequency FROM fact_sales") == 2, "frequency");
    check(r, number(r, "SELECT count(*) FROM fact_sales_by") == 2, "by month");
    check(r, number(r, "SELECT count(*) FROM fact_sales WHERE first_purchase = '2026-03-05'") == 1,
          "first purchase");
    act(r, UPDATE, "opportunity", more, TEXT("{\"account\":\"%lld\"}", (long long)m->other));
    settle(r);
    check(r, number(r, "SELECT count(*) FROM fact_sales WHERE frequency = 1") == 2,
          "both accounts' facts follow a deal that moves");
    act(r, DELETE, "opportunity", more, NULL);
    settle(r);
    check(r, number(r, "SELECT count(*) FROM fact_sales") == 1, "none without deals");
    check(r, equal(r), "facts as a recomputation makes them");
}

static void definitions(struct run *r)
{
    act(r, PUBLISH, "custom/extend/account.json", 0,
        "{\"extend\":\"account\",\"fields\":[{\"name\":\"shoe_size\",\"type\":\"integer\","
        "\"label\":{\"en\":\"Shoe size\",\"zh-Hant\":\"鞋號\"}}]}");
    int64_t id = act(r, CREATE, "account", 0, "{\"name\":\"Feet\",\"shoe_size\":43}");
    settle(r);
    check(r, number(r, "SELECT shoe_size FROM account WHERE name = 'Feet'") == 43, "a new field");
    act(r, PUBLISH, "custom/extend/account.json", 0,
        "{\"extend\":\"account\",\"fields\":[{\"name\":\"size\",\"id\":\"shoe_size\","
        "\"type\":\"integer\",\"label\":{\"en\":\"Size\",\"zh-Hant\":\"鞋號\"}}]}");
    act(r, UPDATE, "account", id, "{\"size\":44}");
    settle(r);
    check(r, number(r, "SELECT shoe_size FROM account WHERE name = 'Feet'") == 44,
          "a renamed field is the same column");
    check(r,
          number(r, "SELECT count(*) FROM gx_column WHERE col = 'shoe_size' AND field = 'size'") ==
              1,
          "and the catalogue has its name");
    check(r, equal(r), "equal with other definitions");
}

/* --- files */

static void file(struct run *r, const char *name, const char *text, struct gx_bulk_result *ret)
{
    const char *path = TEXT("%s/%s", r->dir, name);
    FILE *f = fopen(path, "we");
    if (!f || fputs(text, f) < 0 || fclose(f) != 0)
        exit(1);
    MUST(gx_bulk_load(&r->ctx, r->w, GX_STR("order_line"), path, ret));
}

static void bulk(struct run *r)
{
    struct gx_bulk_result *result = GX_ARENA_NEW(&r->arena, struct gx_bulk_result);
    act(r, PUBLISH, "custom/facts/order_line.json", 0,
        "{\"bulk\":\"order_line\",\"columns\":[{\"name\":\"line_no\",\"type\":\"integer\","
        "\"from\":\"Line No\",\"required\":true},{\"name\":\"account\",\"type\":\"link\",\"to\":"
        "\"account\",\"by\":\"name\",\"required\":true},{\"name\":\"day\",\"type\":\"date\"},"
        "{\"name\":\"amount\",\"type\":\"money\"}],\"key\":[\"line_no\"]}");
    act(r, PUBLISH, "custom/facts/bought.json", 0,
        "{\"facts\":\"bought\",\"rows\":\"order_line\",\"path\":[\"account\"],\"columns\":["
        "{\"name\":\"spent\",\"kind\":\"sum\",\"of\":\"amount\"}],\"by\":{\"date\":\"day\"}}");
    settle(r);
    file(
        r, "a.csv",
        "Line No,account,day,amount\n1,Other,2026-01-02,\"1,000.50\"\n2,Other,2026/02/03,5\n"
        "x,Other,2026-01-02,1\n4,Nobody,2026-01-02,1\n5,Other,2026-13-02,1\n2,Other,2026-02-03,7\n",
        result);
    check(r, result->rows == 3 && result->refused == 3, "good rows are loaded, others refused");
    check(r, result->reason_count == 3 && gx_str_is(result->reasons[0].why, "line_no: x"),
          "with a reason");
    check(r, result->reasons[1].row == 4 && gx_str_is(result->reasons[1].why, "account: Nobody"),
          "and their row");
    check(r, number(r, "SELECT count(*) FROM bulk_order_line") == 2, "once for each key");
    check(r, number(r, "SELECT spent FROM fact_bought") == 10075000,
          "facts of them: the newer row");
    file(r, "b.csv", "Line No,account,day,amount\n2,Other,2026-02-03,8\n", result);
    check(r, number(r, "SELECT spent FROM fact_bought") == 10085000, "loaded again: replaced");
    check(r, number(r, "SELECT count(*) FROM fact_bought_by") == 2, "by month");
    struct gx_ctx own = r->ctx;
    own.errors = own.last_error = NULL;
    check(r, gx_bulk_load(&own, r->w, GX_STR("nothing"), "/dev/null", result) == GX_E_NOT_FOUND,
          "bulk data that nobody declares");
    check(r, equal(r), "equal with bulk data");
}

/* --- limits */

struct stopper {
    struct run *run;
    _Atomic bool cancel;
};

static void *cancel_soon(void *p)
{
    struct stopper *s = p;
    usleep(200000);
    atomic_store(&s->cancel, true);
    return NULL;
}

static const char heavy[] = "SELECT count(*) FROM range(100000000) a, range(100000) b WHERE "
                            "hash(a.range, b.range) = 3";

static enum gx_code ask_for(struct run *r, const struct gx_ask *ask, int64_t *ret_rows)
{
    struct gx_ctx own = r->ctx;
    own.errors = own.last_error = NULL;
    return gx_warehouse_ask(&own, r->w, ask, NULL, ret_rows);
}

static void limits(struct run *r)
{
    struct stopper s = { .run = r };
    pthread_t thread;
    int64_t rows, begun_us = gx_monotonic_us();
    struct gx_ask ask = { .sql = gx_str_c(heavy), .time_ms = 300 };
    check(r, ask_for(r, &ask, &rows) == GX_E_LIMIT, "beyond its time");
    check(r, gx_monotonic_us() - begun_us < 2500000, "and soon told");
    ask = (struct gx_ask){ .sql = gx_str_c(heavy), .cancel = &s.cancel };
    pthread_create(&thread, NULL, cancel_soon, &s);
    check(r, ask_for(r, &ask, &rows) == GX_E_CANCELLED, "stopped by another thread");
    pthread_join(thread, NULL);
    ask = (struct gx_ask){ .sql = GX_STR("SELECT * FROM range(1000000)"), .rows_max = 10 };
    check(r, ask_for(r, &ask, &rows) == GX_E_LIMIT && rows == 10, "more rows than asked for");
    ask = (struct gx_ask){ .sql = GX_STR("SELECT range, 'x' FROM range(1000000)") };
    check(r, ask_for(r, &ask, &rows) == GX_OK && rows == 1000000, "a million rows");
    ask = (struct gx_ask){ .sql = GX_STR("SELECT nothing FROM nowhere") };
    check(r, ask_for(r, &ask, &rows) == GX_E_INTERNAL, "SQL that is none");
    ask = (struct gx_ask){ .sql = GX_STR("SELECT * FROM read_csv('/etc/passwd')") };
    check(r, ask_for(r, &ask, &rows) == GX_E_INTERNAL, "files of others");
    ask = (struct gx_ask){ .sql =
                               GX_STR("SELECT length(content) FROM read_text('/proc/1/environ')") };
    check(r, ask_for(r, &ask, &rows) == GX_E_INTERNAL, "processes of others");
    check(r, number(r, "SELECT 6 * 7") == 42, "and goes on");
}

/* --- killed */

static int pid_of(struct run *r)
{
    struct gx_warehouse_status status;
    gx_warehouse_status(&r->ctx, r->w, &status);
    return status.pid;
}

struct writing {
    struct run *run;
    struct made made;
    _Atomic bool stop;
    int count;
};

static void *write_on(void *p)
{
    struct writing *w = p;
    struct run own = { .tenant = w->run->tenant };
    struct run *r = &own;
    own.ctx = (struct gx_ctx){ .arena = &own.arena, .now_us = gx_clock_us(), .lang = GX_LANG_EN };
    while (!atomic_load(&w->stop)) {
        int64_t id = act(r, CREATE, "account", 0, TEXT("{\"name\":\"Account %d\"}", w->count));
        act(r, UPDATE, "account", id, TEXT("{\"phone\":\"02-2345-%04d\"}", w->count % 10000));
        if (w->count % 3 == 0)
            act(r, DELETE, "account", id, NULL);
        if (w->count % 6 == 0)
            act(r, PURGE, "account", id, NULL);
        act(r, UPDATE, "opportunity", w->made.deal,
            TEXT("{\"close_value\":\"%d\"}", 1000 + w->count));
        w->count++;
        gx_arena_reset(&own.arena);
        gx_ctx_clear(&own.ctx);
    }
    gx_arena_free(&own.arena);
    return NULL;
}

static void killed(struct run *r, const struct made *m, int kills)
{
    struct writing w = { .run = r, .made = *m };
    pthread_t thread;
    int hit = 0;
    pthread_create(&thread, NULL, write_on, &w);
    for (int i = 0; i < kills; i++) {
        int pid;
        gx_warehouse_wake(r->w);
        while ((pid = pid_of(r)) == 0)
            usleep(10000);
        usleep(randombytes_uniform(700000));
        hit += pid > 1 && kill(pid, SIGKILL) == 0;
    }
    check(r, number(r, "SELECT count(*) >= 0 FROM account") == 1, "asked again when it is back");
    atomic_store(&w.stop, true);
    pthread_join(thread, NULL);
    settle(r);
    check(r, hit * 2 >= kills, "it was killed");
    check(r, equal(r), "equal after it was killed again and again");
    printf("killed %d times under %d rounds of writes\n", hit, w.count);
}

/* --- begin, end */

static void start(struct run *r)
{
    static const struct gx_warehouse_limits limits = { .memory_bytes = INT64_C(512) << 20,
                                                       .threads = 2 };
    MUST(gx_warehouse_open(&r->ctx, r->tenant, r->launcher, &limits, &r->w));
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

int main(int argc, char **argv)
{
    char dir[] = "/tmp/guanxi-warehouse-XXXXXX";
    struct run run = { .ctx = { .now_us = gx_clock_us(), .lang = GX_LANG_EN } }, *r = &run;
    struct gx_warehouse_status status;
    struct made made;
    int64_t rows;
    int code;
    if (gx_hidden_run(argc, argv, &code))
        return code;
    run.ctx.arena = &run.arena;
    if (sodium_init() < 0 || !mkdtemp(dir))
        return 1;
    run.dir = dir;
    const struct gx_tenant_options options = {
        .dir = dir, .name = GX_STR("warehouse"), .url = getenv("GUANXI_TEST_PG"), .create = true
    };
    MUST(gx_tenant_open(&run.ctx, &options, &run.tenant));
    run.launcher = gx_launcher_new(&run.arena, dir);
    start(r);
    gx_warehouse_status(&run.ctx, run.w, &status);
    check(r, status.state == GX_WAREHOUSE_ASLEEP, "nothing is started before somebody asks");
    records(r, &made);
    facts(r, &made);
    definitions(r);
    bulk(r);
    limits(r);
    gx_warehouse_stop(run.w);
    check(r, number(r, "SELECT count(*) FROM account") == 3, "stopped, and asked again");

    gx_warehouse_close(run.w);
    act(r, CREATE, "account", 0, "{\"name\":\"Meanwhile\"}");
    start(r);
    check(r, number(r, "SELECT count(*) FROM account") == 4, "what came meanwhile is there");
    MUST(gx_warehouse_rebuild(&run.ctx, run.w, &rows));
    check(r, rows > 5 && equal(r), "rebuilt, and equal");
    killed(r, &made, argc > 1 ? atoi(argv[1]) : 10);
    gx_warehouse_status(&run.ctx, run.w, &status);
    check(r, status.state == GX_WAREHOUSE_UP && status.lag_changes == 0, "up, without a lag");
    gx_warehouse_close(run.w);
    gx_tenant_close(run.tenant);
    gx_arena_free(&run.arena);
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    printf("%d passed, %d failed\n", run.passed, run.failed);
    return run.failed > 0;
}
