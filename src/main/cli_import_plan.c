/* cli_import_plan.c - what the options say that differs from the guess for the file. */
#include "main/cli_import.h"

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

enum gx_exit cli_import_reading(struct gx_cli *cli, struct gx_str id, const struct gx_json **draft)
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
    return gx_cli_send(cli, "PATCH", cli_import_path(cli, id, ""), text, draft);
}

enum gx_exit cli_import_plan(struct gx_cli *cli, struct gx_str id, const struct gx_json **draft)
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
    return gx_cli_send(cli, "PATCH", cli_import_path(cli, id, ""), gx_cli_take(cli, &body), draft);
}
