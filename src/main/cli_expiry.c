/* cli_expiry.c - expiry: what runs out, who is reminded of it, and what became of it. */
#include "main/cli.h"

static const struct gx_cli_option options[] = {
    { "dry-run", NULL, "run: say who would be reminded tomorrow", "run：只列出明天會提醒誰", 0 },
    { "on", "DATE", "run --dry-run: on this day", "run --dry-run：指定日期", 0 },
    { "from", "DATE", "due: first day (30 days ago)", "due：起日（預設為 30 天前）", 0 },
    { "to", "DATE", "due: last day (in 30 days)", "due：迄日（預設為 30 天後）", 0 },
    { "limit", "N", "due: at most N (50)", "due：最多幾筆（50）", 0 },
    { 0 },
};

static struct gx_str number(struct gx_cli *cli, const struct gx_json *row, const char *key)
{
    return gx_arena_printf(&cli->arena, "%lld", (long long)gx_json_get_int(row, key, 0));
}

static struct gx_str label(const struct gx_cli *cli, const struct gx_json *row)
{
    return gx_json_get_str(gx_json_get(row, "label"), cli->zh ? "zh-Hant" : "en", GX_STR(""));
}

static enum gx_exit print(struct gx_cli *cli, struct gx_table *table)
{
    if (!cli->json)
        gx_table_print(table);
    return GX_EXIT_OK;
}

/* --- due */

static enum gx_exit kinds(struct gx_cli *cli)
{
    static const char *const heads_en[] = { "Name", "Label", "Overdue", "7 days", "30 days" };
    static const char *const heads_zh[] = { "名稱", "說明", "已過期", "7 天內", "30 天內" };
    static const char *const counts[] = { "overdue", "week", "month" };
    const struct gx_json *reply;
    GX_CLI_TRY(
        gx_cli_get_json(cli, gx_cli_path(cli, GX_STR("expiry"), GX_STR(""), GX_STR("")), &reply));
    const struct gx_json *rows = gx_json_get(reply, "rows");
    struct gx_table *table = gx_table_new(cli, cli->zh ? heads_zh : heads_en, 5);
    for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next) {
        if (cli->json) {
            gx_cli_print_json(k);
            continue;
        }
        gx_table_cell(table, gx_json_get_str(k, "name", GX_STR("")));
        gx_table_cell(table, label(cli, k));
        for (size_t i = 0; i < GX_COUNT(counts); i++)
            gx_table_number(table, number(cli, k, counts[i]));
    }
    return print(cli, table);
}

/* A value of a record as a list gives it. */
static struct gx_str value_text(struct gx_cli *cli, const struct gx_json *value)
{
    struct gx_buf out = { 0 };
    if (value)
        gx_cli_value_text(cli, value, &out);
    return gx_cli_take(cli, &out);
}

static enum gx_exit due_of(struct gx_cli *cli, struct gx_str name)
{
    static const char *const heads_en[] = { "Record", "Reminders", "Last by" };
    static const char *const heads_zh[] = { "資料", "提醒次數", "最近管道" };
    static const char *const given[] = { "from", "to", "limit" };
    const struct gx_json *reply;
    struct gx_str target = gx_cli_path(cli, GX_STR("expiry"), name, GX_STR("due"));
    for (size_t i = 0; i < GX_COUNT(given); i++)
        if (gx_cli_has(cli, given[i]))
            target = gx_cli_query(cli, target, given[i], gx_cli_get(cli, given[i], GX_STR("")));
    GX_CLI_TRY(gx_cli_get_json(cli, target, &reply));
    const struct gx_json *rows = gx_json_get(reply, "rows");
    struct gx_table *table = gx_table_new(cli, cli->zh ? heads_zh : heads_en, 3);
    for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next) {
        if (cli->json) {
            gx_cli_print_json(k);
            continue;
        }
        const struct gx_json *record = gx_json_get(k, "record"), *reminders;
        struct gx_buf line = { 0 };
        for (const struct gx_json *v = record ? record->first : NULL; v; v = v->next)
            if (v->key.n && v->key.p[0] != '_' && !gx_str_is(v->key, "id") &&
                !gx_str_is(v->key, "version") && v->kind != GX_JSON_NULL)
                gx_buf_printf(&line, "%s%.*s", line.n ? " · " : "", GX_STR_ARG(value_text(cli, v)));
        reminders = gx_json_get(k, "reminders");
        gx_table_cell(table, gx_cli_take(cli, &line));
        gx_table_number(
            table, gx_arena_printf(&cli->arena, "%zu", reminders ? reminders->count : (size_t)0));
        gx_table_cell(table, reminders && reminders->first
                                 ? gx_json_get_str(reminders->first, "channel", GX_STR(""))
                                 : GX_STR(""));
    }
    return print(cli, table);
}

