/*
 * test_db_pg.c - what only PostgreSQL can do to us: sessions that end, commits in doubt.
 *
 * A proxy between the store and the server cuts the connection around COMMIT: once before the
 * server has seen it, once after.  Either way every write must be there exactly once.
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "db_env.h"
#include "gx_test.h"

static const char table_w[] = "CREATE TABLE w (id BIGINT PRIMARY KEY, who BIGINT NOT NULL)";

/* The proxy: one thread per connection, both directions. */

enum cut { CUT_NEVER, CUT_BEFORE, CUT_AFTER };

struct proxy {
    char folder[64], server[200];
    int listener;
    pthread_t thread;
    _Atomic int cut;  /* what to do at the next COMMIT */
    _Atomic int cuts; /* how often it was done */
};

struct link {
    struct proxy *proxy;
    int client;
};

/* The socket, or -1. */
static int unix_socket(const char *folder, bool listening)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    snprintf(to.sun_path, sizeof to.sun_path, "%s/.s.PGSQL.5432", folder);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct sockaddr *address = (const struct sockaddr *)&to;
    int failed =
        listening ? bind(fd, address, sizeof to) || listen(fd, 8) : connect(fd, address, sizeof to);
    if (failed)
        close(fd);
    return failed ? -1 : fd;
}

/* Pass bytes on; false at the end. */
static bool pass(struct proxy *proxy, int from, int to, bool upwards)
{
    static const char commit[] = "COMMIT";
    char bytes[65536];
    ssize_t n = read(from, bytes, sizeof bytes);
    if (n <= 0)
        return false;
    int cut = CUT_NEVER;
    if (upwards && memmem(bytes, (size_t)n, commit, sizeof commit))
        cut = atomic_exchange(&proxy->cut, CUT_NEVER);
    if (cut != CUT_NEVER)
        atomic_fetch_add(&proxy->cuts, 1);
    if (cut == CUT_BEFORE || write(to, bytes, (size_t)n) != n)
        return false;
    if (cut == CUT_AFTER) /* once the server has answered, the commit is done */
        (void)!read(to, bytes, sizeof bytes);
    return cut == CUT_NEVER;
}

static void *serve_link(void *p)
{
    struct link link = *(struct link *)p;
    free(p);
    int server = unix_socket(link.proxy->server, false);
    struct pollfd fds[] = { { .fd = link.client, .events = POLLIN },
                            { .fd = server, .events = POLLIN } };
    bool open = true;
    while (open && poll(fds, 2, -1) > 0) {
        if (fds[0].revents)
            open = pass(link.proxy, link.client, server, true);
        if (open && fds[1].revents)
            open = pass(link.proxy, server, link.client, false);
    }
    close(link.client);
    close(server);
    return NULL;
}

static void *serve(void *p)
{
    struct proxy *proxy = p;
    for (;;) {
        int client = accept(proxy->listener, NULL, NULL);
        pthread_t thread;
        if (client < 0)
            return NULL;
        struct link *link = malloc(sizeof *link);
        *link = (struct link){ proxy, client };
        pthread_create(&thread, NULL, serve_link, link);
        pthread_detach(thread);
    }
}

/* Put the proxy before a store's server; false when that does not listen on a socket file. */
static bool proxy_start(struct proxy *proxy, struct db_env *env)
{
    const char *host = strstr(env->url, "host=/");
    if (!host) {
        gx_skip("GUANXI_TEST_PG has no socket folder to stand before");
        return false;
    }
    *proxy = (struct proxy){ 0 };
    snprintf(proxy->server, sizeof proxy->server, "%.*s", (int)strcspn(host + 5, "&"), host + 5);
    snprintf(proxy->folder, sizeof proxy->folder, "/tmp/guanxi-proxy-XXXXXX");
    GX_CHECK(mkdtemp(proxy->folder), "a folder for the proxy");
    proxy->listener = unix_socket(proxy->folder, true);
    GX_CHECK(proxy->listener >= 0, proxy->folder);
    pthread_create(&proxy->thread, NULL, serve, proxy);
    snprintf(env->url + (host + 5 - env->url), sizeof env->url - (size_t)(host + 5 - env->url),
             "%s", proxy->folder);
    return true;
}

static void proxy_stop(struct proxy *proxy)
{
    char name[128];
    shutdown(proxy->listener, SHUT_RDWR);
    pthread_join(proxy->thread, NULL);
    close(proxy->listener);
    snprintf(name, sizeof name, "%s/.s.PGSQL.5432", proxy->folder);
    unlink(name);
    rmdir(proxy->folder);
}

