/* erase.c - requests to erase somebody: asked for, confirmed, done; see erase.h. */
#include "store/erase.h"

#include <sodium.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/log.h"
#include "base/time.h"
#include "store/audit.h"
#include "store/erase_int.h"
#include "store/revert.h"
#include "store/seen.h"

/* --- what would be */

static const char *const fates[] = { "goes", "emptied", "muted", "cleaned" };

/* [{"object", "fate", "count"}], in the order in which they were found. */
static void write_counts(const struct erase_plan *plan, struct gx_jw *w)
{
    const struct gx_meta *meta = gx_scope_meta(plan->scope);
    gx_jw_key(w, GX_STR("reaches"));
    gx_jw_array(w);
    for (size_t i = 0; i < meta->object_count; i++)
        for (int fate = ERASE_GOES; fate <= ERASE_SCRUB; fate++) {
            int64_t n = 0;
            for (const struct erase_member *m = plan->first; m; m = m->next)
                n += m->object == meta->objects[i] && (int)m->fate == fate;
            if (!n)
                continue;
            gx_jw_object(w);
            gx_jw_key_str(w, "object", meta->objects[i]->x.name);
            gx_jw_key_str(w, "fate", gx_str_c(fates[fate]));
            gx_jw_key_int(w, "count", n);
            gx_jw_object_end(w);
        }
    gx_jw_array_end(w);
}

static enum gx_code count_entries(const struct erase_plan *plan, int64_t *ret_count)
{
    *ret_count = 0;
    for (const struct erase_member *m = plan->first; m; m = m->next) {
        struct gx_value key = gx_value_int(m->id);
        int64_t n;
        if (m->fate == ERASE_SCRUB)
            continue;
        GX_TRY(gx_db_int(plan->ctx, plan->conn,
                         GX_SQL("SELECT count(*) FROM gx_change WHERE record = ?1 AND "
                                "(data IS NOT NULL OR reason IS NOT NULL)"),
                         &key, 1, 0, &n));
        *ret_count += n;
    }
    return GX_OK;
}

static struct gx_str title_of(const struct erase_plan *plan)
{
    return plan->first->record.v ? gx_record_title(&plan->first->record) : GX_STR("");
}

enum gx_code gx_erase_preview(struct gx_scope *scope, const struct gx_erase_ask *ask,
                              struct gx_jw *w)
{
    struct erase_plan plan;
    int64_t entries;
    gx_assert(gx_scope_is_admin(scope));
    GX_TRY(gx_erase_is_person(scope, ask->object, ask->record));
    GX_TRY(erase_plan_make(scope, ask->object, ask->record, ask->keep, &plan));
    GX_TRY(count_entries(&plan, &entries));
    gx_jw_object(w);
    gx_jw_key_str(w, "title", title_of(&plan));
    write_counts(&plan, w);
    gx_jw_key_int(w, "entries", entries);
    gx_jw_key_int(w, "open_deals", plan.open_deals);
    gx_jw_key(w, GX_STR("hold"));
    if (plan.held)
        gx_jw_str(w, plan.hold);
    else
        gx_jw_null(w);
    gx_jw_key(w, GX_STR("hold_until"));
    if (plan.held && plan.held_until)
        gx_jw_str(w, gx_date_format(plan.ctx->arena, plan.held_until));
    else
        gx_jw_null(w);
    gx_jw_object_end(w);
    return GX_OK;
}

/* --- asked, confirmed */

/* Ids alone: what stands in the log of it must not have to be erased in its turn. */
static enum gx_code note(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                         int64_t by, int64_t id, const char *was, const char *is)
{
    struct gx_audit_note n = {
        .by = by,
        .what = "privacy",
        .data = gx_arena_printf(ctx->arena, "{\"erasure %lld\":[%s%s%s,\"%s\"]}", (long long)id,
                                was ? "\"" : "", was ? was : "null", was ? "\"" : "", is),
    };
    return gx_audit_add(ctx, tenant, conn, &n);
}

