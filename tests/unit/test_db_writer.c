/* test_db_writer.c - group commit: who shares a commit, who fails alone, what survives a kill. */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/db.h"
#include "db_env.h"
#include "gx_test.h"

static const char table_w[] = "CREATE TABLE w (id BIGINT PRIMARY KEY, who BIGINT NOT NULL)";

struct row {
    struct gx_ctx *ctx;
    int64_t id, who;
};

static enum gx_code insert_row(void *p, struct gx_conn *conn)
{
    const struct row *row = p;
    struct gx_value v[] = { gx_value_int(row->id), gx_value_int(row->who) };
    return gx_db_exec(row->ctx, conn, GX_SQL("INSERT INTO w (id, who) VALUES (?1, ?2)"), v, 2,
                      NULL);
}

/* 64 threads, each 50 writes; every tenth is a duplicate and must fail alone. */

enum { THREADS = 64, WRITES = 50 };

struct crowd {
    struct db_env *env;
    int64_t who;
    int ok, duplicate, other;
};

static void *write_many(void *p)
{
    struct crowd *crowd = p;
    for (int64_t k = 0; k < WRITES; k++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct row row = { &ctx, k % 10 == 9 ? 0 : 1 + crowd->who * WRITES + k, crowd->who };
        enum gx_code code = gx_db_write(&ctx, crowd->env->db, insert_row, &row);
        crowd->ok += code == GX_OK && ctx.error_count == 0;
        crowd->duplicate += code == GX_E_DUPLICATE && ctx.error_count == 1;
        crowd->other += code != GX_OK && code != GX_E_DUPLICATE;
        gx_arena_free(&arena);
    }
    return NULL;
}

static void crowd(struct db_env *env)
{
    db_env_script(env, table_w);
    db_env_script(env, "INSERT INTO w (id, who) VALUES (0, 0)");
    struct gx_db_stats before = gx_db_stats(env->db);
    static struct crowd crowds[THREADS];
    pthread_t threads[THREADS];
    for (int64_t k = 0; k < THREADS; k++) {
        crowds[k] = (struct crowd){ .env = env, .who = k };
        pthread_create(&threads[k], NULL, write_many, &crowds[k]);
    }
    int ok = 0, duplicate = 0, other = 0;
    for (size_t k = 0; k < THREADS; k++) {
        pthread_join(threads[k], NULL);
        ok += crowds[k].ok;
        duplicate += crowds[k].duplicate;
        other += crowds[k].other;
    }
    GX_CHECK(ok == THREADS * WRITES / 10 * 9, "the good ones");
    GX_CHECK(duplicate == THREADS * WRITES / 10 && other == 0, "the bad ones fail alone");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT count(*) FROM w")) == 1 + ok, "all are there");
    struct gx_db_stats after = gx_db_stats(env->db);
    GX_CHECK(after.writes - before.writes == THREADS * WRITES, "writes counted");
    GX_CHECK(after.commits - before.commits < THREADS * WRITES / 4, "commits are shared");
    GX_CHECK(after.batch_largest > 4, "the largest");
    GX_CHECK((after.page_bytes > 0) == (env->dialect == GX_SQLITE), "the file");
}

GX_TEST(db_group_commit)
{
    db_env_on(GX_SQLITE, crowd);
}

GX_TEST(db_pg_group_commit)
{
    db_env_on(GX_POSTGRES, crowd);
}

/* Works queued behind one that holds the writer: they share a batch, and answer in order. */

struct held {
    struct db_env *env;
    sem_t go;
    struct step *steps;
    size_t count, done;
    int64_t number; /* of the newest row that was put */
};

struct step {
    struct held *held;
    gx_db_work work;
    enum gx_code want, have;
    int runs;
    int64_t id;
    size_t place; /* when it was done: 1 is first */
    struct gx_arena arena;
    struct gx_ctx ctx;
};

static void step_done(void *p, enum gx_code code)
{
    struct step *step = p;
    step->have = code;
    step->place = ++step->held->done;
}

