/* test_json.c - JSON in and out: the standard's edges, limits, and files made by others. */
#include "base/text.h"
#include "gx_test.h"
#include "json/read.h"
#include "json/write.h"

#include <dirent.h>
#include <stdlib.h>

/* What reading `text` and writing it again gives, or "error CODE LINE AT". */
static struct gx_str again(struct gx_arena *arena, struct gx_str text)
{
    struct gx_ctx ctx = gx_test_ctx(arena);
    struct gx_json *root = NULL;
    enum gx_code code = gx_json_read(&ctx, text, &root);
    if (code != GX_OK) {
        GX_CHECK(root == NULL && ctx.error_count == 1, "one error, no tree");
        return gx_arena_printf(arena, "error %s %d %d", gx_code_wire(code), (int)ctx.errors->line,
                               (int)ctx.errors->at);
    }
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_json_write(&w, root);
    struct gx_str result = gx_arena_str(arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return result;
}

static const struct {
    struct gx_str text, want;
} rows[] = {
    { GX_STR_INIT("null"), GX_STR_INIT("null") },
    { GX_STR_INIT(" true "), GX_STR_INIT("true") },
    { GX_STR_INIT("\t\r\nfalse\n"), GX_STR_INIT("false") },
    { GX_STR_INIT("\"a payload may be any value, says RFC 8259\""),
      GX_STR_INIT("\"a payload may be any value, says RFC 8259\"") },
    { GX_STR_INIT("[]"), GX_STR_INIT("[]") },
    { GX_STR_INIT("{ }"), GX_STR_INIT("{}") },
    { GX_STR_INIT("[ 1 , -0, 0.10 , 1E+2,-1.5e-3]"), GX_STR_INIT("[1,-0,0.10,1E+2,-1.5e-3]") },
    { GX_STR_INIT("[12345678901234567890123456789.000]"),
      GX_STR_INIT("[12345678901234567890123456789.000]") },
    { GX_STR_INIT("{\"a\":{\"b\":[{},[]]},\"\":0}"),
      GX_STR_INIT("{\"a\":{\"b\":[{},[]]},\"\":0}") },
    { GX_STR_INIT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), GX_STR_INIT("\"\\\"\\\\/\\b\\f\\n\\r\\t\"") },
    { GX_STR_INIT("\"\\u0041\\u00e9\\u4e2D\\uD83D\\uDE00\""),
      GX_STR_INIT("\"A\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80\"") },
    { GX_STR_INIT("\"\\u0000\\u001f\\u007f\""), GX_STR_INIT("\"\\u0000\\u001f\x7f\"") },
    { GX_STR_INIT("\"</script>\""), GX_STR_INIT("\"\\u003c/script>\"") },
    { GX_STR_INIT("\"\xe2\x80\xa8 \xe2\x80\xa9 \xe2\x80\xa6\""),
      GX_STR_INIT("\"\\u2028 \\u2029 \xe2\x80\xa6\"") },
    { GX_STR_INIT("\"plain text and then a tab\\there\""),
      GX_STR_INIT("\"plain text and then a tab\\there\"") },
    /* brought to NFC: e and a combining acute */
    { GX_STR_INIT("{\"e\xcc\x81\":\"e\\u0301\"}"), GX_STR_INIT("{\"\xc3\xa9\":\"\xc3\xa9\"}") },
    { GX_STR_INIT(""), GX_STR_INIT("error syntax 1 0") },
    { GX_STR_INIT("  "), GX_STR_INIT("error syntax 1 2") },
    { GX_STR_INIT("nul"), GX_STR_INIT("error syntax 1 0") },
    { GX_STR_INIT("nullx"), GX_STR_INIT("error syntax 1 4") },
    { GX_STR_INIT("NaN"), GX_STR_INIT("error syntax 1 0") },
    { GX_STR_INIT("[1,\n2,\n x]"), GX_STR_INIT("error syntax 3 8") },
    { GX_STR_INIT("[1,]"), GX_STR_INIT("error syntax 1 3") },
    { GX_STR_INIT("[1"), GX_STR_INIT("error syntax 1 2") },
    { GX_STR_INIT("[1}"), GX_STR_INIT("error syntax 1 2") },
    { GX_STR_INIT("{\"a\""), GX_STR_INIT("error syntax 1 4") },
    { GX_STR_INIT("{\"a\":1,}"), GX_STR_INIT("error syntax 1 7") },
    { GX_STR_INIT("{\"a\" 1}"), GX_STR_INIT("error syntax 1 5") },
    { GX_STR_INIT("{a:1}"), GX_STR_INIT("error syntax 1 1") },
    { GX_STR_INIT("{\"a\":1 \"b\":2}"), GX_STR_INIT("error syntax 1 7") },
    { GX_STR_INIT("{\"a\":1,\n\"a\":2}"), GX_STR_INIT("error syntax 2 14") },
    { GX_STR_INIT("{\"\xc3\xa9\":1,\"e\xcc\x81\":2}"), GX_STR_INIT("error syntax 1 16") },
    { GX_STR_INIT("01"), GX_STR_INIT("error syntax 1 0") },
    { GX_STR_INIT("-"), GX_STR_INIT("error syntax 1 0") },
    { GX_STR_INIT("+1"), GX_STR_INIT("error syntax 1 0") },
    { GX_STR_INIT(".5"), GX_STR_INIT("error syntax 1 0") },
    { GX_STR_INIT("1."), GX_STR_INIT("error syntax 1 0") },
    { GX_STR_INIT("1.e2"), GX_STR_INIT("error syntax 1 0") },
    { GX_STR_INIT("1e"), GX_STR_INIT("error syntax 1 0") },
    { GX_STR_INIT("1e+"), GX_STR_INIT("error syntax 1 0") },
    { GX_STR_INIT("1 2"), GX_STR_INIT("error syntax 1 2") },
    { GX_STR_INIT("\"abc"), GX_STR_INIT("error syntax 1 4") },
    { GX_STR_INIT("\"abc\\"), GX_STR_INIT("error syntax 1 5") },
    { GX_STR_INIT("\"abc\\\""), GX_STR_INIT("error syntax 1 6") },
    { GX_STR_INIT("\"a\nb\""), GX_STR_INIT("error syntax 1 2") },
    { GX_STR_INIT("\"a\0b\""), GX_STR_INIT("error syntax 1 2") },
    { GX_STR_INIT("\"\\x41\""), GX_STR_INIT("error syntax 1 1") },
    { GX_STR_INIT("\"\\u12g4\""), GX_STR_INIT("error syntax 1 1") },
    { GX_STR_INIT("\"\\u12"), GX_STR_INIT("error syntax 1 1") },
    { GX_STR_INIT("\"\\ud83d\""), GX_STR_INIT("error syntax 1 1") },
    { GX_STR_INIT("\"\\ud83d\\u0041\""), GX_STR_INIT("error syntax 1 1") },
    { GX_STR_INIT("\"\\ude00\""), GX_STR_INIT("error syntax 1 1") },
    { GX_STR_INIT("\"\\ud83d\\ud"), GX_STR_INIT("error syntax 1 1") },
    { GX_STR_INIT("\"\xff\""), GX_STR_INIT("error syntax 1 0") },
    { GX_STR_INIT("\"\xc0\xaf\""), GX_STR_INIT("error syntax 1 0") },
    { GX_STR_INIT("\"\xed\xa0\x80\""), GX_STR_INIT("error syntax 1 0") },
    { GX_STR_INIT("\xef\xbb\xbf{}"), GX_STR_INIT("error syntax 1 0") },
    { GX_STR_INIT("[1,\x0b 2]"), GX_STR_INIT("error syntax 1 3") },
    { GX_STR_INIT("// no comments"), GX_STR_INIT("error syntax 1 0") },
};

