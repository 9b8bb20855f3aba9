/* test_meta.c - definitions: what is refused and where, order of formulas, pages joined. */
#include "gx_test.h"
#include "meta/meta.h"

/* The files of a pack as they are given; roles.json stands beside them. */
struct file {
    const char *path, *json;
};

static const char roles[] = "{\"roles\":[{\"role\":\"everyone\",\"implicit\":true},"
                            "{\"role\":\"sales\"}]}";
static const char user[] = "{\"object\":\"user\",\"owned\":false,\"title\":\"name\",\"fields\":["
                           "{\"name\":\"name\",\"type\":\"text\"}]}";

static enum gx_code load(struct gx_ctx *ctx, const struct file *files, size_t count,
                         struct gx_meta **ret_meta)
{
    struct gx_meta_source sources[8] = {
        { .path = GX_STR("packs/test/objects/user.json"), .json = gx_str_c(user) },
        { .path = GX_STR("packs/test/roles.json"), .json = gx_str_c(roles) },
    };
    size_t n = 2;
    for (size_t i = 0; i < count && files[i].path; i++)
        sources[n++] = (struct gx_meta_source){ .path = gx_str_c(files[i].path),
                                                .json = gx_str_c(files[i].json) };
    return gx_meta_load(ctx, sources, n, ret_meta);
}

#define OBJECT  "packs/test/objects/visit.json"
#define EXTEND  "packs/test/extend/user.json"
#define PROCESS "packs/test/processes/visit.json"
#define ROLE    "packs/test/roles/guide.json"
#define PAGE    "packs/test/pages/home.json"

