/* cli_tenant.c - tenant: the tenants of the data folder, for who runs the house. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "main/cli.h"
#include "meta/directory.h"
#include "net/local.h"

enum { ROWS_EACH = 1000 };

static struct gx_str tenants_path(struct gx_cli *cli, struct gx_str name, const char *what)
{
    struct gx_str path =
        gx_arena_printf(&cli->arena, "/api/v1/house/tenants%s%.*s%s%s", name.n ? "/" : "",
                        GX_STR_ARG(gx_client_encode(&cli->arena, name)), *what ? "/" : "", what);
    return path;
}

static enum gx_exit send_json(struct gx_cli *cli, const char *method, struct gx_str path,
                              struct gx_buf *body, const struct gx_json **ret_json)
{
    struct gx_str text = body ? gx_cli_take(cli, body) : GX_STR("");
    GX_CLI_TRY(gx_cli_send(cli, method, path, text, ret_json));
    if (cli->json)
        gx_cli_print_json(*ret_json);
    return GX_EXIT_OK;
}

/* --- list */

static const char *const list_heads[] = { "tenant", "state", "store", "organisation" };

/* Nobody serves the folder: from the directory alone, without opening any tenant. */
static enum gx_exit list_folder(struct gx_cli *cli)
{
    static const char *const states[] = { "active", "suspended", "making", "deleting" };
    struct gx_directory_entry *e;
    enum gx_code code = gx_directory_read(&cli->ctx, cli->dir, &e);
    if (code == GX_OK && !e)
        code =
            gx_fail(&cli->ctx, GX_E_NOT_FOUND, GX_STR("--data"), GX_M_NO_DATA, gx_str_c(cli->dir));
    if (code != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    struct gx_table *table = gx_table_new(cli, list_heads, GX_COUNT(list_heads));
    for (; e; e = e->next) {
        gx_table_cell(table, e->name);
        gx_table_cell(table, gx_str_c(states[e->state]));
        gx_table_cell(table, e->url.n
                                 ? gx_directory_shown(&cli->arena, e->url)
                                 : gx_arena_printf(&cli->arena, "%s/%.*s%s%.*s.db", cli->dir,
                                                   GX_STR_ARG(e->folder), e->folder.n ? "/" : "",
                                                   GX_STR_ARG(e->name)));
        gx_table_cell(table, e->organisation);
    }
    gx_table_print(table);
    return GX_EXIT_OK;
}

static enum gx_exit list_served(struct gx_cli *cli)
{
    struct gx_table *table = gx_table_new(cli, list_heads, GX_COUNT(list_heads));
    struct gx_str after = GX_STR("");
    for (bool more = true; more;) {
        const struct gx_json *reply;
        struct gx_str path = tenants_path(cli, GX_STR(""), "");
        path = gx_cli_query(cli, path, "state", gx_cli_get(cli, "state", GX_STR("")));
        path = gx_cli_query(cli, path, "search", gx_cli_get(cli, "search", GX_STR("")));
        path = gx_cli_query(cli, path, "after", after);
        path = gx_cli_query(cli, path, "limit", GX_STR("1000"));
        GX_CLI_TRY(gx_cli_get_json(cli, path, &reply));
        const struct gx_json *rows = gx_json_get(reply, "rows");
        more = rows && rows->count == ROWS_EACH;
        for (const struct gx_json *t = rows ? rows->first : NULL; t; t = t->next) {
            after = gx_json_get_str(t, "name", GX_STR(""));
            if (cli->json) {
                gx_cli_print_json(t);
                continue;
            }
            gx_table_cell(table, after);
            gx_table_cell(table, gx_json_get_str(t, "state", GX_STR("")));
            gx_table_cell(table, gx_json_get_str(t, "store", GX_STR("")));
            gx_table_cell(table, gx_json_get_str(t, "organisation", GX_STR("")));
        }
    }
    if (!cli->json)
        gx_table_print(table);
    return GX_EXIT_OK;
}

static enum gx_exit list(struct gx_cli *cli)
{
    bool plain = !cli->json && !gx_cli_has(cli, "state") && !gx_cli_has(cli, "search");
    int fd = gx_local_connect(gx_arena_printf(&cli->arena, "%s/guanxi.sock", cli->dir).p);
    if (fd >= 0)
        close(fd);
    return fd < 0 && plain ? list_folder(cli) : list_served(cli);
}

/* --- show */

/* Without a name: the settings of the tenant that commands go to. */
static enum gx_exit show_settings(struct gx_cli *cli)
{
    const struct gx_json *session;
    GX_CLI_TRY(gx_cli_get_json(cli, gx_cli_path(cli, GX_STR("session"), GX_STR(""), GX_STR("")),
                               &session));
    struct gx_str name = gx_json_get_str(session, "tenant", GX_STR(""));
    printf("tenant    %.*s\ncurrency  %.*s\nlocale    %.*s\nUTC       %+lld min\n",
           GX_STR_ARG(name), GX_STR_ARG(gx_json_get_str(session, "currency", GX_STR(""))),
           GX_STR_ARG(gx_json_get_str(session, "locale", GX_STR(""))),
           (long long)gx_json_get_int(session, "time_zone_offset_min", 0));
    return GX_EXIT_OK;
}

static void print_text(const struct gx_json *t, const char *key)
{
    struct gx_str value = gx_json_get_str(t, key, GX_STR(""));
    if (value.n == 0)
        return;
    printf("%-13s ", key);
    gx_cli_print(value);
    putchar('\n');
}

/* "records       120 of 5000" */
static void print_use(const struct gx_json *t, const char *key)
{
    long long used = (long long)gx_json_get_int(gx_json_get(t, "usage"), key, 0);
    long long most = (long long)gx_json_get_int(gx_json_get(t, "limits"), key, 0);
    if (most)
        printf("%-13s %lld / %lld\n", key, used, most);
    else
        printf("%-13s %lld\n", key, used);
}

static void print_tenant(const struct gx_json *t)
{
    static const char *const texts[] = { "name", "state", "reason", "organisation", "address",
                                         "host", "mark",  "store",  "made_at" };
    static const char *const uses[] = { "seats", "records", "file_bytes" };
    for (size_t i = 0; i < GX_COUNT(texts); i++)
        print_text(t, texts[i]);
    for (size_t i = 0; i < GX_COUNT(uses); i++)
        print_use(t, uses[i]);
    printf("%-13s %lld\n", "store_bytes",
           (long long)gx_json_get_int(gx_json_get(t, "usage"), "store_bytes", 0));
}

static enum gx_exit print_reply(struct gx_cli *cli, const struct gx_json *reply)
{
    if (!cli->json)
        print_tenant(reply);
    return GX_EXIT_OK;
}

static enum gx_exit show(struct gx_cli *cli)
{
    const struct gx_json *reply;
    if (cli->arg_count < 2)
        return show_settings(cli);
    GX_CLI_TRY(send_json(cli, "GET", tenants_path(cli, cli->args[1], ""), NULL, &reply));
    return print_reply(cli, reply);
}

/* --- create */

static void write_option(struct gx_cli *cli, struct gx_jw *w, const char *option, const char *key)
{
    struct gx_str value = gx_cli_get(cli, option, GX_STR(""));
    if (value.n)
        gx_jw_key_str(w, key, value);
}

static enum gx_exit write_number(struct gx_cli *cli, struct gx_jw *w, const char *option,
                                 const char *key, int64_t min, int64_t max, int64_t unit)
{
    int64_t value;
    if (!gx_cli_has(cli, option))
        return GX_EXIT_OK;
    GX_CLI_TRY(gx_cli_get_int(cli, option, 0, min, max, &value));
    gx_jw_key_int(w, key, value * unit);
    return GX_EXIT_OK;
}

static enum gx_exit write_limits(struct gx_cli *cli, struct gx_jw *w)
{
    static const int64_t most = INT64_C(1) << 40;
    gx_jw_key(w, GX_STR("limits"));
    gx_jw_object(w);
    GX_CLI_TRY(write_number(cli, w, "seats", "seats", 0, most, 1));
    GX_CLI_TRY(write_number(cli, w, "records", "records", 0, most, 1));
    GX_CLI_TRY(write_number(cli, w, "file-mb", "file_bytes", 0, most, 1 << 20));
    gx_jw_object_end(w);
    return GX_EXIT_OK;
}

static void write_packs(struct gx_cli *cli, struct gx_jw *w)
{
    struct gx_str rest = gx_cli_get(cli, "packs", GX_STR("")), name;
    if (rest.n == 0)
        return;
    gx_jw_key(w, GX_STR("packs"));
    gx_jw_array(w);
    while (gx_str_split(&rest, ',', &name))
        gx_jw_str(w, gx_str_trim(name));
    gx_jw_array_end(w);
}

static enum gx_exit write_new(struct gx_cli *cli, struct gx_jw *w, struct gx_str password)
{
    static const char *const options[][2] = {
        { "organisation", "organisation" },
        { "language", "language" },
        { "currency", "currency" },
        { "region", "region" },
        { "admin", "admin_login" },
        { "email", "admin_email" },
        { "admin-name", "admin_name" },
        { "demo", "demo" },
        { "host", "host" },
        { "mark", "mark" },
        { "store", "store" },
    };
    gx_jw_object(w);
    gx_jw_key_str(w, "name", cli->args[1]);
    for (size_t i = 0; i < GX_COUNT(options); i++)
        write_option(cli, w, options[i][0], options[i][1]);
    write_packs(cli, w);
    GX_CLI_TRY(write_number(cli, w, "utc-offset", "time_zone_offset_min", -1439, 1439, 1));
    GX_CLI_TRY(write_number(cli, w, "fiscal-start", "fiscal_start_month", 1, 12, 1));
    if (password.n)
        gx_jw_key_str(w, "password", password);
    GX_CLI_TRY(write_limits(cli, w));
    gx_jw_object_end(w);
    return GX_EXIT_OK;
}

static enum gx_exit create(struct gx_cli *cli)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    const struct gx_json *reply;
    struct gx_str password = GX_STR("");
    bool made;
    GX_CLI_TRY(gx_cli_want_args(cli, 2, 2));
    if (gx_cli_has(cli, "password") || gx_cli_has(cli, "password-stdin"))
        GX_CLI_TRY(gx_cli_password(cli, &password, &made));
    GX_CLI_TRY(write_new(cli, &w, password));
    GX_CLI_TRY(send_json(cli, "POST", tenants_path(cli, GX_STR(""), ""), &body, &reply));
    if (cli->json)
        return GX_EXIT_OK;
    struct gx_str address = gx_json_get_str(reply, "address", GX_STR(""));
    struct gx_str link = gx_json_get_str(reply, "link", GX_STR(""));
    printf(GX_SAY(cli, "The tenant is at %.*s\n", "租戶位於 %.*s\n"), GX_STR_ARG(address));
    if (link.n)
        printf(GX_SAY(cli,
                      "Its administrator sets the password, within an hour, at\n%.*s/link#%.*s\n",
                      "管理員請於一小時內至下列網址設定密碼：\n%.*s/link#%.*s\n"),
               GX_STR_ARG(address), GX_STR_ARG(link));
    return GX_EXIT_OK;
}

