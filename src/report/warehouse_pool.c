/*
 * warehouse_pool.c - who is asked next: a few connections, shared out by person.
 *
 * A connection goes to the waiter whose person holds the fewest, the longest waiting of them; and
 * one person never holds all.
 */
#include <time.h>

#include "report/warehouse_int.h"

enum { WAITING_MAX = 200, OF_ONE_PERSON = GX_WAREHOUSE_SESSIONS_MAX - 2, SESSION_WAIT_MS = 30000 };

static struct timespec after_ms(int64_t ms)
{
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_sec += ms / 1000;
    at.tv_nsec += ms % 1000 * 1000000L;
    at.tv_sec += at.tv_nsec / 1000000000L;
    at.tv_nsec %= 1000000000L;
    return at;
}

/* --- until it can be asked */

static enum gx_code not_there(struct gx_ctx *ctx, const struct gx_warehouse *w)
{
    if (w->control < 0 && w->failures >= GX_WAREHOUSE_GIVEN_UP)
        return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_WAREHOUSE_DOWN, gx_str_c(w->why));
    return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_WAREHOUSE_FILLING);
}

/* Under the lock. */
static enum gx_code wait_ready(struct gx_ctx *ctx, struct gx_warehouse *w, int64_t wait_ms)
{
    struct timespec until = after_ms(wait_ms);
    int rc = 0;
    if (!w->wanted)
        w->failures = 0; /* a new try may do; what comes of it is said */
    w->wanted = true;
    w->asked_us = gx_monotonic_us();
    pthread_cond_broadcast(&w->changed);
    while (!w->ready && w->failures < GX_WAREHOUSE_GIVEN_UP && !w->closing && rc == 0)
        rc = pthread_cond_timedwait(&w->changed, &w->lock, &until);
    if (w->ready && w->control >= 0)
        return GX_OK;
    return not_there(ctx, w);
}

/* --- whose turn it is */

static int held(const struct gx_warehouse *w, int64_t user)
{
    int n = 0;
    for (int i = 0; i < GX_WAREHOUSE_SESSIONS_MAX; i++)
        n += w->busy[i] == user + 1;
    return n;
}

/* Under the lock: give what is free to who waits. */
static void deal(struct gx_warehouse *w)
{
    int free_count = 0;
    for (int i = 0; i < GX_WAREHOUSE_SESSIONS_MAX; i++)
        free_count += w->busy[i] == 0;
    for (struct gx_waiter *x = w->waiters; x; x = x->next)
        free_count -= x->turn;
    while (free_count-- > 0) {
        struct gx_waiter *best = NULL;
        int least = OF_ONE_PERSON;
        for (struct gx_waiter *x = w->waiters; x; x = x->next) {
            int n = held(w, x->user);
            if (!x->turn && n < least) {
                least = n;
                best = x;
            }
        }
        if (!best)
            break;
        best->turn = true;
    }
    pthread_cond_broadcast(&w->changed);
}

static void leave_queue(struct gx_warehouse *w, const struct gx_waiter *me)
{
    struct gx_waiter **at = &w->waiters;
    while (*at != me)
        at = &(*at)->next;
    *at = me->next;
    w->waiting--;
}

/* Under the lock. */
static enum gx_code take_slot(struct gx_ctx *ctx, struct gx_warehouse *w, int64_t user,
                              int *ret_slot)
{
    struct timespec until = after_ms(SESSION_WAIT_MS);
    struct gx_waiter me = { .user = user }, **last = &w->waiters;
    int rc = 0, slot = 0;
    if (w->waiting >= WAITING_MAX)
        return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_WAREHOUSE_WAITING);
    while (*last)
        last = &(*last)->next;
    *last = &me;
    w->waiting++;
    deal(w);
    while (!me.turn && !w->closing && rc == 0)
        rc = pthread_cond_timedwait(&w->changed, &w->lock, &until);
    leave_queue(w, &me);
    if (!me.turn)
        return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_WAREHOUSE_WAITING);
    while (w->busy[slot])
        slot++;
    w->busy[slot] = user + 1;
    *ret_slot = slot;
    return GX_OK;
}

static void give_back(struct gx_warehouse *w, int slot)
{
    pthread_mutex_lock(&w->lock);
    w->busy[slot] = 0;
    w->asked_us = gx_monotonic_us();
    deal(w);
    pthread_mutex_unlock(&w->lock);
}

