/*
 * cli_demo.c - a data folder full of made-up records, to look around in.
 *
 * demo/ streams rows whose links point backwards; they go to the server in bulk calls, object by
 * object, and the ids that come back are kept for the links of later rows.
 */
#include "demo/demo.h"

#include <stdlib.h>
#include <unistd.h>

#include "main/cli.h"
#include "main/demo_files.h"

enum {
    BATCH_ROWS = 2000,
    SIGN_INS_MAX = 15,
    SIGN_INS = 12,
    PER_SCALE = 200,
    ERRORS_SHOWN = 5,
    IDS_FIRST = 1024
};

#define PASSWORD "guanxi-demo"

/* The id given to each ordinal of an object. */
struct ids {
    int64_t *v;
    size_t n, cap;
};

/* A person who can sign in. */
struct sign_in {
    struct gx_str login, name;
    int64_t ordinal;
    bool manager;
};

/* The pack of a trade, which begins to be used unless --plain is given. */
static const char *const trades[] = { "insurer", NULL };

struct loading {
    struct gx_cli *cli;
    struct gx_str organisation;
    struct gx_demo *demo;
    struct ids ids[GX_DEMO_OBJECTS];
    struct gx_arena batch_arena;
    struct gx_buf body;
    struct gx_jw w;
    int object; /* of the batch */
    size_t rows;
    int64_t created, failed;
    bool pack; /* the trade's own is in use */
    struct sign_in sign_ins[SIGN_INS_MAX];
    size_t sign_in_count;
};

static void keep_id(struct loading *l, struct ids *ids, int64_t id)
{
    if (ids->n == ids->cap) {
        size_t cap = ids->cap ? ids->cap * 2 : IDS_FIRST;
        int64_t *v = GX_ARENA_ARRAY(&l->cli->arena, int64_t, cap);
        if (ids->n)
            memcpy(v, ids->v, ids->n * sizeof *v);
        ids->v = v;
        ids->cap = cap;
    }
    ids->v[ids->n++] = id;
}

static void begin_batch(struct loading *l, int object)
{
    l->object = object;
    l->rows = 0;
    gx_buf_clear(&l->body);
    l->w = gx_jw(&l->body);
    gx_jw_object(&l->w);
    /* Two organisations may have the same tag. */
    bool tag = strcmp(gx_demo_objects[object], "tag") == 0;
    gx_jw_key_str(&l->w, "mode", tag ? GX_STR("both") : GX_STR("create"));
    if (tag)
        gx_jw_key_str(&l->w, "match", GX_STR("name"));
    gx_jw_key(&l->w, GX_STR("rows"));
    gx_jw_array(&l->w);
}

static void take_results(struct loading *l, const struct gx_json *rows)
{
    for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next) {
        int64_t id = 0;
        const struct gx_json *errors = gx_json_get(k, "errors");
        gx_json_int64(gx_json_get(k, "id"), &id);
        keep_id(l, &l->ids[l->object], id);
        l->created += id != 0;
        if (errors && l->failed++ < ERRORS_SHOWN) {
            fprintf(stderr, "%s:\n", gx_demo_objects[l->object]);
            for (const struct gx_json *e = errors->first; e; e = e->next)
                gx_cli_print_error(l->cli, e);
        }
    }
}

static enum gx_exit send_batch(struct loading *l)
{
    if (l->rows == 0)
        return GX_EXIT_OK;
    gx_jw_array_end(&l->w);
    gx_jw_object_end(&l->w);
    struct gx_cli_call call = {
        .method = "POST",
        .target =
            gx_cli_path(l->cli, gx_str_c(gx_demo_objects[l->object]), GX_STR("bulk"), GX_STR("")),
        .body = gx_buf_str(&l->body),
        .arena = &l->batch_arena,
    };
    struct gx_client_reply reply;
    struct gx_ctx ctx = l->cli->ctx;
    struct gx_json *json;
    ctx.arena = &l->batch_arena;
    GX_CLI_TRY(gx_cli_call(l->cli, &call, &reply));
    if (gx_json_read(&ctx, reply.body, &json) != GX_OK)
        return gx_cli_errors(l->cli, &ctx);
    take_results(l, gx_json_get(json, "rows"));
    gx_arena_reset(&l->batch_arena);
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%.*s %3d %%", GX_STR_ARG(l->organisation),
                gx_demo_permille(l->demo) / 10);
    l->rows = 0;
    return GX_EXIT_OK;
}

/* Does a link of this row point to a row that has no id yet? */
static bool points_into_batch(const struct loading *l, const struct gx_demo_row *row)
{
    for (size_t i = 0; i < row->value_count; i++)
        for (size_t k = 0; k < row->values[i].link_count; k++) {
            const struct gx_demo_ref *ref = &row->values[i].links[k];
            if ((size_t)ref->ordinal >= l->ids[ref->object].n)
                return true;
        }
    return false;
}