static const struct {
    const char *file, *json;
    int line;
    const char *path, *text;
} bad[] = {
    { OBJECT, "{\n\"object\":\"visit\",,}", 2, "",
      "This is not JSON: a key in quotes is missing here, in line 2, column 18." },
    { OBJECT, "{\"object\":\"Visit\"}", 1, "object",
      "\"Visit\" cannot be a name here: use small letters, digits and _, starting with a letter." },
    { OBJECT, "{\"object\":\"gx_visit\"}", 1, "object",
      "\"gx_visit\" cannot be a name here: use small letters, digits and _, starting with a "
      "letter." },
    { OBJECT, "{\"object\":\"visit\",\"id\":\"user\"}", 1, "id", "\"user\" is declared twice." },
    { OBJECT, "{\"object\":\"visit\",\"id\":\"user_fts\"}", 1, "id",
      "\"user_fts\" cannot be a name here: use small letters, digits and _, starting with a "
      "letter." },
    { OBJECT, "{\"object\":\"user\",\"id\":\"u2\"}", 1, "object", "\"user\" is declared twice." },
    { OBJECT, "{\"object\":\"visit\",\n\"feilds\":[]}", 2, "feilds",
      "There is no field \"feilds\" here. Did you mean \"fields\"?" },
    { OBJECT, "{\"object\":\"visit\",\"fields\":[\n{\"name\":\"a\",\"type\":\"txet\"}]}", 2,
      "fields[0].type", "There is no field type \"txet\"." },
    { OBJECT, "{\"object\":\"visit\",\"fields\":[{\"name\":\"id\",\"type\":\"text\"}]}", 1,
      "fields[0].name", "\"id\" is declared twice." },
    { OBJECT,
      "{\"object\":\"visit\",\"fields\":[\n{\"name\":\"a\",\"type\":\"text\"},\n"
      "{\"name\":\"b\",\"id\":\"a\",\"type\":\"text\"}]}",
      3, "fields[1].name", "\"b\" is declared twice." },
    { OBJECT, "{\"object\":\"visit\",\"fields\":[{\"name\":\"a\",\"type\":\"link\",\"to\":\"x\"}]}",
      1, "fields[0].to", "There is no object \"x\"." },
    { OBJECT, "{\"object\":\"visit\",\"fields\":[{\"name\":\"a\",\"type\":\"choice\"}]}", 1,
      "fields[0].choices", "fields[0].choices must be filled in." },
    { OBJECT,
      "{\"object\":\"visit\",\"fields\":[{\"name\":\"a\",\"type\":\"choice\",\"choices\":["
      "{\"code\":\"x\"},\n{\"code\":\"x\"}]}]}",
      2, "fields[0].choices[1]", "\"x\" is declared twice." },
    { OBJECT,
      "{\"object\":\"visit\",\"fields\":[{\"name\":\"a\",\"type\":\"process\",\"process\":\"p\"}]}",
      1, "fields[0].process", "There is no process \"p\"." },
    { OBJECT,
      "{\"object\":\"visit\",\"fields\":[{\"name\":\"a\",\"type\":\"integer\",\"min\":\"x\"}]}", 1,
      "fields[0].min", "\"x\" is not a valid value for min." },
    { OBJECT,
      "{\"object\":\"visit\",\"title\":\"a\",\"fields\":[{\"name\":\"a\",\"type\":\"integer\","
      "\n\"default\":\"x\"}]}",
      2, "fields[0].default", "a must be a whole number." },
    { OBJECT,
      "{\"object\":\"visit\",\"title\":\"a\",\"fields\":[{\"name\":\"a\",\"type\":\"text\","
      "\n\"when\":\"b = 1\"}]}",
      2, "fields[0].when", "There is no field \"b\" here." },
    { OBJECT,
      "{\"object\":\"visit\",\"title\":\"b\",\"fields\":[{\"name\":\"a\",\"type\":\"text\"}]}", 1,
      "title", "There is no field \"b\" here." },
    { OBJECT,
      "{\"object\":\"visit\",\"title\":\"a\",\"fields\":[{\"name\":\"a\",\"type\":\"text\"}],"
      "\n\"unique\":[[\"a\",\"b\"]]}",
      2, "unique", "There is no field \"b\" here." },
    { OBJECT,
      "{\"object\":\"visit\",\"title\":\"a\",\"fields\":[{\"name\":\"a\",\"type\":\"text\"}],"
      "\n\"unique\":[\"a\"]}",
      2, "unique", "unique must be filled in." },
    { OBJECT,
      "{\"object\":\"visit\",\"title\":\"a\",\"fields\":[{\"name\":\"a\",\"type\":\"text\"}],"
      "\n\"relations\":[{\"name\":\"r\",\"object\":\"user\",\"field\":\"name\"}]}",
      2, "relations", "There is no field \"name\" here." },
    { OBJECT,
      "{\"object\":\"visit\",\"title\":\"a\",\"fields\":[{\"name\":\"a\",\"type\":\"text\"}],"
      "\n\"rules\":[{\"name\":\"r\",\"check\":\"a +\"}]}",
      2, "rules[0].check", NULL },
    { OBJECT,
      "{\"object\":\"visit\",\"title\":\"a\",\"fields\":[{\"name\":\"a\",\"type\":\"text\"}],"
      "\n\"access\":{\"boss\":{\"read\":\"all\"}}}",
      2, "access", "There is no role \"boss\"." },
    { OBJECT,
      "{\"object\":\"visit\",\"title\":\"a\",\"fields\":[{\"name\":\"a\",\"type\":\"text\"}],"
      "\n\"access\":{\"sales\":{\"read\":\"some\"}}}",
      2, "access", "\"some\" is not a level: use none, own, team, unit, book or all." },
    { EXTEND, "{\"extend\":\"usr\"}", 1, "extend", "There is no object \"usr\"." },
    { EXTEND, "{\"extend\":\"user\",\"fields\":[{\"name\":\"name\",\"type\":\"text\"}]}", 1,
      "fields[0].name", "\"name\" is declared twice." },
    { PAGE, "{\"page\":\"Home\"}", 1, "page",
      "\"Home\" cannot be a name here: use small letters, digits and _, starting with a letter." },
    { PAGE, "{\"page\":\"home\",\n\"tyles\":[]}", 2, "tyles",
      "There is no field \"tyles\" here. Did you mean \"tiles\"?" },
    { PAGE, "{\"page\":\"home\",\"tiles\":[\n{\"tile\":\"a\",\"kind\":\"clock\"}]}", 2,
      "tiles[0].kind",
      "There is no kind of tile \"clock\": use agenda, alerts, figures, groups, changes, recent or "
      "steps." },
    { PAGE,
      "{\"page\":\"home\",\"tiles\":[{\"tile\":\"a\",\"kind\":\"alerts\",\"parts\":[\n"
      "{\"object\":\"usr\"}]}]}",
      2, "tiles[0].parts[0].object", "There is no object \"usr\"." },
    { PAGE,
      "{\"page\":\"home\",\"tiles\":[{\"tile\":\"a\",\"kind\":\"alerts\",\"parts\":[\n"
      "{\"object\":\"user\",\"set\":{\"done\":true}}]}]}",
      2, "tiles[0].parts[0].set", "There is no field \"done\" here." },
    { PAGE,
      "{\"page\":\"home\",\"tiles\":[{\"tile\":\"a\",\"kind\":\"alerts\",\"parts\":[\n"
      "{\"object\":\"user\",\"limit\":51}]}]}",
      2, "tiles[0].parts[0].limit", "There are too many of these." },
    { PROCESS, "{\"process\":\"p\"}", 1, "states", "states must be filled in." },
    { PROCESS, "{\"process\":\"p\",\"states\":[{\"code\":\"a\"},{\"code\":\"b\"}],\"moves\":[]}", 1,
      "states", "No move leads to the state \"b\"." },
    { PROCESS, "{\"process\":\"p\",\"start\":\"x\",\"states\":[{\"code\":\"a\"}]}", 1, "start",
      "The process has no state \"x\"." },
    { PROCESS,
      "{\"process\":\"p\",\"states\":[{\"code\":\"a\"}],\n\"moves\":[{\"from\":[\"a\"],"
      "\"to\":\"b\"}]}",
      2, "moves[0].to", "The process has no state \"b\"." },
    { PROCESS,
      "{\"process\":\"p\",\"states\":[{\"code\":\"a\"}],\n\"moves\":[{\"from\":[\"c\"],"
      "\"to\":\"a\"}]}",
      2, "moves[0].from", "The process has no state \"c\"." },
    { ROLE, "{\"role\":\"sales\"}", 1, "role", "\"sales\" is declared twice." },
    { ROLE, "{\"role\":\"guide\",\"objects\":{\"nothing\":{\"read\":\"all\"}}}", 1,
      "objects.nothing", "There is no object \"nothing\"." },
};

