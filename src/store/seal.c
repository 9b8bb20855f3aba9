/*
 * seal.c - the thread that seals; see seal.h.
 *
 * It looks twice a second whether anything was committed, reads it in one snapshot, and hands one
 * insert to the writer.  Entries come in the order of their numbers because one writer gives them
 * out, so nothing can appear before the last seal.
 *
 * The newest head is also written to <tenant>.audit.head, beside the database.  When the program
 * ends in order, the line says so ("stopped"): entries that are there at the next start and not
 * under that head were put in meanwhile, and are sealed as found.
 */
#include "store/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/log.h"
#include "store/audit.h"
#include "store/seal_int.h"

enum { LOOK_US = 500000, OTHERS_LOOKS = 3 };
static const int64_t SAY_US = INT64_C(3600) * 1000000;
static const int64_t DAY_US = INT64_C(86400) * 1000000;

struct gx_sealer {
    struct gx_tenant *tenant;
    struct gx_arena arena; /* the sealer itself */
    struct seal_key key;
    pthread_t thread;
    pthread_mutex_t lock; /* of the waiting; */
    pthread_mutex_t pass; /* one seals at a time */
    pthread_cond_t wake;
    bool end;
    int64_t commits_seen, said_us, removed_us;
    int64_t turn_seen; /* of all servers of this store */
    int idle_looks;    /* since others wrote */
};

enum gx_code gx_seal_newest(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_seal_head *ret_head)
{
    struct gx_rows *rows;
    bool has;
    *ret_head = (struct gx_seal_head){ 0 };
    seal_chain_begin(ret_head->head);
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT id, last_seq, at, head, entries FROM gx_seal "
                              "ORDER BY id DESC LIMIT 1"),
                       NULL, 0, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    if (code == GX_OK && has) {
        ret_head->id = gx_rows_int(rows, 0);
        ret_head->seq = gx_rows_int(rows, 1);
        ret_head->at = gx_rows_int(rows, 2);
        ret_head->entries = gx_rows_int(rows, 4);
        struct gx_value head = gx_rows_value(rows, 3);
        if (head.kind == GX_VALUE_BLOB && head.s.n == GX_SEAL_HEAD_BYTES)
            memcpy(ret_head->head, head.s.p, GX_SEAL_HEAD_BYTES);
    }
    gx_rows_close(rows);
    return code;
}

struct gx_str gx_seal_line(struct gx_ctx *ctx, const struct gx_sealer *sealer,
                           const struct gx_seal_head *head)
{
    return seal_line_make(ctx, sealer->tenant->name, head, &sealer->key);
}

/* --- one seal */

struct sealing {
    struct gx_ctx *ctx;
    struct gx_sealer *sealer;
    struct gx_conn *conn;
    struct gx_seal_head before;
    int64_t found_from; /* entries from here on were found at the start; INT64_MAX: none */
    struct seal seal;
    size_t count;
};

/* The rows of the records that these entries wrote, in the same snapshot. */
static enum gx_code add_rows(struct sealing *s, struct seal_entry *entries)
{
    struct gx_meta *meta = gx_tenant_meta(s->sealer->tenant);
    struct seal_rows *rows = seal_rows_new(s->ctx, meta, s->conn);
    enum gx_code code = GX_OK;
    for (size_t i = 0; i < s->count && code == GX_OK; i++) {
        struct seal_entry *e = &entries[i];
        int64_t version;
        uint64_t hash;
        bool known;
        if (e->record <= 0)
            continue;
        code = seal_row(s->ctx, rows, e->object, e->record, &hash, &version, &known);
        if (code == GX_OK && known && version == e->version)
            e->mark.row = hash;
    }
    gx_meta_unref(meta);
    return code;
}