/* The row's values with the ids of its links; links to rows that failed are left out. */
static size_t resolve(struct loading *l, const struct gx_demo_row *row,
                      const struct gx_json *object, struct gx_cli_value *values)
{
    size_t n = 0;
    for (size_t i = 0; i < row->value_count; i++) {
        const struct gx_demo_value *v = &row->values[i];
        struct gx_str *ids = GX_ARENA_ARRAY(&l->batch_arena, struct gx_str, v->link_count + 1);
        size_t id_count = 0;
        /* What the program fills in itself (what a lead became) is not ours to write. */
        if (gx_json_get_bool(gx_cli_field(object, v->field), "readonly", false))
            continue;
        for (size_t k = 0; k < v->link_count; k++) {
            const struct ids *known = &l->ids[v->links[k].object];
            int64_t id = (size_t)v->links[k].ordinal < known->n ? known->v[v->links[k].ordinal] : 0;
            if (id)
                ids[id_count++] = gx_arena_printf(&l->batch_arena, "%lld", (long long)id);
        }
        if (v->link_count && !id_count)
            continue;
        values[n++] = (struct gx_cli_value){ v->field, v->text, ids, id_count };
    }
    return n;
}

static struct gx_str value_of(const struct gx_demo_row *row, const char *field)
{
    for (size_t i = 0; i < row->value_count; i++)
        if (gx_str_is(row->values[i].field, field))
            return row->values[i].text;
    return GX_STR("");
}

/* The first few people can sign in; those who lead others are managers. */
static void note_sign_in(struct loading *l, const struct gx_demo_row *row)
{
    if (l->sign_in_count < (l->pack ? SIGN_INS_MAX : SIGN_INS))
        l->sign_ins[l->sign_in_count++] = (struct sign_in){
            .login = gx_arena_str(&l->cli->arena, value_of(row, "login")),
            .name = gx_arena_str(&l->cli->arena, value_of(row, "display_name")),
            .ordinal = row->self.ordinal,
        };
    for (size_t i = 0; i < row->value_count; i++)
        for (size_t k = 0; k < row->values[i].link_count; k++)
            for (size_t s = 0; s < l->sign_in_count; s++)
                if (gx_str_is(row->values[i].field, "manager") &&
                    l->sign_ins[s].ordinal == row->values[i].links[k].ordinal)
                    l->sign_ins[s].manager = true;
}

static enum gx_exit load_row(struct loading *l, const struct gx_demo_row *row)
{
    const struct gx_json *object;
    struct gx_str name = gx_str_c(gx_demo_objects[row->self.object]);
    if (row->self.object != l->object || l->rows == BATCH_ROWS || points_into_batch(l, row)) {
        GX_CLI_TRY(send_batch(l));
        begin_batch(l, row->self.object);
    }
    GX_CLI_TRY(gx_cli_object(l->cli, name, &object));
    struct gx_cli_value *values =
        GX_ARENA_ARRAY(&l->batch_arena, struct gx_cli_value, row->value_count + 1);
    size_t count = resolve(l, row, object, values);
    if (gx_str_is(name, "user"))
        note_sign_in(l, row);
    l->rows++;
    return gx_cli_write_record(l->cli, &l->w, object, values, count);
}

/* Are records of this organisation here already? */
static enum gx_exit is_loaded(struct gx_cli *cli, const struct gx_demo_row *row, bool *ret_loaded)
{
    const struct gx_json *reply;
    struct gx_str target =
        gx_cli_path(cli, gx_str_c(gx_demo_objects[row->self.object]), GX_STR("count"), GX_STR(""));
    struct gx_str filter =
        gx_arena_printf(&cli->arena, "external_id = \"%.*s\"", GX_STR_ARG(row->self.key));
    GX_CLI_TRY(gx_cli_get_json(cli, gx_cli_query(cli, target, "filter", filter), &reply));
    *ret_loaded = gx_json_get_int(reply, "count", 0) > 0;
    return GX_EXIT_OK;
}

static enum gx_exit load_rows(struct loading *l)
{
    struct gx_demo_row row;
    bool asked = false, loaded = false;
    begin_batch(l, 0);
    while (gx_demo_next(l->demo, &row)) {
        const char *object = gx_demo_objects[row.self.object];
        if (!asked && (strcmp(object, "user") == 0 || strcmp(object, "unit") == 0)) {
            asked = true;
            GX_CLI_TRY(is_loaded(l->cli, &row, &loaded));
        }
        if (loaded) {
            fprintf(stderr,
                    GX_SAY(l->cli, "%.*s: this demo data is here already.\n",
                           "%.*s：已有這份示範資料。\n"),
                    GX_STR_ARG(l->organisation));
            return GX_EXIT_OK;
        }
        GX_CLI_TRY(load_row(l, &row));
    }
    GX_CLI_TRY(send_batch(l));
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    printf(GX_SAY(l->cli, "%.*s: %lld records\n", "%.*s：%lld 筆\n"), GX_STR_ARG(l->organisation),
           (long long)l->created);
    return l->failed ? GX_EXIT_REFUSED : GX_EXIT_OK;
}

