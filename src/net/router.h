/*
 * router.h - one table per endpoint: address, who may call it, what goes in and out.
 *
 * Each endpoint file in src/api/ defines `const struct gx_route gx_route_<name>`; tools/mkindex
 * collects them into gx_routes[].  The same table routes, checks input, and makes OpenAPI.
 *
 * Layer: net.  It knows nothing of users or records: `scope` and `app` are handed through.
 */
#ifndef GX_NET_ROUTER_H
#define GX_NET_ROUTER_H

#include "base/buf.h"
#include "base/ctx.h"
#include "json/schema.h"

struct gx_scope;
struct gx_session;
struct gx_scim_key;
struct gx_req;

enum gx_method { GX_GET, GX_POST, GX_PATCH, GX_PUT, GX_DELETE, GX_METHOD_COUNT };
/* PROVISIONER: a system with a key for looking after users (access/provision.h), and nobody else.
 */
enum gx_who { GX_WHO_PUBLIC, GX_WHO_SIGNED_IN, GX_WHO_ADMIN, GX_WHO_PROVISIONER };

enum gx_body {
    GX_BODY_NONE,
    GX_BODY_JSON,  /* parsed: req->json; checked against .in when that is set */
    GX_BODY_BYTES, /* req->body, as it came */
    GX_BODY_FILE,  /* spooled to req->body_path; deleted after the reply unless renamed */
};

struct gx_query_param {
    const char *name; /* NULL ends the list */
    const char *doc;
    enum gx_schema_type type; /* STR, INT, ID or BOOL */
    bool required;
    int64_t min, max;
};

enum {
    GX_ROUTE_ERRORS_MAX = 8,
    GX_ROUTE_PARAMS_MAX = 4,
    GX_HEADERS_OUT_MAX = 16,
    GX_PATH_PIECES_MAX = 16,
};

struct gx_route {
    const char *doc;
    enum gx_method method;
    const char *path; /* "/api/v1/{object}/{id}"; a literal piece wins over a {piece} */
    enum gx_who who;
    bool asks;      /* a POST that only asks, and may be asked again like a GET */
    bool writes;    /* runs on the store's writer, replies after the commit */
    bool slow;      /* slow on purpose (passwords): runs on a thread of its own, few at a time */
    bool outward;   /* of a slow one: it asks other servers, and waits on threads for that */
    bool query_sql; /* of a slow one: people's SQL and counts, on threads that wait for them */
    bool chore;     /* of a slow one: work of the house, on a thread for that */
    bool
        fresh; /* not at a screen left open: the person proves to be it again, see gx_req_fresh() */
    bool secret; /* its body or reply is secret: neither is kept, not even for a repeat */
    bool
        live; /* a stream without an end, which sleeps until gx_stream_wake(): no reader is taken */
    enum gx_body body;
    int64_t body_max;           /* bytes; 0: 1 MiB for JSON, 1 GiB for FILE */
    const struct gx_schema *in; /* JSON body; NULL with GX_BODY_JSON: checked by the handler */
    size_t in_size;             /* sizeof the struct of `in` */
    const struct gx_query_param *query;
    const struct gx_schema *out; /* reply; NULL: `out_kind` names it */
    const char *out_kind;        /* "record", "records", "none", "text/csv" … for OpenAPI */
    int status;                  /* of a success, for OpenAPI; 0: 204 for "none", else 200 */
    enum gx_code errors[GX_ROUTE_ERRORS_MAX];
    /*
     * Of a write: before its turn on the writer, on a thread of the server without a connection.
     * What can be worked out there it leaves in req->prepared; an error is for the handler to find.
     */
    void (*prepare)(struct gx_req *req);
    /* Says errors in the form of another standard; NULL: gx_reply_problem(). */
    void (*problem)(struct gx_req *req, enum gx_code code);
    enum gx_code (*handler)(struct gx_req *req, const void *in);
};

/* Ended by NULL; made by tools/mkindex. */
extern const struct gx_route *const gx_routes[];

struct gx_header {
    struct gx_str name, value;
};