/* --- run */

static struct gx_str run_body(struct gx_cli *cli)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    gx_jw_object(&w);
    gx_jw_key_bool(&w, "dry", gx_cli_has(cli, "dry-run"));
    if (gx_cli_has(cli, "on"))
        gx_jw_key_str(&w, "on", gx_cli_get(cli, "on", GX_STR("")));
    gx_jw_object_end(&w);
    return gx_cli_take(cli, &body);
}

static struct gx_str run_path(struct gx_cli *cli)
{
    return gx_cli_path(cli, GX_STR("admin"), GX_STR("expiry"), GX_STR("run"));
}

static enum gx_exit dry_run(struct gx_cli *cli)
{
    static const char *const heads_en[] = { "Due", "Distance", "Channel", "Account", "Record" };
    static const char *const heads_zh[] = { "到期日", "距離", "管道", "客戶", "資料" };
    const struct gx_json *reply;
    int64_t sum = 0;
    GX_CLI_TRY(gx_cli_send(cli, "POST", run_path(cli), run_body(cli), &reply));
    if (cli->json) {
        gx_cli_print_json(reply);
        return GX_EXIT_OK;
    }
    struct gx_table *table = gx_table_new(cli, cli->zh ? heads_zh : heads_en, 5);
    const struct gx_json *rows = gx_json_get(reply, "rows"), *counts = gx_json_get(reply, "counts");
    for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next) {
        struct gx_str channel = gx_json_get_str(k, "channel", GX_STR(""));
        gx_table_cell(table, gx_json_get_str(k, "due", GX_STR("")));
        gx_table_number(table, number(cli, k, "distance"));
        gx_table_cell(table, channel.n ? channel : GX_STR("-"));
        gx_table_cell(table, gx_json_get_str(k, "account_name", GX_STR("")));
        gx_table_cell(table, gx_json_get_str(k, "title", GX_STR("")));
    }
    for (const struct gx_json *k = counts ? counts->first : NULL; k; k = k->next)
        sum += gx_json_get_int(k, "count", 0);
    if (sum)
        gx_table_print(table);
    struct gx_str on = gx_json_get_str(reply, "on", GX_STR(""));
    printf(GX_SAY(cli, "%lld would be reminded on %.*s.\n", "將提醒 %lld 筆，日期 %.*s。\n"),
           (long long)sum, GX_STR_ARG(on));
    return GX_EXIT_OK;
}

/* Until nothing is left, or the largest number of a day is reached. */
static enum gx_exit run_all(struct gx_cli *cli)
{
    static const char *const keys[] = { "reminded", "silent", "renewed", "withdrawn", "failed" };
    int64_t sums[GX_COUNT(keys)] = { 0 }, before;
    const struct gx_json *reply;
    do {
        before = sums[0] + sums[1];
        GX_CLI_TRY(gx_cli_send(cli, "POST", run_path(cli), run_body(cli), &reply));
        for (size_t i = 0; i < GX_COUNT(keys); i++)
            sums[i] += gx_json_get_int(reply, keys[i], 0);
    } while (gx_json_get_bool(reply, "more", false) && sums[0] + sums[1] > before);
    if (cli->json) {
        printf("{");
        for (size_t i = 0; i < GX_COUNT(keys); i++)
            printf("%s\"%s\":%lld", i ? "," : "", keys[i], (long long)sums[i]);
        printf("}\n");
        return GX_EXIT_OK;
    }
    printf(GX_SAY(cli,
                  "%lld reminded, %lld without an open channel, %lld found renewed, %lld "
                  "withdrawn.\n",
                  "已提醒 %lld 筆，無可用管道 %lld 筆，發現已續保 %lld 筆，撤回 %lld 筆。\n"),
           (long long)sums[0], (long long)sums[1], (long long)sums[2], (long long)sums[3]);
    if (!sums[4])
        return GX_EXIT_OK;
    return gx_cli_fail(cli,
                       GX_SAY(cli, "%lld could not be written; the log says why.",
                              "%lld 筆無法寫入，原因見紀錄檔。"),
                       (long long)sums[4]);
}

