/* cli_access.c - who reaches what, and which records stand in which books. */
#include "main/cli.h"

static const struct gx_cli_option options[] = {
    { "user", "LOGIN", "only this user", "只看這位使用者", 0 },
    { "object", "OBJECT", "only this object", "只看這種物件", 0 },
    { "field", "FIELD", "what may be done with this field of the object",
      "對物件的這個欄位能做什麼", 0 },
    { "filter", "EXPR", "put, take: all records that pass", "put、take：所有符合條件的資料", 'f' },
    { 0 },
};

static struct gx_str rights_text(struct gx_cli *cli, const struct gx_json *row)
{
    struct gx_buf out = { 0 };
    const struct gx_json *rights = gx_json_get(row, "rights");
    for (const struct gx_json *k = rights ? rights->first : NULL; k; k = k->next)
        gx_buf_printf(&out, "%s%.*s=%.*s", k == rights->first ? "" : " ", GX_STR_ARG(k->key),
                      GX_STR_ARG(k->text));
    if (gx_json_get(row, "count"))
        gx_buf_printf(&out, "%lld", (long long)gx_json_get_int(row, "count", 0));
    return gx_cli_take(cli, &out);
}

static enum gx_exit audit(struct gx_cli *cli)
{
    static const char *const heads_en[] = {
        "User", "Object", "By way of", "Name", "Gives", "Field"
    };
    static const char *const heads_zh[] = { "使用者", "物件", "途徑", "名稱", "權限", "欄位" };
    struct gx_str target = gx_cli_path(cli, GX_STR("admin"), GX_STR("access"), GX_STR("")),
                  user = GX_STR("");
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_want_args(cli, 1, 1));
    if (gx_cli_has(cli, "user"))
        GX_CLI_TRY(gx_cli_user_id(cli, gx_cli_get(cli, "user", GX_STR("")), &user));
    target = gx_cli_query(cli, target, "user", user);
    target = gx_cli_query(cli, target, "object", gx_cli_get(cli, "object", GX_STR("")));
    target = gx_cli_query(cli, target, "field", gx_cli_get(cli, "field", GX_STR("")));
    GX_CLI_TRY(gx_cli_get_json(cli, target, &reply));
    const struct gx_json *rows = gx_json_get(reply, "rows");
    struct gx_table *table = gx_table_new(cli, cli->zh ? heads_zh : heads_en, 6);
    for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next) {
        if (cli->json) {
            gx_cli_print_json(k);
            continue;
        }
        gx_table_cell(table, gx_json_get_str(gx_json_get(k, "user"), "title", GX_STR("")));
        gx_table_cell(table, gx_json_get_str(k, "object", GX_STR("")));
        gx_table_cell(table, gx_json_get_str(k, "via", GX_STR("")));
        gx_table_cell(table, gx_json_get_str(k, "name", GX_STR("")));
        gx_table_cell(table, rights_text(cli, k));
        gx_table_cell(table, gx_json_get_str(k, "field", GX_STR("")));
    }
    if (!cli->json)
        gx_table_print(table);
    return GX_EXIT_OK;
}

static struct gx_str put_body(struct gx_cli *cli, bool remove)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "object", cli->args[2]);
    if (cli->arg_count > 3) {
        gx_jw_key(&w, GX_STR("ids"));
        gx_jw_array(&w);
        for (size_t i = 3; i < cli->arg_count; i++)
            gx_jw_str(&w, cli->args[i]);
        gx_jw_array_end(&w);
    }
    if (gx_cli_has(cli, "filter"))
        gx_jw_key_str(&w, "filter", gx_cli_get(cli, "filter", GX_STR("")));
    gx_jw_key_bool(&w, "remove", remove);
    gx_jw_object_end(&w);
    return gx_cli_take(cli, &body);
}

/* 10,000 records at a time, until the filter finds no more. */
static enum gx_exit put(struct gx_cli *cli, bool remove)
{
    struct gx_str book;
    const struct gx_json *reply;
    int64_t changed = 0, refused = 0;
    bool more = true;
    GX_CLI_TRY(gx_cli_want_args(cli, 3, 0));
    if (cli->arg_count == 3 && !gx_cli_has(cli, "filter"))
        return gx_cli_usage(cli, "%s",
                            GX_SAY(cli, "Name the records or give --filter.",
                                   "請指定資料，或以 --filter 給條件。"));
    GX_CLI_TRY(gx_cli_resolve(cli, GX_STR("book"), cli->args[1], &book));
    while (more) {
        GX_CLI_TRY(gx_cli_send(cli, "POST",
                               gx_cli_path(cli, GX_STR("book"), book, GX_STR("records")),
                               put_body(cli, remove), &reply));
        int64_t now = gx_json_get_int(reply, "changed", 0);
        changed += now;
        refused += gx_json_get_int(reply, "refused", 0);
        more = gx_json_get_bool(reply, "more", false) && now > 0;
    }
    if (cli->json)
        printf("{\"changed\":%lld,\"refused\":%lld}\n", (long long)changed, (long long)refused);
    else
        printf(GX_SAY(cli, "%lld changed, %lld refused\n", "已變更 %lld 筆，拒絕 %lld 筆\n"),
               (long long)changed, (long long)refused);
    return GX_EXIT_OK;
}

static enum gx_exit run(struct gx_cli *cli)
{
    if (gx_cli_arg_is(cli, 0, "audit"))
        return audit(cli);
    if (gx_cli_arg_is(cli, 0, "put") || gx_cli_arg_is(cli, 0, "take"))
        return put(cli, gx_cli_arg_is(cli, 0, "take"));
    return gx_cli_usage(cli, "%s",
                        GX_SAY(cli, "Use audit, put or take.", "請用 audit、put 或 take。"));
}

const struct gx_command gx_command_access = {
    .name = "access",
    .args = "audit | put BOOK OBJECT [ID …] | take BOOK OBJECT [ID …]",
    .en = "Who reaches what, by which path; records into books and out of them",
    .zh = "誰能經由什麼途徑看到什麼；將資料放入或移出簿冊",
    .more_en = "audit prints every path by which users reach an object, or with --field a field of "
               "it: roles and how far they go, shares, books, teams, delegations, sharing rules.",
    .more_zh = "audit 列出使用者能看到物件（或以 --field 指定其欄位）的每個途徑："
               "角色及其範圍、分享、簿冊、團隊、代理與分享規則。",
    .example = "access audit --object account --field tax_id\n"
               "access put \"Key accounts\" account --filter 'rating = \"hot\"'",
    .options = options,
    .args_min = 1,
    .args_max = -1,
    .run = run,
};
