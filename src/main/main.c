/* main.c - guanxi: find the command, run it. */
#include <locale.h>
#include <stdlib.h>

#include "base/log.h"
#include "main/cli.h"
#include "main/hidden.h"
#include "report/keeper.h"

/* Traditional Chinese for every Chinese locale: the texts have no Simplified version. */
static bool speaks_chinese(void)
{
    static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    for (size_t i = 0; i < GX_COUNT(names); i++) {
        struct gx_str value = gx_str_c(getenv(names[i]));
        if (value.n)
            return gx_str_starts(value, GX_STR("zh"));
    }
    return false;
}

static enum gx_exit run(struct gx_cli *cli, int argc, char **argv)
{
    GX_CLI_TRY(gx_cli_parse(cli, argc, argv));
    if (!cli->command) {
        bool asked = gx_cli_has(cli, "help");
        gx_cli_help(cli, NULL, asked ? stdout : stderr);
        return asked ? GX_EXIT_OK : GX_EXIT_USAGE;
    }
    if (gx_cli_has(cli, "help")) {
        gx_cli_help(cli, cli->command, stdout);
        return GX_EXIT_OK;
    }
    return cli->command->run(cli);
}

int main(int argc, char **argv)
{
    static struct gx_cli cli;
    int status;
    if (gx_hidden_run(argc, argv, &status))
        return status;
    if (argc == 2 && strcmp(argv[1], GX_KEEPER_COMMAND) == 0)
        return gx_keeper_main(GX_KEEPER_FD); /* not for people: see report/keeper.h */
    cli.zh = speaks_chinese();
    cli.ctx = (struct gx_ctx){
        .arena = &cli.arena,
        .now_us = gx_clock_us(),
        .lang = cli.zh ? GX_LANG_ZH_HANT : GX_LANG_EN,
    };
    gx_log_set_level(GX_LOG_WARN);
    enum gx_exit code = run(&cli, argc, argv);
    gx_cli_end(&cli);
    /* A reader that went away (`| head`) is no failure; a full disk is. */
    if (fflush(stdout) != 0 && code == GX_EXIT_OK)
        code = GX_EXIT_REFUSED;
    gx_arena_free(&cli.arena);
    return (int)code;
}
