/* cli_provider.c - providers of sign-in, for who cannot get at the page. */
#include <unistd.h>

#include "main/cli.h"

enum { SECRET_BYTES_MAX = 2048 };

static const struct gx_cli_option options[] = {
    { "issuer", "URL", "what it calls itself, https://…", "服務自稱的網址，https://…", 0 },
    { "client", "ID", "what this system is called there", "本系統在該服務的代號", 0 },
    { "secret-stdin", NULL, "read the client secret from standard input",
      "從標準輸入讀取用戶端密碼", 0 },
    { "domains", "A,B", "e-mail domains that may come in; empty: all",
      "允許的電子郵件網域；留空則不限", 0 },
    { "roles", "A,B", "roles of new users", "新使用者的角色", 0 },
    { "claim", "NAME", "which claim names a new user (email)",
      "新使用者的帳號取自哪個欄位（email）", 0 },
    { "second", "WORD", "second step: own, claim or trust", "第二步驗證：own、claim 或 trust", 0 },
    { "creates", "yes|no", "who is not known gets a user at once", "自動建立使用者", 0 },
    { "links-email", "yes|no", "recognise people by verified e-mail address",
      "以已驗證的電子郵件認人", 0 },
    { "inside", "yes|no", "it may be in a private network", "可位於內部網路", 0 },
    { 0 },
};

static struct gx_str all(struct gx_cli *cli)
{
    return gx_cli_path(cli, GX_STR("admin"), GX_STR("providers"), GX_STR(""));
}

/* By name; NULL: there is none. */
static enum gx_exit find(struct gx_cli *cli, struct gx_str name, const struct gx_json **ret)
{
    const struct gx_json *reply;
    *ret = NULL;
    GX_CLI_TRY(gx_cli_get_json(cli, all(cli), &reply));
    const struct gx_json *rows = gx_json_get(reply, "rows");
    for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next)
        if (gx_str_eq(gx_json_get_str(k, "name", GX_STR("")), name))
            *ret = k;
    return GX_EXIT_OK;
}

static enum gx_exit list(struct gx_cli *cli)
{
    static const char *const heads_en[] = { "Name", "Issuer", "Client", "In use", "Redirect URI" };
    static const char *const heads_zh[] = { "名稱", "簽發者", "用戶端 ID", "啟用", "重新導向 URI" };
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_get_json(cli, all(cli), &reply));
    const struct gx_json *rows = gx_json_get(reply, "rows");
    struct gx_table *table = gx_table_new(cli, cli->zh ? heads_zh : heads_en, 5);
    for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next) {
        bool active = gx_json_get_bool(k, "active", false);
        if (cli->json) {
            gx_cli_print_json(k);
            continue;
        }
        gx_table_cell(table, gx_json_get_str(k, "name", GX_STR("")));
        gx_table_cell(table, gx_json_get_str(k, "issuer", GX_STR("")));
        gx_table_cell(table, gx_json_get_str(k, "client", GX_STR("")));
        gx_table_cell(table, gx_str_c(active ? GX_SAY(cli, "yes", "是") : GX_SAY(cli, "no", "否")));
        gx_table_cell(table, gx_json_get_str(k, "redirect", GX_STR("")));
    }
    if (!cli->json)
        gx_table_print(table);
    return GX_EXIT_OK;
}

static void put_text(struct gx_cli *cli, struct gx_jw *w, const char *name,
                     const struct gx_json *was)
{
    gx_jw_key_str(w, name, gx_cli_get(cli, name, gx_json_get_str(was, name, GX_STR(""))));
}

static void put_list(struct gx_cli *cli, struct gx_jw *w, const char *name,
                     const struct gx_json *was)
{
    const struct gx_json *list = gx_json_get(was, name);
    struct gx_str rest = gx_cli_get(cli, name, GX_STR("")), piece;
    bool given = gx_cli_has(cli, name);
    gx_jw_key(w, gx_str_c(name));
    gx_jw_array(w);
    while (given && gx_str_split(&rest, ',', &piece))
        if (piece.n)
            gx_jw_str(w, piece);
    for (const struct gx_json *k = list && !given ? list->first : NULL; k; k = k->next)
        gx_jw_str(w, k->text);
    gx_jw_array_end(w);
}

static void put_bool(struct gx_cli *cli, struct gx_jw *w, const char *name, const char *option,
                     const struct gx_json *was)
{
    bool value = gx_json_get_bool(was, name, false);
    if (gx_cli_has(cli, option))
        value = gx_str_is(gx_cli_get(cli, option, GX_STR("")), "yes");
    gx_jw_key_bool(w, name, value);
}

