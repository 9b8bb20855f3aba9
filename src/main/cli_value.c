/* cli_value.c - objects, fields and values as people write them, as JSON. */
#include "main/cli.h"

#include "base/id.h"
#include "base/text.h"

enum { NEAR_ENOUGH = 600 };

/* Ids hold the time in their upper bits; what is smaller is somebody else's number. */
static const int64_t id_smallest = 1000000000000;

static enum gx_exit load_meta(struct gx_cli *cli)
{
    if (cli->meta)
        return GX_EXIT_OK;
    return gx_cli_get_json(cli, gx_cli_path(cli, GX_STR("meta"), GX_STR(""), GX_STR("")),
                           &cli->meta);
}

static const struct gx_json *find_exact(const struct gx_json *list, struct gx_str name)
{
    for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next)
        if (gx_str_eq(gx_json_get_str(k, "name", GX_STR("")), name))
            return k;
    return NULL;
}

/* The member of a list of {"name"} that is called so, else the nearest one's name. */
static const struct gx_json *find_named(const struct gx_json *list, struct gx_str name,
                                        struct gx_str *ret_near)
{
    const struct gx_json *exact = find_exact(list, name);
    int best = NEAR_ENOUGH;
    *ret_near = GX_STR("");
    if (exact)
        return exact;
    for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next) {
        struct gx_str have = gx_json_get_str(k, "name", GX_STR(""));
        int near = gx_text_near(have, name);
        if (near > best) {
            best = near;
            *ret_near = have;
        }
    }
    return NULL;
}

enum gx_exit gx_cli_object(struct gx_cli *cli, struct gx_str name,
                           const struct gx_json **ret_object)
{
    struct gx_str near;
    GX_CLI_TRY(load_meta(cli));
    *ret_object = find_named(gx_json_get(cli->meta, "objects"), name, &near);
    if (*ret_object)
        return GX_EXIT_OK;
    if (near.n)
        return gx_cli_fail(cli,
                           GX_SAY(cli, "There is no object \"%.*s\". Did you mean \"%.*s\"?",
                                  "沒有「%.*s」這種資料，是不是「%.*s」？"),
                           GX_STR_ARG(name), GX_STR_ARG(near));
    return gx_cli_fail(cli, GX_SAY(cli, "There is no object \"%.*s\".", "沒有「%.*s」這種資料。"),
                       GX_STR_ARG(name));
}

const struct gx_json *gx_cli_field(const struct gx_json *object, struct gx_str name)
{
    return find_exact(gx_json_get(object, "fields"), name);
}

/* A text as a literal of the expression language. */
static void add_literal(struct gx_buf *out, struct gx_str text)
{
    gx_buf_addc(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"' || text.p[i] == '\\')
            gx_buf_addc(out, '\\');
        gx_buf_addc(out, text.p[i]);
    }
    gx_buf_addc(out, '"');
}

/* How many records of `object` have this text in that field; *ret_id one of them. */
static enum gx_exit look_up(struct gx_cli *cli, struct gx_str object, struct gx_str field,
                            struct gx_str text, size_t *ret_count, struct gx_str *ret_id)
{
    struct gx_buf filter = { 0 };
    const struct gx_json *page;
    gx_buf_printf(&filter, "%.*s = ", GX_STR_ARG(field));
    add_literal(&filter, text);
    struct gx_str target = gx_cli_path(cli, object, GX_STR(""), GX_STR(""));
    target = gx_cli_query(cli, target, "filter", gx_cli_take(cli, &filter));
    target = gx_cli_query(cli, target, "fields", GX_STR("id"));
    target = gx_cli_query(cli, target, "limit", GX_STR("2"));
    GX_CLI_TRY(gx_cli_get_json(cli, target, &page));
    const struct gx_json *rows = gx_json_get(page, "rows");
    *ret_count = rows ? rows->count : 0;
    if (*ret_count)
        *ret_id = gx_json_get_str(rows->first, "id", GX_STR(""));
    return GX_EXIT_OK;
}

static bool stored_text(const struct gx_json *object, struct gx_str name)
{
    const struct gx_json *field = gx_cli_field(object, name);
    return field && gx_json_get_bool(field, "filterable", false);
}

