/* cli_people.c - a file of people (`user import`), and systems that look after users (`scim`). */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "main/cli.h"

enum { CHANGE_BYTES = 200 };

static struct gx_str people_path(struct gx_cli *cli, bool apply)
{
    struct gx_str at = gx_cli_path(cli, GX_STR("admin"), GX_STR("people"), GX_STR(""));
    if (apply)
        at = gx_cli_query(cli, at, "apply", GX_STR("true"));
    if (gx_cli_has(cli, "good-rows"))
        at = gx_cli_query(cli, at, "partly", GX_STR("true"));
    return gx_cli_has(cli, "leavers") ? gx_cli_query(cli, at, "leavers", GX_STR("true")) : at;
}

static enum gx_exit hand_in(struct gx_cli *cli, const struct gx_json **ret_reply)
{
    struct gx_str name = cli->args[1];
    bool is_stdin = gx_str_is(name, "-");
    int fd = is_stdin ? STDIN_FILENO : open(gx_arena_cstr(&cli->arena, name), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return gx_cli_fail(cli, "%.*s: %s", GX_STR_ARG(name), strerror(errno));
    const struct gx_cli_call call = {
        .method = "POST",
        .target = people_path(cli, !gx_cli_has(cli, "dry-run")),
        .body_fd = &fd,
        .headers = { { GX_STR("Content-Type"), GX_STR("application/octet-stream") } },
    };
    struct gx_client_reply reply;
    struct gx_json *root = NULL;
    enum gx_exit code = gx_cli_call(cli, &call, &reply);
    if (!is_stdin)
        close(fd);
    GX_CLI_TRY(code);
    if (gx_json_read(&cli->ctx, reply.body, &root) != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    *ret_reply = root;
    return GX_EXIT_OK;
}

/* "roles: sales → manager; active: true → false", or why not. */
static struct gx_str what_changes(struct gx_cli *cli, const struct gx_json *row)
{
    struct gx_buf out = { 0 };
    const struct gx_json *changes = gx_json_get(row, "changes");
    gx_buf_add(&out, gx_json_get_str(row, "reason", GX_STR("")));
    for (const struct gx_json *c = changes ? changes->first : NULL; c; c = c->next) {
        struct gx_str from = gx_json_get_str(c, "from", GX_STR(""));
        struct gx_str to = gx_json_get_str(c, "to", GX_STR(""));
        struct gx_str field = gx_json_get_str(c, "field", GX_STR(""));
        gx_buf_printf(&out, "%s%.*s: %.*s%s%.*s", out.n ? "; " : "", GX_STR_ARG(field),
                      GX_STR_ARG(from), from.n ? " → " : "", GX_STR_ARG(to));
    }
    return gx_cli_take(cli, &out);
}

static void say_rows(struct gx_cli *cli, const struct gx_json *reply)
{
    static const char *const en[] = { "row", "", "login", "name", "what" };
    static const char *const zh[] = { "列", "", "帳號", "姓名", "變更" };
    struct gx_table *table = gx_table_new(cli, cli->zh ? zh : en, GX_COUNT(en));
    const struct gx_json *rows = gx_json_get(reply, "rows");
    if (!rows || !rows->first)
        return;
    for (const struct gx_json *k = rows->first; k; k = k->next) {
        int64_t row = gx_json_get_int(k, "row", 0);
        gx_table_number(table,
                        row ? gx_arena_printf(&cli->arena, "%lld", (long long)row) : GX_STR("–"));
        gx_table_cell(table, gx_json_get_str(k, "action", GX_STR("")));
        gx_table_cell(table, gx_json_get_str(k, "login", GX_STR("")));
        gx_table_cell(table, gx_json_get_str(k, "name", GX_STR("")));
        gx_table_cell(table, what_changes(cli, k));
    }
    gx_table_print(table);
}

enum gx_exit gx_cli_user_import(struct gx_cli *cli)
{
    const struct gx_json *reply;
    GX_CLI_TRY(hand_in(cli, &reply));
    bool applied = gx_json_get_bool(reply, "applied", false);
    int64_t failed = gx_json_get_int(reply, "failed", 0);
    if (cli->json) {
        gx_cli_print_json(reply);
    } else {
        say_rows(cli, reply);
        printf(GX_SAY(cli,
                      "%lld new, %lld changed, %lld deactivated, %lld as they were, %lld failed\n",
                      "新增 %lld、變更 %lld、停用 %lld、不變 %lld、失敗 %lld\n"),
               (long long)gx_json_get_int(reply, "create", 0),
               (long long)gx_json_get_int(reply, "update", 0),
               (long long)gx_json_get_int(reply, "deactivate", 0),
               (long long)gx_json_get_int(reply, "same", 0), (long long)failed);
    }
    if (applied || gx_cli_has(cli, "dry-run"))
        return failed && !applied ? GX_EXIT_REFUSED : GX_EXIT_OK;
    return gx_cli_fail(cli, "%s",
                       GX_SAY(cli,
                              "Nothing was written. Mend these rows, or take the others with "
                              "--good-rows.",
                              "未寫入任何資料。請修正以上各列，或以 --good-rows 匯入其餘各列。"));
}

/* --- systems that look after users */

static struct gx_str keys(struct gx_cli *cli, struct gx_str id)
{
    return gx_cli_path(cli, GX_STR("admin"), GX_STR("scim"), id);
}

static enum gx_exit list(struct gx_cli *cli)
{
    static const char *const en[] = { "Name", "Roles", "Ends", "Last used" };
    static const char *const zh[] = { "名稱", "角色", "到期", "最近使用" };
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_get_json(cli, keys(cli, GX_STR("")), &reply));
    if (cli->json) {
        gx_cli_print_json(reply);
        return GX_EXIT_OK;
    }
    const struct gx_json *rows = gx_json_get(reply, "rows");
    struct gx_table *table = gx_table_new(cli, cli->zh ? zh : en, GX_COUNT(en));
    printf("%.*s\n", GX_STR_ARG(gx_json_get_str(reply, "url", GX_STR(""))));
    for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next) {
        struct gx_buf roles = { 0 };
        gx_cli_value_text(cli, gx_json_get(k, "roles"), &roles);
        gx_table_cell(table, gx_json_get_str(k, "name", GX_STR("")));
        gx_table_cell(table, gx_cli_take(cli, &roles));
        gx_table_cell(table, gx_json_get_str(k, "expires_at", GX_STR("")));
        gx_table_cell(table, gx_json_get_str(k, "used_at", GX_STR("")));
    }
    gx_table_print(table);
    return GX_EXIT_OK;
}

