/*
 * net_fixture.h - a real server on a free port with a table of test routes, and raw sockets.
 */
#ifndef GX_NET_FIXTURE_H
#define GX_NET_FIXTURE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "net/server.h"

enum { NET_WAITING_MAX = 256 };

struct net_fixture {
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct gx_server_options options; /* set what differs before net_start() */
    struct gx_server_hooks hooks;
    struct gx_server *server;
    char dir[64], spool[80], socket[80];
    _Atomic int authenticated, finished, handled;
    _Atomic int readers; /* as if of a store: taken by enter */

    /* the writer: takes all that wait, runs them, says done */
    pthread_t writer;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct {
        struct gx_req *req;
        void (*done)(struct gx_req *req, enum gx_code code);
    } waiting[NET_WAITING_MAX];
    size_t waiting_count;
    bool quit, hold; /* hold: nothing is taken */

    struct gx_req *live; /* under lock: the stream that is open; NULL: none */
    int64_t beats;       /* under lock: what it has to say */
    bool last_beat;      /* under lock: and then it ends */
};

struct net_reply {
    int status; /* 0: the connection was closed without a reply */
    struct gx_str head, body;
    bool chunked, broken;
    struct gx_buf bytes;
};

/* Options and hooks of the tests; change them, then start. */
void net_prepare(struct net_fixture *f);
void net_start(struct net_fixture *f);
void net_stop(struct net_fixture *f);
/* Hold the writer back, or let it go. */
void net_hold(struct net_fixture *f, bool hold);

int net_connect(const struct net_fixture *f);
void net_send(int fd, const char *bytes, size_t n);
void net_say(int fd, const char *text);
/* Read one reply (the body too, unless it answers HEAD). */
void net_read(int fd, bool head_only, struct net_reply *reply);
/* Is it closed by the other side (within 5 s)? */
bool net_closed(int fd);
/* Connect, say, read; the connection is closed. */
void net_ask(const struct net_fixture *f, const char *text, struct net_reply *reply);
/* Value of a header of the reply, or "". */
struct gx_str net_header(const struct net_reply *reply, const char *name);
bool net_has(const struct net_reply *reply, const char *text);
void net_reply_free(struct net_reply *reply);

#endif