GX_TEST(json_read_and_write_again)
{
    struct gx_arena arena = { 0 };
    for (size_t i = 0; i < GX_COUNT(rows); i++) {
        /* Bytes that end where the text ends, so that reading past it is seen. */
        char *exact = malloc(rows[i].text.n + 1);
        memcpy(exact, rows[i].text.p, rows[i].text.n);
        exact = realloc(exact, rows[i].text.n ? rows[i].text.n : 1);
        GX_CHECK_STR(again(&arena, (struct gx_str){ exact, rows[i].text.n }), rows[i].want,
                     rows[i].text.p);
        free(exact);
    }
    gx_arena_free(&arena);
}

/* An escape at each place of a word, at each distance from the end of the text. */
GX_TEST(json_escape_at_every_place)
{
    struct gx_arena arena = { 0 };
    static const char *const specials[] = { "\"", "\\",           "\n",           "\x01",
                                            "<",  "\xe2\x80\xa8", "\xe2\x80\xa6", "\xe4\xb8\xad" };
    for (size_t n = 0; n < 20; n++)
        for (size_t at = 0; at <= n; at++)
            for (size_t k = 0; k < GX_COUNT(specials); k++) {
                struct gx_str s =
                    gx_arena_printf(&arena, "%.*s%s%.*s", (int)at, "bbbbbbbbbbbbbbbbbbbb",
                                    specials[k], (int)(n - at), "bbbbbbbbbbbbbbbbbbbb");
                struct gx_buf out = { 0 };
                struct gx_jw w = gx_jw(&out);
                gx_jw_str(&w, s);
                struct gx_ctx ctx = gx_test_ctx(&arena);
                struct gx_json *root = NULL;
                GX_CHECK(gx_json_read(&ctx, gx_buf_str(&out), &root) == GX_OK, s.p);
                GX_CHECK_STR(root ? root->text : GX_STR("none"), s, "the same again");
                gx_buf_free(&out);
                gx_arena_reset(&arena);
            }
    gx_arena_free(&arena);
}

