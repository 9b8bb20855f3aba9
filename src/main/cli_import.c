/* cli_import.c - a file into records: hand it in, say what is what, run it, watch it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "main/cli.h"

enum {
    WATCH_FIRST_MS = 20,
    WATCH_LAST_MS = 500,
    BAR_COLUMNS = 30,
    ERRORS_SHOWN = 10,
    LINKS_SHOWN = 10,
    PLAIN_LINE_EVERY_S = 5,
};

/* Set by Ctrl-C: the import under way is asked to stop after its batch. */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

static struct gx_str import_path(struct gx_cli *cli, struct gx_str id, const char *verb)
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

/* --- 1. the file becomes a draft */
static enum gx_exit hand_in(struct gx_cli *cli, struct gx_str name,
                            const struct gx_json **ret_draft)
{
    bool is_stdin = gx_str_is(name, "-");
    int fd = is_stdin ? STDIN_FILENO : open(gx_arena_cstr(&cli->arena, name), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return gx_cli_fail(cli, "%.*s: %s", GX_STR_ARG(name), strerror(errno));
    struct gx_cli_call call = {
        .method = "POST",
        .target = gx_cli_query(cli, import_path(cli, GX_STR(""), ""), "object",
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

/* --- 2. what differs from the draft's guess */
static bool split_pair(struct gx_str pair, struct gx_str *ret_left, struct gx_str *ret_right)
{
    /* The last "=": a column's title may have one, a field's name not. */
    size_t at = pair.n;
    while (at > 0 && pair.p[at - 1] != '=')
        at--;
    if (at == 0)
        return false;
    *ret_left = gx_str_trim((struct gx_str){ pair.p, at - 1 });
    *ret_right = gx_str_trim(gx_str_from(pair, at));
    return true;
}

/* Did --map say something about this column, or --set or --map about this field? */
static bool is_overruled(const struct gx_cli *cli, struct gx_str column, struct gx_str field)
{
    struct gx_str left, right;
    for (size_t i = 0; i < cli->given_count; i++) {
        const struct gx_cli_given *g = &cli->given[i];
        bool map = strcmp(g->name, "map") == 0, set = strcmp(g->name, "set") == 0;
        if (map && split_pair(g->value, &left, &right) &&
            (gx_str_eq(left, column) || (field.n && gx_str_eq(right, field))))
            return true;
        if (set && field.n && gx_str_starts(g->value, field) && g->value.n > field.n &&
            g->value.p[field.n] == '=')
            return true;
    }
    return false;
}

static void write_pair(struct gx_jw *w, const char *key, struct gx_str left, struct gx_str field)
{
    gx_jw_object(w);
    if (strcmp(key, "column") == 0)
        gx_jw_key_str(w, "column", left);
    gx_jw_key(w, GX_STR("field"));
    if (field.n)
        gx_jw_str(w, field);
    else
        gx_jw_null(w);
    if (strcmp(key, "value") == 0)
        gx_jw_key_str(w, "value", left);
    gx_jw_object_end(w);
}

static enum gx_exit write_mapping(struct gx_cli *cli, struct gx_jw *w, const struct gx_json *draft)
{
    const struct gx_json *guessed = gx_json_get(draft, "mapping");
    struct gx_str left, right;
    gx_jw_key(w, GX_STR("mapping"));
    gx_jw_array(w);
    for (const struct gx_json *k = guessed ? guessed->first : NULL; k && !gx_cli_has(cli, "only");
         k = k->next) {
        struct gx_str column = gx_json_get_str(k, "column", GX_STR(""));
        struct gx_str field = gx_json_get_str(k, "field", GX_STR(""));
        if (field.n && !is_overruled(cli, column, field))
            write_pair(w, "column", column, field);
    }
    for (size_t i = 0; i < cli->given_count; i++) {
        const struct gx_cli_given *g = &cli->given[i];
        size_t equals = gx_str_find(g->value, '=');
        if (strcmp(g->name, "map") == 0) {
            if (!split_pair(g->value, &left, &right))
                return gx_cli_usage(cli,
                                    GX_SAY(cli, "--map \"%.*s\" should be COLUMN=FIELD.",
                                           "--map「%.*s」應寫成 欄=欄位。"),
                                    GX_STR_ARG(g->value));
            if (right.n)
                write_pair(w, "column", left, right);
        } else if (strcmp(g->name, "set") == 0) {
            if (equals == g->value.n)
                return gx_cli_usage(cli,
                                    GX_SAY(cli, "--set \"%.*s\" should be FIELD=VALUE.",
                                           "--set「%.*s」應寫成 欄位=值。"),
                                    GX_STR_ARG(g->value));
            write_pair(w, "value", gx_str_from(g->value, equals + 1),
                       (struct gx_str){ g->value.p, equals });
        }
    }
    gx_jw_array_end(w);
    return GX_EXIT_OK;
}

/* --link FIELD:TEXT=RECORD, gathered by field. */
static enum gx_exit write_links(struct gx_cli *cli, struct gx_jw *w, const struct gx_json *object)
{
    const struct gx_json *fields = gx_json_get(object, "fields");
    gx_jw_key(w, GX_STR("links"));
    gx_jw_object(w);
    for (const struct gx_json *f = fields ? fields->first : NULL; f; f = f->next) {
        struct gx_str name = gx_json_get_str(f, "name", GX_STR(""));
        bool open = false;
        for (size_t i = 0; i < cli->given_count; i++) {
            struct gx_str given = cli->given[i].value, text, record, id;
            if (strcmp(cli->given[i].name, "link") != 0 || !gx_str_starts(given, name) ||
                given.n <= name.n || given.p[name.n] != ':' ||
                !split_pair(gx_str_from(given, name.n + 1), &text, &record))
                continue;
            GX_CLI_TRY(gx_cli_resolve(cli, gx_json_get_str(f, "to", GX_STR("")), record, &id));
            if (!open) {
                gx_jw_key(w, name);
                gx_jw_object(w);
            }
            open = true;
            gx_jw_key(w, text);
            gx_jw_str(w, id);
        }
        if (open)
            gx_jw_object_end(w);
    }
    gx_jw_object_end(w);
    return GX_EXIT_OK;
}

static void write_text_option(const struct gx_cli *cli, struct gx_jw *w, const char *option,
                              const char *key)
{
    struct gx_str value = gx_cli_get(cli, option, GX_STR(""));
    if (value.n == 0)
        return;
    if (gx_str_is(value, "tab"))
        value = GX_STR("\t");
    gx_jw_key_str(w, key, value);
}

static void write_match(const struct gx_cli *cli, struct gx_jw *w)
{
    gx_jw_key(w, GX_STR("match"));
    gx_jw_array(w);
    for (size_t i = 0; i < cli->given_count; i++) {
        struct gx_str rest = cli->given[i].value, name;
        while (strcmp(cli->given[i].name, "match") == 0 && gx_str_split(&rest, ',', &name))
            if (gx_str_trim(name).n)
                gx_jw_str(w, gx_str_trim(name));
    }
    gx_jw_array_end(w);
}

/* How the file is to be read: the columns are only known after this. */
static enum gx_exit patch_reading(struct gx_cli *cli, struct gx_str id,
                                  const struct gx_json **draft)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    int64_t header_row;
    GX_CLI_TRY(gx_cli_get_int(cli, "header-row", -1, 0, 1000, &header_row));
    gx_jw_object(&w);
    write_text_option(cli, &w, "encoding", "encoding");
    write_text_option(cli, &w, "delimiter", "delimiter");
    write_text_option(cli, &w, "sheet", "sheet");
    if (header_row >= 0)
        gx_jw_key_int(&w, "header_row", header_row);
    gx_jw_object_end(&w);
    struct gx_str text = gx_cli_take(cli, &body);
    if (text.n <= 2)
        return GX_EXIT_OK;
    return gx_cli_send(cli, "PATCH", import_path(cli, id, ""), text, draft);
}

static enum gx_exit patch_plan(struct gx_cli *cli, struct gx_str id, const struct gx_json **draft)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    const struct gx_json *object;
    GX_CLI_TRY(gx_cli_object(cli, gx_json_get_str(*draft, "object", GX_STR("")), &object));
    gx_jw_object(&w);
    write_text_option(cli, &w, "mode", "mode");
    write_text_option(cli, &w, "date-order", "date_order");
    if (gx_cli_has(cli, "match"))
        write_match(cli, &w);
    if (gx_cli_has(cli, "accept-suggestions"))
        gx_jw_key_bool(&w, "accept_suggestions", true);
    enum gx_exit code = GX_EXIT_OK;
    if (gx_cli_has(cli, "link"))
        code = write_links(cli, &w, object);
    if (code == GX_EXIT_OK)
        code = write_mapping(cli, &w, *draft);
    if (code != GX_EXIT_OK) {
        gx_buf_free(&body);
        return code;
    }
    gx_jw_object_end(&w);
    return gx_cli_send(cli, "PATCH", import_path(cli, id, ""), gx_cli_take(cli, &body), draft);
}

/* --- 3. watching it work */
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
        code = gx_cli_get_json(cli, import_path(cli, id, ""), ret_import);
        if (code != GX_EXIT_OK || !is_working(gx_json_get_str(*ret_import, "state", GX_STR(""))))
            break;
        if (interrupted && !cancelled) {
            struct gx_cli_call call = { .method = "POST",
                                        .target = import_path(cli, id, "cancel"),
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
    GX_CLI_TRY(gx_cli_send(cli, "POST", import_path(cli, id, verb), GX_STR(""), NULL));
    return watch(cli, id, ret_import);
}

/* --- 4. what came of it */
static void print_counts(const struct gx_cli *cli, const struct gx_json *import)
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

static void print_errors(const struct gx_cli *cli, const struct gx_json *import)
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
    struct gx_cli_call call = { .method = "GET", .target = import_path(cli, id, "failed") };
    struct gx_client_reply reply;
    GX_CLI_TRY(gx_cli_call(cli, &call, &reply));
    FILE *file = fopen(gx_arena_cstr(&cli->arena, name), "wbe");
    bool ok = file && fwrite(reply.body.p, 1, reply.body.n, file) == reply.body.n;
    if ((file && fclose(file) != 0) || !ok)
        return gx_cli_fail(cli, "%.*s: %s", GX_STR_ARG(name), strerror(errno));
    return GX_EXIT_OK;
}

/* Rows of a dry run, as the server worked them out. */
static enum gx_exit print_diff(struct gx_cli *cli, struct gx_str id)
{
    struct gx_str cursor = GX_STR("");
    do {
        const struct gx_json *page;
        struct gx_str target = import_path(cli, id, "diff");
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

static enum gx_exit report(struct gx_cli *cli, const struct gx_json *import)
{
    struct gx_str id = gx_json_get_str(import, "id", GX_STR(""));
    struct gx_str state = gx_json_get_str(import, "state", GX_STR(""));
    int64_t failed = gx_json_get_int(gx_json_get(import, "counts"), "failed", 0);
    struct gx_str file = gx_cli_get(cli, "failed", GX_STR(""));
    if (cli->json)
        gx_cli_print_json(import);
    else
        print_counts(cli, import);
    fflush(stdout);
    print_links(cli, import);
    print_errors(cli, import);
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

static enum gx_exit import_file(struct gx_cli *cli)
{
    const struct gx_json *import;
    GX_CLI_TRY(hand_in(cli, cli->args[0], &import));
    struct gx_str id = gx_json_get_str(import, "id", GX_STR(""));
    GX_CLI_TRY(patch_reading(cli, id, &import));
    GX_CLI_TRY(patch_plan(cli, id, &import));
    if (gx_cli_has(cli, "dry-run")) {
        GX_CLI_TRY(job(cli, id, "check", &import));
        GX_CLI_TRY(print_diff(cli, id));
    } else {
        GX_CLI_TRY(job(cli, id, "run", &import));
    }
    return report(cli, import);
}

static enum gx_exit import_list(struct gx_cli *cli)
{
    static const char *const heads[] = { "id",   "at",      "object",  "file",  "state",
                                         "done", "created", "updated", "failed" };
    static const char *const counts[] = { "create", "update", "failed" };
    struct gx_table *table = gx_table_new(cli, heads, GX_COUNT(heads));
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_get_json(cli, import_path(cli, GX_STR(""), ""), &reply));
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
        GX_CLI_TRY(gx_cli_send(cli, "POST", import_path(cli, id, "cancel"), GX_STR(""), &import));
    else
        GX_CLI_TRY(watch(cli, id, &import));
    if (!gx_cli_arg_is(cli, 0, "undo"))
        return report(cli, import);
    if (cli->json)
        gx_cli_print_json(import);
    else
        print_counts(cli, import);
    print_errors(cli, import);
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
