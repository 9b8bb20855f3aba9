/* world.c - see world.h. */
#include "world.h"

#include <string.h>

const char *const role_names[ROLES] = { "w_own", "w_team", "w_unit", "w_book",
                                        "w_all", "w_mix",  "w_deal", "w_nothing" };

#define SAME(level)                                                                                \
    {                                                                                              \
        { level, level, level, level }, { level, level, level, level },                            \
        {                                                                                          \
            level, level, level, level                                                             \
        }                                                                                          \
    }

const enum level role_levels[ROLES][OBJECTS][RIGHTS] = {
    SAME(L_OWN),
    SAME(L_TEAM),
    SAME(L_UNIT),
    SAME(L_BOOK),
    SAME(L_ALL),
    { { L_UNIT, L_OWN, L_NONE, L_OWN },
      { L_BOOK, L_TEAM, L_OWN, L_UNIT },
      { L_TEAM, L_TEAM, L_NONE, L_NONE } },
    { { L_NONE, L_NONE, L_NONE, L_NONE },
      { L_UNIT, L_UNIT, L_OWN, L_BOOK },
      { L_OWN, L_NONE, L_NONE, L_OWN } },
    SAME(L_NONE),
};

uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15u; /* splitmix64 */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static int below(struct random *random, int n)
{
    return (int)(random_next(random) % (uint64_t)n);
}

/* NONE one time in `rare`. */
static int maybe(struct random *random, int n, int rare)
{
    return below(random, rare) == 0 ? NONE : below(random, n);
}

static struct dates some_dates(struct random *random)
{
    static const int days[] = { -30, -1, 0, 1, 30 };
    struct dates d = { UNSET, UNSET };
    int from = below(random, 10), until = below(random, 10);
    if (from < 5)
        d.from = days[from];
    if (until < 5)
        d.until = days[until];
    if (d.from != UNSET && d.until != UNSET && d.until < d.from)
        d.from = UNSET;
    return d;
}

static void make_links(struct world *w, struct random *r)
{
    for (int i = 0; i < LINKS; i++) {
        w->members[i].book = maybe(r, BOOKS, 3);
        w->members[i].user = below(r, USERS);
        w->members[i].level = below(r, 3);
        w->members[i].dates = some_dates(r);
        w->entries[i].book = maybe(r, BOOKS, 4);
        w->entries[i].record = below(r, RECORDS);
        w->team[i].account = maybe(r, ACCOUNTS, 2);
        w->team[i].user = below(r, USERS);
        w->team[i].level = below(r, 2);
        w->team[i].dates = some_dates(r);
        w->away[i].absent = below(r, 4) ? NONE : below(r, USERS);
        w->away[i].delegate = below(r, USERS);
        w->away[i].dates = some_dates(r);
        if (w->away[i].dates.from == UNSET)
            w->away[i].dates.from = -60;
        if (w->away[i].dates.until == UNSET)
            w->away[i].dates.until = 60;
        if (w->away[i].absent == w->away[i].delegate)
            w->away[i].absent = NONE;
        int to = below(r, 3);
        w->shares[i].record = maybe(r, RECORDS, 3);
        w->shares[i].user = to == 0 ? below(r, USERS) : NONE;
        w->shares[i].unit = to == 1 ? below(r, UNITS) : NONE;
        w->shares[i].role = to == 2 ? below(r, ROLES) : NONE;
        w->shares[i].edit = below(r, 2);
        w->shares[i].until = some_dates(r).until;
    }
}

void world_make(struct world *w, struct random *r)
{
    memset(w, 0, sizeof *w);
    for (int i = 0; i < UNITS; i++)
        w->unit_parent[i] = i == 0 ? NONE : maybe(r, i, 6);
    for (int i = 0; i < BOOKS; i++)
        w->book_parent[i] = i == 0 ? NONE : maybe(r, i, 3);
    for (int i = 0; i < USERS; i++) {
        w->user_unit[i] = maybe(r, UNITS, 8);
        w->user_roles[i] = 1u << below(r, ROLES);
        if (below(r, 4) == 0)
            w->user_roles[i] |= 1u << below(r, ROLES);
    }
    for (int i = 0; i < RECORDS; i++) {
        struct record *record = &w->records[i];
        record->object = i < ACCOUNTS ? O_ACCOUNT : i < ACCOUNTS + DEALS ? O_DEAL : O_FILE;
        record->owner = below(r, USERS);
        record->account = record->object == O_ACCOUNT ? NONE : maybe(r, ACCOUNTS, 6);
        record->region = below(r, 3);
        record->deleted = record->object == O_FILE && below(r, 5) == 0;
    }
    make_links(w, r);
}

