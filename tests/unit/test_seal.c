/*
 * test_seal.c - whoever changes the log afterwards is found, and the first wrong entry is named.
 *
 * A small company is made and sealed; then the log, its seals and the records are tampered with by
 * SQL, at random, in a transaction that is rolled back, so that every case begins anew.
 */
#include "store/seal.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "access/signin.h"
#include "gx_test.h"
#include "store/record.h"

enum { ACCOUNTS = 60, TRIES = 1800, TRIES_SLOW = 20000 };

struct world {
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct gx_tenant *tenant;
    struct gx_sealer *sealer;
    struct gx_meta *meta;
    char folder[64];
    uint64_t random;
    bool there[1000]; /* by number: the log has gaps */
    int64_t last, entries, records[ACCOUNTS];
    /* one case */
    struct gx_seal_check check;
    char first[200];
    struct gx_str anchor;
    int tampered;
};

static int64_t below(struct world *w, int64_t n)
{
    w->random = w->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((w->random >> 33) % (uint64_t)n);
}

static enum gx_code write_account(struct gx_scope *scope, int64_t *id, const char *name)
{
    static const struct gx_write_options options = { 0 };
    const struct gx_object *object;
    struct gx_input *input;
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    GX_TRY(gx_object_get(scope, GX_STR("account"), &object));
    input = gx_input_new(scope, object);
    GX_TRY(gx_input_text(scope, input, gx_object_field(object, GX_STR("name")), gx_str_c(name),
                         GX_DATE_YMD));
    GX_TRY(gx_input_text(scope, input, gx_object_field(object, GX_STR("kind")),
                         GX_STR("organisation"), GX_DATE_YMD));
    ctx->now_us += 1000;
    if (*id)
        return gx_record_update(scope, *id, 0, input, &options, NULL, NULL);
    return gx_record_create(scope, input, &options, id);
}

static enum gx_code fill(void *p, struct gx_conn *conn)
{
    struct world *w = p;
    struct gx_scope *scope = gx_scope_system(&w->ctx, w->tenant, conn, "test");
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < ACCOUNTS; i++) {
            char name[60];
            snprintf(name, sizeof name, "客戶 %d 版本 %d", i, round);
            if (i % 2) /* numbers are left out when a write fails */
                w->tenant->change_seq++;
            if (round == 0 || i % (round + 1) == 0)
                GX_TRY(write_account(scope, &w->records[i], name));
            w->there[w->tenant->change_seq] |= round == 0 || i % (round + 1) == 0;
        }
    w->last = w->tenant->change_seq;
    while (!w->there[w->last])
        w->last--;
    return gx_db_int(&w->ctx, conn, GX_SQL("SELECT count(*) FROM gx_change"), NULL, 0, 0,
                     &w->entries);
}

