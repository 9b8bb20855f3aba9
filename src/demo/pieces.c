/* pieces.c - parts that rows of several objects have: sentences, phones, addresses. */
#include "base/time.h"
#include "demo/demo_int.h"

void gx_demo_put_account_name(struct gx_demo *d, const struct gx_demo_account *account)
{
    if (account->is_person)
        gx_demo_person_name(d, &account->person);
    else
        gx_demo_company_name(d, &account->company);
}

void gx_demo_put_account_short(struct gx_demo *d, const struct gx_demo_account *account)
{
    if (account->is_person)
        gx_demo_person_name(d, &account->person);
    else
        gx_demo_company_short(d, &account->company);
}

const struct gx_demo_texts *gx_demo_texts_of(const struct gx_demo *d,
                                             const struct gx_demo_locale *locale)
{
    return locale->chinese ? &d->zh : &d->en;
}

const struct gx_demo_words *gx_demo_words_of(const struct gx_demo *d, struct gx_demo_rng *rng,
                                             const struct gx_demo_locale *locale,
                                             const struct gx_demo_words *own,
                                             const struct gx_demo_words *all)
{
    bool fits = locale->chinese || d->trade.market_teams;
    return own->n > 0 && fits && gx_demo_chance(rng, 55) ? own : all;
}

static void put_topic(struct gx_demo *d, struct gx_str what, const struct gx_demo_topic *topic)
{
    if (gx_str_is(what, "year")) {
        gx_demo_put_int(d, gx_date_to_ymd(topic->day).year);
    } else if (gx_str_is(what, "product") && topic->product >= 0) {
        const struct gx_demo_product *p = &d->trade.products[topic->product];
        gx_demo_put(d, topic->locale->chinese ? p->name : p->english);
    } else if (gx_str_is(what, "contact") && topic->contact) {
        gx_demo_person_name(d, topic->contact);
    } else if (topic->account && gx_str_is(what, "short")) {
        gx_demo_put_account_short(d, topic->account);
    } else if (topic->account) {
        gx_demo_put_account_name(d, topic->account);
    } else if (topic->contact) {
        gx_demo_person_name(d, topic->contact);
    }
}

void gx_demo_put_sentence(struct gx_demo *d, struct gx_str sentence,
                          const struct gx_demo_topic *topic)
{
    while (sentence.n) {
        size_t open = gx_str_find(sentence, '{'), close = gx_str_find(sentence, '}');
        gx_demo_put(d, (struct gx_str){ sentence.p, open });
        if (close >= sentence.n)
            return;
        put_topic(d, (struct gx_str){ sentence.p + open + 1, close - open - 1 }, topic);
        sentence = gx_str_from(sentence, close + 1);
    }
}

void gx_demo_add_sentence(struct gx_demo *d, const char *field, struct gx_demo_rng *rng,
                          const struct gx_demo_words *words, const struct gx_demo_topic *topic)
{
    gx_demo_begin(d, field);
    gx_demo_put_sentence(d, gx_demo_any(rng, words)->text, topic);
    gx_demo_end(d);
}

void gx_demo_put_phone(struct gx_demo *d, struct gx_str pattern, int64_t n)
{
    char digits[GX_DEMO_ROW_VALUES_MAX];
    uint64_t modulus = 1, count = 0, value;
    for (size_t i = 0; i < pattern.n; i++)
        if (pattern.p[i] == '#')
            modulus *= 10, count++;
    /* n → n × prime + start, modulo a number without that prime, takes every value once.  The
     * leading digit is 1 to 8: numbers that start with 0 or 9 are for other things. */
    if (count == 8)
        value = ((uint64_t)n * 7368787 + d->seed % 80000000) % 80000000 + 10000000;
    else
        value = ((uint64_t)n * 7368787 + d->seed % modulus) % modulus;
    for (uint64_t i = count; i > 0; i--, value /= 10)
        digits[i - 1] = (char)('0' + value % 10);
    for (size_t i = 0, next = 0; i < pattern.n; i++)
        gx_demo_putc(d, pattern.p[i] == '#' ? digits[next++] : pattern.p[i]);
}

void gx_demo_add_mobile(struct gx_demo *d, const char *field, const struct gx_demo_locale *locale,
                        enum gx_demo_object object, int64_t ordinal)
{
    /* One sequence for everybody who has a mobile, so that no two of any object meet. */
    static const int8_t lane[GX_DEMO_OBJECTS] = {
        [GX_DEMO_CONTACT] = 1, [GX_DEMO_LEAD] = 2, [GX_DEMO_USER] = 3
    };
    gx_demo_begin(d, field);
    gx_demo_put_phone(d, locale->mobile, ordinal * 4 + lane[object]);
    gx_demo_end(d);
}

