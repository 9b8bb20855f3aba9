/* cli_list.c - many records: list, count, search, export. */
#include <errno.h>
#include <unistd.h>

#include "main/cli.h"

enum {
    PAGE_PEOPLE = 50,
    PAGE_MACHINE = 1000,
    COLUMNS_SHOWN_MAX = 60,
    COLUMNS_USUAL_MAX = 8,
};

static struct gx_str with(struct gx_cli *cli, struct gx_str target, const char *option)
{
    return gx_cli_query(cli, target, option, gx_cli_get(cli, option, GX_STR("")));
}

static struct gx_str target_of(struct gx_cli *cli, const char *rest)
{
    struct gx_str target = gx_cli_path(cli, cli->args[0], gx_str_c(rest), GX_STR(""));
    target = with(cli, target, "filter");
    target = with(cli, target, "sort");
    target = with(cli, target, "q");
    if (gx_cli_has(cli, "deleted"))
        target = gx_cli_query(cli, target, "deleted", GX_STR("true"));
    return target;
}

/* --- for machines: one object a line, page after page */
static size_t print_lines(const struct gx_json *rows, int64_t max)
{
    size_t n = 0;
    for (const struct gx_json *k = rows ? rows->first : NULL; k && (int64_t)n < max;
         k = k->next, n++)
        gx_cli_print_json(k);
    return n;
}

static enum gx_exit list_lines(struct gx_cli *cli, struct gx_str target, int64_t limit)
{
    struct gx_arena page_arena = { 0 };
    struct gx_str cursor = GX_STR("");
    char next[4096];
    enum gx_exit code;
    do {
        int64_t want = limit < PAGE_MACHINE ? limit : PAGE_MACHINE;
        struct gx_client_reply reply;
        struct gx_json *page = NULL;
        struct gx_ctx ctx = cli->ctx;
        ctx.arena = &page_arena;
        struct gx_cli_call call = {
            .method = "GET",
            .arena = &page_arena,
            .target = gx_arena_printf(&page_arena, "%.*s%climit=%lld%s%.*s", GX_STR_ARG(target),
                                      gx_str_find(target, '?') < target.n ? '&' : '?',
                                      (long long)want, cursor.n ? "&cursor=" : "",
                                      GX_STR_ARG(gx_client_encode(&page_arena, cursor))),
        };
        code = gx_cli_call(cli, &call, &reply);
        if (code == GX_EXIT_OK && gx_json_read(&ctx, reply.body, &page) != GX_OK)
            code = gx_cli_errors(cli, &ctx);
        if (code != GX_EXIT_OK)
            break;
        limit -= (int64_t)print_lines(gx_json_get(page, "rows"), limit);
        cursor = gx_json_get_str(page, "next", GX_STR(""));
        if (cursor.n >= sizeof next)
            cursor.n = 0;
        memcpy(next, cursor.p, cursor.n);
        cursor.p = next;
        gx_arena_reset(&page_arena);
    } while (cursor.n && limit > 0 && !ferror(stdout));
    gx_arena_free(&page_arena);
    return code;
}

/* --- for people: a table */
/* The columns of the object's own list page; a few of them, so that lines stay readable. */
static struct gx_str usual_fields(struct gx_cli *cli, const struct gx_json *object)
{
    const struct gx_json *list = gx_json_get(gx_json_get(object, "pages"), "list");
    struct gx_buf out = { 0 };
    size_t n = 0;
    for (const struct gx_json *k = list ? list->first : NULL; k && n < COLUMNS_USUAL_MAX;
         k = k->next)
        if (k->kind == GX_JSON_STRING)
            gx_buf_printf(&out, "%s%.*s", n++ ? "," : "", GX_STR_ARG(k->text));
    if (n == 0)
        gx_buf_add(&out, gx_json_get_str(object, "title", GX_STR("name")));
    return gx_cli_take(cli, &out);
}

static size_t split_fields(struct gx_cli *cli, struct gx_str fields, const char **heads)
{
    struct gx_str name;
    size_t n = 0;
    heads[n++] = "id";
    while (gx_str_split(&fields, ',', &name) && n < COLUMNS_SHOWN_MAX) {
        name = gx_str_trim(name);
        if (name.n && !gx_str_is(name, "id"))
            heads[n++] = gx_arena_cstr(&cli->arena, name);
    }
    return n;
}

static bool is_number(const struct gx_json *value)
{
    return value && (value->kind == GX_JSON_NUMBER || gx_json_get(value, "amount"));
}

