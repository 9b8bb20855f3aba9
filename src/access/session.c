/* session.c - sessions in browsers, API keys, and sign-ins that wait for their second step. */
#include <sodium.h>

#include "access/access_int.h"
#include "access/factor.h"
#include "access/secret.h"
#include "base/text.h"
#include "base/time.h"

enum { KEY_HOURS = 24 * 365 * 5 };

static void hash_token(struct gx_str token, unsigned char *hash)
{
    crypto_generichash(hash, HASH_BYTES, (const unsigned char *)token.p, token.n, NULL, 0);
}

/* What a browser says of itself may be long, or nonsense. */
static struct gx_str short_name(struct gx_str name)
{
    if (!gx_text_valid(name))
        return GX_STR("");
    if (name.n > GX_SESSION_NAME_BYTES_MAX) {
        name.n = GX_SESSION_NAME_BYTES_MAX;
        while (name.n && !gx_text_valid(name))
            name.n--;
    }
    return name;
}

static int64_t expires_at(const struct gx_ctx *ctx, const struct gx_tenant *tenant,
                          enum gx_session_kind kind, int64_t hours)
{
    if (kind == GX_SESSION_HALF)
        return ctx->now_us + GX_CODE_WINDOW_S * GX_SECOND_US;
    if (!hours)
        hours = kind == GX_SESSION_API_KEY ? KEY_HOURS : tenant->settings.session_hours;
    return ctx->now_us + hours * 60 * GX_MINUTE_US;
}

enum gx_code gx_session_create(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                               int64_t user, enum gx_session_kind kind,
                               const struct gx_session_options *options,
                               struct gx_session *ret_session)
{
    unsigned char hash[HASH_BYTES];
    struct gx_str token = gx_random_text(ctx->arena, TOKEN_BYTES);
    if (kind == GX_SESSION_API_KEY)
        token = gx_arena_printf(ctx->arena, "gxk_%.*s", GX_STR_ARG(token));
    struct gx_str csrf = gx_random_text(ctx->arena, 16);
    hash_token(token, hash);
    int64_t id = gx_id_next(&tenant->ids, ctx->now_us);
    bool earlier = options->fresh_us && options->fresh_us < ctx->now_us;
    int64_t fresh = earlier ? options->fresh_us : ctx->now_us;
    struct gx_value values[] = {
        gx_value_blob((struct gx_str){ (const char *)hash, sizeof hash }),
        gx_value_int(user),
        gx_value_int(kind),
        gx_value_text(short_name(options->name)),
        gx_value_int(ctx->now_us),
        gx_value_int(expires_at(ctx, tenant, kind, options->hours)),
        gx_value_text(csrf),
        gx_value_int(id),
        gx_value_text(gx_str_c(options->way ? options->way : "")),
        gx_value_int(options->unseen),
        gx_value_int(options->read_only),
        gx_value_int(fresh),
    };
    GX_TRY(gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_session (token_hash, user_id, kind, name, created_at, "
                             "expires_at, csrf, id, fresh_at, way, unseen, read_only) "
                             "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?12, ?9, ?10, ?11)"),
                      values, GX_COUNT(values), NULL));
    *ret_session = (struct gx_session){
        .user = user,
        .kind = kind,
        .token = token,
        .csrf = csrf,
        .id = id,
        .fresh_at = fresh,
        .read_only = options->read_only,
    };
    return GX_OK;
}

static struct gx_known_session *slot_of(struct gx_access_cache *cache, const unsigned char *hash)
{
    uint32_t k;
    memcpy(&k, hash, sizeof k);
    return &cache->sessions[k % SESSIONS_CACHED];
}

static void fill_known(const struct gx_rows *rows, const unsigned char *hash,
                       struct gx_known_session *k)
{
    struct gx_str csrf = gx_rows_text(rows, 3);
    *k = (struct gx_known_session){
        .used = true,
        .made_us = gx_monotonic_us(),
        .user = gx_rows_int(rows, 0),
        .kind = (enum gx_session_kind)gx_rows_int(rows, 1),
        .expires_at = gx_rows_int(rows, 2),
        .id = gx_rows_int(rows, 4),
        .used_at = gx_rows_int(rows, 5),
        .must_change = gx_rows_int(rows, 6) != 0,
        .fresh_at = gx_rows_int(rows, 7),
        .read_only = gx_rows_int(rows, 8) != 0,
        .must_enrol = gx_rows_int(rows, 9) != 0,
    };
    memcpy(k->hash, hash, HASH_BYTES);
    if (csrf.n < sizeof k->csrf)
        memcpy(k->csrf, csrf.p, csrf.n);
}