GX_TEST(json_limits)
{
    struct gx_arena arena = { 0 };
    char deep[2 * GX_JSON_READ_DEPTH_MAX + 2];
    memset(deep, '[', GX_JSON_READ_DEPTH_MAX + 1);
    memset(deep + GX_JSON_READ_DEPTH_MAX + 1, ']', GX_JSON_READ_DEPTH_MAX + 1);
    struct gx_str most = { deep + 1, 2 * GX_JSON_READ_DEPTH_MAX };
    GX_CHECK_STR(again(&arena, most), most, "as deep as allowed");
    GX_CHECK_STR(again(&arena, (struct gx_str){ deep, sizeof deep }), GX_STR("error limit 1 32"),
                 "one deeper");
    struct gx_buf out = { 0 };
    gx_buf_addc(&out, '[');
    for (size_t i = 1; i < GX_JSON_NODES_MAX; i++)
        gx_buf_addz(&out, "0,");
    gx_buf_addz(&out, "0]");
    GX_CHECK_STR(again(&arena, gx_buf_str(&out)), GX_STR("error limit 1 3999999"), "nodes");
    gx_buf_free(&out);
    gx_arena_free(&arena);
}

GX_TEST(json_many_keys)
{
    struct gx_arena arena = { 0 };
    for (int twice = 0; twice < 2; twice++) {
        struct gx_buf out = { 0 };
        gx_buf_addc(&out, '{');
        for (int i = 0; i < 1000; i++)
            gx_buf_printf(&out, "\"key%d\":%d,\n", i, i);
        gx_buf_printf(&out, "\"key%d\":null}", twice ? 500 : 1000);
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct gx_json *root = NULL;
        enum gx_code code = gx_json_read(&ctx, gx_buf_str(&out), &root);
        GX_CHECK(code == (twice ? GX_E_SYNTAX : GX_OK), "twice");
        if (twice)
            GX_CHECK_STR(gx_ctx_text(&ctx),
                         GX_STR("row 1001: key500: The key \"key500\" stands twice."), "which");
        else
            GX_CHECK(gx_json_get_int(root, "key999", 0) == 999 && root->count == 1001, "found");
        gx_buf_free(&out);
    }
    gx_arena_free(&arena);
}

GX_TEST(json_errors_in_words)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_json *root = NULL;
    struct gx_str text = GX_STR("{\"姓名\": \"王小明\",\n \"電話\" \"02\"}");
    GX_CHECK(gx_json_read(&ctx, text, &root) == GX_E_SYNTAX, "code");
    GX_CHECK_STR(gx_error_text(&arena, ctx.errors, GX_LANG_EN),
                 GX_STR("This is not JSON: a colon is missing after the key, in line 2, column 7."),
                 "columns count characters");
    gx_ctx_clear(&ctx);
    ctx.lang = GX_LANG_ZH_HANT;
    GX_CHECK(gx_json_read(&ctx, text, &root) == GX_E_SYNTAX, "code");
    GX_CHECK_STR(gx_error_text(&arena, ctx.errors, GX_LANG_ZH_HANT),
                 GX_STR("這不是 JSON：第 2 行第 7 欄，鍵之後缺少冒號。"), "Chinese");
    gx_arena_free(&arena);
}

GX_TEST(json_get)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_json *root = NULL;
    GX_CHECK(gx_json_read(&ctx,
                          GX_STR("{\"s\":\"x\",\"t\":true,\"n\":-7,\"big\":\"9223372036854775807\","
                                 "\"half\":0.5,\"e\":1e3,\"nul\":null}"),
                          &root) == GX_OK,
             "read");
    struct gx_str no = GX_STR("no");
    GX_CHECK_STR(gx_json_get_str(root, "s", no), GX_STR("x"), "string");
    GX_CHECK_STR(gx_json_get_str(root, "n", no), no, "a number is no string");
    GX_CHECK(gx_json_get_bool(root, "t", false) && gx_json_get_bool(root, "s", true), "bool");
    GX_CHECK(gx_json_get_int(root, "n", 0) == -7, "int");
    GX_CHECK(gx_json_get_int(root, "big", 0) == INT64_MAX, "digits in a string");
    GX_CHECK(gx_json_get_int(root, "half", 3) == 3 && gx_json_get_int(root, "e", 3) == 3,
             "not whole as written");
    GX_CHECK(gx_json_get_int(root, "none", 3) == 3 && gx_json_get_int(root, "s", 3) == 3, "none");
    GX_CHECK(!gx_json_get(NULL, "s") && !gx_json_get(root->first, "s"), "no object");
    gx_arena_free(&arena);
}

