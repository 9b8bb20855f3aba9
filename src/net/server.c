/*
 * server.c - start and stop; see server.h.  The life of a request is in request.c.
 */
#include "net/server.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/log.h"
#include "net/http_int.h"
#include "net/local.h"
#include "net/tls_int.h"

/* libmicrohttpd clears the whole memory of a connection after each request: not too much of it. */
enum { BACKLOG = 1024, MHD_MEMORY_BYTES = 20480, LOCAL_THREADS = 2, OTHER_FILES = 512 };

static enum gx_code listen_failed(struct gx_ctx *ctx, struct gx_str where, const char *why)
{
    return gx_fail(ctx, GX_E_IO, GX_STR("listen"), GX_M_NET_LISTEN, where, gx_str_c(why));
}

/* "host:port" or "[v6]:port" */
static enum gx_code resolve(struct gx_ctx *ctx, struct gx_str where, struct addrinfo **ret_list)
{
    size_t colon = where.n;
    while (colon > 0 && where.p[colon - 1] != ':')
        colon--;
    int64_t port;
    struct gx_str host = { where.p, colon ? colon - 1 : 0 };
    if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
        host = (struct gx_str){ host.p + 1, host.n - 2 };
    if (host.n == 0 || !gx_str_int64(gx_str_from(where, colon), &port) || port < 0 || port > 65535)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("listen"), GX_M_NET_ADDRESS, where);
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
    int failed =
        getaddrinfo(gx_arena_cstr(ctx->arena, host),
                    gx_arena_cstr(ctx->arena, gx_str_from(where, colon)), &hints, ret_list);
    return failed ? listen_failed(ctx, where, gai_strerror(failed)) : GX_OK;
}

