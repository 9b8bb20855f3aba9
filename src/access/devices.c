/* devices.c - where somebody is signed in, and with which keys: looked at and ended. */
#include <sodium.h>

#include "access/access_int.h"
#include "base/time.h"
#include "json/write.h"
#include "meta/quota.h"

static enum gx_code end_where(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                              struct gx_sql sql, const struct gx_value *values, size_t count,
                              int64_t *ret_changed)
{
    GX_TRY(gx_db_exec(ctx, conn, sql, values, count, ret_changed));
    gx_access_forget(tenant);
    return GX_OK;
}

enum gx_code gx_session_end_all(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                                int64_t user)
{
    struct gx_value value = gx_value_int(user);
    return end_where(ctx, tenant, conn, GX_SQL("DELETE FROM gx_session WHERE user_id = ?1"), &value,
                     1, NULL);
}

enum gx_code gx_session_end_others(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                   struct gx_conn *conn, int64_t user, int64_t id)
{
    struct gx_value values[] = { gx_value_int(user), gx_value_int(id),
                                 gx_value_int(GX_SESSION_COOKIE) };
    return end_where(ctx, tenant, conn,
                     GX_SQL("DELETE FROM gx_session WHERE user_id = ?1 AND id <> ?2 AND kind = ?3"),
                     values, GX_COUNT(values), NULL);
}

enum gx_code gx_session_end_one(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                                int64_t user, int64_t id)
{
    struct gx_value values[] = { gx_value_int(user), gx_value_int(id) };
    int64_t changed;
    GX_TRY(end_where(ctx, tenant, conn,
                     GX_SQL("DELETE FROM gx_session WHERE user_id = ?1 AND id = ?2"), values,
                     GX_COUNT(values), &changed));
    return changed ? GX_OK : gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_NO_SESSION);
}

static void write_moment(struct gx_ctx *ctx, struct gx_jw *w, const char *key, int64_t us)
{
    gx_jw_key(w, gx_str_c(key));
    if (us)
        gx_jw_str(w, gx_moment_format(ctx->arena, us));
    else
        gx_jw_null(w);
}

