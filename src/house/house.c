/* house.c - the table of tenants: found, listed, changed; see house.h. */
#include "house/house.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"
#include "house/house_int.h"

enum { LIST_USUAL = 100, LIST_MAX = 1000 };

struct lodging *house_lodging(const struct gx_house *house, struct gx_str name)
{
    struct lodging *l = gx_map_get(&house->by_name, name);
    return l && !l->gone ? l : NULL;
}

const char *house_folder(struct gx_arena *arena, const struct gx_house *house,
                         const struct gx_directory_entry *entry)
{
    return entry->folder.n
               ? gx_arena_printf(arena, "%s/%.*s", house->options.dir, GX_STR_ARG(entry->folder)).p
               : gx_arena_cstr(arena, gx_str_c(house->options.dir));
}

/* Hosts are compared without case, port and the dot at the end. */
static struct gx_str fold_host(struct gx_arena *arena, struct gx_str host)
{
    size_t n = host.n && host.p[0] == '[' ? host.n : gx_str_find(host, ':');
    n -= n > 0 && host.p[n - 1] == '.';
    char *out = gx_arena_cstr(arena, (struct gx_str){ host.p, n });
    for (size_t i = 0; i < n; i++)
        out[i] = (char)(out[i] >= 'A' && out[i] <= 'Z' ? out[i] + 32 : out[i]);
    return (struct gx_str){ out, n };
}

/* Keeps the old text where it is the same: rows change often, their texts seldom. */
static struct gx_str keep(struct gx_house *house, struct gx_str was, struct gx_str now)
{
    return gx_str_eq(was, now) ? was : gx_arena_str(&house->arena, now);
}

void house_remember(struct gx_house *house, const struct gx_directory_entry *entry)
{
    struct lodging *l = gx_map_get(&house->by_name, entry->name);
    if (!l) {
        l = GX_ARENA_NEW(&house->arena, struct lodging);
        l->row.name = gx_arena_str(&house->arena, entry->name);
        l->next = house->first;
        house->first = l;
        gx_map_set(&house->by_name, &house->arena, l->row.name, l);
    }
    struct gx_directory_entry was = l->row, now = *entry;
    now.next = NULL;
    now.name = was.name;
    now.url = keep(house, was.url, now.url);
    now.folder = keep(house, was.folder, now.folder);
    now.reason = keep(house, was.reason, now.reason);
    now.host = keep(house, was.host, now.host);
    now.organisation = keep(house, was.organisation, now.organisation);
    now.mark = keep(house, was.mark, now.mark);
    l->row = now;
    l->gone = false;
    if (now.host.n)
        gx_map_set(&house->by_host, &house->arena, now.host, l);
}

void house_forget(struct gx_house *house, struct gx_str name)
{
    struct lodging *l = gx_map_get(&house->by_name, name);
    if (!l)
        return;
    l->row = (struct gx_directory_entry){ .name = l->row.name };
    l->gone = true;
}

/* --- whose request it is */

static struct lodging *by_host(const struct gx_house *house, struct gx_str host)
{
    struct lodging *l = gx_map_get(&house->by_host, host);
    return l && !l->gone && gx_str_eq(l->row.host, host) ? l : NULL;
}

/* "acme" of "acme.crm.example.com"; empty: it is another host. */
static struct gx_str label_of(const struct gx_house *house, struct gx_str host)
{
    struct gx_str suffix = gx_str_c(house->options.host_suffix);
    if (suffix.n == 0 || host.n <= suffix.n + 1 || !gx_str_ends(host, suffix) ||
        host.p[host.n - suffix.n - 1] != '.')
        return GX_STR("");
    return (struct gx_str){ host.p, host.n - suffix.n - 1 };
}

