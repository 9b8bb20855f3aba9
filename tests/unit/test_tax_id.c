/* test_tax_id.c - check digits of Taiwanese tax ids, by the rules before and since 2023. */
#include "base/tax_id.h"
#include "gx_test.h"

static const struct {
    const char *text;
    bool valid;
} rows[] = {
    { "22099131", true }, /* 30 */
    { "04595257", true }, /* 40 */
    { "10458575", true }, /* a 7 in the seventh place, 30 */
    { "10458574", true }, /* 29, and 1 more */
    { "10458570", true }, /* 25: only since 2023 */
    { "10458571", false },         { "22099132", false },  { "12345678", false },
    { "2209913", false },          { "220991310", false }, { "2209913a", false },
    { "２２０９９１３１", false }, { "", false },
};

GX_TEST(tax_id_valid)
{
    for (size_t i = 0; i < GX_COUNT(rows); i++)
        GX_CHECK(gx_tax_id_valid(gx_str_c(rows[i].text)) == rows[i].valid, rows[i].text);
}
