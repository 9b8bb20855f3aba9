/* cli_import.c - a file into records: hand it in, say what is what, run it, watch it. */
#include "main/cli_import.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum {
    WATCH_FIRST_MS = 20,
    WATCH_LAST_MS = 500,
    BAR_COLUMNS = 30,
    PLAIN_LINE_EVERY_S = 5,
};

/* Set by Ctrl-C: the import under way is asked to stop after its batch. */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

struct gx_str cli_import_path(struct gx_cli *cli, struct gx_str id, const char *verb)
{
    return gx_cli_path(cli, GX_STR("import"), id, gx_str_c(verb));
}

static struct gx_str base_name(struct gx_str path)
{
    for (size_t i = path.n; i-- > 0;)
        if (path.p[i] == '/')
            return gx_str_from(path, i + 1);
    return path;
}

/* --- the file becomes a draft */
static enum gx_exit hand_in(struct gx_cli *cli, struct gx_str name,
                            const struct gx_json **ret_draft)
{
    bool is_stdin = gx_str_is(name, "-");
    int fd = is_stdin ? STDIN_FILENO : open(gx_arena_cstr(&cli->arena, name), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return gx_cli_fail(cli, "%.*s: %s", GX_STR_ARG(name), strerror(errno));
    struct gx_cli_call call = {
        .method = "POST",
        .target = gx_cli_query(cli, cli_import_path(cli, GX_STR(""), ""), "object",
                               gx_cli_get(cli, "object", GX_STR(""))),
        .body_fd = &fd,
        .headers = { { GX_STR("Content-Type"), GX_STR("application/octet-stream") },
                     { GX_STR("X-File-Name"),
                       gx_client_encode(&cli->arena,
                                        is_stdin ? GX_STR("stdin") : base_name(name)) } },
    };
    struct gx_client_reply reply;
    struct gx_json *draft = NULL;
    enum gx_exit code = gx_cli_call(cli, &call, &reply);
    if (!is_stdin)
        close(fd);
    GX_CLI_TRY(code);
    if (gx_json_read(&cli->ctx, reply.body, &draft) != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    *ret_draft = draft;
    return GX_EXIT_OK;
}

/* --- watching it work */
static void show_bar(const struct gx_cli *cli, int64_t done, int64_t total, bool last)
{
    int64_t filled = total > 0 ? done * BAR_COLUMNS / total : 0;
    if (filled > BAR_COLUMNS || last)
        filled = BAR_COLUMNS;
    fputs("\r[", stderr);
    for (int i = 0; i < BAR_COLUMNS; i++)
        fputc(i < filled ? '#' : '.', stderr);
    fprintf(stderr, GX_SAY(cli, "] %lld rows", "] %lld 列"), (long long)done);
    if (last)
        fputc('\n', stderr);
    fflush(stderr);
}

static void show_progress(const struct gx_cli *cli, const struct gx_json *import, bool last,
                          int64_t *last_said_us)
{
    const struct gx_json *progress = gx_json_get(import, "progress");
    int64_t done = gx_json_get_int(progress, "done", 0);
    int64_t total = gx_json_get_int(progress, "total", 0), now = gx_monotonic_us();
    if (isatty(STDERR_FILENO)) {
        show_bar(cli, done, total, last);
    } else if (!last && now - *last_said_us > PLAIN_LINE_EVERY_S * 1000000LL) {
        fprintf(stderr, GX_SAY(cli, "%lld rows\n", "%lld 列\n"), (long long)done);
        *last_said_us = now;
    }
}

static bool is_working(struct gx_str state)
{
    return gx_str_is(state, "checking") || gx_str_is(state, "running") ||
           gx_str_is(state, "undoing");
}

/* Until it is done, or Ctrl-C stopped it. */
static enum gx_exit watch(struct gx_cli *cli, struct gx_str id, const struct gx_json **ret_import)
{
    struct sigaction action = { .sa_handler = on_interrupt }, before;
    int64_t said_us = gx_monotonic_us();
    bool cancelled = false;
    long wait = WATCH_FIRST_MS;
    enum gx_exit code;
    sigaction(SIGINT, &action, &before);
    for (;;) {
        code = gx_cli_get_json(cli, cli_import_path(cli, id, ""), ret_import);
        if (code != GX_EXIT_OK || !is_working(gx_json_get_str(*ret_import, "state", GX_STR(""))))
            break;
        if (interrupted && !cancelled) {
            struct gx_cli_call call = { .method = "POST",
                                        .target = cli_import_path(cli, id, "cancel"),
                                        .allow_problem = true };
            struct gx_client_reply reply;
            cancelled = gx_cli_call(cli, &call, &reply) == GX_EXIT_OK && reply.status < 400;
        }
        show_progress(cli, *ret_import, false, &said_us);
        nanosleep(&(struct timespec){ 0, wait * 1000000 }, NULL);
        wait = wait * 3 / 2 < WATCH_LAST_MS ? wait * 3 / 2 : WATCH_LAST_MS;
    }
    sigaction(SIGINT, &before, NULL);
    if (code == GX_EXIT_OK)
        show_progress(cli, *ret_import, true, &said_us);
    return code;
}

static enum gx_exit job(struct gx_cli *cli, struct gx_str id, const char *verb,
                        const struct gx_json **ret_import)
{
    GX_CLI_TRY(gx_cli_send(cli, "POST", cli_import_path(cli, id, verb), GX_STR(""), NULL));
    return watch(cli, id, ret_import);
}

static enum gx_exit import_file(struct gx_cli *cli)
{
    const struct gx_json *import;
    GX_CLI_TRY(hand_in(cli, cli->args[0], &import));
    struct gx_str id = gx_json_get_str(import, "id", GX_STR(""));
    GX_CLI_TRY(cli_import_reading(cli, id, &import));
    GX_CLI_TRY(cli_import_plan(cli, id, &import));
    if (gx_cli_has(cli, "dry-run")) {
        GX_CLI_TRY(job(cli, id, "check", &import));
        GX_CLI_TRY(cli_import_diff(cli, id));
    } else {
        GX_CLI_TRY(job(cli, id, "run", &import));
    }
    return cli_import_report(cli, import);
}

static enum gx_exit import_list(struct gx_cli *cli)
{
    static const char *const heads[] = { "id",   "at",      "object",  "file",  "state",
                                         "done", "created", "updated", "failed" };
    static const char *const counts[] = { "create", "update", "failed" };
    struct gx_table *table = gx_table_new(cli, heads, GX_COUNT(heads));
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_get_json(cli, cli_import_path(cli, GX_STR(""), ""), &reply));
    const struct gx_json *rows = gx_json_get(reply, "rows");
    for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next) {
        static const char *const texts[] = { "id", "created_at", "object", "file_name", "state" };
        if (cli->json) {
            gx_cli_print_json(k);
            continue;
        }
        for (size_t i = 0; i < GX_COUNT(texts); i++)
            gx_table_cell(table, gx_json_get_str(k, texts[i], GX_STR("")));
        int64_t done = gx_json_get_int(gx_json_get(k, "progress"), "done", 0);
        gx_table_number(table, gx_arena_printf(&cli->arena, "%lld", (long long)done));
        for (size_t i = 0; i < GX_COUNT(counts); i++) {
            int64_t n = gx_json_get_int(gx_json_get(k, "counts"), counts[i], 0);
            gx_table_number(table, gx_arena_printf(&cli->arena, "%lld", (long long)n));
        }
    }
    if (!cli->json)
        gx_table_print(table);
    return GX_EXIT_OK;
}

