/*
 * cli_restore.c - restore: a new data folder from a backup, checked.
 *
 * Files come first and the database last, under its name only when it is whole: a restore that was
 * broken off leaves a folder without data, which can be restored into again.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"
#include "db/db.h"
#include "main/cli.h"
#include "meta/directory.h"
#include "store/archive.h"
#include "store/erase.h"
#include "store/file.h"

/* What --at says, in microseconds; 0: it was not given. */
static enum gx_exit read_moment(struct gx_cli *cli, int64_t *ret_us)
{
    struct gx_str at = gx_cli_get(cli, "at", GX_STR(""));
    *ret_us = 0;
    if (at.n == 0 || gx_moment_parse(at, 0, ret_us))
        return GX_EXIT_OK;
    return gx_cli_usage(cli,
                        GX_SAY(cli,
                               "--at wants a moment such as 2026-11-22T10:15:00Z, not \"%.*s\".",
                               "--at 須為時間，例如 2026-11-22T10:15:00Z，不可為「%.*s」。"),
                        GX_STR_ARG(at));
}

struct place {
    const char *backup, *folder; /* from where, to where */
    const char *from, *to;       /* the databases */
    const char *aside;           /* with --replace, what was there; NULL: nothing was */
    bool archive;
    int64_t at_us;
};