static enum gx_exit add(struct gx_cli *cli)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    const struct gx_json *reply;
    int64_t days;
    GX_CLI_TRY(gx_cli_get_int(cli, "days", 365, 1, 1825, &days));
    gx_jw_object(&w);
    gx_jw_key_str(&w, "name", cli->args[1]);
    gx_jw_key_int(&w, "days", days);
    gx_jw_key_bool(&w, "places", gx_cli_has(cli, "places"));
    gx_jw_key(&w, GX_STR("roles"));
    gx_jw_array(&w);
    for (size_t i = 0; i < cli->given_count; i++) {
        struct gx_str rest = cli->given[i].value, role;
        while (strcmp(cli->given[i].name, "role") == 0 && gx_str_split(&rest, ',', &role))
            if (role.n)
                gx_jw_str(&w, role);
    }
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    GX_CLI_TRY(gx_cli_send(cli, "POST", keys(cli, GX_STR("")), gx_cli_take(cli, &body), &reply));
    printf("%.*s\n", GX_STR_ARG(gx_json_get_str(reply, "key", GX_STR(""))));
    return GX_EXIT_OK;
}

static enum gx_exit end(struct gx_cli *cli)
{
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_get_json(cli, keys(cli, GX_STR("")), &reply));
    const struct gx_json *rows = gx_json_get(reply, "rows");
    for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next)
        if (gx_str_eq(gx_json_get_str(k, "name", GX_STR("")), cli->args[1]))
            return gx_cli_send(cli, "DELETE", keys(cli, gx_json_get_str(k, "id", GX_STR(""))),
                               GX_STR(""), NULL);
    return gx_cli_fail(cli, GX_SAY(cli, "There is no key called %.*s.", "沒有名為「%.*s」的金鑰。"),
                       GX_STR_ARG(cli->args[1]));
}

static enum gx_exit run(struct gx_cli *cli)
{
    if (gx_cli_arg_is(cli, 0, "list"))
        return list(cli);
    GX_CLI_TRY(gx_cli_want_args(cli, 2, 2));
    if (gx_cli_arg_is(cli, 0, "add"))
        return add(cli);
    if (gx_cli_arg_is(cli, 0, "end"))
        return end(cli);
    return gx_cli_usage(cli, GX_SAY(cli, "There is no `scim %.*s`.", "沒有「scim %.*s」。"),
                        GX_STR_ARG(cli->args[0]));
}

static const struct gx_cli_option options[] = {
    { "role", "ROLE", "add: a role that it may give; may be repeated",
      "add：可授予的角色，可重複指定", 0 },
    { "places", NULL, "add: it may also say unit and manager", "add：也可指定單位與主管", 0 },
    { "days", "N", "add: it ends after so many days (365)", "add：幾天後到期（365）", 0 },
    { 0 },
};

const struct gx_command gx_command_scim = {
    .name = "scim",
    .args = "list | add NAME | end NAME",
    .en = "keys of systems that look after users here (SCIM 2.0)",
    .zh = "由其他系統佈建使用者（SCIM 2.0）的金鑰",
    .more_en = "`add` prints a new key, which is shown only this once; `list` prints the address "
               "to give to\nthe other system first. A key serves /scim/v2 and nothing else, and "
               "gives only these roles.",
    .more_zh = "add 印出新金鑰，只顯示這一次；list 先印出要填入對方系統的網址。\n"
               "金鑰只能用於 /scim/v2，且只能授予這些角色。",
    .example = "scim add Entra --role sales\nscim list\nscim end Entra",
    .options = options,
    .args_min = 1,
    .args_max = 2,
    .run = run,
};
