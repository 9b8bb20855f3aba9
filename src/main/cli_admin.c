/* cli_admin.c - for whoever runs the program: verify, backup, openapi. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "main/cli.h"

static void print_problem(const struct gx_json *problem)
{
    static const char *const names[] = { "check", "where", "detail" };
    for (size_t i = 0; i < GX_COUNT(names); i++) {
        gx_cli_print(gx_json_get_str(problem, names[i], GX_STR("")));
        fputs(i + 1 < GX_COUNT(names) ? ": " : "", stdout);
    }
    int64_t count = gx_json_get_int(problem, "count", 1);
    if (count != 1)
        printf(" (%lld)", (long long)count);
    putchar('\n');
}

/* One line for each problem; then how far the log was read. */
static void print_verified(const struct gx_cli *cli, const struct gx_json *reply)
{
    const struct gx_json *problems = gx_json_get(reply, "problems"),
                         *log = gx_json_get(reply, "log");
    for (const struct gx_json *k = problems ? problems->first : NULL; k; k = k->next)
        print_problem(k);
    if (!problems || problems->count == 0)
        puts(GX_SAY(cli, "All is well.", "一切正常。"));
    printf(
        GX_SAY(cli,
               "Log: %lld entries in %lld seals, sealed up to entry %.*s; %lld records compared.\n",
               "紀錄：%lld 筆、%lld 個封存，已封存至第 %.*s 筆；比對 %lld 筆資料。\n"),
        (long long)gx_json_get_int(log, "entries", 0), (long long)gx_json_get_int(log, "seals", 0),
        GX_STR_ARG(gx_json_get_str(log, "upto", GX_STR(""))),
        (long long)gx_json_get_int(log, "records", 0));
    const struct gx_json *erasures = gx_json_get(log, "erasures");
    for (const struct gx_json *k = erasures ? erasures->first : NULL; k; k = k->next)
        printf(GX_SAY(cli, "Erased by request %.*s: the values of %lld entries.\n",
                      "依請求 %.*s 刪除：%lld 筆紀錄的內容。\n"),
               GX_STR_ARG(gx_json_get_str(k, "request", GX_STR(""))),
               (long long)gx_json_get_int(k, "entries", 0));
    if (gx_json_get_bool(log, "anchored", false))
        puts(GX_SAY(cli, "A head that was kept agrees: the end of the log is there.",
                    "與保存的封存憑證相符：紀錄結尾完整。"));
}

/* The newest head in a file of them: mails, a log of the program, lines of `audit head`. */
static enum gx_exit read_anchor(struct gx_cli *cli, struct gx_str *ret_anchor)
{
    static const char head[] = "guanxi-head 1 ";
    struct gx_str name = gx_cli_get(cli, "anchor", GX_STR("")), text, line;
    *ret_anchor = GX_STR("");
    if (name.n == 0)
        return GX_EXIT_OK;
    GX_CLI_TRY(gx_cli_file(cli, name, &text));
    while (gx_str_split(&text, '\n', &line)) {
        size_t at = gx_str_search(line, gx_str_c(head));
        if (at == SIZE_MAX)
            continue;
        line = gx_str_from(line, at);
        *ret_anchor = gx_str_trim((struct gx_str){ line.p, gx_str_find(line, '"') });
    }
    if (ret_anchor->n)
        return GX_EXIT_OK;
    return gx_cli_fail(cli,
                       GX_SAY(cli, "There is no line \"guanxi-head …\" in \"%.*s\".",
                              "「%.*s」裡沒有「guanxi-head …」這一行。"),
                       GX_STR_ARG(name));
}

static enum gx_exit verify(struct gx_cli *cli)
{
    const struct gx_json *reply;
    struct gx_str target = gx_cli_path(cli, GX_STR("verify"), GX_STR(""), GX_STR("")), anchor;
    if (gx_cli_has(cli, "warehouse"))
        return gx_cli_verify_warehouse(cli);
    GX_CLI_TRY(read_anchor(cli, &anchor));
    GX_CLI_TRY(
        gx_cli_send(cli, "POST", gx_cli_query(cli, target, "anchor", anchor), GX_STR(""), &reply));
    const struct gx_json *problems = gx_json_get(reply, "problems");
    bool ok = gx_json_get_bool(reply, "ok", !problems || problems->count == 0);
    if (cli->json)
        gx_cli_print_json(reply);
    else
        print_verified(cli, reply);
    return ok ? GX_EXIT_OK : GX_EXIT_REFUSED;
}

static const struct gx_cli_option verify_options[] = {
    { "anchor", "FILE", "a file with heads of the log, kept elsewhere", "另行保存的封存憑證檔案",
      0 },
    { "warehouse", NULL, "compare the analytical database with the records instead",
      "改為比對分析資料庫與資料", 0 },
    { 0 },
};

const struct gx_command gx_command_verify = {
    .name = "verify",
    .args = "",
    .en = "check the whole store; exit status 1 if anything is wrong with it",
    .zh = "檢查整個資料庫；有問題時結束代碼為 1",
    .more_en = "Also every entry of the audit log against its seals, and every record against the "
               "log.\nWith a head that was kept elsewhere (see `audit head`) it finds a log whose "
               "end is cut off.",
    .more_zh = "包括逐筆以封存查核稽核紀錄，以及逐筆比對資料與紀錄。\n"
               "提供另行保存的封存憑證（見 audit head）時，可發現結尾遭截斷的紀錄。",
    .example = "verify --anchor heads.txt",
    .options = verify_options,
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
    if (gx_cli_has(cli, "incremental"))
        gx_jw_key_bool(&w, "incremental", true);
    gx_jw_object_end(&w);
    GX_CLI_TRY(gx_cli_send(cli, "POST", gx_cli_path(cli, GX_STR("backup"), GX_STR(""), GX_STR("")),
                           gx_cli_take(cli, &body), &reply));
    if (cli->json && reply)
        gx_cli_print_json(reply);
    else
        printf("%.*s\n", GX_STR_ARG(path));
    return GX_EXIT_OK;
}

static const struct gx_cli_option backup_options[] = {
    { "incremental", NULL, "into an archive: only what changed since it was last written",
      "寫入備份庫：只備份上次之後變更的部分", 0 },
    { 0 },
};

const struct gx_command gx_command_backup = {
    .name = "backup",
    .args = "FOLDER",
    .en = "a whole copy of the database and the uploaded files while they are in use",
    .zh = "在使用中備份整個資料庫與上傳的檔案",
    .more_en =
        "The folder must not exist yet; it is a data folder itself. With --incremental it is an "
        "archive\nthat grows: the whole the first time, then the pages that changed. See also "
        "restore.",
    .more_zh =
        "目錄不可已存在；備份本身就是資料目錄。使用 --incremental 時，目錄為持續累積的備份庫：\n"
        "第一次完整備份，之後只寫入變更的部分。另見 restore。",
    .example = "backup /srv/backup/guanxi-2026-11-21\nbackup /srv/backup/archive --incremental",
    .options = backup_options,
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