static enum gx_code look_at(const struct lodging *l, struct gx_arena *arena,
                            struct gx_house_where *where)
{
    if (!l || l->row.state == GX_TENANT_MAKING || l->row.state == GX_TENANT_DELETING)
        return GX_E_NOT_FOUND;
    where->name = l->row.name; /* lives as long as the house */
    if (l->row.state != GX_TENANT_SUSPENDED)
        return GX_OK;
    where->reason = gx_arena_str(arena, l->row.reason);
    return GX_E_SUSPENDED;
}

enum gx_code gx_house_locate(struct gx_arena *arena, struct gx_house *house, struct gx_str host,
                             struct gx_str path, struct gx_house_where *ret_where)
{
    struct gx_house_where where = { .name = gx_str_c(house->options.front) };
    struct gx_str folded = fold_host(arena, host), label = label_of(house, folded);
    enum gx_code code = GX_OK;
    pthread_mutex_lock(&house->lock);
    struct lodging *own = by_host(house, folded);
    if (own) {
        code = look_at(own, arena, &where);
    } else if (label.n) {
        code = look_at(house_lodging(house, label), arena, &where);
    } else if (gx_str_starts(path, GX_STR("/t/"))) {
        struct gx_str rest = gx_str_from(path, 3);
        struct gx_str name = { rest.p, gx_str_find(rest, '/') };
        where.base = (struct gx_str){ path.p, 3 + name.n };
        code = look_at(house_lodging(house, name), arena, &where);
    }
    pthread_mutex_unlock(&house->lock);
    *ret_where = where;
    return code;
}

enum gx_code gx_house_known(struct gx_arena *arena, struct gx_house *house, struct gx_str name,
                            struct gx_house_where *ret_where)
{
    *ret_where = (struct gx_house_where){ .name = name };
    pthread_mutex_lock(&house->lock);
    enum gx_code code = look_at(house_lodging(house, name), arena, ret_where);
    pthread_mutex_unlock(&house->lock);
    return code;
}

void gx_house_at(struct gx_house *house, int port)
{
    atomic_store(&house->port, port);
}

struct gx_str gx_house_address(struct gx_arena *arena, const struct gx_house *house,
                               const struct gx_directory_entry *entry, struct gx_str req_host)
{
    const struct gx_house_options *o = &house->options;
    const char *scheme = o->scheme ? o->scheme : "http";
    int at = atomic_load(&house->port);
    struct gx_str host = req_host.n ? req_host : GX_STR("localhost");
    if (at && gx_str_is(host, "localhost")) /* the local socket's */
        host = gx_arena_printf(arena, "localhost:%d", at);
    size_t colon = gx_str_find(host, ':');
    struct gx_str port = host.p && host.p[0] != '[' ? gx_str_from(host, colon) : GX_STR("");
    if (entry->host.n)
        return gx_arena_printf(arena, "%s://%.*s%.*s", scheme, GX_STR_ARG(entry->host),
                               GX_STR_ARG(port));
    if (gx_str_is(entry->name, o->front))
        return gx_arena_printf(arena, "%s://%.*s", scheme, GX_STR_ARG(host));
    if (o->host_suffix)
        return gx_arena_printf(arena, "%s://%.*s.%s%.*s", scheme, GX_STR_ARG(entry->name),
                               o->host_suffix, GX_STR_ARG(port));
    return gx_arena_printf(arena, "%s://%.*s/t/%.*s", scheme, GX_STR_ARG(host),
                           GX_STR_ARG(entry->name));
}

/* --- rows */

static void copy_row(struct gx_arena *arena, const struct gx_directory_entry *from,
                     struct gx_directory_entry *to)
{
    *to = *from;
    to->next = NULL;
    to->name = gx_arena_str(arena, from->name);
    to->url = gx_arena_str(arena, from->url);
    to->folder = gx_arena_str(arena, from->folder);
    to->reason = gx_arena_str(arena, from->reason);
    to->host = gx_arena_str(arena, from->host);
    to->organisation = gx_arena_str(arena, from->organisation);
    to->mark = gx_arena_str(arena, from->mark);
}