enum gx_exit gx_cli_resolve(struct gx_cli *cli, struct gx_str object_name, struct gx_str text,
                            struct gx_str *ret_id)
{
    const struct gx_json *object;
    int64_t id;
    if (gx_id_parse(text, &id) && id >= id_smallest) {
        *ret_id = text;
        return GX_EXIT_OK;
    }
    struct gx_str key =
        gx_arena_printf(&cli->arena, "%.*s %.*s", GX_STR_ARG(object_name), GX_STR_ARG(text));
    struct gx_str *known = gx_map_get(&cli->resolved, key);
    GX_CLI_TRY(gx_cli_object(cli, object_name, &object));
    struct gx_str fields[] = { GX_STR("external_id"), GX_STR("login"), GX_STR("code"),
                               gx_json_get_str(object, "title", GX_STR("name")) };
    size_t count = known != NULL;
    for (size_t i = 0; i < GX_COUNT(fields) && !known && count == 0; i++)
        if (stored_text(object, fields[i]))
            GX_CLI_TRY(look_up(cli, object_name, fields[i], text, &count, ret_id));
    if (known) {
        *ret_id = *known;
        return GX_EXIT_OK;
    }
    if (count == 0)
        return gx_cli_fail(cli,
                           GX_SAY(cli, "No %.*s has the id, key or name \"%.*s\".",
                                  "沒有任何 %.*s 的編號、代號或名稱是「%.*s」。"),
                           GX_STR_ARG(object_name), GX_STR_ARG(text));
    if (count > 1)
        return gx_cli_fail(cli,
                           GX_SAY(cli, "More than one %.*s is called \"%.*s\"; give its id.",
                                  "有多筆 %.*s 名為「%.*s」，請改用編號。"),
                           GX_STR_ARG(object_name), GX_STR_ARG(text));
    struct gx_str *keep = GX_ARENA_NEW(&cli->arena, struct gx_str);
    *keep = *ret_id;
    gx_map_set(&cli->resolved, &cli->arena, key, keep);
    return GX_EXIT_OK;
}

static bool one_of(struct gx_str text, const char *const *words)
{
    for (; *words; words++)
        if (gx_str_ieq(text, gx_str_c(*words)))
            return true;
    return false;
}

static void write_boolean(struct gx_jw *w, struct gx_str text)
{
    static const char *const yes[] = { "true", "yes", "y", "1", "on", "是", "有", NULL };
    static const char *const no[] = { "false", "no", "n", "0", "off", "否", "無", NULL };
    if (one_of(text, yes))
        gx_jw_bool(w, true);
    else if (one_of(text, no))
        gx_jw_bool(w, false);
    else
        gx_jw_str(w, text); /* the server says what is wrong with it */
}

/* "1250.5 USD" has its currency with it; anything else is an amount in the tenant's own. */
static void write_money(struct gx_jw *w, struct gx_str text)
{
    size_t space = gx_str_find(text, ' ');
    struct gx_str currency = gx_str_trim(gx_str_from(text, space));
    if (currency.n != 3) {
        gx_jw_str(w, text);
        return;
    }
    gx_jw_object(w);
    gx_jw_key_str(w, "amount", (struct gx_str){ text.p, space });
    gx_jw_key_str(w, "currency", currency);
    gx_jw_object_end(w);
}

static void write_location(struct gx_jw *w, struct gx_str text)
{
    size_t comma = gx_str_find(text, ',');
    gx_jw_object(w);
    gx_jw_key_str(w, "lat", gx_str_trim((struct gx_str){ text.p, comma }));
    gx_jw_key_str(w, "lon", gx_str_trim(gx_str_from(text, comma + 1)));
    gx_jw_object_end(w);
}

/* "a|b" or "a,b" */
static enum gx_exit write_several(struct gx_cli *cli, struct gx_jw *w, struct gx_str text,
                                  struct gx_str to)
{
    char between = gx_str_find(text, '|') < text.n ? '|' : ',';
    struct gx_str piece;
    gx_jw_array(w);
    while (gx_str_split(&text, between, &piece)) {
        piece = gx_str_trim(piece);
        if (piece.n && to.n)
            GX_CLI_TRY(gx_cli_resolve(cli, to, piece, &piece));
        if (piece.n)
            gx_jw_str(w, piece);
    }
    gx_jw_array_end(w);
    return GX_EXIT_OK;
}

static enum gx_exit write_value(struct gx_cli *cli, struct gx_jw *w, const struct gx_json *field,
                                struct gx_str text)
{
    struct gx_str type = gx_json_get_str(field, "type", GX_STR("text"));
    struct gx_str to = gx_json_get_str(field, "to", GX_STR("")), id;
    int64_t number;
    text = gx_str_trim(text);
    if (text.n == 0) {
        gx_jw_null(w);
    } else if (gx_str_is(type, "integer") && gx_str_int64(text, &number)) {
        gx_jw_int(w, number);
    } else if (gx_str_is(type, "boolean")) {
        write_boolean(w, text);
    } else if (gx_str_is(type, "money")) {
        write_money(w, text);
    } else if (gx_str_is(type, "location")) {
        write_location(w, text);
    } else if (gx_str_is(type, "choices") || gx_str_is(type, "links")) {
        return write_several(cli, w, text, to);
    } else if (gx_str_is(type, "link") || gx_str_is(type, "file")) {
        GX_CLI_TRY(gx_cli_resolve(cli, to, text, &id));
        gx_jw_str(w, id);
    } else {
        gx_jw_str(w, text);
    }
    return GX_EXIT_OK;
}

