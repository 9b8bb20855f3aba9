/*
 * cli_restore.c - restore: a new data folder from a backup, checked.
 *
 * Files come first and the database last, under its name only when it is whole: a restore that was
 * broken off leaves a folder without data, which can be restored into again.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "main/cli.h"
#include "meta/directory.h"
#include "store/erase.h"
#include "store/file.h"

static enum gx_exit check_places(struct gx_cli *cli, const char *from, const char *to)
{
    if (access(from, R_OK) != 0)
        return gx_cli_fail(cli,
                           GX_SAY(cli, "There is no backup in \"%.*s\".", "「%.*s」裡沒有備份。"),
                           GX_STR_ARG(cli->args[0]));
    struct gx_directory_entry entry;
    if (gx_directory_find(&cli->ctx, cli->dir, gx_str_c(cli->tenant), &entry) != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    if (entry.url.n || entry.folder.n || access(to, F_OK) == 0)
        return gx_cli_fail(
            cli,
            GX_SAY(cli, "There is Guanxi data in \"%s\" already.", "「%s」裡已有 Guanxi 的資料。"),
            cli->dir);
    return GX_EXIT_OK;
}

/* Who was erased since the backup: its own list says until then, --erased says the rest. */
static enum gx_code bring_erased(struct gx_cli *cli, const char *backup)
{
    struct gx_str own = gx_arena_printf(&cli->arena, "%s/%s.erased", backup, cli->tenant);
    struct gx_str given = gx_cli_get(cli, "erased", GX_STR(""));
    if (access(own.p, F_OK) == 0) {
        struct gx_str to = gx_arena_printf(&cli->arena, "%s/%s.erased", cli->dir, cli->tenant);
        enum gx_code code = gx_file_copy(&cli->ctx, own.p, to.p);
        if (code != GX_OK)
            return code;
    }
    return gx_erase_bring_list(&cli->ctx, cli->dir, gx_str_c(cli->tenant),
                               given.n ? gx_arena_cstr(&cli->arena, given) : NULL);
}

static void say_restored(struct gx_cli *cli, long long files, long long erased)
{
    printf(GX_SAY(cli, "The data folder is \"%s\", with %lld file(s).\n",
                  "資料目錄為「%s」，含 %lld 個檔案。\n"),
           cli->dir, files);
    if (erased)
        printf(GX_SAY(cli, "%lld person(s) who were erased after the backup are erased again.\n",
                      "備份之後刪除的 %lld 位當事人資料已再次刪除。\n"),
               erased);
}

static enum gx_exit restore(struct gx_cli *cli)
{
    const char *backup = gx_arena_cstr(&cli->arena, cli->args[0]);
    struct gx_str from = gx_arena_printf(&cli->arena, "%s/%s.db", backup, cli->tenant);
    struct gx_str to = gx_arena_printf(&cli->arena, "%s/%s.db", cli->dir, cli->tenant);
    const struct gx_json *reply, *privacy;
    int64_t files;
    const char *url = cli->url;
    cli->url = NULL; /* first a file of the folder */
    GX_CLI_TRY(check_places(cli, from.p, to.p));
    mkdir(cli->dir, 0700); /* what is wrong with it is said below */
    struct gx_str keys = gx_arena_printf(&cli->arena, "%s/%s.audit.pub", backup, cli->tenant);
    struct gx_str to_keys = gx_arena_printf(&cli->arena, "%s/%s.audit.pub", cli->dir, cli->tenant);
    enum gx_code code = gx_file_copy_all(&cli->ctx, backup, cli->dir, &files);
    if (code == GX_OK && access(keys.p, F_OK) == 0)
        code = gx_file_copy(&cli->ctx, keys.p, to_keys.p);
    if (code == GX_OK)
        code = bring_erased(cli, backup);
    if (code == GX_OK)
        code = gx_file_copy(&cli->ctx, from.p, to.p);
    if (code != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    GX_CLI_TRY(gx_cli_send(cli, "POST", gx_cli_path(cli, GX_STR("verify"), GX_STR(""), GX_STR("")),
                           GX_STR(""), &reply));
    GX_CLI_TRY(gx_cli_get_json(
        cli, gx_cli_path(cli, GX_STR("admin"), GX_STR("privacy"), GX_STR("")), &privacy));
    if (cli->json)
        gx_cli_print_json(reply);
    else
        say_restored(cli, (long long)files, (long long)gx_json_get_int(privacy, "erased_again", 0));
    if (gx_json_get_bool(reply, "ok", false))
        return url ? gx_cli_migrate(cli, gx_str_c(url)) : GX_EXIT_OK;
    return gx_cli_fail(cli, "%s",
                       GX_SAY(cli, "The backup is not whole; `guanxi verify` says what is wrong.",
                              "備份不完整，請執行 guanxi verify 查看問題。"));
}

static const struct gx_cli_option options[] = {
    { "erased", "FILE", "the newest list of erasures (TENANT.erased), or none",
      "最新的刪除清單（租戶.erased）；沒有時寫 none", 0 },
    { 0 },
};

const struct gx_command gx_command_restore = {
    .name = "restore",
    .args = "BACKUP",
    .en = "make a new data folder from a backup, and check it",
    .zh = "以備份建立新的資料目錄，並檢查內容",
    .more_en =
        "The data folder (--data) must not have data yet. With --db the records then move to that "
        "database.\nWho was erased after the backup is erased again before anything is served; the "
        "list is beside\nthe former data, and where `privacy list-at` keeps it a second time.",
    .more_zh = "資料目錄（--data）不可已有資料。使用 --db 時，資料隨後會搬到該資料庫。\n"
               "備份之後刪除的個人資料，會在提供服務之前再次刪除；清單位於原資料目錄，"
               "以及 privacy list-at 指定之處。",
    .options = options,
    .example = "restore /srv/backup/guanxi-2026-11-21 --data /srv/guanxi",
    .args_min = 1,
    .args_max = 1,
    .run = restore,
};