static enum gx_exit allow_sign_in(struct loading *l)
{
    /* After the head and the managers: a rep of each subsidiary, the marketer, and two more. */
    static const char *const trade_roles[SIGN_INS_MAX] = {
        "marketer", "agent", "agent", "agent", "agent",    "agent",      "marketer", "agent",
        "agent",    "agent", "agent", "agent", "marketer", "call_agent", "analyst"
    };
    static const bool sells[SIGN_INS_MAX] = { true, true, true, true, true, true, true,
                                              true, true, true, true, true, true };
    struct gx_str sales[] = { GX_STR("sales"), GX_STR("manager") };
    const struct ids *users = NULL;
    for (int i = 0; i < GX_DEMO_OBJECTS; i++)
        if (strcmp(gx_demo_objects[i], "user") == 0)
            users = &l->ids[i];
    for (size_t i = 0; i < l->sign_in_count && users; i++) {
        const struct sign_in *s = &l->sign_ins[i];
        struct gx_str trade[] = { gx_str_c(trade_roles[i]), GX_STR("sales") };
        if ((size_t)s->ordinal >= users->n || users->v[s->ordinal] == 0)
            continue;
        struct gx_str id = gx_arena_printf(&l->cli->arena, "%lld", (long long)users->v[s->ordinal]);
        GX_CLI_TRY(l->pack && !s->manager
                       ? gx_cli_user_roles(l->cli, id, trade, sells[i] ? 2 : 1)
                       : gx_cli_user_roles(l->cli, id, sales, s->manager ? 2 : 1));
        GX_CLI_TRY(gx_cli_user_password(l->cli, id, GX_STR(PASSWORD)));
        printf("  %-24.*s %.*s%s\n", GX_STR_ARG(s->login), GX_STR_ARG(s->name),
               s->manager ? GX_SAY(l->cli, " (manager)", "（主管）") : "");
    }
    return GX_EXIT_OK;
}

/* The trade's own pack, once; with --plain what is there already is left as it is. */
static enum gx_exit use_pack(struct loading *l)
{
    const struct gx_json *reply;
    size_t t = 0;
    while (trades[t] && !gx_str_is(l->organisation, trades[t]))
        t++;
    if (!trades[t] || gx_cli_has(l->cli, "plain"))
        return GX_EXIT_OK;
    GX_CLI_TRY(gx_cli_get_json(
        l->cli, gx_cli_path(l->cli, GX_STR("definition"), GX_STR("packs"), GX_STR("")), &reply));
    const struct gx_json *rows = gx_json_get(reply, "rows");
    for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next) {
        const struct gx_json *at = gx_json_get(k, "installed_at");
        if (gx_str_eq(gx_json_get_str(k, "name", GX_STR("")), l->organisation))
            l->pack = at && at->kind == GX_JSON_STRING;
    }
    if (!l->pack) {
        GX_CLI_TRY(
            gx_cli_send(l->cli, "POST",
                        gx_cli_path(l->cli, GX_STR("definition"), GX_STR("packs"), l->organisation),
                        GX_STR(""), &reply));
        l->cli->meta = NULL; /* there are more objects now */
    }
    l->pack = true;
    gx_demo_with_pack(l->demo);
    return GX_EXIT_OK;
}

