/* cli_serve.c - serve: the program as a server; init: a new data folder. */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "main/cli.h"
#include "main/confine.h"
#include "report/launch.h"
#include "report/warehouse.h"
#include "main/serve.h"
#include "main/service.h"
#include "meta/directory.h"
#include "meta/outgoing.h"
#include "net/forwarded.h"
#include "net/server.h"
#include "net/tls.h"
#include "report/keeper.h"
#include "store/archive.h"
#include "store/backups.h"

enum {
    PACKS_MAX = 32,
    BUSY_TRIES_MAX = 20,
    BUSY_WAIT_MS = 150,
    TICK_S = 1,
    CERT_LOOK_S = 30,
    TOKEN_BYTES_MAX = 400,
    OPEN_TENANTS_MAX = 10000,
};

/* "core,sales" as a NULL-ended list. */
static const char *const *word_list(struct gx_cli *cli, struct gx_str rest)
{
    struct gx_str name;
    const char **words = GX_ARENA_ARRAY(&cli->arena, const char *, PACKS_MAX + 1);
    size_t n = 0;
    if (rest.n == 0)
        return NULL;
    while (n < PACKS_MAX && gx_str_split(&rest, ',', &name))
        if (gx_str_trim(name).n)
            words[n++] = gx_arena_cstr(&cli->arena, gx_str_trim(name));
    return words;
}

static const char *const *pack_list(struct gx_cli *cli)
{
    return word_list(cli, gx_cli_get(cli, "packs", GX_STR("")));
}

/* NULL when the option is absent. */
static const char *option_path(struct gx_cli *cli, const char *name)
{
    struct gx_str value = gx_cli_get(cli, name, GX_STR(""));
    return value.n ? gx_arena_cstr(&cli->arena, value) : NULL;
}

/* --- before any thread is there: certificate, address, user, folders; in this order, as each
 * takes away what the one before needs */

static enum gx_exit take_token(struct gx_cli *cli, struct gx_app_options *options)
{
    struct gx_str name = gx_cli_get(cli, "metrics-token", GX_STR("")), text;
    if (name.n == 0)
        return GX_EXIT_OK;
    GX_CLI_TRY(gx_cli_file(cli, name, &text));
    text = gx_str_trim(text);
    if (text.n < 16 || text.n > TOKEN_BYTES_MAX)
        return gx_cli_fail(cli, "%s",
                           GX_SAY(cli,
                                  "The file of --metrics-token must hold 16 to 400 characters.",
                                  "--metrics-token 的檔案須含 16 至 400 個字元。"));
    options->metrics_token = gx_arena_cstr(&cli->arena, text);
    return GX_EXIT_OK;
}

struct tls_files {
    const char *cert, *key;
    struct timespec changed;
    int64_t looked_us;
};

/* When the newer of the two files was written. */
static struct timespec changed_at(const struct tls_files *files)
{
    struct stat cert = { 0 }, key = { 0 };
    if (stat(files->cert, &cert) != 0 || stat(files->key, &key) != 0)
        return (struct timespec){ 0 };
    bool key_newer =
        key.st_mtim.tv_sec > cert.st_mtim.tv_sec ||
        (key.st_mtim.tv_sec == cert.st_mtim.tv_sec && key.st_mtim.tv_nsec > cert.st_mtim.tv_nsec);
    return key_newer ? key.st_mtim : cert.st_mtim;
}

static enum gx_exit take_tls(struct gx_cli *cli, struct gx_app_options *options,
                             struct tls_files *files)
{
    files->cert = option_path(cli, "tls-cert");
    files->key = option_path(cli, "tls-key");
    if (!files->cert && !files->key)
        return GX_EXIT_OK;
    if (!files->cert || !files->key)
        return gx_cli_usage(cli, "%s",
                            GX_SAY(cli, "--tls-cert and --tls-key go together.",
                                   "--tls-cert 與 --tls-key 必須一起指定。"));
    files->changed = changed_at(files);
    options->tls = true;
    return gx_tls_load(&cli->ctx, files->cert, files->key) == GX_OK ? GX_EXIT_OK
                                                                    : gx_cli_errors(cli, &cli->ctx);
}

