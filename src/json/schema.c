/* schema.c - check an object against a table, fill the struct, print the table; see schema.h. */
#include "json/schema.h"

#include "base/assert.h"
#include "base/id.h"
#include "base/text.h"

/* From here on two names are alike enough to be suggested. */
enum { NEAR_MIN = 600 };

struct checker {
    struct gx_ctx *ctx;
    enum gx_code code; /* GX_OK until something is wrong */
};

static struct gx_str path_to(struct gx_ctx *ctx, struct gx_str path, const char *name)
{
    if (path.n == 0)
        return gx_str_c(name);
    return gx_arena_printf(ctx->arena, "%.*s.%s", GX_STR_ARG(path), name);
}

static struct gx_str word(const struct checker *c, enum gx_message message)
{
    const struct gx_error error = { .message = message };
    return gx_error_text(c->ctx->arena, &error, c->ctx->lang);
}

static void wrong_type(struct checker *c, struct gx_str path, enum gx_message should_be)
{
    struct gx_str name = path.n ? path : word(c, GX_M_THE_INPUT);
    c->code = gx_fail(c->ctx, GX_E_INVALID, path, GX_M_WRONG_TYPE, name, word(c, should_be));
}

static void out_of_bounds(struct checker *c, struct gx_str path, enum gx_message message,
                          int64_t bound)
{
    struct gx_str number = gx_arena_printf(c->ctx->arena, "%lld", (long long)bound);
    c->code = gx_fail(c->ctx, GX_E_INVALID, path, message, path, number);
}

static bool has_max(const struct gx_schema *f)
{
    return f->max > f->min || (f->max == f->min && f->max != 0);
}

static bool has_min(const struct gx_schema *f)
{
    return f->min != 0 || (f->type == GX_SCHEMA_INT && has_max(f));
}

static void check_count(struct checker *c, const struct gx_schema *f, struct gx_str path, size_t n)
{
    bool text = f->type == GX_SCHEMA_STR;
    if (has_min(f) && (int64_t)n < f->min)
        out_of_bounds(c, path, text ? GX_M_TOO_SHORT : GX_M_TOO_FEW, f->min);
    if (has_max(f) && (int64_t)n > f->max)
        out_of_bounds(c, path, text ? GX_M_TOO_LONG : GX_M_TOO_MANY, f->max);
}

static void check_word(struct checker *c, const struct gx_schema *f, struct gx_str path,
                       struct gx_str text)
{
    struct gx_str best = { "", 0 };
    int best_score = NEAR_MIN - 1;
    for (const char *const *w = f->words; *w; w++) {
        if (gx_str_is(text, *w))
            return;
        int score = gx_text_near(text, gx_str_c(*w));
        if (score > best_score) {
            best = gx_str_c(*w);
            best_score = score;
        }
    }
    if (best.n)
        c->code = gx_fail(c->ctx, GX_E_INVALID, path, GX_M_NOT_A_CHOICE_NEAR, path, text, best);
    else
        c->code = gx_fail(c->ctx, GX_E_INVALID, path, GX_M_NOT_A_CHOICE, path, text);
}

static void read_str(struct checker *c, const struct gx_schema *f, const struct gx_json *node,
                     struct gx_str path, struct gx_str *out)
{
    if (node->kind != GX_JSON_STRING) {
        wrong_type(c, path, GX_M_A_TEXT);
        return;
    }
    *out = node->text;
    if (f->words)
        check_word(c, f, path, node->text);
    else
        check_count(c, f, path, gx_text_length(node->text));
}

static void read_int(struct checker *c, const struct gx_schema *f, const struct gx_json *node,
                     struct gx_str path, int64_t *out)
{
    if (node->kind != GX_JSON_NUMBER || !gx_json_int64(node, out)) {
        wrong_type(c, path, GX_M_AN_INTEGER);
        return;
    }
    if (has_min(f) && *out < f->min)
        out_of_bounds(c, path, GX_M_TOO_SMALL, f->min);
    if (has_max(f) && *out > f->max)
        out_of_bounds(c, path, GX_M_TOO_LARGE, f->max);
}

static void read_id(struct checker *c, const struct gx_json *node, struct gx_str path, int64_t *out)
{
    if (node->kind != GX_JSON_STRING || !gx_id_parse(node->text, out))
        wrong_type(c, path, GX_M_AN_ID);
}

static struct gx_str path_at(struct checker *c, struct gx_str path, size_t i)
{
    return gx_arena_printf(c->ctx->arena, "%.*s[%zu]", GX_STR_ARG(path), i);
}