/* --- status */

static enum gx_exit status(struct gx_cli *cli)
{
    static const char *const heads_en[] = { "Name",    "Ran on", "Waiting",   "Reminders",
                                            "Renewed", "Lost",   "Elsewhere", "Open" };
    static const char *const heads_zh[] = { "名稱", "上次執行", "待提醒", "90 天提醒",
                                            "續保", "流失",     "轉保",   "未結" };
    static const char *const outcomes[] = { "renewed", "lost", "elsewhere", "open" };
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_get_json(cli, gx_cli_path(cli, GX_STR("admin"), GX_STR("expiry"), GX_STR("")),
                               &reply));
    const struct gx_json *rows = gx_json_get(reply, "rows");
    struct gx_table *table = gx_table_new(cli, cli->zh ? heads_zh : heads_en, 8);
    for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next) {
        int64_t made = 0;
        if (cli->json) {
            gx_cli_print_json(k);
            continue;
        }
        const struct gx_json *reminders = gx_json_get(k, "reminders");
        for (const struct gx_json *r = reminders ? reminders->first : NULL; r; r = r->next)
            made += gx_json_get_int(r, "count", 0);
        gx_table_cell(table, gx_json_get_str(k, "name", GX_STR("")));
        gx_table_cell(table, value_text(cli, gx_json_get(k, "ran_on")));
        gx_table_number(table, number(cli, k, "waiting"));
        gx_table_number(table, gx_arena_printf(&cli->arena, "%lld", (long long)made));
        for (size_t i = 0; i < GX_COUNT(outcomes); i++)
            gx_table_number(table, number(cli, gx_json_get(k, "outcomes"), outcomes[i]));
    }
    return print(cli, table);
}

static enum gx_exit run(struct gx_cli *cli)
{
    if (gx_cli_arg_is(cli, 0, "due"))
        return cli->arg_count > 1 ? due_of(cli, cli->args[1]) : kinds(cli);
    GX_CLI_TRY(gx_cli_want_args(cli, 1, 1));
    if (gx_cli_arg_is(cli, 0, "run"))
        return gx_cli_has(cli, "dry-run") ? dry_run(cli) : run_all(cli);
    if (gx_cli_arg_is(cli, 0, "status"))
        return status(cli);
    return gx_cli_usage(cli, GX_SAY(cli, "There is no `expiry %.*s`.", "沒有「expiry %.*s」。"),
                        GX_STR_ARG(cli->args[0]));
}

const struct gx_command gx_command_expiry = {
    .name = "expiry",
    .args = "due [NAME]|run|status",
    .en = "what runs out: what is due, who is reminded, what became of it",
    .zh = "到期管理：即將到期的資料、提醒與結果",
    .more_en = "A running server reminds by itself once a day; `run` does it at once, and may be "
               "repeated:\nnobody is reminded twice. docs/EXPIRY.md tells how it is declared.",
    .more_zh = "執行中的伺服器每天自動提醒一次；run 立即執行，可重複執行，不會重複提醒。\n"
               "設定方式見 docs/EXPIRY.md。",
    .example = "expiry due\nexpiry due policy --to 2026-12-31\nexpiry run --dry-run\nexpiry run\n"
               "expiry status",
    .options = options,
    .args_min = 1,
    .args_max = 2,
    .run = run,
};
