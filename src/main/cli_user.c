/* cli_user.c - who may sign in: users, passwords, roles, keys. */
#include <sodium.h>
#include <unistd.h>

#include "main/cli.h"

enum { PASSWORD_WORDS = 20, PASSWORD_BYTES_MAX = 1024 };

enum gx_exit gx_cli_user_id(struct gx_cli *cli, struct gx_str login, struct gx_str *ret_id)
{
    return gx_cli_resolve(cli, GX_STR("user"), login, ret_id);
}

enum gx_exit gx_cli_user_create(struct gx_cli *cli, struct gx_str login, struct gx_str name,
                                struct gx_str *ret_id)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    const struct gx_json *record;
    gx_jw_object(&w);
    gx_jw_key_str(&w, "login", login);
    gx_jw_key_str(&w, "display_name", name.n ? name : login);
    if (!cli->zh)
        gx_jw_key_str(&w, "locale", GX_STR("en"));
    gx_jw_object_end(&w);
    GX_CLI_TRY(gx_cli_send(cli, "POST", gx_cli_path(cli, GX_STR("user"), GX_STR(""), GX_STR("")),
                           gx_cli_take(cli, &body), &record));
    *ret_id = gx_json_get_str(record, "id", GX_STR(""));
    return GX_EXIT_OK;
}

enum gx_exit gx_cli_user_roles(struct gx_cli *cli, struct gx_str id, const struct gx_str *roles,
                               size_t count)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("roles"));
    gx_jw_array(&w);
    for (size_t i = 0; i < count; i++)
        gx_jw_str(&w, roles[i]);
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return gx_cli_send(cli, "PUT", gx_cli_path(cli, GX_STR("user"), id, GX_STR("roles")),
                       gx_cli_take(cli, &body), NULL);
}

enum gx_exit gx_cli_user_password(struct gx_cli *cli, struct gx_str id, struct gx_str password)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "password", password);
    gx_jw_object_end(&w);
    return gx_cli_send(cli, "POST", gx_cli_path(cli, GX_STR("user"), id, GX_STR("password")),
                       gx_cli_take(cli, &body), NULL);
}

/* Letters and digits that nobody mistakes for one another: 20 of 31 are 99 bits. */
static struct gx_str make_password(struct gx_arena *arena)
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    char *out = gx_arena_alloc(arena, PASSWORD_WORDS + PASSWORD_WORDS / 5);
    size_t n = 0;
    for (uint32_t i = 0; i < PASSWORD_WORDS; i++) {
        if (i && i % 5 == 0)
            out[n++] = '-';
        out[n++] = letters[randombytes_uniform(sizeof letters - 1)];
    }
    return (struct gx_str){ out, n };
}

