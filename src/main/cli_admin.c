/* cli_admin.c - for whoever runs the program: tenant, verify, backup, openapi. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "main/cli.h"
#include "meta/directory.h"

/* Members as lines "name  value"; a list one line each. */
static void print_members(const struct gx_cli *cli, const struct gx_json *value)
{
    for (const struct gx_json *k = value ? value->first : NULL; k; k = k->next) {
        bool list = k->kind == GX_JSON_ARRAY;
        const struct gx_json *item = list ? k->first : k;
        for (; item; item = list ? item->next : NULL) {
            struct gx_buf text = { 0 };
            gx_cli_value_text(cli, item, &text);
            printf("%-24.*s  ", GX_STR_ARG(k->key));
            gx_cli_print(gx_buf_str(&text));
            putchar('\n');
            gx_buf_free(&text);
        }
    }
}

/* From the folder alone, so it needs no server and disturbs none. */
static enum gx_exit list_tenants(struct gx_cli *cli)
{
    static const char *const heads[] = { "tenant", "store" };
    struct gx_directory_entry *e;
    enum gx_code code = gx_directory_read(&cli->ctx, cli->dir, &e);
    if (code == GX_OK && !e)
        code =
            gx_fail(&cli->ctx, GX_E_NOT_FOUND, GX_STR("--data"), GX_M_NO_DATA, gx_str_c(cli->dir));
    if (code != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    struct gx_table *table = gx_table_new(cli, heads, GX_COUNT(heads));
    for (; e; e = e->next) {
        gx_table_cell(table, e->name);
        gx_table_cell(table, e->url.n ? gx_directory_shown(&cli->arena, e->url)
                                      : gx_arena_printf(&cli->arena, "%s/%.*s.db", cli->dir,
                                                        GX_STR_ARG(e->name)));
    }
    gx_table_print(table);
    return GX_EXIT_OK;
}

static enum gx_exit tenant(struct gx_cli *cli)
{
    const struct gx_json *session;
    if (gx_cli_arg_is(cli, 0, "list"))
        return list_tenants(cli);
    if (!gx_cli_arg_is(cli, 0, "show"))
        return gx_cli_usage(cli, GX_SAY(cli, "There is no `tenant %.*s`.", "沒有「tenant %.*s」。"),
                            GX_STR_ARG(cli->args[0]));
    GX_CLI_TRY(gx_cli_get_json(cli, gx_cli_path(cli, GX_STR("session"), GX_STR(""), GX_STR("")),
                               &session));
    struct gx_str name = gx_json_get_str(session, "tenant", GX_STR(""));
    printf("tenant    %.*s\ncurrency  %.*s\nlocale    %.*s\nUTC       %+lld min\n",
           GX_STR_ARG(name), GX_STR_ARG(gx_json_get_str(session, "currency", GX_STR(""))),
           GX_STR_ARG(gx_json_get_str(session, "locale", GX_STR(""))),
           (long long)gx_json_get_int(session, "time_zone_offset_min", 0));
    return GX_EXIT_OK;
}

const struct gx_command gx_command_tenant = {
    .name = "tenant",
    .args = "list | show",
    .en = "the tenants of the data folder and where they are; one tenant's settings",
    .zh = "資料目錄的各租戶及其所在；一個租戶的設定",
    .more_en = "A new tenant is made by `guanxi init --tenant NAME`, with --db in PostgreSQL.",
    .more_zh = "以 guanxi init --tenant NAME 建立新租戶；加上 --db 則放在 PostgreSQL。",
    .args_min = 1,
    .args_max = 1,
    .run = tenant,
};

static enum gx_exit verify(struct gx_cli *cli)
{
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_send(cli, "POST", gx_cli_path(cli, GX_STR("verify"), GX_STR(""), GX_STR("")),
                           GX_STR(""), &reply));
    const struct gx_json *problems = gx_json_get(reply, "problems");
    bool ok = gx_json_get_bool(reply, "ok", !problems || problems->count == 0);
    if (cli->json)
        gx_cli_print_json(reply);
    else
        print_members(cli, reply);
    return ok ? GX_EXIT_OK : GX_EXIT_REFUSED;
}

const struct gx_command gx_command_verify = {
    .name = "verify",
    .args = "",
    .en = "check the whole store; exit status 1 if anything is wrong with it",
    .zh = "檢查整個資料庫；有問題時結束代碼為 1",
    .run = verify,
};

static enum gx_exit backup(struct gx_cli *cli)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    const struct gx_json *reply;
    struct gx_str path = cli->args[0];
    char folder[PATH_MAX];
    /* The server has its own working directory. */
    if (path.n && path.p[0] != '/') {
        if (!realpath(".", folder))
            return gx_cli_fail(cli, "%s", strerror(errno));
        path = gx_arena_printf(&cli->arena, "%s/%.*s", folder, GX_STR_ARG(path));
    }
    gx_jw_object(&w);
    gx_jw_key_str(&w, "path", path);
    gx_jw_object_end(&w);
    GX_CLI_TRY(gx_cli_send(cli, "POST", gx_cli_path(cli, GX_STR("backup"), GX_STR(""), GX_STR("")),
                           gx_cli_take(cli, &body), &reply));
    if (cli->json && reply)
        gx_cli_print_json(reply);
    else
        printf("%.*s\n", GX_STR_ARG(path));
    return GX_EXIT_OK;
}

const struct gx_command gx_command_backup = {
    .name = "backup",
    .args = "FOLDER",
    .en = "a whole copy of the database and the uploaded files while they are in use",
    .zh = "在使用中備份整個資料庫與上傳的檔案",
    .more_en = "The folder must not exist yet; it is a data folder itself. See also restore.",
    .more_zh = "目錄不可已存在；備份本身就是資料目錄。另見 restore。",
    .example = "backup /srv/backup/guanxi-2026-11-21",
    .args_min = 1,
    .args_max = 1,
    .run = backup,
};

static enum gx_exit openapi(struct gx_cli *cli)
{
    struct gx_cli_call call = {
        .method = "GET",
        .target = gx_cli_path(cli, GX_STR("openapi.json"), GX_STR(""), GX_STR("")),
    };
    struct gx_client_reply reply;
    GX_CLI_TRY(gx_cli_call(cli, &call, &reply));
    fwrite(reply.body.p, 1, reply.body.n, stdout);
    putchar('\n');
    return GX_EXIT_OK;
}

const struct gx_command gx_command_openapi = {
    .name = "openapi",
    .args = "",
    .en = "print the OpenAPI 3.1 document of the REST API",
    .zh = "印出 REST API 的 OpenAPI 3.1 文件",
    .run = openapi,
};
