/* tax_id.c - see tax_id.h. */
#include "base/tax_id.h"

enum { DIGITS = 8, SEVENTH = 6 };

bool gx_tax_id_valid(struct gx_str text)
{
    static const int weights[DIGITS] = { 1, 2, 1, 2, 1, 2, 4, 1 };
    int sum = 0;
    if (text.n != DIGITS)
        return false;
    for (int i = 0; i < DIGITS; i++) {
        int digit = text.p[i] - '0';
        if (digit < 0 || digit > 9)
            return false;
        sum += digit * weights[i] / 10 + digit * weights[i] % 10;
    }
    return sum % 5 == 0 || (text.p[SEVENTH] == '7' && (sum + 1) % 5 == 0);
}
