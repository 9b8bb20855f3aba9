/* confine.c - see confine.h. */
#include "main/confine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/assert.h"

static enum gx_code failed(struct gx_ctx *ctx, const char *what)
{
    return gx_fail(ctx, GX_E_FORBIDDEN, GX_STR("confine"), GX_M_CONFINE, gx_str_c(what),
                   gx_str_c(strerror(errno)));
}

/* --- another user */

/* The folder and its files; what lies deeper was made by the same program. */
static bool give_folder(const char *folder, uid_t uid, gid_t gid)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    bool ok = dir && fchown(fd, uid, gid) == 0;
    for (struct dirent *e = dir ? readdir(dir) : NULL; e && ok; e = readdir(dir)) {
        struct stat st;
        bool other = fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_uid != uid;
        if (other && strcmp(e->d_name, "..") != 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
            ok = fchownat(fd, e->d_name, uid, gid, AT_SYMLINK_NOFOLLOW) == 0;
    }
    if (dir)
        closedir(dir);
    return ok;
}

enum gx_code gx_confine_user(struct gx_ctx *ctx, const char *user, const char *folder)
{
    const struct passwd *entry = getpwnam(user);
    if (!entry)
        return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR("--user"), GX_M_CONFINE_USER, gx_str_c(user));
    uid_t uid = entry->pw_uid;
    gid_t gid = entry->pw_gid;
    if (geteuid() == uid)
        return GX_OK;
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return failed(ctx, folder);
    if (!give_folder(folder, uid, gid))
        return failed(ctx, folder);
    if (initgroups(user, gid) != 0 || setresgid(gid, gid, gid) != 0 ||
        setresuid(uid, uid, uid) != 0)
        return failed(ctx, user);
    if (uid != 0 && (setuid(0) == 0 || geteuid() != uid)) {
        errno = EPERM;
        return failed(ctx, user); /* the way back is open: no */
    }
    return GX_OK;
}

/* --- files */

enum {
    READ_FILES = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
    WRITE_FILES = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                  LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                  LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK,
    NEVER = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
            LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
            LANDLOCK_ACCESS_FS_MAKE_SYM,
};

/* Not in the headers of Debian 12, and there from the second and third version of Landlock on. */
#define ACCESS_REFER    (UINT64_C(1) << 13)
#define ACCESS_TRUNCATE (UINT64_C(1) << 14)

static bool allow(int ruleset, const char *path, uint64_t access)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return true; /* what is not there needs no rule */
    struct stat st;
    if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
        access &= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_TRUNCATE;
    struct landlock_path_beneath_attr rule = { .allowed_access = access, .parent_fd = fd };
    long rc = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(fd);
    return rc == 0;
}

static bool allow_all(int ruleset, const struct gx_confine *confine, uint64_t more)
{
    /* Libraries, time zones, names of hosts and users, our own figures, and randomness. */
    static const char *const system_paths[] = { "/usr",  "/lib", "/lib64",      "/etc",
                                                "/proc", "/run", "/dev/urandom" };
    static const char *const bare_paths[] = { "/proc/self", "/dev/urandom" };
    const char *const *paths = confine->bare ? bare_paths : system_paths;
    size_t count = confine->bare ? GX_COUNT(bare_paths) : GX_COUNT(system_paths);
    uint64_t write_too = READ_FILES | WRITE_FILES | more;
    bool ok =
        allow(ruleset, "/dev/null", LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE);
    for (size_t i = 0; i < count; i++)
        ok = ok && allow(ruleset, paths[i], READ_FILES);
    for (size_t i = 0; i < GX_CONFINE_FOLDERS_MAX && confine->readable[i]; i++)
        ok = ok && allow(ruleset, confine->readable[i], READ_FILES);
    for (size_t i = 0; i < GX_CONFINE_FOLDERS_MAX && confine->folders[i]; i++)
        ok = ok && allow(ruleset, confine->folders[i], write_too);
    return ok;
}

static enum gx_code confine_files(struct gx_ctx *ctx, const struct gx_confine *confine,
                                  bool *ret_files)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    *ret_files = version > 0;
    if (version <= 0)
        return GX_OK;
    uint64_t more = (version >= 2 ? ACCESS_REFER : 0) | (version >= 3 ? ACCESS_TRUNCATE : 0);
    struct landlock_ruleset_attr attr = { .handled_access_fs =
                                              READ_FILES | WRITE_FILES | NEVER | more };
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (ruleset < 0)
        return failed(ctx, "Landlock");
    bool ok =
        allow_all(ruleset, confine, more) && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    int error = errno;
    close(ruleset);
    errno = error;
    return ok ? GX_OK : failed(ctx, "Landlock");
}

/* --- system calls: all but these, which a server has no use for */

static const int forbidden[] = {
    SYS_execve,
    SYS_execveat,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_setns,
    SYS_unshare,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_reboot,
    SYS_swapon,
    SYS_swapoff,
    SYS_acct,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_adjtimex,
    SYS_clock_adjtime,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_open_by_handle_at,
    SYS_name_to_handle_at,
    SYS_personality,
    SYS_quotactl,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_setuid,
    SYS_setgid,
    SYS_setreuid,
    SYS_setregid,
    SYS_setresuid,
    SYS_setresgid,
    SYS_setgroups,
    SYS_capset,
};

enum {
    CALLS = (int)GX_COUNT(forbidden),
    NETWORK_STEPS = 5,
    BARE_STEPS = 2,
    X32_BIT = 0x40000000, /* the third set of numbers of x86-64, which nobody needs */
};

static struct sock_filter jump(size_t at, size_t to, uint32_t value)
{
    return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value,
                                        (unsigned char)(to - at - 1), 0);
}

/* The socket that people come in by is there already: no other one leads to the network. */
static size_t forbid_network(struct sock_filter *code, size_t n, size_t deny)
{
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 4);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                             offsetof(struct seccomp_data, args[0]));
    code[n] = jump(n, deny, AF_INET);
    n++;
    code[n] = jump(n, deny, AF_INET6);
    n++;
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    return n;
}

static enum gx_code confine_calls(struct gx_ctx *ctx, const struct gx_confine *confine)
{
    const uint32_t arch = SYS_execve == 59 ? AUDIT_ARCH_X86_64 : AUDIT_ARCH_AARCH64;
    struct sock_filter code[CALLS + 16];
    size_t steps = confine->bare ? BARE_STEPS : confine->outgoing ? 0 : NETWORK_STEPS;
    size_t n = 0, deny = CALLS + 6 + steps;
    code[n++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, arch, 1, 0);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    code[n++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    code[n] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT,
                                           (unsigned char)(deny - n - 1), 0);
    n++;
    if (confine->bare) {
        code[n] = jump(n, deny, SYS_socket);
        n++;
        code[n] = jump(n, deny, SYS_connect);
        n++;
    } else if (!confine->outgoing) {
        n = forbid_network(code, n, deny);
    }
    for (int i = 0; i < CALLS; i++, n++)
        code[n] = jump(n, deny, (uint32_t)forbidden[i]);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    gx_assert(n == deny);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    struct sock_fprog program = { .len = (unsigned short)n, .filter = code };
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0)
        return failed(ctx, "seccomp");
    return GX_OK;
}

enum gx_code gx_confine_enter(struct gx_ctx *ctx, const struct gx_confine *confine, bool *ret_files)
{
    static const struct rlimit no_core = { 0, 0 };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return failed(ctx, "no_new_privs");
    setrlimit(RLIMIT_CORE, &no_core); /* a core would hold passwords and keys */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    GX_TRY(confine_files(ctx, confine, ret_files));
    return confine_calls(ctx, confine);
}
