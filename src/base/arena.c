/* arena.c - a list of chunks that double in size; see arena.h. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"

enum {
    CHUNK_FIRST_BYTES = 4096,
    CHUNK_LARGEST_BYTES = 1 << 20,
    ALIGN_BYTES = 16,
};

struct gx_arena_chunk {
    struct gx_arena_chunk *next;
    size_t size, used;
    _Alignas(ALIGN_BYTES) char bytes[];
};

struct gx_arena_defer {
    struct gx_arena_defer *next;
    void (*fn)(void *p);
    void *p;
};

static struct gx_arena_chunk *chunk_new(struct gx_arena *arena, size_t n)
{
    size_t size = arena->chunk ? arena->chunk->size * 2 : CHUNK_FIRST_BYTES;
    if (size > CHUNK_LARGEST_BYTES)
        size = CHUNK_LARGEST_BYTES;
    if (size < n)
        size = n;
    gx_assert(size < SIZE_MAX - sizeof(struct gx_arena_chunk));
    struct gx_arena_chunk *chunk = malloc(sizeof *chunk + size);
    gx_assert(chunk);
    *chunk = (struct gx_arena_chunk){ .next = arena->chunk, .size = size };
    arena->chunk = chunk;
    return chunk;
}

void *gx_arena_alloc(struct gx_arena *arena, size_t n)
{
    gx_assert(n <= SIZE_MAX - ALIGN_BYTES);
    n = (n + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
    struct gx_arena_chunk *chunk = arena->chunk;
    if (!chunk || chunk->size - chunk->used < n)
        chunk = chunk_new(arena, n);
    void *p = chunk->bytes + chunk->used;
    chunk->used += n;
    arena->used_bytes += n;
    return p;
}

void *gx_arena_zalloc(struct gx_arena *arena, size_t count, size_t size)
{
    size_t n = 0;
    gx_assert(!__builtin_mul_overflow(count, size, &n));
    void *p = gx_arena_alloc(arena, n);
    return memset(p, 0, n);
}

struct gx_str gx_arena_str(struct gx_arena *arena, struct gx_str s)
{
    return (struct gx_str){ gx_arena_cstr(arena, s), s.n };
}

char *gx_arena_cstr(struct gx_arena *arena, struct gx_str s)
{
    char *copy = gx_arena_alloc(arena, s.n + 1);
    if (s.n)
        memcpy(copy, s.p, s.n);
    copy[s.n] = 0;
    return copy;
}

struct gx_str gx_arena_printf(struct gx_arena *arena, const char *format, ...)
{
    char most[256]; /* printed once when it is short, as most are */
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(most, sizeof most, format, args);
    va_end(args);
    gx_assert(n >= 0);
    char *text = gx_arena_alloc(arena, (size_t)n + 1);
    if ((size_t)n < sizeof most)
        memcpy(text, most, (size_t)n + 1);
    else
        vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return (struct gx_str){ text, (size_t)n };
}

void gx_arena_defer(struct gx_arena *arena, void (*fn)(void *p), void *p)
{
    struct gx_arena_defer *defer = gx_arena_alloc(arena, sizeof *defer);
    *defer = (struct gx_arena_defer){ .next = arena->defer, .fn = fn, .p = p };
    arena->defer = defer;
}

void gx_arena_run_deferred(struct gx_arena *arena, const struct gx_arena_defer *mark)
{
    while (arena->defer && arena->defer != mark) {
        struct gx_arena_defer *defer = arena->defer;
        arena->defer = defer->next;
        defer->fn(defer->p);
    }
}

void gx_arena_reset(struct gx_arena *arena)
{
    gx_arena_run_deferred(arena, NULL);
    if (arena->chunk) {
        struct gx_arena_chunk *keep = arena->chunk;
        for (struct gx_arena_chunk *c = keep->next, *next; c; c = next) {
            next = c->next;
            free(c);
        }
        if (keep->size > CHUNK_LARGEST_BYTES) {
            free(keep);
            keep = NULL;
        } else {
            keep->next = NULL;
            keep->used = 0;
        }
        arena->chunk = keep;
    }
    arena->used_bytes = 0;
}

void gx_arena_free(struct gx_arena *arena)
{
    gx_arena_run_deferred(arena, NULL);
    for (struct gx_arena_chunk *c = arena->chunk, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    *arena = (struct gx_arena){ 0 };
}
