/* test_schema.c - one table: input checked, struct filled, documented. */
#include "gx_test.h"
#include "json/schema.h"

struct place {
    struct gx_str city;
};

struct move_in {
    struct gx_str to, note;
    int64_t version, percent;
    int64_t owner;
    bool quiet;
    const struct gx_json *extra;
    struct place place;
    struct gx_strs tags;
    struct gx_ids people;
};

static const char *const states[] = { "planned", "done", "cancelled", NULL };
static const struct gx_schema place_fields[] = {
    GX_FIELD(struct place, city, .type = GX_SCHEMA_STR, .required = true, .min = 1, .max = 4),
    { 0 },
};
static const struct gx_schema fields[] = {
    GX_FIELD(struct move_in, to, .type = GX_SCHEMA_STR, .required = true, .words = states,
             .doc = "Where to."),
    GX_FIELD(struct move_in, note, .type = GX_SCHEMA_STR, .max = 4, .nullable = true),
    GX_FIELD(struct move_in, version, .type = GX_SCHEMA_INT, .required = true, .min = 1),
    GX_FIELD(struct move_in, percent, .type = GX_SCHEMA_INT, .max = 100),
    GX_FIELD(struct move_in, owner, .type = GX_SCHEMA_ID),
    GX_FIELD(struct move_in, quiet, .type = GX_SCHEMA_BOOL),
    GX_FIELD(struct move_in, extra, .type = GX_SCHEMA_NODE),
    GX_FIELD(struct move_in, place, .type = GX_SCHEMA_OBJECT, .fields = place_fields),
    GX_FIELD(struct move_in, tags, .type = GX_SCHEMA_STRS, .min = 1, .max = 2),
    GX_FIELD(struct move_in, people, .type = GX_SCHEMA_IDS, .max = 2),
    { 0 },
};

static const struct {
    const char *input, *errors;
} rows[] = {
    { "{\"to\":\"done\",\"version\":1}", "" },
    { "{\"to\":\"done\",\"version\":1,\"note\":null}", "" },
    { "{\"to\":\"done\",\"version\":1,\"note\":"
      "\"\xe9\x97\x9c\xe4\xbf\x82\xe9\x97\x9c\xe4\xbf\x82\"}",
      "" },
    { "[]", "The input must be an object." },
    { "{}", "to: to must be filled in.\nversion: version must be filled in." },
    { "{\"to\":\"done\",\"version\":1,\"percnt\":5}",
      "percnt: There is no field \"percnt\" here. Did you mean \"percent\"?" },
    { "{\"to\":\"done\",\"version\":1,\"zzz\":5}", "zzz: There is no field \"zzz\" here." },
    { "{\"to\":\"plannd\",\"version\":1}",
      "to: \"plannd\" is not one of the choices of to. Did you mean \"planned\"?" },
    { "{\"to\":\"?\",\"version\":1}", "to: \"?\" is not one of the choices of to." },
    { "{\"to\":\"done\",\"version\":1,\"note\":\"12345\"}",
      "note: note is longer than 4 characters." },
    { "{\"to\":\"done\",\"version\":0}", "version: version must be at least 1." },
    { "{\"to\":\"done\",\"version\":\"1\"}", "version: version must be an integer." },
    { "{\"to\":\"done\",\"version\":1.0}", "version: version must be an integer." },
    { "{\"to\":\"done\",\"version\":null}", "version: version must be an integer." },
    { "{\"to\":\"done\",\"version\":9223372036854775808}", "version: version must be an integer." },
    { "{\"to\":\"done\",\"version\":1,\"percent\":-1}", "percent: percent must be at least 0." },
    { "{\"to\":\"done\",\"version\":1,\"percent\":101}", "percent: percent must be at most 100." },
    { "{\"to\":1,\"version\":1}", "to: to must be a text." },
    { "{\"to\":\"done\",\"version\":1,\"owner\":7}",
      "owner: owner must be an id: a string of digits." },
    { "{\"to\":\"done\",\"version\":1,\"owner\":\"0\"}",
      "owner: owner must be an id: a string of digits." },
    { "{\"to\":\"done\",\"version\":1,\"quiet\":\"yes\"}", "quiet: quiet must be true or false." },
    { "{\"to\":\"done\",\"version\":1,\"place\":{}}", "place.city: city must be filled in." },
    { "{\"to\":\"done\",\"version\":1,\"place\":[]}", "place: place must be an object." },
    { "{\"to\":\"done\",\"version\":1,\"place\":{\"city\":\"\"}}",
      "place.city: place.city must have at least 1 characters." },
    { "{\"to\":\"done\",\"version\":1,\"place\":{\"city\":\"x\",\"cty\":1}}",
      "place.cty: There is no field \"cty\" here. Did you mean \"city\"?" },
    { "{\"to\":\"done\",\"version\":1,\"tags\":[]}", "tags: tags must have at least 1 entries." },
    { "{\"to\":\"done\",\"version\":1,\"tags\":[\"a\",\"b\",\"c\"]}",
      "tags: tags must have at most 2 entries." },
    { "{\"to\":\"done\",\"version\":1,\"tags\":[\"a\",2]}", "tags[1]: tags[1] must be a text." },
    { "{\"to\":\"done\",\"version\":1,\"people\":[\"1\",\"x\"]}",
      "people[1]: people[1] must be an id: a string of digits." },
    { "{\"to\":\"done\",\"version\":1,\"people\":\"1\"}", "people: people must be an array." },
    { "{\"version\":0,\"quiet\":0}", "version: version must be at least 1.\nquiet: quiet must be "
                                     "true or false.\nto: to must be filled in." },
};

