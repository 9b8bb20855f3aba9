/*
 * writer.c - one thread per store that writes; many requests share one commit.
 *
 * A batch is one transaction.  Jobs are taken from the queue while the batch is young and small.
 * They run without savepoints, which cost full-text search a segment each: a job that fails with
 * nothing written has done no harm, and if one has written, the transaction is rolled back and
 * the others run again, this time each in a savepoint.  When the queue runs dry with fewer jobs
 * than were in flight at the ends of the last batches, the writer waits a moment (a part of what a
 * commit costs) for those that are about to come: without it, 64 clients would commit in turns of 1
 * and 63.  Once a batch has worked for longer than a commit takes, half of those in flight are
 * enough: while it commits and the other half is written, these are answered and send their next.
 *
 * A transaction that was lost is run again without the jobs that have already failed, unless
 * there is no hope; then all its jobs fail alike.
 */
#include "db/db_int.h"

#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/assert.h"

enum {
    BATCH_JOBS_MAX = 512,
    HALF_JOBS_MIN = 8, /* fewer are not worth a commit of their own */
    BATCH_US_MAX = 20000,
    GATHER_US_MAX = 1000,
    REST_US = 1000000,
    CONFLICT_TRIES_MAX = 5,
    RECONNECT_US_MAX = 20000000,
    PAUSE_FIRST_US = 10000,
    PAUSE_LONGEST_US = 1000000,
};

struct batch {
    struct db_job *first, *last;
    struct db_job *culprit; /* it was running when the transaction was lost; NULL: none */
    size_t count;
    bool careful; /* each job in a savepoint */
    bool spoilt;  /* a job failed and left something behind */
    int64_t started_us;
    int64_t gather_until_us; /* 0: not waited yet */
    int tries;
};

/* The queue. */

/* The writer that takes new jobs, locked. */
static struct db_writer *lock_current(struct gx_db *db)
{
    for (;;) {
        db = db_current(db);
        pthread_mutex_lock(&db->writer.lock);
        if (!atomic_load(&db->forward))
            return &db->writer;
        pthread_mutex_unlock(&db->writer.lock); /* it was forwarded meanwhile */
    }
}

static void enqueue(struct gx_db *db, struct db_job *job)
{
    gx_assert(job->done && job->work);
    struct db_writer *w = lock_current(db);
    gx_assert(!w->stop);
    *(w->last ? &w->last->next : &w->first) = job;
    w->last = job;
    w->queued++;
    if (w->wake_at && w->queued >= w->wake_at) {
        w->wake_at = 0;
        pthread_cond_signal(&w->wake);
    }
    pthread_mutex_unlock(&w->lock);
}

static struct db_job *dequeue(struct db_writer *w)
{
    struct db_job *job = w->first;
    if (!job)
        return NULL;
    w->first = job->next;
    if (!w->first)
        w->last = NULL;
    w->queued--;
    job->next = NULL;
    return job;
}

/* Sleep until `count` jobs are queued or the time has come (0: no limit). */
static void sleep_for(struct db_writer *w, size_t count, int64_t until_us)
{
    bool in_time = true;
    w->wake_at = count;
    while (w->queued < count && !w->stop && in_time) {
        if (until_us)
            in_time = db_cond_wait_until(&w->wake, &w->lock, until_us);
        else
            pthread_cond_wait(&w->wake, &w->lock);
    }
    w->wake_at = 0;
}

/* How many jobs are under way: those at hand, or as many as in the last two batches. */
static size_t in_flight(const struct db_writer *w, const struct batch *b)
{
    size_t n = w->in_flight[0] > w->in_flight[1] ? w->in_flight[0] : w->in_flight[1];
    return b->count + w->queued > n ? b->count + w->queued : n;
}

/* Wait a little for the jobs that those who wrote lately will send. */
static void gather(struct db_writer *w, struct batch *b, int64_t now_us)
{
    size_t expected = in_flight(w, b);
    if (w->first || b->count >= expected)
        return;
    if (!b->gather_until_us) {
        int64_t wait_us = w->commit_us / 4;
        b->gather_until_us = now_us + (wait_us < GATHER_US_MAX ? wait_us : GATHER_US_MAX);
    }
    if (now_us < b->gather_until_us)
        sleep_for(w, expected - b->count, b->gather_until_us);
}

