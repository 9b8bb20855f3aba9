/*
 * test_expiry.c - reminders of what runs out: never twice, never after renewal, none forgotten.
 *
 * Random policies over half a year: taken out, moved to another day, renewed, lost and deleted;
 * a server that is down for days, is cut off in the middle of its work, or does it twice.  What
 * should have been reminded is worked out by hand, from the declaration alone.
 */
#include "flow/expiry.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "access/signin.h"
#include "base/time.h"
#include "gx_test.h"

enum { POLICIES = 40, DAYS = 170, DISTANCES = 4 };

static const int64_t distances[DISTANCES] = { 60, 30, 7, -3 };

struct policy {
    int64_t id, ends;
    int64_t over; /* the day on which it was no longer to be dealt with; 0: it still is */
    bool by_successor;
};

struct world {
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct gx_tenant *tenant;
    char folder[64];
    const char *url; /* of PostgreSQL, where there is one */
    bool postgres;
    uint64_t random;
    int64_t account, today;
    struct policy policies[POLICIES];
    int count;
    int todo; /* for a work on the writer */
    int64_t reminders;
};

static uint64_t below(struct world *w, uint64_t n)
{
    w->random = w->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (w->random >> 33) % n;
}

struct value {
    const char *field;
    struct gx_str text;
    int64_t link;
};

static enum gx_code put(struct gx_scope *scope, const char *name, int64_t *id,
                        const struct value *values, size_t count)
{
    static const struct gx_write_options options = { .reason = { "by hand", 7 }, .any_move = true };
    const struct gx_object *object;
    GX_TRY(gx_object_get(scope, gx_str_c(name), &object));
    struct gx_input *input = gx_input_new(scope, object);
    for (size_t i = 0; i < count; i++) {
        const struct gx_field *f = gx_object_field(object, gx_str_c(values[i].field));
        if (!GX_CHECK(f, values[i].field))
            return GX_E_INTERNAL;
        if (values[i].link) {
            input->v[f->slot] = gx_value_int(values[i].link);
            input->given[f->index_in_object] = true;
        } else {
            GX_TRY(gx_input_text(scope, input, f, values[i].text, GX_DATE_YMD));
        }
    }
    return *id ? gx_record_update(scope, *id, 0, input, &options, NULL, NULL)
               : gx_record_create(scope, input, &options, id);
}

static struct gx_str day(struct world *w, int64_t days)
{
    return gx_date_format(&w->arena, days);
}

static enum gx_code make_account(void *p, struct gx_conn *conn)
{
    struct world *w = p;
    struct value values[] = { { "name", GX_STR("王小明"), 0 },
                              { "mobile", GX_STR("0912345678"), 0 },
                              { "email", GX_STR("ming@mail.example"), 0 } };
    w->account = 0;
    return put(gx_scope_system(&w->ctx, w->tenant, conn, "test"), "account", &w->account, values,
               GX_COUNT(values));
}

/* policies[todo], or its successor. */
static enum gx_code put_policy(struct world *w, struct gx_conn *conn, int64_t renews, int64_t ends,
                               int64_t *id)
{
    struct gx_str plate = gx_arena_printf(&w->arena, "P-%d", w->todo);
    struct value values[] = {
        { "number", gx_arena_printf(&w->arena, "N%d-%lld-%d", w->todo, (long long)ends, renews > 0),
          0 },
        { "holder", GX_STR(""), w->account },
        { "line", GX_STR("motor_compulsory"), 0 },
        { "plate", plate, 0 },
        { "premium", GX_STR("1850"), 0 },
        { "starts_on", day(w, ends - 365), 0 },
        { "ends_on", day(w, ends), 0 },
        { "renews", GX_STR(""), renews },
    };
    *id = 0;
    return put(gx_scope_system(&w->ctx, w->tenant, conn, "test"), "policy", id, values,
               GX_COUNT(values) - (renews == 0));
}

static enum gx_code take_out(void *p, struct gx_conn *conn)
{
    struct world *w = p;
    struct policy *policy = &w->policies[w->todo];
    return put_policy(w, conn, 0, policy->ends, &policy->id);
}

