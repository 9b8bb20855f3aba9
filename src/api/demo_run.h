/*
 * demo_run.h - demo data loaded into, and taken out of, a tenant that is being served.
 *
 * One job at a time, on a thread of its own, in pieces that commit together with the list of what
 * they made (gx_demo_record).  Removing goes backwards through that list, so nothing that a person
 * made since is touched; a record that such work links to stays and is counted.  A removal that a
 * killed program left goes on at the next start; loading does not: what is there can be removed.
 *
 * The person who asks takes the place of one of the organisation's people, so that "my day" and "my
 * numbers" have something to show.  Nobody of the others gets a password.
 *
 * Layer: api.
 */
#ifndef GX_API_DEMO_RUN_H
#define GX_API_DEMO_RUN_H

#include "access/scope.h"
#include "json/write.h"

struct gx_demo_runner;

GX_NODISCARD enum gx_code gx_demo_runner_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                               struct gx_demo_runner **ret_runner);
void gx_demo_runner_stop(struct gx_demo_runner *runner);

/* GX_E_CONFLICT: there is demo data already, or a job is under way.  GX_E_INVALID: no such
 * organisation.  Not on the writer. */
GX_NODISCARD enum gx_code gx_demo_load(struct gx_scope *scope, struct gx_demo_runner *runner,
                                       struct gx_str organisation);
/* GX_E_CONFLICT: there is none, or a job is under way.  Not on the writer. */
GX_NODISCARD enum gx_code gx_demo_remove(struct gx_scope *scope, struct gx_demo_runner *runner);
/* {"state", "organisation", "permille", "records", "kept", "organisations"} */
GX_NODISCARD enum gx_code gx_demo_show(struct gx_scope *scope, struct gx_demo_runner *runner,
                                       struct gx_jw *w);

#endif