/* The next job for this batch, or NULL when it should be committed. */
static struct db_job *take(struct db_writer *w, struct batch *b)
{
    int64_t now_us = gx_monotonic_us(), worked_us = now_us - b->started_us;
    struct db_job *job = NULL;
    if (b->count >= BATCH_JOBS_MAX || worked_us > BATCH_US_MAX || (b->last && b->last->alone))
        return NULL;
    pthread_mutex_lock(&w->lock);
    bool enough =
        b->count >= HALF_JOBS_MIN && worked_us > w->commit_us && b->count * 2 >= in_flight(w, b);
    if (!enough) {
        gather(w, b, now_us);
        if (!w->first || !w->first->alone || b->count == 0)
            job = dequeue(w);
    }
    pthread_mutex_unlock(&w->lock);
    if (job) {
        *(b->last ? &b->last->next : &b->first) = job;
        b->last = job;
        b->count++;
    }
    return job;
}

/* One transaction. */

static enum gx_code control(struct db_writer *w, enum db_control what)
{
    return w->db->engine->control(&w->ctx, w->conn, what);
}

/* The number that works count up, as it stands now. */
static int64_t number_of(const struct gx_conn *conn)
{
    return conn->db->writer.number ? *conn->db->writer.number : 0;
}

static void take_back(struct gx_conn *conn, int64_t number)
{
    if (conn->db->writer.number)
        *conn->db->writer.number = number;
}

static void drop_connection(struct db_writer *w)
{
    if (w->conn)
        w->db->engine->disconnect(w->conn);
    w->conn = NULL;
    w->unsure = true;
}

static enum gx_code begin(struct db_writer *w)
{
    if (w->conn && w->conn->broken)
        drop_connection(w);
    if (!w->conn)
        GX_TRY(w->db->engine->connect(&w->ctx, w->db, true, &w->conn));
    w->conn->fault = (struct db_fault){ 0 };
    w->conn->failed = false;
    GX_TRY(control(w, DB_BEGIN));
    if (!w->conn->foreign && !w->unsure)
        return GX_OK;
    w->conn->foreign = false;
    if (w->foreign)
        GX_TRY(w->foreign(w->foreign_p, &w->ctx, w->conn));
    w->unsure = false;
    return GX_OK;
}

/* Run `work` in a savepoint.  An error of the savepoint itself leaves the transaction lost. */
static enum gx_code run_in_savepoint(struct gx_ctx *ctx, struct gx_conn *conn, gx_db_work work,
                                     void *p)
{
    const struct db_engine *engine = conn->db->engine;
    struct gx_rows *open_before = conn->open_rows;
    int64_t number = number_of(conn);
    GX_TRY(engine->control(ctx, conn, DB_SAVEPOINT));
    enum gx_code code = work(p, conn);
    while (conn->open_rows != open_before)
        gx_rows_close(conn->open_rows);
    if (code == GX_OK && conn->failed)
        code = gx_fail(ctx, GX_E_INTERNAL, GX_STR(""), GX_M_DB_FAILED_BEFORE);
    if (code == GX_OK)
        code = engine->control(ctx, conn, DB_RELEASE);
    if (code != GX_OK)
        take_back(conn, number);
    if (code != GX_OK && engine->in_transaction(conn) &&
        engine->control(ctx, conn, DB_ROLLBACK_TO) == GX_OK)
        conn->failed = false;
    return code;
}

enum gx_code gx_db_try(struct gx_ctx *ctx, struct gx_conn *conn, gx_db_work part, void *p)
{
    gx_assert(conn->is_writer && !conn->failed);
    return run_in_savepoint(ctx, conn, part, p);
}

/* Without a savepoint; `b->spoilt` when it failed and only a rollback takes back what it did. */
static enum gx_code run_bare(struct db_writer *w, struct batch *b, struct db_job *job)
{
    const struct db_engine *engine = w->db->engine;
    int64_t before = engine->changes(w->conn), number = number_of(w->conn);
    enum gx_code code = job->work(job->p, w->conn);
    while (w->conn->open_rows)
        gx_rows_close(w->conn->open_rows);
    if (code == GX_OK && w->conn->failed)
        code = gx_fail(&w->ctx, GX_E_INTERNAL, GX_STR(""), GX_M_DB_FAILED_BEFORE);
    int64_t after = engine->changes(w->conn);
    if (code == GX_OK && after < 0)
        code = gx_fail(&w->ctx, GX_E_IN_USE, GX_STR(""), GX_M_DB_IN_USE);
    if (code != GX_OK) {
        take_back(w->conn, number);
        b->spoilt = before != after;
        w->conn->failed = false;
    }
    return code;
}

