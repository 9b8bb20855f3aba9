/* test_confine.c - a confined process can serve its folder, and nothing else; in a child each. */
#include "main/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gx_test.h"

static char allowed[64], forbidden[64];

/* Each: 0 when it is as it must be. */
static int may_write_inside(void)
{
    char path[100];
    snprintf(path, sizeof path, "%s/file", allowed);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    return fd >= 0 && write(fd, "x", 1) == 1 && ftruncate(fd, 0) == 0 && unlink(path) == 0 ? 0 : 1;
}

static int may_not_read_outside(void)
{
    char path[100];
    snprintf(path, sizeof path, "%s/secret", forbidden);
    return open(path, O_RDONLY | O_CLOEXEC) < 0 && errno == EACCES ? 0 : 1;
}

static int may_not_write_outside(void)
{
    char path[100];
    snprintf(path, sizeof path, "%s/new", forbidden);
    bool refused = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0 && errno == EACCES;
    return refused && open("/etc/guanxi-test", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0 ? 0 : 1;
}

static int may_not_link_out(void)
{
    char path[100];
    snprintf(path, sizeof path, "%s/link", allowed);
    return symlink("/etc/passwd", path) != 0 ? 0 : 1;
}

static int may_read_system(void)
{
    int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    return fd >= 0 ? 0 : 1;
}

static int may_not_execute(void)
{
    char *const argv[] = { "/bin/true", NULL };
    return execve("/bin/true", argv, argv + 1) < 0 && (errno == EPERM || errno == EACCES) ? 0 : 1;
}

static int may_not_trace(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 && errno == EPERM ? 0 : 1;
}

static int may_not_mount(void)
{
    return mount("none", allowed, "tmpfs", 0, NULL) < 0 && errno == EPERM ? 0 : 1;
}

static int may_not_become(void)
{
    return setuid(0) < 0 && errno == EPERM ? 0 : 1;
}

static int may_talk(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && listen(fd, 1) == 0 ? 0 : 1;
}

static int may_not_talk(void)
{
    return socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0 && errno == EPERM &&
                   socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) < 0 && errno == EPERM &&
                   socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0
               ? 0
               : 1;
}

static const struct {
    const char *name;
    int (*run)(void);
    bool by_files; /* needs Landlock */
    bool outgoing;
} cases[] = {
    { "writes inside its folder", may_write_inside, false, false },
    { "does not read outside", may_not_read_outside, true, false },
    { "does not write outside", may_not_write_outside, true, false },
    { "makes no symbolic link", may_not_link_out, true, false },
    { "reads what the system needs", may_read_system, false, false },
    { "executes nothing", may_not_execute, false, false },
    { "traces nobody", may_not_trace, false, false },
    { "mounts nothing", may_not_mount, false, false },
    { "does not become root again", may_not_become, false, false },
    { "opens no socket to the network", may_not_talk, false, false },
    { "opens sockets where it must", may_talk, false, true },
};

enum { NO_LANDLOCK = 77, NOT_CONFINED = 78 };

static int in_child(size_t i)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct gx_confine rules = { .folders = { allowed }, .outgoing = cases[i].outgoing };
        bool files;
        if (gx_confine_enter(&ctx, &rules, &files) != GX_OK)
            _exit(NOT_CONFINED);
        _exit(!files && cases[i].by_files ? NO_LANDLOCK : cases[i].run());
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

GX_TEST(confine)
{
    char path[100];
    snprintf(allowed, sizeof allowed, "/tmp/guanxi-test-XXXXXX");
    snprintf(forbidden, sizeof forbidden, "/tmp/guanxi-test-XXXXXX");
    GX_CHECK(mkdtemp(allowed) && mkdtemp(forbidden), "two folders");
    snprintf(path, sizeof path, "%s/secret", forbidden);
    close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    for (size_t i = 0; i < GX_COUNT(cases); i++) {
        int code = in_child(i);
        if (code == NO_LANDLOCK)
            gx_skip("this kernel has no Landlock");
        else
            GX_CHECK(code == 0, cases[i].name);
    }
    unlink(path);
    rmdir(allowed);
    rmdir(forbidden);
}

GX_TEST(confine_user)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    GX_CHECK(gx_confine_user(&ctx, "no-such-user", "/tmp") == GX_E_NOT_FOUND, "no such user");
    gx_arena_free(&arena);
}