/* --- changing */

static enum gx_exit suspend(struct gx_cli *cli)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_want_args(cli, 2, 2));
    gx_jw_object(&w);
    gx_jw_key_str(&w, "reason", gx_cli_get(cli, "reason", GX_STR("")));
    gx_jw_object_end(&w);
    GX_CLI_TRY(send_json(cli, "POST", tenants_path(cli, cli->args[1], "suspend"), &body, &reply));
    return print_reply(cli, reply);
}

static enum gx_exit resume(struct gx_cli *cli)
{
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_want_args(cli, 2, 2));
    GX_CLI_TRY(send_json(cli, "POST", tenants_path(cli, cli->args[1], "resume"), NULL, &reply));
    return print_reply(cli, reply);
}

/* Limits that are not said stay. */
static enum gx_exit limit(struct gx_cli *cli)
{
    static const char *const options[][2] = { { "seats", "seats" },
                                              { "records", "records" },
                                              { "file-mb", "file_bytes" } };
    static const int64_t units[] = { 1, 1, 1 << 20 }, most = INT64_C(1) << 40;
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    const struct gx_json *now, *reply;
    GX_CLI_TRY(gx_cli_want_args(cli, 2, 2));
    struct gx_str path = tenants_path(cli, cli->args[1], "");
    GX_CLI_TRY(gx_cli_get_json(cli, path, &now));
    gx_jw_object(&w);
    write_option(cli, &w, "host", "host");
    write_option(cli, &w, "mark", "mark");
    gx_jw_key(&w, GX_STR("limits"));
    gx_jw_object(&w);
    for (size_t i = 0; i < GX_COUNT(options); i++) {
        int64_t was = gx_json_get_int(gx_json_get(now, "limits"), options[i][1], 0), value;
        GX_CLI_TRY(gx_cli_get_int(cli, options[i][0], -1, 0, most, &value));
        gx_jw_key_int(&w, options[i][1], value < 0 ? was : value * units[i]);
    }
    gx_jw_object_end(&w);
    gx_jw_object_end(&w);
    GX_CLI_TRY(send_json(cli, "PATCH", path, &body, &reply));
    return print_reply(cli, reply);
}

