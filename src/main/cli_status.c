/* cli_status.c - status: is the data folder served, and is there a way back? */
#include "main/cli.h"

static const char *state_words(struct gx_cli *cli, struct gx_str state)
{
    static const struct {
        const char *state, *en, *zh;
    } words[] = {
        { "ok", "in order", "正常" },
        { "never", "not yet", "尚未執行" },
        { "late", "LATE", "逾期" },
        { "failed", "FAILED", "失敗" },
    };
    for (size_t i = 0; i < GX_COUNT(words); i++)
        if (gx_str_is(state, words[i].state))
            return GX_SAY(cli, words[i].en, words[i].zh);
    return "";
}

/* One line; false: something is wrong. */
static bool say_how(struct gx_cli *cli, const char *what, const struct gx_json *how)
{
    struct gx_str state = gx_json_get_str(how, "state", GX_STR(""));
    struct gx_str at = gx_json_get_str(how, "at", GX_STR(""));
    struct gx_str problem = gx_json_get_str(how, "problem", GX_STR(""));
    printf("%s%s%s", what, GX_SAY(cli, ": ", "："), state_words(cli, state));
    if (at.n)
        printf(GX_SAY(cli, ", last %.*s", "，上次 %.*s"), GX_STR_ARG(at));
    if (problem.n)
        printf(" - %.*s", GX_STR_ARG(problem));
    putchar('\n');
    return !gx_str_is(state, "late") && !gx_str_is(state, "failed");
}

static bool say_all(struct gx_cli *cli, const struct gx_json *reply)
{
    const struct gx_json *archive = gx_json_get(gx_json_get(reply, "archive"), "how");
    long long wrong = (long long)gx_json_get_int(reply, "tenants_wrong", 0);
    bool on = gx_json_get_bool(reply, "on", false), good = true;
    puts(cli->app ? GX_SAY(cli, "No server has this data folder; it can be opened.",
                           "目前沒有伺服器使用這個資料目錄；資料可以開啟。")
                  : GX_SAY(cli, "A server has this data folder, and answers.",
                           "伺服器執行中，且有回應。"));
    if (!cli->app && !on)
        puts(GX_SAY(cli, "It makes no backups by itself (serve --backups).",
                    "伺服器未自動備份（serve --backups）。"));
    good &= say_how(cli, GX_SAY(cli, "Backup", "備份"), gx_json_get(reply, "backup"));
    good &= say_how(cli, GX_SAY(cli, "Restore drill", "還原演練"), gx_json_get(reply, "drill"));
    if (archive)
        good &= say_how(cli, GX_SAY(cli, "Archive", "備份庫"), archive);
    if (wrong)
        printf(GX_SAY(cli, "Open tenants with a backup or drill that failed or is late: %lld\n",
                      "備份或演練失敗、逾期的租戶：%lld\n"),
               wrong);
    return good && !wrong;
}

static enum gx_exit status(struct gx_cli *cli)
{
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_get_json(cli, gx_cli_path(cli, GX_STR("admin"), GX_STR("copies"), GX_STR("")),
                               &reply));
    if (cli->json)
        gx_cli_print_json(reply);
    else if (!say_all(cli, reply))
        return gx_cli_fail(cli, "%s",
                           GX_SAY(cli, "Something needs your attention.", "有需要處理的問題。"));
    return GX_EXIT_OK;
}

const struct gx_command gx_command_status = {
    .name = "status",
    .args = "",
    .en = "whether the data folder is served, and how it stands with backups and drills",
    .zh = "資料目錄是否提供服務，以及備份與還原演練的狀況",
    .more_en = "Ends with 1 when the last backup or drill failed or is late, so that a timer can "
               "tell somebody.",
    .more_zh = "上次備份或演練失敗、逾期時，以狀態碼 1 結束，方便排程通知。",
    .example = "status --data /srv/guanxi",
    .run = status,
};
