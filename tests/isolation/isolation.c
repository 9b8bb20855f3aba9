/*
 * isolation.c - nobody reaches more or less than the rules give, on any path.
 *
 *   isolation CASES [SEED]     GUANXI_TEST_PG=postgresql://… for the same on PostgreSQL
 *
 * Random worlds (units, users, roles, books, teams, shares, rules, delegations with dates) against
 * the oracle of world.c.  A case is a user, a record and a path to it.  Without a seed the first
 * half is always the same and the rest is new each time; the seed is printed.  At the end faults
 * are planted into the oracle, which the same comparison must notice.
 */
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "access/access_int.h"
#include "base/time.h"
#include "meta/tenant.h"
#include "quality/duplicates.h"
#include "store/feed.h"
#include "store/group.h"
#include "store/list.h"
#include "store/match.h"
#include "store/record.h"
#include "store/relocate.h"
#include "store/search.h"
#include "store/share.h"
#include "store/timeline.h"
#include "world.h"

enum { WORLDS_OF_A_FAULT = 6, SHOWN_MAX = 20 };

struct run {
    struct gx_arena arena; /* of one user's questions */
    struct gx_ctx ctx;
    struct gx_tenant *tenant;
    struct gx_conn *conn;
    struct gx_scope *scope;
    struct world world;
    int user;
    int64_t log_before;
    int64_t cases, wrong;
    enum fault fault;
    uint64_t seed;
    struct moving *moving;
};

static const char *const objects[OBJECTS] = { "account", "opportunity", "file" };

static void die(struct run *run, const char *what)
{
    fprintf(stderr, "%s: %.*s\n", what, GX_STR_ARG(gx_ctx_text(&run->ctx)));
    exit(1);
}

