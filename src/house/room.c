/*
 * room.c - open tenants: held, opened by a few threads, closed when they are idle.
 *
 * A place goes opening → open → closing and is gone.  Who made it "closing" closes it, an opener
 * opens it, so opening and closing one tenant never overlap; whoever asks for a tenant that is
 * closing waits, and it is opened again.
 */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/assert.h"
#include "base/log.h"
#include "house/house_int.h"
#include "meta/quota.h"

/* The wait of somebody who stands still until it is over. */
struct standing {
    struct gx_house *house;
    struct gx_room_wait wait;
    enum gx_code code;
    struct gx_room *room;
    bool over;
};

void room_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attr);
    pthread_condattr_destroy(&attr);
}

/* False: the time is up. */
static bool wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t at_us)
{
    struct timespec at = { .tv_sec = at_us / 1000000, .tv_nsec = at_us % 1000000 * 1000 };
    return pthread_cond_timedwait(cond, lock, &at) != ETIMEDOUT;
}

/* --- the list of open places, under the lock */

static void unlink_place(struct gx_house *house, struct place *place)
{
    *(place->prev ? &place->prev->next : &house->newest) = place->next;
    *(place->next ? &place->next->prev : &house->oldest) = place->prev;
    place->prev = place->next = NULL;
}

static void link_newest(struct gx_house *house, struct place *place)
{
    place->prev = NULL;
    place->next = house->newest;
    *(house->newest ? &house->newest->prev : &house->oldest) = place;
    house->newest = place;
}

static void hold(struct gx_house *house, struct place *place)
{
    place->holders++;
    place->used_us = gx_monotonic_us();
    if (house->newest != place) {
        unlink_place(house, place);
        link_newest(house, place);
    }
}

static struct place *new_place(struct gx_house *house, struct lodging *lodging)
{
    struct gx_arena arena = { 0 };
    struct place *place = GX_ARENA_NEW(&arena, struct place);
    place->arena = arena; /* it lives in its own */
    place->room.house = house;
    place->room.arena = &place->arena;
    place->lodging = lodging;
    place->used_us = gx_monotonic_us();
    lodging->place = place;
    return place;
}

static void enqueue(struct gx_house *house, struct place *place)
{
    place->queued = NULL;
    *house->queue_tail = place;
    house->queue_tail = &place->queued;
    pthread_cond_signal(&house->work);
}

static void free_place(struct place *place)
{
    struct gx_arena arena = place->arena;
    gx_arena_free(&arena);
}

/* --- opening and closing, without the lock */

void room_limit(struct place *place)
{
    const struct gx_directory_limits *l = &place->lodging->row.limits;
    gx_quota_limit(place->room.tenant, l->seats, l->records, l->file_bytes);
    atomic_store(&place->room.tenant->quota.read_only, l->read_only);
}

static enum gx_code open_it(struct gx_ctx *ctx, struct place *place)
{
    struct gx_house *house = place->room.house;
    struct gx_directory_entry row;
    bool front = gx_str_is(place->lodging->row.name, house->options.front);
    pthread_mutex_lock(&house->lock);
    row = place->lodging->row;
    pthread_mutex_unlock(&house->lock);
    bool making = row.state == GX_TENANT_MAKING;
    struct gx_tenant_options options = {
        .dir = house_folder(ctx->arena, house, &row),
        .home = house->options.dir,
        .url = row.url.n ? gx_arena_cstr(ctx->arena, row.url) : NULL,
        .name = row.name,
        .packs = making  ? house->packs
                 : front ? house->options.packs
                         : NULL,
        .create = making || (front && house->options.create),
    };
    GX_TRY(gx_tenant_open(ctx, &options, &place->room.tenant));
    room_limit(place);
    enum gx_code code = house->options.start(house->options.app, ctx, &place->room);
    if (code != GX_OK) {
        house->options.stop(&place->room);
        gx_tenant_close(place->room.tenant);
        return code;
    }
    usage_start(place);
    return GX_OK;
}

