/*
 * row_activity.c - what was said and done: for each account some dealings of its own, then those
 * of its deals, then those of its leads.
 */
#include "demo/demo_int.h"

/* One activity, before it is written. */
struct event {
    enum gx_demo_kind kind;
    const char *status;
    bool done, missed; /* missed: a call that reached nobody */
    int64_t day;
    int minutes;                        /* after midnight */
    int64_t owner, contact, deal, lead; /* ordinals; -1: none (owner always is) */
    struct gx_demo_topic topic;
    struct gx_demo_rng rng;
};

enum { OWN_DEALINGS, FIRST_DEAL };

/* One planned activity comes after those that happened, if the deal is open. */
static int deal_events(const struct gx_demo *d, const struct gx_demo_deal *deal)
{
    return gx_demo_activity_count(d, deal) + (deal->stage < GX_DEMO_WON);
}

static int own_events(const struct gx_demo *d, int64_t account)
{
    struct gx_demo_rng rng = gx_demo_rng(d, GX_DEMO_ACTIVITY + GX_DEMO_FOR_ROW, account);
    return (int)gx_demo_below(&rng, 3);
}

/* On to the next part of the accounts that has something in it. */
static bool next_part(struct gx_demo *d)
{
    d->part = 0;
    d->step++;
    if (d->step > FIRST_DEAL + d->account.deal_count || d->account.ordinal < 0) {
        if (!gx_demo_next_account(d))
            return false;
        d->step = OWN_DEALINGS;
    }
    if (d->step == OWN_DEALINGS) {
        d->part_count = own_events(d, d->account.ordinal);
    } else if (d->step == FIRST_DEAL + d->account.deal_count) {
        d->part = d->account.from_lead; /* what came of that lead is on its deal */
        d->part_count = d->account.lead_count;
    } else {
        gx_demo_deal_plan(d, &d->account, d->step - FIRST_DEAL, &d->deal);
        d->part_count = deal_events(d, &d->deal);
    }
    return true;
}

static enum gx_demo_kind kind_of(struct gx_demo *d, struct gx_demo_rng *rng)
{
    struct gx_str name = gx_demo_pick(rng, &d->trade.kinds)->text;
    for (size_t i = 0; i < GX_DEMO_KINDS; i++)
        if (gx_str_is(name, gx_demo_kind_names[i]))
            return (enum gx_demo_kind)i;
    return GX_DEMO_NOTE;
}

/* Something still to be done: a task, call, meeting or visit within two weeks, or overdue. */
static void plan_ahead(struct gx_demo *d, struct event *e)
{
    if (e->kind == GX_DEMO_EMAIL || e->kind == GX_DEMO_NOTE)
        e->kind = GX_DEMO_TASK;
    e->done = false;
    e->status = gx_demo_chance(&e->rng, 15) ? "in_progress" : "planned";
    e->day = d->today + gx_demo_between(&e->rng, 0, 14);
    if (gx_demo_chance(&e->rng, 14))
        e->day = d->today - gx_demo_between(&e->rng, 1, 15);
}

static void of_deal(struct gx_demo *d, struct event *e, int n)
{
    const struct gx_demo_deal *deal = &d->deal;
    int count = gx_demo_activity_count(d, deal);
    int64_t end =
        deal->stage < GX_DEMO_WON || deal->closed >= d->today ? d->today - 1 : deal->closed;
    e->deal = d->account.deal_base + deal->index;
    e->owner = deal->owner;
    e->topic.product = deal->product;
    e->day = deal->start;
    if (deal->contact >= 0)
        e->contact = deal->contact;
    if (n >= count)
        plan_ahead(d, e);
    else if (end > deal->start)
        e->day += (end - deal->start) * n / count +
                  gx_demo_between(&e->rng, 0, (end - deal->start) / count);
}

static void of_lead(struct gx_demo *d, struct event *e, int n, struct gx_demo_person *contact)
{
    struct gx_demo_lead lead;
    gx_demo_lead_plan(d, &d->account, n, &lead);
    *contact = lead.person;
    e->topic.contact = contact;
    e->topic.account = NULL;
    e->lead = d->account.lead_base + n;
    e->topic.product = lead.product;
    e->kind = GX_DEMO_CALL;
    e->day = d->today - gx_demo_between(&e->rng, 1, 60);
    if (gx_str_is(gx_str_c(lead.status), "new"))
        plan_ahead(d, e);
}

