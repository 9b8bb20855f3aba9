/* factor.c - see factor.h. */
#include "access/factor.h"

#include <sodium.h>

#include "access/access_int.h"
#include "access/secret.h"
#include "access/totp.h"

enum { RECOVERY_CHARS = 12, RECOVERY_GROUP = 4 };

static struct gx_str use_of(struct gx_ctx *ctx, const char *what, int64_t user)
{
    return gx_arena_printf(ctx->arena, "%s:%lld", what, (long long)user);
}

enum gx_code gx_factors_get(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user,
                            struct gx_factors *ret_factors)
{
    struct gx_value value = gx_value_int(user);
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(
        ctx, conn,
        GX_SQL("SELECT coalesce((SELECT confirmed_at FROM gx_totp WHERE user_id = ?1), 0), "
               "(SELECT count(*) FROM gx_recovery WHERE user_id = ?1 AND used_at IS NULL), "
               "(SELECT count(*) FROM gx_passkey WHERE user_id = ?1), "
               "(SELECT count(*) FROM gx_role_rule q WHERE q.second_factor = 1 AND (q.role = '*' "
               "OR q.role IN (SELECT role FROM gx_user_role WHERE user_id = ?1)))"),
        &value, 1, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    if (code == GX_OK)
        *ret_factors = (struct gx_factors){
            .totp_since = gx_rows_int(rows, 0),
            .recovery_left = (int)gx_rows_int(rows, 1),
            .passkeys = (int)gx_rows_int(rows, 2),
            .required = gx_rows_int(rows, 3) > 0,
        };
    gx_rows_close(rows);
    return code;
}

/* --- codes of an application */

enum gx_code gx_totp_begin(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                           int64_t user, struct gx_str *ret_base32)
{
    unsigned char raw[GX_TOTP_SECRET_BYTES];
    struct gx_str secret = { (const char *)raw, sizeof raw }, sealed;
    randombytes_buf(raw, sizeof raw);
    GX_TRY(gx_seal(ctx, tenant, use_of(ctx, "totp", user), secret, &sealed));
    struct gx_value values[] = { gx_value_int(user), gx_value_text(sealed),
                                 gx_value_int(ctx->now_us) };
    int64_t changed;
    /* One that is in use stays until it is removed: a session left open must not replace it. */
    GX_TRY(gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_totp (user_id, secret, last_step, made_at) "
                             "VALUES (?1, ?2, 0, ?3) ON CONFLICT (user_id) DO UPDATE "
                             "SET secret = excluded.secret, last_step = 0, "
                             "made_at = excluded.made_at WHERE gx_totp.confirmed_at IS NULL"),
                      values, GX_COUNT(values), &changed));
    if (!changed)
        return gx_fail(ctx, GX_E_DUPLICATE, GX_STR(""), GX_M_TOTP_THERE);
    *ret_base32 = gx_base32(ctx->arena, secret);
    sodium_memzero(raw, sizeof raw);
    return GX_OK;
}

struct known_totp {
    struct gx_str secret;
    int64_t last_step;
};

/* An empty secret: there is none of that kind. */
static enum gx_code read_totp(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                              int64_t user, bool confirmed, struct known_totp *ret_totp)
{
    struct gx_value value = gx_value_int(user);
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT secret, last_step, confirmed_at IS NOT NULL FROM gx_totp "
                              "WHERE user_id = ?1"),
                       &value, 1, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    has = has && (gx_rows_int(rows, 2) != 0) == confirmed;
    struct gx_str sealed =
        code == GX_OK && has ? gx_arena_str(ctx->arena, gx_rows_text(rows, 0)) : GX_STR("");
    *ret_totp = (struct known_totp){ .last_step = has ? gx_rows_int(rows, 1) : 0 };
    gx_rows_close(rows);
    GX_TRY(code);
    return sealed.n ? gx_unseal(ctx, tenant, use_of(ctx, "totp", user), sealed, &ret_totp->secret)
                    : GX_OK;
}