static void read_array(struct checker *c, const struct gx_schema *f, const struct gx_json *node,
                       struct gx_str path, void *out)
{
    if (node->kind != GX_JSON_ARRAY) {
        wrong_type(c, path, GX_M_AN_ARRAY);
        return;
    }
    check_count(c, f, path, node->count);
    struct gx_strs *strs = out;
    struct gx_ids *ids = out;
    size_t i = 0;
    if (f->type == GX_SCHEMA_IDS)
        *ids = (struct gx_ids){ GX_ARENA_ARRAY(c->ctx->arena, int64_t, node->count), node->count };
    else
        *strs = (struct gx_strs){ GX_ARENA_ARRAY(c->ctx->arena, struct gx_str, node->count),
                                  node->count };
    for (const struct gx_json *item = node->first; item; item = item->next, i++) {
        if (f->type == GX_SCHEMA_IDS)
            read_id(c, item, path_at(c, path, i), &ids->v[i]);
        else if (item->kind != GX_JSON_STRING)
            wrong_type(c, path_at(c, path, i), GX_M_A_TEXT);
        else
            strs->v[i] = item->text;
    }
}

static void read_object(struct checker *c, const struct gx_schema *fields,
                        const struct gx_json *node, struct gx_str path, void *out);

static void read_field(struct checker *c, const struct gx_schema *f, const struct gx_json *node,
                       struct gx_str path, void *out)
{
    switch (f->type) {
    case GX_SCHEMA_STR:
        read_str(c, f, node, path, out);
        break;
    case GX_SCHEMA_INT:
        read_int(c, f, node, path, out);
        break;
    case GX_SCHEMA_ID:
        read_id(c, node, path, out);
        break;
    case GX_SCHEMA_BOOL:
        if (node->kind == GX_JSON_BOOL)
            *(bool *)out = node->truth;
        else
            wrong_type(c, path, GX_M_TRUE_OR_FALSE);
        break;
    case GX_SCHEMA_NODE:
        *(const struct gx_json **)out = node;
        break;
    case GX_SCHEMA_OBJECT:
        read_object(c, f->fields, node, path, out);
        break;
    case GX_SCHEMA_STRS:
    case GX_SCHEMA_IDS:
        read_array(c, f, node, path, out);
        break;
    case GX_SCHEMA_LIST:
        gx_assert(f->type != GX_SCHEMA_LIST); /* for replies only */
        break;
    }
}

static const struct gx_schema *find(const struct gx_schema *fields, struct gx_str name)
{
    for (const struct gx_schema *f = fields; f->name; f++)
        if (gx_str_is(name, f->name))
            return f;
    return NULL;
}

static void unknown_key(struct checker *c, const struct gx_schema *fields, struct gx_str path,
                        struct gx_str key)
{
    struct gx_str near = { "", 0 };
    int near_score = NEAR_MIN - 1;
    for (const struct gx_schema *f = fields; f->name; f++) {
        int score = gx_text_near(key, gx_str_c(f->name));
        if (score > near_score) {
            near = gx_str_c(f->name);
            near_score = score;
        }
    }
    struct gx_str at =
        path.n ? gx_arena_printf(c->ctx->arena, "%.*s.%.*s", GX_STR_ARG(path), GX_STR_ARG(key))
               : key;
    if (near.n)
        c->code = gx_fail(c->ctx, GX_E_INVALID, at, GX_M_UNKNOWN_KEY_NEAR, key, near);
    else
        c->code = gx_fail(c->ctx, GX_E_INVALID, at, GX_M_UNKNOWN_KEY, key);
}

static void read_object(struct checker *c, const struct gx_schema *fields,
                        const struct gx_json *node, struct gx_str path, void *out)
{
    if (!node || node->kind != GX_JSON_OBJECT) {
        wrong_type(c, path, GX_M_AN_OBJECT);
        return;
    }
    for (const struct gx_json *member = node->first; member; member = member->next) {
        const struct gx_schema *f = find(fields, member->key);
        if (!f)
            unknown_key(c, fields, path, member->key);
        else if (!f->nullable || member->kind != GX_JSON_NULL)
            read_field(c, f, member, path_to(c->ctx, path, f->name), (char *)out + f->offset);
    }
    for (const struct gx_schema *f = fields; f->name; f++)
        if (f->required && !gx_json_get(node, f->name)) {
            struct gx_str at = path_to(c->ctx, path, f->name);
            c->code = gx_fail(c->ctx, GX_E_INVALID, at, GX_M_REQUIRED, gx_str_c(f->name));
        }
}

