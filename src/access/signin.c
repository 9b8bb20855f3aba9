/* signin.c - see signin.h. */
#include "access/signin.h"

#include <sodium.h>
#include <stdlib.h>

#include "access/access_int.h"
#include "base/assert.h"
#include "base/text.h"

static void hash_token(struct gx_str token, unsigned char *hash)
{
    crypto_generichash(hash, HASH_BYTES, (const unsigned char *)token.p, token.n, NULL, 0);
}

static struct gx_str random_text(struct gx_arena *arena, size_t bytes)
{
    unsigned char raw[64];
    gx_assert(bytes <= sizeof raw);
    randombytes_buf(raw, bytes);
    size_t n = sodium_base64_encoded_len(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = gx_arena_alloc(arena, n);
    sodium_bin2base64(text, n, raw, bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(raw, sizeof raw);
    return gx_str_c(text);
}

enum gx_code gx_user_find(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                          struct gx_str name, int64_t *ret_user)
{
    (void)tenant;
    struct gx_value value = gx_value_text(name);
    int64_t user;
    GX_TRY(gx_db_int(ctx, conn,
                     GX_SQL("SELECT id FROM \"user\" WHERE login = ?1 AND deleted_at IS NULL"),
                     &value, 1, 0, &user));
    if (!user)
        return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR("name"), GX_M_NO_USER, name);
    *ret_user = user;
    return GX_OK;
}

static enum gx_code stored_hash(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str name,
                                int64_t *ret_user, char *hash)
{
    struct gx_value value = gx_value_text(name);
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT u.id, c.hash FROM \"user\" u "
                              "JOIN gx_credential c ON c.user_id = u.id "
                              "WHERE u.login = ?1 AND u.deleted_at IS NULL "
                              "AND coalesce(u.active, 1) = 1"),
                       &value, 1, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    *ret_user = 0;
    if (code == GX_OK && has && gx_rows_text(rows, 1).n < crypto_pwhash_STRBYTES) {
        struct gx_str text = gx_rows_text(rows, 1);
        *ret_user = gx_rows_int(rows, 0);
        memcpy(hash, text.p, text.n);
    }
    gx_rows_close(rows);
    return code;
}

/* The slow part of every check: *ret_user is 0 when the name or the password is wrong. */
static enum gx_code verify(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                           struct gx_str name, struct gx_str password, struct gx_str peer,
                           int64_t *ret_user)
{
    /* A hash of nothing anybody knows: an unknown name takes as long as a known one. */
    static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$bm9ib2R5bm9ib2R5bm8$"
                                 "5YmyO0wM7tT3nXq0aD1o8XJx9y0K4pWl5bq2rGQe0cM";
    struct gx_try keys;
    gx_tries_keys(tenant->access, gx_text_fold(ctx->arena, name), peer, &keys);
    enum gx_try_kind over = gx_tries_take(tenant->access, &keys, ctx->now_us);
    if (over != GX_TRY_KINDS)
        return gx_fail(ctx, GX_E_RATE, GX_STR(""),
                       over == GX_TRY_NAME ? GX_M_SIGNIN_RATE_NAME : GX_M_SIGNIN_RATE);
    char hash[crypto_pwhash_STRBYTES] = { 0 };
    int64_t user;
    GX_TRY(stored_hash(ctx, conn, name, &user, hash));
    if (!user)
        memcpy(hash, nobody, sizeof nobody);
    bool right = password.n <= GX_PASSWORD_BYTES_MAX &&
                 crypto_pwhash_str_verify(hash, password.p, password.n) == 0;
    sodium_memzero(hash, sizeof hash);
    *ret_user = right ? user : 0;
    if (*ret_user)
        gx_tries_give_back(tenant->access, &keys, ctx->now_us);
    return GX_OK;
}

enum gx_code gx_signin_check(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                             struct gx_str name, struct gx_str password, struct gx_str peer,
                             int64_t *ret_user)
{
    int64_t user;
    GX_TRY(verify(ctx, tenant, conn, name, password, peer, &user));
    if (!user)
        return gx_fail(ctx, GX_E_UNAUTHENTICATED, GX_STR(""), GX_M_SIGNIN_WRONG);
    *ret_user = user;
    return GX_OK;
}