static void run_job(struct db_writer *w, struct batch *b, struct db_job *job)
{
    w->conn->fault = (struct db_fault){ 0 };
    job->code =
        b->careful ? run_in_savepoint(&w->ctx, w->conn, job->work, job->p) : run_bare(w, b, job);
    db_conn_clean(w->conn);
    if (job->code != GX_OK && w->db->engine->in_transaction(w->conn))
        job->final = true;
}

/* The transaction is gone: every job that had not failed by itself fails with it. */
static void fail_all(struct batch *b, const struct db_fault *fault)
{
    for (struct db_job *job = b->first; job; job = job->next) {
        if (job->final)
            continue;
        bool told = job == b->culprit && !fault->again; /* its context has the error */
        job->code = told ? job->code : fault->code;
        if (job->fault && !told)
            *job->fault = *fault;
    }
}

static void pause_us(int64_t us)
{
    struct timespec t = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };
    nanosleep(&t, NULL);
}

/* Whether a lost transaction should be tried again; waits before it says yes. */
static bool try_again(struct batch *b, const struct db_fault *fault)
{
    int64_t waited_us = gx_monotonic_us() - b->started_us;
    if (!fault->again)
        return false;
    if (fault->code == GX_OK) /* only the culprit failed */
        return true;
    if (fault->disconnected ? waited_us > RECONNECT_US_MAX : b->tries >= CONFLICT_TRIES_MAX)
        return false;
    int64_t us = (int64_t)PAUSE_FIRST_US << (b->tries < 7 ? b->tries : 7);
    us = us < PAUSE_LONGEST_US ? us : PAUSE_LONGEST_US;
    pause_us(us / 2 + gx_monotonic_us() % (us / 2)); /* the clock's low digits are the jitter */
    b->tries++;
    return true;
}

/* Run every job that is not final.  False: the transaction was lost. */
static bool run_jobs(struct db_writer *w, struct batch *b)
{
    struct db_job *job = b->first;
    while (job) {
        if (!job->final)
            run_job(w, b, job);
        if (b->spoilt)
            return false;
        if (!w->db->engine->in_transaction(w->conn)) {
            b->culprit = job;
            return false;
        }
        job = job->next ? job->next : take(w, b);
    }
    return true;
}

/* Why the transaction was lost, and whether to hope. */
static struct db_fault explain(struct db_writer *w, struct batch *b)
{
    if (b->spoilt)
        return (struct db_fault){ .again = true };
    if (b->culprit && b->culprit->code == GX_E_CANCELLED) {
        /* Stopping a write takes the transaction with it; the others did nothing wrong. */
        b->culprit->final = true;
        return (struct db_fault){ .again = true };
    }
    if (w->conn && w->conn->fault.code != GX_OK)
        return w->conn->fault;
    struct db_fault fault = { .code = GX_E_IO, .message = GX_M_DB };
    fault.again = fault.disconnected = !w->conn;
    struct gx_str why = gx_ctx_text(&w->ctx);
    snprintf(fault.text, sizeof fault.text, "%.*s", GX_STR_ARG(why));
    return fault;
}

/*
 * The connection broke during COMMIT: ask a new one what became of it.  False: it was not
 * committed, or nobody can say; *ret_fault tells which.
 */
static bool committed_after_all(struct db_writer *w, struct db_fault *ret_fault)
{
    bool was = false;
    int64_t until_us = gx_monotonic_us() + RECONNECT_US_MAX;
    *ret_fault = w->conn->fault;
    while (gx_monotonic_us() < until_us) {
        gx_ctx_clear(&w->ctx);
        drop_connection(w);
        w->unsure = true;
        if (w->db->engine->connect(&w->ctx, w->db, true, &w->conn) == GX_OK &&
            w->db->engine->was_committed(&w->ctx, w->conn, &was) == GX_OK)
            return was;
        pause_us(PAUSE_LONGEST_US / 4);
    }
    ret_fault->again = false;
    ret_fault->code = GX_E_IO;
    ret_fault->message = GX_M_DB_LOST;
    return false;
}

