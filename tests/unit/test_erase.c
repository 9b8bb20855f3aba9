/*
 * test_erase.c - who is erased is in no table any more, all others are as they were, and the log
 * verifies; who blanks the log without being asked is found.
 *
 * Random people among random data, each with texts that nobody else has.
 */
#include "store/erase.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "access/signin.h"
#include "base/time.h"
#include "gx_test.h"
#include "store/audit.h"
#include "store/retain.h"
#include "store/seal.h"

enum { PEOPLE = 14, ERASED = 6 };

struct world {
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct gx_tenant *tenant;
    struct gx_sealer *sealer;
    struct gx_meta *meta;
    char folder[64];
    uint64_t random;
    int64_t firm, people[PEOPLE];
    bool account[PEOPLE], gone[PEOPLE];
    int who;
    bool keep;
    /* a check */
    struct gx_seal_check check;
    char first[300];
};

static uint64_t below(struct world *w, uint64_t n)
{
    w->random = w->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (w->random >> 33) % n;
}

static struct gx_str text(struct world *w, const char *what, int who)
{
    return gx_arena_printf(&w->arena, "Markof%cx %s", 'a' + who, what);
}

struct value {
    const char *field;
    struct gx_str text;
};

static enum gx_code put(struct gx_scope *scope, const char *name, int64_t *id,
                        const struct value *values, size_t count)
{
    static const struct gx_write_options options = { .reason = { "by hand", 7 } };
    const struct gx_object *object;
    GX_TRY(gx_object_get(scope, gx_str_c(name), &object));
    struct gx_input *input = gx_input_new(scope, object);
    for (size_t i = 0; i < count; i++) {
        const struct gx_field *f = gx_object_field(object, gx_str_c(values[i].field));
        if (!GX_CHECK(f, values[i].field))
            return GX_E_INTERNAL;
        if (f->x.type == GX_TYPE_LINK) {
            int64_t to = 0;
            (void)!gx_str_int64(values[i].text, &to);
            input->v[f->slot] = gx_value_int(to);
            input->given[f->index_in_object] = true;
        } else {
            GX_TRY(gx_input_text(scope, input, f, values[i].text, GX_DATE_YMD));
        }
    }
    gx_scope_ctx(scope)->now_us += 1000;
    return *id ? gx_record_update(scope, *id, 0, input, &options, NULL, NULL)
               : gx_record_create(scope, input, &options, id);
}

static struct gx_str number(struct world *w, int64_t id)
{
    return gx_arena_printf(&w->arena, "%lld", (long long)id);
}

/* A person and what hangs on them: at random, but always something of each kind somewhere. */
static enum gx_code make_person(struct world *w, struct gx_scope *scope, int i)
{
    w->account[i] = below(w, 3) == 0;
    const char *object = w->account[i] ? "account" : "contact";
    struct gx_str email = gx_arena_printf(&w->arena, "markof%cx@mail.example", 'a' + i);
    struct value values[] = { { "name", text(w, "Person", i) },
                              { "email", email },
                              { "description", text(w, "note", i) },
                              { w->account[i] ? "kind" : "account",
                                w->account[i] ? GX_STR("person") : number(w, w->firm) } };
    GX_TRY(put(scope, object, &w->people[i], values, GX_COUNT(values)));
    struct gx_str self = number(w, w->people[i]);
    for (uint64_t k = 0, n = 1 + below(w, 3); k < n; k++) {
        struct value change = { "description", text(w, k % 2 ? "one" : "two", i) };
        struct value act[] = { { "subject", text(w, "Person called", i) },
                               { "description", text(w, "said", i) },
                               { object, self } };
        struct value deal[] = { { "name", text(w, "Person deal", i) }, { object, self } };
        struct value file[] = { { "name", text(w, "file", i) }, { object, self } };
        int64_t id = 0, deal_id = 0, file_id = 0;
        GX_TRY(put(scope, object, &w->people[i], &change, 1));
        GX_TRY(put(scope, "activity", &id, act, GX_COUNT(act)));
        GX_TRY(put(scope, "opportunity", &deal_id, deal, GX_COUNT(deal)));
        GX_TRY(put(scope, "file", &file_id, file, GX_COUNT(file)));
    }
    struct gx_audit_note note = {
        .what = "export",
        .data = gx_arena_printf(&w->arena, "{\"contact\":[null,\"name = 'Markof%cx Person'\"]}",
                                'a' + i)
    };
    return gx_audit_add(&w->ctx, w->tenant, gx_scope_conn(scope), &note);
}

