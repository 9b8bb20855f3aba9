/*
 * tries.c - how often a password was tried wrong, so that guessing is slow.
 *
 * Three counts: of a name from one address, of an address with any names, and of a name from
 * anywhere.  The first is tight; the last is wide, so that somebody far away cannot easily keep a
 * person from signing in, and is there for guesses that come from many addresses.  A browser in
 * which that name has signed in before has counts of its own: however hard strangers try, who works
 * there comes in.  Codes of a second step are counted by themselves.
 */
#include <arpa/inet.h>
#include <sodium.h>

#include "access/access_int.h"
#include "access/factor.h"

static const struct {
    int max, window_s;
} limits[GX_TRY_KINDS] = {
    [GX_TRY_PAIR] = { GX_SIGNIN_TRIES_MAX, GX_SIGNIN_WINDOW_S },
    [GX_TRY_ADDRESS] = { GX_SIGNIN_ADDRESS_TRIES_MAX, GX_SIGNIN_WINDOW_S },
    [GX_TRY_NAME] = { GX_SIGNIN_NAME_TRIES_MAX, GX_SIGNIN_NAME_WINDOW_S },
    [GX_TRY_CODE] = { GX_CODE_TRIES_MAX, GX_CODE_WINDOW_S },
    [GX_TRY_CODE_USER] = { GX_CODE_USER_TRIES_MAX, GX_CODE_USER_WINDOW_S },
};

static uint64_t key_of(const struct gx_access_cache *cache, enum gx_try_kind kind, struct gx_str a,
                       struct gx_str b)
{
    crypto_generichash_state state;
    unsigned char hash[16], head[2] = { (unsigned char)kind, (unsigned char)a.n };
    uint64_t key;
    crypto_generichash_init(&state, cache->tries_key, sizeof cache->tries_key, sizeof hash);
    crypto_generichash_update(&state, head, sizeof head);
    crypto_generichash_update(&state, (const unsigned char *)a.p, a.n);
    crypto_generichash_update(&state, (const unsigned char *)b.p, b.n);
    crypto_generichash_final(&state, hash, sizeof hash);
    memcpy(&key, hash, sizeof key);
    return key | 1;
}

static bool is_over(const struct gx_tries *t, int64_t now_us)
{
    return now_us - t->window_us > (int64_t)limits[t->kind].window_s * 1000000;
}

bool gx_access_tried(struct gx_tenant *tenant, int64_t now_us)
{
    struct gx_access_cache *cache = tenant->access;
    bool any = false;
    pthread_mutex_lock(&cache->lock);
    for (size_t i = 0; i < TRIES_KEPT && !any; i++)
        any = cache->tries[i].count > 0 && !is_over(&cache->tries[i], now_us);
    pthread_mutex_unlock(&cache->lock);
    return any;
}

/* Whoever has an IPv6 address has 2^64 of them: its network counts. */
static struct gx_str network(struct gx_str peer, struct in6_addr *address)
{
    char text[INET6_ADDRSTRLEN];
    if (peer.n >= sizeof text || gx_str_find(peer, ':') == peer.n)
        return peer;
    memcpy(text, peer.p, peer.n);
    text[peer.n] = 0;
    if (inet_pton(AF_INET6, text, address) != 1 || IN6_IS_ADDR_V4MAPPED(address))
        return peer;
    return (struct gx_str){ (const char *)address->s6_addr, 8 };
}

void gx_tries_keys(const struct gx_access_cache *cache, struct gx_str name, struct gx_str peer,
                   struct gx_str device, struct gx_try *ret_keys)
{
    struct in6_addr address;
    struct gx_str from = device.n ? device : network(peer, &address);
    bool counts_address = peer.n && !device.n; /* there is none on the local socket */
    *ret_keys = (struct gx_try){ { 0 } };
    ret_keys->keys[GX_TRY_PAIR] = key_of(cache, GX_TRY_PAIR, from, name);
    ret_keys->keys[GX_TRY_ADDRESS] =
        counts_address ? key_of(cache, GX_TRY_ADDRESS, from, GX_STR("")) : 0;
    ret_keys->keys[GX_TRY_NAME] = key_of(cache, GX_TRY_NAME, device, name);
}

void gx_tries_code_keys(const struct gx_access_cache *cache, struct gx_str user, struct gx_str what,
                        struct gx_try *ret_keys)
{
    *ret_keys = (struct gx_try){ { 0 } };
    ret_keys->keys[GX_TRY_CODE] = key_of(cache, GX_TRY_CODE, what, user);
    ret_keys->keys[GX_TRY_CODE_USER] = key_of(cache, GX_TRY_CODE_USER, GX_STR(""), user);
}

/*
 * The place of a key, with its count of this window.  A new key takes the place of one whose
 * window is over, else of the one with the fewest tries, so that a name under attack is not
 * forgotten for names that were tried once.
 */
static struct gx_tries *tries_of(struct gx_access_cache *cache, uint64_t key, enum gx_try_kind kind,
                                 int64_t now_us)
{
    struct gx_tries *set = &cache->tries[key % (TRIES_KEPT / TRIES_WAYS) * TRIES_WAYS];
    struct gx_tries *place = set;
    for (struct gx_tries *t = set; t < set + TRIES_WAYS; t++) {
        if (is_over(t, now_us))
            *t = (struct gx_tries){ .window_us = now_us };
        if (t->key == key)
            return t;
        place = t->count < place->count ? t : place;
    }
    *place = (struct gx_tries){ .key = key, .kind = kind, .window_us = now_us };
    return place;
}

enum gx_try_kind gx_tries_take(struct gx_access_cache *cache, const struct gx_try *keys,
                               int64_t now_us)
{
    /* The address first: it cannot be chosen at will. */
    static const enum gx_try_kind order[] = { GX_TRY_ADDRESS, GX_TRY_PAIR, GX_TRY_NAME, GX_TRY_CODE,
                                              GX_TRY_CODE_USER };
    enum gx_try_kind over = GX_TRY_KINDS;
    pthread_mutex_lock(&cache->lock);
    for (size_t i = 0; i < GX_COUNT(order) && over == GX_TRY_KINDS; i++) {
        uint64_t key = keys->keys[order[i]];
        if (key && tries_of(cache, key, order[i], now_us)->count >= limits[order[i]].max)
            over = order[i];
    }
    for (size_t i = 0; i < GX_COUNT(order) && over == GX_TRY_KINDS; i++)
        if (keys->keys[order[i]])
            tries_of(cache, keys->keys[order[i]], order[i], now_us)->count++;
    pthread_mutex_unlock(&cache->lock);
    return over;
}

void gx_tries_give_back(struct gx_access_cache *cache, const struct gx_try *keys, int64_t now_us)
{
    pthread_mutex_lock(&cache->lock);
    for (enum gx_try_kind kind = 0; kind < GX_TRY_KINDS; kind++) {
        struct gx_tries *t =
            keys->keys[kind] ? tries_of(cache, keys->keys[kind], kind, now_us) : NULL;
        if (t && t->count > 0)
            t->count--;
    }
    pthread_mutex_unlock(&cache->lock);
}
