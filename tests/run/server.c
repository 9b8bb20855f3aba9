/* server.c - the program under test: commands, start and stop; see run.h. */
#include "run.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { START_TIMEOUT_MS = 60000, STOP_TIMEOUT_MS = 20000, ARGS_MAX = 32 };

/* Words of a command line; "double quotes" keep spaces together. */
static size_t split(struct gx_arena *arena, struct gx_str args, char **argv, size_t max)
{
    size_t n = 0;
    while (args.n && n < max) {
        bool quoted = args.p[0] == '"';
        if (quoted)
            args = gx_str_from(args, 1);
        size_t end = gx_str_find(args, quoted ? '"' : ' ');
        if (end || quoted)
            argv[n++] = gx_arena_cstr(arena, (struct gx_str){ args.p, end });
        args = gx_str_from(args, end + 1);
    }
    return n;
}

/* Start `guanxi ARGS --data FOLDER` with standard output and error in these files. */
static int spawn(struct gx_arena *arena, const struct run_server *server, struct gx_str args,
                 const char *out_name, const char *err_name)
{
    const char *db = getenv("GUANXI_RUN_DB");
    char *argv[ARGS_MAX] = { gx_arena_cstr(arena, gx_str_c(server->program)) };
    size_t argc = 1 + split(arena, args, argv + 1, ARGS_MAX - 6);
    argv[argc++] = gx_arena_cstr(arena, GX_STR("--data"));
    argv[argc++] = gx_arena_cstr(arena, gx_str_c(server->folder));
    if (db) { /* all files share one PostgreSQL; each has a tenant of its own */
        uint64_t hash = gx_str_hash(gx_str_c(server->folder));
        argv[argc++] = gx_arena_cstr(arena, gx_arena_printf(arena, "--db=%s", db));
        argv[argc] = gx_arena_cstr(
            arena, gx_arena_printf(arena, "--tenant=t%016llx", (unsigned long long)hash));
    }
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int out = open(out_name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int err = open(err_name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int pid = null >= 0 && out >= 0 && err >= 0 ? fork() : -1;
    if (pid == 0) {
        dup2(null, 0);
        dup2(out, 1);
        dup2(err, 2);
        execv(argv[0], argv);
        _exit(127);
    }
    close(null);
    close(out);
    close(err);
    return pid;
}

struct gx_str run_file_text(struct gx_arena *arena, const char *name)
{
    struct gx_buf in = { 0 };
    FILE *file = fopen(name, "rb");
    while (file && gx_buf_reserve(&in, 65536)) {
        size_t n = fread(in.p + in.n, 1, 65536, file);
        if (n == 0)
            break;
        in.n += n;
    }
    if (file)
        fclose(file);
    struct gx_str text = gx_arena_str(arena, gx_buf_str(&in));
    gx_buf_free(&in);
    return text;
}

/* True: it ended by itself; otherwise it is killed. */
static bool wait_for(int pid, int timeout_ms, int *ret_status)
{
    struct timespec tick = { .tv_nsec = 2000000 };
    int64_t limit = gx_monotonic_us() + INT64_C(1000) * timeout_ms;
    while (waitpid(pid, ret_status, WNOHANG) == 0) {
        if (gx_monotonic_us() > limit) {
            kill(pid, SIGKILL);
            waitpid(pid, ret_status, 0);
            return false;
        }
        nanosleep(&tick, NULL);
    }
    return true;
}

bool run_command(struct gx_arena *arena, const struct run_server *server, struct gx_str args,
                 struct gx_str *ret_out)
{
    int status = -1;
    const char *name = gx_arena_printf(arena, "%s.out", server->folder).p;
    const char *errors = gx_arena_printf(arena, "%s.err", server->folder).p;
    unlink(errors);
    int pid = spawn(arena, server, args, name, errors);
    bool ok = pid > 0 && wait_for(pid, START_TIMEOUT_MS, &status) && status == 0;
    struct gx_str out = gx_str_trim(run_file_text(arena, name));
    *ret_out = ok ? out
                  : gx_arena_printf(arena, "guanxi %.*s: %.*s %.*s", GX_STR_ARG(args),
                                    GX_STR_ARG(out), GX_STR_ARG(run_file_text(arena, errors)));
    return ok;
}

/* The number behind "Guanxi is at http://127.0.0.1:", once the line is whole. */
static int port_said(struct gx_str out)
{
    struct gx_str said = GX_STR("Guanxi is at http://127.0.0.1:");
    size_t at = gx_str_search(out, said);
    if (at == SIZE_MAX || gx_str_find(gx_str_from(out, at), '\n') == out.n - at)
        return 0;
    return (int)strtol(out.p + at + said.n, NULL, 10);
}

bool run_server_start(struct gx_arena *arena, struct run_server *server, struct gx_str *ret_why)
{
    struct timespec tick = { .tv_nsec = 2000000 };
    const char *name = gx_arena_printf(arena, "%s.serve.out", server->folder).p;
    const char *log = gx_arena_printf(arena, "%s.serve.err", server->folder).p;
    server->pid = spawn(arena, server, GX_STR("serve --listen 127.0.0.1:0"), name, log);
    int64_t limit = gx_monotonic_us() + INT64_C(1000) * START_TIMEOUT_MS;
    int status = 0;
    bool up = server->pid > 0;
    for (server->port = 0; up && server->port == 0 && gx_monotonic_us() < limit;) {
        nanosleep(&tick, NULL);
        up = waitpid(server->pid, &status, WNOHANG) == 0;
        server->port = port_said(run_file_text(arena, name));
    }
    if (up && server->port)
        return true;
    if (up)
        wait_for(server->pid, 0, &status);
    *ret_why = gx_arena_printf(arena, "guanxi serve does not start: %.*s",
                               GX_STR_ARG(run_file_text(arena, log)));
    return false;
}

bool run_server_stop(struct gx_arena *arena, struct run_server *server, struct gx_str *ret_why)
{
    int status = 0;
    kill(server->pid, SIGTERM);
    bool ended = wait_for(server->pid, STOP_TIMEOUT_MS, &status);
    if (ended && status == 0)
        return true;
    *ret_why =
        gx_arena_printf(arena, "the server did not end well (%s, wait status %d): %s.serve.err",
                        ended ? "by itself" : "killed", status, server->folder);
    return false;
}
