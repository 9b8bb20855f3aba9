/* launch.c - see launch.h. */
#include "report/launch.h"

#include <errno.h>
#include <limits.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/assert.h"

/* The subcommands that a launcher starts. */
static const char *const commands[] = { "warehouse-process", "sql-worker" };

struct gx_launcher {
    pthread_mutex_t lock;
    const char *root;
    int fd; /* -1: not started */
};

static bool is_command(const char *name)
{
    bool known = false;
    for (size_t i = 0; i < GX_COUNT(commands); i++)
        known |= strcmp(commands[i], name) == 0;
    return known;
}

/* --- one message: text, and a descriptor or -1 */

static bool send_message(int socket, const void *p, size_t n, int fd)
{
    char space[CMSG_SPACE(sizeof(int))] = { 0 };
    struct iovec iov = { (void *)(uintptr_t)p, n };
    struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
    if (fd >= 0) {
        message.msg_control = space;
        message.msg_controllen = sizeof space;
        struct cmsghdr *c = CMSG_FIRSTHDR(&message);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(c), &fd, sizeof fd);
    }
    ssize_t sent;
    do
        sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)n;
}

/* Its length; 0 or less: the other side has gone. */
static ssize_t receive_message(int socket, void *p, size_t n, int *ret_fd)
{
    char space[CMSG_SPACE(sizeof(int))];
    struct iovec iov = { p, n };
    struct msghdr message = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space
    };
    ssize_t got;
    *ret_fd = -1;
    do
        got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    struct cmsghdr *c = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
        memcpy(ret_fd, CMSG_DATA(c), sizeof *ret_fd);
    return got;
}

/* --- starting a program: this one again */

/* What it must know of the world; passwords of databases are not part of that. */
static char **own_environment(char **room, size_t max)
{
    static const char *const kept[] = { "LANG=", "LC_ALL=", "TZ=", "ASAN_OPTIONS=",
                                        "UBSAN_OPTIONS=" };
    size_t n = 0;
    for (char **e = environ; e && *e; e++)
        for (size_t i = 0; i < GX_COUNT(kept); i++)
            if (strncmp(*e, kept[i], strlen(kept[i])) == 0 && n + 1 < max)
                room[n++] = *e;
    room[n] = NULL;
    return room;
}

/* 0 and *ret_pid, or an errno.  `fd` becomes GX_LAUNCH_FD, all above it are closed. */
static int spawn(char *const *argv, const char *folder, int fd, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    char *env[16];
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0); /* what is typed at a terminal is not for it */
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETPGROUP);
    int error = posix_spawn_file_actions_adddup2(&actions, fd, GX_LAUNCH_FD);
    if (error == 0)
        error = posix_spawn_file_actions_addclosefrom_np(&actions, GX_LAUNCH_FD + 1);
    if (error == 0 && folder)
        error = posix_spawn_file_actions_addchdir_np(&actions, folder);
    if (error == 0)
        error = posix_spawn(ret_pid, "/proc/self/exe", &actions, &attributes, argv,
                            own_environment(env, GX_COUNT(env)));
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return error;
}

/* --- the launcher process */

struct answer {
    int error, pid;
};

/* "command", "folder", "arg" …, each ended by a zero byte. */
static bool read_wish(char *text, size_t n, const char *root, char *argv[], char **ret_folder)
{
    size_t count = 0, root_n = strlen(root);
    char *piece[GX_LAUNCH_ARGS_MAX + 2];
    if (n == 0 || text[n - 1] != '\0')
        return false;
    for (size_t at = 0; at < n; at += strlen(text + at) + 1) {
        if (count == GX_COUNT(piece))
            return false;
        piece[count++] = text + at;
    }
    if (count < 2 || !is_command(piece[0]) || strncmp(piece[1], root, root_n) != 0 ||
        piece[1][root_n] != '/' || strstr(piece[1], "/.."))
        return false;
    *ret_folder = piece[1];
    argv[1] = piece[0];
    for (size_t i = 2; i < count; i++)
        argv[i] = piece[i];
    argv[count] = NULL;
    return true;
}