static enum gx_exit load_organisation(struct gx_cli *cli, struct gx_str organisation)
{
    struct loading *l = GX_ARENA_NEW(&cli->arena, struct loading);
    int64_t scale, seed;
    l->cli = cli;
    l->organisation = organisation;
    GX_CLI_TRY(gx_cli_get_int(cli, "scale", 1, 1, GX_DEMO_SCALE_MAX, &scale));
    GX_CLI_TRY(gx_cli_get_int(cli, "seed", 1, 0, INT64_MAX, &seed));
    if (gx_cli_has(cli, "customers")) {
        GX_CLI_TRY(gx_cli_get_int(cli, "customers", PER_SCALE, 1,
                                  (int64_t)GX_DEMO_SCALE_MAX * PER_SCALE, &scale));
        scale = (scale + PER_SCALE - 1) / PER_SCALE;
    }
    if (gx_demo_open(&cli->ctx, organisation, (uint64_t)seed, scale, &l->demo) != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    GX_CLI_TRY(use_pack(l));
    enum gx_exit code = load_rows(l);
    if (code == GX_EXIT_OK)
        code = allow_sign_in(l);
    gx_buf_free(&l->body);
    gx_arena_free(&l->batch_arena);
    return code;
}

/* Somebody must be able to sign in as administrator. */
static enum gx_exit make_admin(struct gx_cli *cli, bool *ret_made)
{
    const struct gx_json *reply;
    struct gx_str id, role = GX_STR("admin");
    struct gx_str target = gx_cli_path(cli, GX_STR("user"), GX_STR("count"), GX_STR(""));
    GX_CLI_TRY(gx_cli_get_json(
        cli, gx_cli_query(cli, target, "filter", GX_STR("login = \"admin\"")), &reply));
    *ret_made = gx_json_get_int(reply, "count", 0) == 0;
    if (!*ret_made)
        return GX_EXIT_OK;
    GX_CLI_TRY(gx_cli_user_create(cli, GX_STR("admin"),
                                  cli->zh ? GX_STR("系統管理員") : GX_STR("Administrator"), &id));
    GX_CLI_TRY(gx_cli_user_roles(cli, id, &role, 1));
    return gx_cli_user_password(cli, id, GX_STR(PASSWORD));
}

static bool is_organisation(struct gx_str name)
{
    for (size_t i = 0; gx_demo_organisations[i]; i++)
        if (gx_str_is(name, gx_demo_organisations[i]))
            return true;
    return gx_str_is(name, "all");
}

static enum gx_exit unknown_organisation(const struct gx_cli *cli, struct gx_str name)
{
    gx_cli_usage(
        cli, GX_SAY(cli, "There is no demo organisation \"%.*s\".", "沒有「%.*s」這個示範組織。"),
        GX_STR_ARG(name));
    fputs(GX_SAY(cli, "There are:", "可用的有："), stderr);
    for (size_t i = 0; gx_demo_organisations[i]; i++)
        fprintf(stderr, " %s", gx_demo_organisations[i]);
    fputc('\n', stderr);
    return GX_EXIT_USAGE;
}

static enum gx_exit demo(struct gx_cli *cli)
{
    bool made;
    for (size_t i = 0; i < cli->arg_count; i++)
        if (!is_organisation(cli->args[i]))
            return unknown_organisation(cli, cli->args[i]);
    if (gx_cli_has(cli, "files"))
        return gx_cli_demo_files(cli);
    cli->create = true;
    GX_CLI_TRY(make_admin(cli, &made));
    if (cli->arg_count == 0)
        cli->args[cli->arg_count++] = gx_str_c(gx_demo_organisations[0]);
    if (gx_cli_arg_is(cli, 0, "all"))
        for (cli->arg_count = 0; gx_demo_organisations[cli->arg_count]; cli->arg_count++)
            cli->args[cli->arg_count] = gx_str_c(gx_demo_organisations[cli->arg_count]);
    for (size_t i = 0; i < cli->arg_count; i++)
        GX_CLI_TRY(load_organisation(cli, cli->args[i]));
    printf(GX_SAY(cli, "Sign in as one of them%s; the password is " PASSWORD ".\n",
                  "可用以上帳號%s登入，密碼為 " PASSWORD "。\n"),
           made ? GX_SAY(cli, " or as admin", "或 admin ") : "");
    return GX_EXIT_OK;
}

static const struct gx_cli_option options[] = {
    { "scale", "N", "N times as many records (1: about 2,000 an organisation)",
      "N 倍的資料量（1：每個組織約 2,000 筆）", 0 },
    { "customers", "N", "the same by the number of customers: 60000",
      "以客戶數指定資料量，例如 60000", 0 },
    { "plain", NULL, "without the trade's own pack", "不啟用行業模組", 0 },
    { "files", "DIR", "no data folder: CSV files of customers, products, order lines, policies",
      "不建立資料目錄，改為輸出客戶、商品、交易明細與保單的 CSV 檔", 0 },
    { "lines", "N", "files: order lines for each customer (10)", "files：每位客戶的交易筆數（10）",
      0 },
    { "seed", "N", "another seed, other records (1)", "不同的種子產生不同資料（1）", 0 },
    { 0 },
};

const struct gx_command gx_command_demo = {
    .name = "demo",
    .args = "[ORGANISATION… | all]",
    .en = "fill a data folder with made-up records to look around in",
    .zh = "以虛構資料建立示範用的資料目錄",
    .more_en = "Makes the folder when it is not there. The same seed, scale and day give the same "
               "records.\nNever run it on real data: its users have a known password.",
    .more_zh = "資料目錄不存在時會先建立。相同的種子、倍數與日期會產生相同資料。\n"
               "請勿用於正式資料：示範使用者的密碼是公開的。",
    .example = "demo insurer --data /tmp/demo\ndemo all --scale 10\n"
               "demo insurer --customers 60000\n"
               "demo insurer --customers 6000000 --files /tmp/lines",
    .options = options,
    .args_max = -1,
    .run = demo,
};