/* --- the oracle */

static bool today(struct dates d, enum fault fault)
{
    if (fault == FAULT_DATES)
        return true;
    return (d.from == UNSET || d.from <= 0) && (d.until == UNSET || d.until >= 0);
}

/* Is `inner` the unit `outer`, or below it? */
static bool within(const int *parent, int inner, int outer)
{
    for (; inner != NONE; inner = parent[inner])
        if (inner == outer)
            return true;
    return false;
}

static bool owns(const struct world *w, int user, const struct record *record, enum fault fault)
{
    if (record->owner == user)
        return true;
    for (int i = 0; i < LINKS; i++)
        if (w->away[i].absent == record->owner && w->away[i].absent != NONE &&
            w->away[i].delegate == user && today(w->away[i].dates, fault))
            return true;
    return false;
}

/* need: 0 read, 1 edit, 2 full */
static bool stands_in_my_book(const struct world *w, int user, int record, int need,
                              enum fault fault)
{
    for (int e = 0; e < LINKS; e++)
        for (int m = 0; m < LINKS; m++)
            if (w->entries[e].book != NONE && w->members[m].book != NONE &&
                w->entries[e].record == record && w->members[m].user == user &&
                w->members[m].level >= need && today(w->members[m].dates, fault) &&
                (fault == FAULT_BOOKS
                     ? w->entries[e].book == w->members[m].book
                     : within(w->book_parent, w->entries[e].book, w->members[m].book)))
                return true;
    return false;
}

static bool in_team(const struct world *w, int user, int account, int need, enum fault fault)
{
    for (int i = 0; account != NONE && i < LINKS; i++)
        if (w->team[i].account == account && w->team[i].user == user && w->team[i].level >= need &&
            today(w->team[i].dates, fault))
            return true;
    return false;
}

static bool shared(const struct world *w, int user, int record, int need, enum fault fault)
{
    for (int i = 0; i < LINKS; i++) {
        const struct dates until = { UNSET, w->shares[i].until };
        if (w->shares[i].record != record || w->shares[i].edit < need || !today(until, fault))
            continue;
        if (w->shares[i].user == user ||
            (w->shares[i].unit != NONE &&
             within(w->unit_parent, w->user_unit[user], w->shares[i].unit)) ||
            (w->shares[i].role != NONE && w->user_roles[user] & 1u << w->shares[i].role))
            return true;
    }
    return false;
}

/* Accounts of region 1 are read by who has w_team; those of region 2 edited by unit 2 and below. */
static bool by_rule(const struct world *w, int user, const struct record *record, int need,
                    enum fault fault)
{
    if (record->object != O_ACCOUNT || fault == FAULT_RULES)
        return false;
    return (record->region == 1 && need == 0 && w->user_roles[user] & 1u << 1) ||
           (record->region == 2 && within(w->unit_parent, w->user_unit[user], 2));
}

static bool reaches(const struct world *w, int user, int index, enum right right, enum fault fault)
{
    const struct record *record = &w->records[index];
    unsigned levels = 0;
    int need = right == R_EDIT ? 1 : right == R_DELETE ? 2 : 0;
    int account = record->object == O_ACCOUNT ? index : record->account;
    for (int r = 0; r < ROLES; r++)
        if (w->user_roles[user] & 1u << r)
            levels |= 1u << role_levels[r][record->object][right];
    if (!(levels & ~(1u << L_NONE)))
        return false;
    if (levels & 1u << L_ALL || owns(w, user, record, fault))
        return true;
    if (need < 2 && (shared(w, user, index, need, fault) || by_rule(w, user, record, need, fault)))
        return true;
    if (levels & (1u << L_TEAM | 1u << L_UNIT | 1u << L_BOOK) && need < 2 &&
        in_team(w, user, account, need, fault))
        return true;
    if (levels & 1u << L_UNIT && w->user_unit[user] != NONE &&
        (fault == FAULT_UNITS
             ? w->user_unit[record->owner] == w->user_unit[user]
             : within(w->unit_parent, w->user_unit[record->owner], w->user_unit[user])))
        return true;
    return levels & 1u << L_BOOK &&
           (stands_in_my_book(w, user, index, need, fault) ||
            (account != NONE && stands_in_my_book(w, user, account, need, fault)));
}

bool oracle_may(const struct world *w, int user, int record, enum right right, enum fault fault)
{
    if (w->records[record].deleted || !reaches(w, user, record, R_READ, fault))
        return right == R_EXPORT && !w->records[record].deleted &&
               reaches(w, user, record, R_EXPORT, fault);
    return right == R_READ || reaches(w, user, record, right, fault);
}
