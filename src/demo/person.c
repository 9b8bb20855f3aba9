/* person.c - people: a name of their country, sex and generation. */
#include "demo/demo_int.h"

static struct gx_str latin_of(struct gx_demo_rng *rng, const struct gx_demo_locale *locale,
                              bool female, const struct gx_demo_word *given)
{
    if (locale->latin[female].n)
        return gx_demo_any(rng, &locale->latin[female])->text;
    return given->latin;
}

/* A ready name of the generation, or one put together from characters that go together. */
static void give_name(struct gx_demo_rng *rng, struct gx_demo_person *p)
{
    const struct gx_demo_locale *locale = p->locale;
    uint32_t dice = gx_demo_below(rng, 100);
    int generation = p->age >= 58 ? 0 : p->age >= 38 ? 1 : 2;
    const struct gx_demo_word *given = gx_demo_any(rng, &locale->given[p->female][generation]);
    p->latin = latin_of(rng, locale, p->female, given);
    p->given[0] = given->text;
    if (dice < locale->single_percent) {
        p->given[0] = gx_demo_any(rng, &locale->single[p->female])->text;
    } else if (dice < locale->single_percent + locale->composed_percent) {
        const struct gx_demo_word *second;
        p->given[0] = gx_demo_any(rng, &locale->first[p->female])->text;
        do
            second = gx_demo_any(rng, &locale->second[p->female]);
        while (gx_str_eq(second->text, p->given[0]));
        p->given[1] = second->text;
    }
}

void gx_demo_person_make(struct gx_demo_rng *rng, const struct gx_demo_locale *locale, int age_min,
                         int age_max, int64_t today, struct gx_demo_person *ret_person)
{
    struct gx_demo_person p = { .locale = locale };
    p.female = gx_demo_chance(rng, 50);
    p.age =
        (int)(gx_demo_between(rng, age_min, age_max) + gx_demo_between(rng, age_min, age_max)) / 2;
    p.birth_date = today - (int64_t)p.age * 36525 / 100 - (int64_t)gx_demo_below(rng, 365);
    p.family = gx_demo_pick(rng, &locale->family);
    give_name(rng, &p);
    *ret_person = p;
}

void gx_demo_person_given(struct gx_demo *d, const struct gx_demo_person *person)
{
    gx_demo_put(d, person->given[0]);
    gx_demo_put(d, person->given[1]);
}

void gx_demo_person_name(struct gx_demo *d, const struct gx_demo_person *person)
{
    const struct gx_demo_locale *locale = person->locale;
    if (locale->family_first) {
        gx_demo_put(d, person->family->text);
        gx_demo_put(d, locale->joint);
        gx_demo_person_given(d, person);
    } else {
        gx_demo_person_given(d, person);
        gx_demo_put(d, person->female ? locale->joint_female : locale->joint_male);
        gx_demo_put(d, person->family->text);
    }
}

void gx_demo_person_slug(struct gx_demo *d, const struct gx_demo_person *person)
{
    gx_demo_put_slug(d, person->latin);
    gx_demo_putc(d, '.');
    gx_demo_put_slug(d, person->family->latin);
}
