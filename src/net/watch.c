/*
 * watch.c - connections come and go, and a thread closes those whose deadline has passed.
 *
 * libmicrohttpd's own time-out starts again with each byte, so somebody who sends one a second
 * is served for ever.  Here each part of a request has a deadline for the whole of it.  The
 * watchdog only shuts the socket down; libmicrohttpd then sees it closed and cleans up.
 */
#include "net/http_int.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/assert.h"
#include "base/log.h"

static void write_peer(const struct sockaddr *address, char *out, size_t n)
{
    out[0] = 0;
    if (address->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, out,
                  (socklen_t)n);
    } else if (address->sa_family == AF_INET6) {
        const struct in6_addr *in6 =
            &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(in6))
            inet_ntop(AF_INET, &in6->s6_addr[12], out, (socklen_t)n);
        else
            inet_ntop(AF_INET6, in6, out, (socklen_t)n);
    }
}

static struct gx_http *connection_new(const struct gx_http_listener *listener,
                                      struct MHD_Connection *mhd)
{
    struct gx_server *server = listener->server;
    struct gx_http *h = calloc(1, sizeof *h);
    gx_assert(h);
    h->server = server;
    h->mhd = mhd;
    h->local = listener->local;
    h->spool_fd = -1;
    h->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info && info->client_addr)
        write_peer(info->client_addr, h->peer, sizeof h->peer);
    gx_http_deadline(h, gx_monotonic_us(), server->options.header_ms, 0);
    return h;
}

static void connection_free(struct gx_http *h)
{
    gx_arena_free(&h->arena);
    gx_buf_free(&h->req.out);
    gx_buf_free(&h->body);
    gx_buf_free(&h->packed);
    free(h);
}

void gx_http_notify_connection(void *cls, struct MHD_Connection *mhd, void **socket_context,
                               enum MHD_ConnectionNotificationCode code)
{
    const struct gx_http_listener *listener = cls;
    struct gx_server *server = listener->server;
    struct gx_http *h = *socket_context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        h = *socket_context = connection_new(listener, mhd);
        pthread_mutex_lock(&server->lock);
        h->next = server->first;
        if (h->next)
            h->next->prev = h;
        server->first = h;
        h->surplus = server->connection_count++ >= server->options.connection_max;
        if (server->connection_count == 1)
            pthread_cond_signal(&server->wake);
        pthread_mutex_unlock(&server->lock);
        return;
    }
    /* The socket is closed only after this call, so the watchdog never meets a foreign one. */
    pthread_mutex_lock(&server->lock);
    if (h->prev)
        h->prev->next = h->next;
    else
        server->first = h->next;
    if (h->next)
        h->next->prev = h->prev;
    server->connection_count--;
    pthread_mutex_unlock(&server->lock);
    connection_free(h);
    *socket_context = NULL;
}

void gx_http_deadline(struct gx_http *h, int64_t from_us, int base_ms, int64_t bytes)
{
    atomic_store_explicit(&h->deadline_us, from_us + (int64_t)base_ms * 1000 + bytes * 10,
                          memory_order_relaxed);
}

static void close_late(struct gx_server *server)
{
    int64_t now = gx_monotonic_us();
    for (struct gx_http *h = server->first; h; h = h->next) {
        int64_t deadline = atomic_load_explicit(&h->deadline_us, memory_order_relaxed);
        if (deadline && deadline < now)
            shutdown(h->fd, SHUT_RDWR);
    }
}

void gx_http_close_idle(struct gx_server *server)
{
    pthread_mutex_lock(&server->lock);
    for (struct gx_http *h = server->first; h; h = h->next)
        if (!atomic_load(&h->busy))
            shutdown(h->fd, SHUT_RDWR);
    pthread_mutex_unlock(&server->lock);
}

/* Often enough that no part gets a quarter more than its time, or a second. */
static int64_t tick_us(const struct gx_server_options *o)
{
    int shortest = o->header_ms;
    shortest = o->body_ms < shortest ? o->body_ms : shortest;
    shortest = o->write_ms < shortest ? o->write_ms : shortest;
    shortest = o->idle_ms < shortest ? o->idle_ms : shortest;
    int64_t tick = (int64_t)shortest * 1000 / 4;
    return tick < 1000000 ? tick : 1000000;
}

static void *watch(void *p)
{
    struct gx_server *server = p;
    int64_t tick = tick_us(&server->options);
    pthread_mutex_lock(&server->lock);
    while (!server->quit) {
        gx_log_flush();
        if (server->connection_count == 0) {
            pthread_cond_wait(&server->wake, &server->lock);
            continue;
        }
        int64_t until = gx_monotonic_us() + tick;
        struct timespec at = { .tv_sec = until / 1000000, .tv_nsec = until % 1000000 * 1000 };
        pthread_cond_timedwait(&server->wake, &server->lock, &at);
        close_late(server);
    }
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

enum gx_code gx_http_watch_start(struct gx_ctx *ctx, struct gx_server *server)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->wake, &attr);
    pthread_condattr_destroy(&attr);
    int failed = pthread_create(&server->watchdog, NULL, watch, server);
    if (failed)
        return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_NET_LISTEN, GX_STR("threads"),
                       gx_str_c(strerror(failed)));
    return GX_OK;
}

void gx_http_watch_stop(struct gx_server *server)
{
    pthread_mutex_lock(&server->lock);
    server->quit = true;
    pthread_cond_signal(&server->wake);
    pthread_mutex_unlock(&server->lock);
    pthread_join(server->watchdog, NULL);
    gx_log_flush();
    pthread_cond_destroy(&server->wake);
    pthread_mutex_destroy(&server->lock);
}