enum gx_code gx_schema_read(struct gx_ctx *ctx, const struct gx_schema *fields,
                            const struct gx_json *node, struct gx_str path, void *out)
{
    struct checker c = { .ctx = ctx, .code = GX_OK };
    read_object(&c, fields, node, path, out);
    gx_assert(c.code == GX_OK || c.code == GX_E_INVALID);
    return c.code;
}

static void describe_type(struct gx_jw *w, const struct gx_schema *f, const char *type)
{
    gx_jw_key(w, GX_STR("type"));
    if (f->nullable)
        gx_jw_array(w);
    gx_jw_str(w, gx_str_c(type));
    if (f->nullable) {
        gx_jw_str(w, GX_STR("null"));
        gx_jw_array_end(w);
    }
}

static void describe_bounds(struct gx_jw *w, const struct gx_schema *f, const char *min,
                            const char *max)
{
    if (has_min(f))
        gx_jw_key_int(w, min, f->min);
    if (has_max(f))
        gx_jw_key_int(w, max, f->max);
}

static void describe_str(struct gx_jw *w, const struct gx_schema *f)
{
    describe_type(w, f, "string");
    if (!f->words) {
        describe_bounds(w, f, "minLength", "maxLength");
        return;
    }
    gx_jw_key(w, GX_STR("enum"));
    gx_jw_array(w);
    for (const char *const *word = f->words; *word; word++)
        gx_jw_str(w, gx_str_c(*word));
    if (f->nullable)
        gx_jw_null(w);
    gx_jw_array_end(w);
}

static void describe_id(struct gx_jw *w)
{
    gx_jw_key_str(w, "pattern", GX_STR("^[1-9][0-9]{0,18}$"));
}

static void describe_object(struct gx_jw *w, const struct gx_schema *fields);

static void describe_array(struct gx_jw *w, const struct gx_schema *f)
{
    describe_type(w, f, "array");
    describe_bounds(w, f, "minItems", "maxItems");
    gx_jw_key(w, GX_STR("items"));
    gx_jw_object(w);
    if (f->type == GX_SCHEMA_LIST) {
        gx_jw_key_str(w, "type", GX_STR("object"));
        describe_object(w, f->fields);
    } else {
        gx_jw_key_str(w, "type", GX_STR("string"));
        if (f->type == GX_SCHEMA_IDS)
            describe_id(w);
    }
    gx_jw_object_end(w);
}

static void describe_field(struct gx_jw *w, const struct gx_schema *f)
{
    switch (f->type) {
    case GX_SCHEMA_STR:
        describe_str(w, f);
        break;
    case GX_SCHEMA_INT:
        describe_type(w, f, "integer");
        gx_jw_key_str(w, "format", GX_STR("int64"));
        describe_bounds(w, f, "minimum", "maximum");
        break;
    case GX_SCHEMA_ID:
        describe_type(w, f, "string");
        describe_id(w);
        break;
    case GX_SCHEMA_BOOL:
        describe_type(w, f, "boolean");
        break;
    case GX_SCHEMA_NODE: /* anything */
        break;
    case GX_SCHEMA_OBJECT:
        describe_type(w, f, "object");
        describe_object(w, f->fields);
        break;
    case GX_SCHEMA_STRS:
    case GX_SCHEMA_IDS:
    case GX_SCHEMA_LIST:
        describe_array(w, f);
        break;
    }
    if (f->doc)
        gx_jw_key_str(w, "description", gx_str_c(f->doc));
}

/* The keys of an object's schema behind its "type". */
static void describe_object(struct gx_jw *w, const struct gx_schema *fields)
{
    bool required = false;
    for (const struct gx_schema *f = fields; f->name; f++)
        required |= f->required;
    if (required) {
        gx_jw_key(w, GX_STR("required"));
        gx_jw_array(w);
        for (const struct gx_schema *f = fields; f->name; f++)
            if (f->required)
                gx_jw_str(w, gx_str_c(f->name));
        gx_jw_array_end(w);
    }
    gx_jw_key(w, GX_STR("properties"));
    gx_jw_object(w);
    for (const struct gx_schema *f = fields; f->name; f++) {
        gx_jw_key(w, gx_str_c(f->name));
        gx_jw_object(w);
        describe_field(w, f);
        gx_jw_object_end(w);
    }
    gx_jw_object_end(w);
    gx_jw_key_bool(w, "additionalProperties", false);
}

void gx_schema_describe(struct gx_jw *w, const struct gx_schema *fields)
{
    gx_jw_object(w);
    gx_jw_key_str(w, "type", GX_STR("object"));
    describe_object(w, fields);
    gx_jw_object_end(w);
}
