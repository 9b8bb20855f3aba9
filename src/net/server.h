/*
 * server.h - HTTP/1.1 over TCP or a Unix socket, by libmicrohttpd (epoll, one thread a core).
 *
 * What libmicrohttpd leaves open is closed here: total deadlines for header, body and write,
 * a cap on header and body, ambiguous framing refused (two Content-Length, CL with TE), host
 * and origin checks, security headers on every reply, one log line a request.
 *
 * A route with .writes is handed to `run_write`; the connection is suspended until its `done`.
 *
 * Layer: net.
 */
#ifndef GX_NET_SERVER_H
#define GX_NET_SERVER_H

#include "net/router.h"

struct gx_server;

struct gx_server_hooks {
    void *app;
    /*
     * Who is this?  Sets req->scope (or leaves it NULL) from cookie, bearer or local socket,
     * checks CSRF and rate.  GX_E_UNAUTHENTICATED only for a credential that is wrong.
     */
    enum gx_code (*authenticate)(struct gx_req *req);
    /* Does this scope satisfy the route? */
    enum gx_code (*authorise)(struct gx_req *req);
    /* Run gx_server_call(req) inside a write transaction, then done(req) once durable. */
    void (*run_write)(struct gx_req *req, void (*done)(struct gx_req *req, enum gx_code code));
    /* After the reply was built: release readers and the like.  Any thread. */
    void (*finish)(struct gx_req *req);
    /* A file of the web application ("/assets/x.js"), or an empty string; *ret_type its type,
     * *ret_encoding "br" when the bytes are Brotli and the client takes it. */
    struct gx_str (*asset)(void *app, struct gx_str path, bool accepts_brotli,
                           const char **ret_type, const char **ret_encoding,
                           const char **ret_cache);
};

struct gx_server_options {
    const char *listen;  /* "127.0.0.1:8080", "[::1]:8080"; port 0: any */
    const char *socket;  /* path of the local socket, or NULL */
    int threads;         /* 0: cores */
    const char *spool_dir; /* for GX_BODY_FILE */
    int connection_max;  /* 0: 4096 */
    bool quiet;          /* no request log */
};

GX_NODISCARD enum gx_code gx_server_start(struct gx_ctx *ctx, const struct gx_server_options *options,
                                          const struct gx_server_hooks *hooks,
                                          struct gx_server **ret_server);
/* The port really used. */
int gx_server_port(const struct gx_server *server);
/* Stop accepting, finish what is under way (at most 10 s), stop. */
void gx_server_stop(struct gx_server *server);

/* Check the input against the route and call its handler; fills the reply either way. */
enum gx_code gx_server_call(struct gx_req *req);

#endif
