/* hub.c - see hub.h. */
#include "api/hub.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "access/signin.h"
#include "base/assert.h"
#include "store/feed.h"

enum {
    PACE_US = 50000,        /* between two rounds */
    PACE_BULK_US = 1000000, /* while much is written */
    PACE_FAILED_US = 1000000,
    VERSION_BYTES = 80,
    /* A cache may have been filled just before the commit; it is trusted no longer than this. */
    RECHECK_US = 1200000,
};

struct stream {
    struct stream *prev, *next;
    struct gx_hub *hub;
    struct gx_req *req;
    uint64_t serial;
    int64_t user;
    struct gx_str token;
    struct gx_buf out; /* not yet sent */
    bool ended;
};

struct gx_hub {
    struct gx_tenant *tenant;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop;
    struct stream *first;
    int count;
    uint64_t serial;
    int64_t newest;                       /* entry of the log */
    char version[VERSION_BYTES];          /* of the definitions, as everybody knows it */
    int64_t told;                         /* up to here everybody knows */
    uint64_t epoch;                       /* of access, when sessions were looked at */
    int64_t next_us, beat_us, recheck_us; /* monotonic; recheck 0: not due */
};

/* A person with their streams, as a round sees them. */
struct listener {
    int64_t user;
    struct gx_buf news;
    bool gone; /* no longer a user */
};

struct checked {
    uint64_t serial;
    int64_t user;
    struct gx_str token;
    bool over;
};

struct round {
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct gx_conn *conn;
    int64_t after, until;
    bool check, beat, summed;
    struct checked *streams;
    size_t stream_count;
    struct listener *listeners;
    size_t listener_count;
};

/* --- streams; all under the lock */

static void say(struct stream *s, const char *event, const char *data)
{
    gx_buf_printf(&s->out, "id: %lld\nevent: %s\ndata: %s\n\n", (long long)s->hub->told, event,
                  data);
}

static void end_stream(struct stream *s, const char *data)
{
    if (s->ended)
        return;
    say(s, "end", data);
    s->ended = true;
    gx_stream_wake(s->req);
}

static void leave(void *p)
{
    struct stream *s = p;
    struct gx_hub *hub = s->hub;
    pthread_mutex_lock(&hub->lock);
    *(s->prev ? &s->prev->next : &hub->first) = s->next;
    if (s->next)
        s->next->prev = s->prev;
    hub->count--;
    pthread_mutex_unlock(&hub->lock);
}

static enum gx_code next_piece(struct gx_req *req, void *p, struct gx_buf *out, bool *ret_more)
{
    struct stream *s = p;
    (void)req;
    pthread_mutex_lock(&s->hub->lock);
    gx_buf_add(out, gx_buf_str(&s->out));
    gx_buf_clear(&s->out);
    *ret_more = !s->ended;
    pthread_mutex_unlock(&s->hub->lock);
    return GX_OK;
}

static void hear(struct stream *s, struct gx_str news)
{
    if (s->ended || news.n == 0)
        return;
    if (s->out.n + news.n > GX_HUB_STREAM_BYTES_MAX) {
        gx_buf_clear(&s->out);
        say(s, "reset", "{}");
    } else {
        gx_buf_add(&s->out, news);
    }
    gx_stream_wake(s->req);
}

/* --- a round */

static struct listener *listener_of(struct round *r, int64_t user)
{
    for (size_t i = 0; i < r->listener_count; i++)
        if (r->listeners[i].user == user)
            return &r->listeners[i];
    return NULL;
}

/* Under the lock: what this round is about, copied, since streams come and go meanwhile. */
static void plan_round(struct gx_hub *hub, struct round *r, int64_t now_us)
{
    uint64_t epoch = gx_access_epoch(hub->tenant);
    if (epoch != hub->epoch) {
        hub->recheck_us = now_us + RECHECK_US;
        r->check = true;
    }
    if (hub->recheck_us && now_us >= hub->recheck_us) {
        hub->recheck_us = 0;
        r->check = true;
    }
    r->beat = now_us >= hub->beat_us;
    if (r->beat)
        hub->beat_us = now_us + (int64_t)GX_HUB_BEAT_S * 1000000;
    r->check |= r->beat;
    hub->epoch = epoch;
    r->after = hub->told;
    r->until = now_us >= hub->next_us ? hub->newest : hub->told;
    r->streams = GX_ARENA_ARRAY(&r->arena, struct checked, (size_t)hub->count + 1);
    r->listeners = GX_ARENA_ARRAY(&r->arena, struct listener, (size_t)hub->count + 1);
    for (const struct stream *s = hub->first; s; s = s->next) {
        if (s->ended)
            continue;
        r->streams[r->stream_count++] = (struct checked){
            .serial = s->serial, .user = s->user, .token = gx_arena_str(&r->arena, s->token)
        };
        if (!listener_of(r, s->user))
            r->listeners[r->listener_count++].user = s->user;
    }
}