static enum gx_code may_start(const struct erase_plan *plan, const struct gx_erase_ask *ask)
{
    struct gx_ctx *ctx = plan->ctx;
    struct gx_value key = gx_value_int(ask->record);
    int64_t asked;
    struct gx_str title = title_of(plan);
    if (plan->held)
        return gx_fail(ctx, GX_E_IN_USE, GX_STR(""), GX_M_ERASE_HELD, plan->hold);
    GX_TRY(gx_db_int(ctx, plan->conn,
                     GX_SQL("SELECT id FROM gx_erasure WHERE record = ?1 AND "
                            "state IN ('asked', 'running')"),
                     &key, 1, 0, &asked));
    if (asked)
        return gx_fail(ctx, GX_E_CONFLICT, GX_STR(""), GX_M_ERASE_ASKED);
    if (!gx_str_eq(gx_str_trim(ask->typed), gx_str_trim(title)))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("confirm"), GX_M_ERASE_TYPED, title);
    if (plan->open_deals && !ask->despite_open)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("despite_open"), GX_M_ERASE_OPEN,
                       gx_arena_printf(ctx->arena, "%lld", (long long)plan->open_deals));
    return GX_OK;
}

enum gx_code gx_erase_start(struct gx_scope *scope, const struct gx_erase_ask *ask, int64_t *ret_id,
                            bool *ret_running)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_tenant *tenant = gx_scope_tenant(scope);
    struct gx_conn *conn = gx_scope_conn(scope);
    struct gx_str four_eyes;
    struct erase_plan plan;
    gx_assert(gx_scope_is_admin(scope));
    GX_TRY(gx_erase_is_person(scope, ask->object, ask->record));
    GX_TRY(erase_plan_make(scope, ask->object, ask->record, ask->keep, &plan));
    GX_TRY(may_start(&plan, ask));
    GX_TRY(gx_setting_get(ctx, conn, GX_SETTING_ERASE_FOUR_EYES, GX_STR("0"), &four_eyes));
    bool running = !gx_str_is(four_eyes, "1");
    struct gx_str reason = erase_words_out(&plan, ask->reason);
    *ret_id = gx_id_next(&tenant->ids, ctx->now_us);
    struct gx_value values[] = {
        gx_value_int(*ret_id),
        gx_value_text(ask->object->id),
        gx_value_int(ask->record),
        gx_value_int(ask->keep),
        gx_value_text(running ? GX_STR("running") : GX_STR("asked")),
        reason.n ? gx_value_text(reason) : GX_NULL_VALUE,
        gx_value_int(ctx->now_us),
        gx_value_int(gx_scope_me(scope)),
    };
    GX_TRY(gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_erasure (id, object, record, keep, state, reason, "
                             "asked_at, asked_by, removed, blanked, entries) "
                             "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, 0)"),
                      values, GX_COUNT(values), NULL));
    *ret_running = running;
    return note(ctx, tenant, conn, gx_scope_me(scope), *ret_id, NULL,
                running ? "running" : "asked");
}

struct request {
    struct gx_str state, object;
    int64_t id, record, asked_by, asked_at;
    bool keep;
};

static enum gx_code read_request(struct gx_ctx *ctx, struct gx_conn *conn, int64_t id,
                                 struct request *ret)
{
    struct gx_value key = gx_value_int(id);
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT state, object, record, asked_by, asked_at, keep "
                              "FROM gx_erasure WHERE id = ?1"),
                       &key, 1, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    if (code == GX_OK && has)
        *ret = (struct request){ .state = gx_arena_str(ctx->arena, gx_rows_text(rows, 0)),
                                 .object = gx_arena_str(ctx->arena, gx_rows_text(rows, 1)),
                                 .id = id,
                                 .record = gx_rows_int(rows, 2),
                                 .asked_by = gx_rows_int(rows, 3),
                                 .asked_at = gx_rows_int(rows, 4),
                                 .keep = gx_rows_int(rows, 5) != 0 };
    gx_rows_close(rows);
    if (code == GX_OK && !has)
        return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_NO_RECORD,
                       gx_arena_printf(ctx->arena, "%lld", (long long)id));
    return code;
}