enum gx_code gx_password_check(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                               int64_t user, struct gx_str password, struct gx_str peer)
{
    struct gx_value id = gx_value_int(user);
    struct gx_rows *rows;
    bool has;
    GX_TRY(
        gx_db_query(ctx, conn, GX_SQL("SELECT login FROM \"user\" WHERE id = ?1"), &id, 1, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    struct gx_str name =
        code == GX_OK && has ? gx_arena_str(ctx->arena, gx_rows_text(rows, 0)) : GX_STR("");
    gx_rows_close(rows);
    GX_TRY(code);
    int64_t found;
    GX_TRY(verify(ctx, tenant, conn, name, password, peer, &found));
    if (found != user)
        return gx_fail(ctx, GX_E_FORBIDDEN, GX_STR("present_password"), GX_M_PASSWORD_PRESENT);
    return GX_OK;
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

enum gx_code gx_session_create(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                               int64_t user, enum gx_session_kind kind, struct gx_str name,
                               struct gx_session *ret_session)
{
    unsigned char hash[HASH_BYTES];
    struct gx_str token = random_text(ctx->arena, TOKEN_BYTES);
    if (kind == GX_SESSION_API_KEY)
        token = gx_arena_printf(ctx->arena, "gxk_%.*s", GX_STR_ARG(token));
    struct gx_str csrf = random_text(ctx->arena, 16);
    hash_token(token, hash);
    int64_t hours = kind == GX_SESSION_API_KEY ? 24 * 365 * 5 : tenant->settings.session_hours;
    int64_t id = gx_id_next(&tenant->ids, ctx->now_us);
    struct gx_value values[] = {
        gx_value_blob((struct gx_str){ (const char *)hash, sizeof hash }),
        gx_value_int(user),
        gx_value_int(kind),
        gx_value_text(short_name(name)),
        gx_value_int(ctx->now_us),
        gx_value_int(ctx->now_us + hours * 3600 * 1000000),
        gx_value_text(csrf),
        gx_value_int(id),
    };
    GX_TRY(gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_session (token_hash, user_id, kind, name, created_at, "
                             "expires_at, csrf, id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
                      values, GX_COUNT(values), NULL));
    *ret_session = (struct gx_session){
        .user = user,
        .kind = kind,
        .token = token,
        .csrf = csrf,
        .id = id,
    };
    return GX_OK;
}

static struct gx_known_session *slot_of(struct gx_access_cache *cache, const unsigned char *hash)
{
    uint32_t k;
    memcpy(&k, hash, sizeof k);
    return &cache->sessions[k % SESSIONS_CACHED];
}

static enum gx_code read_session(struct gx_ctx *ctx, struct gx_conn *conn,
                                 const unsigned char *hash, struct gx_known_session *ret_known)
{
    struct gx_value value = gx_value_blob((struct gx_str){ (const char *)hash, HASH_BYTES });
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT s.user_id, s.kind, s.expires_at, s.csrf, s.id, "
                              "coalesce(s.used_at, 0), coalesce(c.must_change, 0) "
                              "FROM gx_session s "
                              "LEFT JOIN gx_credential c ON c.user_id = s.user_id "
                              "WHERE s.token_hash = ?1"),
                       &value, 1, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    *ret_known = (struct gx_known_session){ .used = false };
    if (code == GX_OK && has) {
        struct gx_str csrf = gx_rows_text(rows, 3);
        ret_known->used = true;
        ret_known->made_us = gx_monotonic_us();
        ret_known->user = gx_rows_int(rows, 0);
        ret_known->kind = (enum gx_session_kind)gx_rows_int(rows, 1);
        ret_known->expires_at = gx_rows_int(rows, 2);
        ret_known->id = gx_rows_int(rows, 4);
        ret_known->used_at = gx_rows_int(rows, 5);
        ret_known->must_change = gx_rows_int(rows, 6) != 0;
        memcpy(ret_known->hash, hash, HASH_BYTES);
        if (csrf.n < sizeof ret_known->csrf)
            memcpy(ret_known->csrf, csrf.p, csrf.n);
    }
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
    if (!known.used || known.expires_at < ctx->now_us)
        return gx_fail(ctx, GX_E_UNAUTHENTICATED, GX_STR(""), GX_M_SIGNIN_EXPIRED);
    *ret_session = (struct gx_session){
        .user = known.user,
        .kind = known.kind,
        .csrf = gx_arena_str(ctx->arena, gx_str_c(known.csrf)),
        .id = known.id,
        .used_at = known.used_at,
        .must_change = known.must_change && known.kind == GX_SESSION_COOKIE,
    };
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

/* The passwords that are tried first; NIST SP 800-63B asks to refuse such. */
static bool is_common(struct gx_str password)
{
    static const char *const common[] = { "password",   "12345678", "123456789", "1234567890",
                                          "qwertyuiop", "iloveyou", "11111111",  "88888888",
                                          "password1",  "abc12345", "qwerty123", "guanxi123" };
    for (size_t i = 0; i < GX_COUNT(common); i++)
        if (gx_str_ieq(password, gx_str_c(common[i])))
            return true;
    return false;
}

static enum gx_code check_length(struct gx_ctx *ctx, struct gx_str password, int chars_min)
{
    if (gx_text_length(password) >= (size_t)chars_min && password.n <= GX_PASSWORD_BYTES_MAX)
        return GX_OK;
    return gx_fail(ctx, GX_E_INVALID, GX_STR("password"), GX_M_PASSWORD_LENGTH,
                   gx_arena_printf(ctx->arena, "%d", chars_min));
}

enum gx_code gx_password_long(struct gx_ctx *ctx, const struct gx_tenant *tenant,
                              struct gx_str password)
{
    return check_length(ctx, password, tenant->settings.password_chars_min);
}

enum gx_code gx_password_hash(struct gx_ctx *ctx, struct gx_str password, struct gx_str *ret_hash)
{
    if (!gx_text_valid(password))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("password"), GX_M_BAD_UTF8);
    GX_TRY(check_length(ctx, password, GX_PASSWORD_CHARS_MIN));
    if (is_common(password))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("password"), GX_M_PASSWORD_COMMON);
    char hash[crypto_pwhash_STRBYTES];
    /* 64 MiB, two passes. */
    if (crypto_pwhash_str(hash, password.p, password.n, 2, 64 << 20) != 0)
        return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_NONE);
    *ret_hash = gx_arena_str(ctx->arena, gx_str_c(hash));
    return GX_OK;
}

