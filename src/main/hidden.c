/* hidden.c - see hidden.h. */
#include "main/hidden.h"

#include <dlfcn.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "main/confine.h"
#include "report/launch.h"
#include "report/warehouse_process.h"
#include "report/wire.h"

enum { FILES_MAX = 1024 };

/* `guanxi warehouse-launcher ROOT`, its socket at GX_LAUNCH_FD. */
static int launcher(int argc, char **argv)
{
    return argc == 3 ? gx_launcher_serve(GX_LAUNCH_FD, argv[2]) : 2;
}

static void say_why(enum gx_code code, struct gx_str why)
{
    struct gx_buf out = { 0 };
    size_t at = gx_wire_begin(&out, GX_WIRE_HELLO);
    gx_wire_put_u8(&out, code);
    gx_wire_put_text(&out, why);
    gx_wire_end(&out, at);
    (void)gx_wire_send(GX_LAUNCH_FD, &out);
    gx_buf_free(&out);
}

/*
 * Twice what the engine may count, and what it does not count (its code, stacks, caches).  With
 * address sanitizer, addresses are no measure of memory.
 */
static void limit_memory(int64_t memory_bytes)
{
    if (dlsym(RTLD_DEFAULT, "__asan_init"))
        return;
    rlim_t bytes = (rlim_t)memory_bytes * 2 + (rlim_t)(INT64_C(3) << 30);
    const struct rlimit limit = { bytes, bytes };
    setrlimit(RLIMIT_AS, &limit);
}

static enum gx_code give_up_rights(struct gx_ctx *ctx, int64_t memory_bytes)
{
    static const struct rlimit files = { FILES_MAX, FILES_MAX };
    char folder[PATH_MAX];
    struct gx_confine rules = { .folders = { folder }, .bare = true };
    bool has_files;
    if (!getcwd(folder, sizeof folder))
        return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_LAUNCH, GX_STR("getcwd"));
    setrlimit(RLIMIT_NOFILE, &files);
    limit_memory(memory_bytes);
    umask(077);
    (void)mkdir("tmp", 0700);
    return gx_confine_enter(ctx, &rules, &has_files);
}

/* `guanxi warehouse-process FILE MEMORY TEMP THREADS` in its folder, its socket at GX_LAUNCH_FD. */
static int warehouse(int argc, char **argv)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .now_us = gx_clock_us(), .lang = GX_LANG_EN };
    struct gx_warehouse_process process = { .control = GX_LAUNCH_FD };
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (argc != 6 || getppid() == 1)
        return 2;
    signal(SIGPIPE, SIG_IGN);
    process.file = argv[2];
    process.memory_bytes = strtoll(argv[3], NULL, 10);
    process.temp_bytes = strtoll(argv[4], NULL, 10);
    process.threads = (int)strtol(argv[5], NULL, 10);
    enum gx_code code = gx_duck_load(&ctx, &process.duck);
    if (code == GX_OK)
        code = give_up_rights(&ctx, process.memory_bytes);
    if (code != GX_OK)
        say_why(code, gx_ctx_text(&ctx));
    /* Not by exit(): the library's own endings are not ours to run. */
    _exit(code == GX_OK ? gx_warehouse_process(&process) : 1);
}

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} processes[] = {
    { "warehouse-launcher", launcher },
    { "warehouse-process", warehouse },
};

bool gx_hidden_run(int argc, char **argv, int *ret_status)
{
    for (size_t i = 0; argc > 1 && i < GX_COUNT(processes); i++)
        if (strcmp(argv[1], processes[i].name) == 0) {
            *ret_status = processes[i].run(argc, argv);
            return true;
        }
    return false;
}