static enum gx_exit read_secret(struct gx_cli *cli, struct gx_jw *w)
{
    char line[SECRET_BYTES_MAX];
    if (!gx_cli_has(cli, "secret-stdin"))
        return GX_EXIT_OK;
    if (!fgets(line, sizeof line, stdin))
        return gx_cli_fail(cli, "%s",
                           GX_SAY(cli, "Standard input has no secret.", "標準輸入沒有密碼。"));
    gx_jw_key_str(w, "secret", gx_arena_str(&cli->arena, gx_str_trim(gx_str_c(line))));
    return GX_EXIT_OK;
}

/* What is not given stays as it is. */
static enum gx_exit save(struct gx_cli *cli, const struct gx_json *was, bool active)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    const struct gx_json *reply;
    gx_jw_object(&w);
    gx_jw_key_str(&w, "name", cli->args[1]);
    put_text(cli, &w, "issuer", was);
    put_text(cli, &w, "client", was);
    put_text(cli, &w, "claim", was);
    gx_jw_key_str(&w, "scopes", gx_json_get_str(was, "scopes", GX_STR("")));
    gx_jw_key_str(&w, "acr", gx_json_get_str(was, "acr", GX_STR("")));
    gx_jw_key_str(&w, "second",
                  gx_cli_get(cli, "second", gx_json_get_str(was, "second", GX_STR("own"))));
    put_list(cli, &w, "domains", was);
    put_list(cli, &w, "roles", was);
    put_bool(cli, &w, "creates", "creates", was);
    put_bool(cli, &w, "links_email", "links-email", was);
    put_bool(cli, &w, "inside", "inside", was);
    gx_jw_key_bool(&w, "active", active);
    GX_CLI_TRY(read_secret(cli, &w));
    gx_jw_object_end(&w);
    struct gx_str id = gx_json_get_str(was, "id", GX_STR(""));
    GX_CLI_TRY(gx_cli_send(cli, was ? "PUT" : "POST",
                           gx_cli_path(cli, GX_STR("admin"), GX_STR("providers"), id),
                           gx_cli_take(cli, &body), &reply));
    printf("%.*s\n", GX_STR_ARG(gx_json_get_str(reply, "redirect", GX_STR(""))));
    return GX_EXIT_OK;
}

static enum gx_exit run(struct gx_cli *cli)
{
    const struct gx_json *was;
    if (gx_cli_arg_is(cli, 0, "list"))
        return list(cli);
    GX_CLI_TRY(gx_cli_want_args(cli, 2, 2));
    GX_CLI_TRY(find(cli, cli->args[1], &was));
    if (gx_cli_arg_is(cli, 0, "set"))
        return save(cli, was, was ? gx_json_get_bool(was, "active", false) : true);
    if (!was)
        return gx_cli_fail(
            cli, GX_SAY(cli, "There is no provider \"%.*s\".", "沒有「%.*s」這個登入服務。"),
            GX_STR_ARG(cli->args[1]));
    if (gx_cli_arg_is(cli, 0, "on") || gx_cli_arg_is(cli, 0, "off"))
        return save(cli, was, gx_cli_arg_is(cli, 0, "on"));
    if (gx_cli_arg_is(cli, 0, "remove"))
        return gx_cli_send(cli, "DELETE",
                           gx_cli_path(cli, GX_STR("admin"), GX_STR("providers"),
                                       gx_json_get_str(was, "id", GX_STR(""))),
                           GX_STR(""), NULL);
    return gx_cli_usage(
        cli, "%s",
        GX_SAY(cli, "Use list, set, on, off or remove.", "請用 list、set、on、off 或 remove。"));
}

const struct gx_command gx_command_provider = {
    .name = "provider",
    .args = "list | set NAME | on NAME | off NAME | remove NAME",
    .en = "Providers of sign-in (OpenID Connect)",
    .zh = "外部登入服務（OpenID Connect）",
    .more_en = "set makes one or changes it; what is not given stays as it is. It prints the "
               "redirect URI that the provider must know.",
    .more_zh = "set 用來新增或變更，未指定的部分維持不變；完成後印出須登錄在該服務的重新導向 URI。",
    .example = "provider set Work --issuer https://login.example.com --client guanxi "
               "--secret-stdin < secret\nprovider off Work",
    .options = options,
    .args_min = 1,
    .args_max = 2,
    .run = run,
};
