/* analysis_help.c - see analysis_help.h. */
#include "analysis_help.h"

#include <math.h>
#include <stdlib.h>

bool near_check(double have, double want, double off, const char *what, const char *file, int line)
{
    if (!(fabs(have - want) <= off))
        printf("%s:%d: %.12g should be %.12g\n", file, line, have, want);
    return gx_check(fabs(have - want) <= off, "near", what, file, line);
}

int32_t day_of(int yyyymmdd)
{
    int y = yyyymmdd / 10000, m = yyyymmdd / 100 % 100, d = yyyymmdd % 100;
    y -= m <= 2;
    int month = (m + 9) % 12;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * month + 2) / 5 + d - 1 - 719468;
}

size_t cdnow_purchases(struct gx_arena *arena, struct gx_ltv_purchase **ret_purchase)
{
    enum { ROWS = 6919 };
    char path[4200], line[128];
    const char *folder = gx_test_data("cdnow");
    if (!folder)
        return 0;
    snprintf(path, sizeof path, "%s/CDNOW_sample.txt", folder);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    struct gx_ltv_purchase *purchase = GX_ARENA_ARRAY(arena, struct gx_ltv_purchase, ROWS);
    size_t n = 0;
    while (n < ROWS && fgets(line, sizeof line, file)) {
        char *at = line;
        (void)strtol(at, &at, 10); /* the number in the whole data set */
        purchase[n].customer = strtol(at, &at, 10);
        purchase[n].day = day_of((int)strtol(at, &at, 10));
        (void)strtol(at, &at, 10); /* how many */
        purchase[n++].amount = strtod(at, &at);
    }
    fclose(file);
    *ret_purchase = purchase;
    return n;
}