static void write_ids(struct gx_jw *w, const struct gx_json *field,
                      const struct gx_cli_value *value)
{
    bool several = gx_str_is(gx_json_get_str(field, "type", GX_STR("")), "links");
    if (several)
        gx_jw_array(w);
    for (size_t i = 0; i < (several ? value->id_count : 1); i++)
        gx_jw_str(w, value->ids[i]);
    if (several)
        gx_jw_array_end(w);
}

/* All parts of an address ("billing_address.city") as one object. */
static void write_parts(struct gx_jw *w, const struct gx_cli_value *values, size_t count,
                        struct gx_str name)
{
    gx_jw_object(w);
    for (size_t i = 0; i < count; i++) {
        size_t dot = gx_str_find(values[i].field, '.');
        if (dot == values[i].field.n ||
            !gx_str_eq((struct gx_str){ values[i].field.p, dot }, name) || values[i].text.n == 0)
            continue;
        gx_jw_key(w, gx_str_from(values[i].field, dot + 1));
        gx_jw_str(w, values[i].text);
    }
    gx_jw_object_end(w);
}

/* Is there an earlier part of the same address? */
static bool written(const struct gx_cli_value *values, size_t count, struct gx_str name)
{
    for (size_t i = 0; i < count; i++)
        if (gx_str_starts(values[i].field, name) && values[i].field.n > name.n &&
            values[i].field.p[name.n] == '.')
            return true;
    return false;
}

static enum gx_exit unknown_field(struct gx_cli *cli, const struct gx_json *object,
                                  struct gx_str name)
{
    struct gx_str near;
    (void)find_named(gx_json_get(object, "fields"), name, &near);
    if (near.n)
        return gx_cli_fail(cli,
                           GX_SAY(cli, "There is no field \"%.*s\" here. Did you mean \"%.*s\"?",
                                  "這裡沒有「%.*s」這個欄位，是不是「%.*s」？"),
                           GX_STR_ARG(name), GX_STR_ARG(near));
    return gx_cli_fail(
        cli, GX_SAY(cli, "There is no field \"%.*s\" here.", "這裡沒有「%.*s」這個欄位。"),
        GX_STR_ARG(name));
}

enum gx_exit gx_cli_write_record(struct gx_cli *cli, struct gx_jw *w, const struct gx_json *object,
                                 const struct gx_cli_value *values, size_t count)
{
    gx_jw_object(w);
    for (size_t i = 0; i < count; i++) {
        struct gx_str name = values[i].field;
        size_t dot = gx_str_find(name, '.');
        struct gx_str base = { name.p, dot };
        const struct gx_json *field = gx_cli_field(object, base);
        if (!field)
            return unknown_field(cli, object, base);
        if (dot < name.n && written(values, i, base))
            continue;
        gx_jw_key(w, base);
        if (dot < name.n)
            write_parts(w, values, count, base);
        else if (values[i].id_count)
            write_ids(w, field, &values[i]);
        else
            GX_CLI_TRY(write_value(cli, w, field, values[i].text));
    }
    gx_jw_object_end(w);
    return GX_EXIT_OK;
}

enum gx_exit gx_cli_body(struct gx_cli *cli, const struct gx_json *object, size_t from,
                         struct gx_str *ret_body)
{
    size_t count = cli->arg_count - from;
    struct gx_cli_value *values = GX_ARENA_ARRAY(&cli->arena, struct gx_cli_value, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct gx_str arg = cli->args[from + i];
        size_t equals = gx_str_find(arg, '=');
        if (equals == arg.n || equals == 0)
            return gx_cli_usage(
                cli, GX_SAY(cli, "\"%.*s\" should be FIELD=VALUE.", "「%.*s」應寫成 欄位=值。"),
                GX_STR_ARG(arg));
        values[i] =
            (struct gx_cli_value){ { arg.p, equals }, gx_str_from(arg, equals + 1), NULL, 0 };
    }
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    enum gx_exit code = gx_cli_write_record(cli, &w, object, values, count);
    *ret_body = gx_cli_take(cli, &out);
    return code;
}