static bool open_world(struct world *w)
{
    *w = (struct world){ .random = 42 };
    w->ctx = gx_test_ctx(&w->arena);
    snprintf(w->folder, sizeof w->folder, "/tmp/guanxi-test-XXXXXX");
    struct gx_tenant_options options = { .name = GX_STR("main"), .create = true };
    options.dir = mkdtemp(w->folder);
    bool ok =
        GX_CHECK(options.dir && gx_tenant_open(&w->ctx, &options, &w->tenant) == GX_OK, "a store");
    if (!ok)
        return false;
    gx_access_start(w->tenant);
    w->meta = gx_tenant_meta(w->tenant);
    ok = GX_CHECK(gx_sealer_start(&w->ctx, w->tenant, &w->sealer) == GX_OK, "a sealer");
    ok = ok && GX_CHECK(gx_db_write(&w->ctx, w->tenant->db, fill, w) == GX_OK, "records");
    struct gx_str why = gx_ctx_text(&w->ctx);
    return ok && GX_CHECK(gx_seal_now(&w->ctx, w->sealer) == GX_OK, gx_arena_cstr(&w->arena, why));
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

static void problem(void *p, const char *check, struct gx_str where, const char *detail)
{
    struct world *w = p;
    if (!w->first[0])
        snprintf(w->first, sizeof w->first, "%s: %.*s: %s", check, GX_STR_ARG(where), detail);
}

static enum gx_code check_now(struct world *w, struct gx_conn *conn)
{
    w->first[0] = 0;
    w->check = (struct gx_seal_check){ .rows = true, .problem = problem, .p = w };
    w->check.anchors = w->anchor;
    return gx_seal_verify(&w->ctx, w->tenant, w->meta, conn, &w->check);
}

/* --- one way to tamper, with where it must be found */

struct tampering {
    const char *name;
    struct gx_sql sql; /* ?1: an entry, ?2: another one after it */
    bool named;        /* the entry ?1 must be named first */
};

#define LOG "UPDATE gx_change SET "
static const struct tampering tamperings[] = {
    { "user", { GX_STR_INIT(LOG "by_user = by_user + 7 WHERE seq = ?1 AND ?2 > 0") }, true },
    { "time", { GX_STR_INIT(LOG "at = at - 1 WHERE seq = ?1 AND ?2 > 0") }, true },
    { "kind", { GX_STR_INIT(LOG "kind = kind + 1 WHERE seq = ?1 AND ?2 > 0") }, true },
    { "object", { GX_STR_INIT(LOG "object = 'o' WHERE seq = ?1 AND ?2 > 0") }, true },
    { "record", { GX_STR_INIT(LOG "record = record + 1 WHERE seq = ?1 AND ?2 > 0") }, true },
    { "version", { GX_STR_INIT(LOG "version = version + 1 WHERE seq = ?1 AND ?2 > 0") }, true },
    { "import", { GX_STR_INIT(LOG "import_id = 9 WHERE seq = ?1 AND ?2 > 0") }, true },
    { "reason", { GX_STR_INIT(LOG "reason = reason || '.' WHERE seq = ?1 AND ?2 > 0") }, true },
    { "no reason", { GX_STR_INIT(LOG "reason = NULL WHERE seq = ?1 AND ?2 > 0") }, true },
    { "data",
      { GX_STR_INIT(LOG "data = coalesce(data, '') || ' ' WHERE seq = ?1 AND ?2 > 0") },
      true },
    { "kind of data",
      { GX_STR_INIT(LOG "reason = CAST(reason AS BLOB) WHERE seq = ?1 AND ?2 > 0") },
      true },
    { "about", { GX_STR_INIT(LOG "about = 1 WHERE seq = ?1 AND ?2 > 0") }, true },
    { "delete", { GX_STR_INIT("DELETE FROM gx_change WHERE seq = ?1 AND ?2 > 0") }, true },
    { "delete two", { GX_STR_INIT("DELETE FROM gx_change WHERE seq = ?1 OR seq = ?2") }, true },
    { "delete a range",
      { GX_STR_INIT("DELETE FROM gx_change WHERE seq BETWEEN ?1 AND ?2") },
      true },
    { "renumber", { GX_STR_INIT(LOG "seq = -seq WHERE seq = ?1 AND ?2 > 0") }, false },
    { "contents exchanged",
      { GX_STR_INIT("UPDATE gx_change SET (at, record, kind, version, data) = (SELECT at, record, "
                    "kind, version, data FROM gx_change o WHERE o.seq = ?1 + ?2 - gx_change.seq) "
                    "WHERE seq IN (?1, ?2)") },
      true },
    { "put in a gap",
      { GX_STR_INIT(
          "INSERT INTO gx_change (seq, at, by_user, object, record, kind, version) "
          "SELECT ?1, 1, 0, 'account', ?2, 2, 1 WHERE NOT EXISTS (SELECT 1 FROM gx_change "
          "WHERE seq = ?1)") },
      true },
    { "put in before all",
      { GX_STR_INIT("INSERT INTO gx_change (seq, at, by_user, object, record, kind, version) "
                    "SELECT -?1, 1, 0, 'account', ?2, 2, 1") },
      false },
};
#undef LOG

static const struct tampering seal_tamperings[] = {
    { "head", { GX_STR_INIT("UPDATE gx_seal SET head = randomblob(32) WHERE ?1 < ?2") }, false },
    { "marks",
      { GX_STR_INIT("UPDATE gx_seal SET marks = zeroblob(length(marks) + 1) WHERE ?1 < ?2") },
      false },
    { "count", { GX_STR_INIT("UPDATE gx_seal SET entries = entries - 1 WHERE ?1 < ?2") }, false },
    { "time", { GX_STR_INIT("UPDATE gx_seal SET at = at + 1 WHERE ?1 < ?2") }, false },
    { "stub", { GX_STR_INIT("UPDATE gx_seal SET kind = 1, marks = x'' WHERE ?1 < ?2") }, false },
    { "signature",
      { GX_STR_INIT("UPDATE gx_seal SET signature = zeroblob(64) WHERE ?1 < ?2") },
      false },
    { "signer", { GX_STR_INIT("UPDATE gx_seal SET signer = zeroblob(32) WHERE ?1 < ?2") }, false },
    { "first gone", { GX_STR_INIT("DELETE FROM gx_seal WHERE id = 1 AND ?1 < ?2") }, false },
    { "a name",
      { GX_STR_INIT("UPDATE account SET name = name || ' ' WHERE id IN (SELECT record FROM "
                    "gx_change WHERE seq = ?1) AND ?2 > 0") },
      false },
    { "a record gone",
      { GX_STR_INIT("DELETE FROM account WHERE id IN (SELECT record FROM gx_change "
                    "WHERE seq = ?1) AND ?2 > 0") },
      false },
};

struct attempt {
    struct world *w;
    const struct tampering *t;
    struct gx_value values[2];
    bool found, named, clean;
    int64_t changed;
};

static enum gx_code attempt(void *p, struct gx_conn *conn)
{
    struct attempt *a = p;
    struct world *w = a->w;
    char want[60];
    GX_TRY(gx_db_exec(&w->ctx, conn, a->t->sql, a->values, 2, &a->changed));
    enum gx_code code = check_now(w, conn);
    snprintf(want, sizeof want, "entry %lld:", (long long)a->values[0].i);
    a->found = code == GX_OK && w->check.problems > 0;
    a->named = strstr(w->first, want) != NULL;
    return GX_E_CANCELLED; /* so that it never was */
}

static void tamper(struct world *w, const struct tampering *t, int64_t first)
{
    int64_t seq = first + below(w, w->last - first);
    bool gap = strcmp(t->name, "put in a gap") == 0;
    while (!gap && !w->there[seq])
        seq--;
    int64_t other = seq + 1 + below(w, w->last - seq);
    while (!w->there[other])
        other++;
    struct attempt a = { .w = w, .t = t, .values = { gx_value_int(seq), gx_value_int(other) } };
    GX_CHECK(gx_db_write(&w->ctx, w->tenant->db, attempt, &a) == GX_E_CANCELLED, t->name);
    gx_ctx_clear(&w->ctx);
    if (a.changed == 0)
        return;
    w->tampered++;
    char what[300];
    snprintf(what, sizeof what, "%s of entry %lld: %s", t->name, (long long)seq, w->first);
    GX_CHECK(a.found, what);
    GX_CHECK(a.named || !t->named, what);
}

static enum gx_code just_check(void *p, struct gx_conn *conn)
{
    return check_now(p, conn);
}

static void is_clean(struct world *w, const char *what)
{
    GX_CHECK(gx_db_write(&w->ctx, w->tenant->db, just_check, w) == GX_OK, what);
    GX_CHECK_STR(gx_str_c(w->first), GX_STR(""), what);
}

GX_TEST(seal_tampering)
{
    struct world w;
    int tries = getenv("GUANXI_SLOW") ? TRIES_SLOW : TRIES;
    if (open_world(&w)) {
        is_clean(&w, "before");
        GX_CHECK(w.check.entries == w.entries && w.check.records == ACCOUNTS, "all was looked at");
        for (int i = 0; i < tries; i++)
            tamper(&w, &tamperings[(size_t)i % GX_COUNT(tamperings)], 1);
        for (int i = 0; i < tries / 4; i++)
            tamper(&w, &seal_tamperings[(size_t)i % GX_COUNT(seal_tamperings)],
                   w.last - ACCOUNTS / 3);
        is_clean(&w, "after");
        GX_CHECK(w.tampered >= 1000, "a thousand different ways");
    }
    close_world(&w);
}

/* --- what no chain can show by itself */

static enum gx_code cut_off(void *p, struct gx_conn *conn)
{
    struct world *w = p;
    struct gx_value last = gx_value_int(w->last - 10);
    GX_TRY(
        gx_db_exec(&w->ctx, conn, GX_SQL("DELETE FROM gx_change WHERE seq > ?1"), &last, 1, NULL));
    return gx_db_exec(&w->ctx, conn, GX_SQL("DELETE FROM gx_seal WHERE last_seq > ?1"), &last, 1,
                      NULL);
}

static void drop(struct world *w, const char *end)
{
    char path[100];
    snprintf(path, sizeof path, "%s/main.audit.%s", w->folder, end);
    unlink(path);
}

static struct gx_str line_now(struct world *w)
{
    struct gx_seal_head head = { 0 };
    struct gx_conn *conn;
    if (gx_db_reader(&w->ctx, w->tenant->db, &conn) != GX_OK)
        return GX_STR("");
    GX_CHECK(gx_seal_newest(&w->ctx, conn, &head) == GX_OK, "the newest seal");
    gx_db_reader_release(conn);
    return gx_seal_line(&w->ctx, w->sealer, &head);
}

GX_TEST(seal_truncation)
{
    struct world w;
    if (open_world(&w)) {
        struct gx_str kept = line_now(&w);
        w.anchor = kept;
        is_clean(&w, "whole");
        GX_CHECK(w.check.anchored, "the head kept elsewhere agrees");
        GX_CHECK(gx_db_write(&w.ctx, w.tenant->db, cut_off, &w) == GX_OK, "cut off");
        w.anchor = GX_STR("");
        GX_CHECK(gx_db_write(&w.ctx, w.tenant->db, just_check, &w) == GX_OK, "a check");
        GX_CHECK(strstr(w.first, "cut off"), "the head beside the database shows it");
        drop(&w, "head");
        is_clean(&w, "without any head nothing shows");
        w.anchor = kept;
        GX_CHECK(gx_db_write(&w.ctx, w.tenant->db, just_check, &w) == GX_OK, "a check");
        GX_CHECK(strstr(w.first, "cut off"), "the head kept elsewhere shows it");
        w.anchor = gx_arena_str(&w.arena, kept);
        ((char *)w.anchor.p)[40] ^= 1;
        GX_CHECK(gx_db_write(&w.ctx, w.tenant->db, just_check, &w) == GX_E_INVALID, "a false head");
        gx_ctx_clear(&w.ctx);
    }
    close_world(&w);
}

/* The whole chain made anew with another key: the copy of a head elsewhere still tells. */
GX_TEST(seal_key_replaced)
{
    struct world w;
    if (open_world(&w)) {
        struct gx_str kept = gx_arena_str(&w.arena, line_now(&w));
        drop(&w, "pub");
        GX_CHECK(gx_db_write(&w.ctx, w.tenant->db, just_check, &w) == GX_OK, "a check");
        GX_CHECK(strstr(w.first, "key that is not known"), w.first);
        struct gx_sealer *old = w.sealer;
        gx_sealer_stop(old);
        drop(&w, "key");
        GX_CHECK(gx_sealer_start(&w.ctx, w.tenant, &w.sealer) == GX_OK, "with a new key");
        w.anchor = kept;
        GX_CHECK(gx_db_write(&w.ctx, w.tenant->db, just_check, &w) == GX_OK, "a check");
        GX_CHECK(w.check.problems > 0, "seals of the old key are not believed");
    }
    close_world(&w);
}

/* Entries that somebody adds while the program is stopped are sealed as what they are. */
static enum gx_code add_entry(void *p, struct gx_conn *conn)
{
    struct world *w = p;
    struct gx_value seq = gx_value_int(++w->tenant->change_seq);
    return gx_db_exec(&w->ctx, conn,
                      GX_SQL("INSERT INTO gx_change (seq, at, by_user, object, record, kind, "
                             "version) VALUES (?1, 1, 1, 'setting', 0, 6, 0)"),
                      &seq, 1, NULL);
}

GX_TEST(seal_found)
{
    struct world w;
    if (open_world(&w)) {
        gx_sealer_stop(w.sealer);
        GX_CHECK(gx_db_write(&w.ctx, w.tenant->db, add_entry, &w) == GX_OK, "an entry");
        GX_CHECK(gx_sealer_start(&w.ctx, w.tenant, &w.sealer) == GX_OK, "again");
        GX_CHECK(gx_db_write(&w.ctx, w.tenant->db, just_check, &w) == GX_OK, "a check");
        GX_CHECK(strstr(w.first, "while the program was stopped"), w.first);
    }
    close_world(&w);
}

/* Old entries go by the rule of retention; what is left is as sound as before. */
GX_TEST(seal_removal)
{
    struct world w;
    int64_t removed = 0;
    if (open_world(&w)) {
        for (int i = 0; i < 3; i++) {
            GX_CHECK(gx_db_write(&w.ctx, w.tenant->db, add_entry, &w) == GX_OK, "an entry");
            GX_CHECK(gx_seal_now(&w.ctx, w.sealer) == GX_OK, "sealed");
        }
        w.anchor = line_now(&w);
        GX_CHECK(gx_seal_remove(&w.ctx, w.tenant, 1, &removed) == GX_OK && removed == 0, "none");
        GX_CHECK(gx_seal_remove(&w.ctx, w.tenant, INT64_MAX, &removed) == GX_OK, "removed");
        GX_CHECK(removed == w.entries + 2, "all but the newest seal");
        is_clean(&w, "a stub stands for them");
        GX_CHECK(w.check.removed == removed && w.check.anchored, "counted");
        for (size_t i = 0; i < 7; i++)
            tamper(&w, &seal_tamperings[i], 1);
    }
    close_world(&w);
}
