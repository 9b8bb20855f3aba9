/*
 * cli_rollback.c - rollback: back to the copy that the last upgrade made before it changed the
 * tables.
 *
 * Nobody may have the folder.  What was written since the upgrade is counted first: it would be
 * lost, so it is refused unless told so.  The newer file is kept beside, under another name.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"
#include "db/db.h"
#include "main/cli.h"
#include "meta/directory.h"

struct step {
    struct gx_str tenant;
    const char *folder, *now, *before, *after;
    struct gx_str migration; /* the first of the upgrade */
    int64_t made_us, lost;
};

static enum gx_code newest_entry(struct gx_ctx *ctx, const char *file, int64_t after,
                                 int64_t *ret_newest, int64_t *ret_count)
{
    const struct gx_db_options options = { .url = file };
    struct gx_value value = gx_value_int(after);
    struct gx_db *db;
    struct gx_conn *conn;
    GX_TRY(gx_db_open(ctx, &options, &db));
    enum gx_code code = gx_db_reader(ctx, db, &conn);
    if (code == GX_OK) {
        code =
            gx_db_int(ctx, conn, GX_SQL("SELECT max(seq) FROM gx_change"), NULL, 0, 0, ret_newest);
        if (code == GX_OK)
            code = gx_db_int(ctx, conn, GX_SQL("SELECT count(*) FROM gx_change WHERE seq > ?1"),
                             &value, 1, 0, ret_count);
        gx_db_reader_release(conn);
    }
    gx_db_close(db);
    return code;
}

/* The newest copy that an upgrade made; false: there is none. */
static bool find_copy(struct gx_cli *cli, struct step *s)
{
    struct gx_str stem =
        gx_arena_printf(&cli->arena, "%s/%.*s-before-", s->folder, GX_STR_ARG(s->tenant));
    struct stat st;
    glob_t found;
    if (glob(gx_arena_printf(&cli->arena, "%s*.db", stem.p).p, 0, NULL, &found) != 0)
        return false;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        if (stat(found.gl_pathv[i], &st) != 0 || st.st_mtime * INT64_C(1000000) < s->made_us)
            continue;
        s->made_us = st.st_mtime * INT64_C(1000000);
        s->before = gx_arena_cstr(&cli->arena, gx_str_c(found.gl_pathv[i]));
    }
    globfree(&found);
    if (!s->before)
        return false;
    s->migration = gx_str_from(gx_str_c(s->before), stem.n);
    s->migration.n -= sizeof ".db" - 1;
    s->now = gx_arena_printf(&cli->arena, "%s/%.*s.db", s->folder, GX_STR_ARG(s->tenant)).p;
    s->after = gx_arena_printf(&cli->arena, "%s/%.*s-after-%.*s.db", s->folder,
                               GX_STR_ARG(s->tenant), GX_STR_ARG(s->migration))
                   .p;
    return true;
}

