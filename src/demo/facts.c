/* facts.c - see facts.h: numbers are put into the buffer digit by digit, nothing is formatted. */
#include "demo/facts.h"

#include "base/assert.h"
#include "base/time.h"
#include "demo/demo_int.h"

enum { ROW_BYTES_MAX = 600, LINES_MAX = 4000, HISTORY_DAYS = 1826 };

const char *const gx_demo_table_names[GX_DEMO_TABLES] = { "customer", "product", "line", "policy" };

static const char *const heads[GX_DEMO_TABLES] = {
    "id,name,kind,gender,birth_date,city,region,joined_on,weight,owner\n",
    "id,name,english_name,company,line,list_price,cost\n",
    "id,customer,product,company,day,channel,quantity,revenue,cost\n",
    ("id,customer,product,number,company,line,state,starts_on,ends_on,premium,sum_insured,renews,"
     "lost_reason\n"),
};

void gx_demo_facts_head(enum gx_demo_table table, struct gx_buf *out)
{
    gx_buf_addz(out, heads[table]);
}

/* --- a row in memory; the caller has made room */

static char *put_text(char *at, struct gx_str text)
{
    if (text.n)
        memcpy(at, text.p, text.n);
    return at + text.n;
}

static char *put_int(char *at, int64_t value)
{
    char digits[20];
    size_t n = sizeof digits;
    uint64_t v = value < 0 ? (uint64_t)-value : (uint64_t)value;
    if (value < 0)
        *at++ = '-';
    do
        digits[--n] = (char)('0' + v % 10);
    while (v /= 10);
    memcpy(at, digits + n, sizeof digits - n);
    return at + (sizeof digits - n);
}

static char *put_two(char *at, int value)
{
    *at++ = (char)('0' + value / 10);
    *at++ = (char)('0' + value % 10);
    return at;
}

static char *put_date(char *at, int64_t day)
{
    struct gx_ymd ymd = gx_date_to_ymd(day);
    at = put_int(at, ymd.year);
    *at++ = '-';
    at = put_two(at, ymd.month);
    *at++ = '-';
    return put_two(at, ymd.day);
}

static char *comma(char *at)
{
    *at++ = ',';
    return at;
}

static char *row_start(struct gx_buf *out)
{
    bool room = gx_buf_reserve(out, ROW_BYTES_MAX);
    gx_assert(room); /* buffers of this are without a limit */
    return out->p + out->n;
}

static void row_end(struct gx_demo_facts *facts, enum gx_demo_table table, struct gx_buf *out,
                    const char *start, char *at)
{
    *at++ = '\n';
    out->n += (size_t)(at - start);
    facts->rows[table]++;
}

/* A text that gx_demo_put() and its kin make. */
static char *put_made(char *at, struct gx_demo *d, void (*make)(struct gx_demo *d, const void *p),
                      const void *p)
{
    d->used = d->value_count = 0;
    make(d, p);
    return put_text(at, (struct gx_str){ d->text, d->used });
}

static void make_name(struct gx_demo *d, const void *p)
{
    gx_demo_put_account_name(d, p);
}

static void add_customer(struct gx_demo *d, struct gx_demo_facts *facts,
                         const struct gx_demo_account *a, struct gx_demo_rng *rng,
                         struct gx_buf *out)
{
    char *start = row_start(out), *at = put_int(start, a->ordinal + 1);
    at = put_made(comma(at), d, make_name, a);
    at = put_text(comma(at), a->is_person ? GX_STR("person") : GX_STR("organisation"));
    at = comma(at);
    if (a->is_person) {
        at = put_text(at, a->person.female ? GX_STR("female") : GX_STR("male"));
        at = put_date(comma(at), a->person.birth_date);
    } else {
        at = comma(at);
    }
    at = put_text(comma(at), a->city->name);
    at = put_text(comma(at), a->city->region);
    at = put_date(comma(at), d->today - gx_demo_between(rng, 0, 5400));
    at = put_int(comma(at), a->weight);
    at = put_int(comma(at), a->owner);
    row_end(facts, GX_DEMO_T_CUSTOMER, out, start, at);
}

static void add_policies(struct gx_demo *d, struct gx_demo_facts *facts,
                         const struct gx_demo_account *a, struct gx_buf *out)
{
    int n = gx_demo_policies_plan(d, a, d->policies);
    for (int i = 0; i < n; i++) {
        const struct gx_demo_policy *p = &d->policies[i];
        bool life = gx_demo_line_is_life(p->line);
        struct gx_demo_rng rng =
            gx_demo_rng(d, GX_DEMO_FOR_ROW + 2, a->ordinal * GX_DEMO_POLICIES_MAX + p->chain);
        char *start = row_start(out), *at = put_int(start, ++facts->next_policy);
        at = put_int(comma(at), a->ordinal + 1);
        at = put_int(comma(at), gx_demo_catalogue(&rng, life, (int)p->line) + 1);
        *(at = comma(at)) = life ? 'L' : 'P';
        at = put_int(at + 1, 1000000 + facts->next_policy - 1);
        at = put_text(comma(at), gx_str_c(gx_demo_companies[life]));
        at = put_text(comma(at), gx_str_c(gx_demo_lines[p->line]));
        at = put_text(comma(at), gx_str_c(p->state));
        at = put_date(comma(at), p->starts);
        at = put_date(comma(at), p->ends);
        at = put_int(comma(at), p->premium);
        at = put_int(comma(at), p->insured);
        at = comma(at);
        if (p->renewal)
            at = put_int(at, facts->next_policy - 1);
        at = put_text(comma(at), p->reason ? gx_str_c(p->reason) : GX_STR(""));
        row_end(facts, GX_DEMO_T_POLICY, out, start, at);
    }
}

