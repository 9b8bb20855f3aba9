/* cli_migrate.c - migrate: the tenant to another database. */
#include "main/cli.h"

static enum gx_exit migrate(struct gx_cli *cli)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    const struct gx_json *reply;
    struct gx_str to = gx_cli_get(cli, "to", GX_STR(""));
    if (!to.n)
        return gx_cli_usage(cli, "%s",
                            GX_SAY(cli, "Say where with --to.", "請以 --to 指定目的地。"));
    gx_jw_object(&w);
    gx_jw_key_str(&w, "to", to);
    gx_jw_object_end(&w);
    GX_CLI_TRY(gx_cli_send(cli, "POST", gx_cli_path(cli, GX_STR("migrate"), GX_STR(""), GX_STR("")),
                           gx_cli_take(cli, &body), &reply));
    if (cli->json)
        gx_cli_print_json(reply);
    else
        printf(
            GX_SAY(cli,
                   "%lld tables with %lld rows copied and compared in %lld ms; %lld changes "
                   "followed.\nWrites waited %lld ms.\n",
                   "已複製並比對 %lld 個資料表、%lld 列，費時 %lld 毫秒；其後跟上 %lld 筆異動。\n"
                   "寫入暫停 %lld 毫秒。\n"),
            (long long)gx_json_get_int(reply, "tables", 0),
            (long long)gx_json_get_int(reply, "rows", 0),
            (long long)gx_json_get_int(reply, "copy_ms", 0),
            (long long)gx_json_get_int(reply, "followed", 0),
            (long long)gx_json_get_int(reply, "pause_ms", 0));
    if (!gx_json_get_bool(reply, "proved", false)) {
        struct gx_str table = gx_json_get_str(reply, "different", GX_STR(""));
        return gx_cli_fail(
            cli,
            GX_SAY(cli,
                   "Table \"%.*s\" was not equal at the moment of the move. The former store is "
                   "kept as it was.",
                   "搬移當下資料表「%.*s」不相同；原本的資料庫保持原狀。"),
            GX_STR_ARG(table));
    }
    if (!cli->json)
        printf("%s\n",
               GX_SAY(cli, "Both were equal at the moment of the move.", "搬移當下兩邊完全相同。"));
    return GX_EXIT_OK;
}

static const struct gx_cli_option migrate_options[] = {
    { "to", "URL", "postgresql://… of a database, or file: a file in the data folder",
      "目的地：postgresql://…，或 file（資料目錄中的檔案）", 0 },
    { 0 },
};

const struct gx_command gx_command_migrate = {
    .name = "migrate",
    .args = "--to URL",
    .en = "move the tenant to another database while it is used, and prove that both are equal",
    .zh = "在使用中把租戶搬到另一個資料庫，並驗證兩邊完全相同",
    .more_en =
        "It can be read all the time; writes wait for a moment at the end. The former store is "
        "kept, marked\nas left. Uploaded files stay in the data folder.",
    .more_zh = "搬移期間可照常讀取，最後寫入會暫停片刻。原本的資料庫會保留，並標示為已搬離。\n"
               "上傳的檔案仍在資料目錄。",
    .example = "migrate --to postgresql://guanxi@db.example/guanxi",
    .options = migrate_options,
    .run = migrate,
};