static enum gx_exit plan(struct gx_cli *cli, const struct gx_directory_entry *e, struct step *s,
                         bool *ret_has)
{
    int64_t newest, ignored;
    *s = (struct step){ .tenant = e->name };
    s->folder = e->folder.n
                    ? gx_arena_printf(&cli->arena, "%s/%.*s", cli->dir, GX_STR_ARG(e->folder)).p
                    : cli->dir;
    *ret_has = e->url.n == 0 && find_copy(cli, s);
    if (!*ret_has)
        return GX_EXIT_OK;
    if (newest_entry(&cli->ctx, s->before, 0, &newest, &ignored) != GX_OK ||
        newest_entry(&cli->ctx, s->now, newest, &ignored, &s->lost) != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    if (s->lost == 0 || gx_cli_has(cli, "lose-writes"))
        return GX_EXIT_OK;
    return gx_cli_fail(
        cli,
        GX_SAY(cli,
               "\"%.*s\" was written to since the upgrade (%lld entries of the log): that would be "
               "lost. Take it along first (export, backup), or say --lose-writes.",
               "「%.*s」在升級後有新的寫入（稽核紀錄 %lld 筆），復原後會遺失。請先匯出或備份，"
               "或加上 --lose-writes。"),
        GX_STR_ARG(s->tenant), (long long)s->lost);
}

/* The name always leads to one of the two, whenever the machine stops. */
static enum gx_exit go_back(struct gx_cli *cli, const struct step *s)
{
    const char *head =
        gx_arena_printf(&cli->arena, "%s/%.*s.audit.head", s->folder, GX_STR_ARG(s->tenant)).p;
    int folder = open(s->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    (void)unlink(s->after);
    bool ok = folder >= 0 && link(s->now, s->after) == 0 && fsync(folder) == 0 &&
              rename(s->before, s->now) == 0;
    if (ok && access(head, F_OK) == 0) /* of the newer log */
        ok = unlink(head) == 0;
    ok = ok && fsync(folder) == 0;
    int error = errno;
    if (folder >= 0)
        close(folder);
    if (!ok)
        return gx_cli_fail(cli, "%s: %s", s->now, strerror(error));
    printf(GX_SAY(cli,
                  "\"%.*s\" is as it was before %.*s (%.*s). Entries of the log that are gone: "
                  "%lld. The newer data: %s\n",
                  "「%.*s」已復原到 %.*s 之前（%.*s）。遺失的紀錄：%lld 筆。較新的資料：%s\n"),
           GX_STR_ARG(s->tenant), GX_STR_ARG(s->migration),
           GX_STR_ARG(gx_moment_format(&cli->arena, s->made_us)), (long long)s->lost, s->after);
    return GX_EXIT_OK;
}

/* Every one is looked at before the first is touched. */
static enum gx_exit rollback(struct gx_cli *cli)
{
    struct gx_directory_entry *e;
    struct step *steps;
    size_t count = 0, n = 0;
    bool all = gx_cli_has(cli, "all"), has;
    int lock;
    GX_CLI_TRY(gx_cli_take_folder(cli, &lock)); /* until this process ends */
    if (gx_directory_read(&cli->ctx, cli->dir, &e) != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    for (const struct gx_directory_entry *k = e; k; k = k->next)
        count++;
    steps = GX_ARENA_ARRAY(&cli->arena, struct step, count + 1);
    for (; e; e = e->next) {
        if (!all && !gx_str_is(e->name, cli->tenant))
            continue;
        GX_CLI_TRY(plan(cli, e, &steps[n], &has));
        n += has;
    }
    if (n == 0)
        return gx_cli_fail(cli, "%s",
                           GX_SAY(cli,
                                  "There is no copy of before an upgrade here. (On PostgreSQL, go "
                                  "back with its own log: docs/OPERATION.md.)",
                                  "這裡沒有升級前的備份。（PostgreSQL 請以其本身的紀錄還原："
                                  "docs/OPERATION.md。）"));
    for (size_t i = 0; i < n; i++)
        GX_CLI_TRY(go_back(cli, &steps[i]));
    puts(GX_SAY(cli, "Start the older program now: this one would upgrade again.",
                "請改用較舊版本的程式啟動；目前的版本會再次升級資料。"));
    return GX_EXIT_OK;
}

static const struct gx_cli_option rollback_options[] = {
    { "all", NULL, "every tenant of the folder that has such a copy",
      "此目錄中所有有升級前備份的租戶", 0 },
    { "lose-writes", NULL, "though something was written since the upgrade",
      "即使升級後已有新的寫入", 0 },
    { 0 },
};

const struct gx_command gx_command_rollback = {
    .name = "rollback",
    .args = "",
    .en = "go back to the data as they were before the last upgrade",
    .zh = "將資料復原到上次升級之前",
    .more_en = "An upgrade that changes tables first keeps TENANT-before-MIGRATION.db. The server "
               "must be stopped;\nafterwards start the older program. The newer data stay as "
               "TENANT-after-MIGRATION.db.",
    .more_zh = "升級會變更資料表時，會先保留 TENANT-before-MIGRATION.db。請先停止伺服器，\n"
               "復原後改用較舊版本的程式。較新的資料保留為 TENANT-after-MIGRATION.db。",
    .options = rollback_options,
    .example = "rollback --data /srv/guanxi",
    .run = rollback,
};
