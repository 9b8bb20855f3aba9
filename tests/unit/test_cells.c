/* test_cells.c - people divided at random: the same seed, the same people, whoever else is there.
 */
#include "gx_test.h"
#include "report/cells.h"

static const struct {
    const char *text;
    enum gx_code code;
    size_t n;
} texts[] = {
    { "", GX_OK, 0 },
    { "A 50%, B 30%, C 2000", GX_OK, 3 },
    { "A:12.5%", GX_OK, 1 },
    { "信件 60%, 電話 40%", GX_OK, 2 },
    { "two words 5", GX_OK, 1 },
    { "A 60%, B 60%", GX_E_INVALID, 0 },
    { "A 50%, A 10%", GX_E_INVALID, 0 },
    { "control 10%", GX_E_INVALID, 0 },
    { "rest 10%", GX_E_INVALID, 0 },
    { "A", GX_E_INVALID, 0 },
    { "50%", GX_E_INVALID, 0 },
    { "A 0%", GX_E_INVALID, 0 },
    { "A -3", GX_E_INVALID, 0 },
    { "A 1.5", GX_E_INVALID, 0 },
    { "a 1,b 1,c 1,d 1,e 1,f 1,g 1,h 1,i 1,j 1,k 1,l 1,m 1,n 1,o 1,p 1,q 1,r 1,s 1,t 1,u 1",
      GX_E_LIMIT, 0 },
};

GX_TEST(cells_read)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    for (size_t i = 0; i < GX_COUNT(texts); i++) {
        struct gx_cells cells = { .n = 0 };
        gx_ctx_clear(&ctx);
        GX_CHECK(gx_cells_read(&ctx, gx_str_c(texts[i].text), &cells) == texts[i].code,
                 texts[i].text);
        GX_CHECK(cells.n == texts[i].n, texts[i].text);
    }
    gx_arena_free(&arena);
}

enum { PEOPLE = 100000 };

static size_t count(const struct gx_str *cells, size_t n, const char *name)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        found += gx_str_is(cells[i], name);
    return found;
}

GX_TEST(cells_divide)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_cells plan;
    int64_t *ids = GX_ARENA_ARRAY(&arena, int64_t, PEOPLE);
    for (size_t i = 0; i < PEOPLE; i++) /* near each other, as ids made in one second are */
        ids[i] = INT64_C(912385427376177152) + (int64_t)i;
    GX_CHECK(gx_cells_read(&ctx, GX_STR("X 1000, A 50%, B 30%"), &plan) == GX_OK, "plan");
    const struct gx_str *all = gx_cells_divide(&arena, &plan, GX_STR("s1"), 1000, ids, PEOPLE);
    size_t control = count(all, PEOPLE, "control"), a = count(all, PEOPLE, "A");
    GX_CHECK(control > 9500 && control < 10500, "a tenth is kept aside");
    GX_CHECK(count(all, PEOPLE, "X") == 1000, "exactly so many");
    GX_CHECK(a > 43500 && a < 45500, "half of the others");
    GX_CHECK(count(all, PEOPLE, "rest") > 16000, "whoever is left");

    const struct gx_str *again = gx_cells_divide(&arena, &plan, GX_STR("s1"), 1000, ids, PEOPLE);
    const struct gx_str *other = gx_cells_divide(&arena, &plan, GX_STR("s2"), 1000, ids, PEOPLE);
    const struct gx_str *half = gx_cells_divide(&arena, &plan, GX_STR("s1"), 1000, ids, PEOPLE / 2);
    size_t same = 0, differ = 0, stay = 0;
    for (size_t i = 0; i < PEOPLE; i++) {
        same += gx_str_eq(all[i], again[i]);
        differ += !gx_str_eq(all[i], other[i]);
        stay += i < PEOPLE / 2 && gx_str_is(all[i], "control") == gx_str_is(half[i], "control");
    }
    GX_CHECK(same == PEOPLE, "the same seed divides alike");
    GX_CHECK(differ > PEOPLE / 3, "another seed does not");
    GX_CHECK(stay == PEOPLE / 2, "the control group does not depend on who else is there");
    gx_arena_free(&arena);
}
