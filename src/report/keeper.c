/* keeper.c - see keeper.h. */
#include "report/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report/duck.h"

enum { CHILDREN_MAX = 64, TICK_MS = 100 };

struct order {
    char op; /* of gx_child, or 'K' */
    uint64_t id;
    int64_t after_ms;
};

/* --- in the process that serves */

int gx_keeper_start(void)
{
    int pair[2];
    posix_spawn_file_actions_t files;
    pid_t pid;
    char *argv[] = { "guanxi", GX_KEEPER_COMMAND, NULL }, *env[] = { NULL };
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return -1;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, pair[1], GX_KEEPER_FD);
    posix_spawn_file_actions_addclosefrom_np(&files, GX_KEEPER_FD + 1);
    /* A duplicate onto itself would keep its close-on-exec flag. */
    int failed = pair[1] == GX_KEEPER_FD ||
                 posix_spawn(&pid, "/proc/self/exe", &files, NULL, argv, env) != 0;
    posix_spawn_file_actions_destroy(&files);
    close(pair[1]);
    if (!failed)
        return pair[0];
    close(pair[0]);
    return -1;
}

static bool send_order(int keeper, const struct order *order, int fd)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = { { 0 } };
    struct iovec io = { (void *)(uintptr_t)order, sizeof *order };
    struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1 };
    if (fd >= 0) {
        m.msg_control = control.bytes;
        m.msg_controllen = sizeof control.bytes;
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(c), &fd, sizeof fd);
    }
    return sendmsg(keeper, &m, MSG_NOSIGNAL) == (ssize_t)sizeof *order;
}

bool gx_keeper_spawn(int keeper, enum gx_child kind, uint64_t id, int *ret_fd)
{
    int pair[2];
    const struct order order = { .op = (char)kind, .id = id };
    if (keeper < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return false;
    bool ok = send_order(keeper, &order, pair[1]);
    close(pair[1]);
    if (ok)
        *ret_fd = pair[0];
    else
        close(pair[0]);
    return ok;
}

void gx_keeper_kill(int keeper, uint64_t id, int64_t after_ms)
{
    const struct order order = { .op = 'K', .id = id, .after_ms = after_ms };
    (void)send_order(keeper, &order, -1); /* when it is gone, so are its children */
}

/* --- in the keeper */

struct child {
    pid_t pid; /* 0: free */
    uint64_t id;
    int64_t due_us; /* 0: not */
};

struct keeper {
    int fd;
    struct gx_duck duck;
    bool loaded;
    struct child children[CHILDREN_MAX];
};

static bool receive(int fd, struct order *order, int *ret_fd)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec io = { order, sizeof *order };
    struct msghdr m = { .msg_iov = &io,
                        .msg_iovlen = 1,
                        .msg_control = control.bytes,
                        .msg_controllen = sizeof control.bytes };
    ssize_t n;
    *ret_fd = -1;
    do
        n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof *order)
        return false;
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    if (c && c->cmsg_type == SCM_RIGHTS)
        memcpy(ret_fd, CMSG_DATA(c), sizeof *ret_fd);
    return true;
}

static void run_child(struct keeper *k, char kind, int fd)
{
    close(k->fd);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!k->loaded)
        _exit(1);
    if (kind == GX_CHILD_PARSE)
        gx_child_parse(&k->duck, fd);
    else if (kind == GX_CHILD_FILL)
        gx_child_fill(&k->duck, fd);
    else if (kind == GX_CHILD_WORK)
        gx_child_work(&k->duck, fd);
    _exit(0);
}

static void load(struct keeper *k)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena };
    if (!k->loaded)
        k->loaded = gx_duck_load(&ctx, &k->duck) == GX_OK;
    gx_arena_free(&arena);
}

static void fork_child(struct keeper *k, const struct order *order, int fd)
{
    struct child *free = NULL;
    for (size_t i = 0; i < CHILDREN_MAX && !free; i++)
        free = k->children[i].pid == 0 ? &k->children[i] : NULL;
    load(k);
    if (!free || fd < 0)
        return;
    pid_t pid = fork();
    if (pid == 0)
        run_child(k, order->op, fd);
    if (pid > 0)
        *free = (struct child){ .pid = pid, .id = order->id };
}

static void note_kill(struct keeper *k, const struct order *order)
{
    for (size_t i = 0; i < CHILDREN_MAX; i++)
        if (k->children[i].pid && k->children[i].id == order->id) {
            k->children[i].due_us = gx_monotonic_us() + order->after_ms * 1000;
            if (order->after_ms <= 0)
                kill(k->children[i].pid, SIGKILL);
        }
}

static void look_after(struct keeper *k)
{
    int64_t now = gx_monotonic_us();
    pid_t pid;
    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
        for (size_t i = 0; i < CHILDREN_MAX; i++)
            if (k->children[i].pid == pid)
                k->children[i] = (struct child){ 0 };
    for (size_t i = 0; i < CHILDREN_MAX; i++)
        if (k->children[i].pid && k->children[i].due_us && k->children[i].due_us <= now)
            kill(k->children[i].pid, SIGKILL);
}

static bool has_children(const struct keeper *k)
{
    for (size_t i = 0; i < CHILDREN_MAX; i++)
        if (k->children[i].pid)
            return true;
    return false;
}

int gx_keeper_main(int fd)
{
    struct keeper k = { .fd = fd };
    sigset_t none;
    sigemptyset(&none); /* whoever started us may have held signals back */
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGINT, SIG_IGN); /* Ctrl-C is for who serves */
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        int n = poll(&p, 1, has_children(&k) ? TICK_MS : -1);
        look_after(&k);
        if (n <= 0)
            continue;
        struct order order;
        int child_fd;
        if (!receive(fd, &order, &child_fd))
            break;
        if (order.op == 'K')
            note_kill(&k, &order);
        else
            fork_child(&k, &order, child_fd);
        if (child_fd >= 0)
            close(child_fd);
    }
    for (size_t i = 0; i < CHILDREN_MAX; i++)
        if (k.children[i].pid)
            kill(k.children[i].pid, SIGKILL);
    return 0;
}
