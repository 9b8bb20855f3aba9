/*
 * seen.h - who looked at what is private, took data out, or failed to sign in: notes in the log.
 *
 * The first of a kind is written at once; further ones of the same person and thing within ten
 * minutes are counted, and the next entry says how many they were.  So a flood of them makes a
 * bounded number of entries (at most one each ten minutes for a user and a thing), and no request
 * waits for the writer.
 *
 * Layer: store.  Thread-safe.
 */
#ifndef GX_STORE_SEEN_H
#define GX_STORE_SEEN_H

#include "access/scope.h"

enum { GX_SEEN_KEYS_MAX = 4096, GX_SEEN_WINDOW_S = 600 };

struct gx_seen;

struct gx_seen_note {
    int64_t by, about;   /* users; 0: nobody that is known */
    const char *what;    /* as of gx_audit_note: "signin", "private", "export" */
    const char *name;    /* what it is about: "failed", "account" … */
    struct gx_str value; /* more of it: a record's id, a filter; may be empty */
};

struct gx_seen *gx_seen_new(struct gx_arena *arena, struct gx_tenant *tenant);
/* Note it; written behind the caller's back. */
void gx_seen_add(struct gx_seen *seen, const struct gx_seen_note *note, int64_t now_us);
/* Write what was only counted, and count anew: nothing of it is in memory afterwards. */
void gx_seen_flush(struct gx_seen *seen);
/* The same, before the store is closed. */
void gx_seen_end(struct gx_seen *seen);

#endif
