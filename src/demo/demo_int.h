/*
 * demo_int.h - what the files of demo/ share: words, places, people, plans, the row being made.
 *
 * An account's plan and a deal's plan are computed from their numbers alone, each time they are
 * needed; so the row of an activity can name the contact of a deal without anything having been
 * kept.
 *
 * Layer: demo.
 */
#ifndef GX_DEMO_DEMO_INT_H
#define GX_DEMO_DEMO_INT_H

#include "demo/demo.h"
#include "json/read.h"

enum gx_demo_object {
    GX_DEMO_TAG,
    GX_DEMO_UNIT,
    GX_DEMO_USER,
    GX_DEMO_PRODUCT,
    GX_DEMO_COMPETITOR,
    GX_DEMO_ACCOUNT,
    GX_DEMO_ACCOUNT_LINK,
    GX_DEMO_CONTACT,
    GX_DEMO_OPPORTUNITY,
    GX_DEMO_OPPORTUNITY_LINE,
    GX_DEMO_OPPORTUNITY_CONTACT,
    GX_DEMO_LEAD,
    GX_DEMO_ACTIVITY,
    GX_DEMO_QUOTA,
    GX_DEMO_POLICY,
    GX_DEMO_HOLDING,
    GX_DEMO_CLAIM,
    GX_DEMO_COMPLAINT,
    GX_DEMO_RESPONSE,
};

enum {
    GX_DEMO_LOCALES_MAX = 5,
    GX_DEMO_USERS_MAX = 5000,
    GX_DEMO_CONTACTS_MAX = 12,
    GX_DEMO_DEALS_MAX = 24, /* of one account */
    GX_DEMO_ROW_BYTES_MAX = 16384,
    GX_DEMO_ROW_VALUES_MAX = 64,
    GX_DEMO_ROW_LINKS_MAX = 64,
    GX_DEMO_LINES_MAX = 200, /* of one deal */
    GX_DEMO_HISTORY_DAYS = 1095,
    GX_DEMO_ACCOUNTS_PER_SCALE = 200,
};

/* ---- chance (words.c) ---- */

/* SplitMix64 (Steele, Lea, Flood 2014): any start gives a good sequence. */
struct gx_demo_rng {
    uint64_t state;
};

