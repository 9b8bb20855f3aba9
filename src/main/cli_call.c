/* cli_call.c - the way to the data: the server that has the folder, or one of our own. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "main/cli.h"
#include "main/serve.h"

enum {
    BUSY_TRIES_MAX = 100, /* half a minute in all */
    BUSY_WAIT_MS = 300,
    FILE_BLOCK_BYTES = 65536,
    FILE_BYTES_MAX = 64 << 20,
    HEADERS_MAX = 9,
    KEYED_BYTES_MAX = 65536, /* larger replies are not worth keeping for a repetition */
};

static void wait_ms(long ms)
{
    struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
    nanosleep(&t, NULL);
}

static void clear_errors(struct gx_ctx *ctx)
{
    ctx->errors = ctx->last_error = NULL;
    ctx->error_count = 0;
}

static enum gx_code start_own(struct gx_cli *cli)
{
    struct gx_app_options options = {
        .dir = cli->dir,
        .url = cli->url,
        .tenant = cli->tenant,
        .create = cli->create,
        .quiet = true,
        .packs = cli->packs,
    };
    return gx_app_start(&cli->ctx, &options, &cli->app);
}

enum gx_exit gx_cli_take_folder(struct gx_cli *cli, int *ret_lock)
{
    struct gx_str path = gx_arena_printf(&cli->arena, "%s/guanxi.lock", cli->dir);
    int fd = open(path.p, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return gx_cli_fail(
            cli, GX_SAY(cli, "There is no Guanxi data in \"%s\".", "「%s」裡沒有 Guanxi 的資料。"),
            cli->dir);
    *ret_lock = fd;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return GX_EXIT_OK;
    close(fd);
    return gx_cli_fail(
        cli, GX_SAY(cli, "A server has \"%s\". Stop it first.", "「%s」正由伺服器使用，請先停止。"),
        cli->dir);
}

/*
 * Another process that has the folder may be a server that is just starting, or a command that
 * will be done in a moment: try both ways for a while.
 */
static enum gx_exit open_client(struct gx_cli *cli)
{
    if (cli->client)
        return GX_EXIT_OK;
    struct gx_str path = gx_arena_printf(&cli->arena, "%s/guanxi.sock", cli->dir);
    for (int tries = 0;; tries++) {
        clear_errors(&cli->ctx);
        if (gx_client_open(&cli->ctx, path.p, &cli->client) == GX_OK)
            break;
        clear_errors(&cli->ctx);
        enum gx_code code = cli->app ? GX_E_IO : start_own(cli);
        if (code == GX_E_BUSY && tries < BUSY_TRIES_MAX)
            wait_ms(BUSY_WAIT_MS);
        else if (code != GX_OK)
            return gx_cli_errors(cli, &cli->ctx);
    }
    clear_errors(&cli->ctx);
    return GX_EXIT_OK;
}

void gx_cli_end(struct gx_cli *cli)
{
    gx_client_close(cli->client);
    cli->client = NULL;
    if (cli->app)
        gx_app_stop(cli->app);
    cli->app = NULL;
}

struct gx_str gx_cli_path(struct gx_cli *cli, struct gx_str a, struct gx_str b, struct gx_str c)
{
    struct gx_str pieces[] = { a, b, c }, path = GX_STR("/api/v1");
    for (size_t i = 0; i < GX_COUNT(pieces) && pieces[i].n; i++)
        path = gx_arena_printf(&cli->arena, "%.*s/%.*s", GX_STR_ARG(path),
                               GX_STR_ARG(gx_client_encode(&cli->arena, pieces[i])));
    return path;
}

struct gx_str gx_cli_query(struct gx_cli *cli, struct gx_str target, const char *name,
                           struct gx_str value)
{
    if (value.n == 0)
        return target;
    gx_cli_remember(cli, gx_str_c(name), value);
    return gx_arena_printf(&cli->arena, "%.*s%c%s=%.*s", GX_STR_ARG(target),
                           gx_str_find(target, '?') < target.n ? '&' : '?', name,
                           GX_STR_ARG(gx_client_encode(&cli->arena, value)));
}

/*
 * The server may be another command's, about to end, and close the connection before it took the
 * request or after it did: a key makes sending it again safe.
 */
static bool is_keyed(const struct gx_cli_call *call)
{
    return strcmp(call->method, "GET") != 0 && !call->body_fd && !call->take &&
           call->body.n <= KEYED_BYTES_MAX;
}

static struct gx_str new_key(struct gx_cli *cli)
{
    unsigned char bytes[16];
    char hex[2 * sizeof bytes + 1];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
    return gx_arena_str(&cli->arena, gx_str_c(hex));
}

static size_t make_headers(struct gx_cli *cli, const struct gx_cli_call *call,
                           struct gx_header *headers)
{
    size_t n = 0;
    if (is_keyed(call))
        headers[n++] = (struct gx_header){ GX_STR("Idempotency-Key"), new_key(cli) };
    headers[n++] =
        (struct gx_header){ GX_STR("Accept-Language"), cli->zh ? GX_STR("zh-TW") : GX_STR("en") };
    if (gx_cli_has(cli, "tenant")) /* else a server's front */
        headers[n++] = (struct gx_header){ GX_STR("X-Guanxi-Tenant"), gx_str_c(cli->tenant) };
    if (cli->as.n)
        headers[n++] = (struct gx_header){ GX_STR("X-Guanxi-As"), cli->as };
    if (call->body.n && !call->body_fd)
        headers[n++] = (struct gx_header){ GX_STR("Content-Type"), GX_STR("application/json") };
    for (size_t i = 0; i < GX_COUNT(call->headers) && call->headers[i].name.n; i++)
        headers[n++] = call->headers[i];
    return n;
}

/* Reading may simply be done again, and so may a write with a key. */
static bool may_repeat(const struct gx_cli_call *call)
{
    return (strcmp(call->method, "GET") == 0 && !call->take) || is_keyed(call);
}

enum gx_exit gx_cli_call(struct gx_cli *cli, const struct gx_cli_call *call,
                         struct gx_client_reply *ret_reply)
{
    struct gx_header headers[HEADERS_MAX];
    struct gx_client_request request = {
        .method = call->method,
        .target = call->target,
        .headers = headers,
        .header_count = make_headers(cli, call, headers),
        .body = call->body,
        .body_fd = call->body_fd,
        .take = call->take,
        .take_p = call->take_p,
    };
    struct gx_ctx ctx = cli->ctx;
    enum gx_code code = GX_E_IO;
    for (int tries = 0; code != GX_OK; tries++) {
        GX_CLI_TRY(open_client(cli));
        ctx.arena = call->arena ? call->arena : &cli->arena;
        clear_errors(&ctx);
        code = gx_client_call(&ctx, cli->client, &request, ret_reply);
        if (code == GX_OK)
            break;
        gx_client_close(cli->client);
        cli->client = NULL;
        if (code != GX_E_IO || tries || !may_repeat(call))
            return gx_cli_errors(cli, &ctx);
    }
    if (ret_reply->status >= 400 && !call->allow_problem)
        return gx_cli_problem(cli, ret_reply->body);
    return GX_EXIT_OK;
}

enum gx_exit gx_cli_send(struct gx_cli *cli, const char *method, struct gx_str target,
                         struct gx_str body, const struct gx_json **ret_json)
{
    struct gx_cli_call call = { .method = method, .target = target, .body = body };
    struct gx_client_reply reply;
    struct gx_json *root = NULL;
    GX_CLI_TRY(gx_cli_call(cli, &call, &reply));
    if (reply.body.n && ret_json && gx_json_read(&cli->ctx, reply.body, &root) != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    if (ret_json)
        *ret_json = root;
    return GX_EXIT_OK;
}

enum gx_exit gx_cli_get_json(struct gx_cli *cli, struct gx_str target,
                             const struct gx_json **ret_json)
{
    return gx_cli_send(cli, "GET", target, GX_STR(""), ret_json);
}

struct gx_str gx_cli_take(struct gx_cli *cli, struct gx_buf *buf)
{
    struct gx_str s = gx_arena_str(&cli->arena, gx_buf_str(buf));
    gx_buf_free(buf);
    return s;
}

enum gx_exit gx_cli_file(struct gx_cli *cli, struct gx_str name, struct gx_str *ret_bytes)
{
    bool is_stdin = gx_str_is(name, "-");
    int fd = is_stdin ? STDIN_FILENO : open(gx_arena_cstr(&cli->arena, name), O_RDONLY | O_CLOEXEC);
    struct gx_buf out = { .max = FILE_BYTES_MAX };
    ssize_t n = fd < 0 ? -1 : 1;
    while (n > 0 && gx_buf_reserve(&out, FILE_BLOCK_BYTES)) {
        n = read(fd, out.p + out.n, FILE_BLOCK_BYTES);
        if (n > 0)
            out.n += (size_t)n;
    }
    int why = errno;
    if (fd >= 0 && !is_stdin)
        close(fd);
    if (n != 0) {
        gx_buf_free(&out);
        return gx_cli_fail(cli, "%.*s: %s", GX_STR_ARG(name),
                           n < 0 ? strerror(why)
                                 : GX_SAY(cli, "larger than 64 MiB", "超過 64 MiB"));
    }
    *ret_bytes = gx_cli_take(cli, &out);
    return GX_EXIT_OK;
}
