/* cli_segment.c - segments: counted, compared, frozen into lists, and the lists taken out. */
#include <time.h>

#include "main/cli.h"

enum { WAITS_MAX = 36000, WAIT_MS = 100 };

static const struct gx_cli_option options[] = {
    { "name", "TEXT", "freeze: of the list", "freeze：名單的名稱", 0 },
    { "seed", "TEXT", "freeze: the same seed divides the same people the same way",
      "freeze：相同的種子把相同的人分到相同的組", 0 },
    { "control", "PERCENT", "freeze: how many are kept as a control group", "freeze：對照組的比例",
      0 },
    { "cells", "CELLS", "freeze: such as \"A 50%, B 2000\"", "freeze：例如「A 50%, B 2000」", 0 },
    { "cell", "CELL", "export: only this one; all but the control group without it",
      "export：只要這一組；未指定時為對照組以外的全部", 0 },
    { "fields", "NAMES", "export: fields of the file", "export：檔案的欄位", 0 },
    { "format", "FORMAT", "export: csv, xlsx or ndjson", "export：csv、xlsx 或 ndjson", 0 },
    { "output", "FILE", "export: into this file", "export：寫到這個檔案", 'o' },
    { 0 },
};

static enum gx_exit segment_of(struct gx_cli *cli, struct gx_str text, struct gx_str *ret_id)
{
    return gx_cli_resolve(cli, GX_STR("segment"), text, ret_id);
}

static void number_cell(struct gx_table *table, const struct gx_json *node, const char *key)
{
    const struct gx_json *v = gx_json_get(node, key);
    gx_table_cell(table, v && v->kind == GX_JSON_NUMBER ? v->text : GX_STR("–"));
}

/* The segments, or the lists of one. */
static enum gx_exit list(struct gx_cli *cli)
{
    static const char *const heads_en[] = { "Id", "Name", "Object", "Kind" };
    static const char *const heads_zh[] = { "編號", "名稱", "物件", "種類" };
    static const char *const lists_en[] = { "Id", "Name", "State", "Total", "Seed", "Frozen" };
    static const char *const lists_zh[] = { "編號", "名稱", "狀態", "筆數", "種子", "凍結時間" };
    bool one = cli->arg_count > 1;
    struct gx_str target = gx_cli_path(cli, GX_STR("segment"), GX_STR(""), GX_STR("")), id;
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_want_args(cli, 1, 2));
    if (one) {
        GX_CLI_TRY(segment_of(cli, cli->args[1], &id));
        target = gx_cli_path(cli, GX_STR("segment"), id, GX_STR("lists"));
    } else {
        target = gx_cli_query(cli, target, "sort", GX_STR("name"));
        target = gx_cli_query(cli, target, "limit", GX_STR("1000"));
    }
    GX_CLI_TRY(gx_cli_get_json(cli, target, &reply));
    const struct gx_json *rows = gx_json_get(reply, "rows");
    struct gx_table *table = gx_table_new(
        cli, one ? (cli->zh ? lists_zh : lists_en) : (cli->zh ? heads_zh : heads_en), one ? 6 : 4);
    for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next) {
        if (cli->json) {
            gx_cli_print_json(k);
            continue;
        }
        gx_table_cell(table, gx_json_get_str(k, "id", GX_STR("")));
        gx_table_cell(table, gx_json_get_str(k, "name", GX_STR("")));
        gx_table_cell(table, gx_json_get_str(k, one ? "state" : "object", GX_STR("")));
        if (one) {
            number_cell(table, k, "total");
            gx_table_cell(table, gx_json_get_str(k, "seed", GX_STR("")));
        }
        gx_table_cell(table, gx_json_get_str(k, one ? "frozen_at" : "kind", GX_STR("")));
    }
    if (!cli->json)
        gx_table_print(table);
    return GX_EXIT_OK;
}

static enum gx_exit count(struct gx_cli *cli)
{
    struct gx_str id;
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_want_args(cli, 2, 2));
    GX_CLI_TRY(segment_of(cli, cli->args[1], &id));
    GX_CLI_TRY(
        gx_cli_get_json(cli, gx_cli_path(cli, GX_STR("segment"), id, GX_STR("count")), &reply));
    if (cli->json)
        gx_cli_print_json(reply);
    else
        printf("%lld\n", (long long)gx_json_get_int(reply, "count", -1));
    return GX_EXIT_OK;
}

static void add_given(struct gx_cli *cli, struct gx_jw *w, const char *name)
{
    if (gx_cli_has(cli, name))
        gx_jw_key_str(w, name, gx_cli_get(cli, name, GX_STR("")));
}

/* Until it is frozen; stopping here does not stop it. */
static enum gx_exit wait_for(struct gx_cli *cli, struct gx_str list, const struct gx_json **ret)
{
    for (int i = 0; i < WAITS_MAX; i++) {
        GX_CLI_TRY(
            gx_cli_get_json(cli, gx_cli_path(cli, GX_STR("segment_list"), list, GX_STR("")), ret));
        if (!gx_str_is(gx_json_get_str(*ret, "state", GX_STR("")), "running"))
            break;
        const struct timespec pause = { 0, WAIT_MS * 1000000L };
        nanosleep(&pause, NULL);
    }
    return GX_EXIT_OK;
}

