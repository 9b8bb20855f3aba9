/* cli_audit.c - audit: the log as a whole, for who keeps an eye on it from outside. */
#include "main/cli.h"

static enum gx_exit head(struct gx_cli *cli)
{
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_get_json(
        cli, gx_cli_path(cli, GX_STR("admin"), GX_STR("audit"), GX_STR("head")), &reply));
    if (cli->json)
        gx_cli_print_json(reply);
    else
        printf("%.*s\n", GX_STR_ARG(gx_json_get_str(reply, "line", GX_STR(""))));
    return GX_EXIT_OK;
}

/* "ann,bob" as ids with commas. */
static enum gx_exit people(struct gx_cli *cli, struct gx_str *ret_ids)
{
    struct gx_str rest = gx_cli_get(cli, "by", GX_STR("")), login, id;
    struct gx_buf ids = { 0 };
    while (rest.n && gx_str_split(&rest, ',', &login)) {
        GX_CLI_TRY(gx_cli_user_id(cli, gx_str_trim(login), &id));
        gx_buf_printf(&ids, "%s%.*s", ids.n ? "," : "", GX_STR_ARG(id));
    }
    *ret_ids = gx_cli_take(cli, &ids);
    return GX_EXIT_OK;
}

static enum gx_exit export_log(struct gx_cli *cli)
{
    static const char *const same[] = { "what", "from", "to" };
    struct gx_str file = gx_cli_get(cli, "output", GX_STR("-")), by;
    bool csv = gx_str_ends(file, GX_STR(".csv"));
    struct gx_str format = gx_cli_get(cli, "format", csv ? GX_STR("csv") : GX_STR("ndjson"));
    struct gx_str target = GX_STR("/api/v1/admin/audit/file");
    GX_CLI_TRY(people(cli, &by));
    target = gx_cli_query(cli, gx_cli_query(cli, target, "format", format), "by", by);
    for (size_t i = 0; i < GX_COUNT(same); i++)
        target = gx_cli_query(cli, target, same[i], gx_cli_get(cli, same[i], GX_STR("")));
    return gx_cli_save(cli, target, file);
}

static enum gx_exit audit(struct gx_cli *cli)
{
    if (gx_cli_arg_is(cli, 0, "head"))
        return head(cli);
    if (gx_cli_arg_is(cli, 0, "export"))
        return export_log(cli);
    return gx_cli_usage(cli, GX_SAY(cli, "There is no `audit %.*s`.", "沒有「audit %.*s」。"),
                        GX_STR_ARG(cli->args[0]));
}

static const struct gx_cli_option audit_options[] = {
    { "from", "DAY", "export: from this day or moment", "export：起始日或時間", 0 },
    { "to", "DAY", "export: up to the end of this day, or to this moment",
      "export：結束日（含）或時間", 0 },
    { "what", "A,B", "export: only these objects, or signin, access, setting, export …",
      "export：只限這些資料種類，或 signin、access、setting、export 等", 0 },
    { "by", "LOGIN,LOGIN", "export: only what these users did", "export：只限這些使用者的操作", 0 },
    { "format", "FORMAT", "export: ndjson (sealed lines, the usual) or csv (a table)",
      "export：ndjson（封存格式，預設）或 csv（表格）", 0 },
    { "output", "FILE", "export: into this file instead of standard output",
      "export：寫入檔案，而非標準輸出", 'o' },
    { 0 },
};

const struct gx_command gx_command_audit = {
    .name = "audit",
    .args = "head | export",
    .en = "the audit log: its signed head, to be kept elsewhere; all of it as a file",
    .zh = "稽核紀錄：供另行保存的封存憑證（已簽章），或匯出為檔案",
    .more_en = "Keep the line of `head` where nobody who has this machine can change it: by mail, "
               "on paper, in another\nsystem. `verify --anchor` then finds a log whose end is cut "
               "off. What `export` writes can be checked\nwithout Guanxi (docs/AUDIT.md, "
               "tools/audit-check.mjs); that it was taken out stands in the log.",
    .more_zh = "head 印出的憑證請保存在能操作本機的人無法修改之處：電子郵件、紙本或其他系統。\n"
               "verify --anchor 便能發現結尾遭截斷的紀錄。export 的檔案不需要 Guanxi 也能查核\n"
               "（docs/AUDIT.md、tools/audit-check.mjs）；匯出這件事本身也會留下紀錄。",
    .options = audit_options,
    .example = "audit head >> /mnt/elsewhere/heads.txt\n"
               "audit export --from 2026-01-01 --to 2026-03-31 -o first-quarter.ndjson",
    .args_min = 1,
    .args_max = 1,
    .run = audit,
};
