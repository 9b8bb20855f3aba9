/* cli_import_report.c - what came of an import: counts, links, errors, failing rows. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "main/cli_import.h"

enum { ERRORS_SHOWN = 10, LINKS_SHOWN = 10 };

void cli_import_counts(const struct gx_cli *cli, const struct gx_json *import)
{
    const struct gx_json *counts = gx_json_get(import, "counts");
    struct gx_str id = gx_json_get_str(import, "id", GX_STR(""));
    struct gx_str state = gx_json_get_str(import, "state", GX_STR(""));
    printf(GX_SAY(cli, "import %.*s %.*s: %lld created, %lld updated, %lld same, %lld failed\n",
                  "匯入 %.*s %.*s：新增 %lld、更新 %lld、相同 %lld、失敗 %lld\n"),
           GX_STR_ARG(id), GX_STR_ARG(state), (long long)gx_json_get_int(counts, "create", 0),
           (long long)gx_json_get_int(counts, "update", 0),
           (long long)gx_json_get_int(counts, "same", 0),
           (long long)gx_json_get_int(counts, "failed", 0));
}

static void print_link(const struct gx_cli *cli, const struct gx_json *link)
{
    const struct gx_json *suggestions = gx_json_get(link, "suggestions");
    const struct gx_json *first = suggestions ? suggestions->first : NULL;
    struct gx_str taken = gx_json_get_str(link, "taken", GX_STR(""));
    struct gx_str title = gx_json_get_str(first, "title", GX_STR(""));
    fprintf(stderr, "  %.*s: \"%.*s\" (%lld)",
            GX_STR_ARG(gx_json_get_str(link, "field", GX_STR(""))),
            GX_STR_ARG(gx_json_get_str(link, "text", GX_STR(""))),
            (long long)gx_json_get_int(link, "count", 0));
    if (taken.n)
        fprintf(stderr, GX_SAY(cli, " taken as \"%.*s\"", " 視為「%.*s」"), GX_STR_ARG(title));
    else if (title.n)
        fprintf(stderr,
                GX_SAY(cli, " is not there; did you mean \"%.*s\"?", " 不存在，是不是「%.*s」？"),
                GX_STR_ARG(title));
    else
        fputs(GX_SAY(cli, " is not there", " 不存在"), stderr);
    fputc('\n', stderr);
}

static void print_links(const struct gx_cli *cli, const struct gx_json *import)
{
    const struct gx_json *links = gx_json_get(import, "links");
    int n = 0;
    bool open = false;
    for (const struct gx_json *k = links ? links->first : NULL; k && n < LINKS_SHOWN;
         k = k->next, n++) {
        print_link(cli, k);
        open |= gx_json_get_str(k, "taken", GX_STR("")).n == 0;
    }
    if (open)
        fputs(
            GX_SAY(
                cli,
                "  (--accept-suggestions takes what is clearly nearest; --link FIELD:TEXT=RECORD "
                "says it one by one)\n",
                "  （--accept-suggestions 採用明顯最接近者；--link 欄位:文字=資料 可逐一指定）\n"),
            stderr);
}

void cli_import_errors(const struct gx_cli *cli, const struct gx_json *import)
{
    const struct gx_json *errors = gx_json_get(import, "errors");
    struct gx_str problem = gx_json_get_str(import, "problem", GX_STR(""));
    int n = 0;
    if (problem.n)
        fprintf(stderr, "  %.*s\n", GX_STR_ARG(problem));
    for (const struct gx_json *k = errors ? errors->first : NULL; k; k = k->next, n++) {
        if (n == ERRORS_SHOWN) {
            fputs(GX_SAY(cli, "  … (--failed FILE writes all of them)\n",
                         "  …（--failed FILE 可寫出全部）\n"),
                  stderr);
            return;
        }
        struct gx_str field = gx_json_get_str(k, "field", GX_STR(""));
        fprintf(stderr, GX_SAY(cli, "  row %lld: ", "  第 %lld 列："),
                (long long)gx_json_get_int(k, "row", 0));
        if (field.n)
            fprintf(stderr, "%.*s: ", GX_STR_ARG(field));
        fprintf(stderr, "%.*s\n", GX_STR_ARG(gx_json_get_str(k, "detail", GX_STR(""))));
    }
}

static enum gx_exit write_failed(struct gx_cli *cli, struct gx_str id, struct gx_str name)
{
    struct gx_cli_call call = { .method = "GET", .target = cli_import_path(cli, id, "failed") };
    struct gx_client_reply reply;
    GX_CLI_TRY(gx_cli_call(cli, &call, &reply));
    FILE *file = fopen(gx_arena_cstr(&cli->arena, name), "wbe");
    bool ok = file && fwrite(reply.body.p, 1, reply.body.n, file) == reply.body.n;
    if ((file && fclose(file) != 0) || !ok)
        return gx_cli_fail(cli, "%.*s: %s", GX_STR_ARG(name), strerror(errno));
    return GX_EXIT_OK;
}

enum gx_exit cli_import_diff(struct gx_cli *cli, struct gx_str id)
{
    struct gx_str cursor = GX_STR("");
    do {
        const struct gx_json *page;
        struct gx_str target = cli_import_path(cli, id, "diff");
        GX_CLI_TRY(gx_cli_get_json(cli, gx_cli_query(cli, target, "cursor", cursor), &page));
        const struct gx_json *rows = gx_json_get(page, "rows");
        for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next) {
            if (cli->json) {
                gx_cli_print_json(k);
                continue;
            }
            const struct gx_json *changes = gx_json_get(k, "changes");
            printf("%lld  %-6.*s  ", (long long)gx_json_get_int(k, "row", 0),
                   GX_STR_ARG(gx_json_get_str(k, "action", GX_STR(""))));
            gx_cli_print(gx_json_get_str(k, "title", GX_STR("")));
            for (const struct gx_json *c = changes ? changes->first : NULL; c; c = c->next) {
                struct gx_buf text = { 0 };
                gx_buf_printf(&text,
                              "  %.*s=", GX_STR_ARG(gx_json_get_str(c, "field", GX_STR(""))));
                gx_cli_value_text(cli, gx_json_get(c, "new"), &text);
                gx_cli_print(gx_buf_str(&text));
                gx_buf_free(&text);
            }
            putchar('\n');
        }
        cursor = gx_json_get_str(page, "next", GX_STR(""));
    } while (cursor.n);
    return GX_EXIT_OK;
}

enum gx_exit cli_import_report(struct gx_cli *cli, const struct gx_json *import)
{
    struct gx_str id = gx_json_get_str(import, "id", GX_STR(""));
    struct gx_str state = gx_json_get_str(import, "state", GX_STR(""));
    int64_t failed = gx_json_get_int(gx_json_get(import, "counts"), "failed", 0);
    struct gx_str file = gx_cli_get(cli, "failed", GX_STR(""));
    if (cli->json)
        gx_cli_print_json(import);
    else
        cli_import_counts(cli, import);
    fflush(stdout);
    print_links(cli, import);
    cli_import_errors(cli, import);
    if (failed && file.n)
        GX_CLI_TRY(write_failed(cli, id, file));
    if (gx_str_is(state, "cancelled"))
        fprintf(
            stderr,
            GX_SAY(cli,
                   "Stopped; `guanxi import resume %.*s` goes on, `import undo` takes it back.\n",
                   "已停止；「guanxi import resume %.*s」可繼續，import undo 可復原。\n"),
            GX_STR_ARG(id));
    return failed || gx_str_is(state, "failed") || gx_str_is(state, "cancelled") ? GX_EXIT_REFUSED
                                                                                 : GX_EXIT_OK;
}