static enum gx_code set_state(struct gx_scope *scope, int64_t id, const char *was,
                              const char *state)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_value values[] = { gx_value_int(id), gx_value_text(gx_str_c(state)),
                                 gx_value_int(ctx->now_us), gx_value_int(gx_scope_me(scope)) };
    GX_TRY(gx_db_exec(ctx, gx_scope_conn(scope),
                      GX_SQL("UPDATE gx_erasure SET state = ?2, confirmed_at = ?3, "
                             "confirmed_by = ?4, problem = NULL WHERE id = ?1"),
                      values, GX_COUNT(values), NULL));
    return note(ctx, gx_scope_tenant(scope), gx_scope_conn(scope), gx_scope_me(scope), id, was,
                state);
}

enum gx_code gx_erase_confirm(struct gx_scope *scope, int64_t id)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct request r;
    gx_assert(gx_scope_is_admin(scope));
    GX_TRY(read_request(ctx, gx_scope_conn(scope), id, &r));
    if (gx_str_is(r.state, "failed"))
        return set_state(scope, id, "failed", "running");
    if (!gx_str_is(r.state, "asked"))
        return gx_fail(ctx, GX_E_CONFLICT, GX_STR(""), GX_M_ERASE_STATE);
    if (gx_scope_me(scope) && gx_scope_me(scope) == r.asked_by)
        return gx_fail(ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_ERASE_SECOND);
    return set_state(scope, id, "asked", "running");
}

enum gx_code gx_erase_cancel(struct gx_scope *scope, int64_t id)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct request r;
    GX_TRY(read_request(ctx, gx_scope_conn(scope), id, &r));
    if (!gx_str_is(r.state, "asked") && !gx_str_is(r.state, "failed"))
        return gx_fail(ctx, GX_E_CONFLICT, GX_STR(""), GX_M_ERASE_STATE);
    return set_state(scope, id, "asked", "cancelled");
}

/* --- the list of requests */

static void key_moment(struct gx_ctx *ctx, struct gx_jw *w, const char *key, int64_t at)
{
    gx_jw_key(w, gx_str_c(key));
    if (at)
        gx_jw_str(w, gx_moment_format(ctx->arena, at));
    else
        gx_jw_null(w);
}

static void key_who(struct gx_jw *w, const char *key, int64_t user, struct gx_str name)
{
    gx_jw_key(w, gx_str_c(key));
    if (!user) {
        gx_jw_null(w);
        return;
    }
    gx_jw_object(w);
    gx_jw_key_id(w, "id", user);
    gx_jw_key_str(w, "title", name);
    gx_jw_object_end(w);
}

static void write_request(struct gx_scope *scope, const struct gx_rows *rows, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_meta *meta = gx_scope_meta(scope);
    struct gx_str object = gx_rows_text(rows, 1);
    for (size_t i = 0; i < meta->object_count; i++)
        if (gx_str_eq(meta->objects[i]->id, gx_rows_text(rows, 1)))
            object = meta->objects[i]->x.name;
    gx_jw_object(w);
    gx_jw_key_id(w, "id", gx_rows_int(rows, 0));
    gx_jw_key_str(w, "object", object);
    gx_jw_key_id(w, "record", gx_rows_int(rows, 2));
    gx_jw_key_bool(w, "keep", gx_rows_int(rows, 3) != 0);
    gx_jw_key_str(w, "state", gx_rows_text(rows, 4));
    gx_jw_key_str(w, "reason", gx_rows_text(rows, 5));
    key_moment(ctx, w, "asked_at", gx_rows_int(rows, 6));
    key_who(w, "asked_by", gx_rows_int(rows, 7), gx_rows_text(rows, 15));
    key_moment(ctx, w, "confirmed_at", gx_rows_int(rows, 8));
    key_who(w, "confirmed_by", gx_rows_int(rows, 9), gx_rows_text(rows, 16));
    key_moment(ctx, w, "done_at", gx_rows_int(rows, 10));
    key_moment(ctx, w, "scrubbed_at", gx_rows_int(rows, 11));
    gx_jw_key_int(w, "removed", gx_rows_int(rows, 12));
    gx_jw_key_int(w, "blanked", gx_rows_int(rows, 13));
    gx_jw_key_int(w, "entries", gx_rows_int(rows, 14));
    gx_jw_key_str(w, "problem", gx_rows_text(rows, 17));
    gx_jw_object_end(w);
}