/* Lines of the six companies, about as many as the customer is large, days unevenly spread. */
static void add_lines(struct gx_demo *d, struct gx_demo_facts *facts,
                      const struct gx_demo_account *a, struct gx_demo_rng *rng, struct gx_buf *out)
{
    static const uint8_t shares[10] = { 0, 0, 1, 2, 2, 2, 3, 4, 5, 5 };
    static const struct gx_str channels[] = { GX_STR_INIT("agent"), GX_STR_INIT("web"),
                                              GX_STR_INIT("app"),   GX_STR_INIT("branch"),
                                              GX_STR_INIT("phone"), GX_STR_INIT("partner") };
    static const int32_t usual[GX_DEMO_COMPANIES] = { 2600, 9800, 900, 700, 1500, 799 };
    /* A fifth of the lines for everybody alike, the rest by size: on average what was asked for. */
    int64_t n = facts->lines_each / 5 + facts->lines_each * 543 * a->weight *
                                            (int64_t)(50 + gx_demo_below(rng, 101)) / 100000000;
    n += gx_demo_below(rng, 3);
    for (int64_t i = 0; i < (n > LINES_MAX ? LINES_MAX : n); i++) {
        uint64_t dice = gx_demo_random(rng);
        int company = shares[dice % 10];
        int kind = company == 0   ? (int)(dice >> 4 & 7)
                   : company == 1 ? GX_DEMO_HEALTH + (int)((dice >> 4 & 7) % 3)
                                  : -1;
        /* The newest year has more than the oldest. */
        int64_t u = (int64_t)(dice >> 8 & 0xffff), v = (int64_t)(dice >> 24 & 0xffff);
        int64_t back = (u < v ? u : v) * HISTORY_DAYS >> 16;
        int64_t quantity = 1 + ((dice >> 40 & 15) == 0);
        int64_t revenue = usual[company] * (40 + (int64_t)(dice >> 44 & 127)) / 100 *
                          (a->weight > 3000   ? 4
                           : a->weight > 1000 ? 2
                                              : 1) *
                          quantity;
        char *start = row_start(out), *at = put_int(start, ++facts->next_line);
        at = put_int(comma(at), a->ordinal + 1);
        at = put_int(comma(at), gx_demo_catalogue(rng, company, kind) + 1);
        at = put_text(comma(at), gx_str_c(gx_demo_companies[company]));
        at = put_date(comma(at), d->today - back);
        at = put_text(comma(at), channels[(dice >> 52) % GX_COUNT(channels)]);
        at = put_int(comma(at), quantity);
        at = put_int(comma(at), revenue);
        at = put_int(comma(at), revenue * (int64_t)(45 + (dice >> 57)) / 200);
        row_end(facts, GX_DEMO_T_LINE, out, start, at);
    }
}

void gx_demo_facts_products(struct gx_demo *demo, struct gx_demo_facts *facts, struct gx_buf *out)
{
    static const char *const wanted[] = { "name", "english_name", "company",
                                          "line", "list_price",   "cost" };
    for (int64_t n = 0; n < GX_DEMO_CATALOGUE; n++) {
        char *start = row_start(out), *at = put_int(start, n + 1);
        demo->used = demo->value_count = demo->link_count = 0;
        gx_demo_add_catalogue(demo, n);
        for (size_t w = 0; w < GX_COUNT(wanted); w++) {
            at = comma(at);
            for (size_t i = 0; i < demo->value_count; i++)
                if (gx_str_is(demo->values[i].field, wanted[w]))
                    at = put_text(at, demo->values[i].text);
        }
        row_end(facts, GX_DEMO_T_PRODUCT, out, start, at);
    }
}

bool gx_demo_facts_next(struct gx_demo *demo, struct gx_demo_facts *facts, int64_t count,
                        struct gx_buf out[GX_DEMO_TABLES])
{
    int64_t end = facts->next_customer + count;
    if (facts->next_customer >= facts->customers)
        return false;
    if (end > facts->customers)
        end = facts->customers;
    for (; facts->next_customer < end; facts->next_customer++) {
        struct gx_demo_account a;
        struct gx_demo_rng rng = gx_demo_rng(demo, GX_DEMO_FOR_FACTS + 1, facts->next_customer);
        gx_demo_account_plan(demo, facts->next_customer, &a);
        add_customer(demo, facts, &a, &rng, &out[GX_DEMO_T_CUSTOMER]);
        add_policies(demo, facts, &a, &out[GX_DEMO_T_POLICY]);
        add_lines(demo, facts, &a, &rng, &out[GX_DEMO_T_LINE]);
    }
    return true;
}