/* Fill in the event that the stream stands at. */
static void make_event(struct gx_demo *d, struct gx_demo_person *contact, struct event *e)
{
    struct gx_demo_account *a = &d->account;
    int n = d->part++;
    *e = (struct event){
        .status = "done", .done = true, .owner = a->owner, .contact = -1, .deal = -1, .lead = -1
    };
    e->rng =
        gx_demo_rng(d, GX_DEMO_ACTIVITY, (a->ordinal * (GX_DEMO_DEALS_MAX + 2) + d->step) * 64 + n);
    e->kind = kind_of(d, &e->rng);
    e->topic = (struct gx_demo_topic){ .account = a, .locale = a->locale };
    e->topic.product = gx_demo_below(&e->rng, d->trade.product_count);
    if (d->step == OWN_DEALINGS)
        e->day = d->today - gx_demo_between(&e->rng, 1, 400);
    else if (d->step < FIRST_DEAL + a->deal_count)
        of_deal(d, e, n);
    else
        of_lead(d, e, n, contact);
    if (e->lead < 0 && a->contact_count) {
        if (e->contact < 0)
            e->contact = gx_demo_below(&e->rng, (uint32_t)a->contact_count);
        gx_demo_contact_plan(d, a, (int)e->contact, contact);
        e->topic.contact = contact;
    }
    if (!a->is_person && e->kind != GX_DEMO_NOTE && e->kind != GX_DEMO_EMAIL)
        e->day = gx_demo_working_day(e->day);
    e->minutes = 9 * 60 + 15 * (int)gx_demo_below(&e->rng, 36);
    e->topic.day = e->day;
}

static void add_duration(struct gx_demo *d, int minutes)
{
    gx_demo_begin(d, "duration");
    gx_demo_put_int(d, minutes);
    gx_demo_putc(d, 'm');
    gx_demo_end(d);
}

static void add_call(struct gx_demo *d, struct event *e)
{
    static const char *const missed[] = { "no_answer", "busy", "voicemail" };
    const struct gx_demo_account *a = &d->account;
    bool inbound = e->done && gx_demo_chance(&e->rng, 32);
    gx_demo_addz(d, "direction", inbound ? "inbound" : "outbound");
    if (e->lead >= 0)
        gx_demo_add_mobile(d, "phone", a->locale, GX_DEMO_LEAD, e->lead);
    else if (e->contact >= 0)
        gx_demo_add_mobile(d, "phone", a->locale, GX_DEMO_CONTACT, a->contact_base + e->contact);
    else
        gx_demo_add_mobile(d, "phone", a->locale, GX_DEMO_ACCOUNT, a->ordinal);
    e->missed = e->done && !inbound && gx_demo_chance(&e->rng, 28);
    if (e->missed) {
        gx_demo_addz(d, "call_result", missed[gx_demo_below(&e->rng, GX_COUNT(missed))]);
        return;
    }
    if (e->done)
        gx_demo_addz(d, "call_result", gx_demo_chance(&e->rng, 85) ? "reached" : "call_back");
    add_duration(d, (int)gx_demo_between(&e->rng, 2, 25));
}

static void add_visit(struct gx_demo *d, struct event *e)
{
    static const char *const purposes[] = { "follow_up", "follow_up",   "introduction",
                                            "demo",      "quote",       "service",
                                            "courtesy",  "negotiation", "delivery" };
    int minutes = 15 * (int)gx_demo_between(&e->rng, 2, 8);
    gx_demo_addz(d, "purpose", purposes[gx_demo_below(&e->rng, GX_COUNT(purposes))]);
    gx_demo_add(d, "place", d->account.city->name);
    gx_demo_add_place(d, "location", &e->rng, d->account.city);
    add_duration(d, minutes);
    if (e->done) {
        int late = (int)gx_demo_between(&e->rng, -5, 15);
        gx_demo_add_moment(d, "check_in_at", e->day, e->minutes + late);
        gx_demo_add_moment(d, "check_out_at", e->day, e->minutes + late + minutes);
    }
}

