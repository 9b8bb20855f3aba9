/* cli_warehouse.c - warehouse: how the analytical database is; filled anew, loaded, compared. */
#include <limits.h>
#include <stdlib.h>

#include "main/cli.h"

static enum gx_exit say_status(struct gx_cli *cli, const struct gx_json *s)
{
    struct gx_str state = gx_json_get_str(s, "state", GX_STR("")),
                  why = gx_json_get_str(s, "why", GX_STR(""));
    printf(GX_SAY(cli, "State: %.*s%s%.*s\n", "狀態：%.*s%s%.*s\n"), GX_STR_ARG(state),
           why.n ? " - " : "", GX_STR_ARG(why));
    printf(GX_SAY(cli, "Behind the log: %lld changes, %lld ms\n",
                  "落後紀錄：%lld 筆變更，%lld 毫秒\n"),
           (long long)gx_json_get_int(s, "lag_changes", 0),
           (long long)gx_json_get_int(s, "lag_ms", 0));
    printf(GX_SAY(cli, "File: %lld MB, memory: %lld MB, started again: %lld times\n",
                  "檔案：%lld MB，記憶體：%lld MB，重新啟動：%lld 次\n"),
           (long long)gx_json_get_int(s, "file_bytes", 0) >> 20,
           (long long)gx_json_get_int(s, "memory_bytes", 0) >> 20,
           (long long)gx_json_get_int(s, "restarts", 0));
    return gx_str_is(state, "down") ? GX_EXIT_REFUSED : GX_EXIT_OK;
}

static enum gx_exit send(struct gx_cli *cli, const char *what, struct gx_str body,
                         const struct gx_json **ret)
{
    struct gx_str path = gx_arena_printf(&cli->arena, "/api/v1/admin/warehouse/%s", what);
    return gx_cli_send(cli, "POST", path, body, ret);
}

static enum gx_exit load(struct gx_cli *cli)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    const struct gx_json *reply, *refused;
    char path[PATH_MAX];
    if (cli->arg_count != 3)
        return gx_cli_usage(
            cli, "%s",
            GX_SAY(cli, "Write: warehouse load NAME FILE", "用法：warehouse load 名稱 檔案"));
    if (!realpath(gx_arena_cstr(&cli->arena, cli->args[2]), path))
        return gx_cli_fail(cli, GX_SAY(cli, "There is no file \"%s\".", "沒有檔案「%s」。"),
                           gx_arena_cstr(&cli->arena, cli->args[2]));
    gx_jw_object(&w);
    gx_jw_key_str(&w, "name", cli->args[1]);
    gx_jw_key_str(&w, "path", gx_str_c(path));
    gx_jw_object_end(&w);
    GX_CLI_TRY(send(cli, "load", gx_cli_take(cli, &body), &reply));
    printf(GX_SAY(cli, "Loaded: %lld rows, refused: %lld\n", "已載入：%lld 筆，拒絕：%lld 筆\n"),
           (long long)gx_json_get_int(reply, "rows", 0),
           (long long)gx_json_get_int(reply, "refused", 0));
    refused = gx_json_get(reply, "reasons");
    for (const struct gx_json *k = refused ? refused->first : NULL; k; k = k->next)
        printf("  %lld: %.*s\n", (long long)gx_json_get_int(k, "row", 0),
               GX_STR_ARG(gx_json_get_str(k, "why", GX_STR(""))));
    return gx_json_get_int(reply, "refused", 0) ? GX_EXIT_REFUSED : GX_EXIT_OK;
}

static enum gx_exit verify(struct gx_cli *cli)
{
    const struct gx_json *reply, *differs;
    GX_CLI_TRY(send(cli, "verify", GX_STR(""), &reply));
    differs = gx_json_get(reply, "differs");
    for (const struct gx_json *k = differs ? differs->first : NULL; k; k = k->next)
        printf(GX_SAY(cli, "%.*s: %lld rows differ, such as record %.*s\n",
                      "%.*s：%lld 筆不同，例如資料 %.*s\n"),
               GX_STR_ARG(gx_json_get_str(k, "table", GX_STR(""))),
               (long long)gx_json_get_int(k, "rows", 0),
               GX_STR_ARG(gx_json_get_str(k, "record", GX_STR(""))));
    if (differs && differs->first)
        return GX_EXIT_REFUSED;
    printf(GX_SAY(cli, "Equal: %lld tables, %lld rows\n", "一致：%lld 個資料表，%lld 筆\n"),
           (long long)gx_json_get_int(reply, "tables", 0),
           (long long)gx_json_get_int(reply, "rows", 0));
    return GX_EXIT_OK;
}

enum gx_exit gx_cli_verify_warehouse(struct gx_cli *cli)
{
    return verify(cli);
}

static enum gx_exit warehouse(struct gx_cli *cli)
{
    struct gx_str what = cli->arg_count ? cli->args[0] : GX_STR("status");
    const struct gx_json *reply;
    if (gx_str_is(what, "load"))
        return load(cli);
    if (gx_str_is(what, "verify"))
        return verify(cli);
    if (gx_str_is(what, "status"))
        GX_CLI_TRY(gx_cli_get_json(cli, GX_STR("/api/v1/admin/warehouse"), &reply));
    else if (gx_str_is(what, "rebuild") || gx_str_is(what, "stop"))
        GX_CLI_TRY(send(cli, gx_arena_cstr(&cli->arena, what), GX_STR(""), &reply));
    else
        return gx_cli_usage(cli, "%s",
                            GX_SAY(cli, "Write: warehouse status, rebuild, verify, load or stop",
                                   "用法：warehouse status、rebuild、verify、load 或 stop"));
    return say_status(cli, reply);
}

const struct gx_command gx_command_warehouse = {
    .name = "warehouse",
    .args = "[status | rebuild | verify | load NAME FILE | stop]",
    .en = "the analytical database: how it is, filled anew, compared, loaded, ended",
    .zh = "分析資料庫：狀態、重建、比對、載入、結束",
    .more_en = "rebuild fills it from the records; verify compares it with them (and exits 1 when "
               "they differ);\nload takes a CSV or Parquet file into bulk data that a pack "
               "declares; stop ends its process until\nsomebody asks it again.",
    .more_zh = "rebuild 由資料重新建立；verify 與資料比對（不一致時結束代碼為 1）；\n"
               "load 將 CSV 或 Parquet 檔載入模組所定義的大量資料；stop 結束程序，直到再有人查詢。",
    .example = "warehouse load order_line lines.csv --data /srv/guanxi",
    .args_max = 3,
    .run = warehouse,
};
