/* cli_serve.c - serve: the program as a server; init: a new data folder. */
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "main/cli.h"
#include "main/serve.h"

enum { PACKS_MAX = 32, BUSY_TRIES_MAX = 20, BUSY_WAIT_MS = 150 };

/* "core,sales" as a NULL-ended list. */
static const char *const *pack_list(struct gx_cli *cli)
{
    struct gx_str rest = gx_cli_get(cli, "packs", GX_STR("")), name;
    const char **packs = GX_ARENA_ARRAY(&cli->arena, const char *, PACKS_MAX + 1);
    size_t n = 0;
    if (rest.n == 0)
        return NULL;
    while (n < PACKS_MAX && gx_str_split(&rest, ',', &name))
        if (gx_str_trim(name).n)
            packs[n++] = gx_arena_cstr(&cli->arena, gx_str_trim(name));
    return packs;
}

static enum gx_exit serve(struct gx_cli *cli)
{
    struct gx_app_options options = {
        .dir = cli->dir,
        .url = cli->url,
        .tenant = cli->tenant,
        .listen = gx_arena_cstr(&cli->arena, gx_cli_get(cli, "listen", GX_STR("127.0.0.1:8080"))),
        .packs = pack_list(cli),
        .create = true,
        .quiet = gx_cli_has(cli, "quiet"),
        .https = gx_cli_has(cli, "https"),
    };
    sigset_t set;
    int signal_number;
    /* Blocked before any thread is made, so that only sigwait() gets them. */
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    gx_log_set_level(GX_LOG_INFO);
    enum gx_code code = gx_app_start(&cli->ctx, &options, &cli->app);
    /* A command that has the folder will be done in a moment. */
    for (int tries = 0; code == GX_E_BUSY && tries < BUSY_TRIES_MAX; tries++) {
        gx_ctx_clear(&cli->ctx);
        nanosleep(&(struct timespec){ 0, BUSY_WAIT_MS * 1000000 }, NULL);
        code = gx_app_start(&cli->ctx, &options, &cli->app);
    }
    if (code != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    size_t colon = strlen(options.listen);
    while (colon > 0 && options.listen[colon - 1] != ':')
        colon--;
    printf("Guanxi is at http://%.*s%d\n", (int)colon, options.listen, gx_app_port(cli->app));
    if (gx_app_setup_token(cli->app))
        printf(
            GX_SAY(cli,
                   "Nobody can sign in yet. Make the first administrator at\n"
                   "http://%.*s%d/setup#%s\n"
                   "(this address is secret, and works once, for as long as this program runs)\n",
                   "目前沒有人能登入。請開啟下列網址建立第一位管理員：\n"
                   "http://%.*s%d/setup#%s\n"
                   "（請勿外流；只能使用一次，程式結束後失效）\n"),
            (int)colon, options.listen, gx_app_port(cli->app), gx_app_setup_token(cli->app));
    fflush(stdout);
    sigwait(&set, &signal_number);
    return GX_EXIT_OK;
}

static const struct gx_cli_option serve_options[] = {
    { "listen", "HOST:PORT", "where to listen (127.0.0.1:8080); port 0: any free one",
      "接受連線的位址（127.0.0.1:8080）；埠 0 為任一可用埠", 0 },
    { "packs", "A,B", "packs of a new data folder (core,sales)", "新資料目錄的套件（core,sales）",
      0 },
    { "https", NULL, "people come by HTTPS (a proxy in front): cookies are Secure",
      "使用者經由 HTTPS 連線（前面有代理伺服器）：Cookie 設為 Secure", 0 },
    { "quiet", NULL, "no log line for each request", "不記錄每個請求", 0 },
    { 0 },
};

const struct gx_command gx_command_serve = {
    .name = "serve",
    .args = "",
    .en = "serve people and programs until SIGINT or SIGTERM",
    .zh = "提供服務，直到收到 SIGINT 或 SIGTERM",
    .more_en = "Prints where it is once it is ready. Other commands on the same data folder go "
               "through this\nserver while it runs. While nobody can sign in, it also prints an "
               "address, good once, where the\nfirst administrator is made in the browser.",
    .more_zh = "就緒後會印出網址。執行期間，同一資料目錄的其他指令都透過這個伺服器執行。\n"
               "還沒有人能登入時，會另外印出只能使用一次的網址，供您在瀏覽器建立第一位管理員。",
    .example = "serve --data /srv/guanxi --listen 127.0.0.1:8080",
    .options = serve_options,
    .run = serve,
};

static enum gx_exit init(struct gx_cli *cli)
{
    struct gx_str login = gx_cli_get(cli, "admin", GX_STR("admin")), password, id;
    struct gx_str role = GX_STR("admin");
    const struct gx_json *users;
    bool made;
    cli->create = true;
    cli->packs = pack_list(cli);
    GX_CLI_TRY(gx_cli_password(cli, &password, &made));
    struct gx_str path = gx_cli_path(cli, GX_STR("user"), GX_STR("count"), GX_STR(""));
    GX_CLI_TRY(gx_cli_get_json(cli, path, &users));
    if (gx_json_get_int(users, "count", 0) > 0)
        return gx_cli_fail(
            cli,
            GX_SAY(cli, "There is Guanxi data in \"%s\" already.", "「%s」裡已有 Guanxi 的資料。"),
            cli->dir);
    GX_CLI_TRY(gx_cli_user_create(cli, login, GX_STR(""), &id));
    GX_CLI_TRY(gx_cli_user_roles(cli, id, &role, 1));
    GX_CLI_TRY(gx_cli_user_password(cli, id, password));
    printf(GX_SAY(cli, "The data folder is \"%s\".\n", "資料目錄為「%s」。\n"), cli->dir);
    if (made)
        printf(GX_SAY(cli, "Administrator: %.*s\nPassword: %.*s\n(shown only this once)\n",
                      "管理員：%.*s\n密碼：%.*s\n（只顯示這一次）\n"),
               GX_STR_ARG(login), GX_STR_ARG(password));
    return GX_EXIT_OK;
}

static const struct gx_cli_option init_options[] = {
    { "packs", "A,B", "packs to begin with (core,sales)", "使用的套件（core,sales）", 0 },
    { "admin", "LOGIN", "the first administrator (admin)", "第一位管理員（admin）", 0 },
    { "password", "TEXT", "the administrator's password", "管理員密碼", 0 },
    { "password-stdin", NULL, "take the password from standard input", "從標準輸入讀取密碼", 0 },
    { 0 },
};

const struct gx_command gx_command_init = {
    .name = "init",
    .args = "",
    .en = "make a new data folder and its first administrator",
    .zh = "建立新的資料目錄與第一位管理員",
    .more_en = "Without a password one is made up and printed once.",
    .more_zh = "未指定密碼時會產生一組並只印出一次。",
    .example = "init --data /srv/guanxi",
    .options = init_options,
    .run = init,
};