GX_TEST(meta_errors)
{
    for (size_t i = 0; i < GX_COUNT(bad); i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        const struct file file = { bad[i].file, bad[i].json };
        struct gx_meta *meta;
        GX_CHECK(load(&ctx, &file, 1, &meta) != GX_OK, bad[i].json);
        const struct gx_error *e = ctx.errors;
        if (!GX_CHECK(e, bad[i].json))
            continue;
        GX_CHECK_STR(e->file, gx_str_c(bad[i].file), bad[i].json);
        GX_CHECK(e->line == bad[i].line, bad[i].json);
        GX_CHECK_STR(e->path, gx_str_c(bad[i].path), bad[i].json);
        if (bad[i].text)
            GX_CHECK_STR(gx_error_text(&arena, e, GX_LANG_EN), gx_str_c(bad[i].text), bad[i].json);
        GX_CHECK(gx_error_text(&arena, e, GX_LANG_ZH_HANT).n > 0, bad[i].json);
        gx_arena_free(&arena);
    }
}

/* All that is wrong is said at once. */
GX_TEST(meta_all_errors)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    const struct file file = { OBJECT, "{\"object\":\"visit\",\"fields\":["
                                       "{\"name\":\"a\",\"type\":\"x\"},{\"name\":\"B\"},"
                                       "{\"name\":\"c\",\"type\":\"link\",\"to\":\"y\"}]}" };
    struct gx_meta *meta;
    GX_CHECK(load(&ctx, &file, 1, &meta) == GX_E_INVALID, "load");
    GX_CHECK(ctx.error_count == 3, "three fields");
    gx_arena_free(&arena);
}

