/* notes.c - what is worked out once about a snapshot; see meta.h. */
#include <pthread.h>

#include "meta/meta.h"

struct gx_meta_notes {
    pthread_rwlock_t lock;
    struct gx_arena arena;
    struct gx_map by_key;
};

static void notes_free(void *p)
{
    struct gx_meta_notes *notes = p;
    pthread_rwlock_destroy(&notes->lock);
    gx_arena_free(&notes->arena);
}

void gx_meta_notes_start(struct gx_meta *meta)
{
    meta->notes = GX_ARENA_NEW(&meta->arena, struct gx_meta_notes);
    pthread_rwlock_init(&meta->notes->lock, NULL);
    gx_arena_defer(&meta->arena, notes_free, meta->notes);
}

void *gx_meta_note(const struct gx_meta *meta, struct gx_str key)
{
    pthread_rwlock_rdlock(&meta->notes->lock);
    void *value = gx_map_get(&meta->notes->by_key, key);
    pthread_rwlock_unlock(&meta->notes->lock);
    return value;
}

void gx_meta_note_keep(const struct gx_meta *meta, struct gx_str key,
                       void *(*make)(struct gx_arena *arena, const void *p), const void *p)
{
    struct gx_meta_notes *notes = meta->notes;
    pthread_rwlock_wrlock(&notes->lock);
    if (notes->by_key.count < GX_META_NOTES_MAX && !gx_map_get(&notes->by_key, key))
        gx_map_set(&notes->by_key, &notes->arena, gx_arena_str(&notes->arena, key),
                   make(&notes->arena, p));
    pthread_rwlock_unlock(&notes->lock);
}
