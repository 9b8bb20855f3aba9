/* cli_define.c - a tenant's own objects and fields, changed while it runs. */
#include "main/cli.h"

/* What a file defines says where it belongs: "custom/objects/visit.json". */
enum gx_exit gx_cli_definition_path(struct gx_cli *cli, struct gx_str file,
                                    const struct gx_json *json, struct gx_str *ret_path)
{
    static const struct {
        const char *key, *folder;
    } kinds[] = { { "object", "objects" }, { "extend", "extend" }, { "process", "processes" } };
    for (size_t i = 0; i < GX_COUNT(kinds); i++) {
        struct gx_str name = gx_json_get_str(json, kinds[i].key, GX_STR(""));
        if (name.n) {
            *ret_path = gx_arena_printf(&cli->arena, "custom/%s/%.*s.json", kinds[i].folder,
                                        GX_STR_ARG(name));
            return GX_EXIT_OK;
        }
    }
    if (gx_json_get(json, "roles")) {
        *ret_path = GX_STR("custom/roles.json");
        return GX_EXIT_OK;
    }
    return gx_cli_fail(
        cli,
        GX_SAY(cli,
               "%.*s: it should have a member \"object\", \"extend\", \"process\" or "
               "\"roles\".",
               "%.*s：應有 \"object\"、\"extend\"、\"process\" 或 \"roles\" 這個成員。"),
        GX_STR_ARG(file));
}

static enum gx_exit show(struct gx_cli *cli)
{
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_get_json(cli, gx_cli_path(cli, GX_STR("definition"), GX_STR(""), GX_STR("")),
                               &reply));
    const struct gx_json *rows = gx_json_get(reply, "rows");
    for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next) {
        struct gx_str path = gx_json_get_str(k, "path", GX_STR(""));
        if (cli->arg_count == 1 && !cli->json) {
            printf("%.*s  %.*s\n", GX_STR_ARG(gx_json_get_str(k, "changed_at", GX_STR(""))),
                   GX_STR_ARG(path));
        } else if (cli->arg_count == 1) {
            gx_cli_print_json(k);
        } else if (gx_str_eq(path, cli->args[1])) {
            gx_cli_print_pretty(gx_json_get(k, "json"));
            return GX_EXIT_OK;
        }
    }
    if (cli->arg_count == 1)
        return GX_EXIT_OK;
    return gx_cli_fail(cli,
                       GX_SAY(cli, "There is no definition \"%.*s\".", "沒有「%.*s」這份定義。"),
                       GX_STR_ARG(cli->args[1]));
}

static void write_change(struct gx_jw *w, struct gx_str path, const struct gx_json *json)
{
    gx_jw_object(w);
    gx_jw_key_str(w, "path", path);
    gx_jw_key(w, GX_STR("json"));
    if (json)
        gx_json_write(w, json);
    else
        gx_jw_null(w);
    gx_jw_object_end(w);
}

static enum gx_exit write_files(struct gx_cli *cli, struct gx_jw *w)
{
    for (size_t i = 0; i < cli->arg_count; i++) {
        struct gx_str bytes, path = gx_cli_get(cli, "path", GX_STR(""));
        struct gx_json *json;
        GX_CLI_TRY(gx_cli_file(cli, cli->args[i], &bytes));
        if (gx_json_read(&cli->ctx, bytes, &json) != GX_OK) {
            fprintf(stderr, "%.*s:\n", GX_STR_ARG(cli->args[i]));
            return gx_cli_errors(cli, &cli->ctx);
        }
        if (path.n == 0)
            GX_CLI_TRY(gx_cli_definition_path(cli, cli->args[i], json, &path));
        write_change(w, path, json);
    }
    for (size_t i = 0; i < cli->given_count; i++)
        if (strcmp(cli->given[i].name, "remove") == 0)
            write_change(w, cli->given[i].value, NULL);
    return GX_EXIT_OK;
}

static enum gx_exit body_of(struct gx_cli *cli, struct gx_str *ret_body)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("changes"));
    gx_jw_array(&w);
    enum gx_exit code = write_files(cli, &w);
    if (code != GX_EXIT_OK) {
        gx_buf_free(&body);
        return code;
    }
    gx_jw_array_end(&w);
    gx_jw_key_bool(&w, "dry", gx_cli_has(cli, "dry"));
    gx_jw_object_end(&w);
    *ret_body = gx_cli_take(cli, &body);
    return GX_EXIT_OK;
}

static enum gx_exit define(struct gx_cli *cli)
{
    struct gx_str body;
    const struct gx_json *reply;
    if (gx_cli_arg_is(cli, 0, "show"))
        return show(cli);
    if (cli->arg_count == 0 && !gx_cli_has(cli, "remove"))
        return gx_cli_want_args(cli, 1, 0);
    if (cli->arg_count > 1 && gx_cli_has(cli, "path"))
        return gx_cli_usage(cli, GX_SAY(cli, "--path is for one file.", "--path 只用於單一檔案。"));
    GX_CLI_TRY(body_of(cli, &body));
    GX_CLI_TRY(gx_cli_send(
        cli, "POST", gx_cli_path(cli, GX_STR("definition"), GX_STR(""), GX_STR("")), body, &reply));
    if (cli->json) {
        gx_cli_print_json(reply);
        return GX_EXIT_OK;
    }
    const struct gx_json *steps = gx_json_get(reply, "steps");
    for (const struct gx_json *k = steps ? steps->first : NULL; k; k = k->next)
        printf("%-14.*s %.*s %.*s\n", GX_STR_ARG(gx_json_get_str(k, "kind", GX_STR(""))),
               GX_STR_ARG(gx_json_get_str(k, "object", GX_STR(""))),
               GX_STR_ARG(gx_json_get_str(k, "name", GX_STR(""))));
    if (gx_cli_has(cli, "dry"))
        puts(GX_SAY(cli, "Nothing was changed (--dry).", "未做任何變更（--dry）。"));
    return GX_EXIT_OK;
}

static const struct gx_cli_option options[] = {
    { "dry", NULL, "only check, and print what would be done", "只檢查並印出將執行的步驟", 0 },
    { "path", "PATH", "where the definition stands; else by what it defines",
      "定義的位置；未指定時依內容判斷", 0 },
    { "remove", "PATH", "take this definition away; columns and their values are kept",
      "移除這份定義；欄與資料仍保留", 0 },
    { 0 },
};

const struct gx_command gx_command_define = {
    .name = "define",
    .args = "FILE.json… | show [PATH]",
    .en = "define objects and fields of one's own, without a restart",
    .zh = "定義自己的資料種類與欄位，不必重新啟動",
    .more_en = "The files are as in packs/: an object, an extension of one, a process, roles. All "
               "of them are\nchecked together with what there is, the steps are printed, and then "
               "all or nothing is done.",
    .more_zh =
        "檔案格式與 packs/ 相同：資料種類、擴充、流程、角色。會與現有定義一起檢查，印出步驟後\n"
        "全部執行或全部不執行。",
    .example = "define visit.json --dry\ndefine visit.json account_extension.json\n"
               "define show custom/objects/visit.json\ndefine --remove custom/objects/visit.json",
    .options = options,
    .args_max = -1,
    .run = define,
};