/* The number makes the login the only one of its kind. */
void gx_demo_put_user_login(struct gx_demo *d, int64_t ordinal)
{
    struct gx_demo_person person;
    gx_demo_user_plan(d, ordinal, &person);
    gx_demo_person_slug(d, &person);
    gx_demo_put_int(d, ordinal + 1);
}

void gx_demo_put_user_email(struct gx_demo *d, int64_t ordinal)
{
    gx_demo_put_user_login(d, ordinal);
    gx_demo_putc(d, '@');
    gx_demo_put(d, d->trade.name);
    gx_demo_put(d, GX_STR(".example"));
}

void gx_demo_put_contact_email(struct gx_demo *d, const struct gx_demo_account *account,
                               const struct gx_demo_person *contact)
{
    gx_demo_person_slug(d, contact);
    gx_demo_putc(d, '@');
    gx_demo_company_domain(d, &account->company);
}

void gx_demo_put_own_email(struct gx_demo *d, const struct gx_demo_person *person, int64_t ordinal)
{
    static const char *const hosts[] = { "@example.com", "@example.net", "@example.org" };
    gx_demo_person_slug(d, person);
    gx_demo_put_int(d, ordinal + 1);
    gx_demo_put(d, gx_str_c(hosts[ordinal % 3]));
}

static void put_street(struct gx_demo *d, struct gx_demo_rng *rng,
                       const struct gx_demo_locale *locale)
{
    struct gx_str pattern = gx_demo_pick(rng, &locale->addresses)->text;
    while (pattern.n) {
        size_t open = gx_str_find(pattern, '{');
        gx_demo_put(d, (struct gx_str){ pattern.p, open });
        if (open + 2 >= pattern.n)
            return;
        switch (pattern.p[open + 1]) {
        case 's':
            gx_demo_put(d, gx_demo_any(rng, &locale->streets)->text);
            break;
        case 'n':
            gx_demo_put_int(d, gx_demo_between(rng, 1, 380));
            break;
        case 'm':
            gx_demo_put_int(d, gx_demo_between(rng, 1, 60));
            break;
        case 'f':
            gx_demo_put_int(d, gx_demo_between(rng, 2, 15));
            break;
        default:
            gx_demo_put_int(d, gx_demo_between(rng, 1, 5));
        }
        pattern = gx_str_from(pattern, open + gx_str_find(gx_str_from(pattern, open), '}') + 1);
    }
}

void gx_demo_add_address(struct gx_demo *d, const char *field, struct gx_demo_rng *rng,
                         const struct gx_demo_locale *locale, const struct gx_demo_city *city)
{
    static const char *const names[][5] = {
        { "billing_address.street", "billing_address.city", "billing_address.region",
          "billing_address.postcode", "billing_address.country" },
        { "shipping_address.street", "shipping_address.city", "shipping_address.region",
          "shipping_address.postcode", "shipping_address.country" },
        { "address.street", "address.city", "address.region", "address.postcode",
          "address.country" },
    };
    const char *const *part = names[field[0] == 'b' ? 0 : field[0] == 's' ? 1 : 2];
    const struct gx_demo_word *district = gx_demo_any(rng, &city->districts);
    gx_demo_begin(d, part[0]);
    put_street(d, rng, locale);
    gx_demo_end(d);
    gx_demo_add(d, part[1], locale->district_is_region ? city->name : district->text);
    gx_demo_add(d, part[2], locale->district_is_region ? district->text : city->name);
    gx_demo_add(d, part[3], district->latin);
    gx_demo_add(d, part[4], locale->country);
}

static void put_degrees(struct gx_demo *d, int64_t value_e6)
{
    if (value_e6 < 0) {
        gx_demo_putc(d, '-');
        value_e6 = -value_e6;
    }
    gx_demo_put_int(d, value_e6 / 1000000);
    gx_demo_putc(d, '.');
    for (int64_t unit = 100000; unit; unit /= 10)
        gx_demo_putc(d, (char)('0' + value_e6 / unit % 10));
}

void gx_demo_add_place(struct gx_demo *d, const char *field, struct gx_demo_rng *rng,
                       const struct gx_demo_city *city)
{
    gx_demo_begin(d, field);
    put_degrees(d, city->lat_e6 + gx_demo_between(rng, -40000, 40000));
    gx_demo_put(d, GX_STR(", "));
    put_degrees(d, city->lon_e6 + gx_demo_between(rng, -40000, 40000));
    gx_demo_end(d);
}
