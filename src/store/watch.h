/*
 * watch.h - is somebody reading, or taking out, far more than they usually do?
 *
 * Each record that is given to a person is counted in memory, once in an hour however often it is
 * shown: a sketch of 256 bytes a person tells how many different ones they were (to about six in a
 * hundred), so lists that refresh themselves count for nothing.  Nothing is written per read.  When
 * a count passes the floor that administrators have set, the writer looks up what is usual for this
 * person at this hour of the week, and raises an alert where it is several times that: within
 * seconds, one of a person and hour at the most.  When an hour is over, what it had becomes part of
 * what is usual.  The counts are this program's: several servers on one store each have their own.
 *
 * Layer: store.  Thread-safe.
 */
#ifndef GX_STORE_WATCH_H
#define GX_STORE_WATCH_H

#include "access/scope.h"

enum {
    GX_WATCH_PEOPLE_MAX = 1024, /* at one time */
    GX_WATCH_FLOOR_READ = 1000, /* different records in an hour, where nothing else is set */
    GX_WATCH_FLOOR_EXPORT = 1000,
    GX_WATCH_FLOOR_MAX = 100000000,
    GX_WATCH_TIMES = 4, /* so many times of what is usual */
};

/* Settings: the floors.  An hour with less never raises an alert. */
#define GX_SETTING_WATCH_READ   "watch_read"
#define GX_SETTING_WATCH_EXPORT "watch_export"

struct gx_watch;

struct gx_watch *gx_watch_new(struct gx_arena *arena, struct gx_tenant *tenant);
/* These records were given to `user` (0: the program itself, which is not watched); `file`: for
 * keeping. */
void gx_watch_add(struct gx_watch *watch, int64_t user, const int64_t *records, size_t count,
                  bool file, int64_t now_us);
/* The floors have changed. */
void gx_watch_floors(struct gx_watch *watch, int64_t read, int64_t exported);
/* Read them from the settings; before it is used. */
GX_NODISCARD enum gx_code gx_watch_start(struct gx_ctx *ctx, struct gx_watch *watch,
                                         struct gx_conn *conn);
/* Write what hours had; before the store is closed. */
void gx_watch_end(struct gx_watch *watch);

/* About how many different numbers a sketch has seen; for tests. */
enum { GX_SKETCH_BYTES = 256 };
void gx_sketch_add(unsigned char *sketch, int64_t number);
int64_t gx_sketch_count(const unsigned char *sketch);

#endif