static enum gx_code prepare(struct sealing *s)
{
    struct seal_entry *entries;
    struct seal *seal = &s->seal;
    GX_TRY(gx_seal_newest(s->ctx, s->conn, &s->before));
    GX_TRY(seal_newest_known(s->ctx, s->sealer->tenant, s->conn));
    GX_TRY(seal_read_entries(s->ctx, s->conn, s->before.seq, INT64_MAX, GX_SEAL_ENTRIES_MAX,
                             &entries, &s->count));
    if (s->count == 0)
        return GX_OK;
    GX_TRY(add_rows(s, entries));
    *seal = (struct seal){ .id = s->before.id + 1,
                           .kind = entries[0].mark.seq >= s->found_from ? SEAL_FOUND : SEAL_USUAL,
                           .first_seq = entries[0].mark.seq,
                           .last_seq = entries[s->count - 1].mark.seq,
                           .entries = s->before.entries + (int64_t)s->count,
                           .at = s->ctx->now_us };
    memcpy(seal->head, s->before.head, GX_SEAL_HEAD_BYTES);
    for (size_t i = 0; i < s->count; i++)
        seal_chain_add(seal->head, entries[i].leaf);
    seal->marks = seal_marks_pack(s->ctx->arena, entries, s->count, seal->first_seq - 1);
    seal_sign(seal, s->before.head, &s->sealer->key);
    return GX_OK;
}

static struct gx_value bytes(const unsigned char *p, size_t n)
{
    return gx_value_blob((struct gx_str){ (const char *)p, n });
}

static enum gx_code insert(void *p, struct gx_conn *conn)
{
    struct sealing *s = p;
    const struct seal *seal = &s->seal;
    struct gx_value values[] = {
        gx_value_int(seal->id),
        gx_value_int(seal->kind),
        gx_value_int(seal->first_seq),
        gx_value_int(seal->last_seq),
        gx_value_int(seal->entries),
        gx_value_int(seal->at),
        bytes(seal->head, sizeof seal->head),
        gx_value_blob(seal->marks),
        bytes(seal->signer, sizeof seal->signer),
        bytes(seal->signature, sizeof seal->signature),
    };
    return gx_db_exec(s->ctx, conn,
                      GX_SQL("INSERT INTO gx_seal (id, kind, first_seq, last_seq, entries, at, "
                             "head, marks, signer, signature) "
                             "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"),
                      values, GX_COUNT(values), NULL);
}

/*
 * Beside the database.  Synced only when the program starts and stops: an older head is a right one
 * too, but an old "stopped" would make what was written since look foreign.
 */
enum moment { STARTED, RUNNING, STOPPED };