static enum gx_code renew_by_successor(void *p, struct gx_conn *conn)
{
    struct world *w = p;
    struct policy *policy = &w->policies[w->todo];
    int64_t id;
    return put_policy(w, conn, policy->id, policy->ends + 365, &id);
}

static enum gx_code set_field(struct world *w, struct gx_conn *conn, const struct value *values,
                              size_t count)
{
    return put(gx_scope_system(&w->ctx, w->tenant, conn, "test"), "policy",
               &w->policies[w->todo].id, values, count);
}

static enum gx_code say_outcome(void *p, struct gx_conn *conn)
{
    struct world *w = p;
    static const char *const outcomes[] = { "renewed", "lost", "elsewhere", "cancelled" };
    struct value values[] = { { "state", gx_str_c(outcomes[w->random % 4]), 0 },
                              { "lost_reason", GX_STR("price"), 0 } };
    return set_field(w, conn, values, w->random % 4 ? 2 : 1);
}

static enum gx_code move_day(void *p, struct gx_conn *conn)
{
    struct world *w = p;
    struct value value = { "ends_on", day(w, w->policies[w->todo].ends), 0 };
    return set_field(w, conn, &value, 1);
}

static enum gx_code delete_it(void *p, struct gx_conn *conn)
{
    struct world *w = p;
    static const struct gx_write_options options = { .reason = { "by hand", 7 } };
    struct gx_scope *scope = gx_scope_system(&w->ctx, w->tenant, conn, "test");
    const struct gx_object *object;
    GX_TRY(gx_object_get(scope, GX_STR("policy"), &object));
    return gx_record_delete(scope, object, w->policies[w->todo].id, 0, &options);
}

static void change(struct world *w, gx_db_work work)
{
    if (!GX_CHECK(gx_db_write(&w->ctx, w->tenant->db, work, w) == GX_OK, "a change"))
        printf("%.*s\n", GX_STR_ARG(gx_ctx_text(&w->ctx)));
    gx_ctx_clear(&w->ctx);
}

/* --- what happens in a day */

static void live_a_day(struct world *w)
{
    if (w->count < POLICIES && below(w, 100) < 40) {
        w->todo = w->count++;
        w->policies[w->todo].ends = w->today + (int64_t)below(w, 90) - 8;
        change(w, take_out);
    }
    for (w->todo = 0; w->todo < w->count; w->todo++) {
        struct policy *p = &w->policies[w->todo];
        uint64_t dice = below(w, 1000);
        if (p->over || dice >= 14)
            continue;
        if (dice < 3) {
            p->ends = w->today + (int64_t)below(w, 90) - 8;
            change(w, move_day);
            continue;
        }
        p->over = w->today;
        p->by_successor = dice < 8;
        change(w, dice < 8 ? renew_by_successor : dice < 12 ? say_outcome : delete_it);
    }
}

/* --- what should be */

/* The distance that is nearest on this side of the day, if it has been reached; 999: none. */
static int64_t wanted(int64_t left)
{
    int64_t best = 999;
    for (int i = 0; i < DISTANCES; i++)
        if ((distances[i] < 0) == (left < 0) &&
            (best == 999 || llabs(distances[i] - left) < llabs(best - left)))
            best = distances[i];
    /* The last one has an end: fourteen days after it. */
    return best < left || left < distances[DISTANCES - 1] - 14 ? 999 : best;
}

static int64_t count_of(struct world *w, struct gx_sql sql, int64_t a, int64_t b, int64_t c)
{
    struct gx_value values[] = { gx_value_int(a), gx_value_int(b), gx_value_int(c) };
    struct gx_conn *conn;
    int64_t n = -1;
    if (GX_CHECK(gx_db_reader(&w->ctx, w->tenant->db, &conn) == GX_OK, "a reader")) {
        GX_CHECK(gx_db_int(&w->ctx, conn, sql, values, 3, 0, &n) == GX_OK, "a count");
        gx_db_reader_release(conn);
    }
    return n;
}