static void table_row(struct gx_cli *cli, struct gx_table *table, const struct gx_json *row,
                      const char *const *heads, size_t columns)
{
    for (size_t i = 0; i < columns; i++) {
        const struct gx_json *value = gx_json_get(row, heads[i]);
        struct gx_buf text = { 0 };
        gx_cli_value_text(cli, value, &text);
        struct gx_str cell = gx_cli_take(cli, &text);
        if (is_number(value))
            gx_table_number(table, cell);
        else
            gx_table_cell(table, cell);
    }
}

static enum gx_exit list_table(struct gx_cli *cli, struct gx_str target, struct gx_str fields,
                               int64_t limit)
{
    const char *heads[COLUMNS_SHOWN_MAX];
    const struct gx_json *page;
    size_t columns = split_fields(cli, fields, heads);
    struct gx_table *table = gx_table_new(cli, heads, columns);
    struct gx_str cursor = GX_STR("");
    int64_t left = limit;
    do {
        struct gx_str at = gx_arena_printf(&cli->arena, "%lld",
                                           (long long)(left < PAGE_MACHINE ? left : PAGE_MACHINE));
        struct gx_str with_limit = gx_cli_query(cli, target, "limit", at);
        GX_CLI_TRY(gx_cli_get_json(cli, gx_cli_query(cli, with_limit, "cursor", cursor), &page));
        const struct gx_json *rows = gx_json_get(page, "rows");
        for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next, left--)
            table_row(cli, table, k, heads, columns);
        cursor = gx_json_get_str(page, "next", GX_STR(""));
    } while (cursor.n && left > 0);
    gx_table_print(table);
    if (cursor.n && !gx_cli_has(cli, "limit"))
        fprintf(stderr,
                GX_SAY(cli, "The first %lld; --limit N shows more.\n",
                       "僅列出前 %lld 筆，可用 --limit N 顯示更多。\n"),
                (long long)limit);
    return GX_EXIT_OK;
}

static enum gx_exit list(struct gx_cli *cli)
{
    const struct gx_json *object;
    int64_t limit;
    GX_CLI_TRY(
        gx_cli_get_int(cli, "limit", cli->json ? INT64_MAX : PAGE_PEOPLE, 1, INT64_MAX, &limit));
    GX_CLI_TRY(gx_cli_object(cli, cli->args[0], &object));
    struct gx_str target = target_of(cli, "");
    struct gx_str fields = gx_cli_get(cli, "fields", GX_STR(""));
    if (cli->json)
        return list_lines(cli, gx_cli_query(cli, target, "fields", fields), limit);
    if (fields.n == 0)
        fields = usual_fields(cli, object);
    return list_table(cli, gx_cli_query(cli, target, "fields", fields), fields, limit);
}

#define FILTER                                                                                     \
    {                                                                                              \
        "filter", "EXPR", "only records that pass, in the language of docs/EXPRESSIONS.md",        \
            "只取符合條件的資料，語法見 docs/EXPRESSIONS.md", 0                                    \
    }
#define SORT                                                                                       \
    {                                                                                              \
        "sort", "A,-B", "sort by these fields; - for descending", "依這些欄位排序，- 為遞減", 0    \
    }
#define FIELDS                                                                                     \
    {                                                                                              \
        "fields", "A,B", "these fields; account.owner.name follows links",                         \
            "列出這些欄位；account.owner.name 可跟隨連結", 0                                       \
    }
#define WORDS                                                                                      \
    {                                                                                              \
        "q", "WORDS", "only records that search finds", "只取全文搜尋找到的資料", 0                \
    }
#define BIN                                                                                        \
    {                                                                                              \
        "deleted", NULL, "those in the recycle bin", "資源回收筒中的資料", 0                       \
    }

static const struct gx_cli_option list_options[] = {
    FILTER,
    SORT,
    FIELDS,
    { "limit", "N", "at most N; without it people see 50, --json gives all",
      "最多 N 筆；未指定時列出 50 筆，--json 則為全部", 0 },
    WORDS,
    BIN,
    { 0 },
};

const struct gx_command gx_command_list = {
    .name = "list",
    .args = "OBJECT",
    .en = "list records, as a table or (--json) one JSON object a line",
    .zh = "列出資料；加 --json 則每行一個 JSON 物件",
    .example = "list opportunity --filter 'stage = \"won\" and close_date in this_quarter' "
               "--sort -close_value\n--json list account --fields name,owner.display_name",
    .options = list_options,
    .args_min = 1,
    .args_max = 1,
    .run = list,
};

static enum gx_exit count(struct gx_cli *cli)
{
    const struct gx_json *object, *reply;
    GX_CLI_TRY(gx_cli_object(cli, cli->args[0], &object));
    GX_CLI_TRY(gx_cli_get_json(cli, target_of(cli, "count"), &reply));
    printf("%lld\n", (long long)gx_json_get_int(reply, "count", 0));
    return GX_EXIT_OK;
}