GX_TEST(schema_read_rows)
{
    struct gx_arena arena = { 0 };
    for (size_t i = 0; i < GX_COUNT(rows); i++) {
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct gx_json *root = NULL;
        struct move_in in = { 0 };
        GX_CHECK(gx_json_read(&ctx, gx_str_c(rows[i].input), &root) == GX_OK, rows[i].input);
        enum gx_code code = gx_schema_read(&ctx, fields, root, GX_STR(""), &in);
        GX_CHECK(code == (rows[i].errors[0] ? GX_E_INVALID : GX_OK), rows[i].input);
        GX_CHECK_STR(gx_ctx_text(&ctx), gx_str_c(rows[i].errors), rows[i].input);
    }
    gx_arena_free(&arena);
}

GX_TEST(schema_read_values)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_json *root = NULL;
    struct move_in in = { 0 };
    struct gx_str text = GX_STR("{\"to\":\"done\",\"version\":3,\"owner\":\"77\",\"quiet\":true,"
                                "\"extra\":[1],\"place\":{\"city\":\"Ulm\"},\"tags\":[\"a\",\"b\"],"
                                "\"people\":[\"5\",\"6\"]}");
    GX_CHECK(gx_json_read(&ctx, text, &root) == GX_OK, "read");
    GX_CHECK(gx_schema_read(&ctx, fields, root, GX_STR("rows[3]"), &in) == GX_OK, "check");
    GX_CHECK_STR(in.to, GX_STR("done"), "to");
    GX_CHECK_STR(in.place.city, GX_STR("Ulm"), "place.city");
    GX_CHECK(in.version == 3 && in.owner == 77 && in.quiet && in.percent == 0, "numbers");
    GX_CHECK(in.extra && in.extra->count == 1, "node");
    GX_CHECK(in.tags.n == 2 && gx_str_is(in.tags.v[1], "b"), "tags");
    GX_CHECK(in.people.n == 2 && in.people.v[1] == 6, "people");
    GX_CHECK(gx_schema_read(&ctx, fields, NULL, GX_STR("rows[3]"), &in) == GX_E_INVALID, "nothing");
    GX_CHECK_STR(ctx.errors->path, GX_STR("rows[3]"), "path");
    gx_arena_free(&arena);
}

struct reply {
    struct gx_str name;
    int64_t owner;
};

GX_TEST(schema_describe)
{
    static const struct gx_schema row[] = {
        GX_FIELD(struct reply, name, .type = GX_SCHEMA_STR, .words = states, .nullable = true),
        GX_FIELD(struct reply, owner, .type = GX_SCHEMA_ID, .required = true),
        { 0 },
    };
    static const struct gx_schema page[] = {
        { .name = "rows",
          .type = GX_SCHEMA_LIST,
          .required = true,
          .fields = row,
          .doc = "In order." },
        { .name = "any", .type = GX_SCHEMA_NODE },
        { .name = "n", .type = GX_SCHEMA_INT, .min = 1 },
        { .name = "tags", .type = GX_SCHEMA_STRS, .max = 9 },
        { 0 },
    };
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_schema_describe(&w, page);
    GX_CHECK_STR(
        gx_buf_str(&out),
        GX_STR("{\"type\":\"object\",\"required\":[\"rows\"],\"properties\":{"
               "\"rows\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
               "\"required\":[\"owner\"],\"properties\":{"
               "\"name\":{\"type\":[\"string\",\"null\"],"
               "\"enum\":[\"planned\",\"done\",\"cancelled\",null]},"
               "\"owner\":{\"type\":\"string\",\"pattern\":\"^[1-9][0-9]{0,18}$\"}},"
               "\"additionalProperties\":false},\"description\":\"In order.\"},"
               "\"any\":{},"
               "\"n\":{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":1},"
               "\"tags\":{\"type\":\"array\",\"maxItems\":9,\"items\":{\"type\":\"string\"}}},"
               "\"additionalProperties\":false}"),
        "OpenAPI 3.1");
    gx_buf_free(&out);
}
