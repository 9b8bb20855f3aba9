/* meta.c - looking things up in a snapshot; see meta.h. */
#include "meta/meta.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/embedded.h"
#include "base/text.h"

struct gx_meta *gx_meta_ref(struct gx_meta *meta)
{
    __atomic_add_fetch(&meta->references, 1, __ATOMIC_RELAXED);
    return meta;
}

void gx_meta_unref(struct gx_meta *meta)
{
    if (!meta || __atomic_sub_fetch(&meta->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    /* The snapshot itself lives in its own arena. */
    struct gx_arena arena = meta->arena;
    gx_arena_free(&arena);
}

const struct gx_object *gx_meta_object(const struct gx_meta *meta, struct gx_str name)
{
    return gx_map_get(&meta->by_name, name);
}

const struct gx_field *gx_object_field(const struct gx_object *object, struct gx_str name)
{
    return gx_map_get(&object->by_name, name);
}

const struct gx_field *gx_object_open_field(const struct gx_object *object, struct gx_str name)
{
    const struct gx_field *field = gx_object_field(object, name);
    return field && field->access < GX_FIELD_MASKED ? field : NULL;
}

const struct gx_field *gx_object_any_field(const struct gx_object *object, struct gx_str name)
{
    return gx_map_get(&object->all, name);
}

enum { NEAR_ENOUGH = 600 };

static void nearer(struct gx_str candidate, struct gx_str name, int *best, struct gx_str *ret_near)
{
    int score = gx_text_near(candidate, name);
    if (score > *best) {
        *best = score;
        *ret_near = candidate;
    }
}

struct gx_str gx_object_near(const struct gx_object *object, struct gx_str name)
{
    int best = NEAR_ENOUGH - 1;
    struct gx_str near = GX_STR("");
    for (size_t i = 0; i < object->field_count; i++)
        if (object->fields[i].access != GX_FIELD_HIDDEN)
            nearer(object->fields[i].x.name, name, &best, &near);
    return near;
}

struct gx_str gx_meta_near(const struct gx_meta *meta, struct gx_str name)
{
    int best = NEAR_ENOUGH - 1;
    struct gx_str near = GX_STR("");
    for (size_t i = 0; i < meta->object_count; i++)
        nearer(meta->objects[i]->x.name, name, &best, &near);
    return near;
}

const struct gx_state *gx_process_state(const struct gx_process *process, struct gx_str code)
{
    for (size_t i = 0; i < process->state_count; i++)
        if (gx_str_eq(process->states[i].choice.code, code))
            return &process->states[i];
    return NULL;
}

struct gx_str gx_label_text(const struct gx_label *label, enum gx_lang lang)
{
    gx_assert(lang < GX_LANG_COUNT);
    return label->text[lang].n ? label->text[lang] : label->text[GX_LANG_EN];
}

const struct gx_page *gx_meta_page(const struct gx_meta *meta, struct gx_str name)
{
    for (size_t i = 0; i < meta->page_count; i++)
        if (gx_str_eq(meta->pages[i].name, name))
            return &meta->pages[i];
    return NULL;
}

const struct gx_tile *gx_page_tile(const struct gx_page *page, struct gx_str name)
{
    for (size_t i = 0; i < page->tile_count; i++)
        if (gx_str_eq(page->tiles[i].name, name))
            return &page->tiles[i];
    return NULL;
}

static bool in_pack(struct gx_str path, const struct gx_str *packs, size_t pack_count)
{
    if (!gx_str_starts(path, GX_STR("packs/")) || !gx_str_ends(path, GX_STR(".json")))
        return false;
    struct gx_str rest = gx_str_from(path, 6);
    struct gx_str pack = { rest.p, gx_str_find(rest, '/') };
    if (gx_str_starts(gx_str_from(rest, pack.n), GX_STR("/demo/")))
        return false;
    for (size_t i = 0; i < pack_count; i++)
        if (gx_str_eq(packs[i], pack))
            return true;
    return false;
}

size_t gx_meta_embedded(struct gx_arena *arena, const struct gx_str *packs, size_t pack_count,
                        struct gx_meta_source **ret_sources)
{
    size_t count = 0, total = 0;
    while (gx_embedded_files[total].path)
        total++;
    struct gx_meta_source *sources = GX_ARENA_ARRAY(arena, struct gx_meta_source, total + 1);
    for (size_t k = 0; k < pack_count; k++)
        for (size_t i = 0; i < total; i++) {
            const struct gx_embedded *f = &gx_embedded_files[i];
            if (in_pack(gx_str_c(f->path), &packs[k], 1))
                sources[count++] =
                    (struct gx_meta_source){ .path = gx_str_c(f->path), .json = { f->data, f->n } };
        }
    *ret_sources = sources;
    return count;
}