static enum gx_code read_session(struct gx_ctx *ctx, struct gx_conn *conn,
                                 const unsigned char *hash, struct gx_known_session *ret_known)
{
    struct gx_value value = gx_value_blob((struct gx_str){ (const char *)hash, HASH_BYTES });
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(
        ctx, conn,
        GX_SQL("SELECT s.user_id, s.kind, s.expires_at, s.csrf, s.id, coalesce(s.used_at, 0), "
               "coalesce(c.must_change, 0), coalesce(s.fresh_at, 0), coalesce(s.read_only, 0), "
               "CASE WHEN coalesce(s.way, '') <> 'oidc_mfa' "
               "AND EXISTS (SELECT 1 FROM gx_role_rule q WHERE q.second_factor = 1 AND "
               "(q.role = '*' OR q.role IN (SELECT role FROM gx_user_role r "
               "WHERE r.user_id = s.user_id))) "
               "AND NOT EXISTS (SELECT 1 FROM gx_totp t WHERE t.user_id = s.user_id "
               "AND t.confirmed_at IS NOT NULL) "
               "AND NOT EXISTS (SELECT 1 FROM gx_passkey p WHERE p.user_id = s.user_id) "
               "THEN 1 ELSE 0 END "
               "FROM gx_session s LEFT JOIN gx_credential c ON c.user_id = s.user_id "
               "WHERE s.token_hash = ?1"),
        &value, 1, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    *ret_known = (struct gx_known_session){ .used = false };
    if (code == GX_OK && has)
        fill_known(rows, hash, ret_known);
    gx_rows_close(rows);
    return code;
}

enum gx_code gx_session_find(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                             struct gx_str token, struct gx_session *ret_session)
{
    unsigned char hash[HASH_BYTES];
    if (token.n < 8 || token.n > 100)
        return gx_fail(ctx, GX_E_UNAUTHENTICATED, GX_STR(""), GX_M_SIGNIN_EXPIRED);
    hash_token(token, hash);
    struct gx_access_cache *cache = tenant->access;
    struct gx_known_session known;
    pthread_mutex_lock(&cache->lock);
    known = *slot_of(cache, hash);
    pthread_mutex_unlock(&cache->lock);
    bool fresh = known.used && gx_monotonic_us() - known.made_us < CACHE_TRUST_US;
    if (!fresh || sodium_memcmp(known.hash, hash, sizeof hash) != 0) {
        GX_TRY(read_session(ctx, conn, hash, &known));
        if (known.used && !gx_conn_is_writer(conn)) {
            pthread_mutex_lock(&cache->lock);
            *slot_of(cache, hash) = known;
            pthread_mutex_unlock(&cache->lock);
        }
    }
    if (!known.used || known.expires_at < ctx->now_us || known.kind == GX_SESSION_HALF)
        return gx_fail(ctx, GX_E_UNAUTHENTICATED, GX_STR(""), GX_M_SIGNIN_EXPIRED);
    bool browser = known.kind == GX_SESSION_COOKIE;
    *ret_session = (struct gx_session){
        .user = known.user,
        .kind = known.kind,
        .csrf = gx_arena_str(ctx->arena, gx_str_c(known.csrf)),
        .id = known.id,
        .used_at = known.used_at,
        .fresh_at = known.fresh_at,
        .must_change = known.must_change && browser,
        .must_enrol = known.must_enrol && browser,
        .read_only = known.read_only,
    };
    return GX_OK;
}

enum gx_code gx_session_half(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str token,
                             int64_t *ret_user)
{
    unsigned char hash[HASH_BYTES];
    hash_token(token, hash);
    struct gx_value values[] = {
        gx_value_blob((struct gx_str){ (const char *)hash, sizeof hash }),
        gx_value_int(GX_SESSION_HALF),
        gx_value_int(ctx->now_us),
    };
    int64_t user;
    GX_TRY(
        gx_db_int(ctx, conn,
                  GX_SQL("SELECT s.user_id FROM gx_session s JOIN \"user\" u ON u.id = s.user_id "
                         "WHERE s.token_hash = ?1 AND s.kind = ?2 AND s.expires_at >= ?3 "
                         "AND u.deleted_at IS NULL AND coalesce(u.active, 1) = 1"),
                  values, GX_COUNT(values), 0, &user));
    if (!user)
        return gx_fail(ctx, GX_E_UNAUTHENTICATED, GX_STR(""), GX_M_SIGNIN_EXPIRED);
    *ret_user = user;
    return GX_OK;
}

enum gx_code gx_session_freshen(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                                int64_t id)
{
    struct gx_value values[] = { gx_value_int(id), gx_value_int(ctx->now_us) };
    GX_TRY(gx_db_exec(ctx, conn, GX_SQL("UPDATE gx_session SET fresh_at = ?2 WHERE id = ?1"),
                      values, GX_COUNT(values), NULL));
    gx_access_forget(tenant);
    return GX_OK;
}

enum gx_code gx_session_end(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                            struct gx_str token)
{
    unsigned char hash[HASH_BYTES];
    hash_token(token, hash);
    struct gx_value value = gx_value_blob((struct gx_str){ (const char *)hash, sizeof hash });
    GX_TRY(gx_db_exec(ctx, conn, GX_SQL("DELETE FROM gx_session WHERE token_hash = ?1"), &value, 1,
                      NULL));
    gx_access_forget(tenant);
    return GX_OK;
}