static enum gx_code scope_of(struct gx_hub *hub, struct round *r, int64_t user,
                             struct gx_scope **ret_scope)
{
    if (user)
        return gx_scope_user(&r->ctx, hub->tenant, r->conn, user, ret_scope);
    *ret_scope = gx_scope_system(&r->ctx, hub->tenant, r->conn, "operator listening");
    return GX_OK;
}

static enum gx_code tell_one(struct gx_hub *hub, struct round *r, const struct gx_feed *feed,
                             struct listener *l)
{
    struct gx_scope *scope;
    enum gx_code code = scope_of(hub, r, l->user, &scope);
    l->gone = code == GX_E_UNAUTHENTICATED;
    if (code == GX_OK)
        code = gx_feed_tell(scope, feed, &l->news);
    gx_ctx_clear(&r->ctx);
    return l->gone ? GX_OK : code;
}

static enum gx_code check_sessions(struct gx_hub *hub, struct round *r)
{
    gx_access_forget(hub->tenant);
    hub->epoch = gx_access_epoch(hub->tenant);
    for (size_t i = 0; i < r->stream_count; i++) {
        struct checked *s = &r->streams[i];
        struct gx_session session;
        if (s->token.n == 0)
            continue;
        enum gx_code code = gx_session_find(&r->ctx, hub->tenant, r->conn, s->token, &session);
        gx_ctx_clear(&r->ctx);
        s->over = code == GX_E_UNAUTHENTICATED || (code == GX_OK && session.user != s->user);
        if (code != GX_OK && !s->over)
            return code;
    }
    return GX_OK;
}

static enum gx_code work(struct gx_hub *hub, struct round *r)
{
    struct gx_feed *feed;
    struct gx_scope *system;
    GX_TRY(gx_db_reader(&r->ctx, hub->tenant->db, &r->conn));
    gx_arena_defer(&r->arena, (void (*)(void *))gx_db_reader_release, r->conn);
    if (r->check)
        GX_TRY(check_sessions(hub, r));
    system = gx_scope_system(&r->ctx, hub->tenant, r->conn, "live events");
    GX_TRY(gx_feed_read(system, r->after, r->until, &feed));
    r->summed = feed->summed;
    for (size_t i = 0; i < r->listener_count; i++)
        GX_TRY(tell_one(hub, r, feed, &r->listeners[i]));
    return GX_OK;
}

/* Under the lock: hand out.  A stream that came meanwhile missed this round. */
static void hand_out(struct gx_hub *hub, struct round *r)
{
    size_t at = 0;
    hub->told = r->until;
    for (struct stream *s = hub->first; s; s = s->next) {
        struct checked *c = NULL;
        for (size_t i = 0; i < r->stream_count && !c; i++) { /* in the same order, mostly */
            size_t k = (at + i) % r->stream_count;
            c = r->streams[k].serial == s->serial ? &r->streams[k] : NULL;
            at = c ? k + 1 : at;
        }
        const struct listener *l = listener_of(r, s->user);
        if (s->ended)
            continue;
        if (l && (l->gone || (c && c->over)))
            end_stream(s, "{\"reason\":\"signed_out\"}");
        else if (l)
            hear(s, gx_buf_str(&l->news));
        else if (r->until > r->after)
            hear(s, gx_arena_printf(&r->arena, "id: %lld\nevent: reset\ndata: {}\n\n",
                                    (long long)r->until));
        if (r->beat && !s->ended && s->out.n == 0) {
            say(s, "beat", "{}");
            gx_stream_wake(s->req);
        }
    }
}

static void run_round(struct gx_hub *hub, int64_t now_us)
{
    struct round r = { 0 };
    r.ctx = (struct gx_ctx){
        .arena = &r.arena,
        .now_us = gx_clock_us(),
        .tz_offset_min = hub->tenant->settings.tz_offset_min,
    };
    plan_round(hub, &r, now_us);
    pthread_mutex_unlock(&hub->lock);
    enum gx_code code = work(hub, &r);
    gx_arena_run_deferred(&r.arena, NULL);
    pthread_mutex_lock(&hub->lock);
    hub->next_us = gx_monotonic_us() + (code != GX_OK ? PACE_FAILED_US
                                        : r.summed    ? PACE_BULK_US
                                                      : PACE_US);
    if (code == GX_OK)
        hand_out(hub, &r);
    for (size_t i = 0; i < r.listener_count; i++)
        gx_buf_free(&r.listeners[i].news);
    gx_arena_free(&r.arena);
}

