/* cli_audit.c - audit: the log as a whole, for who keeps an eye on it from outside. */
#include "main/cli.h"

static enum gx_exit audit(struct gx_cli *cli)
{
    const struct gx_json *reply;
    if (!gx_cli_arg_is(cli, 0, "head"))
        return gx_cli_usage(cli, GX_SAY(cli, "There is no `audit %.*s`.", "沒有「audit %.*s」。"),
                            GX_STR_ARG(cli->args[0]));
    GX_CLI_TRY(gx_cli_get_json(
        cli, gx_cli_path(cli, GX_STR("admin"), GX_STR("audit"), GX_STR("head")), &reply));
    if (cli->json)
        gx_cli_print_json(reply);
    else
        printf("%.*s\n", GX_STR_ARG(gx_json_get_str(reply, "line", GX_STR(""))));
    return GX_EXIT_OK;
}

const struct gx_command gx_command_audit = {
    .name = "audit",
    .args = "head",
    .en = "the signed head of the audit log, to be kept somewhere else",
    .zh = "稽核紀錄的封存憑證（已簽章），供另行保存",
    .more_en = "Keep the line where nobody who has this machine can change it: by mail, on paper, "
               "in another\nsystem. `verify --anchor` then finds a log whose end is cut off.",
    .more_zh = "請保存在能操作本機的人無法修改之處：電子郵件、紙本或其他系統。\n"
               "verify --anchor 便能發現結尾遭截斷的紀錄。",
    .example = "audit head >> /mnt/elsewhere/heads.txt",
    .args_min = 1,
    .args_max = 1,
    .run = audit,
};