static enum gx_code hold(void *p, struct gx_conn *conn)
{
    struct held *held = p;
    (void)conn;
    while (sem_wait(&held->go) != 0)
        continue;
    sem_post(&held->go); /* it may be run again */
    return GX_OK;
}

static void nothing(void *p, enum gx_code code)
{
    (void)p;
    (void)code;
}

static int64_t run_steps(struct db_env *env, struct step *steps, size_t count)
{
    struct held held = { .env = env, .steps = steps, .count = count };
    sem_init(&held.go, 0, 0);
    gx_db_number(env->db, &held.number);
    gx_db_submit(env->db, hold, nothing, &held);
    for (size_t k = 0; k < count; k++) {
        steps[k].held = &held;
        steps[k].ctx = gx_test_ctx(&steps[k].arena);
        gx_db_submit(env->db, steps[k].work, step_done, &steps[k]);
    }
    sem_post(&held.go);
    GX_CHECK(db_env_run(env, GX_SQL("SELECT 1"), NULL, 0) == GX_OK, "after all of them");
    for (size_t k = 0; k < count; k++) {
        char what[40];
        snprintf(what, sizeof what, "step %zu", k);
        GX_CHECK(steps[k].have == steps[k].want, what);
        GX_CHECK(steps[k].place == k + 1, what);
        gx_arena_free(&steps[k].arena);
    }
    sem_destroy(&held.go);
    gx_db_number(env->db, NULL);
    return held.number;
}

static enum gx_code put(struct step *step, struct gx_conn *conn, int64_t id)
{
    struct row row = { &step->ctx, id, ++step->held->number };
    return insert_row(&row, conn);
}

static enum gx_code step_put(void *p, struct gx_conn *conn)
{
    struct step *step = p;
    step->runs++;
    GX_CHECK(gx_conn_is_writer(conn), "the writer");
    return put(step, conn, step->id);
}

/* Writes, then gives up by itself. */
static enum gx_code step_give_up(void *p, struct gx_conn *conn)
{
    struct step *step = p;
    GX_TRY(put(step, conn, step->id));
    return GX_E_CONFLICT;
}

/* Writes, fails, and says it went well. */
static enum gx_code step_deny(void *p, struct gx_conn *conn)
{
    struct step *step = p;
    GX_TRY(put(step, conn, step->id));
    GX_CHECK(put(step, conn, step->id) == GX_E_DUPLICATE, "twice");
    GX_CHECK(put(step, conn, step->id + 1) == GX_E_INTERNAL, "nothing runs after an error");
    return GX_OK;
}

static enum gx_code part_twice(void *p, struct gx_conn *conn)
{
    struct step *step = p;
    GX_TRY(put(step, conn, step->id + 1));
    return put(step, conn, step->id);
}

static enum gx_code part_once(void *p, struct gx_conn *conn)
{
    struct step *step = p;
    return put(step, conn, step->id + 2);
}

static enum gx_code part_nest(void *p, struct gx_conn *conn)
{
    struct step *step = p;
    GX_CHECK(gx_db_try(&step->ctx, conn, part_once, p) == GX_OK, "a part of a part");
    return GX_E_CONFLICT;
}

/* Parts that fail leave the rest alone. */
static enum gx_code step_parts(void *p, struct gx_conn *conn)
{
    struct step *step = p;
    GX_TRY(put(step, conn, step->id));
    GX_CHECK(gx_db_try(&step->ctx, conn, part_twice, p) == GX_E_DUPLICATE, "a part fails");
    GX_CHECK(gx_db_try(&step->ctx, conn, part_nest, p) == GX_E_CONFLICT, "with its parts");
    GX_CHECK(gx_db_try(&step->ctx, conn, part_once, p) == GX_OK, "and again");
    return put(step, conn, step->id + 3);
}

/* Leaves a query open. */
static enum gx_code step_leave_open(void *p, struct gx_conn *conn)
{
    struct step *step = p;
    struct gx_rows *rows = NULL;
    bool has = false;
    GX_TRY(gx_db_query(&step->ctx, conn, GX_SQL("SELECT id FROM w"), NULL, 0, &rows));
    GX_TRY(gx_rows_next(&step->ctx, rows, &has));
    return put(step, conn, step->id);
}

