/* cache.c - prepared statements by their text; the longest idle one goes first. */
#include "db/db_int.h"

#include "base/assert.h"

/* The ends of a long text tell it from others well enough; the whole is compared anyway. */
static uint64_t hash_of(struct gx_str text)
{
    enum { END_BYTES = 64 };
    if (text.n <= 2 * END_BYTES)
        return gx_str_hash_quick(text);
    struct gx_str head = { text.p, END_BYTES }, tail = gx_str_from(text, text.n - END_BYTES);
    return gx_str_hash_quick(head) * 31 + gx_str_hash_quick(tail) + text.n;
}

static struct gx_rows **bucket_of(struct db_cache *cache, uint64_t hash)
{
    return &cache->buckets[hash & (DB_CACHE_BUCKETS - 1)];
}

static void idle_remove(struct db_cache *cache, struct gx_rows *stmt)
{
    gx_assert(stmt->idle);
    *(stmt->newer ? &stmt->newer->older : &cache->newest) = stmt->older;
    *(stmt->older ? &stmt->older->newer : &cache->oldest) = stmt->newer;
    stmt->newer = stmt->older = NULL;
    stmt->idle = false;
}

struct gx_rows *db_cache_take(struct db_cache *cache, struct gx_str text)
{
    uint64_t hash = hash_of(text);
    for (struct gx_rows *s = *bucket_of(cache, hash); s; s = s->chain) {
        if (s->idle && s->hash == hash && gx_str_eq(s->text, text)) {
            idle_remove(cache, s);
            return s;
        }
    }
    return NULL;
}

void db_cache_add(struct db_cache *cache, struct gx_rows *stmt)
{
    gx_assert(!stmt->cached);
    stmt->hash = hash_of(stmt->text);
    stmt->cached = true;
    stmt->idle = false;
    stmt->chain = *bucket_of(cache, stmt->hash);
    *bucket_of(cache, stmt->hash) = stmt;
    cache->count++;
}

void db_cache_give(struct db_cache *cache, struct gx_rows *stmt)
{
    gx_assert(stmt->cached && !stmt->idle);
    stmt->idle = true;
    stmt->newer = NULL;
    stmt->older = cache->newest;
    *(cache->newest ? &cache->newest->newer : &cache->oldest) = stmt;
    cache->newest = stmt;
}

void db_cache_drop(struct db_cache *cache, struct gx_rows *stmt)
{
    gx_assert(stmt->cached);
    if (stmt->idle)
        idle_remove(cache, stmt);
    struct gx_rows **at = bucket_of(cache, stmt->hash);
    while (*at != stmt)
        at = &(*at)->chain;
    *at = stmt->chain;
    stmt->cached = false;
    cache->count--;
}

struct gx_rows *db_cache_evict(struct db_cache *cache, int room)
{
    struct gx_rows *stmt = cache->oldest;
    if (!stmt || cache->count + room <= DB_CACHE_STATEMENTS_MAX)
        return NULL;
    db_cache_drop(cache, stmt);
    return stmt;
}

bool db_cache_worth(struct gx_str text)
{
    static const char *const once[] = { "CREATE ", "DROP ", "ALTER ", "PRAGMA ", "ANALYZE" };
    for (size_t i = 0; i < GX_COUNT(once); i++)
        if (gx_str_starts(text, gx_str_c(once[i])))
            return false;
    return true;
}