/* The step moves on only from the one that was read, so of two requests at one time one wins. */
static enum gx_code take_step(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user, int64_t step,
                              bool *ret_taken)
{
    struct gx_value values[] = { gx_value_int(user), gx_value_int(step),
                                 gx_value_int(ctx->now_us) };
    int64_t changed;
    GX_TRY(gx_db_exec(ctx, conn,
                      GX_SQL("UPDATE gx_totp SET last_step = ?2, "
                             "confirmed_at = coalesce(confirmed_at, ?3) "
                             "WHERE user_id = ?1 AND last_step < ?2"),
                      values, GX_COUNT(values), &changed));
    *ret_taken = changed > 0;
    return GX_OK;
}

enum gx_code gx_totp_confirm(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                             int64_t user, struct gx_str code)
{
    struct known_totp totp;
    bool taken = false;
    GX_TRY(read_totp(ctx, tenant, conn, user, false, &totp));
    int64_t step =
        totp.secret.n ? gx_totp_match(totp.secret, code, ctx->now_us, totp.last_step) : -1;
    if (step >= 0)
        GX_TRY(take_step(ctx, conn, user, step, &taken));
    if (!taken)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("code"), GX_M_CODE_WRONG);
    gx_access_forget(tenant);
    return GX_OK;
}

static enum gx_code remove_from(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql sql,
                                int64_t user)
{
    struct gx_value value = gx_value_int(user);
    return gx_db_exec(ctx, conn, sql, &value, 1, NULL);
}

/* Recovery codes stand for a factor; without one they would be a second password. */
enum gx_code gx_recovery_tidy(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user)
{
    struct gx_factors left;
    GX_TRY(gx_factors_get(ctx, conn, user, &left));
    if (gx_factors_any(&left))
        return GX_OK;
    return remove_from(ctx, conn, GX_SQL("DELETE FROM gx_recovery WHERE user_id = ?1"), user);
}

enum gx_code gx_totp_remove(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                            int64_t user)
{
    GX_TRY(remove_from(ctx, conn, GX_SQL("DELETE FROM gx_totp WHERE user_id = ?1"), user));
    gx_access_forget(tenant);
    return gx_recovery_tidy(ctx, conn, user);
}

enum gx_code gx_factors_remove(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                               int64_t user)
{
    GX_TRY(remove_from(ctx, conn, GX_SQL("DELETE FROM gx_passkey WHERE user_id = ?1"), user));
    return gx_totp_remove(ctx, tenant, conn, user);
}

/* --- recovery codes */

/* Letters and digits alone, small: how people type them does not matter. */
static struct gx_str plain_code(struct gx_ctx *ctx, struct gx_str code)
{
    char *out = gx_arena_alloc(ctx->arena, code.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < code.n; i++) {
        char c = code.p[i];
        if (c >= 'A' && c <= 'Z')
            out[n++] = (char)(c - 'A' + 'a');
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out[n++] = c;
    }
    return (struct gx_str){ out, n };
}

static struct gx_str make_code(struct gx_ctx *ctx)
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    char *out = gx_arena_alloc(ctx->arena, RECOVERY_CHARS + RECOVERY_CHARS / RECOVERY_GROUP);
    size_t n = 0;
    for (uint32_t i = 0; i < RECOVERY_CHARS; i++) {
        if (i && i % RECOVERY_GROUP == 0)
            out[n++] = '-';
        out[n++] = letters[randombytes_uniform(sizeof letters - 1)];
    }
    return (struct gx_str){ out, n };
}

enum gx_code gx_recovery_make(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                              int64_t user, struct gx_str ret_codes[GX_RECOVERY_CODES])
{
    struct gx_str use = use_of(ctx, "recovery", user), mac;
    GX_TRY(remove_from(ctx, conn, GX_SQL("DELETE FROM gx_recovery WHERE user_id = ?1"), user));
    for (int i = 0; i < GX_RECOVERY_CODES; i++) {
        ret_codes[i] = make_code(ctx);
        GX_TRY(gx_mac(ctx, tenant, use, plain_code(ctx, ret_codes[i]), &mac));
        struct gx_value values[] = { gx_value_int(user), gx_value_text(mac) };
        GX_TRY(gx_db_exec(ctx, conn,
                          GX_SQL("INSERT INTO gx_recovery (user_id, mac) VALUES (?1, ?2)"), values,
                          GX_COUNT(values), NULL));
    }
    return GX_OK;
}