/* --- export, delete, usage */

static enum gx_exit take_along(struct gx_cli *cli)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    const struct gx_json *reply;
    char folder[PATH_MAX];
    GX_CLI_TRY(gx_cli_want_args(cli, 3, 3));
    struct gx_str path = cli->args[2];
    if (path.n && path.p[0] != '/') { /* the server has its own working directory */
        if (!realpath(".", folder))
            return gx_cli_fail(cli, "%s", strerror(errno));
        path = gx_arena_printf(&cli->arena, "%s/%.*s", folder, GX_STR_ARG(path));
    }
    gx_jw_object(&w);
    gx_jw_key_str(&w, "path", path);
    gx_jw_object_end(&w);
    GX_CLI_TRY(send_json(cli, "POST", tenants_path(cli, cli->args[1], "export"), &body, &reply));
    if (!cli->json)
        printf("%.*s\n", GX_STR_ARG(path));
    return GX_EXIT_OK;
}

static enum gx_exit delete (struct gx_cli *cli) {
    const struct gx_json *reply; GX_CLI_TRY(gx_cli_want_args(cli, 2, 2));
    if (!gx_str_eq(gx_cli_get(cli, "yes", GX_STR("")), cli->args[1])) return gx_cli_usage(
        cli,
        GX_SAY(cli, "All of it goes for good. Say so with --yes %.*s",
               "所有資料將永久刪除。請加上 --yes %.*s 確認。"),
        GX_STR_ARG(cli->args[1]));
    struct gx_str path = gx_cli_query(cli, tenants_path(cli, cli->args[1], ""), "reason",
                                      gx_cli_get(cli, "reason", GX_STR("")));
    GX_CLI_TRY(gx_cli_send(cli, "DELETE", path, GX_STR(""), &reply));
    gx_cli_print_json(reply); /* the record, to keep */
    return GX_EXIT_OK;
}

