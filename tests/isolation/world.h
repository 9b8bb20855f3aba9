/*
 * world.h - a small organisation made up at random, and a plain answer to who may do what in it.
 *
 * The oracle knows nothing of how the program decides: it is the rules of docs/ACCESS.md, written
 * down once more as loops over arrays.  Keep it so short that it is seen to be right.
 */
#ifndef WORLD_H
#define WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    UNITS = 6,
    USERS = 6,
    BOOKS = 4,
    ACCOUNTS = 8,
    DEALS = 8,
    FILES = 4,
    RECORDS = ACCOUNTS + DEALS + FILES,
    LINKS = 12, /* of each kind: members, entries, team members, shares, delegations */
    NONE = -1,
};

enum level { L_NONE, L_OWN, L_TEAM, L_UNIT, L_BOOK, L_ALL, LEVELS };
enum right { R_READ, R_EDIT, R_DELETE, R_EXPORT, RIGHTS };
enum object { O_ACCOUNT, O_DEAL, O_FILE, OBJECTS };
enum { ROLES = 8 };

struct dates {
    int from, until; /* days from today; UNSET: open */
};
enum { UNSET = 9999 };

struct record {
    enum object object;
    int owner, account; /* account: of a deal or a file, or NONE */
    int region;         /* of an account: 0, 1 or 2 */
    bool deleted;
    int64_t id;
};

struct world {
    int unit_parent[UNITS], user_unit[USERS], book_parent[BOOKS];
    unsigned user_roles[USERS]; /* bits */
    struct record records[RECORDS];
    struct {
        int book, user, level; /* 0 read, 1 edit, 2 full; book NONE: unused */
        struct dates dates;
    } members[LINKS];
    struct {
        int book, record;
    } entries[LINKS];
    struct {
        int account, user, level;
        struct dates dates;
    } team[LINKS];
    struct {
        int absent, delegate;
        struct dates dates;
    } away[LINKS];
    struct {
        int record, user, unit, role; /* one of the three */
        bool edit;
        int until;
    } shares[LINKS];
    int64_t unit_ids[UNITS], user_ids[USERS], book_ids[BOOKS];
};

/* What a role gives, by object and right. */
extern const enum level role_levels[ROLES][OBJECTS][RIGHTS];
extern const char *const role_names[ROLES];

/* A fault to plant into the oracle, so that the test shows that it would see one. */
enum fault { FAULT_NONE, FAULT_DATES, FAULT_UNITS, FAULT_BOOKS, FAULT_RULES, FAULT_COUNT };

struct random {
    uint64_t state;
};
uint64_t random_next(struct random *random);
void world_make(struct world *world, struct random *random);
bool oracle_may(const struct world *world, int user, int record, enum right right,
                enum fault fault);

#endif