/* --- the thread */

/* When the next round is due by the clock; -1: now. */
static int64_t due(const struct gx_hub *hub, int64_t now_us)
{
    int64_t at = hub->beat_us;
    if (hub->newest > hub->told && hub->next_us < at)
        at = hub->next_us;
    if (hub->recheck_us && hub->recheck_us < at)
        at = hub->recheck_us;
    if (gx_access_epoch(hub->tenant) != hub->epoch || at <= now_us)
        return -1;
    return at;
}

static void *run(void *p)
{
    struct gx_hub *hub = p;
    pthread_mutex_lock(&hub->lock);
    while (!hub->stop) {
        int64_t now_us = gx_monotonic_us(), at = hub->count ? due(hub, now_us) : 0;
        if (at < 0) {
            run_round(hub, now_us);
        } else if (at == 0) {
            pthread_cond_wait(&hub->wake, &hub->lock);
        } else {
            struct timespec t = { .tv_sec = at / 1000000, .tv_nsec = at % 1000000 * 1000 };
            pthread_cond_timedwait(&hub->wake, &hub->lock, &t);
        }
    }
    pthread_mutex_unlock(&hub->lock);
    return NULL;
}

/* Have other definitions been published?  Keeps their version; under the lock. */
static bool redefined(struct gx_hub *hub)
{
    struct gx_meta *meta = gx_tenant_meta(hub->tenant);
    bool same = gx_str_eq(meta->version, gx_str_c(hub->version));
    gx_assert(meta->version.n < VERSION_BYTES);
    if (!same)
        snprintf(hub->version, sizeof hub->version, "%.*s", GX_STR_ARG(meta->version));
    gx_meta_unref(meta);
    return !same;
}

/* To everybody, and no more than the version: what it holds is asked for, under one's own rights.
 */
static void tell_definitions(struct gx_hub *hub)
{
    char news[VERSION_BYTES + 60];
    int n = snprintf(news, sizeof news, "event: definition\ndata: {\"version\":\"%s\"}\n\n",
                     hub->version);
    for (struct stream *s = hub->first; s; s = s->next)
        hear(s, (struct gx_str){ .p = news, .n = (size_t)n });
}

/* On the writer's thread, after each commit. */
static void committed(void *p)
{
    struct gx_hub *hub = p;
    pthread_mutex_lock(&hub->lock);
    hub->newest = hub->tenant->change_seq;
    if (redefined(hub))
        tell_definitions(hub);
    if (hub->count)
        pthread_cond_signal(&hub->wake);
    pthread_mutex_unlock(&hub->lock);
}

void gx_hub_newer(struct gx_hub *hub, int64_t seq)
{
    pthread_mutex_lock(&hub->lock);
    hub->newest = seq > hub->newest ? seq : hub->newest;
    if (hub->count)
        pthread_cond_signal(&hub->wake);
    pthread_mutex_unlock(&hub->lock);
}

enum gx_code gx_hub_start(struct gx_ctx *ctx, struct gx_arena *arena, struct gx_tenant *tenant,
                          struct gx_hub **ret_hub)
{
    struct gx_hub *hub = GX_ARENA_NEW(arena, struct gx_hub);
    pthread_condattr_t attr;
    sigset_t all, before;
    hub->tenant = tenant;
    hub->newest = hub->told = tenant->change_seq;
    (void)redefined(hub);
    pthread_mutex_init(&hub->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&hub->wake, &attr);
    pthread_condattr_destroy(&attr);
    sigfillset(&all); /* signals are main's */
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int failed = pthread_create(&hub->thread, NULL, run, hub);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_NONE);
    gx_db_on_commit(tenant->db, committed, hub);
    *ret_hub = hub;
    return GX_OK;
}

void gx_hub_stop(struct gx_hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    hub->stop = true;
    for (struct stream *s = hub->first; s; s = s->next)
        end_stream(s, "{\"reason\":\"stopping\"}");
    pthread_cond_signal(&hub->wake);
    pthread_mutex_unlock(&hub->lock);
    pthread_join(hub->thread, NULL);
}

int gx_hub_count(struct gx_hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    int count = hub->count;
    pthread_mutex_unlock(&hub->lock);
    return count;
}