struct row {
    struct gx_ctx *ctx;
    int64_t id, *number;
    int runs;
};

static enum gx_code insert_row(void *p, struct gx_conn *conn)
{
    struct row *row = p;
    struct gx_value v[] = { gx_value_int(row->id), gx_value_int(++*row->number) };
    row->runs++;
    return gx_db_exec(row->ctx, conn, GX_SQL("INSERT INTO w (id, who) VALUES (?1, ?2)"), v, 2,
                      NULL);
}

static void doubt(struct db_env *env)
{
    struct proxy proxy;
    int64_t number = 0;
    db_env_script(env, table_w);
    gx_db_close(env->db);
    env->db = NULL;
    if (!proxy_start(&proxy, env) || !db_env_reopen(env))
        return;
    gx_db_number(env->db, &number);
    for (int64_t k = 0; k < 10; k++) {
        enum cut cut = (enum cut)(k % 3);
        struct row row = { &env->ctx, k, &number, 0 };
        atomic_store(&proxy.cut, cut);
        GX_CHECK(gx_db_write(&env->ctx, env->db, insert_row, &row) == GX_OK, "acknowledged");
        GX_CHECK(row.runs == (cut == CUT_BEFORE ? 2 : 1), "run again only if it was lost");
    }
    GX_CHECK(atomic_load(&proxy.cuts) == 6, "the connection was cut");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT count(*) FROM w")) == 10, "each is there once");
    GX_CHECK(number == 10, "no number was lost");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT count(DISTINCT who) FROM w")) == 10, "or given twice");
    GX_CHECK(env->ctx.error_count == 0, "nobody heard of it");
    gx_db_close(env->db);
    env->db = NULL;
    proxy_stop(&proxy);
    snprintf(env->url, sizeof env->url, "%s", getenv("GUANXI_TEST_PG"));
    (void)db_env_reopen(env);
}

GX_TEST(db_pg_doubt)
{
    db_env_on(GX_POSTGRES, doubt);
}

/* Sessions ended by the server while many write and read: nobody notices. */

enum { WRITERS = 8, ROWS_EACH = 100 };

struct busy {
    struct db_env *env;
    int64_t first, *number;
    int failures;
};

static void *keep_writing(void *p)
{
    struct busy *busy = p;
    for (int64_t k = 0; k < ROWS_EACH; k++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct row row = { &ctx, busy->first + k, busy->number, 0 };
        bool failed = gx_db_write(&ctx, busy->env->db, insert_row, &row) != GX_OK;
        if (failed) {
            struct gx_str why = gx_ctx_text(&ctx);
            fprintf(stderr, "a write failed: %.*s\n", GX_STR_ARG(why));
        }
        busy->failures += failed;
        gx_arena_free(&arena);
    }
    return NULL;
}