static enum gx_code fill(void *p, struct gx_conn *conn)
{
    struct world *w = p;
    struct gx_scope *scope = gx_scope_system(&w->ctx, w->tenant, conn, "test");
    struct value firm = { "name", GX_STR("Firm") };
    GX_TRY(put(scope, "account", &w->firm, &firm, 1));
    for (int i = 0; i < PEOPLE; i++)
        GX_TRY(make_person(w, scope, i));
    struct gx_value values[] = { gx_value_text(text(w, "Person reply", 0)) };
    return gx_db_exec(&w->ctx, conn,
                      GX_SQL("INSERT INTO gx_idempotency (user_id, key, request_hash, status, "
                             "reply, at) VALUES (1, 'k', '', 200, ?1, 1)"),
                      values, 1, NULL);
}

static bool open_world(struct world *w)
{
    *w = (struct world){ .random = 20261122 };
    w->ctx = gx_test_ctx(&w->arena);
    snprintf(w->folder, sizeof w->folder, "/tmp/guanxi-test-XXXXXX");
    struct gx_tenant_options options = { .name = GX_STR("main"), .create = true };
    options.dir = mkdtemp(w->folder);
    if (!GX_CHECK(options.dir && gx_tenant_open(&w->ctx, &options, &w->tenant) == GX_OK, "a store"))
        return false;
    gx_access_start(w->tenant);
    w->meta = gx_tenant_meta(w->tenant);
    return GX_CHECK(gx_sealer_start(&w->ctx, w->tenant, &w->sealer) == GX_OK, "a sealer") &&
           GX_CHECK(gx_db_write(&w->ctx, w->tenant->db, fill, w) == GX_OK,
                    gx_arena_cstr(&w->arena, gx_ctx_text(&w->ctx)));
}

static void close_world(struct world *w)
{
    if (w->sealer)
        gx_sealer_stop(w->sealer);
    gx_meta_unref(w->meta);
    if (w->tenant)
        gx_tenant_close(w->tenant);
    DIR *dir = opendir(w->folder);
    for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir))
        unlinkat(dirfd(dir), e->d_name, 0);
    if (dir)
        closedir(dir);
    rmdir(w->folder);
    gx_arena_free(&w->arena);
}

/* --- all tables */

/* Rows with the person's mark; the sum over all rows that have another's mark and not theirs. */
struct scan {
    int64_t hits;
    uint64_t others[PEOPLE];
};

static bool has(struct gx_str s, int who)
{
    char mark[16];
    int n = snprintf(mark, sizeof mark, "arkof%cx", 'a' + who);
    return gx_str_search(s, (struct gx_str){ mark, (size_t)n }) != SIZE_MAX;
}

static void scan_row(struct world *w, const struct gx_rows *rows, struct scan *scan)
{
    uint64_t sum = 0;
    bool of[PEOPLE] = { false };
    (void)w;
    for (int i = 0; i < gx_rows_columns(rows); i++) {
        struct gx_str s = gx_rows_text(rows, i);
        sum = sum * 31 + (s.n ? gx_str_hash(s) : (uint64_t)gx_rows_int(rows, i));
        for (int who = 0; who < PEOPLE; who++)
            of[who] |= s.n && has(s, who);
    }
    scan->hits += of[w->who];
    for (int who = 0; who < PEOPLE; who++)
        scan->others[who] += of[who] ? sum | 1 : 0;
}

static enum gx_code scan_table(struct world *w, struct gx_conn *conn, struct gx_str name,
                               struct scan *scan)
{
    struct gx_sqlb *b = gx_sqlb_new(w->ctx.arena, gx_conn_dialect(conn));
    struct gx_rows *rows;
    enum gx_code code;
    bool more;
    gx_sqlb_add(b, GX_SQL("SELECT * FROM "));
    gx_sqlb_name(b, name);
    GX_TRY(gx_db_query(&w->ctx, conn, gx_sqlb_sql(b), NULL, 0, &rows));
    while ((code = gx_rows_next(&w->ctx, rows, &more)) == GX_OK && more)
        scan_row(w, rows, scan);
    gx_rows_close(rows);
    return code;
}

