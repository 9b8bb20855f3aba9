/*
 * others.h - a tenant on PostgreSQL may be served by several processes: hearing of the others.
 *
 * What others commit is in the database at once and every question reads it there; only what is
 * kept in memory (definitions, settings, rights, the streams of live events) must be told.  One
 * thread looks a few times a second at the row that counts transactions (db/pg.c, gx_turn), and
 * after a transaction of somebody else takes in what has changed.
 *
 * Layer: api.
 */
#ifndef GX_API_OTHERS_H
#define GX_API_OTHERS_H

#include "meta/tenant.h"

struct gx_hub;
struct gx_others;

enum { GX_OTHERS_PACE_MS = 200 };

/* In `arena`.  NULL in *ret_others on SQLite: one process has the file.  GX_E_BUSY: no thread. */
GX_NODISCARD enum gx_code gx_others_start(struct gx_ctx *ctx, struct gx_arena *arena,
                                          struct gx_tenant *tenant, struct gx_hub *hub,
                                          struct gx_others **ret_others);
/* Before the hub's memory and the tenant go; NULL does nothing. */
void gx_others_stop(struct gx_others *others);

#endif