enum gx_exit gx_cli_password(struct gx_cli *cli, struct gx_str *ret_password, bool *ret_made)
{
    *ret_made = false;
    if (gx_cli_has(cli, "password")) {
        *ret_password = gx_cli_get(cli, "password", GX_STR(""));
        return GX_EXIT_OK;
    }
    if (gx_cli_has(cli, "password-stdin")) {
        char line[PASSWORD_BYTES_MAX];
        if (isatty(STDIN_FILENO))
            fputs(GX_SAY(cli, "Password: ", "密碼："), stderr);
        if (!fgets(line, sizeof line, stdin))
            return gx_cli_fail(
                cli, "%s", GX_SAY(cli, "Standard input has no password.", "標準輸入沒有密碼。"));
        struct gx_str text = gx_str_c(line);
        while (text.n && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
            text.n--;
        *ret_password = gx_arena_str(&cli->arena, text);
        return GX_EXIT_OK;
    }
    if (sodium_init() < 0)
        return gx_cli_fail(cli, "%s",
                           GX_SAY(cli, "There is no source of random numbers.", "沒有亂數來源。"));
    *ret_password = make_password(&cli->arena);
    *ret_made = true;
    return GX_EXIT_OK;
}

static enum gx_exit list(struct gx_cli *cli)
{
    static const char *const heads[] = { "login", "name", "roles", "active", "id" };
    struct gx_table *table = gx_table_new(cli, heads, GX_COUNT(heads));
    struct gx_str cursor = GX_STR("");
    struct gx_str all = gx_cli_path(cli, GX_STR("user"), GX_STR(""), GX_STR(""));
    all = gx_cli_query(cli, all, "fields", GX_STR("login,display_name,active"));
    all = gx_cli_query(cli, all, "sort", GX_STR("login"));
    all = gx_cli_query(cli, all, "limit", GX_STR("1000"));
    do {
        const struct gx_json *page, *roles;
        GX_CLI_TRY(gx_cli_get_json(cli, gx_cli_query(cli, all, "cursor", cursor), &page));
        const struct gx_json *rows = gx_json_get(page, "rows");
        for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next) {
            struct gx_str id = gx_json_get_str(k, "id", GX_STR(""));
            struct gx_buf text = { 0 };
            GX_CLI_TRY(gx_cli_get_json(cli, gx_cli_path(cli, GX_STR("user"), id, GX_STR("roles")),
                                       &roles));
            gx_cli_value_text(cli, gx_json_get(roles, "roles"), &text);
            gx_table_cell(table, gx_json_get_str(k, "login", GX_STR("")));
            gx_table_cell(table, gx_json_get_str(k, "display_name", GX_STR("")));
            gx_table_cell(table, gx_cli_take(cli, &text));
            gx_table_cell(table,
                          gx_str_c(gx_json_get_bool(k, "active", false) ? GX_SAY(cli, "yes", "是")
                                                                        : GX_SAY(cli, "no", "否")));
            gx_table_cell(table, id);
        }
        cursor = gx_json_get_str(page, "next", GX_STR(""));
    } while (cursor.n);
    gx_table_print(table);
    return GX_EXIT_OK;
}

static size_t given_roles(const struct gx_cli *cli, struct gx_str *roles, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < cli->given_count && n < max; i++) {
        struct gx_str rest = cli->given[i].value;
        while (strcmp(cli->given[i].name, "role") == 0 && n < max &&
               gx_str_split(&rest, ',', &roles[n]))
            n += roles[n].n > 0;
    }
    return n;
}

static enum gx_exit add(struct gx_cli *cli)
{
    struct gx_str roles[16], password, id;
    size_t role_count = given_roles(cli, roles, GX_COUNT(roles));
    bool made;
    GX_CLI_TRY(gx_cli_password(cli, &password, &made));
    GX_CLI_TRY(gx_cli_user_create(cli, cli->args[1], gx_cli_get(cli, "name", GX_STR("")), &id));
    if (role_count)
        GX_CLI_TRY(gx_cli_user_roles(cli, id, roles, role_count));
    GX_CLI_TRY(gx_cli_user_password(cli, id, password));
    if (made)
        printf(GX_SAY(cli, "Password of %.*s: %.*s\n", "%.*s 的密碼：%.*s\n"),
               GX_STR_ARG(cli->args[1]), GX_STR_ARG(password));
    return GX_EXIT_OK;
}

static enum gx_exit key(struct gx_cli *cli, struct gx_str id)
{
    struct gx_buf body = { 0 };
    struct gx_jw w = gx_jw(&body);
    const struct gx_json *reply;
    gx_jw_object(&w);
    if (gx_cli_has(cli, "name"))
        gx_jw_key_str(&w, "name", gx_cli_get(cli, "name", GX_STR("")));
    gx_jw_object_end(&w);
    GX_CLI_TRY(gx_cli_send(cli, "POST", gx_cli_path(cli, GX_STR("user"), id, GX_STR("key")),
                           gx_cli_take(cli, &body), &reply));
    printf("%.*s\n", GX_STR_ARG(gx_json_get_str(reply, "key", GX_STR(""))));
    return GX_EXIT_OK;
}

static enum gx_exit password(struct gx_cli *cli, struct gx_str id)
{
    struct gx_str text;
    bool made;
    GX_CLI_TRY(gx_cli_password(cli, &text, &made));
    GX_CLI_TRY(gx_cli_user_password(cli, id, text));
    if (made)
        printf("%.*s\n", GX_STR_ARG(text));
    return GX_EXIT_OK;
}