static void alone(struct db_env *env)
{
    struct step steps[] = {
        { .work = step_put, .id = 1 },
        { .work = step_give_up, .id = 2, .want = GX_E_CONFLICT },
        { .work = step_deny, .id = 3, .want = GX_E_INTERNAL },
        { .work = step_put, .id = 1, .want = GX_E_DUPLICATE },
        { .work = step_parts, .id = 10 },
        { .work = step_leave_open, .id = 20 },
        { .work = step_put, .id = 2 },
    };
    db_env_script(env, table_w);
    struct gx_db_stats before = gx_db_stats(env->db);
    int64_t number = run_steps(env, steps, GX_COUNT(steps));
    GX_CHECK(gx_db_stats(env->db).batch_largest >= (int64_t)GX_COUNT(steps), "one batch");
    GX_CHECK(gx_db_stats(env->db).commits - before.commits <= 2, "one commit, or one more");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT count(*) FROM w")) == 6, "what was kept");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT sum(id) FROM w")) == 1 + 10 + 12 + 13 + 20 + 2,
             "which");
    GX_CHECK(number == 6, "no number was lost");
    GX_CHECK(
        db_env_int(env, GX_SQL("SELECT count(DISTINCT who) FROM w WHERE who BETWEEN 1 AND 6")) == 6,
        "and none was given twice");
}

GX_TEST(db_fail_alone)
{
    db_env_on(GX_SQLITE, alone);
}

GX_TEST(db_pg_fail_alone)
{
    db_env_on(GX_POSTGRES, alone);
}

/* Statements that go along with the next one: read back in order, and one that fails is its own. */

static enum gx_code put_later(struct step *step, struct gx_conn *conn, int64_t id)
{
    struct gx_value v[] = { gx_value_int(id), gx_value_int(++step->held->number) };
    return gx_db_exec_later(&step->ctx, conn, GX_SQL("INSERT INTO w (id, who) VALUES (?1, ?2)"), v,
                            GX_COUNT(v));
}

static enum gx_code step_put_later(void *p, struct gx_conn *conn)
{
    struct step *step = p;
    return put_later(step, conn, step->id);
}

static enum gx_code step_put_and_look(void *p, struct gx_conn *conn)
{
    struct step *step = p;
    struct gx_value id = gx_value_int(step->id);
    int64_t found;
    GX_TRY(put_later(step, conn, step->id));
    GX_TRY(gx_db_int(&step->ctx, conn, GX_SQL("SELECT count(*) FROM w WHERE id = ?1"), &id, 1, 0,
                     &found));
    GX_CHECK(found == 1, "what was sent before is seen");
    return put_later(step, conn, step->id + 1);
}

static enum gx_code part_later_twice(void *p, struct gx_conn *conn)
{
    struct step *step = p;
    GX_TRY(put_later(step, conn, step->id + 1));
    return put_later(step, conn, step->id + 1);
}

/* A part fails, whenever that is told; the rest stays. */
static enum gx_code step_part_later(void *p, struct gx_conn *conn)
{
    struct step *step = p;
    GX_TRY(put_later(step, conn, step->id));
    enum gx_code code = gx_db_try(&step->ctx, conn, part_later_twice, p);
    gx_ctx_clear(&step->ctx);
    if (code != GX_OK && code != GX_E_DUPLICATE)
        return code; /* the transaction is run again */
    return put_later(step, conn, step->id + 2);
}

static void later(struct db_env *env)
{
    struct step steps[] = {
        { .work = step_put_later, .id = 1 },
        { .work = step_put_later, .id = 2 },
        { .work = step_put_later, .id = 1, .want = GX_E_DUPLICATE },
        { .work = step_put_and_look, .id = 3 },
        { .work = step_part_later, .id = 10 },
        { .work = step_put, .id = 20 },
        { .work = step_put_and_look, .id = 2, .want = GX_E_DUPLICATE },
    };
    db_env_script(env, table_w);
    int64_t number = run_steps(env, steps, GX_COUNT(steps));
    GX_CHECK(db_env_int(env, GX_SQL("SELECT count(*) FROM w")) == 7, "what was kept");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT sum(id) FROM w")) == 1 + 2 + 3 + 4 + 10 + 12 + 20,
             "which");
    GX_CHECK(number == 7, "no number was lost");
    steps[0] = (struct step){ .work = step_put_later, .id = 30 };
    (void)run_steps(env, steps, 1);
    GX_CHECK(db_env_int(env, GX_SQL("SELECT count(*) FROM w")) == 8, "the next batch");
}

