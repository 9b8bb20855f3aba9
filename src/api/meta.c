/* meta.c - what objects, fields and processes there are, and what the caller may do with them. */
#include "meta/meta.h"

#include "api/app.h"
#include "flow/expiry.h"

static void write_rights(struct gx_jw *w, const struct gx_scope *scope,
                         const struct gx_object *object)
{
    gx_jw_key(w, GX_STR("rights"));
    gx_jw_object(w);
    for (size_t r = 0; r < GX_RIGHT_COUNT; r++) {
        enum gx_level level = gx_scope_level(scope, object, (enum gx_right)r);
        if (gx_right_is_graded((enum gx_right)r) && r != GX_RIGHT_EXPORT)
            gx_jw_key_str(w, gx_right_names[r], gx_str_c(gx_level_names[level]));
        else
            gx_jw_key_bool(w, gx_right_names[r], level != GX_LEVEL_NONE);
    }
    gx_jw_object_end(w);
}

static enum gx_code meta_get(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_meta *meta = gx_scope_meta(req->scope);
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "version", meta->version);
    gx_jw_key(&w, GX_STR("objects"));
    gx_jw_array(&w);
    for (size_t i = 0; i < meta->object_count; i++) {
        const struct gx_object *object = meta->objects[i];
        if (gx_scope_level(req->scope, object, GX_RIGHT_READ) == GX_LEVEL_NONE)
            continue;
        gx_jw_object(&w);
        gx_meta_write_object(&w, object);
        write_rights(&w, req->scope, object);
        gx_jw_object_end(&w);
    }
    gx_jw_array_end(&w);
    gx_jw_key(&w, GX_STR("menu"));
    gx_jw_array(&w);
    for (size_t i = 0; i < meta->menu_count; i++)
        gx_jw_str(&w, meta->menu[i]);
    gx_jw_array_end(&w);
    gx_jw_key(&w, GX_STR("expiries"));
    gx_jw_array(&w);
    for (size_t i = 0; i < meta->expiry_count; i++)
        if (gx_expiry_is_open(req->scope, &meta->expiries[i]))
            gx_jw_str(&w, meta->expiries[i].name);
    gx_jw_array_end(&w);
    gx_jw_key(&w, GX_STR("processes"));
    gx_jw_array(&w);
    for (size_t i = 0; i < meta->process_count; i++)
        gx_meta_write_process(&w, meta->processes[i]);
    gx_jw_array_end(&w);
    gx_jw_key(&w, GX_STR("roles"));
    gx_jw_array(&w);
    for (size_t i = 0; i < meta->role_count; i++) {
        gx_jw_object(&w);
        gx_jw_key_str(&w, "name", meta->roles[i].name);
        gx_jw_key_str(&w, "zh-Hant", gx_label_text(&meta->roles[i].label, GX_LANG_ZH_HANT));
        gx_jw_key_str(&w, "en", gx_label_text(&meta->roles[i].label, GX_LANG_EN));
        gx_jw_object_end(&w);
    }
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    gx_reply_tagged(req);
    return GX_OK;
}

static const struct gx_schema role_out[] = {
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "zh-Hant", .type = GX_SCHEMA_STR, .required = true },
    { .name = "en", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

static const struct gx_schema meta_out[] = {
    { .name = "version", .type = GX_SCHEMA_STR, .required = true },
    { .name = "objects", .type = GX_SCHEMA_NODE, .required = true },
    { .name = "menu", .type = GX_SCHEMA_STRS, .required = true },
    { .name = "expiries",
      .type = GX_SCHEMA_STRS,
      .required = true,
      .doc = "Dates that run out, of records that the caller may read." },
    { .name = "processes", .type = GX_SCHEMA_NODE, .required = true },
    { .name = "roles", .type = GX_SCHEMA_LIST, .fields = role_out, .required = true },
    { 0 },
};

const struct gx_route gx_route_meta_get = {
    .doc = "All definitions, with labels in every language and the caller's rights.",
    .method = GX_GET,
    .path = "/api/v1/meta",
    .who = GX_WHO_SIGNED_IN,
    .out = meta_out,
    .handler = meta_get,
};
