/* demo.c - the stream: one object after the other, each a walk over the accounts; see demo.h. */
#include "demo/demo.h"

#include "base/buf.h"
#include "base/time.h"
#include "demo/demo_int.h"

const char *const gx_demo_organisations[] = { "insurer",   "cleaner",    "maker",
                                              "traveller", "integrator", "agency",
                                              "hoster",    "field",      NULL };

const char *const gx_demo_objects[GX_DEMO_OBJECTS] = {
    "tag",
    "unit",
    "user",
    "product",
    "competitor",
    "account",
    "account_link",
    "contact",
    "opportunity",
    "opportunity_line",
    "opportunity_contact",
    "lead",
    "activity",
    "quota",
    "policy",
    "holding",
    "claim",
    "complaint",
    "response",
};

/* How the rows of a run divide among the objects, about, in thousandths; and with the pack. */
static const int16_t shares[2][GX_DEMO_OBJECTS] = {
    { 0, 0, 2, 8, 0, 70, 5, 60, 135, 180, 90, 40, 409, 1, 0, 0, 0, 0, 0 },
    { 0, 0, 1, 9, 0, 70, 5, 10, 105, 10, 40, 25, 250, 1, 235, 115, 14, 10, 100 },
};

static uint64_t isqrt(uint64_t n)
{
    uint64_t root = 0;
    for (uint64_t bit = UINT64_C(1) << 31; bit; bit >>= 1)
        if ((root + bit) * (root + bit) <= n)
            root += bit;
    return root;
}

static void start_walk(struct gx_demo *d)
{
    d->next_account = d->next_contact = d->next_deal = d->next_lead = 0;
    d->step = d->part = d->part_count = d->policy_count = 0;
    d->policy_base = 0;
    d->account = (struct gx_demo_account){ .ordinal = -1 };
}

bool gx_demo_next_account(struct gx_demo *d)
{
    if (d->next_account >= d->accounts)
        return false;
    gx_demo_account_plan(d, d->next_account++, &d->account);
    d->account.contact_base = d->next_contact;
    d->account.deal_base = d->next_deal;
    d->account.lead_base = d->next_lead;
    d->next_contact += d->account.contact_count;
    d->next_deal += d->account.deal_count;
    d->next_lead += d->account.lead_count;
    d->step = 0;
    return true;
}

static bool known(struct gx_str organisation, struct gx_buf *names)
{
    bool found = false;
    for (size_t i = 0; gx_demo_organisations[i]; i++) {
        found |= gx_str_is(organisation, gx_demo_organisations[i]);
        gx_buf_printf(names, "%s%s", i ? ", " : "", gx_demo_organisations[i]);
    }
    return found;
}

static enum gx_code check_asked(struct gx_ctx *ctx, struct gx_str organisation, int64_t scale)
{
    struct gx_buf names = { 0 };
    enum gx_code code = GX_OK;
    if (!known(organisation, &names))
        code = gx_fail(ctx, GX_E_INVALID, GX_STR("organisation"), GX_M_DEMO_ORGANISATION,
                       organisation, gx_buf_str(&names));
    else if (scale < 1 || scale > GX_DEMO_SCALE_MAX)
        code = gx_fail(ctx, GX_E_INVALID, GX_STR("scale"), GX_M_DEMO_SCALE,
                       gx_arena_printf(ctx->arena, "%d", GX_DEMO_SCALE_MAX));
    gx_buf_free(&names);
    return code;
}

enum gx_code gx_demo_open(struct gx_ctx *ctx, struct gx_str organisation, uint64_t seed,
                          int64_t scale, struct gx_demo **ret_demo)
{
    GX_TRY(check_asked(ctx, organisation, scale));
    struct gx_demo *d = GX_ARENA_NEW(ctx->arena, struct gx_demo);
    organisation = gx_arena_str(ctx->arena, organisation);
    GX_TRY(gx_demo_trade_load(ctx, organisation, &d->trade));
    GX_TRY(gx_demo_texts_load(ctx, GX_STR("text_zh"), &d->zh));
    GX_TRY(gx_demo_texts_load(ctx, GX_STR("text_en"), &d->en));
    const struct gx_demo_words *locales = &d->trade.locale_shares;
    if (locales->n > GX_DEMO_LOCALES_MAX)
        return gx_fail(ctx, GX_E_INTERNAL, GX_STR(""), GX_M_DEMO_WORDS, organisation,
                       GX_STR("locales"));
    for (uint32_t i = 0; i < locales->n; i++)
        GX_TRY(gx_demo_locale_load(ctx, locales->v[i].text, &d->trade.industries, &d->locales[i]));
    d->seed = seed * UINT64_C(0x9e3779b97f4a7c15) ^ gx_str_hash(organisation);
    d->today = gx_date_of_moment(ctx->now_us, ctx->tz_offset_min);
    d->accounts = scale * GX_DEMO_ACCOUNTS_PER_SCALE;
    /* Staff grows with the root of the business. */
    d->users = (int64_t)(d->trade.users * (1 + isqrt((uint64_t)scale)) / 2);
    if (d->users > GX_DEMO_USERS_MAX)
        d->users = GX_DEMO_USERS_MAX;
    start_walk(d);
    *ret_demo = d;
    return GX_OK;
}

void gx_demo_with_pack(struct gx_demo *demo)
{
    demo->pack = gx_str_is(demo->trade.name, "insurer");
}

bool gx_demo_next(struct gx_demo *demo, struct gx_demo_row *ret_row)
{
    static bool (*const phases[GX_DEMO_OBJECTS])(struct gx_demo * d, struct gx_demo_row * row) = {
        gx_demo_row_tag,          gx_demo_row_unit,         gx_demo_row_user,
        gx_demo_row_product,      gx_demo_row_competitor,   gx_demo_row_account,
        gx_demo_row_account_link, gx_demo_row_contact,      gx_demo_row_opportunity,
        gx_demo_row_line,         gx_demo_row_deal_contact, gx_demo_row_lead,
        gx_demo_row_activity,     gx_demo_row_quota,        gx_demo_row_policy,
        gx_demo_row_holding,      gx_demo_row_claim,        gx_demo_row_complaint,
        gx_demo_row_response,
    };
    for (; (int)demo->phase < GX_DEMO_OBJECTS; demo->phase++) {
        if (phases[demo->phase](demo, ret_row))
            return true;
        start_walk(demo);
    }
    return false;
}

int64_t gx_demo_rep(const struct gx_demo *demo)
{
    int64_t first = 1 + demo->trade.teams.n; /* the head and the managers come before */
    return first < demo->users ? first : 0;
}

int gx_demo_permille(const struct gx_demo *demo)
{
    int done = 0;
    for (int i = 0; i < (int)demo->phase && i < GX_DEMO_OBJECTS; i++)
        done += shares[demo->pack][i];
    if ((int)demo->phase < GX_DEMO_OBJECTS)
        done += (int)(shares[demo->pack][demo->phase] * demo->next_account / demo->accounts);
    return done;
}
