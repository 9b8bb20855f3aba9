/*
 * open.h - for main: start and stop the house, find whose request it is, hold an open tenant.
 *
 * Layer: house.
 */
#ifndef GX_HOUSE_OPEN_H
#define GX_HOUSE_OPEN_H

#include "house/house.h"

struct gx_house_options {
    const char *dir;          /* data folder */
    const char *front;        /* the tenant that is asked for when none is named */
    const char *front_url;    /* NULL: where the directory says, or a file */
    const char *const *packs; /* of a new front */
    bool create;              /* make the front when it is not there */
    const char *store;        /* where new tenants go: "postgresql://…"; NULL: files */
    const char *host_suffix;  /* "crm.example.com": acme.crm.example.com is acme's; NULL: none */
    const char *scheme;       /* "https", of addresses for people; NULL: "http" */
    int open_max;             /* tenants open at one time; 0: 100 */
    int idle_s;               /* closed when unused for so long; 0: 300 */

    void *app;
    /* What belongs to an open tenant beside its store: fills room->services. */
    enum gx_code (*start)(void *app, struct gx_ctx *ctx, struct gx_room *room);
    void (*stop)(struct gx_room *room);
    /* Live streams end, so that nobody holds it. */
    void (*expel)(struct gx_room *room);
    /* Has it work under way that must go on without anybody?  Not `pressed`, when nobody else needs
     * the place: also whether it remembers in memory what should not be forgotten yet. */
    bool (*busy)(struct gx_room *room, bool pressed);
    /* When it has to be opened again for its own work (microseconds); 0: never. */
    int64_t (*wake_at)(struct gx_room *room);
    /* Looked at when the house starts: must it be opened soon though its row does not say so? */
    bool (*unkept)(void *app, const struct gx_directory_entry *row);
    /* It is deleted: what lies elsewhere of it goes too. */
    void (*forget)(void *app, struct gx_str name);
    /* Demo data into a new tenant, in the background; `admin` its first administrator. */
    enum gx_code (*demo)(struct gx_ctx *ctx, struct gx_room *room, int64_t admin,
                         struct gx_str organisation);
};

/* Open the directory and the front.  GX_E_NOT_FOUND: there is no front and !create. */
GX_NODISCARD enum gx_code gx_house_start(struct gx_ctx *ctx, const struct gx_house_options *options,
                                         struct gx_house **ret_house);
/* All live streams end and no more begin: the program is about to stop. */
void gx_house_expel(struct gx_house *house);
/* After the server: nobody holds a tenant any more.  Closes all of them. */
void gx_house_stop(struct gx_house *house);
struct gx_room *gx_house_front(const struct gx_house *house);
/* The port that people come in by, for addresses that are given out over the local socket. */
void gx_house_at(struct gx_house *house, int port);
/* How many are open; how many there are. */
int gx_house_open_count(struct gx_house *house);

/* Whose is it? */
struct gx_house_where {
    struct gx_str name;   /* of the tenant */
    struct gx_str base;   /* "/t/acme", what the path begins with; empty: nothing */
    struct gx_str reason; /* of GX_E_SUSPENDED */
};
/*
 * By the first pieces of the path ("/t/acme/…"), else by the host.  Cheap; nothing is opened. Texts
 * in `arena`.  GX_E_NOT_FOUND: it names a tenant that is not there; GX_E_SUSPENDED.
 */
GX_NODISCARD enum gx_code gx_house_locate(struct gx_arena *arena, struct gx_house *house,
                                          struct gx_str host, struct gx_str path,
                                          struct gx_house_where *ret_where);

/* The same of a tenant that is named. */
GX_NODISCARD enum gx_code gx_house_known(struct gx_arena *arena, struct gx_house *house,
                                         struct gx_str name, struct gx_house_where *ret_where);

/* Somebody who waits for a tenant to be open; lives until `done` was called. */
struct gx_room_wait {
    struct gx_room_wait *next;
    void (*done)(void *p, enum gx_code code, struct gx_room *room);
    void *p;
};

/* Hold the tenant if it is open: NULL when it is not. */
struct gx_room *gx_room_try(struct gx_house *house, struct gx_str name);
/* Have it opened; `done` is called on another thread (or at once), once, holding it on GX_OK. */
void gx_room_ask(struct gx_house *house, struct gx_str name, struct gx_room_wait *wait);

/* A request of this person (0: nobody signed in) was served. */
void gx_room_count(struct gx_room *room, int64_t person, int64_t now_us);

#endif
