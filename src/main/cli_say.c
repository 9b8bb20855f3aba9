/* cli_say.c - what went wrong, said so that it can be put right. */
#include "main/cli.h"

#include <stdarg.h>

#include "base/text.h"

enum { BODY_SHOWN_MAX = 500 };

enum gx_exit gx_cli_fail(const struct gx_cli *cli, const char *format, ...)
{
    (void)cli;
    va_list args;
    va_start(args, format);
    fflush(stdout);
    fputs("guanxi: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return GX_EXIT_REFUSED;
}

enum gx_exit gx_cli_usage(const struct gx_cli *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("guanxi: ", stderr);
    vfprintf(stderr, format, args);
    va_end(args);
    if (cli->command)
        fprintf(
            stderr,
            GX_SAY(cli, "\n`guanxi help %s` says more.\n", "\n「guanxi help %s」有詳細說明。\n"),
            cli->command->name);
    else
        fputs(GX_SAY(cli, "\n`guanxi help` lists the commands.\n",
                     "\n「guanxi help」列出所有指令。\n"),
              stderr);
    return GX_EXIT_USAGE;
}

enum gx_exit gx_cli_errors(const struct gx_cli *cli, const struct gx_ctx *ctx)
{
    for (const struct gx_error *e = ctx->errors; e; e = e->next) {
        struct gx_str text = gx_error_text(ctx->arena, e, ctx->lang);
        fputs("guanxi: ", stderr);
        if (e->file.n)
            fprintf(stderr, "%.*s:%lld: ", GX_STR_ARG(e->file), (long long)e->line);
        if (e->path.n)
            fprintf(stderr, "%.*s: ", GX_STR_ARG(e->path));
        fprintf(stderr, "%.*s\n", GX_STR_ARG(text));
    }
    if (!ctx->errors)
        gx_cli_fail(cli, "%s", GX_SAY(cli, "This did not work.", "無法執行。"));
    return GX_EXIT_REFUSED;
}

void gx_cli_remember(struct gx_cli *cli, struct gx_str path, struct gx_str text)
{
    if (cli->text_count < GX_CLI_TEXTS_MAX)
        cli->texts[cli->text_count++] = (struct gx_cli_text){ path, text };
}

/* The line of `text` that has byte `at`, and a caret under it. */
static void print_position(struct gx_str text, size_t at)
{
    if (at > text.n)
        at = text.n;
    size_t start = at, end = at;
    while (start > 0 && text.p[start - 1] != '\n')
        start--;
    while (end < text.n && text.p[end] != '\n')
        end++;
    fprintf(stderr, "    %.*s\n    %*s^\n", (int)(end - start), text.p + start,
            (int)gx_cli_width((struct gx_str){ text.p + start, at - start }), "");
}

static struct gx_str remembered(const struct gx_cli *cli, struct gx_str path)
{
    for (size_t i = cli->text_count; i-- > 0;)
        if (gx_str_eq(cli->texts[i].path, path))
            return cli->texts[i].text;
    return GX_STR("");
}

void gx_cli_print_error(const struct gx_cli *cli, const struct gx_json *error)
{
    struct gx_str path = gx_json_get_str(error, "path", GX_STR(""));
    struct gx_str file = gx_json_get_str(error, "file", GX_STR(""));
    struct gx_str text = remembered(cli, path);
    int64_t line = gx_json_get_int(error, "line", 0), at = gx_json_get_int(error, "at", -1);
    fputs("  ", stderr);
    if (file.n)
        fprintf(stderr, "%.*s: ", GX_STR_ARG(file));
    else if (line > 0)
        fprintf(stderr, GX_SAY(cli, "line %lld: ", "第 %lld 行："), (long long)line);
    if (path.n)
        fprintf(stderr, "%.*s: ", GX_STR_ARG(path));
    fprintf(stderr, "%.*s\n", GX_STR_ARG(gx_json_get_str(error, "detail", GX_STR(""))));
    if (text.n && at >= 0)
        print_position(text, (size_t)at);
}

enum gx_exit gx_cli_problem(const struct gx_cli *cli, struct gx_str body)
{
    struct gx_ctx ctx = cli->ctx;
    struct gx_json *root;
    ctx.errors = ctx.last_error = NULL;
    if (gx_json_read(&ctx, body, &root) != GX_OK || root->kind != GX_JSON_OBJECT)
        return gx_cli_fail(cli, "%.*s", (int)(body.n < BODY_SHOWN_MAX ? body.n : BODY_SHOWN_MAX),
                           body.p);
    const struct gx_json *errors = gx_json_get(root, "errors");
    struct gx_str title = gx_json_get_str(root, "title", GX_STR(""));
    struct gx_str detail = gx_json_get_str(root, "detail", title);
    const struct gx_json *first = errors ? errors->first : NULL;
    bool alone = !first || (!first->next && gx_json_get_str(first, "path", GX_STR("")).n == 0 &&
                            !gx_json_get(first, "line"));
    gx_cli_fail(cli, "%.*s", GX_STR_ARG(alone ? detail : title));
    for (; !alone && first; first = first->next)
        gx_cli_print_error(cli, first);
    return GX_EXIT_REFUSED;
}

static void join(const struct gx_cli *cli, const struct gx_json *value, const char *between,
                 struct gx_buf *out)
{
    for (const struct gx_json *k = value->first; k; k = k->next) {
        size_t before = out->n;
        if (before && k != value->first)
            gx_buf_addz(out, between);
        gx_cli_value_text(cli, k, out);
    }
}

static void object_text(const struct gx_cli *cli, const struct gx_json *value, struct gx_buf *out)
{
    const struct gx_json *title = gx_json_get(value, "title");
    if (title && title->kind == GX_JSON_STRING)
        gx_buf_add(out, title->text);
    else if (gx_json_get(value, "id"))
        gx_cli_value_text(cli, gx_json_get(value, "id"), out);
    else if (gx_json_get(value, "lat"))
        join(cli, value, ", ", out);
    else
        join(cli, value, " ", out);
}

void gx_cli_value_text(const struct gx_cli *cli, const struct gx_json *value, struct gx_buf *out)
{
    if (!value)
        return;
    switch (value->kind) {
    case GX_JSON_NULL:
        break;
    case GX_JSON_BOOL:
        gx_buf_addz(out, value->truth ? GX_SAY(cli, "yes", "是") : GX_SAY(cli, "no", "否"));
        break;
    case GX_JSON_NUMBER:
    case GX_JSON_STRING:
        gx_buf_add(out, value->text);
        break;
    case GX_JSON_ARRAY:
        join(cli, value, ", ", out);
        break;
    case GX_JSON_OBJECT:
        object_text(cli, value, out);
        break;
    }
}

/* What a record holds must not be able to steer a terminal: C0, DEL and C1 become "?". */
void gx_cli_print(struct gx_str text)
{
    while (text.n) {
        size_t n;
        uint32_t c = gx_text_decode(text, &n);
        bool control = (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0);
        if (control)
            putchar('?');
        else
            fwrite(text.p, 1, n, stdout);
        text = gx_str_from(text, n);
    }
}

void gx_cli_print_json(const struct gx_json *value)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_json_write(&w, value);
    gx_buf_addc(&out, '\n');
    fwrite(out.p, 1, out.n, stdout);
    gx_buf_free(&out);
}

static void pretty(const struct gx_json *value, int depth, struct gx_buf *out)
{
    bool object = value->kind == GX_JSON_OBJECT;
    struct gx_jw w = gx_jw(out);
    if ((!object && value->kind != GX_JSON_ARRAY) || !value->first) {
        gx_json_write(&w, value);
        return;
    }
    gx_buf_addc(out, object ? '{' : '[');
    for (const struct gx_json *k = value->first; k; k = k->next) {
        gx_buf_printf(out, "\n%*s", 2 * depth + 2, "");
        if (object) {
            struct gx_jw key = gx_jw(out);
            gx_jw_str(&key, k->key);
            gx_buf_addz(out, ": ");
        }
        pretty(k, depth + 1, out);
        if (k->next)
            gx_buf_addc(out, ',');
    }
    gx_buf_printf(out, "\n%*s%c", 2 * depth, "", object ? '}' : ']');
}

void gx_cli_print_pretty(const struct gx_json *value)
{
    struct gx_buf out = { 0 };
    pretty(value, 0, &out);
    gx_buf_addc(&out, '\n');
    fwrite(out.p, 1, out.n, stdout);
    gx_buf_free(&out);
}