static enum gx_code use_recovery(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                                 int64_t user, struct gx_str code, bool *ret_used)
{
    struct gx_str mac;
    int64_t changed;
    GX_TRY(gx_mac(ctx, tenant, use_of(ctx, "recovery", user), plain_code(ctx, code), &mac));
    struct gx_value values[] = { gx_value_int(user), gx_value_text(mac),
                                 gx_value_int(ctx->now_us) };
    GX_TRY(gx_db_exec(ctx, conn,
                      GX_SQL("UPDATE gx_recovery SET used_at = ?3 "
                             "WHERE user_id = ?1 AND mac = ?2 AND used_at IS NULL"),
                      values, GX_COUNT(values), &changed));
    *ret_used = changed > 0;
    return GX_OK;
}

/* --- using a code */

/* `what` in place of an address: the tries of one sign-in; and those of the user from anywhere. */
static void code_keys(const struct gx_access_cache *cache, struct gx_ctx *ctx, int64_t user,
                      struct gx_str what, struct gx_try *ret_keys)
{
    gx_tries_code_keys(cache, use_of(ctx, "code", user), what, ret_keys);
}

enum gx_code gx_code_try(struct gx_ctx *ctx, struct gx_tenant *tenant, int64_t user,
                         struct gx_str what)
{
    struct gx_try keys;
    code_keys(tenant->access, ctx, user, what, &keys);
    if (gx_tries_take(tenant->access, &keys, ctx->now_us) == GX_TRY_KINDS)
        return GX_OK;
    return gx_fail(ctx, GX_E_RATE, GX_STR(""), GX_M_CODE_RATE);
}

void gx_code_good(struct gx_ctx *ctx, struct gx_tenant *tenant, int64_t user, struct gx_str what)
{
    struct gx_try keys;
    code_keys(tenant->access, ctx, user, what, &keys);
    gx_tries_give_back(tenant->access, &keys, ctx->now_us);
}

enum gx_code gx_code_use(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                         int64_t user, struct gx_str code, const char **ret_way)
{
    struct known_totp totp;
    bool used = false;
    *ret_way = NULL;
    GX_TRY(read_totp(ctx, tenant, conn, user, true, &totp));
    int64_t step =
        totp.secret.n ? gx_totp_match(totp.secret, code, ctx->now_us, totp.last_step) : -1;
    if (step >= 0)
        GX_TRY(take_step(ctx, conn, user, step, &used));
    if (used) {
        *ret_way = "totp";
        return GX_OK;
    }
    GX_TRY(use_recovery(ctx, tenant, conn, user, code, &used));
    *ret_way = used ? "recovery" : NULL;
    return GX_OK;
}

/* --- who must have one */

enum gx_code gx_factor_roles(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str *roles,
                             size_t max, size_t *ret_count)
{
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    size_t n = 0;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT role FROM gx_role_rule WHERE second_factor = 1 "
                              "ORDER BY role"),
                       NULL, 0, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && n < max)
        roles[n++] = gx_arena_str(ctx->arena, gx_rows_text(rows, 0));
    gx_rows_close(rows);
    *ret_count = n;
    return code;
}

enum gx_code gx_factor_roles_set(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                                 const struct gx_str *roles, size_t count)
{
    GX_TRY(gx_db_exec(ctx, conn, GX_SQL("DELETE FROM gx_role_rule"), NULL, 0, NULL));
    for (size_t i = 0; i < count; i++) {
        struct gx_value value = gx_value_text(roles[i]);
        GX_TRY(gx_db_exec(ctx, conn,
                          GX_SQL("INSERT INTO gx_role_rule (role, second_factor) VALUES (?1, 1) "
                                 "ON CONFLICT (role) DO NOTHING"),
                          &value, 1, NULL));
    }
    gx_access_forget(tenant);
    return GX_OK;
}
