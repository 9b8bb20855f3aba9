/* test_api_presence.c - who is at a record, who is gone, and what happens when all places are
 * taken. */
#include "api/presence.h"
#include "gx_test.h"

static struct gx_present others[GX_PRESENCE_HERE_MAX];
static size_t count;

static bool here(struct gx_presence *p, int64_t s, int64_t record, int64_t user, bool editing)
{
    return gx_presence_here(p, s * 1000000, GX_STR("account"), record, user, editing, others,
                            &count);
}

GX_TEST(api_presence_comes_and_goes)
{
    struct gx_arena arena = { 0 };
    struct gx_presence *p = gx_presence_new(&arena);
    GX_CHECK(here(p, 1, 10, 1, false) && count == 0, "the first is news and alone");
    GX_CHECK(!here(p, 2, 10, 1, false), "again is no news");
    GX_CHECK(here(p, 3, 10, 2, true) && count == 1 && others[0].user == 1, "the second");
    GX_CHECK(here(p, 4, 10, 1, true) && count == 1 && others[0].editing, "begins to edit");
    GX_CHECK(here(p, 5, 11, 1, false) && count == 0, "another record");
    GX_CHECK(gx_presence_here(p, 5000000, GX_STR("contact"), 10, 3, false, others, &count) &&
                 count == 0,
             "another object");
    GX_CHECK(gx_presence_left(p, 6000000, GX_STR("account"), 10, 2, others, &count) && count == 1,
             "leaves");
    GX_CHECK(!gx_presence_left(p, 6000000, GX_STR("account"), 10, 2, others, &count), "once");
    GX_CHECK(here(p, 7, 10, 2, false) && count == 1, "is back");
    GX_CHECK(!here(p, 5 + GX_PRESENCE_GONE_S, 10, 2, false) && count == 0, "the other is gone");
    gx_arena_free(&arena);
}

GX_TEST(api_presence_full)
{
    struct gx_arena arena = { 0 };
    struct gx_presence *p = gx_presence_new(&arena);
    for (int64_t i = 0; i < GX_PRESENCE_MAX; i++)
        here(p, 1 + i / 1000, 1000 + i, 1, false);
    GX_CHECK(here(p, 10, 1, 2, false), "there is room: the one heard longest ago goes");
    GX_CHECK(here(p, 11, 1000, 3, false) && count == 0, "it was that of the first record");
    for (int64_t user = 10; user < 10 + GX_PRESENCE_HERE_MAX + 5; user++)
        here(p, 12, 1, user, false);
    GX_CHECK(count == GX_PRESENCE_HERE_MAX, "not more are told than there is room for");
    gx_arena_free(&arena);
}