static void check_none_forgotten(struct world *w)
{
    for (int i = 0; i < w->count; i++) {
        const struct policy *p = &w->policies[i];
        int64_t distance = wanted(p->ends - w->today);
        if (p->over || distance == 999)
            continue;
        int64_t n = count_of(w,
                             GX_SQL("SELECT count(*) FROM gx_expiry_reminder WHERE record = ?1 AND "
                                    "due = ?2 AND distance <= ?3"),
                             p->id, p->ends, distance);
        if (n < 1)
            GX_CHECK(n >= 1, "nobody is forgotten");
    }
}

static void check_none_after(struct world *w)
{
    for (int i = 0; i < w->count; i++) {
        const struct policy *p = &w->policies[i];
        int64_t n = p->over ? count_of(w,
                                       GX_SQL("SELECT count(*) FROM gx_expiry_reminder WHERE "
                                              "record = ?1 AND made_on >= ?2 AND ?3 = 0"),
                                       p->id, p->over, 0)
                            : 0;
        if (n)
            GX_CHECK(n == 0, "nobody is reminded after renewal");
        n = count_of(w,
                     GX_SQL("SELECT count(*) FROM gx_expiry_reminder WHERE record = ?1 AND "
                            "made_on = ?2 AND ?3 = 0"),
                     p->id, w->today, 0);
        if (n > 1)
            GX_CHECK(n <= 1, "nobody is reminded of two distances on one day");
    }
    int64_t twice = count_of(w,
                             GX_SQL("SELECT count(*) FROM (SELECT 1 AS one FROM gx_expiry_reminder "
                                    "WHERE ?1 = ?2 AND ?2 = ?3 GROUP BY record, expiry, due, "
                                    "distance HAVING count(*) > 1) d"),
                             0, 0, 0);
    GX_CHECK(twice == 0, "nobody is reminded twice");
    int64_t made = count_of(w,
                            GX_SQL("SELECT (SELECT count(*) FROM activity) + (SELECT count(*) FROM "
                                   "message) + ?1 + ?2 + ?3"),
                            0, 0, 0);
    int64_t noted =
        count_of(w, GX_SQL("SELECT count(*) + ?1 + ?2 + ?3 FROM gx_expiry_reminder"), 0, 0, 0);
    GX_CHECK(made == noted, "each entry has its call or message");
    w->reminders = noted;
}

/* Nothing hangs on that could still disturb a customer who is done with it. */
static void check_withdrawn(struct world *w)
{
    int64_t n = count_of(w,
                         GX_SQL("SELECT count(*) FROM gx_expiry_reminder r JOIN policy p ON p.id = "
                                "r.record LEFT JOIN activity a ON a.id = r.activity LEFT JOIN "
                                "message m ON m.id = r.message WHERE (p.state NOT IN ('active', "
                                "'contacted') OR p.deleted_at IS NOT NULL OR p.ends_on <> r.due) "
                                "AND (a.status = 'planned' OR m.state = 'queued') AND ?1 = ?2 AND "
                                "?2 = ?3"),
                         0, 0, 0);
    GX_CHECK(n == 0, "what was made before is withdrawn");
    for (int i = 0; i < w->count; i++) {
        const struct policy *p = &w->policies[i];
        if (!p->by_successor || p->ends > w->today + 60)
            continue;
        n = count_of(w,
                     GX_SQL("SELECT count(*) FROM policy WHERE id = ?1 AND state = 'renewed' AND "
                            "?2 = ?3"),
                     p->id, 0, 0);
        if (n != 1)
            GX_CHECK(n == 1, "a policy with a successor is renewed");
    }
}

/* --- a server that is not always there */

static struct gx_expiry_tally run(struct world *w, int64_t max, bool cut_off)
{
    struct gx_expiry_tally tally = { 0 };
    atomic_bool end = cut_off;
    enum gx_code code = gx_expiry_work(&w->ctx, w->tenant, below(w, 3) == 0, max, &end, &tally);
    GX_CHECK(code == GX_OK || (cut_off && code == GX_E_CANCELLED), "a run");
    GX_CHECK(tally.failed == 0, "nothing fails");
    gx_ctx_clear(&w->ctx);
    return tally;
}