/* The folder of a path: a renewed certificate is another file of the same name. */
static const char *folder_of(struct gx_cli *cli, const char *path)
{
    return dirname(gx_arena_cstr(&cli->arena, gx_str_c(path)));
}

/* For a store on PostgreSQL, or a provider of sign-in. */
static bool needs_network(struct gx_cli *cli)
{
    struct gx_directory_entry *e = NULL;
    bool needs = cli->url || gx_outgoing_any(cli->dir);
    if (gx_directory_read(&cli->ctx, cli->dir, &e) != GX_OK)
        gx_ctx_clear(&cli->ctx); /* there is nothing yet */
    for (; e && !needs; e = e->next)
        needs = e->url.n > 0;
    return needs;
}

static enum gx_exit confine(struct gx_cli *cli, const struct tls_files *files)
{
    struct gx_confine rules = { .folders = { cli->dir }, .outgoing = needs_network(cli) };
    const char *const *more = word_list(cli, gx_cli_get(cli, "allow", GX_STR("")));
    bool has_files;
    static const char *const kept[] = { "archive", "backups" };
    size_t count = 1;
    for (size_t i = 0; i < GX_COUNT(kept); i++) {
        const char *folder = option_path(cli, kept[i]);
        if (!folder)
            continue;
        (void)mkdir(folder, 0700); /* what is wrong with it is said when it is used */
        rules.folders[count++] = folder;
    }
    for (size_t i = 0; more && more[i] && count + 1 < GX_CONFINE_FOLDERS_MAX; i++)
        rules.folders[count++] = more[i];
    if (files->cert) {
        rules.readable[0] = folder_of(cli, files->cert);
        rules.readable[1] = folder_of(cli, files->key);
    }
    if (gx_confine_enter(&cli->ctx, &rules, &has_files) != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    if (!has_files)
        gx_log_say(GX_LOG_WARN, "confine", GX_STR("this kernel has no Landlock: files are open"));
    return GX_EXIT_OK;
}

static enum gx_exit give_up_rights(struct gx_cli *cli, struct gx_app_options *options,
                                   struct tls_files *files)
{
    const char *user = option_path(cli, "user");
    GX_CLI_TRY(take_token(cli, options));
    GX_CLI_TRY(take_tls(cli, options, files));
    if (gx_server_bind(&cli->ctx, options->listen, &options->listen_fd) != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    if (user && gx_confine_user(&cli->ctx, user, cli->dir) != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    if (!gx_cli_has(cli, "confine"))
        return GX_EXIT_OK;
    if (mkdir(cli->dir, 0700) != 0 && errno != EEXIST)
        return gx_cli_fail(cli, "%s: %s", cli->dir, strerror(errno));
    /* While programs can be started: it holds analytical data, under rules of its own. */
    options->launcher = gx_launcher_new(&cli->arena, cli->dir);
    if (gx_launcher_start(&cli->ctx, options->launcher) != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    int keeper = gx_keeper_start(); /* nothing can be started afterwards */
    options->sql_keeper = keeper > 0 ? keeper : 0;
    return confine(cli, files);
}

/* --- while it serves */

static void renew_certificate(struct gx_cli *cli, struct tls_files *files, bool asked)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .lang = cli->ctx.lang };
    int64_t now_us = gx_monotonic_us();
    if (!files->cert || (!asked && now_us - files->looked_us < CERT_LOOK_S * INT64_C(1000000)))
        return;
    files->looked_us = now_us;
    struct timespec at = changed_at(files);
    if (!asked && at.tv_sec == files->changed.tv_sec && at.tv_nsec == files->changed.tv_nsec)
        return;
    files->changed = at;
    if (gx_tls_load(&ctx, files->cert, files->key) == GX_OK)
        gx_log_say(GX_LOG_INFO, "tls", GX_STR("the certificate was read anew"));
    else
        gx_log_say(GX_LOG_ERROR, "tls", gx_ctx_text(&ctx));
    gx_arena_free(&arena);
}

/* Until SIGINT or SIGTERM. */
static void wait_and_watch(struct gx_cli *cli, const sigset_t *set, struct tls_files *files)
{
    const struct timespec tick = { .tv_sec = TICK_S };
    int64_t beat_us = gx_service_watchdog_us() / 3, beaten_us = 0;
    for (;;) {
        int number = sigtimedwait(set, NULL, &tick);
        if (number == SIGINT || number == SIGTERM)
            break;
        renew_certificate(cli, files, number == SIGHUP);
        gx_app_watch_disk(cli->app);
        int64_t now_us = gx_monotonic_us();
        if (beat_us && now_us - beaten_us >= beat_us && gx_app_alive(cli->app)) {
            gx_service_tell("WATCHDOG=1");
            beaten_us = now_us;
        }
    }
    gx_service_tell("STOPPING=1");
}

static void say_where(struct gx_cli *cli, const struct gx_app_options *options)
{
    const char *scheme = options->tls ? "https" : "http";
    size_t colon = strlen(options->listen);
    while (colon > 0 && options->listen[colon - 1] != ':')
        colon--;
    printf("Guanxi is at %s://%.*s%d\n", scheme, (int)colon, options->listen,
           gx_app_port(cli->app));
    if (gx_app_setup_token(cli->app))
        printf(
            GX_SAY(cli,
                   "Nobody can sign in yet. Make the first administrator at\n"
                   "%s://%.*s%d/setup#%s\n"
                   "(this address is secret, and works once, for as long as this program runs)\n",
                   "目前沒有人能登入。請開啟下列網址建立第一位管理員：\n"
                   "%s://%.*s%d/setup#%s\n"
                   "（請勿外流；只能使用一次，程式結束後失效）\n"),
            scheme, (int)colon, options->listen, gx_app_port(cli->app),
            gx_app_setup_token(cli->app));
    fflush(stdout);
}

/* How many tenants are open at one time, and for how long nobody may use one. */
static enum gx_exit take_tenants(struct gx_cli *cli, struct gx_app_options *options)
{
    int64_t open_tenants, idle_s;
    GX_CLI_TRY(gx_cli_get_int(cli, "open-tenants", 0, 1, OPEN_TENANTS_MAX, &open_tenants));
    GX_CLI_TRY(gx_cli_get_int(cli, "idle-close", 0, 1, 86400, &idle_s));
    options->open_tenants = (int)open_tenants;
    options->idle_s = (int)idle_s;
    return GX_EXIT_OK;
}

static enum gx_exit take_archive(struct gx_cli *cli, struct gx_archive_options *archive,
                                 struct gx_app_options *options)
{
    archive->root = option_path(cli, "archive");
    if (archive->root)
        options->archive = archive;
    GX_CLI_TRY(
        gx_cli_get_int(cli, "archive-every", GX_ARCHIVE_EVERY_S, 1, 3600, &archive->every_s));
    GX_CLI_TRY(
        gx_cli_get_int(cli, "archive-full", GX_ARCHIVE_BOOK_DAYS, 1, 365, &archive->book_days));
    return gx_cli_get_int(cli, "archive-keep", GX_ARCHIVE_KEEP_DAYS, 1, 36500, &archive->keep_days);
}

static enum gx_exit take_backups(struct gx_cli *cli, struct gx_backups_options *backups,
                                 struct gx_app_options *options)
{
    char here[PATH_MAX];
    struct gx_str folder = gx_cli_get(cli, "backups", GX_STR(""));
    if (folder.n && folder.p[0] != '/' && realpath(".", here))
        folder = gx_arena_printf(&cli->arena, "%s/%.*s", here, GX_STR_ARG(folder));
    backups->folder = gx_arena_cstr(&cli->arena, folder);
    if (folder.n)
        options->backups = backups;
    GX_CLI_TRY(gx_cli_get_int(cli, "backup-every", GX_BACKUPS_EVERY_HOURS, 1, 24 * 31,
                              &backups->every_hours));
    GX_CLI_TRY(
        gx_cli_get_int(cli, "drill-every", GX_BACKUPS_DRILL_DAYS, 0, 366, &backups->drill_days));
    return gx_cli_get_int(cli, "backup-keep", GX_BACKUPS_KEEP, 1, 90, &backups->keep);
}

static enum gx_exit take_warehouse(struct gx_cli *cli, struct gx_warehouse_limits *limits,
                                   struct gx_app_options *options)
{
    int64_t threads, idle_s;
    GX_CLI_TRY(gx_cli_get_int(cli, "insight-memory", 0, 64, 1 << 20, &limits->memory_bytes));
    GX_CLI_TRY(gx_cli_get_int(cli, "insight-temp", 0, 64, 1 << 24, &limits->temp_bytes));
    GX_CLI_TRY(gx_cli_get_int(cli, "insight-threads", 0, 1, 256, &threads));
    GX_CLI_TRY(gx_cli_get_int(cli, "insight-idle", 0, 1, 86400, &idle_s));
    limits->memory_bytes <<= 20;
    limits->temp_bytes <<= 20;
    limits->threads = (int)threads;
    limits->idle_s = (int)idle_s;
    options->warehouse = limits;
    return GX_EXIT_OK;
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
        .store = option_path(cli, "store"),
        .host_suffix = option_path(cli, "host-suffix"),
        .console = gx_cli_has(cli, "console"),
        .https = gx_cli_has(cli, "https"),
    };
    struct gx_proxies proxies = { .count = 0 };
    struct gx_archive_options archive = { 0 };
    struct gx_backups_options backups = { 0 };
    struct gx_warehouse_limits limits = { 0 };
    struct tls_files files = { 0 };
    sigset_t set;
    /* Blocked before any thread is made, so that only sigtimedwait() gets them. */
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    gx_log_set_level(GX_LOG_INFO);
    gx_log_set_json(gx_cli_has(cli, "log-json"));
    GX_CLI_TRY(gx_cli_get_int(cli, "ballast", 0, 0, 1 << 20, &options.ballast_bytes));
    options.ballast_bytes *= 1 << 20;
    if (gx_cli_has(cli, "trusted-proxy")) {
        options.proxies = &proxies;
        if (gx_proxies_read(&cli->ctx, gx_cli_get(cli, "trusted-proxy", GX_STR("")), &proxies) !=
            GX_OK)
            return gx_cli_errors(cli, &cli->ctx);
    }
    GX_CLI_TRY(take_tenants(cli, &options));
    GX_CLI_TRY(take_archive(cli, &archive, &options));
    GX_CLI_TRY(take_backups(cli, &backups, &options));
    GX_CLI_TRY(take_warehouse(cli, &limits, &options));
    GX_CLI_TRY(give_up_rights(cli, &options, &files));
    enum gx_code code = gx_app_start(&cli->ctx, &options, &cli->app);
    /* A command that has the folder will be done in a moment. */
    for (int tries = 0; code == GX_E_BUSY && tries < BUSY_TRIES_MAX; tries++) {
        gx_ctx_clear(&cli->ctx);
        nanosleep(&(struct timespec){ 0, BUSY_WAIT_MS * 1000000 }, NULL);
        code = gx_app_start(&cli->ctx, &options, &cli->app);
    }
    if (code != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    say_where(cli, &options);
    gx_service_tell("READY=1");
    wait_and_watch(cli, &set, &files);
    return GX_EXIT_OK;
}

static const struct gx_cli_option serve_options[] = {
    { "listen", "HOST:PORT", "where to listen (127.0.0.1:8080); port 0: any free one",
      "接受連線的位址（127.0.0.1:8080）；埠 0 為任一可用埠", 0 },
    { "packs", "A,B", "packs of a new data folder (core,sales)", "新資料目錄的套件（core,sales）",
      0 },
    { "tls-cert", "FILE", "speak TLS with this certificate (PEM, with its chain)",
      "以此憑證（PEM，含憑證鏈）提供 TLS 連線", 0 },
    { "tls-key", "FILE", "and this key; both are read anew on SIGHUP or when they change",
      "對應的私鑰；收到 SIGHUP 或檔案更新時重新讀取", 0 },
    { "trusted-proxy", "ADDR,ADDR",
      "proxies in front (addresses, or networks such as 10.0.0.0/8) that are believed about who "
      "asks",
      "前端代理伺服器的位址或網段（如 10.0.0.0/8），採信其轉送的用戶端位址", 0 },
    { "https", NULL, "people come by HTTPS (a proxy in front): cookies are Secure",
      "使用者經由 HTTPS 連線（前面有代理伺服器）：Cookie 設為 Secure", 0 },
    { "user", "NAME", "when started as root, become this user before serving",
      "以 root 啟動時，先切換為此使用者再提供服務", 0 },
    { "confine", NULL, "reach the data folder only, start no program (Landlock, seccomp)",
      "只能存取資料目錄、不能執行其他程式（Landlock、seccomp）", 0 },
    { "allow", "DIR,DIR", "with --confine: further folders to write to, such as of backups",
      "搭配 --confine：另外允許寫入的目錄，例如備份目錄", 0 },
    { "metrics-token", "FILE", "who has the token in this file may read /metrics from elsewhere",
      "持有此檔案中權杖者，可從其他機器讀取 /metrics", 0 },
    { "host-suffix", "HOST", "NAME.HOST is tenant NAME's (otherwise HOST/t/NAME is)",
      "NAME.HOST 為租戶 NAME 的網址（未設定時為 HOST/t/NAME）", 0 },
    { "open-tenants", "N", "tenants open at one time (100); the least used is closed for another",
      "同時開啟的租戶數（100）；需要時關閉最久未使用者", 0 },
    { "idle-close", "S", "close a tenant that nobody uses for so many seconds (300)",
      "租戶閒置多少秒後關閉（300）", 0 },
    { "store", "URL", "where new tenants go: postgresql://… (a file each)",
      "新租戶的資料庫：postgresql://…（未指定時各為一個檔案）", 0 },
    { "console", NULL, "administrators of --tenant run the house: make, limit, suspend tenants",
      "由 --tenant 的管理員管理所有租戶：建立、限制、暫停", 0 },
    { "log-json", NULL, "log lines as JSON objects", "以 JSON 格式輸出紀錄", 0 },
    { "ballast", "MB", "keep so much of the disk in a file; when it runs out, only reading is left",
      "以檔案預留磁碟空間（MB）；空間不足時改為唯讀", 0 },
    { "backups", "DIR", "make a whole backup there every day, of each tenant that was changed",
      "每天自動將有變更的租戶完整備份到此目錄", 0 },
    { "backup-every", "HOURS", "with --backups: how often (24)",
      "搭配 --backups：備份間隔小時數（24）", 0 },
    { "backup-keep", "N", "with --backups: how many are kept (7)", "搭配 --backups：保留幾份（7）",
      0 },
    { "drill-every", "DAYS", "with --backups: restore the newest beside and check it; 0: never (7)",
      "搭配 --backups：每隔幾天試著還原最新備份並查核；0 為不做（7）", 0 },
    { "archive", "DIR", "copy what each commit changed there; restore --at goes back to any moment",
      "持續將每次變更備份到此目錄；可用 restore --at 還原到任一時間點", 0 },
    { "archive-every", "SECONDS", "with --archive: how often (5)",
      "搭配 --archive：備份間隔秒數（5）", 0 },
    { "archive-full", "DAYS", "with --archive: a new full copy after so many days (7)",
      "搭配 --archive：每隔幾天重做完整備份（7）", 0 },
    { "archive-keep", "DAYS", "with --archive: how far back one can go (35)",
      "搭配 --archive：可還原到幾天以內（35）", 0 },
    { "insight-memory", "MB", "what the analytical database of a tenant may use (1024)",
      "每個租戶的分析資料庫可用的記憶體（MB，1024）", 0 },
    { "insight-threads", "N", "its threads (one for each processor)",
      "分析資料庫的執行緒數（與處理器數相同）", 0 },
    { "insight-temp", "MB", "its files for what does not fit into memory (8192)",
      "記憶體不足時可用的暫存檔大小（MB，8192）", 0 },
    { "insight-idle", "S", "end it when nobody has asked for so many seconds (600)",
      "無人查詢多少秒後結束（600）", 0 },
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