enum gx_code gx_session_list(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user,
                             int64_t current, struct gx_jw *w)
{
    struct gx_value values[] = { gx_value_int(user), gx_value_int(ctx->now_us),
                                 gx_value_int(GX_SESSION_HALF) };
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    GX_TRY(
        gx_db_query(ctx, conn,
                    GX_SQL("SELECT id, kind, name, created_at, used_at, expires_at, "
                           "coalesce(way, ''), coalesce(unseen, 0), coalesce(read_only, 0) "
                           "FROM gx_session WHERE user_id = ?1 AND expires_at >= ?2 "
                           "AND kind <> ?3 ORDER BY coalesce(used_at, created_at) DESC LIMIT 500"),
                    values, GX_COUNT(values), &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        gx_jw_object(w);
        gx_jw_key_id(w, "id", gx_rows_int(rows, 0));
        gx_jw_key_str(w, "kind",
                      gx_rows_int(rows, 1) == GX_SESSION_API_KEY ? GX_STR("key")
                                                                 : GX_STR("browser"));
        gx_jw_key_str(w, "name", gx_rows_text(rows, 2));
        write_moment(ctx, w, "created_at", gx_rows_int(rows, 3));
        write_moment(ctx, w, "used_at", gx_rows_int(rows, 4));
        write_moment(ctx, w, "expires_at", gx_rows_int(rows, 5));
        gx_jw_key_str(w, "way", gx_rows_text(rows, 6));
        gx_jw_key_bool(w, "new", gx_rows_int(rows, 7) != 0);
        gx_jw_key_bool(w, "read_only", gx_rows_int(rows, 8) != 0);
        gx_jw_key_bool(w, "current", gx_rows_int(rows, 0) == current);
        gx_jw_object_end(w);
    }
    gx_rows_close(rows);
    return code;
}

/* --- browsers that were not known */

enum gx_code gx_session_unseen(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user,
                               int64_t current, int64_t *ret_count)
{
    struct gx_value values[] = { gx_value_int(user), gx_value_int(current),
                                 gx_value_int(ctx->now_us) };
    return gx_db_int(ctx, conn,
                     GX_SQL("SELECT count(*) FROM gx_session WHERE user_id = ?1 AND id <> ?2 "
                            "AND unseen = 1 AND expires_at >= ?3"),
                     values, GX_COUNT(values), 0, ret_count);
}

enum gx_code gx_session_seen(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user)
{
    struct gx_value value = gx_value_int(user);
    return gx_db_exec(ctx, conn,
                      GX_SQL("UPDATE gx_session SET unseen = 0 WHERE user_id = ?1 AND unseen = 1"),
                      &value, 1, NULL);
}

/* --- last use */

struct touch {
    struct gx_arena arena;
    struct gx_ctx ctx;
    int64_t id;
};

static enum gx_code touch_work(void *p, struct gx_conn *conn)
{
    struct touch *t = p;
    struct gx_value values[] = { gx_value_int(t->id), gx_value_int(t->ctx.now_us) };
    gx_ctx_clear(&t->ctx);
    return gx_db_exec(&t->ctx, conn, GX_SQL("UPDATE gx_session SET used_at = ?2 WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

static void touch_done(void *p, enum gx_code code)
{
    struct touch *t = p;
    struct gx_arena arena = t->arena;
    (void)code; /* not worth anybody's trouble: the next use tries again */
    gx_arena_free(&arena);
}

void gx_session_touch(struct gx_tenant *tenant, const struct gx_session *session, int64_t now_us)
{
    if (now_us - session->used_at < GX_SESSION_TOUCH_S * GX_SECOND_US)
        return;
    struct gx_access_cache *cache = tenant->access;
    struct gx_touched *slot = &cache->touched[(uint64_t)session->id % SESSIONS_CACHED];
    pthread_mutex_lock(&cache->lock);
    bool asked = slot->id == session->id && now_us - slot->at_us < GX_MINUTE_US;
    slot->id = session->id;
    slot->at_us = asked ? slot->at_us : now_us;
    pthread_mutex_unlock(&cache->lock);
    if (asked)
        return;
    struct gx_arena arena = { 0 };
    struct touch *t = GX_ARENA_NEW(&arena, struct touch);
    t->arena = arena;
    t->ctx = (struct gx_ctx){ .arena = &t->arena, .now_us = now_us };
    t->id = session->id;
    gx_db_submit(tenant->db, touch_work, touch_done, t);
}

/* --- passwords, and having signed in */

enum { PASSWORD_CHARS = 20, PASSWORD_GROUP = 5 };

struct gx_str gx_password_make(struct gx_arena *arena)
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    char *out = gx_arena_alloc(arena, PASSWORD_CHARS + PASSWORD_CHARS / PASSWORD_GROUP);
    size_t n = 0;
    for (uint32_t i = 0; i < PASSWORD_CHARS; i++) {
        if (i && i % PASSWORD_GROUP == 0)
            out[n++] = '-';
        out[n++] = letters[randombytes_uniform(sizeof letters - 1)];
    }
    return (struct gx_str){ out, n };
}

static enum gx_code put(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user, struct gx_str hash,
                        bool must_change)
{
    struct gx_value values[] = { gx_value_int(user), gx_value_text(hash), gx_value_int(ctx->now_us),
                                 gx_value_int(must_change) };
    return gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_credential (user_id, hash, changed_at, must_change) "
                             "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (user_id) DO UPDATE "
                             "SET hash = excluded.hash, changed_at = excluded.changed_at, "
                             "must_change = excluded.must_change"),
                      values, GX_COUNT(values), NULL);
}

enum gx_code gx_seat_take(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                          int64_t user, bool activates)
{
    struct gx_value id = gx_value_int(user);
    int64_t active, known;
    if (atomic_load(&tenant->quota.limits[GX_QUOTA_SEATS]) == 0)
        return GX_OK;
    GX_TRY(gx_db_int(ctx, conn,
                     GX_SQL("SELECT coalesce(active, 1) FROM \"user\" WHERE id = ?1 "
                            "AND deleted_at IS NULL"),
                     &id, 1, 0, &active));
    GX_TRY(gx_db_int(ctx, conn,
                     GX_SQL("SELECT (SELECT count(*) FROM gx_credential WHERE user_id = ?1) + "
                            "(SELECT count(*) FROM gx_identity WHERE user_id = ?1) + "
                            "(SELECT count(*) FROM gx_provision WHERE user_id = ?1)"),
                     &id, 1, 0, &known));
    bool needed = activates ? known && !active : active && !known;
    return needed ? gx_quota_take(ctx, tenant, conn, GX_QUOTA_SEATS, 1) : GX_OK;
}

enum gx_code gx_password_put(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user,
                             struct gx_str hash)
{
    return put(ctx, conn, user, hash, false);
}

enum gx_code gx_password_put_once(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user,
                                  struct gx_str hash)
{
    return put(ctx, conn, user, hash, true);
}

enum gx_code gx_signin_note(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user)
{
    struct gx_value values[] = { gx_value_int(user), gx_value_int(ctx->now_us) };
    return gx_db_exec(ctx, conn,
                      GX_SQL("UPDATE gx_credential SET signed_in_at = ?2 WHERE user_id = ?1"),
                      values, GX_COUNT(values), NULL);
}
