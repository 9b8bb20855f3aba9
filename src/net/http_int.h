/*
 * http_int.h - what the files of the server share: the server, and a connection with its request.
 *
 * One struct gx_http lives as long as a connection and is used again for each of its requests,
 * so that a request on a warm connection needs no memory from outside.  Only one thread works on
 * it at a time: its libmicrohttpd thread or, between suspend and resume, whoever does the work.
 * The watchdog reads `deadline_us` and `fd` only, under the server's lock.
 *
 * Layer: net, private.
 */
#ifndef GX_NET_HTTP_INT_H
#define GX_NET_HTTP_INT_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "net/server.h"
#include "net/stats.h"

enum {
    GX_HTTP_HEADERS_MAX = 100,
    GX_HTTP_HEADER_BYTES_MAX = 12288,
    GX_HTTP_KEEP_BYTES = 65536,  /* buffers up to this stay with an idle connection, */
    GX_HTTP_CROWD = 256,         /* but nothing does when there are more connections than this */
    GX_HTTP_DRAIN_BYTES = 65536, /* of a refused body that are read to keep the connection */
    GX_HTTP_PACK_BYTES = 1024,   /* replies from here on are compressed */
    GX_HTTP_ID_BYTES = 16,
    GX_HTTP_MOMENT_US = 150000, /* what a read may take of a thread of the server */
};

enum gx_http_state {
    GX_HTTP_IDLE,    /* between requests */
    GX_HTTP_HEAD,    /* the request line is in */
    GX_HTTP_WAITING, /* suspended: what it asks for is being fetched */
    GX_HTTP_FETCHED, /* resumed: go on with the head */
    GX_HTTP_BODY,    /* the body is coming */
    GX_HTTP_WORKING, /* suspended: a write or a long read is under way */
    GX_HTTP_WORKED,  /* resumed: reply */
    GX_HTTP_REPLIED, /* the reply was handed to libmicrohttpd */
};

enum gx_http_sleep { GX_HTTP_AWAKE, GX_HTTP_ASLEEP, GX_HTTP_WOKEN }; /* of a live stream */

enum gx_http_target { GX_HTTP_ROUTE, GX_HTTP_ASSET, GX_HTTP_OPTIONS };

struct gx_http_asset {
    struct gx_str bytes;
    const char *type, *encoding, *cache;
};

struct gx_http {
    struct gx_server *server;
    struct MHD_Connection *mhd;
    struct gx_http *prev, *next; /* under server->lock */
    int fd;
    bool local, surplus; /* surplus: past connection_max, gets 503 */
    char peer[48];
    _Atomic int64_t deadline_us; /* monotonic; 0: none */
    _Atomic bool busy;           /* a request is under way */

    /* the request under way */
    enum gx_http_state state;
    enum gx_http_target target;
    bool hooked; /* authenticate was called, finish is due */
    bool head_only, chunked, expects, close;
    bool lost; /* nobody is at this address */
    enum gx_code code;
    unsigned allowed;
    int64_t started_us, body_started_us;
    int64_t body_length, body_bytes; /* said; come so far */
    int64_t body_max;
    int64_t stream_bytes;
    bool stream_more;
    bool handed; /* its next piece is made elsewhere */
    bool made;   /* the next piece is in `out`, or h->code says why not */
    int64_t handed_us;
    _Atomic int sleep; /* enum gx_http_sleep */
    int spool_fd;      /* -1: none */
    struct gx_http_asset asset;
    struct gx_str method;
    const char *uri; /* as it came, in the arena */
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct gx_req req;
    struct gx_buf body, packed;
    char request_id[GX_HTTP_ID_BYTES + 1];
};

struct gx_http_listener {
    struct gx_server *server;
    struct MHD_Daemon *daemon; /* NULL: not asked for */
    bool local;
};

struct gx_server {
    struct gx_arena arena;
    struct gx_server_options options; /* defaults filled in, strings in the arena */
    struct gx_server_hooks hooks;
    struct gx_router *router;
    struct gx_http_stats *stats;
    struct gx_http_listener tcp, unix_;
    int port;
    uint64_t id_seed;
    _Atomic uint64_t id_next;
    _Atomic int active, suspended;  /* requests */
    _Atomic bool stopping, stopped; /* no new request; no connection is suspended any more */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool quit;                    /* under lock: the watchdog ends */
    struct gx_http *first;        /* under lock: all connections */
    _Atomic int connection_count; /* written under lock */
    pthread_t watchdog;
};

/* watch.c: connections come and go; deadlines */
void gx_http_notify_connection(void *cls, struct MHD_Connection *mhd, void **socket_context,
                               enum MHD_ConnectionNotificationCode code);
GX_NODISCARD enum gx_code gx_http_watch_start(struct gx_ctx *ctx, struct gx_server *server);
void gx_http_watch_stop(struct gx_server *server);
/* From now on this part has `base_ms`, and 1 s for each 100 kB. */
void gx_http_deadline(struct gx_http *h, int64_t from_us, int base_ms, int64_t bytes);
/* Close the connections that wait for their next request. */
void gx_http_close_idle(struct gx_server *server);

/* request.c: callbacks of libmicrohttpd */
void *gx_http_on_uri(void *cls, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result gx_http_on_request(void *cls, struct MHD_Connection *mhd, const char *url,
                                   const char *method, const char *version, const char *upload,
                                   size_t *upload_bytes, void **context);
void gx_http_on_completed(void *cls, struct MHD_Connection *mhd, void **context,
                          enum MHD_RequestTerminationCode code);

/* head.c: request line and headers into req; GX_OK, or what is wrong with them */
GX_NODISCARD enum gx_code gx_http_read_head(struct gx_http *h, const char *version);

/* body.c */
GX_NODISCARD enum gx_code gx_http_body_begin(struct gx_http *h);
/* False: far past the cap, the connection is to be closed. */
bool gx_http_body_add(struct gx_http *h, struct gx_str piece);
void gx_http_body_end(struct gx_http *h);
/* Memory up to `keep` bytes stays for the next one. */
void gx_http_body_forget(struct gx_http *h, size_t keep);

/* reply.c: build the reply of h->code and hand it over */
enum MHD_Result gx_http_reply(struct gx_http *h);

#endif