static enum gx_exit usage(struct gx_cli *cli)
{
    static const char *const heads[] = { "day",     "users",      "users_month", "seats",
                                         "records", "file_bytes", "store_bytes", "requests" };
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_want_args(cli, 2, 2));
    struct gx_str path = tenants_path(cli, cli->args[1], "usage");
    path = gx_cli_query(cli, path, "from", gx_cli_get(cli, "from", GX_STR("")));
    path = gx_cli_query(cli, path, "to", gx_cli_get(cli, "to", GX_STR("")));
    GX_CLI_TRY(send_json(cli, "GET", path, NULL, &reply));
    if (cli->json)
        return GX_EXIT_OK;
    const struct gx_json *rows = gx_json_get(reply, "rows");
    struct gx_table *table = gx_table_new(cli, heads, GX_COUNT(heads));
    for (const struct gx_json *u = rows ? rows->first : NULL; u; u = u->next) {
        gx_table_cell(table, gx_json_get_str(u, "day", GX_STR("")));
        for (size_t i = 1; i < GX_COUNT(heads); i++)
            gx_table_number(table, gx_arena_printf(&cli->arena, "%lld",
                                                   (long long)gx_json_get_int(u, heads[i], 0)));
    }
    gx_table_print(table);
    return GX_EXIT_OK;
}

static enum gx_exit deletions(struct gx_cli *cli)
{
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_get_json(cli, GX_STR("/api/v1/house/deletions"), &reply));
    const struct gx_json *rows = gx_json_get(reply, "rows");
    for (const struct gx_json *line = rows ? rows->first : NULL; line; line = line->next)
        gx_cli_print_json(line);
    return GX_EXIT_OK;
}