struct gx_req {
    struct gx_ctx *ctx;               /* arena, clock, language, errors of this request */
    void *app;                        /* main's, of whom the request is for */
    void *place;                      /* main's: what it holds for this request */
    struct gx_str base;               /* what was taken off its path, "/t/acme"; usually empty */
    struct gx_scope *scope;           /* who; NULL only on public routes without a session */
    const struct gx_session *session; /* by which cookie or key; NULL: none, or the local socket */
    const struct gx_scim_key *provisioner; /* which system looks after users; else NULL */
    const struct gx_route *route;
    enum gx_method method;
    struct gx_str path;
    struct gx_str params[GX_ROUTE_PARAMS_MAX]; /* pieces in the order of the route's path */
    const struct gx_header *query;             /* decoded name and value, in order */
    size_t query_count;
    const struct gx_header *headers;
    size_t header_count;
    struct gx_str body;
    const char *body_path;
    const struct gx_json *json;
    bool checked;       /* query and body were checked against the route */
    const void *in;     /* the struct filled from the body by route->in */
    void *prepared;     /* by route->prepare; NULL: nothing is */
    struct gx_str peer; /* address of the other side; empty on the local socket */
    bool local;         /* came over the local socket of the data folder: the operator */

    /* the reply */
    int status; /* 0: 200, or what the returned code says */
    struct gx_buf out;
    const char *content_type; /* NULL: application/json */
    struct gx_header out_headers[GX_HEADERS_OUT_MAX];
    size_t out_header_count;
    /*
     * A streamed reply: append the next piece to `out`; *ret_more false at the end.  An empty
     * piece is asked for again at once, or, on a .live route, after gx_stream_wake().  An error
     * cuts the connection, so that the other side knows the reply is not whole.
     */
    enum gx_code (*stream)(struct gx_req *req, void *p, struct gx_buf *out, bool *ret_more);
    void *stream_p;
    /*
     * Set by the handler of a write: called when the write is durable, on a thread of the server,
     * to make the reply, so that the writer need not; `after` first, then `after_read` with a
     * reader.  An error of the latter leaves the reply as it was: the write stands.
     */
    void (*after)(struct gx_req *req);
    enum gx_code (*after_read)(struct gx_req *req);
    void *after_p;
    void *turn;     /* main's: its place in a queue */
    void *private_; /* net's own */
};

/*
 * There is something for the stream of a .live route: ask for its next piece.  From any thread,
 * while the request lasts (whoever wakes must hold off what it deferred in its arena until that is
 * done).
 */
void gx_stream_wake(struct gx_req *req);

/* "" when absent; header names without regard to case. */
struct gx_str gx_req_header(const struct gx_req *req, const char *name);
struct gx_str gx_req_query(const struct gx_req *req, const char *name);
bool gx_req_has_query(const struct gx_req *req, const char *name);
/* Absent or not a number within [min, max]: GX_E_INVALID with the name as path when present. */
GX_NODISCARD enum gx_code gx_req_query_int(struct gx_req *req, const char *name, int64_t otherwise,
                                           int64_t min, int64_t max, int64_t *ret_value);
/* Path parameter number `i` as an id; GX_E_NOT_FOUND when it is none. */
GX_NODISCARD enum gx_code gx_req_id(struct gx_req *req, size_t i, int64_t *ret_id);
/* Value must be free of CR and LF (asserted); both are kept by reference. */
void gx_reply_header(struct gx_req *req, const char *name, struct gx_str value);
/* How the reply to this request may be packed: "br", "gzip", or "" (not at all). */
const char *gx_req_coding(const struct gx_req *req);
/*
 * Give the reply that is in `out` a strong ETag, made from its bytes and coding, and let caches
 * keep it if they ask each time.  When the client has it already: 304, and `out` is emptied.
 */
void gx_reply_tagged(struct gx_req *req);
/* As if the handler had not been called. */
void gx_reply_forget(struct gx_req *req);
/* application/problem+json (RFC 9457) from the errors in req->ctx, or as the route says them. */
void gx_reply_problem(struct gx_req *req, enum gx_code code);

/*
 * Does this request come from a page of ours?  By Sec-Fetch-Site, else by Origin against Host;
 * true when the browser says neither (no browser, or a very old one).  The access hook asks it
 * for methods that change something and come with a cookie.
 */
bool gx_req_same_origin(const struct gx_req *req);
/* The value of a cookie, or "". */
struct gx_str gx_req_cookie(const struct gx_req *req, const char *name);
const char *gx_method_name(enum gx_method method);

struct gx_router;

/* The routes as a tree, in `arena`.  Two routes for one address and method are asserted away. */
struct gx_router *gx_router_new(struct gx_arena *arena, const struct gx_route *const *routes);
/*
 * Find the route for the decoded pieces of a path; `params` takes GX_ROUTE_PARAMS_MAX pieces.
 * NULL: *ret_allowed (a bit per method) says which methods the address has, 0 none at all.
 */
const struct gx_route *gx_router_find(const struct gx_router *router, enum gx_method method,
                                      const struct gx_str *pieces, size_t piece_count,
                                      struct gx_str *params, unsigned *ret_allowed);

#endif