static enum gx_code check_roles(struct gx_ctx *ctx, const struct gx_meta *meta,
                                const struct gx_str *roles, size_t count, bool *ret_admin)
{
    *ret_admin = false;
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;
        while (k < meta->role_count && !gx_str_eq(meta->roles[k].name, roles[i]))
            k++;
        if (k == meta->role_count)
            return gx_fail(ctx, GX_E_INVALID, GX_STR("roles"), GX_M_META_NO_ROLE, roles[i]);
        *ret_admin |= meta->roles[k].admin;
    }
    return GX_OK;
}

enum gx_code gx_admin_may_go(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user,
                             struct gx_str path)
{
    struct gx_value value = gx_value_int(user);
    int64_t others, was;
    GX_TRY(
        gx_db_int(ctx, conn,
                  GX_SQL("SELECT count(*) FROM gx_user_role r JOIN \"user\" u ON u.id = r.user_id "
                         "WHERE r.role = 'admin' AND r.user_id <> ?1 AND u.deleted_at IS NULL "
                         "AND coalesce(u.active, 1) = 1"),
                  &value, 1, 0, &others));
    GX_TRY(gx_db_int(ctx, conn,
                     GX_SQL("SELECT count(*) FROM gx_user_role WHERE role = 'admin' "
                            "AND user_id = ?1"),
                     &value, 1, 0, &was));
    if (was && others == 0)
        return gx_fail(ctx, GX_E_INVALID, path, GX_M_LAST_ADMIN);
    return GX_OK;
}

enum gx_code gx_roles_set(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                          int64_t user, const struct gx_str *roles, size_t count)
{
    struct gx_meta *meta = gx_tenant_meta(tenant);
    bool admin;
    enum gx_code code = check_roles(ctx, meta, roles, count, &admin);
    gx_meta_unref(meta);
    GX_TRY(code);
    struct gx_value values[] = { gx_value_int(user), GX_NULL_VALUE };
    if (!admin)
        GX_TRY(gx_admin_may_go(ctx, conn, user, GX_STR("roles")));
    GX_TRY(gx_db_exec(ctx, conn, GX_SQL("DELETE FROM gx_user_role WHERE user_id = ?1"), values, 1,
                      NULL));
    for (size_t i = 0; i < count; i++) {
        values[1] = gx_value_text(roles[i]);
        GX_TRY(gx_db_exec(ctx, conn,
                          GX_SQL("INSERT INTO gx_user_role (user_id, role) VALUES (?1, ?2)"),
                          values, 2, NULL));
    }
    gx_access_forget(tenant);
    return GX_OK;
}