static void close_it(struct place *place)
{
    struct gx_house *house = place->room.house;
    struct gx_directory_entry row;
    struct gx_arena scratch = { 0 };
    struct gx_ctx ctx = { .arena = &scratch, .now_us = gx_clock_us() };
    int64_t wake_at = house->options.wake_at ? house->options.wake_at(&place->room) : 0;
    usage_flush(place, true);
    house->options.stop(&place->room);
    gx_tenant_close(place->room.tenant);
    usage_end(place);
    pthread_mutex_lock(&house->lock);
    bool differs = !place->lodging->gone && place->lodging->row.state == GX_TENANT_ACTIVE &&
                   place->lodging->row.wake_at != wake_at;
    place->lodging->row.wake_at = wake_at;
    row = place->lodging->row;
    pthread_mutex_unlock(&house->lock);
    if (differs && gx_directory_put(&ctx, house->directory, &row) != GX_OK)
        gx_log_say(GX_LOG_ERROR, "house", gx_ctx_text(&ctx));
    gx_arena_free(&scratch);
}

/* --- openers */

static void tell(struct gx_room_wait *list, enum gx_code code, struct gx_room *room)
{
    for (struct gx_room_wait *next; list; list = next) {
        next = list->next;
        list->done(list->p, code, room);
    }
}

/* It is closing: close it.  Under the lock, which is given up meanwhile. */
static void retire(struct gx_house *house, struct place *place)
{
    unlink_place(house, place);
    pthread_mutex_unlock(&house->lock);
    close_it(place);
    pthread_mutex_lock(&house->lock);
    struct lodging *lodging = place->lodging;
    lodging->place = NULL;
    house->open_count--;
    if (place->waiting) {
        struct place *again = new_place(house, lodging);
        again->waiting = place->waiting;
        enqueue(house, again);
    }
    free_place(place);
    pthread_cond_broadcast(&house->changed);
}

/* Close it if nobody holds it and it has nothing to do.  Under the lock. */
static bool retire_idle(struct gx_house *house, struct place *place, bool pressed)
{
    if (place->holders > 0 || &place->room == house->front)
        return false;
    place->holders++; /* it stays while it is asked */
    pthread_mutex_unlock(&house->lock);
    bool busy = !place->ending && house->options.busy && house->options.busy(&place->room, pressed);
    pthread_mutex_lock(&house->lock);
    if (--place->holders > 0 || (busy && !house->stopping))
        return false;
    place->state = PLACE_CLOSING;
    retire(house, place);
    return true;
}

/* A place for one more, waiting for it a while.  Under the lock. */
static bool make_room(struct gx_house *house)
{
    int64_t until_us = gx_monotonic_us() + HOUSE_WAIT_S * INT64_C(1000000);
    bool in_time = true;
    while (house->open_count >= house->options.open_max && in_time && !house->stopping) {
        struct place *p = house->oldest;
        while (p && !retire_idle(house, p, true))
            p = p->prev;
        house->watchers++;
        if (!p)
            in_time = wait_until(&house->changed, &house->lock, until_us);
        house->watchers--;
    }
    if (house->open_count >= house->options.open_max || house->stopping)
        return false;
    house->open_count++;
    return true;
}

/* Open the place and tell who waits.  Under the lock, which is given up meanwhile. */
static enum gx_code open_place(struct gx_ctx *ctx, struct gx_house *house, struct place *place)
{
    pthread_mutex_unlock(&house->lock);
    enum gx_code code = open_it(ctx, place);
    pthread_mutex_lock(&house->lock);
    struct gx_room_wait *waiting = place->waiting;
    place->waiting = NULL;
    if (code == GX_OK) {
        place->state = PLACE_OPEN;
        place->used_us = gx_monotonic_us();
        link_newest(house, place);
        for (struct gx_room_wait *w = waiting; w; w = w->next)
            place->holders++;
    } else {
        house->open_count--;
        place->lodging->place = NULL;
    }
    pthread_mutex_unlock(&house->lock);
    tell(waiting, code, &place->room);
    pthread_mutex_lock(&house->lock);
    if (code != GX_OK)
        free_place(place);
    pthread_cond_broadcast(&house->changed);
    return code;
}