static void keep_head(struct gx_ctx *ctx, const struct gx_sealer *sealer,
                      const struct gx_seal_head *head, enum moment moment, int64_t turn)
{
    const char *path = seal_path(ctx->arena, sealer->tenant, "head");
    struct gx_str part = gx_arena_printf(ctx->arena, "%s.part", path);
    struct gx_str line = gx_seal_line(ctx, sealer, head);
    struct gx_str end = moment == STOPPED
                            ? gx_arena_printf(ctx->arena, "stopped %lld\n", (long long)turn)
                            : GX_STR("");
    struct gx_str text =
        gx_arena_printf(ctx->arena, "%.*s\n%.*s", GX_STR_ARG(line), GX_STR_ARG(end));
    int fd = open(part.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n &&
              (moment == RUNNING || fsync(fd) == 0);
    if (fd >= 0)
        close(fd);
    if (!ok || rename(part.p, path) != 0)
        gx_log_say(GX_LOG_WARN, "audit", gx_str_c(strerror(errno)));
}

/* Once an hour where the log of the program goes: that is often another machine. */
static void say_head(struct gx_ctx *ctx, struct gx_sealer *sealer, const struct gx_seal_head *head)
{
    int64_t now_us = gx_monotonic_us();
    if (sealer->said_us && now_us - sealer->said_us < SAY_US)
        return;
    sealer->said_us = now_us;
    struct gx_log line;
    gx_log_begin(&line, GX_LOG_INFO, "audit");
    gx_log_str(&line, "head", gx_seal_line(ctx, sealer, head));
    gx_log_end(&line);
}

/* One seal more; *ret_more: there may be another. */
static enum gx_code seal_some(struct gx_ctx *ctx, struct gx_sealer *sealer, int64_t found_from,
                              bool *ret_more)
{
    struct sealing s = { .ctx = ctx, .sealer = sealer, .found_from = found_from };
    *ret_more = false;
    GX_TRY(gx_db_reader(ctx, sealer->tenant->db, &s.conn));
    enum gx_code code = gx_conn_begin_read(ctx, s.conn);
    if (code == GX_OK) {
        code = prepare(&s);
        gx_conn_end_read(s.conn);
    }
    gx_db_reader_release(s.conn);
    GX_TRY(code);
    if (s.count == 0)
        return GX_OK;
    code = gx_db_write(ctx, sealer->tenant->db, insert, &s);
    if (code == GX_E_DUPLICATE) { /* another server of the same store was quicker */
        gx_ctx_clear(ctx);
        return GX_OK;
    }
    GX_TRY(code);
    struct gx_seal_head head = { s.seal.id, s.seal.last_seq, s.seal.at, s.seal.entries, { 0 } };
    memcpy(head.head, s.seal.head, sizeof head.head);
    keep_head(ctx, sealer, &head, RUNNING, 0);
    say_head(ctx, sealer, &head);
    *ret_more = s.count == GX_SEAL_ENTRIES_MAX;
    return GX_OK;
}

static enum gx_code seal_all(struct gx_sealer *sealer, struct gx_arena *arena, int64_t found_from,
                             struct gx_ctx *ctx)
{
    bool more = true;
    enum gx_code code = GX_OK;
    pthread_mutex_lock(&sealer->pass);
    while (more && code == GX_OK) {
        gx_arena_reset(arena);
        *ctx = (struct gx_ctx){ .arena = arena, .now_us = gx_clock_us() };
        code = seal_some(ctx, sealer, found_from, &more);
    }
    pthread_mutex_unlock(&sealer->pass);
    return code;
}

/* --- the thread */

/*
 * Transactions that others made in this store before and beside this process; -1: nobody can say.
 * Our own are those that were committed since the store was opened.
 */
static int64_t others_turns(struct gx_ctx *ctx, const struct gx_sealer *sealer)
{
    struct gx_conn *conn;
    int64_t turn = 0;
    bool ours;
    if (gx_db_reader(ctx, sealer->tenant->db, &conn) != GX_OK)
        return -1;
    enum gx_code code = gx_db_turn(ctx, conn, &turn, &ours);
    gx_db_reader_release(conn);
    return code == GX_OK ? turn - gx_db_stats(sealer->tenant->db).commits : -1;
}

static bool wait_a_moment(struct gx_sealer *sealer)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (LOOK_US % 1000000) * 1000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&sealer->lock);
    if (!sealer->end)
        pthread_cond_timedwait(&sealer->wake, &sealer->lock, &until);
    bool end = sealer->end;
    pthread_mutex_unlock(&sealer->lock);
    return !end;
}

struct removal {
    struct gx_ctx *ctx;
    struct gx_tenant *tenant;
    int64_t count;
};

static enum gx_code note_removed(void *p, struct gx_conn *conn)
{
    struct removal *r = p;
    struct gx_audit_note note = {
        .what = "setting",
        .data = gx_arena_printf(r->ctx->arena, "{\"audit_entries_removed\":[null,%lld]}",
                                (long long)r->count),
    };
    return gx_audit_add(r->ctx, r->tenant, conn, &note);
}

/* Once a day what is older than the rule of retention wants; that it happened is an entry. */
static enum gx_code remove_old(struct gx_ctx *ctx, struct gx_sealer *sealer)
{
    struct removal r = { .ctx = ctx, .tenant = sealer->tenant };
    int64_t days = 0, now_us = gx_monotonic_us();
    struct gx_conn *conn;
    if (sealer->removed_us && now_us - sealer->removed_us < DAY_US)
        return GX_OK;
    sealer->removed_us = now_us;
    GX_TRY(gx_db_reader(ctx, sealer->tenant->db, &conn));
    enum gx_code code = gx_seal_days(ctx, conn, &days);
    gx_db_reader_release(conn);
    if (code != GX_OK || days == 0)
        return code;
    GX_TRY(gx_seal_remove(ctx, sealer->tenant, ctx->now_us - days * DAY_US, &r.count));
    return r.count ? gx_db_write(ctx, sealer->tenant->db, note_removed, &r) : GX_OK;
}

/* A full disk keeps the log unsealed, not the program from running: it is tried again. */
static void complain(struct gx_ctx *ctx, enum gx_code code, bool *told)
{
    if (code != GX_OK && !*told)
        gx_log_say(GX_LOG_ERROR, "audit", gx_ctx_text(ctx));
    *told = code != GX_OK;
}

/*
 * Has anything been committed that is not sealed?  Other servers of the store seal what they write;
 * what one of them left unsealed when it was killed is sealed here after a while.
 */