enum gx_code gx_server_bind(struct gx_ctx *ctx, const char *where, int *ret_fd)
{
    struct addrinfo *list;
    GX_TRY(resolve(ctx, gx_str_c(where), &list));
    int fd = socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool ok = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == 0 &&
              bind(fd, list->ai_addr, list->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0;
    int error = errno;
    freeaddrinfo(list);
    if (!ok && fd >= 0)
        close(fd);
    if (!ok)
        return listen_failed(ctx, gx_str_c(where), strerror(error));
    *ret_fd = fd;
    return GX_OK;
}

static int port_of(int fd)
{
    struct sockaddr_storage bound;
    socklen_t bound_n = sizeof bound;
    char port[NI_MAXSERV] = "";
    if (getsockname(fd, (struct sockaddr *)&bound, &bound_n) == 0)
        getnameinfo((struct sockaddr *)&bound, bound_n, NULL, 0, port, sizeof port, NI_NUMERICSERV);
    return (int)strtol(port, NULL, 10);
}

static enum gx_code listen_local(struct gx_ctx *ctx, const char *path, int *ret_fd)
{
    int fd = gx_local_connect(path);
    if (fd >= 0) {
        close(fd);
        return gx_fail(ctx, GX_E_IN_USE, GX_STR("socket"), GX_M_NET_SOCKET_USED, gx_str_c(path));
    }
    fd = gx_local_listen(path, BACKLOG);
    if (fd < 0)
        return listen_failed(ctx, gx_str_c(path), strerror(errno));
    *ret_fd = fd;
    return GX_OK;
}

/* Escapes are decoded by url.c, once, after the path was split. */
static size_t keep_escapes(void *cls, struct MHD_Connection *mhd, char *text)
{
    (void)cls, (void)mhd;
    return strlen(text);
}

static void log_library(void *cls, const char *format, va_list args)
{
    char text[GX_LOG_VALUE_BYTES_MAX];
    (void)cls;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    int n = vsnprintf(text, sizeof text, format, args);
#pragma GCC diagnostic pop
    gx_log_say(GX_LOG_DEBUG, "http", n > 0 ? gx_str_trim(gx_str_c(text)) : GX_STR(""));
}

/* No signal is delivered to a thread of the server: they are main's. */
static struct MHD_Daemon *daemon_start(struct gx_http_listener *listener, int fd, int threads)
{
    const struct gx_server_options *o = &listener->server->options;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    /* Past connection_max a reply says so; libmicrohttpd stops accepting somewhat later. */
    unsigned most = (unsigned)o->connection_max + (unsigned)o->connection_max / 4 + 64;
    bool tls = o->tls && !listener->local;
    struct MHD_OptionItem more[4];
    size_t n = 0;
    if (threads > 1)
        more[n++] = (struct MHD_OptionItem){ MHD_OPTION_THREAD_POOL_SIZE, threads, NULL };
    if (tls) {
        void *retrieve = (void *)(uintptr_t)gx_tls_retrieve;
        more[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_CERT_CALLBACK, 0, retrieve };
        more[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_PRIORITIES, 0,
                                             (void *)(uintptr_t)GX_TLS_PRIORITIES };
        flags |= MHD_USE_TLS;
    }
    more[n] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    struct MHD_Daemon *daemon =
        MHD_start_daemon(flags, 0, NULL, NULL, gx_http_on_request, listener, /**/
                         MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL,      /* before the others */
                         MHD_OPTION_LISTEN_SOCKET, fd,                       /**/
                         MHD_OPTION_CONNECTION_LIMIT, most,                  /**/
                         MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MHD_MEMORY_BYTES, /**/
                         MHD_OPTION_CONNECTION_TIMEOUT, 0U,                            /* watch.c */
                         MHD_OPTION_STRICT_FOR_CLIENT, 1,                              /**/
                         MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,             /**/
                         MHD_OPTION_NOTIFY_CONNECTION, gx_http_notify_connection, listener,
                         MHD_OPTION_URI_LOG_CALLBACK, gx_http_on_uri, listener, /**/
                         MHD_OPTION_NOTIFY_COMPLETED, gx_http_on_completed, listener,
                         MHD_OPTION_ARRAY, more, MHD_OPTION_END);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return daemon;
}

static void fill_defaults(struct gx_server *s, const struct gx_server_options *options)
{
    struct gx_server_options *o = &s->options;
    *o = *options;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    o->listen = o->listen ? gx_arena_cstr(&s->arena, gx_str_c(o->listen)) : NULL;
    o->socket = o->socket ? gx_arena_cstr(&s->arena, gx_str_c(o->socket)) : NULL;
    o->spool_dir = o->spool_dir ? gx_arena_cstr(&s->arena, gx_str_c(o->spool_dir)) : NULL;
    o->threads = o->threads ? o->threads : cores > 0 ? (int)cores : 1;
    o->connection_max = o->connection_max ? o->connection_max : 12000;
    o->header_ms = o->header_ms ? o->header_ms : 10000;
    o->body_ms = o->body_ms ? o->body_ms : 30000;
    o->write_ms = o->write_ms ? o->write_ms : 30000;
    o->idle_ms = o->idle_ms ? o->idle_ms : 60000;
    o->stop_ms = o->stop_ms ? o->stop_ms : 10000;
    o->routes = o->routes ? o->routes : gx_routes;
}

/* Connections, and what else is open: as many as asked for, or what the system allows. */
static int allow_files(int connections)
{
    struct rlimit limit;
    rlim_t want = (rlim_t)connections * 2 + OTHER_FILES;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return connections;
    if (limit.rlim_cur < want) {
        limit.rlim_cur = want < limit.rlim_max ? want : limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            (void)getrlimit(RLIMIT_NOFILE, &limit);
    }
    rlim_t most = limit.rlim_cur > 2 * OTHER_FILES ? limit.rlim_cur - OTHER_FILES : OTHER_FILES;
    return (rlim_t)connections < most ? connections : (int)most;
}

/* Uploads that a server left behind when it was killed. */
static void clean_spool(const char *path)
{
    DIR *dir = path ? opendir(path) : NULL;
    if (!dir)
        return;
    for (const struct dirent *e; (e = readdir(dir));) {
        struct gx_str name = gx_str_c(e->d_name);
        if (gx_str_starts(name, GX_STR("upload-")) && gx_str_ends(name, GX_STR(".part")))
            (void)unlinkat(dirfd(dir), e->d_name, 0);
    }
    closedir(dir);
}

static enum gx_code start_listeners(struct gx_ctx *ctx, struct gx_server *s)
{
    int fd = -1;
    if (s->options.listen) {
        fd = s->options.listen_fd;
        if (!fd)
            GX_TRY(gx_server_bind(ctx, s->options.listen, &fd));
        s->port = port_of(fd);
        s->tcp.daemon = daemon_start(&s->tcp, fd, s->options.threads);
        if (!s->tcp.daemon) {
            close(fd);
            return listen_failed(ctx, gx_str_c(s->options.listen), "libmicrohttpd");
        }
    }
    if (s->options.socket) {
        GX_TRY(listen_local(ctx, s->options.socket, &fd));
        s->unix_.daemon = daemon_start(&s->unix_, fd, LOCAL_THREADS);
        if (!s->unix_.daemon) {
            close(fd);
            return listen_failed(ctx, gx_str_c(s->options.socket), "libmicrohttpd");
        }
    }
    return GX_OK;
}

enum gx_code gx_server_start(struct gx_ctx *ctx, const struct gx_server_options *options,
                             const struct gx_server_hooks *hooks, struct gx_server **ret_server)
{
    struct gx_server *s = calloc(1, sizeof *s);
    gx_assert(s);
    s->hooks = *hooks;
    fill_defaults(s, options);
    s->tcp = (struct gx_http_listener){ .server = s };
    s->unix_ = (struct gx_http_listener){ .server = s, .local = true };
    s->router = gx_router_new(&s->arena, s->options.routes);
    s->stats = gx_http_stats_new(&s->arena, s->options.routes);
    if (getrandom(&s->id_seed, sizeof s->id_seed, 0) != (ssize_t)sizeof s->id_seed)
        s->id_seed = (uint64_t)gx_clock_us();
    s->options.connection_max = allow_files(s->options.connection_max);
    clean_spool(s->options.spool_dir);
    enum gx_code code = gx_http_watch_start(ctx, s);
    if (code != GX_OK) {
        gx_arena_free(&s->arena);
        free(s);
        return code;
    }
    code = start_listeners(ctx, s);
    if (code != GX_OK) {
        gx_server_stop(s);
        return code;
    }
    *ret_server = s;
    return GX_OK;
}

void gx_server_metrics(const struct gx_server *server, struct gx_buf *out)
{
    gx_http_stats_write(server->stats, out);
}

int gx_server_port(const struct gx_server *server)
{
    return server->port;
}

enum gx_code gx_server_adopt(struct gx_server *server, int fd)
{
    struct sockaddr_un nobody = { .sun_family = AF_UNIX };
    gx_assert(server->tcp.daemon);
    return MHD_add_connection(server->tcp.daemon, fd, (struct sockaddr *)&nobody,
                              sizeof nobody.sun_family) == MHD_YES
               ? GX_OK
               : GX_E_BUSY;
}

/*
 * From now on a new request is told that the server stops (head.c).  MHD_quiesce_daemon is not
 * used: it and a worker that wakes at that moment both take the socket out of the worker's epoll
 * set, and libmicrohttpd aborts when it is gone already.
 *
 * Writes that were handed over are always waited for: their connection must be there.
 */
static void wait_for_requests(struct gx_server *s)
{
    int64_t until = gx_monotonic_us() + (int64_t)s->options.stop_ms * 1000;
    const struct timespec nap = { .tv_nsec = 2000000 };
    while (atomic_load(&s->suspended) > 0 ||
           (atomic_load(&s->active) > 0 && gx_monotonic_us() < until))
        nanosleep(&nap, NULL);
    atomic_store(&s->stopped, true);
    while (atomic_load(&s->suspended) > 0) /* pieces of a stream that were handed over just then */
        nanosleep(&nap, NULL);
}

void gx_server_stop(struct gx_server *server)
{
    atomic_store(&server->stopping, true);
    if (server->unix_.daemon)
        (void)unlink(server->options.socket);
    gx_http_close_idle(server);
    wait_for_requests(server);
    if (server->tcp.daemon)
        MHD_stop_daemon(server->tcp.daemon);
    if (server->unix_.daemon)
        MHD_stop_daemon(server->unix_.daemon);
    gx_http_watch_stop(server);
    gx_arena_free(&server->arena);
    free(server);
}
