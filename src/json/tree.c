/* tree.c - looking things up in what was read, and writing it again; see read.h. */
#include "json/read.h"

#include "json/write.h"

const struct gx_json *gx_json_get(const struct gx_json *node, const char *key)
{
    if (!node || node->kind != GX_JSON_OBJECT)
        return NULL;
    struct gx_str name = gx_str_c(key);
    for (const struct gx_json *member = node->first; member; member = member->next)
        if (gx_str_eq(member->key, name))
            return member;
    return NULL;
}

struct gx_str gx_json_get_str(const struct gx_json *node, const char *key, struct gx_str otherwise)
{
    const struct gx_json *member = gx_json_get(node, key);
    return member && member->kind == GX_JSON_STRING ? member->text : otherwise;
}

bool gx_json_get_bool(const struct gx_json *node, const char *key, bool otherwise)
{
    const struct gx_json *member = gx_json_get(node, key);
    return member && member->kind == GX_JSON_BOOL ? member->truth : otherwise;
}

int64_t gx_json_get_int(const struct gx_json *node, const char *key, int64_t otherwise)
{
    int64_t value = otherwise;
    return gx_json_int64(gx_json_get(node, key), &value) ? value : otherwise;
}

bool gx_json_int64(const struct gx_json *node, int64_t *ret_value)
{
    if (!node || (node->kind != GX_JSON_NUMBER && node->kind != GX_JSON_STRING))
        return false;
    return gx_str_int64(node->text, ret_value);
}

static void write_children(struct gx_jw *w, const struct gx_json *node)
{
    for (const struct gx_json *child = node->first; child; child = child->next) {
        if (node->kind == GX_JSON_OBJECT)
            gx_jw_key(w, child->key);
        gx_json_write(w, child);
    }
}

void gx_json_write(struct gx_jw *w, const struct gx_json *node)
{
    switch (node->kind) {
    case GX_JSON_NULL:
        gx_jw_null(w);
        break;
    case GX_JSON_BOOL:
        gx_jw_bool(w, node->truth);
        break;
    case GX_JSON_NUMBER:
        gx_jw_raw(w, node->text);
        break;
    case GX_JSON_STRING:
        gx_jw_str(w, node->text);
        break;
    case GX_JSON_ARRAY:
        gx_jw_array(w);
        write_children(w, node);
        gx_jw_array_end(w);
        break;
    case GX_JSON_OBJECT:
        gx_jw_object(w);
        write_children(w, node);
        gx_jw_object_end(w);
        break;
    }
}
