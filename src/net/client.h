/*
 * client.h - HTTP/1.1 to a server of this program, over the local socket of its data folder.
 *
 * The command line uses it when a server has the data: one connection, one call at a time, the
 * reply's body in pieces as they come.  It speaks only what our server says (Content-Length or
 * chunks, no compression), and has no time-out: an import may take an hour.
 *
 * Layer: net.  A client belongs to one thread.
 */
#ifndef GX_NET_CLIENT_H
#define GX_NET_CLIENT_H

#include "net/router.h"

struct gx_client;

struct gx_client_request {
    const char *method;              /* "GET" */
    struct gx_str target;            /* path and query, encoded: "/api/v1/account?limit=5" */
    const struct gx_header *headers; /* besides Host and those of the body */
    size_t header_count;
    struct gx_str body;
    const int *body_fd; /* instead of `body`: sent in chunks until its end; NULL: none */
    /*
     * Takes the reply's body piece by piece; an error ends the call with it.  NULL, and from
     * status 400 up: kept.
     */
    enum gx_code (*take)(void *p, struct gx_str piece);
    void *take_p;
};

struct gx_client_reply {
    int status;
    const struct gx_header *headers; /* in the arena of the call's context */
    size_t header_count;
    struct gx_str body; /* when it was kept; in the arena, at most 64 MiB */
};

/* GX_E_NOT_FOUND: nobody listens there. */
GX_NODISCARD enum gx_code gx_client_open(struct gx_ctx *ctx, const char *socket_path,
                                         struct gx_client **ret_client);
/* NULL is allowed. */
void gx_client_close(struct gx_client *client);
/*
 * One call.  GX_OK whatever the status is.  GX_E_IO: the connection broke or the reply is not
 * whole; the client can only be closed then.  GX_E_LIMIT: a kept body is too large.
 */
GX_NODISCARD enum gx_code gx_client_call(struct gx_ctx *ctx, struct gx_client *client,
                                         const struct gx_client_request *request,
                                         struct gx_client_reply *ret_reply);
/* A header of the reply, or "". */
struct gx_str gx_client_header(const struct gx_client_reply *reply, const char *name);
/* Percent-encode one piece of a path, or a name or value of a query. */
struct gx_str gx_client_encode(struct gx_arena *arena, struct gx_str s);

#endif
