/* cli_operator.c - operator: plans, metering and invoices, for who runs this program for others. */
#include "main/cli.h"

static const struct gx_cli_option options[] = {
    { "from", "DATE", "invoice: first day (the first of last month)",
      "invoice：起日（預設為上月一日）", 0 },
    { "to", "DATE", "invoice: last day (the last of last month)",
      "invoice：迄日（預設為上月最後一日）", 0 },
    { "of", "TENANT", "only this tenant", "只處理這個租戶", 0 },
    { "dry-run", NULL, "invoice: say what would be made", "invoice：只顯示結果，不產生帳單", 0 },
    { "due-days", "N", "issue: days until payment (30)", "issue：付款期限天數（30）", 0 },
    { 0 },
};

/* {"from", "to", "tenant", "dry", "after"}: what was given. */
static struct gx_str run_body(struct gx_cli *cli, struct gx_str after)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    gx_jw_object(&w);
    if (gx_cli_has(cli, "from"))
        gx_jw_key_str(&w, "from", gx_cli_get(cli, "from", GX_STR("")));
    if (gx_cli_has(cli, "to"))
        gx_jw_key_str(&w, "to", gx_cli_get(cli, "to", GX_STR("")));
    gx_jw_key_str(&w, "tenant", gx_cli_get(cli, "of", GX_STR("")));
    gx_jw_key_str(&w, "after", after);
    gx_jw_key_bool(&w, "dry", gx_cli_has(cli, "dry-run"));
    gx_jw_object_end(&w);
    return gx_cli_take(cli, &body);
}

static enum gx_exit invoice(struct gx_cli *cli)
{
    static const char *const heads_en[] = { "Tenant", "From", "To", "Net", "Tax", "Total", "" };
    static const char *const heads_zh[] = { "租戶", "起日", "迄日", "未稅", "稅額", "總額", "" };
    static const char *const dates[] = { "tenant", "from", "to" };
    static const char *const amounts[] = { "net", "tax", "total" };
    struct gx_table *table = gx_table_new(cli, cli->zh ? heads_zh : heads_en, 7);
    struct gx_str after = GX_STR("");
    const struct gx_json *reply, *next;
    size_t count = 0;
    do {
        GX_CLI_TRY(gx_cli_send(cli, "POST",
                               gx_cli_path(cli, GX_STR("operator"), GX_STR("invoices"), GX_STR("")),
                               run_body(cli, after), &reply));
        const struct gx_json *rows = gx_json_get(reply, "rows");
        for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next, count++) {
            if (cli->json) {
                gx_cli_print_json(k);
                continue;
            }
            for (size_t i = 0; i < GX_COUNT(dates); i++)
                gx_table_cell(table, gx_json_get_str(k, dates[i], GX_STR("")));
            for (size_t i = 0; i < GX_COUNT(amounts); i++)
                gx_table_number(table, gx_json_get_str(k, amounts[i], GX_STR("")));
            gx_table_cell(table, gx_json_get_str(k, "currency", GX_STR("")));
        }
        next = gx_json_get(reply, "next");
        after = next && next->kind == GX_JSON_STRING ? next->text : GX_STR("");
    } while (after.n);
    if (cli->json)
        return GX_EXIT_OK;
    if (count)
        gx_table_print(table);
    printf(gx_cli_has(cli, "dry-run")
               ? GX_SAY(cli, "%zu invoices would be made.\n", "將產生 %zu 張帳單。\n")
               : GX_SAY(cli, "%zu draft invoices were made.\n", "已產生 %zu 張帳單草稿。\n"),
           count);
    return GX_EXIT_OK;
}

static enum gx_exit issue(struct gx_cli *cli)
{
    const struct gx_json *reply;
    int64_t due, issued = 0;
    GX_CLI_TRY(gx_cli_get_int(cli, "due-days", 30, 1, 365, &due));
    do {
        struct gx_buf body = { 0 };
        struct gx_jw w = gx_jw(&body);
        gx_jw_object(&w);
        gx_jw_key_str(&w, "tenant", gx_cli_get(cli, "of", GX_STR("")));
        gx_jw_key_int(&w, "due_days", due);
        gx_jw_object_end(&w);
        GX_CLI_TRY(gx_cli_send(
            cli, "POST", gx_cli_path(cli, GX_STR("operator"), GX_STR("invoices"), GX_STR("issue")),
            gx_cli_take(cli, &body), &reply));
        issued += gx_json_get_int(reply, "issued", 0);
    } while (gx_json_get_bool(reply, "more", false));
    if (cli->json)
        printf("{\"issued\":%lld}\n", (long long)issued);
    else
        printf(GX_SAY(cli, "%lld invoices were issued.\n", "已開立 %lld 張帳單。\n"),
               (long long)issued);
    return GX_EXIT_OK;
}

static struct gx_str money_text(struct gx_cli *cli, const struct gx_json *row, const char *field)
{
    const struct gx_json *money = gx_json_get(row, field);
    if (!money || money->kind != GX_JSON_OBJECT)
        return GX_STR("");
    return gx_arena_printf(&cli->arena, "%.*s %.*s",
                           GX_STR_ARG(gx_json_get_str(money, "amount", GX_STR(""))),
                           GX_STR_ARG(gx_json_get_str(money, "currency", GX_STR(""))));
}

static struct gx_str int_text(struct gx_cli *cli, const struct gx_json *row, const char *field)
{
    const struct gx_json *node = gx_json_get(row, field);
    return node && node->kind == GX_JSON_NUMBER
               ? gx_arena_printf(&cli->arena, "%lld", (long long)gx_json_get_int(row, field, 0))
               : GX_STR("");
}