enum gx_code gx_house_find(struct gx_ctx *ctx, struct gx_house *house, struct gx_str name,
                           struct gx_directory_entry *ret_entry)
{
    pthread_mutex_lock(&house->lock);
    const struct lodging *l = house_lodging(house, name);
    if (l)
        copy_row(ctx->arena, &l->row, ret_entry);
    pthread_mutex_unlock(&house->lock);
    return l ? GX_OK : gx_fail(ctx, GX_E_NOT_FOUND, GX_STR("tenant"), GX_M_TENANT_NONE, name);
}

static bool asked(const struct lodging *l, const struct gx_house_ask *ask)
{
    if (l->gone || (ask->state >= 0 && (int)l->row.state != ask->state) ||
        (ask->after.n && gx_str_cmp(l->row.name, ask->after) <= 0))
        return false;
    return ask->search.n == 0 || gx_str_search(l->row.name, ask->search) != SIZE_MAX ||
           gx_str_search(l->row.host, ask->search) != SIZE_MAX ||
           gx_str_search(l->row.organisation, ask->search) != SIZE_MAX;
}

static int by_name(const void *a, const void *b)
{
    const struct lodging *const *x = a, *const *y = b;
    return gx_str_cmp((*x)->row.name, (*y)->row.name);
}

enum gx_code gx_house_list(struct gx_ctx *ctx, struct gx_house *house,
                           const struct gx_house_ask *ask, struct gx_directory_entry **ret_first)
{
    size_t most = ask->limit <= 0         ? LIST_USUAL
                  : ask->limit > LIST_MAX ? LIST_MAX
                                          : (size_t)ask->limit;
    struct gx_directory_entry **tail = ret_first;
    size_t n = 0, count = 0;
    *ret_first = NULL;
    pthread_mutex_lock(&house->lock);
    for (const struct lodging *l = house->first; l; l = l->next)
        count += asked(l, ask);
    const struct lodging **list = GX_ARENA_ARRAY(ctx->arena, const struct lodging *, count + 1);
    for (const struct lodging *l = house->first; l; l = l->next)
        if (asked(l, ask))
            list[n++] = l;
    qsort(list, n, sizeof *list, by_name);
    for (size_t i = 0; i < n && i < most; i++) {
        struct gx_directory_entry *e = GX_ARENA_NEW(ctx->arena, struct gx_directory_entry);
        copy_row(ctx->arena, &list[i]->row, e);
        *tail = e;
        tail = &e->next;
    }
    pthread_mutex_unlock(&house->lock);
    return GX_OK;
}

enum gx_code gx_house_count(struct gx_ctx *ctx, struct gx_house *house, int state,
                            int64_t *ret_count)
{
    const struct gx_house_ask ask = { .state = state };
    (void)ctx;
    *ret_count = 0;
    pthread_mutex_lock(&house->lock);
    for (const struct lodging *l = house->first; l; l = l->next)
        *ret_count += asked(l, &ask);
    pthread_mutex_unlock(&house->lock);
    return GX_OK;
}

enum gx_code gx_house_deletions(struct gx_ctx *ctx, struct gx_house *house,
                                struct gx_str *ret_lines)
{
    return gx_directory_records(ctx, house->directory, ret_lines);
}

struct gx_room *gx_house_front(const struct gx_house *house)
{
    return house->front;
}

int gx_house_open_count(struct gx_house *house)
{
    pthread_mutex_lock(&house->lock);
    int n = house->open_count;
    pthread_mutex_unlock(&house->lock);
    return n;
}

/* --- start and stop */

