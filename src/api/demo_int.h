/*
 * demo_int.h - what demo_run.c and demo_load.c share.
 *
 * Layer: api, private to these two.
 */
#ifndef GX_API_DEMO_INT_H
#define GX_API_DEMO_INT_H

#include <stdatomic.h>

#include "api/demo_run.h"

/* A setting of the tenant: none there, or loading, there, removing. */
#define GX_DEMO_STATE "demo_state"
#define GX_DEMO_NAME  "demo_organisation"

struct gx_demo_work {
    struct gx_tenant *tenant;
    struct gx_str organisation;
    int64_t me;          /* takes the place of one of the organisation's people; 0: nobody */
    atomic_int permille; /* how far it is */
    atomic_int kept;     /* records that stay because others link to them */
    atomic_bool end;     /* the program ends */
};

/* Both work in pieces until they are done or work->end is set; not on the writer. */
GX_NODISCARD enum gx_code gx_demo_load_all(struct gx_demo_work *work);
GX_NODISCARD enum gx_code gx_demo_remove_all(struct gx_demo_work *work);

/* The context of one piece, over an arena that is emptied. */
struct gx_ctx gx_demo_ctx(struct gx_tenant *tenant, struct gx_arena *arena);

#endif