int gx_launcher_serve(int socket, const char *root)
{
    char name[] = "guanxi";
    char text[GX_LAUNCH_TEXT_MAX], *argv[GX_LAUNCH_ARGS_MAX + 4] = { name }, *folder;
    int fd;
    signal(SIGCHLD, SIG_IGN); /* nobody waits for them: their handles say when they have ended */
    for (ssize_t n; (n = receive_message(socket, text, sizeof text, &fd)) > 0;) {
        struct answer answer = { .error = EINVAL };
        int handle = -1;
        pid_t pid;
        if (fd >= 0 && read_wish(text, (size_t)n, root, argv, &folder))
            answer.error = spawn(argv, folder, fd, &pid);
        if (answer.error == 0) {
            answer.pid = (int)pid;
            handle = (int)syscall(SYS_pidfd_open, pid, 0);
            answer.error = handle < 0 ? errno : 0;
        }
        if (fd >= 0)
            close(fd);
        bool told = send_message(socket, &answer, sizeof answer, handle);
        if (handle >= 0)
            close(handle);
        if (!told)
            break;
    }
    return 0;
}

/* --- who wishes */

static void launcher_gone(void *p)
{
    gx_launcher_stop(p);
}

struct gx_launcher *gx_launcher_new(struct gx_arena *arena, const char *root)
{
    struct gx_launcher *launcher = GX_ARENA_NEW(arena, struct gx_launcher);
    pthread_mutex_init(&launcher->lock, NULL);
    launcher->root = gx_arena_cstr(arena, gx_str_c(root));
    launcher->fd = -1;
    gx_arena_defer(arena, launcher_gone, launcher);
    return launcher;
}

static enum gx_code failed(struct gx_ctx *ctx, int error)
{
    return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_LAUNCH, gx_str_c(strerror(error)));
}

static enum gx_code start(struct gx_ctx *ctx, struct gx_launcher *launcher)
{
    char path[PATH_MAX];
    int pair[2];
    pid_t pid;
    if (launcher->fd >= 0)
        return GX_OK;
    if (!realpath(launcher->root, path) ||
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return failed(ctx, errno);
    char *const argv[] = { gx_arena_cstr(ctx->arena, GX_STR("guanxi")),
                           gx_arena_cstr(ctx->arena, GX_STR("warehouse-launcher")), path, NULL };
    int error = spawn(argv, NULL, pair[1], &pid);
    close(pair[1]);
    if (error) {
        close(pair[0]);
        return failed(ctx, error);
    }
    launcher->fd = pair[0];
    return GX_OK;
}

enum gx_code gx_launcher_start(struct gx_ctx *ctx, struct gx_launcher *launcher)
{
    pthread_mutex_lock(&launcher->lock);
    enum gx_code code = start(ctx, launcher);
    pthread_mutex_unlock(&launcher->lock);
    return code;
}

void gx_launcher_stop(struct gx_launcher *launcher)
{
    pthread_mutex_lock(&launcher->lock);
    if (launcher->fd >= 0)
        close(launcher->fd);
    launcher->fd = -1;
    pthread_mutex_unlock(&launcher->lock);
}

static size_t add(char *text, size_t n, const char *piece)
{
    size_t length = strlen(piece) + 1;
    gx_assert(n + length <= GX_LAUNCH_TEXT_MAX);
    memcpy(text + n, piece, length);
    return n + length;
}

static int wish(struct gx_launcher *launcher, const char *text, size_t n, int fd,
                struct gx_launched *ret)
{
    struct answer answer;
    if (!send_message(launcher->fd, text, n, fd) ||
        receive_message(launcher->fd, &answer, sizeof answer, &ret->pidfd) != sizeof answer)
        return EPIPE;
    ret->pid = answer.pid;
    return answer.error == 0 && ret->pidfd < 0 ? EBADF : answer.error;
}

enum gx_code gx_launch(struct gx_ctx *ctx, struct gx_launcher *launcher, const char *command,
                       const char *folder, const char *const *args, int fd,
                       struct gx_launched *ret_launched)
{
    char text[GX_LAUNCH_TEXT_MAX];
    size_t n = add(text, add(text, 0, command), folder);
    for (size_t i = 0; args[i]; i++)
        n = add(text, n, args[i]);
    *ret_launched = (struct gx_launched){ .pidfd = -1 };
    pthread_mutex_lock(&launcher->lock);
    enum gx_code code = start(ctx, launcher);
    if (code == GX_OK) {
        int error = wish(launcher, text, n, fd, ret_launched);
        if (error == EPIPE) { /* it has gone: another one next time */
            close(launcher->fd);
            launcher->fd = -1;
        }
        code = error ? failed(ctx, error) : GX_OK;
    }
    pthread_mutex_unlock(&launcher->lock);
    return code;
}

void gx_launched_kill(struct gx_launched *launched)
{
    if (launched->pidfd < 0)
        return;
    syscall(SYS_pidfd_send_signal, launched->pidfd, SIGKILL, NULL, 0);
    close(launched->pidfd);
    *launched = (struct gx_launched){ .pidfd = -1 };
}
