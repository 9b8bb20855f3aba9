/* cli_relocate.c - accounts to another market: defined, tried, done, taken back. */
#include <time.h>

#include "main/cli.h"

static const struct gx_cli_option options[] = {
    { "filter", "EXPR", "all accounts that pass", "所有符合條件的客戶", 'f' },
    { "reason", "TEXT", "for the log", "記入歷程的原因", 0 },
    { "dry-run", NULL, "say what it would do, and write nothing", "只說明會如何移轉，不寫入", 'n' },
    { 0 },
};

static enum gx_exit list(struct gx_cli *cli)
{
    static const char *const heads_en[] = { "Name", "From", "To", "Good" };
    static const char *const heads_zh[] = { "名稱", "從", "到", "可用" };
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_get_json(cli, gx_cli_path(cli, GX_STR("relocation"), GX_STR(""), GX_STR("")),
                               &reply));
    const struct gx_json *rows = gx_json_get(reply, "rows");
    struct gx_table *table = gx_table_new(cli, cli->zh ? heads_zh : heads_en, 4);
    for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next) {
        if (cli->json) {
            gx_cli_print_json(k);
            continue;
        }
        gx_table_cell(table, gx_json_get_str(k, "name", GX_STR("")));
        gx_table_cell(table, gx_json_get_str(k, "from", GX_STR("")));
        gx_table_cell(table, gx_json_get_str(k, "to", GX_STR("")));
        gx_table_cell(table, gx_json_get_bool(k, "good", false) ? GX_STR("✓") : GX_STR("–"));
    }
    if (!cli->json)
        gx_table_print(table);
    return GX_EXIT_OK;
}

static struct gx_str definition_path(struct gx_cli *cli)
{
    return gx_cli_path(cli, GX_STR("admin"), GX_STR("relocation"), cli->args[1]);
}

/* put NAME FILE */
static enum gx_exit put(struct gx_cli *cli)
{
    struct gx_str text;
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_want_args(cli, 3, 3));
    GX_CLI_TRY(gx_cli_file(cli, cli->args[2], &text));
    return gx_cli_send(cli, "PUT", definition_path(cli), text, &reply);
}

static enum gx_exit drop(struct gx_cli *cli)
{
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_want_args(cli, 2, 2));
    return gx_cli_send(cli, "DELETE", definition_path(cli), GX_STR(""), &reply);
}

/* Names or ids of accounts as "ids", or the filter. */
static enum gx_exit write_who(struct gx_cli *cli, struct gx_jw *w, size_t from)
{
    struct gx_str id;
    if (gx_cli_has(cli, "filter"))
        gx_jw_key_str(w, "filter", gx_cli_get(cli, "filter", GX_STR("")));
    if (cli->arg_count <= from)
        return GX_EXIT_OK;
    gx_jw_key(w, GX_STR("ids"));
    gx_jw_array(w);
    for (size_t i = from; i < cli->arg_count; i++) {
        GX_CLI_TRY(gx_cli_resolve(cli, GX_STR("account"), cli->args[i], &id));
        gx_jw_str(w, id);
    }
    gx_jw_array_end(w);
    return GX_EXIT_OK;
}

static enum gx_exit try_one(struct gx_cli *cli, struct gx_str account)
{
    struct gx_str id;
    const struct gx_json *reply;
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    GX_CLI_TRY(gx_cli_resolve(cli, GX_STR("account"), account, &id));
    gx_jw_object(&w);
    gx_jw_key_str(&w, "account", id);
    gx_jw_object_end(&w);
    GX_CLI_TRY(gx_cli_send(cli, "POST",
                           gx_cli_path(cli, GX_STR("relocation"), cli->args[1], GX_STR("preview")),
                           gx_cli_take(cli, &body), &reply));
    if (cli->json)
        gx_cli_print_json(reply);
    else
        gx_cli_print_pretty(reply);
    return GX_EXIT_OK;
}