GX_TEST(db_later)
{
    db_env_on(GX_SQLITE, later);
}

GX_TEST(db_pg_later)
{
    db_env_on(GX_POSTGRES, later);
}

/* Stopping a write takes SQLite's transaction with it; the others are run again. */
static enum gx_code step_stop(void *p, struct gx_conn *conn)
{
    struct step *step = p;
    step->runs++;
    GX_TRY(put(step, conn, step->id));
    gx_conn_deadline(conn, gx_monotonic_us() + 1000);
    return gx_db_exec(&step->ctx, conn,
                      GX_SQL("INSERT INTO w (id, who) WITH RECURSIVE n (i) AS (SELECT 1000 UNION "
                             "ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT i, 1 FROM n"),
                      NULL, 0, NULL);
}

static void stopped(struct db_env *env)
{
    struct step steps[] = {
        { .work = step_put, .id = 1 },
        { .work = step_give_up, .id = 2, .want = GX_E_CONFLICT },
        { .work = step_stop, .id = 3, .want = GX_E_CANCELLED },
        { .work = step_put, .id = 4 },
    };
    db_env_script(env, table_w);
    run_steps(env, steps, GX_COUNT(steps));
    GX_CHECK(steps[2].runs == 1, "the stopped one is not run again");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT count(*) FROM w")) == 2, "what was kept");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT sum(id) FROM w")) == 5, "which");
}

GX_TEST(db_stop_write)
{
    db_env_on(GX_SQLITE, stopped);
}

GX_TEST(db_pg_stop_write)
{
    db_env_on(GX_POSTGRES, stopped);
}

/* A full disk: the batch fails with words for it, and writing works again afterwards. */
static enum gx_code step_fill(void *p, struct gx_conn *conn)
{
    struct step *step = p;
    return gx_db_exec(&step->ctx, conn,
                      GX_SQL("INSERT INTO big (b) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL "
                             "SELECT i + 1 FROM n WHERE i < 2000) SELECT zeroblob(10000) FROM n"),
                      NULL, 0, NULL);
}

static void full(struct db_env *env)
{
    db_env_script(env, table_w);
    db_env_script(env, "CREATE TABLE big (b BLOB);\nPRAGMA max_page_count = 100;\n");
    struct step step = { .ctx = env->ctx };
    GX_CHECK(gx_db_write(&env->ctx, env->db, step_fill, &step) == GX_E_IO, "full");
    GX_CHECK(step.ctx.error_count == 1 && step.ctx.errors->message == GX_M_DB_FULL, "says so");
    GX_CHECK(env->ctx.error_count == 0, "once");
    struct row row = { &env->ctx, 1, 1 };
    GX_CHECK(gx_db_write(&env->ctx, env->db, insert_row, &row) == GX_OK, "room for a small one");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT count(*) FROM big")) == 0, "nothing of it is there");
}

GX_TEST(db_full)
{
    db_env_on(GX_SQLITE, full);
}

/* Closing finishes what is queued. */
static void close_finishes(struct db_env *env)
{
    struct held held = { .env = env };
    struct step steps[100];
    db_env_script(env, table_w);
    for (int64_t k = 0; k < 100; k++) {
        steps[k] = (struct step){ .held = &held, .id = k + 1, .have = GX_E_INTERNAL };
        steps[k].ctx = gx_test_ctx(&steps[k].arena);
        gx_db_submit(env->db, step_put, step_done, &steps[k]);
    }
    gx_db_close(env->db);
    env->db = NULL;
    for (size_t k = 0; k < 100; k++) {
        GX_CHECK(steps[k].have == GX_OK && steps[k].place == k + 1, "done before the close");
        gx_arena_free(&steps[k].arena);
    }
    if (db_env_reopen(env))
        GX_CHECK(db_env_int(env, GX_SQL("SELECT count(*) FROM w")) == 100, "and durable");
}