static enum gx_exit freeze(struct gx_cli *cli)
{
    struct gx_str id;
    const struct gx_json *reply;
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    GX_CLI_TRY(gx_cli_want_args(cli, 2, 2));
    GX_CLI_TRY(segment_of(cli, cli->args[1], &id));
    gx_jw_object(&w);
    add_given(cli, &w, "name");
    add_given(cli, &w, "seed");
    add_given(cli, &w, "control");
    add_given(cli, &w, "cells");
    gx_jw_object_end(&w);
    GX_CLI_TRY(gx_cli_send(cli, "POST", gx_cli_path(cli, GX_STR("segment"), id, GX_STR("freeze")),
                           gx_cli_take(cli, &body), &reply));
    GX_CLI_TRY(wait_for(cli, gx_json_get_str(reply, "id", GX_STR("")), &reply));
    struct gx_str list = gx_json_get_str(reply, "id", GX_STR(""));
    bool frozen = gx_str_is(gx_json_get_str(reply, "state", GX_STR("")), "frozen");
    if (cli->json)
        gx_cli_print_json(reply);
    else if (frozen)
        printf(GX_SAY(cli, "%lld in list %.*s\n", "%lld 筆，名單編號 %.*s\n"),
               (long long)gx_json_get_int(reply, "total", 0), GX_STR_ARG(list));
    return frozen ? GX_EXIT_OK
                  : gx_cli_fail(cli, "%.*s",
                                GX_STR_ARG(gx_json_get_str(reply, "problem", GX_STR("running"))));
}

static enum gx_exit export_(struct gx_cli *cli)
{
    GX_CLI_TRY(gx_cli_want_args(cli, 2, 2));
    struct gx_str target = gx_cli_path(cli, GX_STR("segment_list"), cli->args[1], GX_STR("export"));
    target = gx_cli_query(cli, target, "format", gx_cli_get(cli, "format", GX_STR("csv")));
    target = gx_cli_query(cli, target, "cell", gx_cli_get(cli, "cell", GX_STR("")));
    target = gx_cli_query(cli, target, "fields", gx_cli_get(cli, "fields", GX_STR("")));
    return gx_cli_save(cli, target, gx_cli_get(cli, "output", GX_STR("-")));
}

static enum gx_exit overlap(struct gx_cli *cli)
{
    static const char *const heads_en[] = { "Segment", "Count", "Funnel" };
    static const char *const heads_zh[] = { "分群", "筆數", "漏斗" };
    const struct gx_json *reply;
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    GX_CLI_TRY(gx_cli_want_args(cli, 3, 6));
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("segments"));
    gx_jw_array(&w);
    for (size_t i = 1; i < cli->arg_count; i++) {
        struct gx_str id;
        enum gx_exit exit = segment_of(cli, cli->args[i], &id);
        if (exit != GX_EXIT_OK) {
            gx_buf_free(&body);
            return exit;
        }
        gx_jw_str(&w, id);
    }
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    GX_CLI_TRY(gx_cli_send(cli, "POST",
                           gx_cli_path(cli, GX_STR("segment"), GX_STR("overlap"), GX_STR("")),
                           gx_cli_take(cli, &body), &reply));
    if (cli->json) {
        gx_cli_print_json(reply);
        return GX_EXIT_OK;
    }
    struct gx_table *table = gx_table_new(cli, cli->zh ? heads_zh : heads_en, 3);
    const struct gx_json *sizes = gx_json_get(reply, "sizes");
    for (const struct gx_json *k = sizes ? sizes->first : NULL; k; k = k->next) {
        gx_table_cell(table, gx_json_get_str(k, "name", GX_STR("")));
        number_cell(table, k, "count");
        number_cell(table, k, "funnel");
    }
    gx_table_print(table);
    return GX_EXIT_OK;
}

static enum gx_exit run(struct gx_cli *cli)
{
    if (gx_cli_arg_is(cli, 0, "list"))
        return list(cli);
    if (gx_cli_arg_is(cli, 0, "count"))
        return count(cli);
    if (gx_cli_arg_is(cli, 0, "freeze"))
        return freeze(cli);
    if (gx_cli_arg_is(cli, 0, "export"))
        return export_(cli);
    if (gx_cli_arg_is(cli, 0, "overlap"))
        return overlap(cli);
    return gx_cli_usage(cli, "%s",
                        GX_SAY(cli, "Use list, count, freeze, export or overlap.",
                               "請用 list、count、freeze、export 或 overlap。"));
}

const struct gx_command gx_command_segment = {
    .name = "segment",
    .args = "list [SEGMENT] | count SEGMENT | freeze SEGMENT | export LIST | overlap SEGMENT "
            "SEGMENT …",
    .en = "Segments: their lists and counts, freezing, taking out, comparing",
    .zh = "分群：名單與筆數、凍結、匯出、比較",
    .more_en = "A segment is named by its name or id, a list by its id.  freeze waits until the "
               "list is there; stopping it does not stop the server, which goes on with it.",
    .more_zh = "分群以名稱或編號指定，名單以編號指定。freeze 會等到名單完成；"
               "中途停止指令，伺服器仍會繼續。",
    .example = "segment freeze \"Spring letter\" --control 10 --cells \"A 50%, B 50%\" --seed s1\n"
               "segment export 7301444403201 --cell A -o a.xlsx --format xlsx",
    .options = options,
    .args_min = 1,
    .args_max = 6,
    .run = run,
};