enum gx_code gx_erase_list(struct gx_scope *scope, int64_t id, struct gx_jw *w, int *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_value key = gx_value_int(id);
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    *ret_count = 0;
    GX_TRY(gx_db_query(
        ctx, gx_scope_conn(scope),
        GX_SQL(
            "SELECT e.id, e.object, e.record, e.keep, e.state, e.reason, e.asked_at, e.asked_by, "
            "e.confirmed_at, e.confirmed_by, e.done_at, e.scrubbed_at, e.removed, e.blanked, "
            "e.entries, a.display_name, c.display_name, e.problem FROM gx_erasure e "
            "LEFT JOIN \"user\" a ON a.id = e.asked_by "
            "LEFT JOIN \"user\" c ON c.id = e.confirmed_by "
            "WHERE ?1 = 0 OR e.id = ?1 ORDER BY e.id DESC LIMIT 500"),
        &key, 1, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        write_request(scope, rows, w);
        ++*ret_count;
    }
    gx_rows_close(rows);
    return code;
}

/* --- done */

struct working {
    struct gx_ctx *ctx;
    struct gx_tenant *tenant;
    struct request request;
    struct seal_key key;
    bool again; /* at a start */
    const char *state;
    struct gx_str files, problem;
};

static enum gx_code finish(struct working *k, struct gx_conn *conn, int64_t removed,
                           int64_t blanked, const struct gx_buf *files)
{
    unsigned char digest[GX_SEAL_HEAD_BYTES], signature[SEAL_SIGNATURE_BYTES];
    int64_t entries;
    GX_TRY(erase_digest(k->ctx, conn, k->request.id, digest, &entries));
    crypto_sign_detached(signature, NULL, digest, sizeof digest, k->key.secret);
    struct gx_value values[] = {
        gx_value_int(k->request.id),
        gx_value_int(k->ctx->now_us),
        gx_value_int(removed),
        gx_value_int(blanked),
        gx_value_int(entries),
        files->n ? gx_value_text(gx_arena_str(k->ctx->arena, gx_buf_str(files))) : GX_NULL_VALUE,
        gx_value_blob((struct gx_str){ (char *)digest, sizeof digest }),
        gx_value_blob((struct gx_str){ (char *)k->key.public, sizeof k->key.public }),
        gx_value_blob((struct gx_str){ (char *)signature, sizeof signature }),
    };
    GX_TRY(gx_db_exec(k->ctx, conn,
                      GX_SQL("UPDATE gx_erasure SET state = 'done', done_at = ?2, removed = ?3, "
                             "blanked = ?4, entries = ?5, left_files = ?6, digest = ?7, "
                             "signer = ?8, signature = ?9, problem = NULL WHERE id = ?1"),
                      values, GX_COUNT(values), NULL));
    return note(k->ctx, k->tenant, conn, 0, k->request.id, "running", "done");
}

static const struct gx_object *object_of(struct gx_scope *scope, struct gx_str id)
{
    const struct gx_meta *meta = gx_scope_meta(scope);
    for (size_t i = 0; i < meta->object_count; i++)
        if (gx_str_eq(meta->objects[i]->id, id))
            return meta->objects[i];
    return NULL;
}

/* All of it in one transaction: the person is there whole, or not at all. */
static enum gx_code erase(void *p, struct gx_conn *conn)
{
    struct working *k = p;
    struct gx_scope *scope = gx_scope_system(k->ctx, k->tenant, conn, "erasure");
    const struct gx_object *object = object_of(scope, k->request.object);
    struct gx_buf files = { 0 };
    struct erase_plan plan;
    int64_t removed = 0, blanked = 0, entries;
    enum gx_code code = GX_OK;
    if (object) {
        GX_TRY(erase_plan_make(scope, object, k->request.record, k->request.keep, &plan));
        plan.again = k->again;
        if (plan.held && !plan.again)
            return gx_fail(k->ctx, GX_E_IN_USE, GX_STR(""), GX_M_ERASE_HELD, plan.hold);
        GX_TRY(erase_log(&plan, k->request.id, &k->key, &entries));
        GX_TRY(erase_rows(&plan, k->request.id, &removed, &blanked));
        code = erase_aside(&plan, &files);
    }
    if (code == GX_OK)
        code = finish(k, conn, removed, blanked, &files);
    k->files = gx_arena_str(k->ctx->arena, gx_buf_str(&files));
    gx_buf_free(&files);
    return code;
}

static enum gx_code forget_files(void *p, struct gx_conn *conn)
{
    struct working *k = p;
    struct gx_value id = gx_value_int(k->request.id);
    return gx_db_exec(k->ctx, conn, GX_SQL("UPDATE gx_erasure SET left_files = NULL WHERE id = ?1"),
                      &id, 1, NULL);
}

static enum gx_code remove_files(struct working *k)
{
    struct gx_str rest = k->files, path;
    while (gx_str_split(&rest, '\n', &path))
        if (path.n)
            (void)!unlink(gx_arena_cstr(k->ctx->arena, path)); /* gone is what it should be */
    return k->files.n ? gx_db_write(k->ctx, k->tenant->db, forget_files, k) : GX_OK;
}

static enum gx_code keep_problem(void *p, struct gx_conn *conn)
{
    struct working *k = p;
    struct gx_value values[] = { gx_value_int(k->request.id), gx_value_text(k->problem),
                                 gx_value_text(gx_str_c(k->state)) };
    return gx_db_exec(k->ctx, conn,
                      GX_SQL("UPDATE gx_erasure SET state = ?3, problem = ?2 WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

/* What is only in somebody's way for now is tried again by itself. */
static enum gx_code give_up(struct working *k, enum gx_code code)
{
    k->problem = gx_ctx_text(k->ctx);
    k->state = code == GX_E_BUSY ? "running" : "failed";
    gx_log_say(GX_LOG_ERROR, "erased", k->problem);
    gx_ctx_clear(k->ctx);
    return gx_db_write(k->ctx, k->tenant->db, keep_problem, k);
}

static enum gx_code work_one(struct working *k, struct gx_sealer *sealer)
{
    struct erase_line line = { .id = k->request.id,
                               .record = k->request.record,
                               .at = k->ctx->now_us,
                               .keep = k->request.keep,
                               .object = k->request.object };
    struct gx_conn *conn;
    if (k->tenant->seen)
        gx_seen_flush(k->tenant->seen); /* filters that name the person, counted to be written */
    if (sealer)
        GX_TRY(gx_seal_now(k->ctx, sealer));
    GX_TRY(gx_db_reader(k->ctx, k->tenant->db, &conn));
    enum gx_code code = erase_list_add(k->ctx, k->tenant, conn, &line, &k->key);
    gx_db_reader_release(conn);
    GX_TRY(code);
    GX_TRY(gx_db_write(k->ctx, k->tenant->db, erase, k));
    return remove_files(k);
}

static enum gx_code next(struct gx_ctx *ctx, struct gx_tenant *tenant, struct request *ret,
                         bool *ret_has)
{
    struct gx_conn *conn;
    int64_t id;
    GX_TRY(gx_db_reader(ctx, tenant->db, &conn));
    enum gx_code code = gx_db_int(
        ctx, conn, GX_SQL("SELECT id FROM gx_erasure WHERE state = 'running' ORDER BY id LIMIT 1"),
        NULL, 0, 0, &id);
    *ret_has = id != 0;
    if (code == GX_OK && id)
        code = read_request(ctx, conn, id, ret);
    gx_db_reader_release(conn);
    return code;
}

/* One request; *ret_more false: there is none, or it has to wait. */
static enum gx_code work_next(struct working *k, struct gx_sealer *sealer, bool *ret_done,
                              bool *ret_more)
{
    *ret_done = *ret_more = false;
    GX_TRY(next(k->ctx, k->tenant, &k->request, ret_more));
    if (!*ret_more)
        return GX_OK;
    enum gx_code code = seal_key_take(k->ctx, k->tenant, &k->key);
    if (code == GX_OK)
        code = work_one(k, sealer);
    sodium_memzero(&k->key, sizeof k->key);
    *ret_done = code == GX_OK;
    if (code == GX_OK)
        return GX_OK;
    *ret_more = code != GX_E_BUSY;
    GX_TRY(give_up(k, code));
    return k->again ? code : GX_OK;
}

enum gx_code gx_erase_work(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_sealer *sealer,
                           int *ret_done)
{
    bool more = true, done;
    enum gx_code code = GX_OK;
    *ret_done = 0;
    while (more && code == GX_OK) {
        struct gx_arena arena = { 0 };
        struct gx_ctx own = { .arena = &arena,
                              .now_us = gx_clock_us(),
                              .tz_offset_min = tenant->settings.tz_offset_min,
                              .lang = tenant->settings.lang };
        struct working k = { .ctx = &own, .tenant = tenant, .again = !sealer };
        code = work_next(&k, sealer, &done, &more);
        *ret_done += done;
        if (code != GX_OK)
            (void)gx_fail(ctx, code, GX_STR(""), GX_M_ERASE_FAILED,
                          k.problem.n ? k.problem : gx_ctx_text(&own));
        gx_arena_free(&arena);
    }
    return code;
}

/* --- for the check of the log */

enum gx_code gx_erase_check(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                            struct gx_erase_seal **ret_seals, size_t *ret_count)
{
    enum { ERASURES_MAX = 100000 };
    unsigned char known[SEAL_KEYS_MAX][SEAL_PUBLIC_BYTES];
    size_t key_count = seal_keys_known(ctx, tenant, known), n = 0;
    int64_t count;
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    GX_TRY(gx_db_int(ctx, conn, GX_SQL("SELECT count(*) FROM gx_erasure"), NULL, 0, 0, &count));
    count = count > ERASURES_MAX ? ERASURES_MAX : count;
    struct gx_erase_seal *seals =
        GX_ARENA_ARRAY(ctx->arena, struct gx_erase_seal, (size_t)count + 1);
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT id, entries, signer, signature FROM gx_erasure "
                              "WHERE state = 'done' ORDER BY id"),
                       NULL, 0, &rows));
    unsigned char(*signatures)[SEAL_SIGNATURE_BYTES] =
        gx_arena_zalloc(ctx->arena, (size_t)count + 1, sizeof *signatures);
    unsigned char(*signers)[SEAL_PUBLIC_BYTES] =
        gx_arena_zalloc(ctx->arena, (size_t)count + 1, sizeof *signers);
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && n < (size_t)count) {
        struct gx_str signer = gx_rows_text(rows, 2), signature = gx_rows_text(rows, 3);
        if (signer.n == SEAL_PUBLIC_BYTES && signature.n == SEAL_SIGNATURE_BYTES) {
            memcpy(signers[n], signer.p, signer.n);
            memcpy(signatures[n], signature.p, signature.n);
        }
        seals[n++] = (struct gx_erase_seal){ gx_rows_int(rows, 0), gx_rows_int(rows, 1), false };
    }
    gx_rows_close(rows);
    for (size_t i = 0; i < n && code == GX_OK; i++) {
        unsigned char digest[GX_SEAL_HEAD_BYTES];
        int64_t entries;
        bool trusted = false;
        code = erase_digest(ctx, conn, seals[i].id, digest, &entries);
        for (size_t k = 0; k < key_count; k++)
            trusted |= memcmp(known[k], signers[i], SEAL_PUBLIC_BYTES) == 0;
        seals[i].sound =
            trusted && entries == seals[i].entries &&
            crypto_sign_verify_detached(signatures[i], digest, sizeof digest, signers[i]) == 0;
    }
    *ret_seals = seals;
    *ret_count = n;
    return code;
}