static enum gx_exit import_known(struct gx_cli *cli, struct gx_str id)
{
    const struct gx_json *import;
    if (gx_cli_arg_is(cli, 0, "undo"))
        GX_CLI_TRY(job(cli, id, "undo", &import));
    else if (gx_cli_arg_is(cli, 0, "resume"))
        GX_CLI_TRY(job(cli, id, "resume", &import));
    else if (gx_cli_arg_is(cli, 0, "cancel"))
        GX_CLI_TRY(
            gx_cli_send(cli, "POST", cli_import_path(cli, id, "cancel"), GX_STR(""), &import));
    else
        GX_CLI_TRY(watch(cli, id, &import));
    if (!gx_cli_arg_is(cli, 0, "undo"))
        return cli_import_report(cli, import);
    if (cli->json)
        gx_cli_print_json(import);
    else
        cli_import_counts(cli, import);
    cli_import_errors(cli, import);
    return gx_str_is(gx_json_get_str(import, "state", GX_STR("")), "undone") ? GX_EXIT_OK
                                                                             : GX_EXIT_REFUSED;
}

static enum gx_exit import(struct gx_cli *cli)
{
    static const char *const verbs[] = { "show", "undo", "resume", "cancel" };
    if (gx_cli_arg_is(cli, 0, "list") && cli->arg_count == 1)
        return import_list(cli);
    for (size_t i = 0; i < GX_COUNT(verbs); i++)
        if (gx_cli_arg_is(cli, 0, verbs[i]) && cli->arg_count == 2)
            return import_known(cli, cli->args[1]);
    GX_CLI_TRY(gx_cli_want_args(cli, 1, 1));
    return import_file(cli);
}

