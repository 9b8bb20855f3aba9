/* cli_record.c - one record: get, create, update, delete, undelete, history. */
#include "main/cli.h"

static void print_field(const struct gx_cli *cli, const struct gx_json *field, size_t width)
{
    struct gx_buf text = { 0 };
    gx_cli_value_text(cli, field, &text);
    if (text.n) {
        gx_cli_print(field->key);
        printf("%*s", (int)(width - field->key.n + 2), "");
        gx_cli_print(gx_buf_str(&text));
        putchar('\n');
    }
    gx_buf_free(&text);
}

static void print_record(const struct gx_cli *cli, const struct gx_json *record)
{
    size_t width = 0;
    if (cli->json) {
        gx_cli_print_json(record);
        return;
    }
    for (const struct gx_json *k = record->first; k; k = k->next)
        width = k->key.n > width ? k->key.n : width;
    for (const struct gx_json *k = record->first; k; k = k->next)
        print_field(cli, k, width);
}

/* Arguments OBJECT ID as an address; the id may be a key or a name. */
static enum gx_exit record_path(struct gx_cli *cli, const char *rest, struct gx_str *ret_path)
{
    struct gx_str id;
    const struct gx_json *object;
    GX_CLI_TRY(gx_cli_object(cli, cli->args[0], &object));
    GX_CLI_TRY(gx_cli_resolve(cli, cli->args[0], cli->args[1], &id));
    *ret_path = gx_cli_path(cli, cli->args[0], id, gx_str_c(rest));
    return GX_EXIT_OK;
}

static enum gx_exit get(struct gx_cli *cli)
{
    struct gx_str path;
    const struct gx_json *record;
    GX_CLI_TRY(record_path(cli, "", &path));
    path = gx_cli_query(cli, path, "fields", gx_cli_get(cli, "fields", GX_STR("")));
    if (gx_cli_has(cli, "deleted"))
        path = gx_cli_query(cli, path, "deleted", GX_STR("true"));
    GX_CLI_TRY(gx_cli_get_json(cli, path, &record));
    print_record(cli, record);
    return GX_EXIT_OK;
}

static const struct gx_cli_option get_options[] = {
    { "fields", "A,B", "only these fields; account.owner.name follows links",
      "只取這些欄位；account.owner.name 可跟隨連結", 0 },
    { "deleted", NULL, "look in the recycle bin", "在資源回收筒中尋找", 0 },
    { 0 },
};

const struct gx_command gx_command_get = {
    .name = "get",
    .args = "OBJECT ID",
    .en = "show one record",
    .zh = "顯示一筆資料",
    .more_en = "ID is the record's id, or its external id, code, login or name if only one has it.",
    .more_zh = "ID 可用編號，也可用外部編號、代號、帳號或名稱（須只有一筆符合）。",
    .example = "get account \"Acme Corporation\"\n--json get opportunity 1C1I7A6R",
    .options = get_options,
    .args_min = 2,
    .args_max = 2,
    .run = get,
};

/* The body from --json FILE or from FIELD=VALUE arguments. */
static enum gx_exit input(struct gx_cli *cli, size_t from, struct gx_str *ret_body)
{
    const struct gx_json *object;
    if (gx_cli_has(cli, "from")) {
        if (cli->arg_count > from)
            return gx_cli_usage(
                cli, GX_SAY(cli, "Give fields or --from, not both.", "請擇一：欄位或 --from。"));
        return gx_cli_file(cli, gx_cli_get(cli, "from", GX_STR("-")), ret_body);
    }
    if (cli->arg_count == from)
        return gx_cli_usage(
            cli, GX_SAY(cli, "Give at least one FIELD=VALUE.", "請至少指定一個 欄位=值。"));
    GX_CLI_TRY(gx_cli_object(cli, cli->args[0], &object));
    return gx_cli_body(cli, object, from, ret_body);
}

/* People get the id of what they made, machines the whole record. */
static void print_written(const struct gx_cli *cli, const struct gx_json *record)
{
    if (cli->json)
        gx_cli_print_json(record);
    else
        printf("%.*s\n", GX_STR_ARG(gx_json_get_str(record, "id", GX_STR(""))));
}

static enum gx_exit create(struct gx_cli *cli)
{
    struct gx_str body;
    const struct gx_json *record;
    GX_CLI_TRY(input(cli, 1, &body));
    GX_CLI_TRY(gx_cli_send(cli, "POST", gx_cli_path(cli, cli->args[0], GX_STR(""), GX_STR("")),
                           body, &record));
    print_written(cli, record);
    return GX_EXIT_OK;
}

static const struct gx_cli_option create_options[] = {
    { "from", "FILE", "the record as JSON from a file, - for standard input",
      "從檔案讀取 JSON 格式的資料，- 為標準輸入", 0 },
    { 0 },
};

const struct gx_command gx_command_create = {
    .name = "create",
    .args = "OBJECT FIELD=VALUE…",
    .en = "create a record and print its id",
    .zh = "新增一筆資料並印出編號",
    .more_en = "Values are written as in a form: a date as 2026-11-21, money as 12.50 or \"12.50 "
               "USD\", several\nchoices as a,b, parts of an address as "
               "billing_address.city=Taipei. A link takes the id, the\nexternal id or the name of "
               "the other record. With --json the whole record is printed.",
    .more_zh = "值的寫法與表單相同：日期 2026-11-21，金額 12.50 或「12.50 USD」，多個選項 a,b，\n"
               "地址的各部分 billing_address.city=台北。連結可填編號、外部編號或名稱。\n"
               "加上 --json 會印出整筆資料。",
    .example = "create account name=\"大同公司\" kind=organisation tax_id=11111112\n"
               "create contact name=王小明 account=\"大同公司\" mobile=0912345678",
    .options = create_options,
    .args_min = 1,
    .args_max = -1,
    .run = create,
};