/* Until it is over. */
static enum gx_exit follow(struct gx_cli *cli, struct gx_str id)
{
    static const struct timespec pause = { .tv_nsec = 100000000 };
    const struct gx_json *reply;
    for (;;) {
        GX_CLI_TRY(gx_cli_get_json(cli, gx_cli_path(cli, GX_STR("batch"), id, GX_STR("")), &reply));
        struct gx_str state = gx_json_get_str(reply, "state", GX_STR(""));
        if (!gx_str_is(state, "running") && !gx_str_is(state, "undoing"))
            break;
        nanosleep(&pause, NULL);
    }
    int64_t refused = gx_json_get_int(reply, "refused", 0),
            kept = gx_json_get_int(reply, "kept", 0);
    if (cli->json)
        gx_cli_print_json(reply);
    else
        printf(GX_SAY(cli, "%.*s: %lld moved, %lld refused, %lld kept\n",
                      "%.*s：移轉 %lld 筆，拒絕 %lld 筆，保留 %lld 筆\n"),
               GX_STR_ARG(id), (long long)gx_json_get_int(reply, "changed", 0), (long long)refused,
               (long long)kept);
    if (refused || kept) {
        GX_CLI_TRY(
            gx_cli_get_json(cli, gx_cli_path(cli, GX_STR("batch"), id, GX_STR("rows")), &reply));
        const struct gx_json *rows = gx_json_get(reply, "rows");
        for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next)
            gx_cli_print_json(k);
    }
    return refused || kept ? GX_EXIT_REFUSED : GX_EXIT_OK;
}

static enum gx_exit move(struct gx_cli *cli)
{
    const struct gx_json *reply;
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    if (cli->arg_count < 3 && !gx_cli_has(cli, "filter"))
        return gx_cli_usage(cli, "%s",
                            GX_SAY(cli, "Name the accounts or give --filter.",
                                   "請指定客戶，或以 --filter 給條件。"));
    if (gx_cli_has(cli, "dry-run") && cli->arg_count >= 3)
        return try_one(cli, cli->args[2]);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "action", GX_STR("relocate"));
    gx_jw_key_str(&w, "relocation", cli->args[1]);
    gx_jw_key_str(&w, "reason", gx_cli_get(cli, "reason", GX_STR("")));
    GX_CLI_TRY(write_who(cli, &w, 2));
    gx_jw_object_end(&w);
    bool dry = gx_cli_has(cli, "dry-run");
    GX_CLI_TRY(gx_cli_send(
        cli, "POST",
        gx_cli_path(cli, GX_STR("account"), GX_STR("batch"), dry ? GX_STR("preview") : GX_STR("")),
        gx_cli_take(cli, &body), &reply));
    if (dry) {
        gx_cli_print_json(reply);
        return GX_EXIT_OK;
    }
    return follow(cli, gx_json_get_str(reply, "id", GX_STR("")));
}

static enum gx_exit undo(struct gx_cli *cli)
{
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_want_args(cli, 2, 2));
    GX_CLI_TRY(gx_cli_send(cli, "POST",
                           gx_cli_path(cli, GX_STR("batch"), cli->args[1], GX_STR("undo")),
                           GX_STR(""), &reply));
    return follow(cli, cli->args[1]);
}

static enum gx_exit run(struct gx_cli *cli)
{
    static const struct {
        const char *word;
        enum gx_exit (*run)(struct gx_cli *cli);
        size_t args_min;
    } words[] = { { "list", list, 1 },
                  { "put", put, 3 },
                  { "drop", drop, 2 },
                  { "move", move, 2 },
                  { "undo", undo, 2 } };
    for (size_t i = 0; i < GX_COUNT(words); i++)
        if (gx_cli_arg_is(cli, 0, words[i].word) && cli->arg_count >= words[i].args_min)
            return words[i].run(cli);
    return gx_cli_usage(
        cli, "%s",
        GX_SAY(cli, "Use list, put, drop, move or undo.", "請用 list、put、drop、move 或 undo。"));
}

const struct gx_command gx_command_relocate = {
    .name = "relocate",
    .args = "list | put NAME FILE | drop NAME | move NAME [ACCOUNT …] | undo JOB",
    .en = "Accounts to another market, converted on the way",
    .zh = "將客戶移轉到另一個市場，並轉換內容",
    .more_en =
        "put stores a definition (docs/ACCESS.md) and says all that is wrong with it; move with "
        "--dry-run shows every field before and after; undo takes a move back, as long as "
        "nobody changed what was moved.",
    .more_zh = "put 儲存移轉設定（見 docs/ACCESS.md）並指出所有錯誤；move 加上 --dry-run 會列出每個"
               "欄位移轉前後的值；只要無人修改，undo 可復原整次移轉。",
    .example = "relocate put jp_tw jp_tw.json\n"
               "relocate move jp_tw \"Naniwa\" --dry-run\n"
               "relocate move jp_tw --filter 'address.country = \"TW\"' --reason 'moved'",
    .options = options,
    .args_min = 1,
    .args_max = -1,
    .run = run,
};
