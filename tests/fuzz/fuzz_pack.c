/*
 * fuzz_pack.c - any bytes as a definition beside the core pack: refused with words that can be
 * printed, or loaded and written out again as what clients get.  The first byte says which file.
 */
#include "base/assert.h"
#include "json/write.h"
#include "meta/meta.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *path_of(uint8_t kind)
{
    switch (kind) {
    case 'e':
        return "custom/extend/account.json";
    case 'p':
        return "custom/processes/fuzz.json";
    case 'r':
        return "custom/roles/fuzz.json";
    default:
        return "custom/objects/fuzz.json";
    }
}

static void write_all(const struct gx_meta *meta)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_array(&w);
    for (size_t i = 0; i < meta->object_count; i++) {
        gx_jw_object(&w);
        gx_meta_write_object(&w, meta->objects[i]);
        gx_jw_object_end(&w);
        gx_object_describe_reply(&w, meta->objects[i], GX_LANG_EN);
        gx_object_describe_input(&w, meta->objects[i], GX_LANG_ZH_HANT);
    }
    for (size_t i = 0; i < meta->process_count; i++)
        gx_meta_write_process(&w, meta->processes[i]);
    gx_jw_array_end(&w);
    gx_assert(gx_buf_check(&out) == GX_OK);
    gx_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .lang = GX_LANG_EN };
    const struct gx_str core = GX_STR("core");
    struct gx_meta_source *embedded;
    struct gx_meta *meta;
    if (n == 0)
        return 0;
    size_t count = gx_meta_embedded(&arena, &core, 1, &embedded);
    struct gx_meta_source *sources = GX_ARENA_ARRAY(&arena, struct gx_meta_source, count + 1);
    memcpy(sources, embedded, count * sizeof *sources);
    sources[count] = (struct gx_meta_source){ .path = gx_str_c(path_of(data[0])),
                                              .json = { (const char *)data + 1, n - 1 },
                                              .custom = true };
    if (gx_meta_load(&ctx, sources, count + 1, &meta) == GX_OK) {
        write_all(meta);
        gx_meta_unref(meta);
    } else {
        gx_assert(ctx.error_count > 0);
        for (const struct gx_error *e = ctx.errors; e; e = e->next)
            gx_assert(gx_error_text(&arena, e, GX_LANG_ZH_HANT).n > 0);
    }
    gx_arena_free(&arena);
    return 0;
}