static inline uint64_t gx_demo_random(struct gx_demo_rng *rng)
{
    uint64_t z = rng->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* 0 to n - 1. */
static inline uint32_t gx_demo_below(struct gx_demo_rng *rng, uint32_t n)
{
    return (uint32_t)(((gx_demo_random(rng) >> 32) * n) >> 32);
}

static inline bool gx_demo_chance(struct gx_demo_rng *rng, uint32_t percent)
{
    return gx_demo_below(rng, 100) < percent;
}

/* low to high, both included. */
static inline int64_t gx_demo_between(struct gx_demo_rng *rng, int64_t low, int64_t high)
{
    return low + (int64_t)gx_demo_below(rng, (uint32_t)(high - low + 1));
}

/* ---- words (words.c) ---- */

/* An entry of a list: "text" or ["text", "latin", "extra", number]. */
struct gx_demo_word {
    struct gx_str text, latin, extra;
    uint32_t number; /* weight, price or flag; 1 if none was given */
    uint32_t upto;   /* sum of the numbers up to here */
};

struct gx_demo_words {
    const struct gx_demo_word *v;
    uint32_t n;
    uint32_t total;
};

/* A file of words while it is read. */
struct gx_demo_file {
    struct gx_ctx *ctx;
    struct gx_str path;
    const struct gx_json *root;
};

GX_NODISCARD enum gx_code gx_demo_file_open(struct gx_ctx *ctx, const char *folder,
                                            struct gx_str name, struct gx_demo_file *ret_file);
enum gx_code gx_demo_file_fail(const struct gx_demo_file *file, const char *key);
/* The list at `key` of `node`; with `optional` a missing list is an empty one. */
GX_NODISCARD enum gx_code gx_demo_words_read(const struct gx_demo_file *file,
                                             const struct gx_json *node, const char *key,
                                             bool optional, struct gx_demo_words *ret_words);
/* By weight; the list must not be empty. */
const struct gx_demo_word *gx_demo_pick(struct gx_demo_rng *rng, const struct gx_demo_words *words);
/* Each entry as likely. */
static inline const struct gx_demo_word *gx_demo_any(struct gx_demo_rng *rng,
                                                     const struct gx_demo_words *words)
{
    return &words->v[gx_demo_below(rng, words->n)];
}

/* ---- a country's names and places (locale.c) ---- */

struct gx_demo_city {
    struct gx_str name, latin, region, phone;
    int32_t lat_e6, lon_e6;
    uint32_t upto; /* sum of the weights up to here */
    struct gx_demo_words districts;
};

struct gx_demo_locale {
    struct gx_str name, country, language, currency, time_zone;
    uint32_t per_1000_twd;
    bool family_first, chinese, district_is_region;
    struct gx_str joint, joint_male, joint_female;
    struct gx_demo_words family, given[2][3];            /* [female][old, middle, new] */
    struct gx_demo_words first[2], second[2], single[2]; /* of composed given names */
    struct gx_demo_words latin[2];
    uint32_t composed_percent, single_percent;
    struct gx_demo_words company_first, company_second, company_third, forms;
    struct gx_demo_words tails; /* only those of the organisation's industries */
    struct gx_str company_joint;
    struct gx_demo_words titles, departments, occupations, streets, addresses;
    const struct gx_demo_city *cities;
    uint32_t city_count;
    struct gx_str mobile;
};

GX_NODISCARD enum gx_code gx_demo_locale_load(struct gx_ctx *ctx, struct gx_str name,
                                              const struct gx_demo_words *industries,
                                              struct gx_demo_locale *ret_locale);

/* ---- an organisation (trade.c) ---- */

enum gx_demo_kind {
    GX_DEMO_TASK,
    GX_DEMO_CALL,
    GX_DEMO_MEETING,
    GX_DEMO_VISIT,
    GX_DEMO_EMAIL,
    GX_DEMO_NOTE,
    GX_DEMO_KINDS,
};
extern const char *const gx_demo_kind_names[GX_DEMO_KINDS];

/* Sentences in one language. */
struct gx_demo_texts {
    struct gx_demo_words subjects[GX_DEMO_KINDS];
    struct gx_demo_words descriptions, outcomes, next_steps, needs, won_notes, lost_notes;
    struct gx_demo_words user_titles; /* head, manager, rep */
    struct gx_demo_words strengths, weaknesses;
};

struct gx_demo_product {
    struct gx_str series, category, kind, unit;
    const struct gx_demo_word *item, *variant; /* variant may be NULL */
    int64_t price;                             /* TWD */
    bool persons, organisations;               /* who buys it */
    struct gx_str name, english;
};

struct gx_demo_trade {
    struct gx_str name;
    uint32_t users, person_percent, contacts_per_100, deals_per_100, activities_per_100, lines_max;
    uint32_t quantity_min, quantity_max, cycle_days, win_percent, second_owner_percent;
    bool market_teams; /* team n works in locale n */
    struct gx_demo_words teams, locale_shares, industries, kinds, sources, tags, competitors,
        deal_names, deal_names_en;
    struct gx_demo_texts own; /* of the trade; lists may be empty */
    const struct gx_demo_product *products;
    uint32_t product_count;
};

GX_NODISCARD enum gx_code gx_demo_texts_load(struct gx_ctx *ctx, struct gx_str name,
                                             struct gx_demo_texts *ret_texts);
GX_NODISCARD enum gx_code gx_demo_trade_load(struct gx_ctx *ctx, struct gx_str name,
                                             struct gx_demo_trade *ret_trade);

/* ---- people and companies (person.c, company.c) ---- */

struct gx_demo_person {
    const struct gx_demo_locale *locale;
    const struct gx_demo_word *family;
    struct gx_str given[2]; /* the second may be empty */
    struct gx_str latin;    /* given name in Latin letters */
    bool female;
    int age;
    int64_t birth_date;
};

struct gx_demo_company {
    const struct gx_demo_locale *locale;
    const struct gx_demo_word *first, *second, *third, *tail, *form; /* third, form may be NULL */
};

struct gx_demo; /* the row is written into it */

void gx_demo_person_make(struct gx_demo_rng *rng, const struct gx_demo_locale *locale, int age_min,
                         int age_max, int64_t today, struct gx_demo_person *ret_person);
void gx_demo_person_name(struct gx_demo *d, const struct gx_demo_person *person);
void gx_demo_person_given(struct gx_demo *d, const struct gx_demo_person *person);
/* "kevin.chen" */
void gx_demo_person_slug(struct gx_demo *d, const struct gx_demo_person *person);

/* The n-th company of the run: no two have the same name while there are words enough. */
void gx_demo_company_make(uint64_t seed, const struct gx_demo_locale *locale, int64_t n,
                          struct gx_demo_company *ret_company);
void gx_demo_company_name(struct gx_demo *d, const struct gx_demo_company *company);
void gx_demo_company_english(struct gx_demo *d, const struct gx_demo_company *company);
void gx_demo_company_short(struct gx_demo *d, const struct gx_demo_company *company);
/* "dafa-precision.example" */
void gx_demo_company_domain(struct gx_demo *d, const struct gx_demo_company *company);
/* The n-th Taiwanese tax id (統一編號), with its check digit; `ret_digits` takes 8 bytes. */
void gx_demo_tax_id(uint64_t seed, int64_t n, char *ret_digits);

/* ---- plans (plan.c) ---- */

struct gx_demo_account {
    int64_t ordinal;
    bool is_person, from_lead;
    const struct gx_demo_locale *locale;
    const struct gx_demo_city *city;
    struct gx_demo_person person;   /* is_person */
    struct gx_demo_company company; /* otherwise */
    uint32_t weight;                /* thousandths of the usual size */
    int64_t owner;
    int contact_count, deal_count, lead_count;  /* the first lead is converted if from_lead */
    int64_t contact_base, deal_base, lead_base; /* ordinals of the first; set by the stream */
};

enum gx_demo_stage {
    GX_DEMO_PROSPECTING,
    GX_DEMO_ENGAGING,
    GX_DEMO_PROPOSAL,
    GX_DEMO_NEGOTIATION,
    GX_DEMO_WON,
    GX_DEMO_LOST,
    GX_DEMO_STAGES,
};
extern const char *const gx_demo_stage_names[GX_DEMO_STAGES];

struct gx_demo_line {
    uint32_t product;
    int64_t quantity, unit_price_e2, discount, amount_e4;
};

struct gx_demo_deal {
    int index; /* of the account's deals */
    const struct gx_demo_account *account;
    enum gx_demo_stage stage;
    uint32_t product;
    int line_count; /* 0: no lines */
    int64_t amount_e4, close_value_e4;
    int64_t start, engaged, expected, closed; /* days; closed only if won or lost */
    int64_t owner;
    int contact;            /* of the account's contacts, -1: none */
    struct gx_demo_rng rng; /* for what only the row needs */
};

struct gx_demo_lead {
    bool converted, has_company;
    const char *status;
    const struct gx_demo_locale *locale;
    const struct gx_demo_city *city;
    struct gx_demo_person person;
    struct gx_demo_company company; /* has_company */
    uint32_t product;
    struct gx_demo_rng rng; /* for what only the row needs */
};

void gx_demo_account_plan(const struct gx_demo *d, int64_t ordinal,
                          struct gx_demo_account *ret_account);
/* The j-th contact of an account. */
void gx_demo_contact_plan(const struct gx_demo *d, const struct gx_demo_account *account, int j,
                          struct gx_demo_person *ret_person);
void gx_demo_deal_plan(const struct gx_demo *d, const struct gx_demo_account *account, int index,
                       struct gx_demo_deal *ret_deal);
void gx_demo_line_plan(const struct gx_demo *d, const struct gx_demo_account *account, int deal,
                       int j, struct gx_demo_line *ret_line);
void gx_demo_lead_plan(const struct gx_demo *d, const struct gx_demo_account *account, int j,
                       struct gx_demo_lead *ret_lead);
void gx_demo_user_plan(const struct gx_demo *d, int64_t ordinal, struct gx_demo_person *ret_person);
/* The day, or the Friday before it. */
int64_t gx_demo_working_day(int64_t days);
/* Activities of the past that a deal has. */
int gx_demo_activity_count(const struct gx_demo *d, const struct gx_demo_deal *deal);
/* A sequence for one purpose and number. */
struct gx_demo_rng gx_demo_rng(const struct gx_demo *d, uint32_t purpose, int64_t n);

/* Purposes; an object's number is its own purpose. */
enum { GX_DEMO_FOR_LINES = 100, GX_DEMO_FOR_LEADS, GX_DEMO_FOR_ROW, GX_DEMO_FOR_FACTS = 110 };

/* ---- the insurer's own (insurer.c) ---- */

enum gx_demo_insurance {
    GX_DEMO_MOTOR_COMPULSORY,
    GX_DEMO_MOTOR_VOLUNTARY,
    GX_DEMO_MOTORCYCLE,
    GX_DEMO_HOME,
    GX_DEMO_LIABILITY,
    GX_DEMO_COMMERCIAL,
    GX_DEMO_TRAVEL,
    GX_DEMO_ACCIDENT,
    GX_DEMO_HEALTH,
    GX_DEMO_LIFE,
    GX_DEMO_ANNUITY,
    GX_DEMO_LINE_COUNT
};
enum {
    GX_DEMO_POLICIES_MAX = 40, /* of one account */
    GX_DEMO_COMPANIES = 6,
    GX_DEMO_CATALOGUE = 2000,
};

struct gx_demo_policy {
    enum gx_demo_insurance line;
    const char *state, *reason; /* reason NULL: none */
    int64_t starts, ends;       /* days */
    int64_t premium, insured;   /* whole TWD */
    int chain;                  /* which of the account's things is insured */
    bool renewal;               /* of the policy before it */
};

extern const char *const gx_demo_lines[GX_DEMO_LINE_COUNT];
extern const char *const gx_demo_companies[GX_DEMO_COMPANIES];
/* All policies of an account, each chain of renewals in its order; how many. */
int gx_demo_policies_plan(const struct gx_demo *d, const struct gx_demo_account *account,
                          struct gx_demo_policy *ret_policies);
/* Products of the catalogue that belong to a company, by their ordinals. */
int64_t gx_demo_catalogue(struct gx_demo_rng *rng, int company, int line);
void gx_demo_add_catalogue(struct gx_demo *d, int64_t n);
bool gx_demo_line_is_life(enum gx_demo_insurance line);

/* ---- the stream ---- */

struct gx_demo {
    uint64_t seed;
    int64_t today, accounts, users;
    struct gx_demo_trade trade;
    struct gx_demo_locale locales[GX_DEMO_LOCALES_MAX];
    struct gx_demo_texts zh, en;

    enum gx_demo_object phase;
    int64_t counts[GX_DEMO_OBJECTS]; /* rows given out */
    /* The walk over the accounts, once per phase; the sums are ordinals of the next account. */
    int64_t next_account, next_contact, next_deal, next_lead;
    struct gx_demo_account account; /* of the rows that come now */
    struct gx_demo_deal deal;
    int step, part, part_count; /* within the account; within its deal or leads */
    bool pack;                  /* the trade's own pack is in use */
    struct gx_demo_policy policies[GX_DEMO_POLICIES_MAX]; /* of the account that comes now */
    int policy_count;
    int64_t policy_base;

    char text[GX_DEMO_ROW_BYTES_MAX];
    size_t used, value_start;
    struct gx_demo_value values[GX_DEMO_ROW_VALUES_MAX];
    size_t value_count;
    struct gx_demo_ref links[GX_DEMO_ROW_LINKS_MAX];
    size_t link_count;
};

/* ---- the row being made (out.c) ---- */

void gx_demo_row_start(struct gx_demo *d, enum gx_demo_object object, struct gx_demo_row *row);
void gx_demo_row_end(struct gx_demo *d, struct gx_demo_row *row);
/* A text that stays where it is. */
void gx_demo_add(struct gx_demo *d, const char *field, struct gx_str text);
void gx_demo_addz(struct gx_demo *d, const char *field, const char *text);
void gx_demo_add_int(struct gx_demo *d, const char *field, int64_t value);
void gx_demo_add_date(struct gx_demo *d, const char *field, int64_t days);
/* `minutes` after midnight, local time. */
void gx_demo_add_moment(struct gx_demo *d, const char *field, int64_t days, int minutes);
void gx_demo_add_money(struct gx_demo *d, const char *field, int64_t amount_e4,
                       const struct gx_demo_locale *locale);
void gx_demo_add_link(struct gx_demo *d, const char *field, enum gx_demo_object object,
                      int64_t ordinal);
/* A text put together from pieces. */
void gx_demo_begin(struct gx_demo *d, const char *field);
void gx_demo_put(struct gx_demo *d, struct gx_str piece);
void gx_demo_putc(struct gx_demo *d, char c);
void gx_demo_put_int(struct gx_demo *d, int64_t value);
/* Lower case letters and digits of `piece`, nothing else. */
void gx_demo_put_slug(struct gx_demo *d, struct gx_str piece);
void gx_demo_end(struct gx_demo *d);
/* Several links in one field: call between begin and end. */
void gx_demo_put_link(struct gx_demo *d, enum gx_demo_object object, int64_t ordinal);

/* ---- pieces of rows (pieces.c) ---- */

/* What a sentence may speak of. */
struct gx_demo_topic {
    const struct gx_demo_account *account; /* or NULL */
    const struct gx_demo_person *contact;  /* or NULL */
    int64_t product;                       /* or -1 */
    const struct gx_demo_locale *locale;
    int64_t day;
};

/* "{short} {product}" and the like, filled in. */
void gx_demo_put_sentence(struct gx_demo *d, struct gx_str sentence,
                          const struct gx_demo_topic *topic);
void gx_demo_add_sentence(struct gx_demo *d, const char *field, struct gx_demo_rng *rng,
                          const struct gx_demo_words *words, const struct gx_demo_topic *topic);
void gx_demo_put_account_name(struct gx_demo *d, const struct gx_demo_account *account);
void gx_demo_put_account_short(struct gx_demo *d, const struct gx_demo_account *account);
/* Mostly what everybody says, often what the trade says, if it has words of its own. */
const struct gx_demo_words *gx_demo_words_of(const struct gx_demo *d, struct gx_demo_rng *rng,
                                             const struct gx_demo_locale *locale,
                                             const struct gx_demo_words *own,
                                             const struct gx_demo_words *all);
/* Sentences in the language of the locale. */
const struct gx_demo_texts *gx_demo_texts_of(const struct gx_demo *d,
                                             const struct gx_demo_locale *locale);
/* All "#" of the pattern by digits of the n-th number; no two n give the same last digits. */
void gx_demo_put_phone(struct gx_demo *d, struct gx_str pattern, int64_t n);
void gx_demo_add_mobile(struct gx_demo *d, const char *field, const struct gx_demo_locale *locale,
                        enum gx_demo_object object, int64_t ordinal);
void gx_demo_put_user_login(struct gx_demo *d, int64_t ordinal);
void gx_demo_put_user_email(struct gx_demo *d, int64_t ordinal);
void gx_demo_put_contact_email(struct gx_demo *d, const struct gx_demo_account *account,
                               const struct gx_demo_person *contact);
/* A private address; `ordinal` makes it the only one. */
void gx_demo_put_own_email(struct gx_demo *d, const struct gx_demo_person *person, int64_t ordinal);
/* The five parts of an address, under `field`. */
void gx_demo_add_address(struct gx_demo *d, const char *field, struct gx_demo_rng *rng,
                         const struct gx_demo_locale *locale, const struct gx_demo_city *city);
void gx_demo_add_place(struct gx_demo *d, const char *field, struct gx_demo_rng *rng,
                       const struct gx_demo_city *city);

/* ---- rows (row_*.c): false when the phase has no more ---- */

bool gx_demo_row_tag(struct gx_demo *d, struct gx_demo_row *row);
bool gx_demo_row_user(struct gx_demo *d, struct gx_demo_row *row);
bool gx_demo_row_product(struct gx_demo *d, struct gx_demo_row *row);
bool gx_demo_row_competitor(struct gx_demo *d, struct gx_demo_row *row);
bool gx_demo_row_account(struct gx_demo *d, struct gx_demo_row *row);
bool gx_demo_row_account_link(struct gx_demo *d, struct gx_demo_row *row);
bool gx_demo_row_contact(struct gx_demo *d, struct gx_demo_row *row);
bool gx_demo_row_opportunity(struct gx_demo *d, struct gx_demo_row *row);
bool gx_demo_row_line(struct gx_demo *d, struct gx_demo_row *row);
bool gx_demo_row_deal_contact(struct gx_demo *d, struct gx_demo_row *row);
bool gx_demo_row_lead(struct gx_demo *d, struct gx_demo_row *row);
bool gx_demo_row_activity(struct gx_demo *d, struct gx_demo_row *row);
bool gx_demo_row_quota(struct gx_demo *d, struct gx_demo_row *row);
bool gx_demo_row_unit(struct gx_demo *d, struct gx_demo_row *row);
bool gx_demo_row_policy(struct gx_demo *d, struct gx_demo_row *row);
bool gx_demo_row_holding(struct gx_demo *d, struct gx_demo_row *row);
bool gx_demo_row_claim(struct gx_demo *d, struct gx_demo_row *row);
bool gx_demo_row_complaint(struct gx_demo *d, struct gx_demo_row *row);
bool gx_demo_row_response(struct gx_demo *d, struct gx_demo_row *row);
/* Go to the next account of the phase; false after the last. */
bool gx_demo_next_account(struct gx_demo *d);

#endif
