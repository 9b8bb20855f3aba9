/* cage.c - see cage.h. */
#include "report/cage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/str.h"

enum { NOBODY = 65534, FILES_OPEN_MAX = 256 };

/* A thread made before would stay outside. */
static bool is_alone(void)
{
    DIR *dir = opendir("/proc/self/task");
    int n = 0;
    for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir))
        n += e->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return n == 1;
}

static bool limit(int what, int64_t value)
{
    struct rlimit r = { (rlim_t)value, (rlim_t)value };
    return setrlimit((__rlimit_resource_t)what, &r) == 0;
}

/* The address sanitizer's shadow takes terabytes of address space. */
extern void __asan_init(void) __attribute__((weak));

static bool is_sanitized(void)
{
    return __asan_init != NULL;
}

static bool set_limits(const struct gx_cage *cage)
{
    bool ok = limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, FILES_OPEN_MAX) &&
              limit(RLIMIT_FSIZE, cage->file_bytes);
    ok = ok && (is_sanitized() || limit(RLIMIT_AS, cage->memory_bytes));
    return ok && (cage->processor_s == 0 || limit(RLIMIT_CPU, cage->processor_s));
}

static bool become_nobody(const struct gx_cage *cage)
{
    if (geteuid() != 0)
        return true;
    if (cage->folder && chown(".", NOBODY, NOBODY) != 0)
        return false;
    return setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
           setresuid(NOBODY, NOBODY, NOBODY) == 0;
}

/* --- files */

enum {
    FILES = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
            LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
            LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
            LANDLOCK_ACCESS_FS_MAKE_REG,
    NEVER = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
            LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
            LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_MAKE_SOCK,
};

/* -1: this kernel has none; 0: it could not be entered. */
static int confine_files(const char *folder)
{
    if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < 1)
        return -1;
    struct landlock_ruleset_attr attr = { .handled_access_fs = FILES | NEVER };
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (rules < 0)
        return 0;
    bool ok = true;
    if (folder) {
        int fd = open(".", O_PATH | O_CLOEXEC);
        struct landlock_path_beneath_attr rule = { .allowed_access = FILES, .parent_fd = fd };
        ok = fd >= 0 &&
             syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
        if (fd >= 0)
            close(fd);
    }
    ok = ok && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    close(rules);
    return ok;
}

/* --- system calls: these and no others */

static const int always[] = {
    SYS_read,
    SYS_write,
    SYS_readv,
    SYS_writev,
    SYS_pread64,
    SYS_pwrite64,
    SYS_close,
    SYS_fstat,
    SYS_lseek,
    SYS_mmap,
    SYS_munmap,
    SYS_mprotect,
    SYS_mremap,
    SYS_madvise,
    SYS_brk,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_futex,
    SYS_set_robust_list,
    SYS_rseq,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_gettid,
    SYS_getpid,
    SYS_getrandom,
    SYS_clock_gettime,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_gettimeofday,
    SYS_poll,
    SYS_ppoll,
    SYS_recvfrom,
    SYS_sendto,
    SYS_exit,
    SYS_exit_group,
    SYS_membarrier,
    SYS_mincore,
    SYS_getrusage,
    SYS_sysinfo,
    SYS_fsync,
    SYS_fdatasync,
    SYS_ftruncate,
    SYS_restart_syscall,
    SYS_getcwd,
    SYS_uname,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
};

/* Only where Landlock says which ones. */
static const int with_files[] = {
    SYS_open,      SYS_openat, SYS_stat,       SYS_lstat,  SYS_newfstatat, SYS_access,
    SYS_faccessat, SYS_unlink, SYS_unlinkat,   SYS_mkdir,  SYS_mkdirat,    SYS_rmdir,
    SYS_fallocate, SYS_fcntl,  SYS_getdents64, SYS_rename, SYS_statfs,     SYS_fstatfs,
};

static struct sock_filter allow_one(int call)
{
    return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 1);
}

/* Threads, but no processes; glibc tries clone3() first, whose flags a filter cannot see. */
static size_t allow_threads(struct sock_filter *code, size_t n)
{
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                             offsetof(struct seccomp_data, args[0]));
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    return n;
}

static bool confine_calls(bool files)
{
    enum { STEPS_MAX = 2 * (GX_COUNT(always) + GX_COUNT(with_files)) + 16 };
    const uint32_t arch = SYS_execve == 59 ? AUDIT_ARCH_X86_64 : AUDIT_ARCH_AARCH64;
    struct sock_filter code[STEPS_MAX];
    size_t n = 0;
    code[n++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, arch, 1, 0);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    code[n++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < GX_COUNT(always); i++) {
        code[n++] = allow_one(always[i]);
        code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    }
    for (size_t i = 0; files && i < GX_COUNT(with_files); i++) {
        code[n++] = allow_one(with_files[i]);
        code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    }
    n = allow_threads(code, n);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    gx_assert(n <= STEPS_MAX);
    struct sock_fprog program = { .len = (unsigned short)n, .filter = code };
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

bool gx_cage_enter(const struct gx_cage *cage)
{
    /* From inside it is reached without the folders above, which are nobody's business. */
    if (cage->folder && chdir(cage->folder) != 0)
        return false;
    if (!is_alone() || !set_limits(cage) || !become_nobody(cage))
        return false;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    int files = confine_files(cage->folder);
    return files != 0 && confine_calls(cage->folder && files > 0);
}
