/* warehouse_process.c - see warehouse_process.h. */
#include "report/warehouse_process.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "report/warehouse_line.h"

enum {
    LINES_MAX = 64,
    TICK_MS = 50,
    GRACE_US = 2000000, /* beyond its time before the process ends itself */
    SEND_PATIENCE_S = 60,
    CLOSE_PATIENCE_S = 5,
};

struct process {
    const struct gx_warehouse_process *o;
    duckdb_database db;
    struct gx_line *lines[LINES_MAX];
};

bool gx_warehouse_hand(int control, int fd)
{
    char byte = 'N', space[CMSG_SPACE(sizeof(int))] = { 0 };
    struct iovec iov = { &byte, 1 };
    struct msghdr message = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space
    };
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
    return sendmsg(control, &message, MSG_NOSIGNAL) == 1;
}

/* -1: the other side has gone; -2: nothing of use. */
static int take_descriptor(int control)
{
    char byte, space[CMSG_SPACE(sizeof(int))];
    struct iovec iov = { &byte, 1 };
    struct msghdr message = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space
    };
    int fd = -2;
    ssize_t n = recvmsg(control, &message, MSG_CMSG_CLOEXEC);
    if (n <= 0)
        return n < 0 && errno == EINTR ? -2 : -1;
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(c), sizeof fd);
    return fd;
}

/* --- lines: a connection each, with a thread of its own */

static void *serve_line(void *p)
{
    struct gx_line *line = p;
    gx_line_serve(line);
    atomic_store(&line->over, true);
    return NULL;
}

static void add_line(struct process *p, int fd)
{
    const struct timeval patience = { .tv_sec = SEND_PATIENCE_S };
    size_t i = 0;
    while (i < LINES_MAX && p->lines[i])
        i++;
    struct gx_line *line = i < LINES_MAX ? calloc(1, sizeof *line) : NULL;
    if (!line) {
        close(fd);
        return;
    }
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    line->duck = &p->o->duck;
    line->fd = fd;
    if (line->duck->connect(p->db, &line->con) != DuckDBSuccess ||
        pthread_create(&line->thread, NULL, serve_line, line) != 0) {
        close(fd);
        free(line);
        return;
    }
    p->lines[i] = line;
}

static void end_line(struct process *p, size_t i)
{
    struct gx_line *line = p->lines[i];
    pthread_join(line->thread, NULL);
    line->duck->disconnect(&line->con);
    close(line->fd);
    free(line);
    p->lines[i] = NULL;
}

/* Who has gone is not worked for any more; what is beyond its time ends, one way or the other. */
static void look_after(struct process *p, size_t i)
{
    struct gx_line *line = p->lines[i];
    int64_t until_us = atomic_load(&line->until_us), now_us = gx_monotonic_us();
    if (atomic_load(&line->over)) {
        end_line(p, i);
        return;
    }
    if (until_us == 0 || atomic_load(&line->sending))
        return;
    bool late = until_us > 0 && now_us > until_us;
    if (late)
        atomic_store(&line->late, true);
    if (late || line->gone)
        line->duck->interrupt(line->con);
    if (late && now_us > until_us + GRACE_US)
        _exit(3); /* it does not listen */
}

static bool turn(struct process *p)
{
    struct pollfd wait[LINES_MAX + 1] = { { .fd = p->o->control, .events = POLLIN } };
    for (size_t i = 0; i < LINES_MAX; i++)
        wait[i + 1] = (struct pollfd){
            .fd = p->lines[i] && !p->lines[i]->gone ? p->lines[i]->fd : -1,
            .events = POLLRDHUP,
        };
    if (poll(wait, LINES_MAX + 1, TICK_MS) > 0) {
        for (size_t i = 0; i < LINES_MAX; i++)
            if (p->lines[i] && wait[i + 1].revents)
                p->lines[i]->gone = true;
        if (wait[0].revents) {
            int fd = take_descriptor(p->o->control);
            if (fd == -1)
                return false;
            if (fd >= 0)
                add_line(p, fd);
        }
    }
    for (size_t i = 0; i < LINES_MAX; i++)
        if (p->lines[i])
            look_after(p, i);
    return true;
}

/* --- begin, end */

static bool set(const struct gx_duck *duck, duckdb_config config, const char *name,
                const char *value)
{
    return duck->set_config(config, name, value) == DuckDBSuccess;
}

static bool open_file(struct process *p, char **ret_error)
{
    const struct gx_warehouse_process *o = p->o;
    const struct gx_duck *duck = &o->duck;
    duckdb_config config;
    char memory[32], temp[32], threads[16];
    snprintf(memory, sizeof memory, "%lldMiB", (long long)(o->memory_bytes >> 20));
    snprintf(temp, sizeof temp, "%lldMiB", (long long)(o->temp_bytes >> 20));
    snprintf(threads, sizeof threads, "%d", o->threads);
    if (duck->create_config(&config) != DuckDBSuccess)
        return false;
    bool ok = set(duck, config, "memory_limit", memory) && set(duck, config, "threads", threads) &&
              set(duck, config, "temp_directory", "tmp") &&
              set(duck, config, "max_temp_directory_size", temp) &&
              set(duck, config, "autoinstall_known_extensions", "false") &&
              set(duck, config, "autoload_known_extensions", "false") &&
              set(duck, config, "allow_community_extensions", "false") &&
              duck->open_ext(o->file, &p->db, config, ret_error) == DuckDBSuccess;
    duck->destroy_config(&config);
    return ok;
}

static bool greet(int fd, enum gx_code code, const char *text)
{
    struct gx_buf out = { 0 };
    size_t at = gx_wire_begin(&out, GX_WIRE_HELLO);
    gx_wire_put_u8(&out, code);
    gx_wire_put_text(&out, gx_str_c(text));
    gx_wire_end(&out, at);
    bool ok = gx_wire_send(fd, &out);
    gx_buf_free(&out);
    return ok;
}

int gx_warehouse_process(const struct gx_warehouse_process *o)
{
    static const struct timeval none = { 0 };
    struct process p = { .o = o };
    char *error = NULL;
    if (!open_file(&p, &error)) {
        greet(o->control, GX_E_IO, error ? error : "the file could not be opened");
        return 1;
    }
    setsockopt(o->control, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof none);
    if (greet(o->control, GX_OK, o->duck.library_version()))
        while (turn(&p))
            continue;
    alarm(CLOSE_PATIENCE_S); /* what is under way is nobody's any more */
    for (size_t i = 0; i < LINES_MAX; i++)
        if (p.lines[i]) {
            shutdown(p.lines[i]->fd, SHUT_RDWR);
            o->duck.interrupt(p.lines[i]->con);
        }
    for (size_t i = 0; i < LINES_MAX; i++)
        if (p.lines[i])
            end_line(&p, i);
    o->duck.close(&p.db);
    return 0;
}