static void copy_options(struct gx_house *house, const struct gx_house_options *o)
{
    struct gx_arena *arena = &house->arena;
    house->options = *o;
    house->options.dir = gx_arena_cstr(arena, gx_str_c(o->dir));
    house->options.front = gx_arena_cstr(arena, gx_str_c(o->front));
    house->options.store = o->store ? gx_arena_cstr(arena, gx_str_c(o->store)) : NULL;
    house->options.host_suffix =
        o->host_suffix && *o->host_suffix ? fold_host(arena, gx_str_c(o->host_suffix)).p : NULL;
    house->options.open_max = o->open_max > 0 ? o->open_max : HOUSE_OPEN_DEFAULT;
    house->options.idle_s = o->idle_s > 0 ? o->idle_s : HOUSE_IDLE_S;
}

/* Where the directory says, or where one that it does not know is told to be. */
static enum gx_code find_front(struct gx_ctx *ctx, struct gx_house *house,
                               struct gx_directory_entry *ret_entry)
{
    const struct gx_house_options *o = &house->options;
    struct gx_str name = gx_str_c(o->front);
    const struct lodging *l = house_lodging(house, name);
    *ret_entry = l ? l->row : (struct gx_directory_entry){ .name = name, .made_at = ctx->now_us };
    bool elsewhere = o->front_url && l && !gx_str_is(l->row.url, o->front_url);
    if (elsewhere)
        return gx_fail(ctx, GX_E_IN_USE, GX_STR("--db"), GX_M_TENANT_ELSEWHERE, name);
    if (o->front_url)
        ret_entry->url = gx_str_c(o->front_url);
    return GX_OK;
}

static enum gx_code read_directory(struct gx_ctx *ctx, struct gx_house *house)
{
    struct gx_directory_entry *e;
    GX_TRY(gx_directory_open(ctx, house->options.dir, true, &house->directory));
    GX_TRY(gx_directory_adopt(ctx, house->directory));
    GX_TRY(gx_directory_list(ctx, house->directory, &e));
    for (; e; e = e->next) {
        if (!e->wake_at && house->options.unkept && house->options.unkept(house->options.app, e))
            e->wake_at = ctx->now_us;
        house_remember(house, e);
    }
    return GX_OK;
}

static enum gx_code open_front(struct gx_ctx *ctx, struct gx_house *house)
{
    struct gx_directory_entry entry;
    GX_TRY(find_front(ctx, house, &entry));
    bool known = house_lodging(house, entry.name) != NULL;
    entry.state = GX_TENANT_ACTIVE; /* whoever runs the house comes in */
    house_remember(house, &entry);
    GX_TRY(room_open_front(ctx, house, &house->front));
    return known && !house->options.front_url ? GX_OK
                                              : gx_directory_put(ctx, house->directory, &entry);
}

enum gx_code gx_house_start(struct gx_ctx *ctx, const struct gx_house_options *options,
                            struct gx_house **ret_house)
{
    struct gx_arena arena = { 0 };
    struct gx_house *house = GX_ARENA_NEW(&arena, struct gx_house);
    house->arena = arena;
    house->queue_tail = &house->queue;
    pthread_mutex_init(&house->lock, NULL);
    pthread_mutex_init(&house->making, NULL);
    room_cond_init(&house->changed);
    room_cond_init(&house->work);
    room_cond_init(&house->rest);
    copy_options(house, options);
    enum gx_code code = read_directory(ctx, house);
    if (code == GX_OK)
        code = room_threads_start(ctx, house);
    if (code == GX_OK)
        code = open_front(ctx, house);
    if (code != GX_OK) {
        gx_house_stop(house);
        return code;
    }
    delete_left_overs(house);
    *ret_house = house;
    return GX_OK;
}

void gx_house_stop(struct gx_house *house)
{
    if (!house)
        return;
    if (house->front)
        gx_room_leave(house->front);
    room_threads_stop(house);
    gx_directory_close(house->directory);
    pthread_mutex_destroy(&house->lock);
    pthread_mutex_destroy(&house->making);
    pthread_cond_destroy(&house->changed);
    pthread_cond_destroy(&house->work);
    pthread_cond_destroy(&house->rest);
    struct gx_arena arena = house->arena;
    gx_arena_free(&arena);
}