static const struct gx_sql end_others = { GX_STR_INIT(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE application_name LIKE 'guanxi-%' AND pid <> pg_backend_pid()") };

static void ended(struct db_env *env)
{
    static struct busy busy[WRITERS];
    pthread_t threads[WRITERS];
    struct gx_conn *conn = NULL;
    int64_t one = 0, number = 0;
    db_env_script(env, table_w);
    gx_db_number(env->db, &number);
    for (int64_t k = 0; k < WRITERS; k++) {
        busy[k] = (struct busy){ env, k * ROWS_EACH, &number, 0 };
        pthread_create(&threads[k], NULL, keep_writing, &busy[k]);
    }
    for (int k = 0; k < 5; k++) {
        GX_CHECK(db_env_int(env, end_others) >= 0, "end every other session");
        usleep(20000);
    }
    int failures = 0;
    for (size_t k = 0; k < WRITERS; k++) {
        pthread_join(threads[k], NULL);
        failures += busy[k].failures;
    }
    GX_CHECK(failures == 0, "no write failed");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT count(*) FROM w")) == WRITERS * ROWS_EACH, "each once");
    GX_CHECK(number == WRITERS * ROWS_EACH, "no number was lost");

    GX_CHECK(gx_db_reader(&env->ctx, env->db, &conn) == GX_OK, "a reader");
    GX_CHECK(gx_db_int(&env->ctx, conn, GX_SQL("SELECT 1"), NULL, 0, 0, &one) == GX_OK,
             "its session");
    GX_CHECK(db_env_int(env, end_others) >= 1, "end it");
    GX_CHECK(gx_db_int(&env->ctx, conn, GX_SQL("SELECT 1"), NULL, 0, 0, &one) == GX_OK && one == 1,
             "it gets another");
    GX_CHECK(gx_conn_begin_read(&env->ctx, conn) == GX_OK, "a snapshot");
    GX_CHECK(db_env_int(env, end_others) >= 1, "end it");
    GX_CHECK(gx_db_int(&env->ctx, conn, GX_SQL("SELECT 1"), NULL, 0, 0, &one) == GX_E_BUSY,
             "a snapshot is lost with its session");
    gx_db_reader_release(conn);
    gx_ctx_clear(&env->ctx);
    GX_CHECK(db_env_int(env, GX_SQL("SELECT 1")) == 1, "the next reader works");
}

GX_TEST(db_pg_ended)
{
    db_env_on(GX_POSTGRES, ended);
}

/* Another client holds a lock: a deadlock is tried again, a long wait is reported. */

struct rival {
    struct db_env *env;
    struct gx_db *db;
    _Atomic int stage;
    int runs;
    enum gx_code code;
    struct gx_ctx ctx;
    struct gx_arena arena;
};

static enum gx_code touch(struct gx_ctx *ctx, struct gx_conn *conn, int64_t id)
{
    struct gx_value v = gx_value_int(id);
    return gx_db_exec(ctx, conn, GX_SQL("UPDATE w SET who = who + 1 WHERE id = ?1"), &v, 1, NULL);
}

static void wait_for(_Atomic int *stage, int at_least)
{
    while (atomic_load(stage) < at_least)
        usleep(1000);
}

static enum gx_code touch_1_then_2(void *p, struct gx_conn *conn)
{
    struct rival *rival = p;
    rival->runs++;
    GX_TRY(touch(&rival->ctx, conn, 1));
    atomic_fetch_or(&rival->stage, 1);
    wait_for(&rival->stage, 3);
    return touch(&rival->ctx, conn, 2);
}

static enum gx_code touch_2_then_1(void *p, struct gx_conn *conn)
{
    struct rival *rival = p;
    rival->runs++;
    GX_TRY(touch(&rival->env->ctx, conn, 2));
    atomic_fetch_or(&rival->stage, 2);
    wait_for(&rival->stage, 3);
    return touch(&rival->env->ctx, conn, 1);
}

static void *rival_writes(void *p)
{
    struct rival *rival = p;
    rival->code = gx_db_write(&rival->ctx, rival->db, touch_1_then_2, rival);
    return NULL;
}

static void deadlock(struct db_env *env)
{
    struct rival rival = { .env = env };
    pthread_t thread;
    db_env_script(env, table_w);
    db_env_script(env, "INSERT INTO w (id, who) VALUES (1, 0), (2, 0)");
    rival.ctx = gx_test_ctx(&rival.arena);
    GX_CHECK(gx_db_open(&rival.ctx, &env->options, &rival.db) == GX_OK, "a second writer");
    pthread_create(&thread, NULL, rival_writes, &rival);
    GX_CHECK(gx_db_write(&env->ctx, env->db, touch_2_then_1, &rival) == GX_OK, "this one");
    pthread_join(thread, NULL);
    GX_CHECK(rival.code == GX_OK, "the rival");
    GX_CHECK(rival.runs >= 3, "one of them was run again");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT sum(who) FROM w")) == 4, "each counted once");
    GX_CHECK(env->ctx.error_count == 0 && rival.ctx.error_count == 0, "nobody heard of it");
    gx_db_close(rival.db);
    gx_arena_free(&rival.arena);
}

GX_TEST(db_pg_deadlock)
{
    db_env_on(GX_POSTGRES, deadlock);
}

/* What the server can send that is neither a whole number nor text. */
static void numerics(struct db_env *env)
{
    static const struct {
        struct gx_sql sql;
        bool is_int;
        int64_t i;
        const char *text;
    } cases[] = {
        { { GX_STR_INIT("SELECT 12345678901234.5::numeric") }, false, 0, "12345678901234.5" },
        { { GX_STR_INIT("SELECT -0.00012::numeric") }, false, 0, "-0.00012" },
        { { GX_STR_INIT("SELECT 10000::numeric") }, true, 10000, NULL },
        { { GX_STR_INIT("SELECT 5.000::numeric") }, true, 5, NULL },
        { { GX_STR_INIT("SELECT 0::numeric") }, true, 0, NULL },
        { { GX_STR_INIT("SELECT (-9223372036854775808)::numeric") }, true, INT64_MIN, NULL },
        { { GX_STR_INIT("SELECT 9223372036854775808::numeric") }, false, 0, "9223372036854775808" },
        { { GX_STR_INIT("SELECT 'NaN'::numeric") }, false, 0, "NaN" },
        { { GX_STR_INIT("SELECT 2.5::float8") }, false, 0, "2.5" },
        { { GX_STR_INIT("SELECT 3::float4") }, true, 3, NULL },
        { { GX_STR_INIT("SELECT (-2)::int2") }, true, -2, NULL },
        { { GX_STR_INIT("SELECT false") }, true, 0, NULL },
    };
    struct gx_conn *conn = NULL;
    struct gx_rows *rows = NULL;
    bool has = false;
    GX_CHECK(gx_db_reader(&env->ctx, env->db, &conn) == GX_OK, "a reader");
    for (size_t k = 0; k < GX_COUNT(cases); k++) {
        const char *what = cases[k].sql.text_.p;
        GX_CHECK(gx_db_query(&env->ctx, conn, cases[k].sql, NULL, 0, &rows) == GX_OK, what);
        GX_CHECK(gx_rows_next(&env->ctx, rows, &has) == GX_OK && has, what);
        struct gx_value v = gx_rows_value(rows, 0);
        GX_CHECK(v.kind == (cases[k].is_int ? GX_VALUE_INT : GX_VALUE_TEXT), what);
        if (v.kind == GX_VALUE_INT)
            GX_CHECK(v.i == cases[k].i, what);
        else
            GX_CHECK_STR(v.s, gx_str_c(cases[k].text), what);
        gx_rows_close(rows);
    }
    gx_db_reader_release(conn);
    struct gx_value nul = gx_value_text(GX_STR("a\0b"));
    db_env_script(env, "CREATE TABLE t (x TEXT)");
    GX_CHECK(db_env_run(env, GX_SQL("INSERT INTO t (x) VALUES (?1)"), &nul, 1) == GX_E_INVALID,
             "PostgreSQL's text cannot hold a zero byte");
    gx_ctx_clear(&env->ctx);
    GX_CHECK(gx_db_backup(&env->ctx, env->db, "/tmp/never") == GX_E_INVALID, "not by us");
}

GX_TEST(db_pg_numerics)
{
    db_env_on(GX_POSTGRES, numerics);
}

/* A stream closed early, many rows kept while another statement runs, and too many of them. */
static void streams(struct db_env *env)
{
    static const struct gx_sql many = { GX_STR_INIT(
        "SELECT i FROM generate_series(1, 100000) AS i") };
    struct gx_conn *conn = NULL;
    struct gx_rows *rows = NULL;
    bool has = false;
    int64_t n = 0, one = 0;
    GX_CHECK(gx_db_reader(&env->ctx, env->db, &conn) == GX_OK, "a reader");
    GX_CHECK(gx_conn_begin_read(&env->ctx, conn) == GX_OK, "snapshot");
    GX_CHECK(gx_db_query(&env->ctx, conn, many, NULL, 0, &rows) == GX_OK, "query");
    for (int64_t k = 1; gx_rows_next(&env->ctx, rows, &has) == GX_OK && has; k++) {
        n += gx_rows_int(rows, 0) == k;
        if (k == 3 || k == 50)
            GX_CHECK(gx_db_int(&env->ctx, conn, GX_SQL("SELECT 7"), NULL, 0, 0, &one) == GX_OK &&
                         one == 7 && gx_rows_int(rows, 0) == k,
                     "another in between; the row at hand stays");
    }
    GX_CHECK(n == 100000, "every row, in order");
    gx_rows_close(rows);
    GX_CHECK(gx_db_query(&env->ctx, conn, many, NULL, 0, &rows) == GX_OK, "query");
    gx_rows_close(rows);
    GX_CHECK(gx_db_int(&env->ctx, conn, GX_SQL("SELECT 8"), NULL, 0, 0, &one) == GX_OK && one == 8,
             "the snapshot lives on after an early close");
    gx_conn_end_read(conn);
    GX_CHECK(gx_db_query(&env->ctx, conn,
                         GX_SQL("SELECT repeat('x', 1000000) FROM "
                                "generate_series(1, 100)"),
                         NULL, 0, &rows) == GX_OK,
             "large rows");
    GX_CHECK(gx_db_int(&env->ctx, conn, GX_SQL("SELECT 9"), NULL, 0, 0, &one) == GX_E_LIMIT,
             "too much to keep");
    gx_db_reader_release(conn);
}

GX_TEST(db_pg_streams)
{
    db_env_on(GX_POSTGRES, streams);
}