static bool is_due(struct gx_sealer *sealer, struct gx_arena *arena)
{
    int64_t commits = gx_db_stats(sealer->tenant->db).commits, turn = sealer->turn_seen;
    struct gx_ctx ctx = { .arena = arena };
    struct gx_conn *conn;
    bool ours;
    gx_arena_reset(arena);
    if (commits != sealer->commits_seen) {
        sealer->commits_seen = commits;
        return true;
    }
    if (gx_db_dialect(sealer->tenant->db) == GX_SQLITE ||
        gx_db_reader(&ctx, sealer->tenant->db, &conn) != GX_OK)
        return false;
    if (gx_db_turn(&ctx, conn, &turn, &ours) == GX_OK && turn != sealer->turn_seen)
        sealer->idle_looks = 0;
    gx_db_reader_release(conn);
    sealer->turn_seen = turn;
    return sealer->idle_looks++ == OTHERS_LOOKS;
}

static void *run(void *p)
{
    struct gx_sealer *sealer = p;
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { 0 };
    bool told = false;
    do {
        if (!is_due(sealer, &arena) && !told)
            continue;
        enum gx_code code = seal_all(sealer, &arena, INT64_MAX, &ctx);
        if (code == GX_OK)
            code = remove_old(&ctx, sealer);
        complain(&ctx, code, &told);
    } while (wait_a_moment(sealer));
    gx_arena_free(&arena);
    return NULL;
}

/* Is the head under which the program last ran still in the log, or removed as old by another? */
static enum gx_code is_there(struct gx_ctx *ctx, struct gx_sealer *sealer,
                             const struct gx_seal_head *head, bool *ret_there)
{
    struct gx_value values[] = { gx_value_int(head->seq),
                                 gx_value_blob((struct gx_str){ (const char *)head->head,
                                                                GX_SEAL_HEAD_BYTES }),
                                 gx_value_int(SEAL_STUB) };
    struct gx_conn *conn;
    int64_t id = 0;
    GX_TRY(gx_db_reader(ctx, sealer->tenant->db, &conn));
    enum gx_code code =
        gx_db_int(ctx, conn,
                  GX_SQL("SELECT id FROM gx_seal WHERE (last_seq = ?1 AND head = ?2) "
                         "OR (kind = ?3 AND last_seq > ?1)"),
                  values, GX_COUNT(values), 0, &id);
    gx_db_reader_release(conn);
    *ret_there = id > 0;
    return code;
}

/* A head that is in the log no more is kept aside, so that every check goes on to tell of it. */
static enum gx_code keep_lost(struct gx_ctx *ctx, struct gx_sealer *sealer,
                              const struct gx_seal_head *head)
{
    bool there;
    GX_TRY(is_there(ctx, sealer, head, &there));
    if (there)
        return GX_OK;
    gx_log_say(GX_LOG_ERROR, "audit",
               GX_STR("the log is not the one that was here when the program last ran; "
                      "`guanxi verify` says more"));
    if (rename(seal_path(ctx->arena, sealer->tenant, "head"),
               seal_path(ctx->arena, sealer->tenant, "lost")) != 0)
        gx_log_say(GX_LOG_ERROR, "audit", gx_str_c(strerror(errno)));
    return GX_OK;
}

/* Does the rest of the file say that the program stopped, and no server wrote from then to now? */
static bool nobody_wrote(struct gx_ctx *ctx, const struct gx_sealer *sealer, struct gx_str rest)
{
    int64_t turn = -1;
    if (!gx_str_starts(rest, GX_STR("stopped")))
        return false;
    if (gx_db_dialect(sealer->tenant->db) == GX_SQLITE)
        return true;
    (void)gx_str_int64(gx_str_trim(gx_str_from(rest, sizeof "stopped" - 1)), &turn);
    return others_turns(ctx, sealer) <= turn;
}

