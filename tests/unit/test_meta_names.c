/* test_meta_names.c - names that objects cannot have, and what a conversion must say right. */
#include "gx_test.h"
#include "meta/meta.h"
#include "net/router.h"

static enum gx_code load_one(struct gx_ctx *ctx, const char *path, struct gx_str json)
{
    static const struct gx_str packs[] = { GX_STR_INIT("core"), GX_STR_INIT("sales") };
    struct gx_meta_source *sources;
    struct gx_meta *meta = NULL;
    size_t count = gx_meta_embedded(ctx->arena, packs, GX_COUNT(packs), &sources);
    struct gx_meta_source *all = GX_ARENA_ARRAY(ctx->arena, struct gx_meta_source, count + 2);
    memcpy(all, sources, count * sizeof *all);
    all[count] = (struct gx_meta_source){ gx_str_c(path), json, true };
    all[count + 1] = (struct gx_meta_source){
        GX_STR("custom/processes/ticket.json"),
        GX_STR("{\"process\":\"ticket\",\"states\":[{\"code\":\"new\"},"
               "{\"code\":\"converted\"}],\"moves\":[{\"from\":\"*\",\"to\":\"converted\"}]}"),
        true
    };
    gx_ctx_clear(ctx);
    enum gx_code code = gx_meta_load(ctx, all, count + 2, &meta);
    if (code == GX_OK)
        gx_meta_unref(meta);
    return code;
}

static struct gx_str object_named(struct gx_ctx *ctx, struct gx_str name, const char *more)
{
    return gx_arena_printf(
        ctx->arena,
        "{\"object\":\"%.*s\",\"label\":\"X\",\"plural\":\"X\",\"doc\":\"X.\","
        "\"title\":\"name\",\"fields\":[{\"name\":\"name\",\"type\":\"text\","
        "\"label\":\"N\"},{\"name\":\"client\",\"type\":\"link\",\"label\":\"A\","
        "\"to\":\"account\",\"on_delete\":\"clear\"},{\"name\":\"state\","
        "\"type\":\"process\",\"label\":\"S\",\"process\":\"ticket\"}]%s}",
        GX_STR_ARG(name), more);
}

GX_TEST(meta_names_of_addresses)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .lang = GX_LANG_EN };
    GX_CHECK(load_one(&ctx, "custom/objects/ticket.json",
                      object_named(&ctx, GX_STR("ticket"), "")) == GX_OK,
             "another name is free");
    for (size_t i = 0; gx_routes[i]; i++) {
        struct gx_str path = gx_str_c(gx_routes[i]->path), start = GX_STR("/api/v1/");
        if (!gx_str_starts(path, start))
            continue;
        path = gx_str_from(path, start.n);
        struct gx_str name = { path.p, gx_str_find(path, '/') };
        if (name.p[0] == '{')
            continue;
        name.n = gx_str_find(name, '.'); /* no object has a dot */
        GX_CHECK(load_one(&ctx, "custom/objects/x.json", object_named(&ctx, name, "")) != GX_OK,
                 gx_routes[i]->path);
    }
    gx_arena_free(&arena);
}

GX_TEST(meta_names_in_conversions)
{
    static const struct {
        const char *convert, *path; /* path NULL: good */
    } rows[] = {
        { "{\"field\":\"state\",\"to\":\"converted\",\"targets\":[{\"object\":\"account\",\"into\":"
          "\"client\",\"map\":{\"name\":\"name\"},\"set\":{\"kind\":\"person\"}}]}",
          NULL },
        { "{\"field\":\"name\",\"to\":\"converted\",\"targets\":[]}", "convert.to" },
        { "{\"field\":\"state\",\"to\":\"nowhere\",\"targets\":[]}", "convert.to" },
        { "{\"field\":\"state\",\"to\":\"converted\",\"target\":[]}", "convert.target" },
        { "{\"field\":\"state\",\"to\":\"converted\",\"targets\":[{\"object\":\"acount\",\"into\":"
          "\"client\"}]}",
          "convert.targets[0].object" },
        { "{\"field\":\"state\",\"to\":\"converted\",\"targets\":[{\"object\":\"contact\",\"into\":"
          "\"client\"}]}",
          "convert.targets[0].into" },
        { "{\"field\":\"state\",\"to\":\"converted\",\"targets\":[{\"object\":\"account\",\"into\":"
          "\"client\",\"copy\":[\"nmae\"]}]}",
          "convert.targets[0].copy[0]" },
        { "{\"field\":\"state\",\"to\":\"converted\",\"targets\":[{\"object\":\"account\",\"into\":"
          "\"client\",\"set\":{\"kind\":\"robot\"}}]}",
          "convert.targets[0].set.kind" },
        { "{\"field\":\"state\",\"to\":\"converted\",\"targets\":[{\"object\":\"account\",\"into\":"
          "\"client\",\"when\":\"nmae is empty\"}]}",
          "convert.targets[0].when" },
        { "{\"field\":\"state\",\"to\":\"converted\",\"targets\":[],\"carry\":[\"visits\"]}",
          "convert.carry[0]" },
    };
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .lang = GX_LANG_EN };
    for (size_t i = 0; i < GX_COUNT(rows); i++) {
        struct gx_str more = gx_arena_printf(&arena, ",\"convert\":%s", rows[i].convert);
        enum gx_code code = load_one(&ctx, "custom/objects/ticket.json",
                                     object_named(&ctx, GX_STR("ticket"), more.p));
        GX_CHECK((code == GX_OK) == !rows[i].path, rows[i].convert);
        if (rows[i].path && ctx.errors) {
            GX_CHECK(gx_str_is(ctx.errors->path, rows[i].path), rows[i].path);
            GX_CHECK(gx_str_is(ctx.errors->file, "custom/objects/ticket.json"), rows[i].path);
        }
    }
    gx_arena_free(&arena);
}
