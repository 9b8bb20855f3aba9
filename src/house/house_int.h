/*
 * house_int.h - what the files of house/ share: the table of tenants, the open ones, the threads.
 *
 * A row of the directory is in memory once (struct lodging); a tenant that is open, opening or
 * closing has a struct place beside it.  `lock` guards both.  Openers (a few threads) open and
 * close stores, so that nobody who serves requests waits for one; the keeper looks every second
 * who has been idle, writes down what was used, and wakes who has work of their own.
 *
 * Layer: house, private.
 */
#ifndef GX_HOUSE_HOUSE_INT_H
#define GX_HOUSE_HOUSE_INT_H

#include <stdatomic.h>

#include <pthread.h>

#include "base/map.h"
#include "house/house.h"
#include "house/open.h"

enum {
    HOUSE_OPENERS = 2,
    HOUSE_OPEN_DEFAULT = 100,
    HOUSE_IDLE_S = 300,
    HOUSE_WAIT_S = 10,  /* for a place, when all are taken */
    HOUSE_FLUSH_S = 60, /* usage is written so often */
    HOUSE_COUNT_S = 3600,
    HOUSE_PEOPLE_MAX = 4096, /* of one tenant on one day that are told apart */
};

enum place_state { PLACE_OPENING, PLACE_OPEN, PLACE_CLOSING };

/* A tenant's row. */
struct lodging {
    struct gx_directory_entry row; /* texts in the house's arena */
    struct place *place;           /* NULL: closed */
    struct lodging *next;          /* all of them, in no order */
    bool gone;                     /* no such tenant (any more) */
};

/* What a tenant used since it was written down last; under `lock` of its own. */
struct meter {
    pthread_mutex_t lock;
    int64_t day, requests;
    int64_t people[HOUSE_PEOPLE_MAX]; /* 0: free; by hash */
    size_t people_count;
    bool dirty;
    int64_t counted_at; /* when records and bytes were counted */
    struct gx_house_usage figures;
};

/* A tenant that is open, or about to be, or about not to be. */
struct place {
    struct gx_room room; /* first */
    struct gx_arena arena;
    struct lodging *lodging;
    enum place_state state;
    struct place *prev, *next; /* open ones: used last first */
    struct place *queued;      /* for the openers */
    struct gx_room_wait *waiting;
    int holders;
    int64_t used_us;
    bool ending; /* closed as soon as nobody holds it */
    struct meter meter;
};

struct gx_house {
    struct gx_arena arena;
    struct gx_house_options options; /* texts in the arena */
    struct gx_directory *directory;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a place was left, opened, closed; or the house stops */
    pthread_cond_t work;    /* for the openers */
    pthread_cond_t rest;    /* of the keeper */
    int watchers;           /* who waits for somebody to leave */
    struct gx_map by_name, by_host;
    struct lodging *first;
    struct place *newest, *oldest; /* open ones */
    struct place *queue, **queue_tail;
    int open_count; /* places that are not closed */
    bool stopping;
    pthread_mutex_t making;   /* one tenant is made or deleted at a time */
    const char *const *packs; /* of the one that is being made */
    pthread_t openers[HOUSE_OPENERS], keeper;
    int thread_count;
    bool has_keeper;
    struct gx_room *front;
    atomic_int port; /* see gx_house_at() */
};

/* house.c, under the lock */
struct lodging *house_lodging(const struct gx_house *house, struct gx_str name);
/* The row as it is from now on, in memory; it was put into the directory before. */
void house_remember(struct gx_house *house, const struct gx_directory_entry *entry);
void house_forget(struct gx_house *house, struct gx_str name);
/* Its folder, in `arena`. */
const char *house_folder(struct gx_arena *arena, const struct gx_house *house,
                         const struct gx_directory_entry *entry);

/* room.c */
void room_cond_init(pthread_cond_t *cond);
/* The front, with what is wrong with it in `ctx`. */
GX_NODISCARD enum gx_code room_open_front(struct gx_ctx *ctx, struct gx_house *house,
                                          struct gx_room **ret_room);
GX_NODISCARD enum gx_code room_threads_start(struct gx_ctx *ctx, struct gx_house *house);
void room_threads_stop(struct gx_house *house);
/* As gx_room_enter(), for a tenant in any state. */
GX_NODISCARD enum gx_code room_enter_any(struct gx_ctx *ctx, struct gx_house *house,
                                         struct gx_str name, struct gx_room **ret_room);
/* End its streams, and close it when nobody holds it; waits for that at most `wait_s`.
 * GX_E_BUSY: somebody still does. */
GX_NODISCARD enum gx_code room_end(struct gx_ctx *ctx, struct gx_house *house, struct gx_str name,
                                   int wait_s);
/* The limits of the row are those of the open tenant. */
void room_limit(struct place *place);

/* life.c */
/* Read a row, change it, put it back: `change` on a copy, with `making` held. */
GX_NODISCARD enum gx_code life_change(
    struct gx_ctx *ctx, struct gx_house *house, struct gx_str name,
    enum gx_code (*change)(struct gx_ctx *ctx, struct gx_directory_entry *row, const void *p),
    const void *p);

/* template.c: a store of these packs with nobody in it, to copy; empty: there is none, and none
 * can be made. */
struct gx_str template_of(struct gx_ctx *ctx, struct gx_house *house, const char *const *packs);

/* delete.c */
/* Remove what lies in its store and folder; fine when some of it is gone. */
GX_NODISCARD enum gx_code delete_all(struct gx_ctx *ctx, struct gx_house *house,
                                     const struct gx_directory_entry *row);
/* What a killed program left half made or half deleted. */
void delete_left_overs(struct gx_house *house);

/* usage.c */
void usage_start(struct place *place);
/* Write down what was used; `last`: the tenant is being closed. */
void usage_flush(struct place *place, bool last);
void usage_end(struct place *place);

#endif
