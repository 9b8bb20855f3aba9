/* operator_meter.c - from the directory's figures to records of usage; see operator_house.h. */
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "api/operator_house.h"
#include "base/log.h"
#include "base/time.h"
#include "operator/usage.h"

int64_t gx_operator_today(const struct gx_ctx *ctx)
{
    return gx_date_of_moment(ctx->now_us, 0);
}

struct gx_operator_mark gx_operator_mark_read(struct gx_str mark)
{
    struct gx_operator_mark m = { GX_STR(""), GX_STR(""), GX_STR("") };
    struct gx_str word;
    for (bool first = true; gx_str_split(&mark, ' ', &word); first = false) {
        if (first)
            m.plan = word;
        else if (gx_str_starts(word, GX_STR("trial=")))
            m.trial_until = gx_str_from(word, 6);
        else if (gx_str_starts(word, GX_STR("over=")))
            m.over_on = gx_str_from(word, 5);
    }
    return m;
}

static struct gx_str mark_of(struct gx_ctx *ctx, const struct gx_subscription *s)
{
    int64_t over = gx_subscription_over_on(s);
    if (over == INT64_MAX)
        return s->plan_code;
    return gx_arena_printf(ctx->arena, "%.*s trial=%.*s over=%.*s", GX_STR_ARG(s->plan_code),
                           GX_STR_ARG(gx_date_format(ctx->arena, s->trial_until)),
                           GX_STR_ARG(gx_date_format(ctx->arena, over)));
}

static bool same_limits(const struct gx_directory_limits *a, const struct gx_directory_limits *b)
{
    return a->seats == b->seats && a->records == b->records && a->file_bytes == b->file_bytes &&
           a->read_only == b->read_only;
}

enum gx_code gx_operator_align(struct gx_ctx *ctx, struct gx_house *house,
                               const struct gx_directory_entry *entry,
                               const struct gx_subscription *s, int64_t today, bool *ret_suspended)
{
    enum gx_standing standing = gx_subscription_standing(s, today);
    const struct gx_directory_limits limits = { .seats = s->seats,
                                                .records = s->records,
                                                .file_bytes = s->file_mb * 1000000,
                                                .read_only = standing == GX_STANDING_READ };
    struct gx_str mark = mark_of(ctx, s);
    *ret_suspended = false;
    if (!gx_str_eq(mark, entry->mark))
        GX_TRY(gx_house_rename(ctx, house, entry->name, entry->host, mark));
    if (!same_limits(&limits, &entry->limits))
        GX_TRY(gx_house_limit(ctx, house, entry->name, &limits));
    if (standing != GX_STANDING_OVER || entry->state != GX_TENANT_ACTIVE)
        return GX_OK;
    *ret_suspended = true;
    return gx_house_suspend(
        ctx, house, entry->name,
        gx_str_is(s->state, "trial") || gx_str_is(s->state, "suspended")
            ? GX_STR("試用或訂閱已到期，資料都還在；要繼續使用請聯絡服務提供者。 "
                     "The trial or subscription is over. Nothing was deleted; "
                     "ask your provider to go on.")
            : GX_STR("訂閱已結束，資料都還在；要繼續使用請聯絡服務提供者。 "
                     "The subscription has ended. Nothing was deleted; ask "
                     "your provider to go on."));
}

/* --- one tenant */

struct metering {
    struct gx_ctx *ctx;
    struct gx_house *house;
    struct gx_tenant *tenant; /* the operator's */
    const struct gx_directory_entry *entry;
    int64_t today, last;
    bool has_subscription, suspended;
    struct gx_subscription s;
    struct gx_house_usage *days, newest;
    int64_t written;
};

static struct gx_str state_of(const struct metering *m)
{
    if (m->entry->state != GX_TENANT_ACTIVE)
        return GX_STR("suspended");
    return m->has_subscription && gx_str_is(m->s.state, "trial") ? GX_STR("trial")
                                                                 : GX_STR("active");
}

static enum gx_code put(struct metering *m, struct gx_scope *scope, const struct gx_house_usage *u)
{
    const struct gx_usage_figures figures = {
        .tenant = m->entry->name,
        .state = state_of(m),
        .day = u->day,
        .seats = u->seats,
        .active_users = u->users,
        .month_users = u->users_month,
        .records = u->records,
        .file_bytes = u->file_bytes,
        .store_bytes = u->store_bytes,
        .requests = u->requests,
    };
    bool changed;
    GX_TRY(gx_usage_put(scope, &figures, &changed));
    m->written += changed;
    return GX_OK;
}

static enum gx_code write_usage(void *p, struct gx_conn *conn)
{
    struct metering *m = p;
    struct gx_scope *scope = gx_scope_system(m->ctx, m->tenant, conn, "metering");
    bool today = false;
    gx_ctx_clear(m->ctx);
    m->written = 0;
    for (const struct gx_house_usage *u = m->days; u; u = u->next) {
        GX_TRY(put(m, scope, u));
        today |= u->day == m->today;
    }
    if (!today) { /* nobody was there: it is as it was, and nobody used it */
        struct gx_house_usage idle = m->newest;
        idle.day = m->today;
        idle.users = idle.requests = 0;
        GX_TRY(put(m, scope, &idle));
    }
    if (m->suspended && m->has_subscription && !gx_str_is(m->s.state, "ended"))
        GX_TRY(gx_subscription_state(scope, m->s.id, "suspended", INT64_MAX));
    return GX_OK;
}