static enum gx_code begin(struct gx_ctx *ctx, struct gx_warehouse *w, int64_t user, int64_t wait_ms,
                          struct gx_asker **ret_session)
{
    int slot = -1;
    pthread_mutex_lock(&w->lock);
    enum gx_code code = wait_ready(ctx, w, wait_ms);
    if (code == GX_OK)
        code = take_slot(ctx, w, user, &slot);
    pthread_mutex_unlock(&w->lock);
    GX_TRY(code);
    code = gx_asker_connect(ctx, w, slot, ret_session);
    if (code != GX_OK)
        give_back(w, slot);
    return code;
}

enum gx_code gx_asker_begin(struct gx_ctx *ctx, struct gx_warehouse *w, int64_t user,
                            struct gx_asker **ret_session)
{
    return begin(ctx, w, user, GX_WAREHOUSE_ASK_MS, ret_session);
}

void gx_asker_end(struct gx_asker *session)
{
    struct gx_warehouse *w = session->w;
    int slot = session->slot;
    gx_asker_close(session);
    give_back(w, slot);
}

/* --- one question */

static void hand_on(struct gx_ctx *ctx, const struct gx_ctx *own)
{
    for (const struct gx_error *e = own->errors; e; e = e->next) {
        struct gx_str args[8] = { { "", 0 } };
        size_t n = e->arg_count > 7 ? 7 : e->arg_count;
        for (size_t i = 0; i < n; i++)
            args[i + 1] = e->args[i];
        (void)gx_fail_args(ctx, e->code, e->path, e->at, e->message, args, n);
    }
}

static enum gx_code ask_once(struct gx_ctx *ctx, struct gx_warehouse *w, const struct gx_ask *ask,
                             const struct gx_answer *answer, int64_t *ret_rows, bool *ret_died)
{
    struct gx_asker *session;
    int64_t wait_ms = ask->time_ms ? ask->time_ms : GX_WAREHOUSE_ASK_MS;
    *ret_died = false;
    GX_TRY(begin(ctx, w, ask->user, wait_ms, &session));
    enum gx_code code = gx_asker_ask(ctx, session, ask, answer, ret_rows);
    *ret_died = code == GX_E_BUSY && session->dead;
    gx_asker_end(session);
    return code;
}

enum gx_code gx_warehouse_ask(struct gx_ctx *ctx, struct gx_warehouse *w, const struct gx_ask *ask,
                              const struct gx_answer *answer, int64_t *ret_rows)
{
    enum { TRIES = 3 };
    enum gx_code code = GX_OK;
    struct gx_ctx own = *ctx;
    bool died = true;
    for (int i = 0; i < TRIES && died; i++) {
        int64_t rows = 0;
        gx_ctx_clear(&own);
        code = ask_once(&own, w, ask, answer, &rows, &died);
        if (ret_rows)
            *ret_rows = rows;
        bool nothing_given = rows == 0 || !answer || !answer->row;
        died = died && !ask->writes && (nothing_given || answer->again);
        if (died && answer && answer->again)
            answer->again(answer->p);
    }
    hand_on(ctx, &own);
    return code;
}

/* --- everything in the arena */

struct keeping {
    struct gx_ctx *ctx;
    struct gx_answer_rows *rows;
    size_t cap;
};

static enum gx_code keep_columns(void *p, const struct gx_answer_column *columns, size_t count)
{
    struct keeping *k = p;
    k->rows->columns = GX_ARENA_ARRAY(k->ctx->arena, struct gx_answer_column, count);
    memcpy(k->rows->columns, columns, count * sizeof *columns);
    k->rows->column_count = count;
    return GX_OK;
}

static enum gx_code keep_row(void *p, const struct gx_value *values, size_t count)
{
    struct keeping *k = p;
    size_t used = k->rows->row_count * count;
    if (used + count > k->cap) {
        k->cap = k->cap ? k->cap * 2 : count * 16;
        struct gx_value *grown = GX_ARENA_ARRAY(k->ctx->arena, struct gx_value, k->cap);
        if (used)
            memcpy(grown, k->rows->values, used * sizeof *grown);
        k->rows->values = grown;
    }
    for (size_t i = 0; i < count; i++) {
        struct gx_value v = values[i];
        if (v.kind == GX_VALUE_TEXT || v.kind == GX_VALUE_BLOB)
            v.s = gx_arena_str(k->ctx->arena, v.s);
        k->rows->values[used + i] = v;
    }
    k->rows->row_count++;
    return GX_OK;
}

