/*
 * server.h - HTTP/1.1 over TCP or a Unix socket, by libmicrohttpd (epoll, one thread a core).
 *
 * What libmicrohttpd leaves open is closed here: total deadlines for header, body and write,
 * a cap on header and body, ambiguous framing refused (two Content-Length, CL with TE), host
 * and origin checks, security headers on every reply, one log line a request.
 *
 * A route with .writes is handed to `run_write`, a read that takes longer than a moment to
 * `run_later`; the connection is suspended until `done`.
 *
 * Layer: net.
 */
#ifndef GX_NET_SERVER_H
#define GX_NET_SERVER_H

#include "net/router.h"

struct gx_proxies;
struct gx_server;

struct gx_server_hooks {
    void *app;
    /*
     * Whose is it?  Called when the headers are in, before the address is looked at: may take the
     * beginning of `*path` (with its escapes, without the query) away and keep it as req->base.
     * An error is the reply.  May be NULL: there is only one to ask.
     */
    enum gx_code (*locate)(struct gx_req *req, struct gx_str *path);
    /*
     * Before authenticate, for a route: take hold of what is asked (and set req->app to it).
     * False: it has to be fetched, which may take a while; then `fetch` is called with the
     * connection asleep, and calls done() from any thread.  `finish` gives it back.  May be NULL.
     */
    bool (*arrive)(struct gx_req *req, enum gx_code *ret_code);
    void (*fetch)(struct gx_req *req, void (*done)(struct gx_req *req, enum gx_code code));
    /* Somebody opened an address of the application in a browser, and locate said no: put a page
     * that says so into req->out.  May be NULL. */
    void (*no_page)(struct gx_req *req, enum gx_code code);
    /*
     * Who is this?  Sets req->scope (or leaves it NULL) from cookie, bearer or local socket,
     * checks CSRF and rate.  GX_E_UNAUTHENTICATED only for a credential that is wrong.
     * Called when the headers are in, before any body is taken, so that strangers cannot
     * send one.  Not called for files of the web application.
     */
    enum gx_code (*authenticate)(struct gx_req *req);
    /* Does this scope satisfy the route? */
    enum gx_code (*authorise)(struct gx_req *req);
    /*
     * Right before the handler of a route that does not write, when the body is in and checked:
     * take a reader of the store.  authenticate must not keep one, because a body may still be
     * coming and a write may wait for its turn; there are fewer readers than clients.  May be NULL.
     */
    enum gx_code (*enter)(struct gx_req *req);
    /* Run gx_server_call(req) inside a write transaction, then done(req) once durable. */
    void (*run_write)(struct gx_req *req, void (*done)(struct gx_req *req, enum gx_code code));
    /*
     * What reads is tried on a thread of the server for a moment; if that is not enough, and for
     * the pieces of a stream, this calls `work` and then `done` from another thread, in turn with
     * others of that kind.  It may refuse (done with an error) unless the reply has `begun`.
     * May be NULL: everything is done at once.
     */
    void (*run_later)(struct gx_req *req, bool begun, enum gx_code (*work)(struct gx_req *req),
                      void (*done)(struct gx_req *req, enum gx_code code));
    /*
     * Called once for each request that was given to authenticate, after the reply was built
     * (a streamed one: sent or broken off), to release readers and the like.
     */
    void (*finish)(struct gx_req *req);
    /* A file of the web application ("/assets/x.js"), or an empty string; *ret_type its type,
     * *ret_encoding "br" when the bytes are Brotli and the client takes it. */
    struct gx_str (*asset)(void *app, struct gx_str path, bool accepts_brotli,
                           const char **ret_type, const char **ret_encoding,
                           const char **ret_cache);
};

struct gx_server_options {
    const char *listen;                   /* "127.0.0.1:8080", "[::1]:8080"; port 0: any */
    int listen_fd;                        /* of gx_server_bind(), instead; 0: none */
    bool tls;                             /* with the certificate of gx_tls_load() */
    bool hsts;                            /* people come by HTTPS and shall go on doing so */
    const char *socket;                   /* path of the local socket, or NULL */
    int threads;                          /* 0: cores */
    const char *spool_dir;                /* for GX_BODY_FILE */
    int connection_max;                   /* 0: 12,000, or as many as files may be open */
    bool quiet;                           /* no request log */
    const struct gx_proxies *proxies;     /* believed about who asks; NULL: nobody is */
    const struct gx_route *const *routes; /* NULL: gx_routes */
    /* Deadlines for the whole of each part, in milliseconds; 0: as said. */
    int header_ms; /* 10,000: from the first byte (or connecting) to the end of the headers */
    int body_ms;   /* 30,000, and 1 s more for each 100 kB that has come */
    int write_ms;  /* 30,000, and 1 s more for each 100 kB of the reply */
    int idle_ms;   /* 60,000: between two requests of a connection */
    int stop_ms;   /* 10,000: for what is under way when the server is stopped */
};

/* A socket that listens there, for .listen_fd: taken before privileges are dropped. */
GX_NODISCARD enum gx_code gx_server_bind(struct gx_ctx *ctx, const char *where, int *ret_fd);
GX_NODISCARD enum gx_code gx_server_start(struct gx_ctx *ctx,
                                          const struct gx_server_options *options,
                                          const struct gx_server_hooks *hooks,
                                          struct gx_server **ret_server);
/*
 * Serve a connection that was made elsewhere (a socket pair); the server owns `fd` from now on.
 * GX_E_BUSY: it does not take it.
 */
GX_NODISCARD enum gx_code gx_server_adopt(struct gx_server *server, int fd);
/* How many requests there were and how long they took, as Prometheus reads it. */
void gx_server_metrics(const struct gx_server *server, struct gx_buf *out);
/* The port really used. */
int gx_server_port(const struct gx_server *server);
/*
 * Stop accepting, finish what is under way (at most 10 s; what was handed to run_write or run_later
 * is always waited for), stop, free.
 */
void gx_server_stop(struct gx_server *server);

/*
 * Check query and body against the route: fills req->json and req->in.  The server does it
 * before run_write, so that the writer never waits for parsing.
 */
GX_NODISCARD enum gx_code gx_server_check(struct gx_req *req);
/* Check the input (unless that was done) and call the handler; fills the reply either way. */
enum gx_code gx_server_call(struct gx_req *req);

#endif