static enum gx_exit update(struct gx_cli *cli)
{
    struct gx_str path, body;
    struct gx_json *record;
    int64_t version;
    GX_CLI_TRY(gx_cli_get_int(cli, "version", 0, 1, INT64_MAX, &version));
    GX_CLI_TRY(record_path(cli, "", &path));
    GX_CLI_TRY(input(cli, 2, &body));
    struct gx_cli_call call = { .method = "PATCH", .target = path, .body = body };
    struct gx_client_reply reply;
    if (version)
        call.headers[0] =
            (struct gx_header){ GX_STR("If-Match"),
                                gx_arena_printf(&cli->arena, "\"%lld\"", (long long)version) };
    GX_CLI_TRY(gx_cli_call(cli, &call, &reply));
    if (gx_json_read(&cli->ctx, reply.body, &record) != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    print_written(cli, record);
    return GX_EXIT_OK;
}

static const struct gx_cli_option update_options[] = {
    { "version", "N", "only if this is still the record's version", "僅在資料仍為此版本時修改", 0 },
    { "from", "FILE", "the fields as JSON from a file, - for standard input",
      "從檔案讀取 JSON 格式的欄位，- 為標準輸入", 0 },
    { 0 },
};

const struct gx_command gx_command_update = {
    .name = "update",
    .args = "OBJECT ID FIELD=VALUE…",
    .en = "change fields of a record",
    .zh = "修改一筆資料的欄位",
    .more_en = "FIELD= empties a field. `guanxi help create` says how values are written.",
    .more_zh = "「欄位=」會清空該欄位。值的寫法見「guanxi help create」。",
    .example = "update opportunity 1C1I7A6R stage=won close_date=2026-11-21 close_value=1054",
    .options = update_options,
    .args_min = 2,
    .args_max = -1,
    .run = update,
};

static enum gx_exit delete (struct gx_cli *cli) {
    struct gx_str path; GX_CLI_TRY(record_path(cli, "", &path));
    if (gx_cli_has(cli, "purge")) path = gx_cli_query(cli, path, "purge", GX_STR("true"));
    return gx_cli_send(cli, "DELETE", path, GX_STR(""), NULL);
}

static const struct gx_cli_option delete_options[] = {
    { "purge", NULL, "for good, not to the recycle bin", "永久刪除，不進資源回收筒", 0 },
    { 0 },
};

const struct gx_command gx_command_delete = {
    .name = "delete",
    .args = "OBJECT ID",
    .en = "move a record to the recycle bin",
    .zh = "將資料移到資源回收筒",
    .options = delete_options,
    .args_min = 2,
    .args_max = 2,
    .run = delete,
};

static enum gx_exit undelete(struct gx_cli *cli)
{
    const struct gx_json *record;
    struct gx_str path = gx_cli_path(cli, cli->args[0], cli->args[1], GX_STR("restore"));
    GX_CLI_TRY(gx_cli_send(cli, "POST", path, GX_STR(""), &record));
    print_written(cli, record);
    return GX_EXIT_OK;
}

const struct gx_command gx_command_undelete = {
    .name = "undelete",
    .args = "OBJECT ID",
    .en = "bring a record back from the recycle bin",
    .zh = "從資源回收筒還原資料",
    .args_min = 2,
    .args_max = 2,
    .run = undelete,
};

static void print_entry(struct gx_cli *cli, struct gx_table *table, const struct gx_json *entry)
{
    const struct gx_json *changes = gx_json_get(entry, "changes");
    struct gx_str at = gx_json_get_str(entry, "at", GX_STR(""));
    struct gx_str by = gx_json_get_str(gx_json_get(entry, "by"), "title", GX_STR("operator"));
    struct gx_str kind = gx_json_get_str(entry, "kind", GX_STR(""));
    const struct gx_json *change = changes ? changes->first : NULL;
    do {
        struct gx_buf old = { 0 }, new = { 0 };
        gx_cli_value_text(cli, gx_json_get(change, "old"), &old);
        gx_cli_value_text(cli, gx_json_get(change, "new"), &new);
        gx_table_cell(table, at);
        gx_table_cell(table, by);
        gx_table_cell(table, kind);
        gx_table_cell(table, gx_json_get_str(change, "field", GX_STR("")));
        gx_table_cell(table, gx_cli_take(cli, &old));
        gx_table_cell(table, gx_cli_take(cli, &new));
        change = change ? change->next : NULL;
        at = by = kind = GX_STR("");
    } while (change);
}

static enum gx_exit history(struct gx_cli *cli)
{
    static const char *const heads[] = { "at", "by", "what", "field", "old", "new" };
    struct gx_table *table = gx_table_new(cli, heads, GX_COUNT(heads));
    struct gx_str path, cursor = GX_STR("");
    const struct gx_json *page;
    GX_CLI_TRY(record_path(cli, "history", &path));
    do {
        GX_CLI_TRY(gx_cli_get_json(cli, gx_cli_query(cli, path, "cursor", cursor), &page));
        const struct gx_json *rows = gx_json_get(page, "rows");
        for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next) {
            if (cli->json)
                gx_cli_print_json(k);
            else
                print_entry(cli, table, k);
        }
        cursor = gx_json_get_str(page, "next", GX_STR(""));
    } while (cursor.n);
    if (!cli->json)
        gx_table_print(table);
    return GX_EXIT_OK;
}

const struct gx_command gx_command_history = {
    .name = "history",
    .args = "OBJECT ID",
    .en = "who changed what in a record, newest first",
    .zh = "這筆資料的修改紀錄，由新到舊",
    .args_min = 2,
    .args_max = 2,
    .run = history,
};
