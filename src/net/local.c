/* local.c - see local.h. */
#include "net/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/*
 * Fill in the address; *ret_dir is a descriptor to close afterwards, or -1.  -1 with errno: the
 * folder cannot be opened or the name itself is too long.
 */
static int address_of(const char *path, struct sockaddr_un *address, int *ret_dir)
{
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    *ret_dir = -1;
    size_t n = strlen(path);
    const char *slash = strrchr(path, '/');
    if (n < sizeof address->sun_path) {
        memcpy(address->sun_path, path, n + 1);
        return 0;
    }
    char folder[4096];
    if (!slash || (size_t)(slash - path) >= sizeof folder) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(folder, path, (size_t)(slash - path));
    folder[slash - path] = 0;
    int dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return -1;
    int len =
        snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d%s", dir, slash);
    if (len < 0 || (size_t)len >= sizeof address->sun_path) {
        close(dir);
        errno = ENAMETOOLONG;
        return -1;
    }
    *ret_dir = dir;
    return 0;
}

/* Close what is open without losing the reason of a failure. */
static int give_up(int fd, int dir)
{
    int error = errno;
    if (fd >= 0)
        close(fd);
    if (dir >= 0)
        close(dir);
    errno = error;
    return -1;
}

int gx_local_connect(const char *path)
{
    struct sockaddr_un address;
    int dir;
    if (address_of(path, &address, &dir) != 0)
        return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        return give_up(fd, dir);
    if (dir >= 0)
        close(dir);
    return fd;
}

int gx_local_listen(const char *path, int backlog)
{
    struct sockaddr_un address;
    struct stat st;
    int dir;
    if (address_of(path, &address, &dir) != 0)
        return -1;
    if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
        unlink(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* On Linux the file gets the mode that the socket had before it was bound. */
    if (fd < 0 || fchmod(fd, 0600) != 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, backlog) != 0)
        return give_up(fd, dir);
    if (dir >= 0)
        close(dir);
    return fd;
}
