/* cli_privacy.c - privacy: what is held on somebody, erasing them, and the list of who was. */
#include <fcntl.h>
#include <unistd.h>

#include "main/cli.h"

static struct gx_str target(struct gx_cli *cli, const char *rest)
{
    return gx_arena_printf(&cli->arena, "/api/v1/admin/privacy%s", rest);
}

static enum gx_code to_file(void *p, struct gx_str piece)
{
    const int *fd = p;
    return write(*fd, piece.p, piece.n) == (ssize_t)piece.n ? GX_OK : GX_E_IO;
}

/* export OBJECT RECORD FILE */
static enum gx_exit run_export(struct gx_cli *cli)
{
    struct gx_str id, file = cli->args[3];
    struct gx_client_reply reply;
    GX_CLI_TRY(gx_cli_resolve(cli, cli->args[1], cli->args[2], &id));
    int fd = open(gx_arena_cstr(&cli->arena, file), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return gx_cli_fail(cli, GX_SAY(cli, "\"%.*s\" cannot be made.", "無法建立「%.*s」。"),
                           GX_STR_ARG(file));
    struct gx_cli_call call = { .method = "GET",
                                .target = gx_cli_path(cli, cli->args[1], id, GX_STR("subject")),
                                .take = to_file,
                                .take_p = &fd };
    enum gx_exit code = gx_cli_call(cli, &call, &reply);
    close(fd);
    if (code != GX_EXIT_OK)
        unlink(gx_arena_cstr(&cli->arena, file));
    return code;
}

/* erase OBJECT RECORD NAME: the name once more, as a confirmation. */
static enum gx_exit run_erase(struct gx_cli *cli)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    const struct gx_json *reply;
    struct gx_str id;
    GX_CLI_TRY(gx_cli_resolve(cli, cli->args[1], cli->args[2], &id));
    gx_jw_object(&w);
    gx_jw_key_str(&w, "object", cli->args[1]);
    gx_jw_key_str(&w, "id", id);
    gx_jw_key_str(&w, "activities",
                  gx_cli_has(cli, "keep-activities") ? GX_STR("keep") : GX_STR("delete"));
    gx_jw_key_str(&w, "confirm", cli->args[3]);
    gx_jw_key_bool(&w, "despite_open", gx_cli_has(cli, "despite-open"));
    gx_jw_object_end(&w);
    GX_CLI_TRY(gx_cli_send(cli, "POST", target(cli, "/erasures"), gx_cli_take(cli, &body), &reply));
    struct gx_str request = gx_json_get_str(reply, "id", GX_STR(""));
    struct gx_str state = gx_json_get_str(reply, "state", GX_STR(""));
    while (gx_str_is(state, "running")) {
        usleep(100000);
        GX_CLI_TRY(
            gx_cli_get_json(cli,
                            gx_arena_printf(&cli->arena, "/api/v1/admin/privacy/erasures/%.*s",
                                            GX_STR_ARG(request)),
                            &reply));
        state = gx_json_get_str(reply, "state", GX_STR(""));
    }
    if (gx_str_is(state, "done")) /* the program may be about to end */
        GX_CLI_TRY(gx_cli_send(cli, "POST", target(cli, "/scrub"), GX_STR(""), &reply));
    if (gx_str_is(state, "failed"))
        return gx_cli_fail(cli, "%.*s", GX_STR_ARG(gx_json_get_str(reply, "problem", GX_STR(""))));
    printf("%.*s %.*s\n", GX_STR_ARG(request), GX_STR_ARG(state));
    return GX_EXIT_OK;
}

static enum gx_exit run_list_at(struct gx_cli *cli)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    const struct gx_json *reply;
    gx_jw_object(&w);
    gx_jw_key_str(&w, "path", cli->args[1]);
    gx_jw_object_end(&w);
    return gx_cli_send(cli, "PUT", target(cli, "/list"), gx_cli_take(cli, &body), &reply);
}

static enum gx_exit run_scrub(struct gx_cli *cli)
{
    const struct gx_json *reply;
    return gx_cli_send(cli, "POST", target(cli, "/scrub"), GX_STR(""), &reply);
}

static enum gx_exit privacy(struct gx_cli *cli)
{
    static const struct {
        const char *verb;
        size_t args;
        enum gx_exit (*run)(struct gx_cli *cli);
    } verbs[] = { { "export", 4, run_export },
                  { "erase", 4, run_erase },
                  { "list-at", 2, run_list_at },
                  { "scrub", 1, run_scrub } };
    for (size_t i = 0; i < GX_COUNT(verbs); i++)
        if (gx_cli_arg_is(cli, 0, verbs[i].verb) && cli->arg_count == verbs[i].args)
            return verbs[i].run(cli);
    return gx_cli_usage(
        cli, GX_SAY(cli, "There is no such `privacy %.*s`.", "沒有這樣的「privacy %.*s」。"),
        GX_STR_ARG(cli->args[0]));
}

static const struct gx_cli_option options[] = {
    { "keep-activities", NULL, "erase: activities stay, without their texts",
      "erase：保留活動，但清除其文字", 0 },
    { "despite-open", NULL, "erase: although deals are open", "erase：即使尚有未結商機", 0 },
    { 0 },
};

const struct gx_command gx_command_privacy = {
    .name = "privacy",
    .args = "export OBJECT RECORD FILE | erase OBJECT RECORD NAME | list-at FILE | scrub",
    .en = "all that is held on a person as a file; erase a person; where the list of erasures is",
    .zh = "匯出一人的全部資料；刪除一人的資料；刪除清單的第二份位置",
    .more_en =
        "erase wants the person's name typed once more, and cannot be taken back. list-at "
        "keeps the list\nof erasures (ids only) a second time, outside of backups: restore "
        "reads it. scrub writes a\nlarge database's file anew, so that nothing of the erased "
        "is left in it.",
    .more_zh =
        "erase 須再次輸入當事人姓名，且無法復原。list-at 將刪除清單（僅含編號）另存一份於備份之外，"
        "供 restore 使用。\nscrub 重寫大型資料庫的檔案，使已刪除的內容不留在其中。",
    .example = "privacy export contact 'Cindy Hsu' cindy.zip",
    .args_min = 1,
    .args_max = 4,
    .options = options,
    .run = privacy,
};