static void keep_again(void *p)
{
    struct keeping *k = p;
    k->rows->row_count = 0;
}

enum gx_code gx_warehouse_rows(struct gx_ctx *ctx, struct gx_warehouse *w, const struct gx_ask *ask,
                               struct gx_answer_rows *ret_rows)
{
    struct keeping k = { .ctx = ctx, .rows = ret_rows };
    const struct gx_answer answer = { &k, keep_columns, keep_row, keep_again };
    *ret_rows = (struct gx_answer_rows){ 0 };
    return gx_warehouse_ask(ctx, w, ask, &answer, NULL);
}

enum gx_code gx_warehouse_int(struct gx_ctx *ctx, struct gx_warehouse *w, const struct gx_ask *ask,
                              int64_t otherwise, int64_t *ret_value)
{
    struct gx_answer_rows rows;
    *ret_value = otherwise;
    GX_TRY(gx_warehouse_rows(ctx, w, ask, &rows));
    if (rows.row_count && rows.column_count && rows.values[0].kind == GX_VALUE_INT)
        *ret_value = rows.values[0].i;
    return GX_OK;
}

/* --- what the keeper does for others */

static enum gx_code send_errand(struct gx_ctx *ctx, struct gx_warehouse *w,
                                const struct gx_errand_box *errand, int64_t *ret_rows)
{
    pthread_mutex_lock(&w->lock);
    enum gx_code code = wait_ready(ctx, w, GX_WAREHOUSE_ASK_MS);
    while (code == GX_OK && w->errand.kind != GX_ERRAND_NONE && !w->closing)
        pthread_cond_wait(&w->changed, &w->lock);
    if (code == GX_OK) {
        w->errand = *errand;
        pthread_cond_broadcast(&w->changed);
        while (!w->errand.over && !w->closing)
            pthread_cond_wait(&w->changed, &w->lock);
        code = w->errand.over ? w->errand.code : GX_E_BUSY;
        if (ret_rows)
            *ret_rows = w->errand.rows;
        w->errand = (struct gx_errand_box){ 0 };
        pthread_cond_broadcast(&w->changed);
        if (code != GX_OK)
            (void)gx_fail(ctx, code, GX_STR(""), GX_M_WAREHOUSE_GONE);
    }
    pthread_mutex_unlock(&w->lock);
    return code;
}

enum gx_code gx_warehouse_rebuild(struct gx_ctx *ctx, struct gx_warehouse *w, int64_t *ret_rows)
{
    const struct gx_errand_box errand = { .kind = GX_ERRAND_REBUILD };
    return send_errand(ctx, w, &errand, ret_rows);
}

enum gx_code gx_warehouse_verify(struct gx_ctx *ctx, struct gx_warehouse *w,
                                 struct gx_warehouse_check *check)
{
    const struct gx_errand_box errand = { .kind = GX_ERRAND_VERIFY, .check = check };
    return send_errand(ctx, w, &errand, NULL);
}

enum gx_code gx_warehouse_take(struct gx_ctx *ctx, struct gx_warehouse *w, struct gx_str name,
                               struct gx_str table, struct gx_bulk_result *result)
{
    struct gx_taking taking = { name, table, result };
    const struct gx_errand_box errand = { .kind = GX_ERRAND_TAKE, .taking = &taking };
    return send_errand(ctx, w, &errand, NULL);
}

enum gx_code gx_warehouse_settle(struct gx_ctx *ctx, struct gx_warehouse *w, int64_t wait_ms)
{
    struct gx_conn *conn;
    int64_t end, until_us = gx_monotonic_us() + wait_ms * 1000;
    GX_TRY(gx_db_reader(ctx, w->tenant->db, &conn));
    enum gx_code code =
        gx_db_int(ctx, conn, GX_SQL("SELECT max(seq) FROM gx_change"), NULL, 0, 0, &end);
    gx_db_reader_release(conn);
    GX_TRY(code);
    pthread_mutex_lock(&w->lock);
    code = wait_ready(ctx, w, wait_ms);
    struct timespec until = after_ms((until_us - gx_monotonic_us()) / 1000);
    int rc = 0;
    while (code == GX_OK && w->position < end && rc == 0 && !w->closing)
        rc = pthread_cond_timedwait(&w->changed, &w->lock, &until);
    if (code == GX_OK && w->position < end)
        code = not_there(ctx, w);
    pthread_mutex_unlock(&w->lock);
    return code;
}
