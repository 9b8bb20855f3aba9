/* id.c - see id.h. */
#include "base/id.h"

enum { COUNTER_BITS = 22 };

static const int64_t epoch_us = 1577836800 * (int64_t)1000000; /* 2020-01-01 */

int64_t gx_id_next(struct gx_id_source *source, int64_t now_us)
{
    int64_t floor = now_us > epoch_us ? (now_us - epoch_us) / 1000 << COUNTER_BITS : 1;
    int64_t last = __atomic_load_n(&source->last, __ATOMIC_RELAXED);
    int64_t next;
    do {
        next = last + 1 > floor ? last + 1 : floor;
    } while (!__atomic_compare_exchange_n(&source->last, &last, next, true, __ATOMIC_RELAXED,
                                          __ATOMIC_RELAXED));
    return next;
}

void gx_id_after(struct gx_id_source *source, int64_t id)
{
    int64_t last = __atomic_load_n(&source->last, __ATOMIC_RELAXED);
    while (last < id && !__atomic_compare_exchange_n(&source->last, &last, id, true,
                                                     __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        continue;
}

bool gx_id_parse(struct gx_str s, int64_t *ret_id)
{
    int64_t id;
    if (s.n == 0 || s.p[0] == '0' || !gx_str_int64(s, &id) || id <= 0)
        return false;
    *ret_id = id;
    return true;
}