static enum gx_exit set_active(struct gx_cli *cli, struct gx_str id, bool on)
{
    GX_CLI_TRY(gx_cli_send(cli, "PATCH", gx_cli_path(cli, GX_STR("user"), id, GX_STR("")),
                           on ? GX_STR("{\"active\":true}") : GX_STR("{\"active\":false}"), NULL));
    if (on)
        return GX_EXIT_OK;
    return gx_cli_send(cli, "DELETE", gx_cli_path(cli, GX_STR("user"), id, GX_STR("sessions")),
                       GX_STR(""), NULL);
}

static enum gx_exit user(struct gx_cli *cli)
{
    struct gx_str id;
    if (gx_cli_arg_is(cli, 0, "list"))
        return list(cli);
    GX_CLI_TRY(gx_cli_want_args(cli, 2, 0));
    if (gx_cli_arg_is(cli, 0, "add"))
        return add(cli);
    if (gx_cli_arg_is(cli, 0, "import"))
        return gx_cli_user_import(cli);
    GX_CLI_TRY(gx_cli_user_id(cli, cli->args[1], &id));
    if (gx_cli_arg_is(cli, 0, "key"))
        return key(cli, id);
    if (gx_cli_arg_is(cli, 0, "password"))
        return password(cli, id);
    if (gx_cli_arg_is(cli, 0, "roles"))
        return gx_cli_user_roles(cli, id, cli->args + 2, cli->arg_count - 2);
    if (gx_cli_arg_is(cli, 0, "off") || gx_cli_arg_is(cli, 0, "on"))
        return set_active(cli, id, gx_cli_arg_is(cli, 0, "on"));
    return gx_cli_usage(cli, GX_SAY(cli, "There is no `user %.*s`.", "沒有「user %.*s」。"),
                        GX_STR_ARG(cli->args[0]));
}

static const struct gx_cli_option options[] = {
    { "name", "TEXT", "add: the user's name; key: what the key is for",
      "add：使用者姓名；key：金鑰用途", 0 },
    { "role", "ROLE", "add: a role; may be repeated", "add：角色，可重複指定", 0 },
    { "password", "TEXT", "the password (others on this machine may see it while it runs)",
      "密碼（執行時同機的其他人可能看到）", 0 },
    { "password-stdin", NULL, "take the password from standard input", "從標準輸入讀取密碼", 0 },
    { "dry-run", NULL, "import: only say what would change", "import：只列出會有的變更", 0 },
    { "good-rows", NULL, "import: take the rows that can be taken though others fail",
      "import：即使有失敗的列，仍匯入其餘各列", 0 },
    { "leavers", NULL, "import: who has a login and is not in the file becomes inactive",
      "import：有帳號但不在檔案中的使用者一律停用", 0 },
    { 0 },
};

const struct gx_command gx_command_user = {
    .name = "user",
    .args = "list | add LOGIN | password LOGIN | key LOGIN | roles LOGIN ROLE… | off LOGIN | "
            "on LOGIN | import FILE",
    .en = "users: who may sign in, with which roles and keys",
    .zh = "使用者：誰可登入、有哪些角色與金鑰",
    .more_en = "`add` and `password` make up a password and print it, unless one is given. `key` "
               "prints a new\nAPI key, which is shown only this once. `roles` gives these roles "
               "and no others. `off` ends\nall sessions and keys of the user; the records stay. "
               "`import` takes a CSV or XLSX "
               "file with\ncolumns such as login, name, e-mail, unit, roles, manager, language and "
               "active: all rows or\nnone, and the same file again changes nothing.",
    .more_zh =
        "未指定密碼時，add 與 password 會產生密碼並印出。key 印出新的 API 金鑰，只顯示這一次。\n"
        "roles 會以這些角色取代原有角色。off 會結束該使用者所有連線與金鑰，資料仍保留。\n"
        "import 匯入 CSV 或 XLSX（帳號、姓名、電子郵件、單位、角色、主管、語言、狀態等欄位）：\n"
        "全部成功或完全不寫入，同一檔案重複匯入不會有變更。",
    .example = "user add amy --name 林美玲 --role sales\nuser key amy --name \"ERP\"\n"
               "user roles amy sales manager\n"
               "user import people.xlsx --dry-run",
    .options = options,
    .args_min = 1,
    .args_max = -1,
    .run = user,
};
