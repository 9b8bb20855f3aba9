/*
 * app.h - what endpoints share: the tenant behind a request, and small helpers.
 *
 * Layer: api.
 */
#ifndef GX_API_APP_H
#define GX_API_APP_H

#include "access/scope.h"
#include "access/signin.h"
#include "net/router.h"

struct gx_hub;
struct gx_import_runner;
struct gx_batch_runner;
struct gx_presence;

/* The public half of main's application object; req->app points to it. */
struct gx_api {
    struct gx_tenant *tenant;
    struct gx_import_runner *imports;
    struct gx_hub *hub; /* of live events */
    struct gx_presence *presence;
    struct gx_batch_runner *batches;
    const char *spool_dir; /* uploaded files until an import takes them */
    bool secure;           /* served over TLS: cookies are Secure */
};

static inline struct gx_api *gx_api(const struct gx_req *req)
{
    return req->app;
}

/* The object that path piece `i` names.  GX_E_NOT_FOUND. */
GX_NODISCARD enum gx_code gx_req_object(struct gx_req *req, size_t i,
                                        const struct gx_object **ret_object);
/* If-Match: "3" as a version; 0 when absent or "*".  GX_E_INVALID. */
GX_NODISCARD enum gx_code gx_req_version(struct gx_req *req, int64_t *ret_version);
/* Reply with the record as it is now (all fields), its version as ETag. */
GX_NODISCARD enum gx_code gx_reply_record(struct gx_req *req, const struct gx_object *object,
                                          int64_t id, struct gx_str fields, bool deleted);
/* "true", "1" or present without a value. */
bool gx_req_flag(const struct gx_req *req, const char *name);
/*
 * For .writes routes: reply with the record as it is once the write is durable; with its id and
 * version alone to who may write but not read it, and to who asks for no more
 * (Prefer: return=minimal, RFC 7240).
 */
GX_NODISCARD enum gx_code gx_reply_written(struct gx_req *req, const struct gx_object *object,
                                           int64_t id, int64_t version);
/* The same for a new one: 201, Location. */
GX_NODISCARD enum gx_code gx_reply_created(struct gx_req *req, const struct gx_object *object,
                                           int64_t id);
GX_NODISCARD enum gx_code gx_req_admin(struct gx_req *req);

/* Idempotency-Key: a reply given before, or remembering this one; see idempotency.c. */
GX_NODISCARD enum gx_code gx_idempotency_find(struct gx_req *req, struct gx_conn *conn,
                                              bool *ret_replayed);
GX_NODISCARD enum gx_code gx_idempotency_keep(struct gx_req *req, struct gx_conn *conn);

#endif