static void refuse_place(struct gx_house *house, struct place *place)
{
    struct gx_room_wait *waiting = place->waiting;
    place->lodging->place = NULL;
    free_place(place);
    pthread_mutex_unlock(&house->lock);
    tell(waiting, GX_E_BUSY, NULL);
    pthread_mutex_lock(&house->lock);
    pthread_cond_broadcast(&house->changed);
}

static void *opener(void *p)
{
    struct gx_house *house = p;
    struct gx_arena arena = { 0 };
    pthread_mutex_lock(&house->lock);
    for (;;) {
        while (!house->queue && !house->stopping)
            pthread_cond_wait(&house->work, &house->lock);
        struct place *place = house->queue;
        if (!place)
            break;
        house->queue = place->queued;
        if (!house->queue)
            house->queue_tail = &house->queue;
        struct gx_ctx ctx = { .arena = &arena, .now_us = gx_clock_us(), .lang = GX_LANG_EN };
        struct gx_str name = place->lodging->row.name;
        if (!make_room(house))
            refuse_place(house, place);
        else if (open_place(&ctx, house, place) != GX_OK)
            gx_log_say(GX_LOG_ERROR, "tenant",
                       gx_arena_printf(&arena, "%.*s: %.*s", GX_STR_ARG(name),
                                       GX_STR_ARG(gx_ctx_text(&ctx))));
        gx_arena_reset(&arena);
    }
    pthread_mutex_unlock(&house->lock);
    gx_arena_free(&arena);
    return NULL;
}

/* --- asking for one */

struct gx_room *gx_room_try(struct gx_house *house, struct gx_str name)
{
    pthread_mutex_lock(&house->lock);
    struct lodging *l = house_lodging(house, name);
    struct place *place = l ? l->place : NULL;
    bool open = place && place->state == PLACE_OPEN && !place->ending;
    if (open)
        hold(house, place);
    pthread_mutex_unlock(&house->lock);
    return open ? &place->room : NULL;
}

/* GX_OK: `wait` is told later, unless *ret_room is set. */
static enum gx_code ask_locked(struct gx_house *house, struct gx_str name, bool any,
                               struct gx_room_wait *wait, struct gx_room **ret_room)
{
    struct lodging *l = house_lodging(house, name);
    if (!l || house->stopping)
        return l ? GX_E_BUSY : GX_E_NOT_FOUND;
    if (!any && l->row.state != GX_TENANT_ACTIVE)
        return l->row.state == GX_TENANT_SUSPENDED ? GX_E_SUSPENDED : GX_E_NOT_FOUND;
    struct place *place = l->place;
    if (place && place->state == PLACE_OPEN && !place->ending) {
        hold(house, place);
        *ret_room = &place->room;
        return GX_OK;
    }
    if (!place) {
        place = new_place(house, l);
        enqueue(house, place);
    }
    wait->next = place->waiting;
    place->waiting = wait;
    return GX_OK;
}

void gx_room_ask(struct gx_house *house, struct gx_str name, struct gx_room_wait *wait)
{
    struct gx_room *room = NULL;
    pthread_mutex_lock(&house->lock);
    enum gx_code code = ask_locked(house, name, false, wait, &room);
    pthread_mutex_unlock(&house->lock);
    if (code != GX_OK || room)
        wait->done(wait->p, code, room);
}

static void stood(void *p, enum gx_code code, struct gx_room *room)
{
    struct standing *s = p;
    pthread_mutex_lock(&s->house->lock);
    s->code = code;
    s->room = room;
    s->over = true;
    pthread_cond_broadcast(&s->house->changed);
    pthread_mutex_unlock(&s->house->lock);
}

