/* map.c - open addressing, linear probing; see map.h. */
#include "base/map.h"

#include "base/assert.h"

static struct gx_map_slot *slot_of(const struct gx_map *map, struct gx_str key)
{
    size_t i = (size_t)gx_str_hash_quick(key) & (map->cap - 1);
    while (map->slots[i].value && !gx_str_eq(map->slots[i].key, key))
        i = (i + 1) & (map->cap - 1);
    return &map->slots[i];
}

static void grow(struct gx_map *map, struct gx_arena *arena)
{
    struct gx_map old = *map;
    map->cap = old.cap ? old.cap * 2 : 16;
    map->slots = GX_ARENA_ARRAY(arena, struct gx_map_slot, map->cap);
    for (size_t i = 0; i < old.cap; i++)
        if (old.slots[i].value)
            *slot_of(map, old.slots[i].key) = old.slots[i];
}

void gx_map_set(struct gx_map *map, struct gx_arena *arena, struct gx_str key, void *value)
{
    gx_assert(value);
    if (map->count * 2 >= map->cap)
        grow(map, arena);
    struct gx_map_slot *slot = slot_of(map, key);
    if (!slot->value)
        map->count++;
    *slot = (struct gx_map_slot){ key, value };
}

void *gx_map_get(const struct gx_map *map, struct gx_str key)
{
    return map->cap ? slot_of(map, key)->value : NULL;
}