/* What a move asks for must be there on every object that the process is for. */
GX_TEST(meta_moves)
{
    static const char object[] =
        "{\"object\":\"visit\",\"title\":\"name\",\"fields\":[{\"name\":\"name\","
        "\"type\":\"text\"},{\"name\":\"state\",\"type\":\"process\",\"process\":\"p\"}]}";
    static const struct {
        const char *move;
        int line;
        const char *path, *text;
    } rows[] = {
        { "\"require\":[\"name\"],\"when\":\"name is not empty\"", 0, NULL, NULL },
        { "\"require\":[\"name\",\n\"neme\"]", 3, "moves[0].require[1]",
          "There is no field \"neme\" here. Did you mean \"name\"?" },
        { "\"require\":[\"xyzzy\"]", 2, "moves[0].require[0]",
          "There is no field \"xyzzy\" here." },
        { "\"require\":\"neme\"", 2, "moves[0].require",
          "There is no field \"neme\" here. Did you mean \"name\"?" },
        { "\n\"when\":\"nmae is empty\"", 3, "moves[0].when", NULL },
        { "\n\"when\":\"name\"", 3, "moves[0].when", NULL },
    };
    for (size_t i = 0; i < GX_COUNT(rows); i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct gx_str process =
            gx_arena_printf(&arena,
                            "{\"process\":\"p\",\"states\":[{\"code\":\"a\"},{\"code\":\"b\"}],\n"
                            "\"moves\":[{\"from\":[\"a\"],\"to\":\"b\",%s}]}",
                            rows[i].move);
        const struct file files[] = { { OBJECT, object }, { PROCESS, process.p } };
        struct gx_meta *meta = NULL;
        enum gx_code code = load(&ctx, files, 2, &meta);
        GX_CHECK((code == GX_OK) == !rows[i].path, rows[i].move);
        if (code == GX_OK)
            gx_meta_unref(meta);
        if (rows[i].path && GX_CHECK(ctx.errors, rows[i].move)) {
            GX_CHECK_STR(ctx.errors->file, GX_STR(PROCESS), rows[i].move);
            GX_CHECK(ctx.errors->line == rows[i].line, rows[i].move);
            GX_CHECK_STR(ctx.errors->path, gx_str_c(rows[i].path), rows[i].move);
            if (rows[i].text)
                GX_CHECK_STR(gx_error_text(&arena, ctx.errors, GX_LANG_EN), gx_str_c(rows[i].text),
                             rows[i].move);
        }
        gx_arena_free(&arena);
    }
}

/* A formula may stand before what it needs, also on another object; never in a circle. */
GX_TEST(meta_formulas)
{
    static const struct file good[] = {
        { OBJECT, "{\"object\":\"visit\",\"title\":\"a\",\"fields\":["
                  "{\"name\":\"d\",\"type\":\"formula\",\"expr\":\"c + 1\"},"
                  "{\"name\":\"c\",\"type\":\"formula\",\"expr\":\"who.calls * 2\"},"
                  "{\"name\":\"who\",\"type\":\"link\",\"to\":\"user\"},"
                  "{\"name\":\"a\",\"type\":\"text\"}]}" },
        { EXTEND, "{\"extend\":\"user\",\"fields\":["
                  "{\"name\":\"calls\",\"type\":\"rollup\",\"expr\":\"count(visits)\"}],"
                  "\"relations\":[{\"name\":\"visits\",\"object\":\"visit\",\"field\":\"who\"}]}" },
    };
    static const struct file circle = {
        OBJECT,
        "{\"object\":\"visit\",\"title\":\"a\",\"fields\":[{\"name\":\"a\",\"type\":\"text\"},"
        "{\"name\":\"b\",\"type\":\"formula\",\"expr\":\"c + 1\"},"
        "{\"name\":\"c\",\"type\":\"formula\",\"expr\":\"b + 1\"}]}"
    };
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_meta *meta;
    if (GX_CHECK(load(&ctx, good, 2, &meta) == GX_OK, "any order")) {
        const struct gx_object *visit = gx_meta_object(meta, GX_STR("visit"));
        GX_CHECK(gx_object_field(visit, GX_STR("d"))->x.type == GX_TYPE_NUMBER, "d is a number");
        GX_CHECK(ctx.error_count == 0, "the tries leave no errors");
        gx_meta_unref(meta);
    }
    GX_CHECK(load(&ctx, &circle, 1, &meta) == GX_E_INVALID, "circle");
    GX_CHECK_STR(ctx.errors->path, GX_STR("fields[1].expr"), "circle");
    gx_arena_free(&arena);
}