/* Run the batch once.  False: it was lost, and *ret_fault says why. */
static bool attempt(struct db_writer *w, struct batch *b, struct db_fault *ret_fault)
{
    gx_ctx_clear(&w->ctx);
    b->culprit = NULL;
    b->careful = b->careful || b->spoilt || !w->db->engine->changes;
    b->spoilt = false;
    if (begin(w) == GX_OK && run_jobs(w, b)) {
        int64_t before_us = gx_monotonic_us();
        if (control(w, DB_COMMIT) == GX_OK) {
            w->commit_us = (w->commit_us * 7 + gx_monotonic_us() - before_us) / 8;
            return true;
        }
        if (w->conn->fault.in_doubt)
            return committed_after_all(w, ret_fault);
    }
    *ret_fault = explain(w, b);
    if (w->conn && !w->conn->broken && w->db->engine->in_transaction(w->conn))
        (void)!control(w, DB_ROLLBACK);
    return false;
}

/* The numbers that a lost transaction gave are given again. */
static bool attempt_and_count(struct db_writer *w, struct batch *b, struct db_fault *ret_fault)
{
    int64_t number = w->number ? *w->number : 0;
    bool committed = attempt(w, b, ret_fault);
    if (!committed && w->number)
        *w->number = number;
    return committed;
}

static void finish(struct db_writer *w, struct batch *b)
{
    pthread_mutex_lock(&w->lock);
    w->in_flight[1] = w->in_flight[0];
    w->in_flight[0] = b->count + w->queued; /* what came during the commit is as much in flight */
    pthread_mutex_unlock(&w->lock);
    for (struct db_job *job = b->first, *next; job; job = next) {
        bool on_stack = job->on_stack;
        next = job->next;
        job->done(job->p, job->code);
        if (!on_stack)
            free(job);
    }
}

static void count_commit(struct db_writer *w, const struct batch *b)
{
    int64_t count = (int64_t)b->count;
    atomic_fetch_add(&w->commits, 1);
    atomic_fetch_add(&w->writes, count);
    if (count > atomic_load(&w->batch_largest))
        atomic_store(&w->batch_largest, count);
}

static void tell_committed(struct db_writer *w)
{
    pthread_mutex_lock(&w->lock);
    void (*fn)(void *p) = w->committed;
    void *p = w->committed_p;
    pthread_mutex_unlock(&w->lock);
    if (fn)
        fn(p);
}

static void run_batch(struct db_writer *w)
{
    struct batch b = { .started_us = gx_monotonic_us() };
    struct db_fault fault = { 0 };
    (void)take(w, &b);
    bool committed = attempt_and_count(w, &b, &fault);
    while (!committed && try_again(&b, &fault))
        committed = attempt_and_count(w, &b, &fault);
    if (committed) {
        count_commit(w, &b);
        tell_committed(w); /* before the replies: who has one and asks what is new must find it */
    } else {
        fail_all(&b, &fault);
        w->unsure = true;
    }
    if (w->conn)
        w->conn->at_once = false;
    finish(w, &b);
    gx_arena_reset(&w->arena);
}

static void *run(void *p)
{
    struct db_writer *w = p;
    bool restless = true; /* housekeeping may have something to do */
    for (;;) {
        pthread_mutex_lock(&w->lock);
        if (!w->first && !w->stop)
            sleep_for(w, 1, restless ? gx_monotonic_us() + REST_US : 0);
        bool has = w->first, stop = w->stop;
        pthread_mutex_unlock(&w->lock);
        if (has)
            run_batch(w);
        else if (stop)
            return NULL;
        if (w->conn)
            restless = w->db->engine->rest(w->conn, !has);
    }
}

enum gx_code db_writer_start(struct gx_ctx *ctx, struct gx_db *db)
{
    struct db_writer *w = &db->writer;
    GX_TRY(db->engine->connect(ctx, db, true, &w->conn));
    w->db = db;
    w->ctx = (struct gx_ctx){ .arena = &w->arena };
    pthread_mutex_init(&w->lock, NULL);
    db_cond_init(&w->wake);
    gx_assert(pthread_create(&w->thread, NULL, run, w) == 0);
    return GX_OK;
}

void db_writer_stop(struct gx_db *db)
{
    struct db_writer *w = &db->writer;
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    drop_connection(w);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->wake);
    gx_arena_free(&w->arena);
}

/* For callers. */

static void submit(struct gx_db *db, struct db_job job)
{
    struct db_job *copy = calloc(1, sizeof *copy);
    gx_assert(copy);
    *copy = job;
    enqueue(db, copy);
}