static const struct gx_cli_option options[] = {
    { "object", "OBJECT", "what the rows are; else guessed from the columns",
      "資料的種類；未指定時由欄名推測", 0 },
    { "mode", "MODE", "create, update or both (create)", "create、update 或 both（create）", 0 },
    { "match", "FIELD", "field that finds the record to update; may be repeated",
      "用來找出既有資料的欄位，可重複指定", 0 },
    { "map", "COLUMN=FIELD", "this column is that field (none: leave it out); may be repeated",
      "指定某欄對應的欄位（留空為略過），可重複指定", 0 },
    { "only", NULL, "only the columns named by --map, no guessing", "只用 --map 指定的欄，不推測",
      0 },
    { "set", "FIELD=VALUE", "the same value in every row; may be repeated",
      "每一列都填入同一個值，可重複指定", 0 },
    { "link", "FIELD:TEXT=RECORD", "in that field this text means that record; may be repeated",
      "該欄位中的這段文字代表這筆資料，可重複指定", 0 },
    { "accept-suggestions", NULL, "take the clearly nearest record for a name that is not there",
      "名稱不存在時採用明顯最接近的資料", 0 },
    { "dry-run", NULL, "only say, row by row, what would happen", "只逐列說明會發生什麼事", 0 },
    { "failed", "FILE", "write the rows that failed, with reasons, as CSV",
      "將失敗的列與原因寫成 CSV", 0 },
    { "encoding", "NAME", "such as big5; else found out", "編碼，如 big5；未指定時自動判斷", 0 },
    { "delimiter", "C", "what stands between cells, or tab; else found out",
      "分隔字元或 tab；未指定時自動判斷", 0 },
    { "sheet", "NAME", "sheet of a workbook; else the first", "活頁簿的工作表；未指定時為第一張",
      0 },
    { "header-row", "N", "row with the titles, from 1; 0: there is none",
      "標題所在的列，由 1 起算；0 為沒有標題", 0 },
    { "date-order", "ORDER", "dmy, mdy or ymd, for dates such as 03/04/2026",
      "dmy、mdy 或 ymd，用於 03/04/2026 這類日期", 0 },
    { 0 },
};

const struct gx_command gx_command_import = {
    .name = "import",
    .args = "FILE | list | show ID | undo ID | resume ID | cancel ID",
    .en = "records from CSV, TSV, XLSX or NDJSON; take an import back",
    .zh = "由 CSV、TSV、XLSX 或 NDJSON 匯入資料；復原匯入",
    .more_en =
        "Columns are matched to fields by their titles, in either language; --map overrules. "
        "Rows that\nfail are left out and reported. Ctrl-C stops after the rows at hand; "
        "`resume` goes on from\nthere. `undo` takes back everything an import did, updates "
        "included. Exit status 1 if any\nrow failed.",
    .more_zh =
        "依欄名（中英文皆可）對應欄位，--map 可改。失敗的列會略過並列出原因。按 Ctrl-C 會在目前\n"
        "這批之後停止，resume 由該處繼續。undo 會復原整次匯入，包括更新。有任何一列失敗時，\n"
        "結束代碼為 1。",
    .example = "import accounts.csv --object account --mode both --match external_id --dry-run\n"
               "import accounts.csv --object account --mode both --match external_id\n"
               "import pipeline.csv --object opportunity --map \"Deal Stage=stage\" "
               "--accept-suggestions --failed failed.csv\nimport undo 889331002351616",
    .options = options,
    .args_min = 1,
    .args_max = 2,
    .run = import,
};
