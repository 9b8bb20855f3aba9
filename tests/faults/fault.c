/*
 * fault.c - loaded before the release program (LD_PRELOAD): makes its n-th call fail.
 *
 *   FAULT=write|sync|read|name|memory   the kind of call; writes include truncating, names opening
 *   FAULT_AT=n                          which one, from 1; 0: none, only count
 *   FAULT_FOR=m                         and the m-1 after it (1)
 *   FAULT_ERRNO=number                  what it says (5, EIO); a write may also be cut short
 *   FAULT_IN=part                       only files whose path has this in it
 *   FAULT_COUNT=file                    how many there were, written at the end
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t n);
void *__libc_realloc(void *p, size_t n);

static struct {
    char kind[12], in[200], count_file[300];
    long at, many;
    int error;
    atomic_long seen;
    atomic_bool ready;
} fault;

__attribute__((constructor)) static void begin(void)
{
    const char *kind = getenv("FAULT"), *at = getenv("FAULT_AT"), *many = getenv("FAULT_FOR");
    const char *error = getenv("FAULT_ERRNO"), *in = getenv("FAULT_IN");
    const char *count_file = getenv("FAULT_COUNT");
    snprintf(fault.kind, sizeof fault.kind, "%s", kind ? kind : "");
    snprintf(fault.in, sizeof fault.in, "%s", in ? in : "/");
    snprintf(fault.count_file, sizeof fault.count_file, "%s", count_file ? count_file : "");
    fault.at = at ? atol(at) : 0;
    fault.many = many ? atol(many) : 1;
    fault.error = error ? atoi(error) : EIO;
    atomic_store(&fault.ready, kind != NULL);
}

__attribute__((destructor)) static void end(void)
{
    atomic_store(&fault.ready, false);
    FILE *out = fault.count_file[0] ? fopen(fault.count_file, "w") : NULL;
    if (!out)
        return;
    fprintf(out, "%ld\n", atomic_load(&fault.seen));
    fclose(out);
}

static bool is_due(const char *kind)
{
    if (!atomic_load(&fault.ready) || strcmp(kind, fault.kind) != 0)
        return false;
    long n = atomic_fetch_add(&fault.seen, 1) + 1;
    if (fault.at == 0 || n < fault.at || n >= fault.at + fault.many)
        return false;
    errno = fault.error;
    return true;
}

static bool path_due(const char *kind, const char *path)
{
    return atomic_load(&fault.ready) && path && strstr(path, fault.in) && is_due(kind);
}

static bool fd_due(const char *kind, int fd)
{
    char link[40], path[400];
    if (!atomic_load(&fault.ready) || strcmp(kind, fault.kind) != 0)
        return false;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n > 0 ? n : 0] = 0;
    return path[0] == '/' && path_due(kind, path);
}

#define REAL(type, name, ...)                                                                      \
    static type (*real)(__VA_ARGS__);                                                              \
    if (!real)                                                                                     \
    *(void **)&real = dlsym(RTLD_NEXT, name)

ssize_t write(int fd, const void *p, size_t n)
{
    REAL(ssize_t, "write", int, const void *, size_t);
    return fd_due("write", fd) ? -1 : real(fd, p, n);
}
ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    return fd_due("write", fd) ? -1 : real(fd, p, n, at);
}
ssize_t pwrite64(int fd, const void *p, size_t n, off_t at)
{
    return pwrite(fd, p, n, at);
}
int ftruncate(int fd, off_t n)
{
    REAL(int, "ftruncate", int, off_t);
    return fd_due("write", fd) ? -1 : real(fd, n);
}
int ftruncate64(int fd, off_t n)
{
    return ftruncate(fd, n);
}
ssize_t read(int fd, void *p, size_t n)
{
    REAL(ssize_t, "read", int, void *, size_t);
    return fd_due("read", fd) ? -1 : real(fd, p, n);
}
ssize_t pread(int fd, void *p, size_t n, off_t at)
{
    REAL(ssize_t, "pread", int, void *, size_t, off_t);
    return fd_due("read", fd) ? -1 : real(fd, p, n, at);
}
ssize_t pread64(int fd, void *p, size_t n, off_t at)
{
    return pread(fd, p, n, at);
}
int fsync(int fd)
{
    REAL(int, "fsync", int);
    return fd_due("sync", fd) ? -1 : real(fd);
}
int fdatasync(int fd)
{
    REAL(int, "fdatasync", int);
    return fd_due("sync", fd) ? -1 : real(fd);
}
static int open_real(const char *path, int flags, mode_t mode)
{
    REAL(int, "open", const char *, int, ...);
    return path_due("name", path) ? -1 : real(path, flags, mode);
}
int open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    return open_real(path, flags, mode);
}
int open64(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    return open_real(path, flags, mode);
}
int rename(const char *from, const char *to)
{
    REAL(int, "rename", const char *, const char *);
    return path_due("name", to) ? -1 : real(from, to);
}
int mkdir(const char *path, mode_t mode)
{
    REAL(int, "mkdir", const char *, mode_t);
    return path_due("name", path) ? -1 : real(path, mode);
}
int unlink(const char *path)
{
    REAL(int, "unlink", const char *);
    return path_due("name", path) ? -1 : real(path);
}

void *malloc(size_t n)
{
    return is_due("memory") ? NULL : __libc_malloc(n);
}
void *calloc(size_t count, size_t n)
{
    return is_due("memory") ? NULL : __libc_calloc(count, n);
}
void *realloc(void *p, size_t n)
{
    return is_due("memory") ? NULL : __libc_realloc(p, n);
}