static void work_a_day(struct world *w)
{
    for (uint64_t i = below(w, 3); i > 0; i--)
        run(w, 1 + (int64_t)below(w, 2), below(w, 4) == 0);
    while (run(w, 1000, false).more)
        ;
    check_none_forgotten(w);
    check_none_after(w);
    check_withdrawn(w);
    struct gx_expiry_tally again = run(w, 1000, false);
    GX_CHECK(again.reminded + again.silent == 0, "the same again does nothing");
}

static bool open_world(struct world *w, uint64_t seed, bool postgres)
{
    static const char *const packs[] = { "core", "sales", "insurer", NULL };
    *w = (struct world){ .random = seed, .postgres = postgres };
    w->ctx = gx_test_ctx(&w->arena);
    snprintf(w->folder, sizeof w->folder, "/tmp/guanxi-test-XXXXXX");
    struct gx_tenant_options options = { .name = GX_STR("expirytest"),
                                         .create = true,
                                         .packs = packs };
    w->url = getenv("GUANXI_TEST_PG");
    options.url = postgres ? w->url : NULL;
    options.dir = mkdtemp(w->folder);
    if (!GX_CHECK(options.dir && gx_tenant_open(&w->ctx, &options, &w->tenant) == GX_OK, "a store"))
        return false;
    gx_access_start(w->tenant);
    w->ctx.tz_offset_min = w->tenant->settings.tz_offset_min;
    w->today = gx_date_of_moment(w->ctx.now_us, w->ctx.tz_offset_min);
    change(w, make_account);
    return true;
}

static void close_world(struct world *w)
{
    if (w->tenant)
        gx_tenant_close(w->tenant);
    if (w->postgres)
        GX_CHECK(gx_tenant_drop_schema(&w->ctx, GX_STR("expirytest"), w->url) == GX_OK, "gone");
    DIR *dir = opendir(w->folder);
    for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir))
        unlinkat(dirfd(dir), e->d_name, 0);
    if (dir)
        closedir(dir);
    rmdir(w->folder);
    gx_arena_free(&w->arena);
}

static void histories(uint64_t seed, int days, bool postgres)
{
    struct world w;
    int down = 0;
    if (open_world(&w, seed * 20261122, postgres))
        for (int i = 0; i < days; i++, w.today++, w.ctx.now_us += GX_DAY_US) {
            live_a_day(&w);
            if (down == 0 && below(&w, 100) < 12)
                down = 1 + (int)below(&w, 40);
            if (down > 0)
                down--;
            else
                work_a_day(&w);
        }
    GX_CHECK(w.reminders > days / 5, "there was something to do");
    close_world(&w);
}

GX_TEST(expiry_random_histories)
{
    for (uint64_t seed = 1; seed <= 2; seed++)
        histories(seed, DAYS, false);
}

GX_TEST(expiry_random_histories_pg)
{
    if (!getenv("GUANXI_TEST_PG"))
        gx_skip("GUANXI_TEST_PG is not set");
    else
        histories(3, DAYS, true);
}

/* --- which distance counts */

GX_TEST(expiry_bands)
{
    struct gx_expiry x = { .step_count = DISTANCES, .late_days = 14 };
    for (int i = 0; i < DISTANCES; i++)
        x.steps[i].days = distances[i];
    for (int64_t left = -40; left < 100; left++) {
        int step = gx_expiry_step(&x, left);
        int64_t have = step < 0 ? 999 : x.steps[step].days;
        if (have != wanted(left))
            GX_CHECK(have == wanted(left), "each day has its distance");
    }
    GX_CHECK(gx_expiry_step(&x, 60) == 0 && gx_expiry_step(&x, 45) == 0, "late is late");
    GX_CHECK(gx_expiry_step(&x, 44) == -1 && gx_expiry_step(&x, 30) == 1, "the nearer one comes");
    GX_CHECK(gx_expiry_step(&x, -17) == 3 && gx_expiry_step(&x, -18) == -1, "and then it is over");
}
