/*
 * arena.h - memory that is freed all at once.
 *
 * A request, a row loop or a loaded snapshot owns one arena; everything made for it lives in
 * it and nothing is freed one by one.  Out of memory aborts, so no call here can fail.
 * An arena belongs to one thread at a time.  A zeroed struct is an empty arena.
 *
 * Layer: base.
 */
#ifndef GX_BASE_ARENA_H
#define GX_BASE_ARENA_H

#include "base/str.h"

struct gx_arena_chunk;
struct gx_arena_defer;

struct gx_arena {
    struct gx_arena_chunk *chunk; /* newest first */
    struct gx_arena_defer *defer; /* newest first */
    size_t used_bytes;            /* handed out since the last reset */
};

/* `n` bytes, aligned for any type, not cleared.  Never NULL. */
void *gx_arena_alloc(struct gx_arena *arena, size_t n);
/* `count` × `size` bytes, cleared; aborts if the product overflows. */
void *gx_arena_zalloc(struct gx_arena *arena, size_t count, size_t size);
#define GX_ARENA_NEW(arena, type)          ((type *)gx_arena_zalloc((arena), 1, sizeof(type)))
#define GX_ARENA_ARRAY(arena, type, count) ((type *)gx_arena_zalloc((arena), (count), sizeof(type)))

/* A copy, with a zero byte after it that does not count. */
struct gx_str gx_arena_str(struct gx_arena *arena, struct gx_str s);
/* The same as a zero-terminated C string. */
char *gx_arena_cstr(struct gx_arena *arena, struct gx_str s);
struct gx_str gx_arena_printf(struct gx_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Call fn(p) when the arena is reset or freed; last registered first. */
void gx_arena_defer(struct gx_arena *arena, void (*fn)(void *p), void *p);
/*
 * Run now the deferred calls that were registered after `mark` (the arena's `defer` at that time,
 * NULL: all); the memory stays.
 */
void gx_arena_run_deferred(struct gx_arena *arena, const struct gx_arena_defer *mark);

/* Run the deferred calls and keep one chunk for the next use. */
void gx_arena_reset(struct gx_arena *arena);
/* Run the deferred calls and give all memory back; the arena may be used again. */
void gx_arena_free(struct gx_arena *arena);

#endif
