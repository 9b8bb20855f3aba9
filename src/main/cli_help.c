/* cli_help.c - the help, for a terminal and as docs/CLI.md, from the tables of the commands. */
#include "main/cli.h"

enum { OPTION_COLUMN = 28, COMMAND_COLUMN = 12 };

const struct gx_command *gx_cli_command(struct gx_str name)
{
    for (size_t i = 0; gx_commands[i]; i++)
        if (gx_str_is(name, gx_commands[i]->name))
            return gx_commands[i];
    return NULL;
}

static void print_options(const struct gx_cli *cli, const struct gx_cli_option *o, FILE *out)
{
    for (; o && o->name; o++) {
        char letter[] = { '-', o->letter, ',', ' ', 0 };
        int n = fprintf(out, "  %s--%s%s%s", o->letter ? letter : "", o->name, o->arg ? " " : "",
                        o->arg ? o->arg : "");
        fprintf(out, "%*s%s\n", n < OPTION_COLUMN ? OPTION_COLUMN - n : 2, "",
                GX_SAY(cli, o->en, o->zh));
    }
}

static void print_lines(const char *lines, const char *before, FILE *out)
{
    struct gx_str rest = gx_str_c(lines), line;
    while (gx_str_split(&rest, '\n', &line))
        fprintf(out, "%s%.*s\n", line.n ? before : "", GX_STR_ARG(line));
}

static void help_all(const struct gx_cli *cli, FILE *out)
{
    fputs(GX_SAY(cli, "guanxi COMMAND … - a CRM in one program\n\n",
                 "guanxi 指令 … － 單一程式的客戶關係管理系統\n\n"),
          out);
    for (size_t i = 0; gx_commands[i]; i++)
        fprintf(out, "  %-*s%s\n", COMMAND_COLUMN, gx_commands[i]->name,
                GX_SAY(cli, gx_commands[i]->en, gx_commands[i]->zh));
    fputs(GX_SAY(cli, "\nOptions of every command, before or after it:\n",
                 "\n每個指令都有的選項，可放在指令前或後：\n"),
          out);
    print_options(cli, gx_cli_global, out);
    fputs(GX_SAY(cli,
                 "\n`guanxi help COMMAND` says more. Exit status: 0 done, 1 refused, 2 usage.\n",
                 "\n「guanxi help 指令」有詳細說明。結束代碼：0 完成、1 遭拒、2 用法錯誤。\n"),
          out);
}

void gx_cli_help(const struct gx_cli *cli, const struct gx_command *c, FILE *out)
{
    if (!c) {
        help_all(cli, out);
        return;
    }
    fprintf(out, "guanxi %s%s%s\n\n%s\n", c->name, c->args[0] ? " " : "", c->args,
            GX_SAY(cli, c->en, c->zh));
    if (c->more_en)
        fprintf(out, "\n%s\n", GX_SAY(cli, c->more_en, c->more_zh));
    if (c->options) {
        fputs(GX_SAY(cli, "\nOptions:\n", "\n選項：\n"), out);
        print_options(cli, c->options, out);
    }
    fputs(GX_SAY(cli, "\nOptions of every command:\n", "\n每個指令都有的選項：\n"), out);
    print_options(cli, gx_cli_global, out);
    if (c->example) {
        fputs(GX_SAY(cli, "\nExamples:\n", "\n範例：\n"), out);
        print_lines(c->example, "  guanxi ", out);
    }
}

static void markdown_options(const struct gx_cli *cli, const struct gx_cli_option *o)
{
    if (!o)
        return;
    puts(GX_SAY(cli, "| Option | Meaning |\n|---|---|", "| 選項 | 意義 |\n|---|---|"));
    for (; o->name; o++) {
        if (o->letter)
            printf("| `-%c`, `--%s%s%s` | %s |\n", o->letter, o->name, o->arg ? " " : "",
                   o->arg ? o->arg : "", GX_SAY(cli, o->en, o->zh));
        else
            printf("| `--%s%s%s` | %s |\n", o->name, o->arg ? " " : "", o->arg ? o->arg : "",
                   GX_SAY(cli, o->en, o->zh));
    }
    puts("");
}

/* The part of docs/CLI.md that follows from the program. */
static void markdown(const struct gx_cli *cli)
{
    puts(GX_SAY(cli, "## Options of every command\n", "## 每個指令都有的選項\n"));
    markdown_options(cli, gx_cli_global);
    for (size_t i = 0; gx_commands[i]; i++) {
        const struct gx_command *c = gx_commands[i];
        printf("## %s\n\n%s\n\n```\nguanxi %s%s%s\n```\n\n", c->name, GX_SAY(cli, c->en, c->zh),
               c->name, c->args[0] ? " " : "", c->args);
        if (c->more_en)
            printf("%s\n\n", GX_SAY(cli, c->more_en, c->more_zh));
        markdown_options(cli, c->options);
        if (c->example) {
            puts("```sh");
            print_lines(c->example, "guanxi ", stdout);
            puts("```\n");
        }
    }
}

static enum gx_exit help(struct gx_cli *cli)
{
    if (gx_cli_has(cli, "markdown")) {
        markdown(cli);
        return GX_EXIT_OK;
    }
    const struct gx_command *c = NULL;
    if (cli->arg_count) {
        c = gx_cli_command(cli->args[0]);
        if (!c)
            return gx_cli_usage(
                cli, GX_SAY(cli, "There is no command \"%.*s\".", "沒有「%.*s」這個指令。"),
                GX_STR_ARG(cli->args[0]));
    }
    gx_cli_help(cli, c, stdout);
    return GX_EXIT_OK;
}

static const struct gx_cli_option options[] = {
    { "markdown", NULL, "all of it, as in docs/CLI.md", "全部說明，即 docs/CLI.md 的內容", 0 },
    { 0 },
};

const struct gx_command gx_command_help = {
    .name = "help",
    .args = "[COMMAND]",
    .en = "what the commands do",
    .zh = "指令說明",
    .options = options,
    .args_max = 1,
    .run = help,
};