GX_TEST(db_close_finishes)
{
    db_env_on(GX_SQLITE, close_finishes);
}

GX_TEST(db_pg_close_finishes)
{
    db_env_on(GX_POSTGRES, close_finishes);
}

/* kill -9 in a write loop: what was acknowledged is there. */

enum { KILLS = 50, CHILD_THREADS = 4 };

struct child {
    struct db_env *env;
    int64_t first;
    int pipe;
};

static void *write_forever(void *p)
{
    struct child *child = p;
    for (int64_t id = child->first;; id += CHILD_THREADS) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct row row = { &ctx, id, 1 };
        if (gx_db_write(&ctx, child->env->db, insert_row, &row) != GX_OK ||
            write(child->pipe, &id, sizeof id) != sizeof id)
            _exit(3);
        gx_arena_free(&arena);
    }
}

static void run_child(struct db_env *env, int64_t first, int pipe_fd)
{
    struct child children[CHILD_THREADS];
    pthread_t thread;
    if (gx_db_open(&env->ctx, &env->options, &env->db) != GX_OK)
        _exit(2);
    for (int64_t k = 0; k < CHILD_THREADS; k++) {
        children[k] = (struct child){ env, first + k, pipe_fd };
        pthread_create(&thread, NULL, write_forever, &children[k]);
    }
    pthread_join(thread, NULL);
}

/* Start a writing child, kill it after `acks` answers, read those that came before it died. */
static int64_t kill_one(struct db_env *env, int64_t first, size_t acks, bool *seen, int64_t max)
{
    int fds[2];
    int64_t id = 0, count = 0;
    GX_CHECK(pipe(fds) == 0, "pipe");
    pid_t pid = fork();
    if (pid == 0) {
        close(fds[0]);
        run_child(env, first, fds[1]);
        _exit(1);
    }
    close(fds[1]);
    while (read(fds[0], &id, sizeof id) == sizeof id) {
        if (id < max)
            seen[id] = true;
        if ((size_t)++count == acks)
            kill(pid, SIGKILL);
    }
    close(fds[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    GX_CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "killed, not failed");
    return count;
}

static void kills(struct db_env *env)
{
    enum { IDS_MAX = 200000, PER_CHILD = 4000 };
    static bool seen[IDS_MAX];
    int64_t acknowledged = 0;
    memset(seen, 0, sizeof seen);
    db_env_script(env, table_w);
    gx_db_close(env->db); /* a fork must not share it */
    env->db = NULL;
    for (int64_t k = 0; k < KILLS; k++)
        acknowledged += kill_one(env, 1 + k * PER_CHILD, 1 + (size_t)(k * 37 % 101), seen, IDS_MAX);
    if (!db_env_reopen(env))
        return;
    struct gx_conn *conn = NULL;
    struct gx_rows *rows = NULL;
    bool has = false;
    int64_t there = 0;
    GX_CHECK(gx_db_reader(&env->ctx, env->db, &conn) == GX_OK, "reader");
    GX_CHECK(gx_db_query(&env->ctx, conn, GX_SQL("SELECT id FROM w"), NULL, 0, &rows) == GX_OK,
             "query");
    while (gx_rows_next(&env->ctx, rows, &has) == GX_OK && has) {
        int64_t id = gx_rows_int(rows, 0);
        there += id < IDS_MAX && seen[id];
    }
    gx_rows_close(rows);
    gx_db_reader_release(conn);
    GX_CHECK(acknowledged >= KILLS, "some were acknowledged");
    GX_CHECK(there == acknowledged, "every acknowledged write is there");
    if (env->dialect == GX_SQLITE)
        GX_CHECK(db_env_int(env, GX_SQL("SELECT count(*) FROM dbstat")) > 0, "readable");
}

GX_TEST(db_kill)
{
    db_env_on(GX_SQLITE, kills);
}

GX_TEST(db_pg_kill)
{
    db_env_on(GX_POSTGRES, kills);
}