/* Pages of an extension go to the end of each list; a list of its own is added. */
GX_TEST(meta_extend)
{
    static const struct file files[] = {
        { OBJECT,
          "{\"object\":\"visit\",\"title\":\"a\",\"fields\":[{\"name\":\"a\",\"type\":\"text\"}],"
          "\"pages\":{\"list\":[\"a\"],\"form\":[[\"a\"]]}}" },
        { "packs/more/extend/visit.json",
          "{\"extend\":\"visit\",\"fields\":[{\"name\":\"b\",\"type\":\"text\"}],"
          "\"pages\":{\"list\":[\"b\"],\"phone\":[\"b\"]},\"access\":{\"sales\":{\"read\":\"own\"}}"
          "}" },
        { "packs/most/extend/visit.json",
          "{\"extend\":\"visit\",\"fields\":[{\"name\":\"c\",\"type\":\"text\"}],"
          "\"pages\":{\"list\":[\"c\"],\"phone\":[\"c\"]},\"access\":{\"sales\":{\"edit\":\"all\"}}"
          "}" },
    };
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_meta *meta;
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    if (GX_CHECK(load(&ctx, files, 3, &meta) == GX_OK, "load")) {
        const struct gx_object *visit = gx_meta_object(meta, GX_STR("visit"));
        gx_json_write(&w, gx_json_get(visit->pages, "list"));
        GX_CHECK_STR(gx_buf_str(&out), GX_STR("[\"a\",\"b\",\"c\"]"), "list");
        gx_buf_clear(&out);
        w = gx_jw(&out);
        gx_json_write(&w, gx_json_get(visit->pages, "phone"));
        GX_CHECK_STR(gx_buf_str(&out), GX_STR("[\"b\",\"c\"]"), "phone");
        GX_CHECK(gx_object_field(visit, GX_STR("c")) != NULL, "field");
        GX_CHECK(meta->roles[1].levels[visit->index][GX_RIGHT_READ] == GX_LEVEL_OWN, "read");
        GX_CHECK(meta->roles[1].levels[visit->index][GX_RIGHT_EDIT] == GX_LEVEL_ALL, "edit");
        GX_CHECK(meta->roles[0].levels[visit->index][GX_RIGHT_READ] == GX_LEVEL_NONE, "no line");
        gx_meta_unref(meta);
    }
    gx_buf_free(&out);
    gx_arena_free(&arena);
}

/* The packs that are part of the program load, and every type has a schema. */
GX_TEST(meta_packs)
{
    const struct gx_str packs[] = { GX_STR("core"), GX_STR("sales") };
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_meta_source *sources;
    struct gx_meta *meta;
    size_t count = gx_meta_embedded(&arena, packs, GX_COUNT(packs), &sources);
    if (!GX_CHECK(gx_meta_load(&ctx, sources, count, &meta) == GX_OK, "load"))
        return;
    for (size_t i = 0; i < meta->object_count; i++) {
        struct gx_buf out = { 0 };
        struct gx_jw w = gx_jw(&out);
        struct gx_json *node;
        gx_jw_array(&w);
        gx_object_describe_reply(&w, meta->objects[i], GX_LANG_EN);
        gx_object_describe_input(&w, meta->objects[i], GX_LANG_ZH_HANT);
        gx_jw_array_end(&w);
        GX_CHECK(gx_json_read(&ctx, gx_buf_str(&out), &node) == GX_OK, meta->objects[i]->x.name.p);
        gx_buf_free(&out);
    }
    gx_meta_unref(meta);
    gx_arena_free(&arena);
}

/* What two packs say of a page is one page; filters are checked when they are loaded. */
GX_TEST(meta_pages)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    const struct file files[] = {
        { PAGE, "{\"page\":\"home\",\"tiles\":[{\"tile\":\"a\",\"kind\":\"figures\",\"parts\":["
                "{\"object\":\"user\",\"filter\":\"name = \\\"x\\\"\",\"sort\":\"-name,id\"}]}]}" },
        { "packs/more/pages/home.json",
          "{\"page\":\"home\",\"tiles\":[{\"tile\":\"a\",\"parts\":[{\"name\":\"b\",\"object\":"
          "\"user\",\"target\":{\"object\":\"user\"}}]},{\"tile\":\"c\",\"kind\":\"recent\"}]}" },
    };
    const struct file wrong[] = {
        { PAGE, "{\"page\":\"home\",\"tiles\":[{\"tile\":\"a\",\"kind\":\"figures\",\"parts\":["
                "{\"object\":\"user\",\"filter\":\"nme = 1\"}]}]}" },
    };
    struct gx_meta *meta;
    if (GX_CHECK(load(&ctx, files, 2, &meta) == GX_OK, "two packs")) {
        const struct gx_page *page = gx_meta_page(meta, GX_STR("home"));
        const struct gx_tile *tile = page ? gx_page_tile(page, GX_STR("a")) : NULL;
        GX_CHECK(page && page->tile_count == 2, "tiles");
        GX_CHECK(tile && tile->part_count == 2 && tile->parts[1].target != NULL, "parts");
        GX_CHECK(tile && gx_str_is(tile->parts[0].name, "user"), "a part is called as its object");
        GX_CHECK(!gx_meta_page(meta, GX_STR("b")), "no such page");
        gx_meta_unref(meta);
    }
    GX_CHECK(load(&ctx, wrong, 1, &meta) == GX_E_INVALID, "a filter over nothing");
    GX_CHECK(ctx.last_error && gx_str_is(ctx.last_error->path, "tiles[0].parts[0].filter"), "path");
    gx_arena_free(&arena);
}