static enum gx_exit check_places(struct gx_cli *cli, struct place *place)
{
    struct gx_arena *a = &cli->arena;
    bool archive = place->archive;
    int64_t at_us = place->at_us;
    const char *from = place->from;
    if (!archive && access(from, R_OK) != 0)
        return gx_cli_fail(cli,
                           GX_SAY(cli, "There is no backup in \"%.*s\".", "「%.*s」裡沒有備份。"),
                           GX_STR_ARG(cli->args[0]));
    if (!archive && at_us)
        return gx_cli_fail(
            cli,
            GX_SAY(
                cli,
                "\"%.*s\" is the copy of one moment. Only an archive (backup --incremental, serve "
                "--archive) goes back to others.",
                "「%.*s」是單一時間點的備份；只有備份庫（backup --incremental、serve --archive）"
                "才能還原到指定時間。"),
            GX_STR_ARG(cli->args[0]));
    struct gx_directory_entry entry;
    if (gx_directory_find(&cli->ctx, cli->dir, gx_str_c(cli->tenant), &entry) != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    if (entry.folder.n)
        place->folder = gx_arena_printf(a, "%s/%.*s", cli->dir, GX_STR_ARG(entry.folder)).p;
    place->to = gx_arena_printf(a, "%s/%s.db", place->folder, cli->tenant).p;
    bool there = entry.folder.n || access(place->to, F_OK) == 0;
    if (entry.url.n || (there && !gx_cli_has(cli, "replace")))
        return gx_cli_fail(
            cli,
            GX_SAY(cli, "There is Guanxi data in \"%s\" already.", "「%s」裡已有 Guanxi 的資料。"),
            cli->dir);
    if (there)
        place->aside = gx_arena_printf(a, "%s/%s-after-restore.db", place->folder, cli->tenant).p;
    return GX_EXIT_OK;
}

static struct gx_str moment(struct gx_cli *cli, int64_t us)
{
    return gx_moment_format(&cli->arena, us);
}

static void say_found(struct gx_cli *cli, const struct gx_archive_found *found)
{
    if (found->at_us == 0 || cli->json)
        return;
    printf(GX_SAY(cli, "As it was after the commit of %.*s", "資料還原至 %.*s 寫入後的狀態"),
           GX_STR_ARG(moment(cli, found->at_us)));
    if (found->next_us)
        printf(GX_SAY(cli, "; the next in the archive is of %.*s", "；備份庫中的下一筆寫入為 %.*s"),
               GX_STR_ARG(moment(cli, found->next_us)));
    fputs(GX_SAY(cli, ".\n", "。\n"), stdout);
}

/*
 * What is there now stays beside, whole: nobody has it, and closing has emptied its log.  Its head
 * is not that of the backup.
 */
static enum gx_exit set_aside(struct gx_cli *cli, const struct place *place)
{
    struct gx_arena *a = &cli->arena;
    if (!place->aside)
        return GX_EXIT_OK;
    const char *head = gx_arena_printf(a, "%s/%s.audit.head", place->folder, cli->tenant).p;
    const struct gx_db_options options = { .url = place->to };
    struct gx_db *db;
    bool ok = access(place->to, F_OK) != 0;
    if (!ok && gx_db_open(&cli->ctx, &options, &db) == GX_OK) {
        gx_db_close(db);
        ok = rename(place->to, place->aside) == 0;
    }
    if (ok && access(head, F_OK) == 0)
        ok = unlink(head) == 0;
    return ok ? GX_EXIT_OK : gx_cli_fail(cli, "%s: %s", place->to, strerror(errno));
}

/* Who was erased since the backup: its own list says until then, --erased says the rest. */
static enum gx_code bring_erased(struct gx_cli *cli, const struct place *place)
{
    struct gx_str own = gx_arena_printf(&cli->arena, "%s/%s.erased", place->backup, cli->tenant);
    struct gx_str to = gx_arena_printf(&cli->arena, "%s/%s.erased", place->folder, cli->tenant);
    struct gx_str given = gx_cli_get(cli, "erased", GX_STR(""));
    /* In the place of a newer store its list is there, and names more. */
    if (access(own.p, F_OK) == 0 && access(to.p, F_OK) != 0) {
        enum gx_code code = gx_file_copy(&cli->ctx, own.p, to.p);
        if (code != GX_OK)
            return code;
    }
    bool known = place->aside != NULL && !given.n;
    return gx_erase_bring_list(&cli->ctx, place->folder, gx_str_c(cli->tenant),
                               given.n ? gx_arena_cstr(&cli->arena, given)
                               : known ? (access(to.p, F_OK) == 0 ? to.p : "none")
                                       : NULL);
}

/* Files first, the database last: then it is whole. */
static enum gx_code bring(struct gx_cli *cli, const struct place *place, int64_t *ret_files,
                          struct gx_archive_found *ret_found)
{
    struct gx_arena *a = &cli->arena;
    struct gx_str keys = gx_arena_printf(a, "%s/%s.audit.pub", place->backup, cli->tenant);
    struct gx_str own = gx_arena_printf(a, "%s/%s.audit.pub", place->folder, cli->tenant);
    GX_TRY(gx_file_copy_all(&cli->ctx, place->backup, place->folder, ret_files));
    if (access(keys.p, F_OK) == 0 && access(own.p, F_OK) != 0) /* the list only grows */
        GX_TRY(gx_file_copy(&cli->ctx, keys.p, own.p));
    GX_TRY(bring_erased(cli, place));
    return place->archive ? gx_archive_restore(&cli->ctx, place->backup, gx_str_c(cli->tenant),
                                               place->at_us, place->to, ret_found)
                          : gx_file_copy(&cli->ctx, place->from, place->to);
}

static void say_restored(struct gx_cli *cli, const struct place *place,
                         const struct gx_archive_found *found, long long files, long long erased)
{
    say_found(cli, found);
    printf(GX_SAY(cli, "The data folder is \"%s\", with %lld file(s).\n",
                  "資料目錄為「%s」，含 %lld 個檔案。\n"),
           place->folder, files);
    if (place->aside)
        printf(GX_SAY(cli, "What was there before lies in \"%s\".\n", "原有的資料保留在「%s」。\n"),
               place->aside);
    if (erased)
        printf(GX_SAY(cli, "%lld person(s) who were erased after the backup are erased again.\n",
                      "備份之後刪除的 %lld 位當事人資料已再次刪除。\n"),
               erased);
}

static enum gx_exit restore(struct gx_cli *cli)
{
    struct place place = { .backup = gx_arena_cstr(&cli->arena, cli->args[0]), .folder = cli->dir };
    const struct gx_json *reply, *privacy;
    struct gx_archive_found found = { 0 };
    int64_t files;
    const char *url = cli->url;
    cli->url = NULL; /* first a file of the folder */
    place.from = gx_arena_printf(&cli->arena, "%s/%s.db", place.backup, cli->tenant).p;
    place.archive =
        access(place.from, R_OK) != 0 && gx_archive_has(place.backup, gx_str_c(cli->tenant));
    GX_CLI_TRY(read_moment(cli, &place.at_us));
    int lock = -1;
    if (gx_cli_has(cli, "replace"))
        GX_CLI_TRY(gx_cli_take_folder(cli, &lock));
    GX_CLI_TRY(check_places(cli, &place));
    mkdir(cli->dir, 0700); /* what is wrong with it is said below */
    GX_CLI_TRY(set_aside(cli, &place));
    if (lock >= 0)
        close(lock);
    if (bring(cli, &place, &files, &found) != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    /* With the head that the archive knows, an end that is cut off would show too. */
    struct gx_str verify = gx_cli_path(cli, GX_STR("verify"), GX_STR(""), GX_STR(""));
    GX_CLI_TRY(gx_cli_send(cli, "POST", gx_cli_query(cli, verify, "anchor", found.head), GX_STR(""),
                           &reply));
    GX_CLI_TRY(gx_cli_get_json(
        cli, gx_cli_path(cli, GX_STR("admin"), GX_STR("privacy"), GX_STR("")), &privacy));
    if (cli->json)
        gx_cli_print_json(reply);
    else
        say_restored(cli, &place, &found, (long long)files,
                     (long long)gx_json_get_int(privacy, "erased_again", 0));
    if (gx_json_get_bool(reply, "ok", false))
        return url ? gx_cli_migrate(cli, gx_str_c(url)) : GX_EXIT_OK;
    return gx_cli_fail(cli, "%s",
                       GX_SAY(cli, "The backup is not whole; `guanxi verify` says what is wrong.",
                              "備份不完整，請執行 guanxi verify 查看問題。"));
}

static const struct gx_cli_option restore_options[] = {
    { "at", "MOMENT", "from an archive: as it was then, 2026-11-22T10:15:00Z (the newest)",
      "備份庫：還原到此時間，例如 2026-11-22T10:15:00Z（預設為最新）", 0 },
    { "erased", "FILE", "the newest list of erasures (TENANT.erased), or none",
      "最新的刪除清單（租戶.erased）；沒有時寫 none", 0 },
    { "replace", NULL,
      "this tenant's data are there: put the backup in their place, keep them beside",
      "此租戶已有資料：以備份取代，原有資料保留在旁", 0 },
    { 0 },
};

const struct gx_command gx_command_restore = {
    .name = "restore",
    .args = "BACKUP",
    .en = "make a new data folder from a backup, and check it",
    .zh = "以備份建立新的資料目錄，並檢查內容",
    .more_en =
        "The data folder (--data) must not have data yet. With --db the records then move to that "
        "database.\nBACKUP is what `backup` has made, or an archive; that goes back to the last "
        "write not after\n--at. Who was erased after the backup is erased again before anything is "
        "served; the list is beside\nthe former data, and where `privacy list-at` keeps it a "
        "second "
        "time.",
    .more_zh = "資料目錄（--data）不可已有資料。使用 --db 時，資料隨後會搬到該資料庫。\n"
               "BACKUP 為 backup 建立的備份或備份庫；備份庫可還原到 --at 之前的最後一次寫入。\n"
               "備份之後刪除的個人資料，會在提供服務之前再次刪除；清單位於原資料目錄，"
               "以及 privacy list-at 指定之處。",
    .options = restore_options,
    .example = "restore /srv/backup/guanxi-2026-11-21 --data /srv/guanxi\n"
               "restore /srv/backup/archive --at 2026-11-22T10:15:00Z --data /srv/guanxi\n"
               "restore /srv/backup/acme/acme-20261122T020000Z --tenant acme --replace",
    .args_min = 1,
    .args_max = 1,
    .run = restore,
};
