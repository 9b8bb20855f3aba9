/* cli_args.c - argument vectors against the tables of the commands. */
#include "main/cli.h"

#include "base/text.h"

enum { NEAR_ENOUGH = 600 };

const struct gx_cli_option gx_cli_global[] = {
    { "data", "DIR", "data folder (./guanxi-data)", "資料目錄（./guanxi-data）", 0 },
    { "db", "URL", "PostgreSQL database instead of a file in the data folder",
      "改用 PostgreSQL 資料庫，而非目錄內的檔案", 0 },
    { "tenant", "NAME", "tenant (main)", "租戶（main）", 0 },
    { "as", "USER", "act for this user, with that user's rights", "以這位使用者的身分與權限執行",
      0 },
    { "json", NULL, "output for machines", "輸出給程式讀取的格式", 0 },
    { "help", NULL, "this help", "顯示說明", 'h' },
    { 0 },
};

static const struct gx_cli_option *find_in(const struct gx_cli_option *table, struct gx_str name)
{
    for (; table && table->name; table++)
        if (gx_str_is(name, table->name) ||
            (name.n == 1 && table->letter && name.p[0] == table->letter))
            return table;
    return NULL;
}

static const struct gx_cli_option *find_option(const struct gx_cli *cli, struct gx_str name)
{
    const struct gx_cli_option *found = find_in(gx_cli_global, name);
    return found ? found : find_in(cli->command ? cli->command->options : NULL, name);
}

/* The nearest option's name, or NULL. */
static const char *near_option(const struct gx_cli *cli, struct gx_str name)
{
    const struct gx_cli_option *tables[] = { cli->command ? cli->command->options : NULL,
                                             gx_cli_global };
    const char *best = NULL;
    int best_near = NEAR_ENOUGH;
    for (size_t t = 0; t < GX_COUNT(tables); t++)
        for (const struct gx_cli_option *o = tables[t]; o && o->name; o++) {
            int near = gx_text_near(name, gx_str_c(o->name));
            if (near > best_near) {
                best_near = near;
                best = o->name;
            }
        }
    return best;
}

static enum gx_exit unknown_option(const struct gx_cli *cli, struct gx_str typed,
                                   struct gx_str name)
{
    const char *near = near_option(cli, name);
    if (near)
        return gx_cli_usage(cli,
                            GX_SAY(cli, "There is no option %.*s here. Did you mean --%s?",
                                   "這裡沒有 %.*s 這個選項，是不是 --%s？"),
                            GX_STR_ARG(typed), near);
    return gx_cli_usage(cli,
                        GX_SAY(cli, "There is no option %.*s here.", "這裡沒有 %.*s 這個選項。"),
                        GX_STR_ARG(typed));
}

/* `word` begins with "-"; *i moves on when the value is the next word. */
static enum gx_exit take_option(struct gx_cli *cli, struct gx_str word, int argc, char **argv,
                                int *i)
{
    bool is_long = word.n > 1 && word.p[1] == '-';
    struct gx_str name = gx_str_from(word, is_long ? 2 : 1), value = { 0 };
    size_t equals = gx_str_find(name, '=');
    bool has_value = is_long && equals < name.n;
    if (has_value) {
        value = gx_str_from(name, equals + 1);
        name.n = equals;
    }
    const struct gx_cli_option *option = is_long == (name.n > 1) ? find_option(cli, name) : NULL;
    if (!option)
        return unknown_option(cli, word, name);
    if (!option->arg && has_value)
        return gx_cli_usage(cli, GX_SAY(cli, "--%s takes no value.", "--%s 不接受值。"),
                            option->name);
    if (option->arg && !has_value) {
        if (*i + 1 >= argc)
            return gx_cli_usage(cli, GX_SAY(cli, "--%s needs a value: %s.", "--%s 需要值：%s。"),
                                option->name, option->arg);
        value = gx_str_c(argv[++*i]);
    }
    if (cli->given_count == GX_CLI_GIVEN_MAX)
        return gx_cli_usage(cli, GX_SAY(cli, "There are too many options.", "選項太多。"));
    cli->given[cli->given_count++] = (struct gx_cli_given){ option->name, value };
    return GX_EXIT_OK;
}

static enum gx_exit unknown_command(const struct gx_cli *cli, struct gx_str name)
{
    const char *best = NULL;
    int best_near = NEAR_ENOUGH;
    for (size_t i = 0; gx_commands[i]; i++) {
        int near = gx_text_near(name, gx_str_c(gx_commands[i]->name));
        if (near > best_near) {
            best_near = near;
            best = gx_commands[i]->name;
        }
    }
    if (best)
        return gx_cli_usage(cli,
                            GX_SAY(cli, "There is no command \"%.*s\". Did you mean \"%s\"?",
                                   "沒有「%.*s」這個指令，是不是「%s」？"),
                            GX_STR_ARG(name), best);
    return gx_cli_usage(cli, GX_SAY(cli, "There is no command \"%.*s\".", "沒有「%.*s」這個指令。"),
                        GX_STR_ARG(name));
}