void gx_hub_tell(struct gx_hub *hub, const int64_t *users, size_t count, struct gx_str event)
{
    if (count == 0)
        return;
    pthread_mutex_lock(&hub->lock);
    for (struct stream *s = hub->first; s; s = s->next)
        for (size_t i = 0; i < count; i++)
            if (s->user == users[i])
                hear(s, event);
    pthread_mutex_unlock(&hub->lock);
}

/* --- joining */

static enum gx_code may_join(const struct gx_hub *hub, const struct gx_req *req, int64_t user)
{
    int own = 0;
    for (const struct stream *s = hub->first; s; s = s->next)
        own += s->user == user && !s->ended;
    if (hub->stop || hub->count >= GX_HUB_STREAMS_MAX)
        return gx_fail(req->ctx, GX_E_BUSY, GX_STR(""), GX_M_HUB_FULL);
    if (own >= GX_HUB_USER_STREAMS_MAX)
        return gx_fail(req->ctx, GX_E_RATE, GX_STR(""), GX_M_HUB_USER_FULL);
    return GX_OK;
}

/* Everything up to a moment of the hub, on a reader of its own. */
static enum gx_code catch_up(struct gx_hub *hub, struct gx_req *req, int64_t after, int64_t until,
                             struct gx_buf *out)
{
    struct gx_conn *conn;
    struct gx_feed *feed = NULL;
    GX_TRY(gx_db_reader(req->ctx, hub->tenant->db, &conn));
    struct gx_scope *system =
        gx_scope_system(req->ctx, hub->tenant, conn, "what a reader has missed");
    gx_scope_use(req->scope, conn);
    enum gx_code code = gx_feed_read(system, after, until, &feed);
    if (code == GX_OK)
        code = gx_feed_tell(req->scope, feed, out);
    gx_scope_use(req->scope, NULL);
    gx_db_reader_release(conn);
    return code;
}

static void enter(struct gx_hub *hub, struct stream *s)
{
    if (hub->count == 0) {
        hub->told = hub->newest;
        hub->beat_us = gx_monotonic_us() + (int64_t)GX_HUB_BEAT_S * 1000000;
    }
    s->serial = ++hub->serial;
    s->next = hub->first;
    if (s->next)
        s->next->prev = s;
    hub->first = s;
    hub->count++;
    gx_arena_defer(s->req->ctx->arena, leave, s);
}

/* With the version of the definitions: who was away learns whether there are others. */
static void greet(const struct gx_hub *hub, struct gx_buf *out, int64_t at, bool anew)
{
    gx_buf_printf(out, "id: %lld\nevent: %s\ndata: {\"version\":\"%s\"}\n\n", (long long)at,
                  anew ? "reset" : "hello", hub->version);
}

/* What is missing is read without the lock, so the hub may be further on by then: again. */
static enum gx_code join(struct gx_hub *hub, struct stream *s, const struct gx_hub_ask *ask)
{
    int64_t at = ask->after;
    bool anew = false;
    enum gx_code code;
    for (;;) {
        pthread_mutex_lock(&hub->lock);
        int64_t until = ask->stay && hub->count ? hub->told : hub->newest;
        code = ask->stay ? may_join(hub, s->req, s->user) : GX_OK;
        if (at < 0)
            at = until;
        /* From a log that is no longer this one, or too long ago. */
        anew |= (at > until && at > hub->newest) || until - at > GX_FEED_BEHIND_MAX;
        bool there = code != GX_OK || anew || at >= until;
        if (there && code == GX_OK) {
            greet(hub, &s->out, anew ? until : at, anew);
            if (ask->stay)
                enter(hub, s);
        }
        pthread_mutex_unlock(&hub->lock);
        if (there)
            return code;
        GX_TRY(catch_up(hub, s->req, at, until, &s->out));
        at = until;
    }
}

static void free_out(void *p)
{
    gx_buf_free(p);
}

enum gx_code gx_hub_join(struct gx_hub *hub, struct gx_req *req, const struct gx_hub_ask *ask)
{
    struct stream *s = GX_ARENA_NEW(req->ctx->arena, struct stream);
    *s = (struct stream){
        .hub = hub,
        .req = req,
        .user = gx_scope_me(req->scope),
        .token = gx_arena_str(req->ctx->arena, ask->token),
        .ended = !ask->stay,
    };
    gx_arena_defer(req->ctx->arena, free_out, &s->out);
    GX_TRY(join(hub, s, ask));
    req->content_type = "text/event-stream";
    gx_reply_header(req, "X-Accel-Buffering", GX_STR("no"));
    req->stream = next_piece;
    req->stream_p = s;
    return GX_OK;
}
