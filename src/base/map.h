/*
 * map.h - a hash table from strings to pointers, living in an arena.
 *
 * Keys are not copied: they must live as long as the map.  Nothing is ever removed.
 * A zeroed struct is an empty map.
 *
 * Layer: base.
 */
#ifndef GX_BASE_MAP_H
#define GX_BASE_MAP_H

#include "base/arena.h"

struct gx_map_slot {
    struct gx_str key;
    void *value; /* NULL: free */
};

struct gx_map {
    struct gx_map_slot *slots;
    size_t count, cap;
};

/* Set or replace; `value` must not be NULL. */
void gx_map_set(struct gx_map *map, struct gx_arena *arena, struct gx_str key, void *value);
/* NULL if it is not there. */
void *gx_map_get(const struct gx_map *map, struct gx_str key);

#endif