/* What came in while nobody served: entries after the head with which the program stopped. */
static enum gx_code seal_found(struct gx_ctx *ctx, struct gx_sealer *sealer)
{
    const char *path = seal_path(ctx->arena, sealer->tenant, "head");
    char text[GX_SEAL_LINE_MAX];
    unsigned char signer[SEAL_PUBLIC_BYTES];
    struct gx_seal_head head;
    struct gx_str line, rest;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text);
    if (fd >= 0)
        close(fd);
    rest = (struct gx_str){ text, n > 0 ? (size_t)n : 0 };
    if (!gx_str_split(&rest, '\n', &line) || !seal_line_read(line, &head, signer))
        return GX_OK;
    GX_TRY(keep_lost(ctx, sealer, &head));
    struct gx_arena arena = { 0 };
    struct gx_ctx own;
    int64_t from = nobody_wrote(ctx, sealer, rest) ? head.seq + 1 : INT64_MAX;
    enum gx_code code = seal_all(sealer, &arena, from, &own);
    if (code != GX_OK)
        gx_log_say(GX_LOG_ERROR, "audit", gx_ctx_text(&own));
    gx_arena_free(&arena);
    return GX_OK;
}

static void say_moment(struct gx_sealer *sealer, struct gx_ctx *ctx, enum moment moment,
                       int64_t turn)
{
    struct gx_seal_head head;
    struct gx_conn *conn;
    if (gx_db_reader(ctx, sealer->tenant->db, &conn) != GX_OK)
        return;
    if (gx_seal_newest(ctx, conn, &head) == GX_OK && head.id)
        keep_head(ctx, sealer, &head, moment, turn);
    gx_db_reader_release(conn);
}

/* Before a key is made: a server that joins others must have theirs. */
static enum gx_code check_newest(struct gx_ctx *ctx, const struct gx_tenant *tenant)
{
    struct gx_conn *conn;
    GX_TRY(gx_db_reader(ctx, tenant->db, &conn));
    enum gx_code code = seal_newest_known(ctx, tenant, conn);
    gx_db_reader_release(conn);
    return code;
}

enum gx_code gx_sealer_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                             struct gx_sealer **ret_sealer)
{
    struct gx_arena arena = { 0 };
    struct gx_sealer *sealer = GX_ARENA_NEW(&arena, struct gx_sealer);
    pthread_condattr_t clock;
    sealer->arena = arena;
    sealer->tenant = tenant;
    sealer->commits_seen = -1;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&sealer->lock, NULL);
    pthread_mutex_init(&sealer->pass, NULL);
    pthread_cond_init(&sealer->wake, &clock);
    pthread_condattr_destroy(&clock);
    enum gx_code code = check_newest(ctx, tenant);
    if (code == GX_OK)
        code = seal_key_take(ctx, tenant, &sealer->key);
    if (code == GX_OK)
        code = seal_found(ctx, sealer);
    if (code == GX_OK)
        say_moment(sealer, ctx, STARTED, 0);
    if (code == GX_OK && pthread_create(&sealer->thread, NULL, run, sealer) != 0)
        code = gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_NONE);
    if (code != GX_OK) {
        arena = sealer->arena;
        gx_arena_free(&arena);
        return code;
    }
    *ret_sealer = sealer;
    return GX_OK;
}

enum gx_code gx_seal_now(struct gx_ctx *ctx, struct gx_sealer *sealer)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx own;
    enum gx_code code = seal_all(sealer, &arena, INT64_MAX, &own);
    if (code != GX_OK)
        code = gx_fail(ctx, code, GX_STR(""), GX_M_SEAL_FAILED, gx_ctx_text(&own));
    gx_arena_free(&arena);
    return code;
}

void gx_sealer_stop(struct gx_sealer *sealer)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx;
    pthread_mutex_lock(&sealer->lock);
    sealer->end = true;
    pthread_cond_signal(&sealer->wake);
    pthread_mutex_unlock(&sealer->lock);
    struct gx_ctx before = { .arena = &sealer->arena };
    pthread_join(sealer->thread, NULL);
    int64_t others = others_turns(&before, sealer);
    if (seal_all(sealer, &arena, INT64_MAX, &ctx) == GX_OK)
        say_moment(sealer, &ctx, STOPPED,
                   others < 0 ? -1 : others + gx_db_stats(sealer->tenant->db).commits);
    gx_arena_free(&arena);
    sodium_memzero(&sealer->key, sizeof sealer->key);
    pthread_mutex_destroy(&sealer->lock);
    pthread_mutex_destroy(&sealer->pass);
    pthread_cond_destroy(&sealer->wake);
    arena = sealer->arena;
    gx_arena_free(&arena);
}