void gx_db_submit(struct gx_db *db, gx_db_work work, gx_db_done done, void *p)
{
    submit(db, (struct db_job){ .work = work, .done = done, .p = p });
}

void gx_db_submit_alone(struct gx_db *db, gx_db_work work, gx_db_done done, void *p)
{
    submit(db, (struct db_job){ .work = work, .done = done, .p = p, .alone = true });
}

void gx_db_forward(struct gx_db *db, struct gx_db *to)
{
    struct db_writer *w = &db->writer;
    gx_assert(pthread_equal(pthread_self(), w->thread));
    gx_db_on_commit(to, w->committed, w->committed_p);
    gx_db_on_foreign(to, w->foreign, w->foreign_p);
    gx_db_number(to, w->number);
    pthread_mutex_lock(&w->lock);
    atomic_store(&db->forward, to);
    struct db_job *rest = w->first;
    w->first = w->last = NULL;
    w->queued = 0;
    pthread_mutex_unlock(&w->lock);
    for (struct db_job *next; rest; rest = next) {
        next = rest->next;
        rest->next = NULL;
        enqueue(to, rest);
    }
}

void gx_db_on_commit(struct gx_db *db, void (*fn)(void *p), void *p)
{
    struct db_writer *w = lock_current(db);
    w->committed = fn;
    w->committed_p = p;
    pthread_mutex_unlock(&w->lock);
}

void gx_db_on_foreign(struct gx_db *db,
                      enum gx_code (*fn)(void *p, struct gx_ctx *ctx, struct gx_conn *conn),
                      void *p)
{
    struct db_writer *w = lock_current(db);
    w->foreign = fn;
    w->foreign_p = p;
    pthread_mutex_unlock(&w->lock);
}

void gx_db_number(struct gx_db *db, int64_t *number)
{
    struct db_writer *w = lock_current(db);
    w->number = number;
    pthread_mutex_unlock(&w->lock);
}

struct waiting {
    gx_db_work work;
    void *p;
    enum gx_code code;
    sem_t done;
};

static enum gx_code waiting_work(void *p, struct gx_conn *conn)
{
    struct waiting *waiting = p;
    return waiting->work(waiting->p, conn);
}

static void waiting_done(void *p, enum gx_code code)
{
    struct waiting *waiting = p;
    waiting->code = code;
    sem_post(&waiting->done);
}

enum gx_code gx_db_write(struct gx_ctx *ctx, struct gx_db *db, gx_db_work work, void *p)
{
    struct waiting waiting = { .work = work, .p = p };
    struct db_fault fault = { 0 };
    struct db_job job = {
        .work = waiting_work, .done = waiting_done, .p = &waiting, .on_stack = true, .fault = &fault
    };
    db = db_current(db);
    gx_assert(!pthread_equal(pthread_self(), db->writer.thread)); /* it would wait for itself */
    sem_init(&waiting.done, 0, 0);
    enqueue(db, &job);
    while (sem_wait(&waiting.done) != 0)
        continue; /* a signal came */
    sem_destroy(&waiting.done);
    if (fault.code != GX_OK)
        return gx_fail(ctx, fault.code, GX_STR(""), fault.message, gx_str_c(fault.text));
    return waiting.code;
}

struct scrubbing {
    struct gx_db *db;
    struct gx_ctx *ctx;
    const struct gx_str *tables;
    size_t count;
    enum gx_code code;
    sem_t done;
};

static enum gx_code nothing(void *p, struct gx_conn *conn)
{
    (void)p, (void)conn;
    return GX_OK;
}

/* After the transaction of its own, before the next begins. */
static void scrub(void *p, enum gx_code code)
{
    struct scrubbing *s = p;
    struct gx_db *db = db_current(s->db);
    s->code = code != GX_OK ? gx_fail(s->ctx, code, GX_STR(""), GX_M_NONE)
                            : db->engine->scrub(s->ctx, db->writer.conn, s->tables, s->count);
    sem_post(&s->done);
}

enum gx_code gx_db_scrub(struct gx_ctx *ctx, struct gx_db *db, const struct gx_str *tables,
                         size_t count)
{
    struct scrubbing s = { .db = db, .ctx = ctx, .tables = tables, .count = count };
    sem_init(&s.done, 0, 0);
    gx_db_submit_alone(db, nothing, scrub, &s);
    while (sem_wait(&s.done) != 0)
        continue; /* a signal came */
    sem_destroy(&s.done);
    return s.code;
}