static enum gx_code scan_all(struct world *w, struct scan *scan)
{
    struct gx_str names[400];
    struct gx_conn *conn;
    struct gx_rows *rows;
    size_t n = 0;
    bool more;
    *scan = (struct scan){ 0 };
    GX_TRY(gx_db_reader(&w->ctx, w->tenant->db, &conn));
    enum gx_code code = gx_db_query(&w->ctx, conn,
                                    GX_SQL("SELECT name FROM sqlite_schema WHERE type = 'table' "
                                           "AND name NOT LIKE 'sqlite!_%' ESCAPE '!' "
                                           "AND name NOT LIKE '%!_fts%' ESCAPE '!'"),
                                    NULL, 0, &rows);
    while (code == GX_OK && (code = gx_rows_next(&w->ctx, rows, &more)) == GX_OK && more &&
           n < GX_COUNT(names))
        names[n++] = gx_arena_str(&w->arena, gx_rows_text(rows, 0));
    gx_rows_close(rows);
    for (size_t i = 0; i < n && code == GX_OK; i++)
        code = scan_table(w, conn, names[i], scan);
    gx_db_reader_release(conn);
    return code;
}

/* --- checked */

static void problem(void *p, const char *check, struct gx_str where, const char *detail)
{
    struct world *w = p;
    if (!w->first[0])
        snprintf(w->first, sizeof w->first, "%s: %.*s: %s", check, GX_STR_ARG(where), detail);
}

static enum gx_code check_on(struct world *w, struct gx_conn *conn)
{
    w->first[0] = 0;
    w->check = (struct gx_seal_check){ .rows = true, .problem = problem, .p = w };
    return gx_seal_verify(&w->ctx, w->tenant, w->meta, conn, &w->check);
}

static bool verifies(struct world *w)
{
    struct gx_conn *conn;
    if (gx_seal_now(&w->ctx, w->sealer) != GX_OK ||
        gx_db_reader(&w->ctx, w->tenant->db, &conn) != GX_OK)
        return false;
    enum gx_code code = check_on(w, conn);
    gx_db_reader_release(conn);
    return GX_CHECK(code == GX_OK && !w->first[0], w->first);
}

static enum gx_code ask(void *p, struct gx_conn *conn)
{
    struct world *w = p;
    struct gx_scope *scope = gx_scope_system(&w->ctx, w->tenant, conn, "test");
    struct gx_erase_ask a = { .record = w->people[w->who],
                              .keep = w->keep,
                              .typed = text(w, "Person", w->who),
                              .reason = text(w, "Person wrote", w->who),
                              .despite_open = true };
    int64_t id;
    bool running;
    GX_TRY(gx_object_get(scope, w->account[w->who] ? GX_STR("account") : GX_STR("contact"),
                         &a.object));
    return gx_erase_start(scope, &a, &id, &running);
}

static void erase_one(struct world *w)
{
    struct scan was, is;
    int done = 0;
    char name[40];
    snprintf(name, sizeof name, "person %d", w->who);
    GX_CHECK(scan_all(w, &was) == GX_OK && was.hits > 5, name);
    GX_CHECK(gx_db_write(&w->ctx, w->tenant->db, ask, w) == GX_OK,
             gx_arena_cstr(&w->arena, gx_ctx_text(&w->ctx)));
    GX_CHECK(gx_erase_work(&w->ctx, w->tenant, w->sealer, &done) == GX_OK && done == 1, name);
    GX_CHECK(scan_all(w, &is) == GX_OK && is.hits == 0, name);
    for (int i = 0; i < PEOPLE; i++)
        if (i != w->who)
            GX_CHECK(was.others[i] == is.others[i], name);
    verifies(w);
}

GX_TEST(erase_reaches_everything)
{
    struct world *w = calloc(1, sizeof *w);
    if (open_world(w)) {
        verifies(w);
        for (int i = 0; i < ERASED; i++) {
            do
                w->who = (int)below(w, PEOPLE);
            while (w->gone[w->who]);
            w->gone[w->who] = true;
            w->keep = below(w, 2);
            erase_one(w);
        }
        GX_CHECK(w->check.erased > 10 && w->check.erasure_count == ERASED, "erasures are told");
    }
    close_world(w);
    free(w);
}

/* --- nobody asked */

struct tampering {
    const char *name;
    struct gx_sql sql[2];
};

