/* test_watch.c - how many different records a sketch has seen. */
#include "store/watch.h"

#include "gx_test.h"

GX_TEST(watch_sketch_is_near)
{
    static const int64_t sizes[] = { 0, 1, 10, 100, 500, 1000, 2000, 10000, 100000 };
    for (size_t i = 0; i < GX_COUNT(sizes); i++) {
        unsigned char sketch[GX_SKETCH_BYTES] = { 0 };
        for (int64_t k = 0; k < sizes[i]; k++)
            gx_sketch_add(sketch, (INT64_C(900000000) + k) << 20);
        int64_t about = gx_sketch_count(sketch), off = about - sizes[i];
        GX_CHECK(off * off * 36 <= sizes[i] * sizes[i], "further off than a sixth");
        for (int64_t k = 0; k < sizes[i]; k++) /* seen before */
            gx_sketch_add(sketch, (INT64_C(900000000) + k) << 20);
        GX_CHECK(gx_sketch_count(sketch) == about, "counted twice");
    }
}