static const struct gx_cli_option count_options[] = { FILTER, WORDS, BIN, { 0 } };

const struct gx_command gx_command_count = {
    .name = "count",
    .args = "OBJECT",
    .en = "print how many records there are",
    .zh = "印出資料筆數",
    .example = "count opportunity --filter 'stage = \"won\"'",
    .options = count_options,
    .args_min = 1,
    .args_max = 1,
    .run = count,
};

static enum gx_exit search(struct gx_cli *cli)
{
    static const char *const heads[] = { "object", "id", "title", "about", "found in" };
    const struct gx_json *reply;
    struct gx_str target = gx_cli_path(cli, GX_STR("search"), GX_STR(""), GX_STR(""));
    target = gx_cli_query(cli, target, "q", cli->args[0]);
    target = with(cli, target, "object");
    target = with(cli, target, "limit");
    GX_CLI_TRY(gx_cli_get_json(cli, target, &reply));
    const struct gx_json *rows = gx_json_get(reply, "rows");
    if (cli->json) {
        print_lines(rows, INT64_MAX);
        return GX_EXIT_OK;
    }
    struct gx_table *table = gx_table_new(cli, heads, GX_COUNT(heads));
    for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next) {
        const struct gx_json *match = gx_json_get(k, "match");
        struct gx_str field = gx_json_get_str(match, "field", GX_STR(""));
        struct gx_str text = gx_json_get_str(match, "text", GX_STR(""));
        gx_table_cell(table, gx_json_get_str(k, "object", GX_STR("")));
        gx_table_cell(table, gx_json_get_str(k, "id", GX_STR("")));
        gx_table_cell(table, gx_json_get_str(k, "title", GX_STR("")));
        gx_table_cell(table, gx_json_get_str(k, "subtitle", GX_STR("")));
        gx_table_cell(table, field.n ? gx_arena_printf(&cli->arena, "%.*s: %.*s", GX_STR_ARG(field),
                                                       GX_STR_ARG(text))
                                     : GX_STR(""));
    }
    gx_table_print(table);
    return GX_EXIT_OK;
}

static const struct gx_cli_option search_options[] = {
    { "object", "OBJECT", "only records of this object", "只搜尋這種資料", 0 },
    { "limit", "N", "at most N", "最多 N 筆", 0 },
    { 0 },
};

const struct gx_command gx_command_search = {
    .name = "search",
    .args = "TEXT",
    .en = "find records by name, word, phone digits, e-mail or number",
    .zh = "以名稱、字詞、電話號碼、電子郵件或編號搜尋",
    .example = "search 王小明\nsearch 45678 --object contact",
    .options = search_options,
    .args_min = 1,
    .args_max = 1,
    .run = search,
};

static enum gx_exit export_(struct gx_cli *cli)
{
    const struct gx_json *object;
    struct gx_str file = gx_cli_get(cli, "output", GX_STR("-"));
    struct gx_str format = gx_cli_get(cli, "format", GX_STR(""));
    GX_CLI_TRY(gx_cli_object(cli, cli->args[0], &object));
    if (format.n == 0)
        format = gx_str_ends(file, GX_STR(".xlsx"))     ? GX_STR("xlsx")
                 : gx_str_ends(file, GX_STR(".ndjson")) ? GX_STR("ndjson")
                 : cli->json                            ? GX_STR("ndjson")
                                                        : GX_STR("csv");
    struct gx_str target = with(cli, target_of(cli, ""), "fields");
    return gx_cli_save(cli, gx_cli_query(cli, target, "format", format), file);
}

static const struct gx_cli_option export_options[] = {
    FILTER,
    SORT,
    FIELDS,
    WORDS,
    BIN,
    { "format", "FORMAT", "csv, xlsx or ndjson; else by the name of the file, or csv",
      "csv、xlsx 或 ndjson；未指定時依檔名判斷，否則為 csv", 0 },
    { "output", "FILE", "into this file instead of standard output", "寫入檔案，而非標準輸出",
      'o' },
    { 0 },
};

const struct gx_command gx_command_export = {
    .name = "export",
    .args = "OBJECT",
    .en = "all records as CSV, XLSX or NDJSON",
    .zh = "將所有資料匯出為 CSV、XLSX 或 NDJSON",
    .example = "export account -o accounts.xlsx\n"
               "export opportunity --filter 'stage = \"won\"' --fields name,account,close_value",
    .options = export_options,
    .args_min = 1,
    .args_max = 1,
    .run = export_,
};