static enum gx_exit tenant(struct gx_cli *cli)
{
    static const struct {
        const char *word;
        enum gx_exit (*run)(struct gx_cli *cli);
    } words[] = {
        { "list", list },           { "show", show },     { "create", create },
        { "suspend", suspend },     { "resume", resume }, { "limit", limit },
        { "export", take_along },   { "delete", delete }, { "usage", usage },
        { "deletions", deletions },
    };
    for (size_t i = 0; i < GX_COUNT(words); i++)
        if (gx_cli_arg_is(cli, 0, words[i].word))
            return words[i].run(cli);
    return gx_cli_usage(cli, GX_SAY(cli, "There is no `tenant %.*s`.", "沒有「tenant %.*s」。"),
                        GX_STR_ARG(cli->args[0]));
}

static const struct gx_cli_option tenant_options[] = {
    { "organisation", "TEXT", "create: what the organisation is called", "create：組織名稱", 0 },
    { "packs", "A,B", "create: its packs (core,sales)", "create：使用的套件（core,sales）", 0 },
    { "language", "TAG", "create: zh-Hant or en", "create：zh-Hant 或 en", 0 },
    { "currency", "CODE", "create: TWD, USD …", "create：幣別，如 TWD、USD", 0 },
    { "region", "CODE", "create: of phone numbers, TW, JP …", "create：電話號碼所屬地區，如 TW、JP",
      0 },
    { "utc-offset", "MIN", "create: minutes east of UTC", "create：與 UTC 相差的分鐘數", 0 },
    { "fiscal-start", "MONTH", "create: the first month of its year (1)",
      "create：會計年度起始月份（1）", 0 },
    { "admin", "LOGIN", "create: its first administrator (admin)", "create：第一位管理員（admin）",
      0 },
    { "admin-name", "TEXT", "create: the same person's name", "create：管理員姓名", 0 },
    { "email", "ADDRESS", "create: and e-mail address", "create：管理員電子郵件", 0 },
    { "password", "TEXT", "create: and password; without one a link is printed",
      "create：管理員密碼；未指定時印出設定密碼的連結", 0 },
    { "password-stdin", NULL, "create: take it from standard input", "create：從標準輸入讀取密碼",
      0 },
    { "demo", "ORGANISATION", "create: with demo data", "create：載入示範資料", 0 },
    { "store", "URL", "create: in PostgreSQL, postgresql://…",
      "create：放在 PostgreSQL，postgresql://…", 0 },
    { "host", "NAME", "create, limit: a host name of its own", "create、limit：專用主機名稱", 0 },
    { "mark", "TEXT", "create, limit: a word of yours, a plan's code say",
      "create、limit：自訂註記，例如方案代碼", 0 },
    { "seats", "N", "create, limit: people who can sign in; 0: no limit",
      "create、limit：可登入人數；0 為不限", 0 },
    { "records", "N", "create, limit: records; 0: no limit", "create、limit：資料筆數；0 為不限",
      0 },
    { "file-mb", "MB", "create, limit: uploaded files; 0: no limit",
      "create、limit：檔案空間；0 為不限", 0 },
    { "reason", "TEXT", "suspend: what its people read; delete: for the record",
      "suspend：給使用者看的說明；delete：留存於紀錄", 0 },
    { "yes", "NAME", "delete: the name once more", "delete：再次輸入名稱以確認", 0 },
    { "state", "STATE", "list: active, suspended …", "list：active、suspended 等狀態", 0 },
    { "search", "TEXT", "list: part of a name", "list：部分名稱", 0 },
    { "from", "DAY", "usage: from this day", "usage：起始日", 0 },
    { "to", "DAY", "usage: to this day", "usage：結束日", 0 },
    { 0 },
};

const struct gx_command gx_command_tenant = {
    .name = "tenant",
    .args = "list | show [NAME] | create NAME | limit NAME | suspend NAME | resume NAME | "
            "export NAME FOLDER | delete NAME | usage NAME | deletions",
    .en = "the tenants of the data folder: made, limited, suspended, taken along, deleted",
    .zh = "資料目錄的各租戶：建立、限制、暫停、匯出、刪除",
    .more_en = "`show` without a name prints the settings of the tenant that commands go to. What "
               "is deleted is\ngone for good; a signed record of it stays (`deletions`). See "
               "docs/TENANTS.md.",
    .more_zh = "show 未指定名稱時，顯示指令所用租戶的設定。刪除後無法復原，但會留下\n"
               "經簽署的刪除紀錄（deletions）。詳見 docs/TENANTS.md。",
    .example = "tenant create acme --organisation 'Acme' --seats 10 --demo maker",
    .options = tenant_options,
    .args_min = 1,
    .args_max = 3,
    .run = tenant,
};