static enum gx_code look(struct metering *m)
{
    struct gx_conn *conn;
    GX_TRY(gx_db_reader(m->ctx, m->tenant->db, &conn));
    struct gx_scope *scope = gx_scope_system(m->ctx, m->tenant, conn, "metering");
    enum gx_code code = gx_usage_last(scope, m->entry->name, &m->last);
    if (code == GX_OK)
        code = gx_subscription_on(scope, m->entry->name, m->today, &m->s, &m->has_subscription);
    gx_db_reader_release(conn);
    return code;
}

static enum gx_code meter_one(struct metering *m)
{
    GX_TRY(look(m));
    int64_t from = m->last > m->today - 400 ? m->last : m->today - 400;
    GX_TRY(gx_house_usage(m->ctx, m->house, m->entry->name, from, m->today, &m->days));
    GX_TRY(gx_house_newest(m->ctx, m->house, m->entry->name, &m->newest));
    if (m->has_subscription)
        GX_TRY(gx_operator_align(m->ctx, m->house, m->entry, &m->s, m->today, &m->suspended));
    return gx_db_write(m->ctx, m->tenant->db, write_usage, m);
}

enum gx_code gx_operator_meter(struct gx_ctx *ctx, struct gx_house *house, struct gx_tenant *tenant,
                               struct gx_str after, struct gx_operator_metered *ret_metered)
{
    const struct gx_house_ask ask = { .after = after, .state = -1, .limit = GX_OPERATOR_METER_MAX };
    struct gx_directory_entry *e;
    int64_t count = 0;
    ret_metered->next = GX_STR("");
    GX_TRY(gx_house_list(ctx, house, &ask, &e));
    for (; e; e = e->next) {
        struct metering m = { .ctx = ctx, .house = house, .tenant = tenant, .entry = e };
        m.today = gx_operator_today(ctx);
        if (++count == GX_OPERATOR_METER_MAX)
            ret_metered->next = e->name;
        bool counts = e->state == GX_TENANT_ACTIVE || e->state == GX_TENANT_SUSPENDED;
        if (!counts || gx_str_eq(e->name, tenant->name))
            continue;
        GX_TRY(meter_one(&m));
        ret_metered->tenants++;
        ret_metered->records += m.written;
        ret_metered->suspended += m.suspended;
    }
    return GX_OK;
}

/* --- every hour */

enum { FIRST_S = 60, EVERY_S = 3600 };

struct gx_operator_runner {
    struct gx_house *house;
    struct gx_tenant *tenant;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool quit;
};

static bool is_operator(struct gx_tenant *tenant)
{
    struct gx_meta *meta = gx_tenant_meta(tenant);
    const struct gx_object *object = gx_meta_object(meta, GX_STR("subscription"));
    bool is = object && gx_str_is(object->pack, "operator");
    gx_meta_unref(meta);
    return is;
}

/* A page of tenants with a memory of its own; false: it was the last, or it failed. */
static bool round_page(struct gx_operator_runner *r, char *after, size_t after_size)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .now_us = gx_clock_us(), .lang = GX_LANG_EN };
    struct gx_operator_metered done = { 0 };
    enum gx_code code = gx_operator_meter(&ctx, r->house, r->tenant, gx_str_c(after), &done);
    if (code != GX_OK)
        gx_log_say(GX_LOG_ERROR, "metering", gx_ctx_text(&ctx));
    bool more = code == GX_OK && done.next.n > 0 && done.next.n < after_size;
    if (more) {
        memcpy(after, done.next.p, done.next.n);
        after[done.next.n] = 0;
    }
    gx_arena_free(&arena);
    return more;
}

static bool rest(struct gx_operator_runner *r, int seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&r->lock);
    int timed_out = 0;
    while (!r->quit && !timed_out)
        timed_out = pthread_cond_timedwait(&r->wake, &r->lock, &until);
    bool quit = r->quit;
    pthread_mutex_unlock(&r->lock);
    return !quit;
}

static void *run(void *p)
{
    struct gx_operator_runner *r = p;
    int wait = FIRST_S;
    while (rest(r, wait)) {
        char after[GX_TENANT_NAME_MAX + 1] = "";
        wait = EVERY_S;
        while (is_operator(r->tenant) && round_page(r, after, sizeof after) && rest(r, 0))
            ;
    }
    return NULL;
}

enum gx_code gx_operator_runner_start(struct gx_arena *arena, struct gx_house *house,
                                      struct gx_tenant *tenant,
                                      struct gx_operator_runner **ret_runner)
{
    struct gx_operator_runner *r = GX_ARENA_NEW(arena, struct gx_operator_runner);
    sigset_t all, before;
    r->house = house;
    r->tenant = tenant;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->wake, NULL);
    sigfillset(&all); /* signals are main's */
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int failed = pthread_create(&r->thread, NULL, run, r);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        return GX_E_BUSY;
    *ret_runner = r;
    return GX_OK;
}

void gx_operator_runner_stop(struct gx_operator_runner *r)
{
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    r->quit = true;
    pthread_cond_signal(&r->wake);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
    pthread_cond_destroy(&r->wake);
    pthread_mutex_destroy(&r->lock);
}