/* The command decides what its options mean, so it is looked for first. */
static enum gx_exit find_command(struct gx_cli *cli, int argc, char **argv, int *ret_at)
{
    *ret_at = argc;
    for (int i = 1; i < argc; i++) {
        struct gx_str word = gx_str_c(argv[i]);
        if (word.n > 1 && word.p[0] == '-') {
            struct gx_str name = gx_str_from(word, word.p[1] == '-' ? 2 : 1);
            const struct gx_cli_option *option = find_in(gx_cli_global, name);
            i += option && option->arg;
            continue;
        }
        cli->command = gx_cli_command(word);
        if (!cli->command)
            return unknown_command(cli, word);
        *ret_at = i;
        return GX_EXIT_OK;
    }
    return GX_EXIT_OK;
}

static void take_globals(struct gx_cli *cli)
{
    struct gx_arena *arena = &cli->arena;
    cli->dir = gx_arena_cstr(arena, gx_cli_get(cli, "data", GX_STR("guanxi-data")));
    cli->tenant = gx_arena_cstr(arena, gx_cli_get(cli, "tenant", GX_STR("main")));
    cli->url =
        gx_cli_has(cli, "db") ? gx_arena_cstr(arena, gx_cli_get(cli, "db", GX_STR(""))) : NULL;
    cli->as = gx_cli_get(cli, "as", GX_STR(""));
    cli->json = gx_cli_has(cli, "json");
}

enum gx_exit gx_cli_parse(struct gx_cli *cli, int argc, char **argv)
{
    int command_at;
    bool only_args = false;
    GX_CLI_TRY(find_command(cli, argc, argv, &command_at));
    for (int i = 1; i < argc; i++) {
        struct gx_str word = gx_str_c(argv[i]);
        if (!gx_text_valid(word))
            return gx_cli_usage(
                cli,
                GX_SAY(cli, "Argument %d is not valid UTF-8.", "第 %d 個參數不是有效的 UTF-8。"),
                i);
        if (i == command_at)
            continue;
        if (!only_args && gx_str_is(word, "--")) {
            only_args = true;
        } else if (!only_args && word.n > 1 && word.p[0] == '-') {
            GX_CLI_TRY(take_option(cli, word, argc, argv, &i));
        } else if (cli->arg_count == GX_CLI_ARGS_MAX) {
            return gx_cli_usage(cli, GX_SAY(cli, "There are too many arguments.", "參數太多。"));
        } else {
            cli->args[cli->arg_count++] = word;
        }
    }
    take_globals(cli);
    if (!cli->command || gx_cli_has(cli, "help"))
        return GX_EXIT_OK;
    if (cli->arg_count < (size_t)cli->command->args_min ||
        (cli->command->args_max >= 0 && cli->arg_count > (size_t)cli->command->args_max))
        return gx_cli_usage(cli, GX_SAY(cli, "It is written: guanxi %s %s", "用法：guanxi %s %s"),
                            cli->command->name, cli->command->args);
    return GX_EXIT_OK;
}

bool gx_cli_has(const struct gx_cli *cli, const char *option)
{
    for (size_t i = 0; i < cli->given_count; i++)
        if (strcmp(cli->given[i].name, option) == 0)
            return true;
    return false;
}

struct gx_str gx_cli_get(const struct gx_cli *cli, const char *option, struct gx_str otherwise)
{
    for (size_t i = cli->given_count; i-- > 0;)
        if (strcmp(cli->given[i].name, option) == 0)
            return cli->given[i].value;
    return otherwise;
}

enum gx_exit gx_cli_get_int(struct gx_cli *cli, const char *option, int64_t otherwise, int64_t min,
                            int64_t max, int64_t *ret_value)
{
    *ret_value = otherwise;
    if (!gx_cli_has(cli, option))
        return GX_EXIT_OK;
    struct gx_str text = gx_cli_get(cli, option, GX_STR(""));
    if (!gx_str_int64(text, ret_value) || *ret_value < min || *ret_value > max)
        return gx_cli_usage(cli,
                            GX_SAY(cli, "--%s must be a whole number from %lld to %lld.",
                                   "--%s 必須是 %lld 到 %lld 的整數。"),
                            option, (long long)min, (long long)max);
    return GX_EXIT_OK;
}

bool gx_cli_arg_is(const struct gx_cli *cli, size_t i, const char *word)
{
    return i < cli->arg_count && gx_str_is(cli->args[i], word);
}

enum gx_exit gx_cli_want_args(struct gx_cli *cli, size_t min, size_t max)
{
    if (cli->arg_count >= min && (max == 0 || cli->arg_count <= max))
        return GX_EXIT_OK;
    return gx_cli_usage(cli, GX_SAY(cli, "It is written: guanxi %s %s", "用法：guanxi %s %s"),
                        cli->command->name, cli->command->args);
}