static void add_email(struct gx_demo *d, struct event *e)
{
    const struct gx_demo_account *a = &d->account;
    bool inbound = gx_demo_chance(&e->rng, 40);
    gx_demo_addz(d, "direction", inbound ? "inbound" : "outbound");
    for (int i = 0; i < 2; i++) {
        gx_demo_begin(d, i == 0 ? "from_address" : "to_addresses");
        if ((i == 0) != inbound)
            gx_demo_put_user_email(d, e->owner);
        else if (a->is_person)
            gx_demo_put_own_email(d, &a->person, a->ordinal);
        else
            gx_demo_put_contact_email(d, a, e->topic.contact);
        gx_demo_end(d);
    }
}

static void add_details(struct gx_demo *d, struct event *e)
{
    if (e->kind == GX_DEMO_CALL) {
        add_call(d, e);
    } else if (e->kind == GX_DEMO_VISIT) {
        add_visit(d, e);
    } else if (e->kind == GX_DEMO_EMAIL) {
        add_email(d, e);
    } else if (e->kind == GX_DEMO_MEETING) {
        gx_demo_add(d, "place", d->account.city->name);
        add_duration(d, 30 * (int)gx_demo_between(&e->rng, 1, 4));
        gx_demo_begin(d, "attendees");
        gx_demo_put_link(d, GX_DEMO_USER, e->owner);
        if (e->owner != 1)
            gx_demo_put_link(d, GX_DEMO_USER, 1);
        gx_demo_end(d);
    }
}

static void add_subject(struct gx_demo *d, struct event *e)
{
    const struct gx_demo_texts *texts = gx_demo_texts_of(d, e->topic.locale);
    gx_demo_add_sentence(d, "subject", &e->rng,
                         gx_demo_words_of(d, &e->rng, e->topic.locale,
                                          &d->trade.own.subjects[e->kind],
                                          &texts->subjects[e->kind]),
                         &e->topic);
}

static void add_words(struct gx_demo *d, struct event *e)
{
    const struct gx_demo_texts *texts = gx_demo_texts_of(d, e->topic.locale);
    if (e->missed)
        return;
    if (gx_demo_chance(&e->rng, 55))
        gx_demo_add_sentence(d, "description", &e->rng,
                             gx_demo_words_of(d, &e->rng, e->topic.locale,
                                              &d->trade.own.descriptions, &texts->descriptions),
                             &e->topic);
    if (!e->done || e->kind == GX_DEMO_NOTE || e->kind == GX_DEMO_EMAIL)
        return;
    if (gx_demo_chance(&e->rng, 60))
        gx_demo_add_sentence(d, "outcome", &e->rng, &texts->outcomes, &e->topic);
}

bool gx_demo_row_activity(struct gx_demo *d, struct gx_demo_row *row)
{
    struct gx_demo_person contact;
    struct event e;
    while (d->part >= d->part_count)
        if (!next_part(d))
            return false;
    make_event(d, &contact, &e);
    gx_demo_row_start(d, GX_DEMO_ACTIVITY, row);
    add_subject(d, &e);
    gx_demo_addz(d, "kind", gx_demo_kind_names[e.kind]);
    gx_demo_addz(d, "status", e.status);
    if (e.kind == GX_DEMO_TASK)
        gx_demo_addz(d, "priority", gx_demo_chance(&e.rng, 15) ? "high" : "normal");
    gx_demo_add_moment(d, "at", e.day, e.minutes);
    if (e.done)
        gx_demo_add_moment(d, "done_at", e.day, e.minutes);
    if (e.lead >= 0)
        gx_demo_add_link(d, "lead", GX_DEMO_LEAD, e.lead);
    else
        gx_demo_add_link(d, "account", GX_DEMO_ACCOUNT, d->account.ordinal);
    if (e.contact >= 0)
        gx_demo_add_link(d, "contact", GX_DEMO_CONTACT, d->account.contact_base + e.contact);
    if (e.deal >= 0)
        gx_demo_add_link(d, "opportunity", GX_DEMO_OPPORTUNITY, e.deal);
    add_details(d, &e);
    add_words(d, &e);
    gx_demo_add_link(d, "owner", GX_DEMO_USER, e.owner);
    gx_demo_add(d, "external_id", row->self.key);
    gx_demo_row_end(d, row);
    return true;
}
