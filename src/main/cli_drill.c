/*
 * cli_drill.c - drill: is there a way back?  A backup nobody has restored is a hope.
 *
 * Backs up (through the server, when one runs), restores into a folder of its own by this same
 * program, and lets that check everything: the file, the records, the log and its seals.
 */
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "main/cli.h"

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static enum gx_exit back_up(struct gx_cli *cli, struct gx_str path)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    const struct gx_json *reply;
    gx_jw_object(&w);
    gx_jw_key_str(&w, "path", path);
    gx_jw_object_end(&w);
    return gx_cli_send(cli, "POST", gx_cli_path(cli, GX_STR("backup"), GX_STR(""), GX_STR("")),
                       gx_cli_take(cli, &body), &reply);
}

/* `guanxi restore BACKUP --data FOLDER`, which prints what it found; false: it is not whole. */
static bool restore(struct gx_cli *cli, struct gx_str backup, struct gx_str folder)
{
    struct gx_str list = gx_arena_printf(&cli->arena, "%s/%s.erased", cli->dir, cli->tenant);
    bool has = access(list.p, F_OK) == 0;
    char *const argv[] = { gx_arena_cstr(&cli->arena, GX_STR("guanxi")),
                           gx_arena_cstr(&cli->arena, GX_STR("restore")),
                           gx_arena_cstr(&cli->arena, backup),
                           gx_arena_cstr(&cli->arena, GX_STR("--data")),
                           gx_arena_cstr(&cli->arena, folder),
                           gx_arena_cstr(&cli->arena, GX_STR("--tenant")),
                           gx_arena_cstr(&cli->arena, gx_str_c(cli->tenant)),
                           gx_arena_cstr(&cli->arena, GX_STR("--erased")),
                           gx_arena_cstr(&cli->arena, has ? list : GX_STR("none")),
                           NULL };
    int status = -1;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        unsetenv("GUANXI_DB"); /* into the folder, wherever the tenant's own records are */
        execv("/proc/self/exe", argv);
        _exit(127);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static enum gx_exit drill(struct gx_cli *cli)
{
    char folder[PATH_MAX];
    int64_t start_us = gx_monotonic_us();
    struct stat st;
    if (!realpath(cli->dir, folder))
        return gx_cli_fail(
            cli, GX_SAY(cli, "There is no Guanxi data in \"%s\".", "「%s」裡沒有 Guanxi 的資料。"),
            cli->dir);
    struct gx_str scratch = gx_arena_printf(&cli->arena, "%s/drill-%d", folder, (int)getpid());
    struct gx_str backup = gx_arena_printf(&cli->arena, "%.*s/backup", GX_STR_ARG(scratch));
    struct gx_str restored = gx_arena_printf(&cli->arena, "%.*s/restored", GX_STR_ARG(scratch));
    struct gx_str file =
        gx_arena_printf(&cli->arena, "%.*s/%s.db", GX_STR_ARG(backup), cli->tenant);
    if (mkdir(scratch.p, 0700) != 0)
        return gx_cli_fail(cli, "%s", scratch.p);
    enum gx_exit code = back_up(cli, backup);
    int64_t backed_up_us = gx_monotonic_us();
    long long bytes = stat(file.p, &st) == 0 ? (long long)st.st_size : 0;
    bool whole = code == GX_EXIT_OK && restore(cli, backup, restored);
    int64_t end_us = gx_monotonic_us();
    nftw(scratch.p, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (code != GX_EXIT_OK)
        return code;
    printf(GX_SAY(cli, "Backup: %lld bytes in %lld ms. Restore and check: %lld ms.\n",
                  "備份：%lld 位元組，%lld 毫秒。還原與查核：%lld 毫秒。\n"),
           bytes, (long long)((backed_up_us - start_us) / 1000),
           (long long)((end_us - backed_up_us) / 1000));
    if (whole)
        return GX_EXIT_OK;
    return gx_cli_fail(cli, "%s",
                       GX_SAY(cli, "The data could not be restored whole.", "資料無法完整還原。"));
}

const struct gx_command gx_command_drill = {
    .name = "drill",
    .args = "",
    .en = "back up, restore into a scratch folder, check it, and say how long it took",
    .zh = "演練還原：備份、還原到暫存目錄、查核，並回報所需時間",
    .more_en =
        "The scratch folder lies in the data folder and is removed again; there must be room "
        "for two copies.",
    .more_zh = "暫存目錄位於資料目錄內，完成後移除；需要兩份資料的空間。",
    .example = "drill --data /srv/guanxi",
    .run = drill,
};
