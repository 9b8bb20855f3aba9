/* company.c - companies: auspicious syllables, a trade, a legal form; and their tax ids. */
#include "demo/demo_int.h"

/* A prime that shares no factor with any modulus here, so that n → n * STEP % m repeats nothing. */
enum { STEP = 7368787 };

void gx_demo_company_make(uint64_t seed, const struct gx_demo_locale *locale, int64_t n,
                          struct gx_demo_company *ret_company)
{
    struct gx_demo_company c = { .locale = locale };
    uint64_t firsts = locale->company_first.n, stems = firsts * locale->company_second.n;
    uint64_t stem = ((uint64_t)n * STEP + seed % stems) % stems;
    uint64_t round = (uint64_t)n / stems;
    struct gx_demo_rng rng = { seed ^ (stem * UINT64_C(0x9e3779b97f4a7c15)) };
    uint64_t tail = gx_demo_below(&rng, locale->tails.n) + round;
    uint64_t third = round / locale->tails.n;
    c.first = &locale->company_first.v[stem % firsts];
    c.second = &locale->company_second.v[stem / firsts];
    c.tail = &locale->tails.v[tail % locale->tails.n];
    if (third)
        c.third = &locale->company_third.v[(third - 1) % locale->company_third.n];
    if (c.tail->number)
        c.form = gx_demo_pick(&rng, &locale->forms);
    *ret_company = c;
}

void gx_demo_company_short(struct gx_demo *d, const struct gx_demo_company *company)
{
    gx_demo_put(d, company->first->text);
    gx_demo_put(d, company->second->text);
    if (company->third)
        gx_demo_put(d, company->third->text);
    gx_demo_put(d, company->locale->company_joint);
    gx_demo_put(d, company->tail->text);
}

static void put_latin(struct gx_demo *d, const struct gx_demo_company *company)
{
    gx_demo_put(d, company->first->latin);
    gx_demo_put(d, company->second->latin);
    if (company->third)
        gx_demo_put(d, company->third->latin);
    gx_demo_putc(d, ' ');
    gx_demo_put(d, company->tail->latin);
}

/* The form says where the name stands: "{name}有限公司", "บริษัท {name} จำกัด". */
static void put_in_form(struct gx_demo *d, struct gx_str form,
                        const struct gx_demo_company *company,
                        void (*put)(struct gx_demo *d, const struct gx_demo_company *company))
{
    size_t at = gx_str_search(form, GX_STR("{name}"));
    if (at == SIZE_MAX) {
        put(d, company);
        return;
    }
    gx_demo_put(d, (struct gx_str){ form.p, at });
    put(d, company);
    gx_demo_put(d, gx_str_from(form, at + strlen("{name}")));
}

void gx_demo_company_name(struct gx_demo *d, const struct gx_demo_company *company)
{
    put_in_form(d, company->form ? company->form->text : GX_STR(""), company,
                gx_demo_company_short);
}

void gx_demo_company_english(struct gx_demo *d, const struct gx_demo_company *company)
{
    put_in_form(d, company->form ? company->form->latin : GX_STR(""), company, put_latin);
}

void gx_demo_company_domain(struct gx_demo *d, const struct gx_demo_company *company)
{
    gx_demo_put_slug(d, company->first->latin);
    gx_demo_put_slug(d, company->second->latin);
    if (company->third)
        gx_demo_put_slug(d, company->third->latin);
    gx_demo_putc(d, '-');
    gx_demo_put_slug(d, company->tail->latin);
    gx_demo_put(d, GX_STR(".example"));
}

/*
 * Eight digits with the weights 1 2 1 2 1 2 4 1; the digits of all products together must be
 * divisible by 5 (by 10 under the rule before 2023: here both hold).  A 7 in the seventh place
 * has a rule of its own, so it is left out.
 */
void gx_demo_tax_id(uint64_t seed, int64_t n, char *ret_digits)
{
    static const int weights[7] = { 1, 2, 1, 2, 1, 2, 4 };
    static const char seventh[9] = { '0', '1', '2', '3', '4', '5', '6', '8', '9' };
    enum { NUMBERS = 900000 * 9 };
    uint64_t v = ((uint64_t)n * STEP + seed % NUMBERS) % NUMBERS;
    uint64_t six = 100000 + v / 9;
    for (int i = 5; i >= 0; i--, six /= 10)
        ret_digits[i] = (char)('0' + six % 10);
    ret_digits[6] = seventh[v % 9];
    int sum = 0;
    for (int i = 0; i < 7; i++) {
        int product = (ret_digits[i] - '0') * weights[i];
        sum += product / 10 + product % 10;
    }
    ret_digits[7] = (char)('0' + (10 - sum % 10) % 10);
}