static enum gx_code enter(struct gx_ctx *ctx, struct gx_house *house, struct gx_str name, bool any,
                          struct gx_room **ret_room)
{
    struct standing s = { .house = house, .wait = { .done = stood, .p = &s } };
    pthread_mutex_lock(&house->lock);
    s.code = ask_locked(house, name, any, &s.wait, &s.room);
    while (s.code == GX_OK && !s.room && !s.over)
        pthread_cond_wait(&house->changed, &house->lock);
    pthread_mutex_unlock(&house->lock);
    *ret_room = s.room;
    if (s.code == GX_OK)
        return GX_OK;
    return gx_fail(ctx, s.code, GX_STR("tenant"),
                   s.code == GX_E_NOT_FOUND ? GX_M_TENANT_NONE : GX_M_TENANT_NOT_OPEN, name);
}

enum gx_code gx_room_enter(struct gx_ctx *ctx, struct gx_house *house, struct gx_str name,
                           struct gx_room **ret_room)
{
    return enter(ctx, house, name, false, ret_room);
}

enum gx_code room_enter_any(struct gx_ctx *ctx, struct gx_house *house, struct gx_str name,
                            struct gx_room **ret_room)
{
    return enter(ctx, house, name, true, ret_room);
}

void gx_room_leave(struct gx_room *room)
{
    struct place *place = (struct place *)room;
    struct gx_house *house = room->house;
    pthread_mutex_lock(&house->lock);
    gx_assert(place->holders > 0);
    if (--place->holders == 0 && house->watchers)
        pthread_cond_broadcast(&house->changed);
    place->used_us = gx_monotonic_us();
    pthread_mutex_unlock(&house->lock);
}

enum gx_code room_open_front(struct gx_ctx *ctx, struct gx_house *house, struct gx_room **ret_room)
{
    pthread_mutex_lock(&house->lock);
    struct lodging *l = house_lodging(house, gx_str_c(house->options.front));
    struct place *place = new_place(house, l);
    house->open_count++;
    enum gx_code code = open_place(ctx, house, place);
    if (code == GX_OK)
        hold(house, place);
    pthread_mutex_unlock(&house->lock);
    *ret_room = code == GX_OK ? &place->room : NULL;
    return code;
}

/* Under the lock, which is given up meanwhile. */
static void expel(struct gx_house *house, struct place *place)
{
    place->ending = true;
    place->holders++;
    pthread_mutex_unlock(&house->lock);
    house->options.expel(&place->room);
    pthread_mutex_lock(&house->lock);
    place->holders--;
}

enum gx_code room_end(struct gx_ctx *ctx, struct gx_house *house, struct gx_str name, int wait_s)
{
    int64_t until_us = gx_monotonic_us() + wait_s * INT64_C(1000000);
    bool in_time = true;
    pthread_mutex_lock(&house->lock);
    struct lodging *l = house_lodging(house, name);
    house->watchers++;
    while (l && l->place && in_time) {
        struct place *place = l->place;
        if (place->state == PLACE_OPEN && !place->ending)
            expel(house, place);
        else if (place->state != PLACE_OPEN || !retire_idle(house, place, true))
            in_time = wait_until(&house->changed, &house->lock, until_us);
    }
    house->watchers--;
    bool open = l && l->place;
    pthread_mutex_unlock(&house->lock);
    return open ? gx_fail(ctx, GX_E_BUSY, GX_STR("tenant"), GX_M_TENANT_IN_USE, name) : GX_OK;
}

void gx_house_expel(struct gx_house *house)
{
    pthread_mutex_lock(&house->lock);
    for (struct place *p = house->newest; p; p = p->next) {
        p->holders++;
        pthread_mutex_unlock(&house->lock);
        house->options.expel(&p->room);
        pthread_mutex_lock(&house->lock);
        p->holders--;
    }
    pthread_mutex_unlock(&house->lock);
}

/* --- the keeper */