static const struct tampering tamperings[] = {
    { "blanked",
      { GX_SQL("UPDATE gx_change SET data = NULL, salt = NULL WHERE seq = "
               "(SELECT max(seq) FROM gx_change WHERE data IS NOT NULL)") } },
    { "blanked, and covered by a request that did not ask for it",
      { GX_SQL("INSERT INTO gx_erased_entry SELECT c.seq, e.erasure, e.leaf, e.rest FROM "
               "gx_change c, gx_erased_entry e WHERE c.data IS NOT NULL ORDER BY c.seq DESC, e.seq "
               "LIMIT 1"),
        GX_SQL("UPDATE gx_change SET data = NULL, reason = NULL, salt = NULL WHERE seq IN "
               "(SELECT seq FROM gx_erased_entry)") } },
    { "blanked, by a request that is nobody's",
      { GX_SQL("UPDATE gx_erased_entry SET erasure = 1 WHERE seq = (SELECT min(seq) FROM "
               "gx_erased_entry)") } },
    { "words put in the place of erased ones",
      { GX_SQL("UPDATE gx_change SET data = '{}' WHERE seq = (SELECT min(seq) FROM "
               "gx_erased_entry)") } },
    { "who did what was erased",
      { GX_SQL("UPDATE gx_change SET by_user = 77 WHERE seq = (SELECT min(seq) FROM "
               "gx_erased_entry)") } },
    { "an erased entry taken away",
      { GX_SQL("DELETE FROM gx_change WHERE seq = (SELECT min(seq) FROM gx_erased_entry)") } },
    { "the hash of an erased entry",
      { GX_SQL("UPDATE gx_erased_entry SET leaf = rest WHERE seq = (SELECT min(seq) FROM "
               "gx_erased_entry)") } },
    { "the request taken away", { GX_SQL("DELETE FROM gx_erasure") } },
    { "its proof taken away", { GX_SQL("DELETE FROM gx_erased_entry") } },
    { "its number changed", { GX_SQL("UPDATE gx_erasure SET entries = entries + 1") } },
};

struct case_ {
    struct world *w;
    const struct tampering *t;
};

/* Rolled back: the error is ours. */
static enum gx_code tamper(void *p, struct gx_conn *conn)
{
    struct case_ *c = p;
    for (size_t i = 0; i < 2 && c->t->sql[i].text_.n; i++)
        GX_TRY(gx_db_exec(&c->w->ctx, conn, c->t->sql[i], NULL, 0, NULL));
    GX_TRY(check_on(c->w, conn));
    return gx_fail(&c->w->ctx, GX_E_CANCELLED, GX_STR(""), GX_M_NONE);
}

GX_TEST(erase_unasked_is_found)
{
    struct world *w = calloc(1, sizeof *w);
    if (open_world(w)) {
        w->who = 3;
        erase_one(w);
        for (size_t i = 0; i < GX_COUNT(tamperings); i++) {
            struct case_ c = { w, &tamperings[i] };
            (void)!gx_db_write(&w->ctx, w->tenant->db, tamper, &c);
            GX_CHECK(w->first[0], tamperings[i].name);
            gx_ctx_clear(&w->ctx);
        }
        verifies(w);
    }
    close_world(w);
    free(w);
}

/* --- the arithmetic of retention */

static const struct {
    const char *now;
    int32_t tz;
    int64_t days;
    const char *day, *moment; /* the first that are kept */
} ages[] = {
    { "2026-11-22T12:00:00Z", 0, 1, "2026-11-21", "2026-11-21T00:00:00Z" },
    { "2026-11-22T12:00:00Z", 480, 1, "2026-11-21", "2026-11-20T16:00:00Z" },
    { "2026-11-22T16:00:00Z", 480, 1, "2026-11-22", "2026-11-21T16:00:00Z" }, /* the 23rd here */
    { "2026-11-22T15:59:59Z", 480, 1, "2026-11-21", "2026-11-20T16:00:00Z" },
    { "2024-03-01T00:00:00Z", 0, 1, "2024-02-29", "2024-02-29T00:00:00Z" },
    { "2026-11-22T12:00:00Z", -300, 365, "2025-11-22", "2025-11-22T05:00:00Z" },
};

GX_TEST(retain_ages)
{
    for (size_t i = 0; i < GX_COUNT(ages); i++) {
        int64_t now, day, moment;
        GX_CHECK(gx_moment_parse(gx_str_c(ages[i].now), 0, &now), ages[i].now);
        GX_CHECK(gx_date_parse(gx_str_c(ages[i].day), &day), ages[i].day);
        GX_CHECK(gx_moment_parse(gx_str_c(ages[i].moment), 0, &moment), ages[i].moment);
        GX_CHECK(gx_retain_before(now, ages[i].tz, true, ages[i].days) == day, ages[i].now);
        GX_CHECK(gx_retain_before(now, ages[i].tz, false, ages[i].days) == moment, ages[i].now);
    }
}