#define MUST(run, call)                                                                            \
    do {                                                                                           \
        if ((call) != GX_OK)                                                                       \
            die((run), #call);                                                                     \
    } while (0)

static void begin(struct run *run)
{
    gx_arena_reset(&run->arena);
    run->ctx = (struct gx_ctx){
        .arena = &run->arena, .now_us = gx_clock_us(), .tz_offset_min = 480, .lang = GX_LANG_EN
    };
}

static const struct gx_object *object_of(struct run *run, enum object object)
{
    return gx_meta_object(gx_scope_meta(run->scope), gx_str_c(objects[object]));
}

/* --- making a world */

static int64_t create(struct gx_scope *scope, const char *object_name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static int64_t create(struct gx_scope *scope, const char *object_name, const char *format, ...)
{
    static const struct gx_write_options options = { .any_move = true };
    char text[1000];
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_object *object;
    struct gx_input *input;
    struct gx_json *json;
    int64_t id;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (gx_object_get(scope, gx_str_c(object_name), &object) != GX_OK ||
        gx_json_read(ctx, gx_arena_str(ctx->arena, gx_str_c(text)), &json) != GX_OK ||
        gx_input_json(scope, object, json, GX_STR(""), &input) != GX_OK ||
        gx_record_create(scope, input, &options, &id) != GX_OK) {
        fprintf(stderr, "%s %s: %.*s\n", object_name, text, GX_STR_ARG(gx_ctx_text(ctx)));
        exit(1);
    }
    return id;
}

/* `,"name":"value"`, or nothing when the index is NONE. */
static const char *link_to(struct gx_arena *arena, const char *name, const int64_t *ids, int index)
{
    return index == NONE
               ? ""
               : gx_arena_printf(arena, ",\"%s\":\"%lld\"", name, (long long)ids[index]).p;
}

static const char *date_of(struct run *run, const char *name, int day)
{
    int64_t now = gx_date_of_moment(run->ctx.now_us, run->ctx.tz_offset_min);
    return day == UNSET ? ""
                        : gx_arena_printf(&run->arena, ",\"%s\":\"%.*s\"", name,
                                          GX_STR_ARG(gx_date_format(&run->arena, now + day)))
                              .p;
}

static void wipe(struct run *run, struct gx_conn *conn)
{
    static const char *const tables[] = {
        "account_team",    "book_member", "delegation",   "file",           "opportunity",
        "account",         "book",        "gx_share",     "gx_book_record", "account_fts",
        "opportunity_fts", "file_fts",    "gx_user_role",
    };
    MUST(run,
         gx_db_exec(&run->ctx, conn, GX_SQL("UPDATE \"user\" SET unit = NULL"), NULL, 0, NULL));
    MUST(run, gx_db_exec(&run->ctx, conn, GX_SQL("DELETE FROM \"unit\""), NULL, 0, NULL));
    for (size_t i = 0; i < GX_COUNT(tables); i++) {
        struct gx_sqlb *b = gx_sqlb_new(&run->arena, gx_conn_dialect(conn));
        gx_sqlb_add(b, GX_SQL("DELETE FROM "));
        gx_sqlb_name(b, gx_str_c(tables[i]));
        MUST(run, gx_db_exec(&run->ctx, conn, gx_sqlb_sql(b), NULL, 0, NULL));
    }
    MUST(run, gx_db_exec(&run->ctx, conn, GX_SQL("DELETE FROM \"user\""), NULL, 0, NULL));
}

static void write_people(struct run *run, struct gx_scope *scope)
{
    struct world *w = &run->world;
    for (int i = 0; i < UNITS; i++)
        w->unit_ids[i] = create(scope, "unit", "{\"name\":\"Unit %d\",\"code\":\"U%d\"%s}", i, i,
                                link_to(&run->arena, "parent", w->unit_ids, w->unit_parent[i]));
    for (int i = 0; i < USERS; i++) {
        w->user_ids[i] =
            create(scope, "user", "{\"display_name\":\"user%d\",\"login\":\"user%d\"%s}", i, i,
                   link_to(&run->arena, "unit", w->unit_ids, w->user_unit[i]));
        for (int r = 0; r < ROLES; r++) {
            const struct gx_value values[] = { gx_value_int(w->user_ids[i]),
                                               gx_value_text(gx_str_c(role_names[r])) };
            if (w->user_roles[i] & 1u << r)
                MUST(run, gx_db_exec(&run->ctx, gx_scope_conn(scope),
                                     GX_SQL("INSERT INTO gx_user_role (user_id, role) VALUES "
                                            "(?1, ?2)"),
                                     values, 2, NULL));
        }
    }
    for (int i = 0; i < BOOKS; i++)
        w->book_ids[i] = create(scope, "book", "{\"name\":\"Book %d\"%s}", i,
                                link_to(&run->arena, "parent", w->book_ids, w->book_parent[i]));
}

static void write_records(struct run *run, struct gx_scope *scope)
{
    static const char *const regions[] = { "east", "west", "north" };
    static const struct gx_write_options options = { 0 };
    struct world *w = &run->world;
    int64_t account_ids[ACCOUNTS];
    for (int i = 0; i < RECORDS; i++) {
        struct record *r = &w->records[i];
        const char *owner = link_to(&run->arena, "owner", w->user_ids, r->owner);
        const char *account = link_to(&run->arena, "account", account_ids, r->account);
        if (r->object == O_ACCOUNT)
            account_ids[i] = r->id =
                create(scope, "account",
                       "{\"name\":\"Firm zq%d\",\"kind\":\"organisation\",\"region\":\"%s\","
                       "\"phone\":\"02 2345 6789\"%s}",
                       i, regions[r->region], owner);
        else if (r->object == O_DEAL)
            r->id = create(scope, "opportunity", "{\"name\":\"Deal zq%d\"%s%s}", i, owner, account);
        else
            r->id = create(scope, "file", "{\"name\":\"File zq%d\"%s%s}", i, owner, account);
        if (r->deleted)
            MUST(run, gx_record_delete(scope, object_of(run, r->object), r->id, 0, &options));
    }
}

static void write_links(struct run *run, struct gx_scope *scope)
{
    static const char *const levels[] = { "read", "edit", "full" };
    struct world *w = &run->world;
    struct gx_arena *arena = &run->arena;
    for (int i = 0; i < LINKS; i++) {
        const struct dates m = w->members[i].dates, t = w->team[i].dates, a = w->away[i].dates;
        if (w->members[i].book != NONE)
            create(scope, "book_member", "{\"level\":\"%s\"%s%s%s%s}", levels[w->members[i].level],
                   link_to(arena, "book", w->book_ids, w->members[i].book),
                   link_to(arena, "user", w->user_ids, w->members[i].user),
                   date_of(run, "from_date", m.from), date_of(run, "until", m.until));
        if (w->team[i].account != NONE)
            create(scope, "account_team", "{\"level\":\"%s\",\"account\":\"%lld\"%s%s%s}",
                   levels[w->team[i].level], (long long)w->records[w->team[i].account].id,
                   link_to(arena, "user", w->user_ids, w->team[i].user),
                   date_of(run, "from_date", t.from), date_of(run, "until", t.until));
        if (w->away[i].absent != NONE)
            create(scope, "delegation", "{\"note\":\"\"%s%s%s%s}",
                   link_to(arena, "absent", w->user_ids, w->away[i].absent),
                   link_to(arena, "delegate", w->user_ids, w->away[i].delegate),
                   date_of(run, "from_date", a.from), date_of(run, "until", a.until));
    }
}

static struct gx_value or_null(const int64_t *ids, int index)
{
    return index == NONE ? GX_NULL_VALUE : gx_value_int(ids[index]);
}

/* As rows: some of them are over already, which nobody could write today. */
static void write_shares(struct run *run, struct gx_conn *conn)
{
    struct world *w = &run->world;
    int64_t now = gx_date_of_moment(run->ctx.now_us, run->ctx.tz_offset_min);
    for (int i = 0; i < LINKS; i++) {
        const struct record *e = &w->records[w->entries[i].record];
        const struct gx_value entry[] = { gx_value_text(gx_str_c(objects[e->object])),
                                          gx_value_int(e->id),
                                          or_null(w->book_ids, w->entries[i].book) };
        if (w->entries[i].book != NONE)
            MUST(run, gx_db_exec(&run->ctx, conn,
                                 GX_SQL("INSERT INTO gx_book_record (object, record, book, "
                                        "added_at, added_by) VALUES (?1, ?2, ?3, 0, 0) ON CONFLICT "
                                        "(object, record, book) DO NOTHING"),
                                 entry, 3, NULL));
        if (w->shares[i].record == NONE)
            continue;
        const struct record *s = &w->records[w->shares[i].record];
        const struct gx_value share[] = {
            gx_value_int(i + 1),
            gx_value_text(gx_str_c(objects[s->object])),
            gx_value_int(s->id),
            or_null(w->user_ids, w->shares[i].user),
            or_null(w->unit_ids, w->shares[i].unit),
            w->shares[i].role == NONE ? GX_NULL_VALUE
                                      : gx_value_text(gx_str_c(role_names[w->shares[i].role])),
            gx_value_int(w->shares[i].edit),
            w->shares[i].until == UNSET ? GX_NULL_VALUE : gx_value_int(now + w->shares[i].until),
        };
        MUST(run, gx_db_exec(&run->ctx, conn,
                             GX_SQL("INSERT INTO gx_share (id, object, record, user_id, unit_id, "
                                    "role, edit, until, created_at, created_by) VALUES (?1, ?2, "
                                    "?3, ?4, ?5, ?6, ?7, ?8, 0, 0)"),
                             share, GX_COUNT(share), NULL));
    }
}

static enum gx_code write_world(void *p, struct gx_conn *conn)
{
    struct run *run = p;
    run->scope = gx_scope_system(&run->ctx, run->tenant, conn, "a world is made");
    wipe(run, conn);
    run->log_before = run->tenant->change_seq;
    write_people(run, run->scope);
    write_records(run, run->scope);
    write_links(run, run->scope);
    write_shares(run, conn);
    return GX_OK;
}

/* --- asking */

static void compare(struct run *run, int record, const char *path, bool want, bool have)
{
    run->cases++;
    if (want == have)
        return;
    if (run->wrong++ < SHOWN_MAX && run->fault == FAULT_NONE)
        fprintf(stderr, "seed %llu: user %d, record %d (%s), %s: should be %s\n",
                (unsigned long long)run->seed, run->user, record,
                objects[run->world.records[record].object], path, want ? "reached" : "kept");
}

static bool want(const struct run *run, int record, enum right right)
{
    return oracle_may(&run->world, run->user, record, right, run->fault);
}

static bool loads(struct run *run, int index, enum gx_right right)
{
    const struct record *r = &run->world.records[index];
    struct gx_record record;
    enum gx_code code =
        gx_record_load(run->scope, object_of(run, r->object), r->id, right, false, &record);
    if (code != GX_OK && code != GX_E_NOT_FOUND && code != GX_E_FORBIDDEN)
        die(run, "load");
    gx_ctx_clear(&run->ctx);
    return code == GX_OK;
}

/* Which records a list gives, a few at a time. */
static void list_seen(struct run *run, enum object object, struct gx_list_options options,
                      bool *seen)
{
    memset(seen, 0, RECORDS * sizeof *seen);
    for (bool more = true; more;) {
        struct gx_list *list;
        bool has;
        enum gx_code code = gx_list_open(run->scope, object_of(run, object), &options, &list);
        if (code == GX_E_FORBIDDEN) {
            gx_ctx_clear(&run->ctx);
            return;
        }
        MUST(run, code);
        for (;;) {
            MUST(run, gx_list_next(list, &has));
            if (!has)
                break;
            for (int i = 0; i < RECORDS; i++)
                seen[i] |= run->world.records[i].id == gx_list_id(list);
        }
        options.cursor = gx_list_cursor(list);
        more = options.cursor.n > 0;
        gx_list_close(list);
    }
}

static void compare_list(struct run *run, enum object object, struct gx_list_options options,
                         const char *path, enum right right)
{
    bool seen[RECORDS];
    list_seen(run, object, options, seen);
    for (int i = 0; i < RECORDS; i++)
        if (run->world.records[i].object == object)
            compare(run, i, path, want(run, i, right), seen[i]);
}

static int wanted(const struct run *run, enum object object, int account)
{
    int n = 0;
    for (int i = 0; i < RECORDS; i++)
        if (run->world.records[i].object == object &&
            (account == NONE || run->world.records[i].account == account))
            n += want(run, i, R_READ);
    return n;
}

static void ask_lists(struct run *run, enum object object)
{
    const struct gx_list_options paged = { .fields = GX_STR("name"),
                                           .sort = GX_STR("name"),
                                           .limit = 3 };
    const struct gx_list_options newest = { .fields = GX_STR("id"), .limit = 1000 };
    const struct gx_list_options file = { .fields = GX_STR("name"), .right = GX_RIGHT_EXPORT };
    const struct gx_list_options words = { .fields = GX_STR("id"),
                                           .q = GX_STR("zq"),
                                           .limit = 1000 };
    struct gx_list_options counted = { .filter = GX_STR("") };
    int64_t count = 0;
    compare_list(run, object, paged, "list by pages", R_READ);
    compare_list(run, object, newest, "list", R_READ);
    compare_list(run, object, file, "export", R_EXPORT);
    compare_list(run, object, words, "list by words", R_READ);
    enum gx_code code = gx_list_count(run->scope, object_of(run, object), &counted, 0, &count);
    if (code != GX_OK && code != GX_E_FORBIDDEN)
        die(run, "count");
    gx_ctx_clear(&run->ctx);
    compare(run,
            object == O_ACCOUNT ? 0
            : object == O_DEAL  ? ACCOUNTS
                                : ACCOUNTS + DEALS,
            "count", true, count == wanted(run, object, NONE));
}

static struct gx_str said(struct run *run, struct gx_buf *out)
{
    struct gx_str s = gx_arena_str(&run->arena, gx_buf_str(out));
    gx_buf_free(out);
    return s;
}

/* What a record's reply says may be done with it is what then may be done. */
static void compare_may(struct run *run, enum object object, bool deleted)
{
    const struct gx_list_options options = {
        .fields = GX_STR("id"), .limit = 1000, .deleted = deleted, .may = GX_MAY_SAID
    };
    struct gx_list *list;
    bool has;
    enum gx_code code = gx_list_open(run->scope, object_of(run, object), &options, &list);
    gx_ctx_clear(&run->ctx);
    while (code == GX_OK && gx_list_next(list, &has) == GX_OK && has) {
        struct gx_buf out = { 0 };
        struct gx_jw w = gx_jw(&out);
        struct gx_json *root;
        int i = 0;
        gx_list_json(list, &w);
        MUST(run, gx_json_read(&run->ctx, said(run, &out), &root));
        const struct gx_json *may = gx_json_get(root, "_may");
        while (i < RECORDS && run->world.records[i].id != gx_list_id(list))
            i++;
        if (i == RECORDS)
            continue;
        bool edit = !deleted && oracle_may(&run->world, run->user, i, R_EDIT, run->fault);
        bool remove = oracle_may(&run->world, run->user, i, R_DELETE, run->fault);
        compare(run, i, "may edit", edit, gx_json_get_bool(may, "edit", deleted));
        compare(run, i, "may share", edit, gx_json_get_bool(may, "share", !edit));
        compare(run, i, "may delete", !deleted && remove, gx_json_get_bool(may, "delete", !remove));
        if (!deleted)
            continue;
        struct gx_record record;
        code = gx_record_load(run->scope, object_of(run, object), gx_list_id(list), GX_RIGHT_DELETE,
                              true, &record);
        gx_ctx_clear(&run->ctx);
        compare(run, i, "may restore", code == GX_OK, gx_json_get_bool(may, "restore", false));
        code = GX_OK;
    }
    if (code == GX_OK)
        gx_list_close(list);
}

static bool mentions(struct run *run, struct gx_str text, int record)
{
    struct gx_str id =
        gx_arena_printf(&run->arena, "\"%lld\"", (long long)run->world.records[record].id);
    return gx_str_search(text, id) != SIZE_MAX;
}

static void ask_search(struct run *run)
{
    for (int i = 0; i < RECORDS; i++) {
        struct gx_buf out = { 0 };
        struct gx_jw w = gx_jw(&out);
        struct gx_str word = gx_arena_printf(&run->arena, "zq%d", i);
        gx_jw_array(&w);
        MUST(run, gx_search(run->scope, NULL, word, 50, &w));
        gx_jw_array_end(&w);
        compare(run, i, "search", want(run, i, R_READ), mentions(run, said(run, &out), i));
    }
}

static void ask_feed(struct run *run)
{
    struct gx_feed *feed;
    struct gx_buf out = { 0 };
    struct gx_scope *system =
        gx_scope_system(&run->ctx, run->tenant, run->conn, "what the log has");
    /* Few enough at a time that each is told by itself. */
    for (int64_t at = run->log_before; at < run->tenant->change_seq; at += GX_FEED_ENTRIES_MAX) {
        int64_t until = at + GX_FEED_ENTRIES_MAX;
        MUST(run, gx_feed_read(system, at,
                               until < run->tenant->change_seq ? until : run->tenant->change_seq,
                               &feed));
        MUST(run, gx_feed_tell(run->scope, feed, &out));
    }
    struct gx_str text = said(run, &out);
    for (int i = 0; i < RECORDS; i++)
        if (!run->world.records[i].deleted)
            compare(run, i, "live events", want(run, i, R_READ), mentions(run, text, i));
}

/* The record's own pages: they are there or not, and name nothing that is kept. */
static void ask_pages(struct run *run, int index)
{
    static const struct gx_timeline_options options = { .limit = 50 };
    const struct record *r = &run->world.records[index];
    const struct gx_object *object = object_of(run, r->object);
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    enum gx_code code = gx_record_history(run->scope, object, r->id, 0, 50, &w);
    gx_ctx_clear(&run->ctx);
    gx_buf_free(&out);
    compare(run, index, "history", want(run, index, R_READ), code == GX_OK);
    out = (struct gx_buf){ 0 };
    w = gx_jw(&out);
    code = gx_timeline(run->scope, object, r->id, &options, &w);
    gx_ctx_clear(&run->ctx);
    struct gx_str text = said(run, &out);
    compare(run, index, "timeline", want(run, index, R_READ), code == GX_OK);
    for (int i = ACCOUNTS + DEALS; code == GX_OK && i < RECORDS; i++)
        if (r->object == O_ACCOUNT && run->world.records[i].account == index)
            compare(run, i, "files of a timeline", want(run, i, R_READ), mentions(run, text, i));
    if (r->object != O_ACCOUNT)
        return;
    out = (struct gx_buf){ 0 };
    w = gx_jw(&out);
    gx_jw_array(&w);
    code = gx_duplicates_of(run->scope, object, r->id, &w);
    gx_ctx_clear(&run->ctx);
    text = said(run, &out);
    for (int i = 0; code == GX_OK && i < ACCOUNTS; i++)
        if (i != index && mentions(run, text, i))
            compare(run, i, "duplicates", want(run, i, R_READ), true);
    compare(run, index, "duplicates of it", want(run, index, R_READ), code == GX_OK);
}

/* What an import finds by a name. */
static void ask_match(struct run *run, int index)
{
    const struct record *r = &run->world.records[index];
    const struct gx_object *object = object_of(run, r->object);
    const struct gx_field *name = gx_object_field(object, GX_STR("name"));
    struct gx_input *input = gx_input_new(run->scope, object);
    static const char *const words[] = { "Firm", "Deal", "File" };
    int64_t id[2] = { 0 };
    size_t found;
    input->v[name->slot] =
        gx_value_text(gx_arena_printf(&run->arena, "%s zq%d", words[r->object], index));
    input->given[name->index_in_object] = true;
    MUST(run, gx_match_all(run->scope, object, &name, 1, input, id, 2, &found));
    compare(run, index, "import look-up", want(run, index, R_READ), found == 1 && id[0] == r->id);
}

/* Roll-ups, titles of links, groups, filters over links. */
static void ask_through(struct run *run)
{
    const struct gx_list_options sums = { .fields = GX_STR("name,count(opportunities)"),
                                          .limit = 1000 };
    const struct gx_list_options links = { .fields = GX_STR("account"), .limit = 1000 };
    struct gx_list *list;
    bool has;
    enum gx_code code = gx_list_open(run->scope, object_of(run, O_ACCOUNT), &sums, &list);
    gx_ctx_clear(&run->ctx);
    while (code == GX_OK && gx_list_next(list, &has) == GX_OK && has)
        for (int i = 0; i < ACCOUNTS; i++)
            if (run->world.records[i].id == gx_list_id(list))
                compare(run, i, "roll-up", true,
                        gx_list_value(list, 1).i == wanted(run, O_DEAL, i));
    if (code == GX_OK)
        gx_list_close(list);
    code = gx_list_open(run->scope, object_of(run, O_DEAL), &links, &list);
    gx_ctx_clear(&run->ctx);
    while (code == GX_OK && gx_list_next(list, &has) == GX_OK && has) {
        struct gx_buf out = { 0 };
        gx_list_text(list, 0, &out);
        for (int i = ACCOUNTS; i < ACCOUNTS + DEALS; i++)
            if (run->world.records[i].id == gx_list_id(list) &&
                run->world.records[i].account != NONE)
                compare(run, run->world.records[i].account, "title of a link",
                        want(run, run->world.records[i].account, R_READ), out.n > 0);
        gx_buf_free(&out);
    }
    if (code == GX_OK)
        gx_list_close(list);
    for (int a = 0; a < ACCOUNTS; a++) {
        bool seen[RECORDS];
        const struct gx_list_options through = {
            .filter = gx_arena_printf(&run->arena, "account.name = \"Firm zq%d\"", a),
            .fields = GX_STR("id"),
            .limit = 1000,
        };
        list_seen(run, O_DEAL, through, seen);
        for (int i = ACCOUNTS; i < ACCOUNTS + DEALS; i++)
            if (run->world.records[i].account == a)
                compare(run, i, "filter over a link", want(run, i, R_READ) && want(run, a, R_READ),
                        seen[i]);
    }
}

static void ask_groups(struct run *run)
{
    static const char *const regions[] = { "east", "west", "north" };
    const struct gx_group_options options = { .by = GX_STR("region") };
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    struct gx_json *root = NULL;
    enum gx_code code = gx_group(run->scope, object_of(run, O_ACCOUNT), &options, &w);
    struct gx_str text = said(run, &out);
    gx_ctx_clear(&run->ctx);
    if (code == GX_OK)
        MUST(run, gx_json_read(&run->ctx, text, &root));
    for (int g = 0; g < 3; g++) {
        int64_t have = 0, n = 0;
        const struct gx_json *groups = root ? gx_json_get(root, "groups") : NULL;
        for (const struct gx_json *k = groups ? groups->first : NULL; k; k = k->next)
            if (gx_str_is(gx_json_get_str(k, "key", GX_STR("")), regions[g]))
                have = gx_json_get_int(k, "count", 0);
        for (int i = 0; i < ACCOUNTS; i++)
            n += run->world.records[i].region == g && want(run, i, R_READ);
        compare(run, 0, "groups", true, have == n);
    }
}

static void ask_user(struct run *run)
{
    begin(run);
    MUST(run, gx_db_reader(&run->ctx, run->tenant->db, &run->conn));
    MUST(run, gx_scope_user(&run->ctx, run->tenant, run->conn, run->world.user_ids[run->user],
                            &run->scope));
    for (int i = 0; i < RECORDS; i++) {
        compare(run, i, "read", want(run, i, R_READ), loads(run, i, GX_RIGHT_READ));
        compare(run, i, "edit", want(run, i, R_READ) && want(run, i, R_EDIT),
                loads(run, i, GX_RIGHT_EDIT));
        compare(run, i, "delete", want(run, i, R_READ) && want(run, i, R_DELETE),
                loads(run, i, GX_RIGHT_DELETE));
        ask_pages(run, i);
        ask_match(run, i);
    }
    for (int o = 0; o < OBJECTS; o++)
        ask_lists(run, (enum object)o);
    for (int o = 0; o < OBJECTS; o++) {
        compare_may(run, (enum object)o, false);
        compare_may(run, (enum object)o, true);
    }
    ask_search(run);
    ask_feed(run);
    ask_through(run);
    ask_groups(run);
    gx_db_reader_release(run->conn);
}

/* --- a market moves: the oracle sees the world as it should be then, and as it was after the undo
 */

struct moving {
    int account, from, to, owner; /* of the account, units, and the new owner */
    int64_t batch;
};

static bool is_below(const struct world *w, int unit, int above)
{
    while (unit != NONE && unit != above)
        unit = w->unit_parent[unit];
    return unit != NONE;
}

static bool related(const struct world *w, int a, int b)
{
    return is_below(w, a, b) || is_below(w, b, a);
}

/* An account whose owner sits in a market, and somebody in another one. */
static bool choose_move(const struct world *w, struct moving *m)
{
    for (int a = 0; a < ACCOUNTS; a++) {
        int from = w->records[a].owner == NONE ? NONE : w->user_unit[w->records[a].owner];
        for (int u = 0; u < USERS && from != NONE && !w->records[a].deleted; u++)
            if (w->user_unit[u] != NONE && !related(w, w->user_unit[u], from)) {
                *m = (struct moving){ a, from, w->user_unit[u], u, 0 };
                return true;
            }
    }
    return false;
}

static bool moves(const struct world *w, const struct moving *m, int record)
{
    return record == m->account ||
           (w->records[record].object != O_ACCOUNT && w->records[record].account == m->account);
}

/* What docs/ACCESS.md says of a move. */
static void oracle_move(struct world *w, const struct moving *m)
{
    for (int i = 0; i < RECORDS; i++) {
        struct record *r = &w->records[i];
        if (moves(w, m, i) && r->owner != NONE && is_below(w, w->user_unit[r->owner], m->from))
            r->owner = m->owner;
    }
    for (int i = 0; i < LINKS; i++) {
        int user = w->shares[i].user, unit = w->shares[i].unit;
        bool kept = user != NONE   ? !is_below(w, w->user_unit[user], m->from)
                    : unit != NONE ? !related(w, unit, m->from)
                                   : false;
        if (w->team[i].account == m->account)
            w->team[i].account = NONE;
        if (w->entries[i].book != NONE && moves(w, m, w->entries[i].record))
            w->entries[i].book = NONE;
        if (w->shares[i].record != NONE && moves(w, m, w->shares[i].record) && !kept)
            w->shares[i].record = NONE;
    }
}

static enum gx_code write_move(void *p, struct gx_conn *conn)
{
    struct run *run = p;
    const struct moving *m = run->moving;
    struct gx_write_options options = { .import_id = m->batch };
    struct gx_relocate *def;
    struct gx_json *json;
    struct gx_scope *scope = gx_scope_system(&run->ctx, run->tenant, conn, "a market moves");
    struct gx_str text = gx_arena_printf(
        &run->arena,
        "{\"from\":\"U%d\",\"to\":\"U%d\",\"owner\":\"user%d\",\"objects\":{\"account\":{"
        "\"fields\":"
        "{\"website\":{\"set\":\"https://moved.example\"}}},\"opportunity\":{},\"file\":{}}}",
        m->from, m->to, m->owner);
    GX_TRY(gx_json_read(&run->ctx, text, &json));
    GX_TRY(gx_relocate_read(scope, json, &def));
    return gx_relocate_run(scope, def, run->world.records[m->account].id, &options);
}

static enum gx_code write_back(void *p, struct gx_conn *conn)
{
    struct run *run = p;
    struct gx_write_options options = { .import_id = -run->moving->batch };
    struct gx_scope *scope = gx_scope_system(&run->ctx, run->tenant, conn, "and back");
    return gx_relocate_undo(scope, run->moving->batch, run->world.records[run->moving->account].id,
                            &options);
}

static void add_row(struct gx_buf *out, const struct gx_rows *rows)
{
    for (int c = 0; c < gx_rows_columns(rows); c++) {
        struct gx_value v = gx_rows_value(rows, c);
        if (v.kind == GX_VALUE_INT)
            gx_buf_printf(out, "%lld|", (long long)v.i);
        else
            gx_buf_printf(out, "%s%.*s|", v.kind == GX_VALUE_TEXT ? "t" : "",
                          v.kind == GX_VALUE_TEXT ? (int)v.s.n : 0, v.s.p);
    }
    gx_buf_addc(out, '\n');
}

/* All of the world, but for how often, when and by whom it was changed. */
static struct gx_str everything(struct run *run)
{
    static const char *const tables[] = { "account", "opportunity", "file", "account_team" };
    struct gx_buf out = { 0 };
    struct gx_rows *rows;
    bool has;
    begin(run);
    MUST(run, gx_db_reader(&run->ctx, run->tenant->db, &run->conn));
    run->scope = gx_scope_system(&run->ctx, run->tenant, run->conn, "a world is looked at");
    for (size_t t = 0; t < GX_COUNT(tables); t++) {
        const struct gx_object *object =
            gx_meta_object(gx_scope_meta(run->scope), gx_str_c(tables[t]));
        struct gx_sqlb *b = gx_sqlb_new(&run->arena, gx_conn_dialect(run->conn));
        gx_sqlb_add(b, GX_SQL("SELECT id"));
        for (size_t c = 1; c < object->column_count; c++) {
            if (c == GX_SLOT_VERSION || c == GX_SLOT_UPDATED_AT || c == GX_SLOT_UPDATED_BY)
                continue;
            gx_sqlb_add(b, GX_SQL(", "));
            gx_sqlb_name(b, object->columns[c].name);
        }
        gx_sqlb_add(b, GX_SQL(" FROM "));
        gx_sqlb_name(b, object->x.table);
        gx_sqlb_add(b, GX_SQL(" ORDER BY id"));
        MUST(run, gx_db_query(&run->ctx, run->conn, gx_sqlb_sql(b), NULL, 0, &rows));
        while (gx_rows_next(&run->ctx, rows, &has) == GX_OK && has)
            add_row(&out, rows);
        gx_rows_close(rows);
    }
    MUST(run, gx_db_query(&run->ctx, run->conn,
                          GX_SQL("SELECT id, object, record, user_id, unit_id, role, edit, until "
                                 "FROM gx_share ORDER BY id"),
                          NULL, 0, &rows));
    while (gx_rows_next(&run->ctx, rows, &has) == GX_OK && has)
        add_row(&out, rows);
    gx_rows_close(rows);
    MUST(run, gx_db_query(&run->ctx, run->conn,
                          GX_SQL("SELECT object, record, book, added_at, added_by FROM "
                                 "gx_book_record ORDER BY object, record, book"),
                          NULL, 0, &rows));
    while (gx_rows_next(&run->ctx, rows, &has) == GX_OK && has)
        add_row(&out, rows);
    gx_rows_close(rows);
    gx_db_reader_release(run->conn);
    char *copy = malloc(out.n + 1);
    memcpy(copy, out.p, out.n);
    struct gx_str text = { copy, out.n };
    gx_buf_free(&out);
    return text;
}

static void ask_all(struct run *run)
{
    gx_access_forget(run->tenant);
    for (run->user = 0; run->user < USERS; run->user++)
        ask_user(run);
}

static void move_and_back(struct run *run)
{
    struct world before = run->world;
    struct moving m;
    if (!choose_move(&run->world, &m))
        return;
    struct gx_str was = everything(run);
    begin(run);
    m.batch = gx_id_next(&run->tenant->ids, run->ctx.now_us);
    run->moving = &m;
    MUST(run, gx_db_write(&run->ctx, run->tenant->db, write_move, run));
    oracle_move(&run->world, &m);
    ask_all(run);
    struct gx_str there = everything(run);
    compare(run, m.account, "moved", true, !gx_str_eq(was, there));
    begin(run);
    MUST(run, gx_db_write(&run->ctx, run->tenant->db, write_back, run));
    run->world = before;
    struct gx_str back = everything(run);
    compare(run, m.account, "moved and taken back", true, gx_str_eq(was, back));
    ask_all(run);
    free((void *)(uintptr_t)was.p);
    free((void *)(uintptr_t)there.p);
    free((void *)(uintptr_t)back.p);
}

static void one_world(struct run *run, uint64_t seed)
{
    struct random random = { seed };
    run->seed = seed;
    world_make(&run->world, &random);
    begin(run);
    MUST(run, gx_db_write(&run->ctx, run->tenant->db, write_world, run));
    gx_access_forget(run->tenant);
    run->tenant->access->wide = seed % 2 ? 1 : 3000; /* lists in both ways of asking */
    memset(run->tenant->access->widths, 0, sizeof run->tenant->access->widths);
    for (run->user = 0; run->user < USERS; run->user++)
        ask_user(run);
    if (seed % 3 == 0 && run->fault == FAULT_NONE)
        move_and_back(run);
}

/* --- the store */

static void write_rights(struct gx_buf *out, const char *object, const enum level *levels)
{
    static const char *const words[] = { "none", "own", "team", "unit", "book", "all" };
    gx_buf_printf(out,
                  "\"%s\":{\"read\":\"%s\",\"edit\":\"%s\",\"delete\":\"%s\",\"export\":\"%s\"}",
                  object, words[levels[R_READ]], words[levels[R_EDIT]], words[levels[R_DELETE]],
                  words[levels[R_EXPORT]]);
}

static enum gx_code define(void *p, struct gx_conn *conn)
{
    struct run *run = p;
    struct gx_definition changes[ROLES + 2];
    struct gx_plan_step *steps;
    for (int r = 0; r <= ROLES; r++) {
        static const enum level none[RIGHTS] = { L_NONE };
        const char *name = r < ROLES ? role_names[r] : "everyone";
        struct gx_buf out = { 0 };
        gx_buf_printf(&out, "{\"role\":\"%s\",\"label\":\"%s\",\"objects\":{", name, name);
        for (int o = 0; o < OBJECTS; o++) {
            gx_buf_addz(&out, o ? "," : "");
            write_rights(&out, objects[o], r < ROLES ? role_levels[r][o] : none);
        }
        gx_buf_addz(&out, "}}");
        changes[r] = (struct gx_definition){
            .path = gx_arena_printf(&run->arena, "custom/roles/%s.json", name),
            .json = said(run, &out),
        };
    }
    changes[ROLES + 1] = (struct gx_definition){
        .path = GX_STR("custom/extend/account.json"),
        .json =
            GX_STR("{\"extend\":\"account\",\"sharing\":[{\"name\":\"west\",\"when\":\"region = "
                   "\\\"west\\\"\",\"to\":{\"role\":\"w_team\"}},{\"name\":\"north\",\"when\":"
                   "\"region = \\\"north\\\"\",\"to\":{\"unit\":\"U2\"},\"rights\":\"edit\"}]}"),
    };
    return gx_tenant_publish(&run->ctx, run->tenant, conn, changes, ROLES + 2, 0, false, &steps);
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *ftw)
{
    (void)s, (void)kind, (void)ftw;
    return remove(path);
}

static bool notices(struct run *run, enum fault fault)
{
    run->fault = fault;
    run->wrong = 0;
    for (uint64_t i = 0; i < WORLDS_OF_A_FAULT && run->wrong == 0; i++)
        one_world(run, 1000 + i);
    return run->wrong > 0;
}

int main(int argc, char **argv)
{
    static struct run run;
    char folder[] = "/tmp/guanxi-isolation-XXXXXX";
    int64_t cases = argc > 1 ? atoll(argv[1]) : 20000, passed = 0, failed;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)time(NULL) * 1000;
    if (!mkdtemp(folder))
        return 1;
    begin(&run);
    const struct gx_tenant_options options = {
        .dir = folder, .url = getenv("GUANXI_TEST_PG"), .name = GX_STR("main"), .create = true
    };
    MUST(&run, gx_tenant_open(&run.ctx, &options, &run.tenant));
    gx_access_start(run.tenant);
    MUST(&run, gx_db_write(&run.ctx, run.tenant->db, define, &run));
    for (uint64_t i = 1; run.cases < cases; i++)
        one_world(&run, argc > 2 ? seed : run.cases < cases / 2 ? i : seed + i);
    passed = run.cases - run.wrong;
    failed = run.wrong;
    printf("isolation on %s: %lld cases, random seed %llu\n", options.url ? "PostgreSQL" : "SQLite",
           (long long)run.cases, (unsigned long long)seed);
    for (int f = FAULT_NONE + 1; f < FAULT_COUNT && failed == 0; f++)
        if (!notices(&run, (enum fault)f)) {
            fprintf(stderr, "a fault planted into the oracle (%d) was not noticed\n", f);
            failed++;
        }
    printf("%lld passed, %lld failed\n", (long long)passed, (long long)failed);
    gx_tenant_close(run.tenant);
    gx_arena_free(&run.arena);
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return failed > 0;
}