/* Under the lock. */
static void close_idle(struct gx_house *house)
{
    int64_t before_us = gx_monotonic_us() - house->options.idle_s * INT64_C(1000000);
    struct place *p = house->oldest;
    while (p) {
        bool due = p->ending || p->used_us < before_us;
        p = due && retire_idle(house, p, false) ? house->oldest
                                                : p->prev; /* another list by then */
    }
}

/* The next one that has work of its own now; NULL: none.  Under the lock. */
static struct lodging *sleeper(struct gx_house *house, int64_t now_us)
{
    for (struct lodging *l = house->first; l; l = l->next)
        if (!l->gone && !l->place && l->row.state == GX_TENANT_ACTIVE && l->row.wake_at &&
            l->row.wake_at <= now_us)
            return l;
    return NULL;
}

/* Opened, and closed again when it is idle: its threads do the work meanwhile. */
static void wake_one(struct gx_house *house)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .now_us = gx_clock_us() };
    struct gx_room *room;
    struct lodging *l = sleeper(house, ctx.now_us);
    if (!l)
        return;
    l->row.wake_at = 0; /* once; closing says when again */
    pthread_mutex_unlock(&house->lock);
    if (gx_room_enter(&ctx, house, l->row.name, &room) == GX_OK)
        gx_room_leave(room);
    gx_arena_free(&arena);
    pthread_mutex_lock(&house->lock);
}

static void flush_all(struct gx_house *house)
{
    for (struct place *p = house->newest; p; p = p->next) {
        p->holders++;
        pthread_mutex_unlock(&house->lock);
        usage_flush(p, false);
        pthread_mutex_lock(&house->lock);
        p->holders--;
    }
}

static void *keeper(void *v)
{
    struct gx_house *house = v;
    int64_t flushed_us = gx_monotonic_us();
    pthread_mutex_lock(&house->lock);
    while (!house->stopping) {
        wait_until(&house->rest, &house->lock, gx_monotonic_us() + INT64_C(1000000));
        int open_before = house->open_count;
        close_idle(house);
        if (house->open_count < open_before) { /* what they had goes back to the system */
            pthread_mutex_unlock(&house->lock);
            malloc_trim(0);
            pthread_mutex_lock(&house->lock);
        }
        wake_one(house);
        if (gx_monotonic_us() - flushed_us < HOUSE_FLUSH_S * INT64_C(1000000))
            continue;
        flushed_us = gx_monotonic_us();
        flush_all(house);
    }
    pthread_mutex_unlock(&house->lock);
    return NULL;
}

/* --- threads */

enum gx_code room_threads_start(struct gx_ctx *ctx, struct gx_house *house)
{
    sigset_t all, before;
    sigfillset(&all); /* signals are main's */
    pthread_sigmask(SIG_BLOCK, &all, &before);
    while (house->thread_count < HOUSE_OPENERS &&
           pthread_create(&house->openers[house->thread_count], NULL, opener, house) == 0)
        house->thread_count++;
    house->has_keeper = house->thread_count == HOUSE_OPENERS &&
                        pthread_create(&house->keeper, NULL, keeper, house) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return house->has_keeper ? GX_OK : gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_TENANT_NOT_OPEN);
}

void room_threads_stop(struct gx_house *house)
{
    pthread_mutex_lock(&house->lock);
    house->stopping = true;
    house->front = NULL;
    pthread_cond_broadcast(&house->work);
    pthread_cond_broadcast(&house->changed);
    pthread_cond_broadcast(&house->rest);
    pthread_mutex_unlock(&house->lock);
    for (int i = 0; i < house->thread_count; i++)
        pthread_join(house->openers[i], NULL);
    if (house->has_keeper)
        pthread_join(house->keeper, NULL);
    pthread_mutex_lock(&house->lock);
    while (house->oldest) {
        gx_assert(house->oldest->holders == 0); /* everybody has left */
        retire_idle(house, house->oldest, true);
    }
    pthread_mutex_unlock(&house->lock);
}