GX_TEST(json_writer)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "s", GX_STR("a\"b"));
    gx_jw_key_int(&w, "i", INT64_MIN);
    gx_jw_key_id(&w, "id", 42);
    gx_jw_key_bool(&w, "b", false);
    gx_jw_key(&w, GX_STR("d"));
    gx_jw_decimal(&w, -125000, 4);
    gx_jw_key(&w, GX_STR("a"));
    gx_jw_array(&w);
    gx_jw_null(&w);
    gx_jw_raw(&w, GX_STR("{\"x\":1}"));
    gx_jw_str(&w, (struct gx_str){ NULL, 0 });
    gx_jw_array(&w);
    gx_jw_array_end(&w);
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    GX_CHECK_STR(gx_buf_str(&out),
                 GX_STR("{\"s\":\"a\\\"b\",\"i\":-9223372036854775808,\"id\":\"42\",\"b\":false,"
                        "\"d\":\"-12.5\",\"a\":[null,{\"x\":1},\"\",[]]}"),
                 "all kinds");
    gx_buf_free(&out);
    out = (struct gx_buf){ .max = 10 };
    w = gx_jw(&out);
    gx_jw_str(&w, GX_STR("does not fit here"));
    GX_CHECK(gx_buf_check(&out) == GX_E_LIMIT, "past the cap");
    gx_buf_free(&out);
}

static struct gx_str slurp(struct gx_arena *arena, const char *folder, const char *name)
{
    struct gx_str path = gx_arena_printf(arena, "%s/%s", folder, name);
    FILE *file = fopen(path.p, "rb");
    if (!GX_CHECK(file != NULL, path.p))
        return GX_STR("");
    char *bytes = gx_arena_alloc(arena, 1 << 20);
    size_t n = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return (struct gx_str){ bytes, n };
}

/*
 * The JSON_checker suite of json.org.  It was written for the RFC before last: its fail1 ("payload
 * should be object or array") is legal by RFC 8259, and its fail18 is too deep only for a parser
 * that stops at 19 levels; ours takes GX_JSON_READ_DEPTH_MAX.
 */
GX_TEST(json_checker)
{
    const char *folder = gx_test_data("json_checker");
    DIR *dir = folder ? opendir(folder) : NULL;
    if (!dir) {
        gx_skip("json_checker is not here");
        return;
    }
    struct gx_arena arena = { 0 };
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (!strstr(e->d_name, ".json"))
            continue;
        bool legal = strncmp(e->d_name, "pass", 4) == 0 || strcmp(e->d_name, "fail1.json") == 0 ||
                     strcmp(e->d_name, "fail18.json") == 0;
        struct gx_str first = again(&arena, slurp(&arena, folder, e->d_name));
        GX_CHECK(gx_str_starts(first, GX_STR("error ")) == !legal, e->d_name);
        if (legal)
            GX_CHECK_STR(again(&arena, first), first, e->d_name);
    }
    closedir(dir);
    gx_arena_free(&arena);
}

GX_TEST(json_naughty_strings)
{
    const char *folder = gx_test_data("naughty_strings");
    if (!folder) {
        gx_skip("naughty_strings is not here");
        return;
    }
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_str text = slurp(&arena, folder, "blns.json");
    struct gx_json *list = NULL;
    GX_CHECK(gx_json_read(&ctx, text, &list) == GX_OK, "blns.json");
    GX_CHECK(list && list->count > 400, "strings");
    for (const struct gx_json *s = list ? list->first : NULL; s; s = s->next) {
        struct gx_str clean = { "", 0 };
        GX_CHECK(gx_text_clean(&arena, s->text, &clean) == GX_OK, s->text.p);
        GX_CHECK_STR(s->text, clean, "in NFC already");
        struct gx_buf out = { 0 };
        struct gx_jw w = gx_jw(&out);
        gx_jw_str(&w, s->text);
        struct gx_json *back = NULL;
        GX_CHECK(gx_json_read(&ctx, gx_buf_str(&out), &back) == GX_OK, s->text.p);
        if (back)
            GX_CHECK_STR(back->text, s->text, "byte for byte");
        gx_buf_free(&out);
    }
    gx_arena_free(&arena);
}