static enum gx_exit plan(struct gx_cli *cli)
{
    static const char *const heads_en[] = { "Code", "Name", "Month", "Year", "Users", "Tenants" };
    static const char *const heads_zh[] = { "代碼", "名稱", "月費", "年費", "使用者上限", "訂閱" };
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_want_args(cli, 2, 2));
    if (!gx_cli_arg_is(cli, 1, "list"))
        return gx_cli_usage(cli, "%s", GX_SAY(cli, "Use plan list.", "請用 plan list。"));
    struct gx_str target = gx_cli_query(
        cli, gx_cli_path(cli, GX_STR("plan"), GX_STR(""), GX_STR("")), "sort", GX_STR("code"));
    target = gx_cli_query(cli, target, "fields",
                          GX_STR("code,name,price_month,price_year,seats_max,tenants"));
    GX_CLI_TRY(gx_cli_get_json(cli, gx_cli_query(cli, target, "limit", GX_STR("1000")), &reply));
    const struct gx_json *rows = gx_json_get(reply, "rows");
    struct gx_table *table = gx_table_new(cli, cli->zh ? heads_zh : heads_en, 6);
    for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next) {
        if (cli->json) {
            gx_cli_print_json(k);
            continue;
        }
        gx_table_cell(table, gx_json_get_str(k, "code", GX_STR("")));
        gx_table_cell(table, gx_json_get_str(k, "name", GX_STR("")));
        gx_table_number(table, money_text(cli, k, "price_month"));
        gx_table_number(table, money_text(cli, k, "price_year"));
        gx_table_number(table, int_text(cli, k, "seats_max"));
        gx_table_number(table, int_text(cli, k, "tenants"));
    }
    if (!cli->json)
        gx_table_print(table);
    return GX_EXIT_OK;
}

/* The pack, and a plan that trials can begin with; what is there already stays as it is. */
static enum gx_exit init(struct gx_cli *cli)
{
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_get_json(
        cli, gx_cli_path(cli, GX_STR("definition"), GX_STR("packs"), GX_STR("")), &reply));
    const struct gx_json *rows = gx_json_get(reply, "rows");
    bool there = false;
    for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next) {
        const struct gx_json *at = gx_json_get(k, "installed_at");
        there |= gx_str_is(gx_json_get_str(k, "name", GX_STR("")), "operator") && at &&
                 at->kind == GX_JSON_STRING;
    }
    if (there) {
        printf("%s",
               GX_SAY(cli, "This is the operator's system already.\n", "這裡已經是營運系統。\n"));
        return GX_EXIT_OK;
    }
    GX_CLI_TRY(gx_cli_send(
        cli, "POST", gx_cli_path(cli, GX_STR("definition"), GX_STR("packs"), GX_STR("operator")),
        GX_STR(""), &reply));
    GX_CLI_TRY(gx_cli_send(
        cli, "POST", gx_cli_path(cli, GX_STR("plan"), GX_STR(""), GX_STR("")),
        cli->zh ? GX_STR("{\"name\":\"試用\",\"code\":\"trial\",\"trial\":true,\"seats_max\":5,"
                         "\"records_max\":50000,\"file_mb_max\":1000}")
                : GX_STR("{\"name\":\"Trial\",\"code\":\"trial\",\"trial\":true,\"seats_max\":5,"
                         "\"records_max\":50000,\"file_mb_max\":1000}"),
        &reply));
    printf(
        "%s",
        GX_SAY(cli,
               "Plans, subscriptions, usage and invoices are in the menu now, and there is a plan "
               "for trials.\nMake the plans that you sell next: guanxi create plan …\n",
               "選單中已有方案、訂閱、用量與帳單，並建立了一個試用方案。\n"
               "接著請建立要販售的方案：guanxi create plan …\n"));
    return GX_EXIT_OK;
}

static enum gx_exit run(struct gx_cli *cli)
{
    if (gx_cli_arg_is(cli, 0, "plan"))
        return plan(cli);
    GX_CLI_TRY(gx_cli_want_args(cli, 1, 1));
    if (gx_cli_arg_is(cli, 0, "init"))
        return init(cli);
    if (gx_cli_arg_is(cli, 0, "invoice"))
        return invoice(cli);
    if (gx_cli_arg_is(cli, 0, "issue"))
        return issue(cli);
    return gx_cli_usage(cli, GX_SAY(cli, "There is no `operator %.*s`.", "沒有「operator %.*s」。"),
                        GX_STR_ARG(cli->args[0]));
}

const struct gx_command gx_command_operator = {
    .name = "operator",
    .args = "init|plan list|invoice|issue",
    .en = "plans and invoices, for who runs this program for others",
    .zh = "方案與帳單：為其他組織營運本系統者使用",
    .more_en =
        "`init` begins to use the pack \"operator\" here. `invoice` makes drafts for days that "
        "stand on no\ninvoice yet, so it may be repeated; `issue` issues all drafts. "
        "docs/OPERATOR.md tells how.",
    .more_zh = "init 在此啟用「營運」模組。invoice 為尚未計費的日子產生帳單草稿，可重複執行；\n"
               "issue 開立所有草稿。說明見 docs/OPERATOR.md。",
    .example = "operator init\noperator invoice --dry-run\n"
               "operator invoice --from 2026-11-01 --to 2026-11-30 --of acme\noperator issue",
    .options = options,
    .args_min = 1,
    .args_max = 2,
    .run = run,
};
