/* test_access_tries.c - how many guesses there are: of a name, an address, both. */
#include "access/access_int.h"
#include "gx_test.h"

enum { SECOND = 1000000 };

static struct gx_access_cache *cache_new(struct gx_arena *arena)
{
    struct gx_access_cache *cache = GX_ARENA_NEW(arena, struct gx_access_cache);
    memcpy(cache->tries_key, "0123456789abcdef", 16);
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

static enum gx_try_kind guess(struct gx_access_cache *cache, const char *name, struct gx_str peer,
                              int64_t at_s)
{
    struct gx_try keys;
    gx_tries_keys(cache, gx_str_c(name), peer, GX_STR(""), &keys);
    return gx_tries_take(cache, &keys, at_s * SECOND);
}

GX_TEST(access_tries_of_a_pair)
{
    struct gx_arena arena = { 0 };
    struct gx_access_cache *cache = cache_new(&arena);
    struct gx_str home = GX_STR("192.0.2.1"), away = GX_STR("192.0.2.2");
    for (int i = 0; i < GX_SIGNIN_TRIES_MAX; i++)
        GX_CHECK(guess(cache, "ann", home, 1000) == GX_TRY_KINDS, "within");
    GX_CHECK(guess(cache, "ann", home, 1000) == GX_TRY_PAIR, "one more");
    GX_CHECK(guess(cache, "ann", away, 1000) == GX_TRY_KINDS, "another address");
    GX_CHECK(guess(cache, "bob", home, 1000) == GX_TRY_KINDS, "another name");
    GX_CHECK(guess(cache, "ann", home, 1000 + GX_SIGNIN_WINDOW_S) == GX_TRY_PAIR, "still");
    GX_CHECK(guess(cache, "ann", home, 1001 + GX_SIGNIN_WINDOW_S) == GX_TRY_KINDS, "later");
    gx_arena_free(&arena);
}

GX_TEST(access_tries_of_an_address)
{
    struct gx_arena arena = { 0 };
    struct gx_access_cache *cache = cache_new(&arena);
    struct gx_str peers[] = { GX_STR_INIT("192.0.2.1"), GX_STR_INIT("2001:db8:1:2::1") };
    for (size_t p = 0; p < GX_COUNT(peers); p++) {
        for (int i = 0; i < GX_SIGNIN_ADDRESS_TRIES_MAX; i++) {
            char name[20];
            snprintf(name, sizeof name, "n%d", i);
            GX_CHECK(guess(cache, name, peers[p], 1000) == GX_TRY_KINDS, name);
        }
        GX_CHECK(guess(cache, "other", peers[p], 1000) == GX_TRY_ADDRESS, "one more");
    }
    GX_CHECK(guess(cache, "other", GX_STR("2001:db8:1:2:ffff::9"), 1000) == GX_TRY_ADDRESS,
             "the same network");
    GX_CHECK(guess(cache, "other", GX_STR("2001:db8:1:3::1"), 1000) == GX_TRY_KINDS, "another");
    GX_CHECK(guess(cache, "other", GX_STR("192.0.2.3"), 1000) == GX_TRY_KINDS, "another");
    GX_CHECK(guess(cache, "other", GX_STR(""), 1000) == GX_TRY_KINDS, "the local socket");
    gx_arena_free(&arena);
}

GX_TEST(access_tries_of_a_name)
{
    struct gx_arena arena = { 0 };
    struct gx_access_cache *cache = cache_new(&arena);
    struct gx_try keys;
    for (int i = 0; i < GX_SIGNIN_NAME_TRIES_MAX; i++) {
        struct gx_str peer = gx_arena_printf(&arena, "192.0.2.%d", i);
        GX_CHECK(guess(cache, "ann", peer, 1000) == GX_TRY_KINDS, peer.p);
    }
    struct gx_str new = GX_STR("198.51.100.1");
    GX_CHECK(guess(cache, "ann", new, 1000) == GX_TRY_NAME, "one more");
    GX_CHECK(guess(cache, "bob", new, 1000) == GX_TRY_KINDS, "another name");
    gx_tries_keys(cache, GX_STR("ann"), GX_STR("192.0.2.1"), GX_STR(""), &keys);
    gx_tries_give_back(cache, &keys, 1000 * (int64_t)SECOND);
    GX_CHECK(guess(cache, "ann", new, 1000) == GX_TRY_KINDS, "a right one does not count");
    GX_CHECK(guess(cache, "ann", new, 1001 + GX_SIGNIN_NAME_WINDOW_S) == GX_TRY_KINDS, "later");
    gx_arena_free(&arena);
}

GX_TEST(access_tries_of_a_known_browser)
{
    struct gx_arena arena = { 0 };
    struct gx_access_cache *cache = cache_new(&arena);
    struct gx_str home = GX_STR("192.0.2.1"), device = GX_STR("device of ann");
    struct gx_try keys;
    /* Strangers from everywhere, and some from the same address: all counts are full. */
    for (int i = 0; i < 2 * GX_SIGNIN_NAME_TRIES_MAX; i++) {
        char from[24];
        snprintf(from, sizeof from, "198.51.100.%d", i % 200);
        guess(cache, "ann", i % 3 ? gx_str_c(from) : home, 1000);
    }
    GX_CHECK(guess(cache, "ann", home, 1000) != GX_TRY_KINDS, "a stranger is kept out");
    gx_tries_keys(cache, GX_STR("ann"), home, device, &keys);
    for (int i = 0; i < GX_SIGNIN_TRIES_MAX; i++)
        GX_CHECK(gx_tries_take(cache, &keys, (int64_t)1000 * SECOND) == GX_TRY_KINDS,
                 "ann comes in");
    GX_CHECK(gx_tries_take(cache, &keys, (int64_t)1000 * SECOND) == GX_TRY_PAIR,
             "a stolen browser is no way to guess");
    gx_arena_free(&arena);
}

GX_TEST(access_tries_of_codes)
{
    struct gx_arena arena = { 0 };
    struct gx_access_cache *cache = cache_new(&arena);
    struct gx_try one, other;
    int n = 0;
    gx_tries_code_keys(cache, GX_STR("code:1"), GX_STR("first"), &one);
    gx_tries_code_keys(cache, GX_STR("code:1"), GX_STR("second"), &other);
    while (gx_tries_take(cache, &one, (int64_t)1000 * SECOND) == GX_TRY_KINDS)
        n++;
    GX_CHECK(n == 5, "five in one sign-in");
    GX_CHECK(gx_tries_take(cache, &other, (int64_t)1000 * SECOND) == GX_TRY_KINDS, "another one");
    for (int i = 0; i < 30; i++) {
        char what[16];
        snprintf(what, sizeof what, "%d", i);
        gx_tries_code_keys(cache, GX_STR("code:1"), gx_str_c(what), &one);
        n += gx_tries_take(cache, &one, (int64_t)1000 * SECOND) == GX_TRY_KINDS;
    }
    GX_CHECK(n == 29, "thirty an hour, with the one above");
    gx_arena_free(&arena);
}
