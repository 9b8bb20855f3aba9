/* cli_sql.c - sql: one question, as a table or for machines. */
#include <stdio.h>
#include <unistd.h>

#include "main/cli.h"

enum { COLUMNS_SHOWN_MAX = 60 };

struct answer {
    struct gx_cli *cli;
    struct gx_buf line; /* what has come of a line so far */
    struct gx_str names[COLUMNS_SHOWN_MAX];
    size_t columns;
    struct gx_table *table;
    int64_t rows;
    bool more, ended;
    enum gx_exit code;
    struct gx_str refused; /* a problem instead of an answer */
};

static void columns(struct answer *a, const struct gx_json *list)
{
    const char *heads[COLUMNS_SHOWN_MAX];
    for (const struct gx_json *k = list->first; k && a->columns < COLUMNS_SHOWN_MAX; k = k->next) {
        a->names[a->columns] = gx_arena_str(&a->cli->arena, gx_json_get_str(k, "name", GX_STR("")));
        heads[a->columns] = gx_arena_cstr(&a->cli->arena, a->names[a->columns]);
        a->columns++;
    }
    if (!a->cli->json)
        a->table = gx_table_new(a->cli, heads, a->columns);
}

static void row_json(struct answer *a, const struct gx_json *row)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    size_t i = 0;
    gx_jw_object(&w);
    for (const struct gx_json *k = row->first; k && i < a->columns; k = k->next, i++) {
        gx_jw_key(&w, a->names[i]);
        gx_json_write(&w, k);
    }
    gx_jw_object_end(&w);
    gx_buf_addc(&out, '\n');
    fwrite(out.p, 1, out.n, stdout);
    gx_buf_free(&out);
}

static void row_table(struct answer *a, const struct gx_json *row)
{
    size_t i = 0;
    for (const struct gx_json *k = row->first; k && i < a->columns; k = k->next, i++) {
        struct gx_str text = k->kind == GX_JSON_BOOL   ? k->truth ? GX_STR("true") : GX_STR("false")
                               : k->kind == GX_JSON_NULL ? GX_STR("")
                                                       : k->text;
        text = gx_arena_str(&a->cli->arena, text);
        if (k->kind == GX_JSON_NUMBER)
            gx_table_number(a->table, text);
        else
            gx_table_cell(a->table, text);
    }
}

static void take_line(struct answer *a, struct gx_str line)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena };
    struct gx_json *node;
    if (gx_json_read(&ctx, line, &node) == GX_OK) {
        const struct gx_json *heads = gx_json_get(node, "columns"),
                             *rows = gx_json_get(node, "rows"), *end = gx_json_get(node, "end"),
                             *error = gx_json_get(node, "error");
        if (heads)
            columns(a, heads);
        for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next, a->rows++)
            (a->cli->json ? row_json : row_table)(a, k);
        if (error) {
            gx_cli_print_error(a->cli, error);
            a->code = GX_EXIT_REFUSED;
        }
        a->ended |= end || error;
        a->more = gx_json_get_bool(end, "more", false);
    }
    gx_arena_free(&arena);
}

static enum gx_code take(void *p, struct gx_str piece)
{
    struct answer *a = p;
    while (piece.n) {
        size_t n = gx_str_find(piece, '\n');
        gx_buf_add(&a->line, (struct gx_str){ piece.p, n });
        if (n == piece.n)
            break;
        take_line(a, gx_buf_str(&a->line));
        gx_buf_clear(&a->line);
        piece = gx_str_from(piece, n + 1);
    }
    return gx_buf_check(&a->line);
}

static struct gx_str body_of(struct gx_cli *cli, struct gx_str sql, int64_t limit)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "sql", sql);
    if (limit)
        gx_jw_key_int(&w, "limit", limit);
    if (gx_cli_has(cli, "check"))
        gx_jw_key_bool(&w, "check", true);
    gx_jw_object_end(&w);
    return gx_cli_take(cli, &out);
}

static void print_check(struct gx_cli *cli, const struct gx_json *reply)
{
    const struct gx_json *tables = gx_json_get(reply, "tables");
    gx_cli_print(gx_json_get_str(reply, "reading", GX_STR("")));
    putchar('\n');
    for (const struct gx_json *k = tables ? tables->first : NULL; k; k = k->next) {
        gx_cli_print(gx_json_get_str(k, "name", GX_STR("")));
        printf(": %lld %s\n", (long long)gx_json_get_int(k, "rows", 0),
               GX_SAY(cli, "records", "筆"));
    }
}

static enum gx_exit check_only(struct gx_cli *cli, struct gx_str body)
{
    const struct gx_json *reply = NULL;
    GX_CLI_TRY(gx_cli_send(cli, "POST", GX_STR("/api/v1/sql"), body, &reply));
    if (cli->json)
        gx_cli_print_json(reply);
    else
        print_check(cli, reply);
    return GX_EXIT_OK;
}

static enum gx_exit run_sql(struct gx_cli *cli)
{
    struct gx_str sql = cli->args[0];
    int64_t limit;
    if (gx_str_is(sql, "-"))
        GX_CLI_TRY(gx_cli_file(cli, sql, &sql));
    GX_CLI_TRY(gx_cli_get_int(cli, "limit", 0, 1, 1000000, &limit));
    gx_cli_remember(cli, GX_STR("sql"), sql);
    struct gx_str body = body_of(cli, sql, limit);
    if (gx_cli_has(cli, "check"))
        return check_only(cli, body);
    struct answer a = { .cli = cli };
    struct gx_client_reply reply;
    struct gx_cli_call call = {
        .method = "POST",
        .target = GX_STR("/api/v1/sql"),
        .body = body,
        .take = take,
        .take_p = &a,
    };
    enum gx_exit code = gx_cli_call(cli, &call, &reply);
    if (code == GX_EXIT_OK && a.table)
        gx_table_print(a.table);
    gx_buf_free(&a.line);
    if (code == GX_EXIT_OK && a.code == GX_EXIT_OK && !a.ended)
        return gx_cli_fail(cli, "%s", GX_SAY(cli, "The answer ended early.", "結果未完整傳回。"));
    if (code == GX_EXIT_OK && a.more && !cli->json)
        fprintf(stderr, "%s\n",
                GX_SAY(cli, "There is more: say --limit, or LIMIT in the question.",
                       "還有更多資料：請使用 --limit，或在查詢中寫 LIMIT。"));
    return code == GX_EXIT_OK ? a.code : code;
}

static const struct gx_cli_option options[] = {
    { "limit", "N", "so many rows at most (usually 5000)", "最多筆數（預設 5000）", 0 },
    { "check", NULL, "only say what it would read", "只說明會讀取哪些資料，不執行", 0 },
    { 0 },
};

const struct gx_command gx_command_sql = {
    .name = "sql",
    .args = "QUESTION",
    .en = "ask a question in SQL over the records you may read",
    .zh = "以 SQL 查詢可讀取的資料",
    .more_en = "One SELECT; - reads it from standard input. docs/SQL.md has what can be asked.",
    .more_zh = "一個 SELECT；- 表示由標準輸入讀取。可用的寫法請見 docs/SQL.md。",
    .example = "sql 'SELECT industry, count(*) FROM account GROUP BY 1 ORDER BY 2 DESC'\n"
               "sql --json 'SELECT id, name FROM account LIMIT 10'",
    .options = options,
    .args_min = 1,
    .args_max = 1,
    .run = run_sql,
};
