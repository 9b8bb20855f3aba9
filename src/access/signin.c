/* signin.c - see signin.h. */
#include "access/signin.h"

#include <sodium.h>
#include <stdlib.h>

#include "access/access_int.h"
#include "access/password.h"
#include "base/text.h"

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
                           struct gx_str name, struct gx_str password, struct gx_caller caller,
                           int64_t *ret_user)
{
    /* A hash of nothing anybody knows: an unknown name takes as long as a known one. */
    static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$bm9ib2R5bm9ib2R5bm8$"
                                 "5YmyO0wM7tT3nXq0aD1o8XJx9y0K4pWl5bq2rGQe0cM";
    struct gx_try keys;
    struct gx_str device;
    GX_TRY(gx_browser_known(ctx, tenant, caller.browser, name, &device));
    gx_tries_keys(tenant->access, gx_text_fold(ctx->arena, name), caller.peer, device, &keys);
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
                             struct gx_str name, struct gx_str password, struct gx_caller caller,
                             int64_t *ret_user)
{
    int64_t user;
    GX_TRY(verify(ctx, tenant, conn, name, password, caller, &user));
    if (!user)
        return gx_fail(ctx, GX_E_UNAUTHENTICATED, GX_STR(""), GX_M_SIGNIN_WRONG);
    *ret_user = user;
    return GX_OK;
}

enum gx_code gx_password_check(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                               int64_t user, struct gx_str password, struct gx_caller caller)
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
    GX_TRY(verify(ctx, tenant, conn, name, password, caller, &found));
    if (found != user)
        return gx_fail(ctx, GX_E_FORBIDDEN, GX_STR("present_password"), GX_M_PASSWORD_PRESENT);
    return GX_OK;
}

static enum gx_code passkey_keys(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                                 int64_t user, struct gx_caller caller, struct gx_try *ret_keys)
{
    struct gx_value id = gx_value_int(user);
    struct gx_str login = GX_STR(""), device;
    struct gx_rows *rows;
    bool has;
    GX_TRY(
        gx_db_query(ctx, conn, GX_SQL("SELECT login FROM \"user\" WHERE id = ?1"), &id, 1, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    if (code == GX_OK && has)
        login = gx_arena_str(ctx->arena, gx_rows_text(rows, 0));
    gx_rows_close(rows);
    GX_TRY(code);
    GX_TRY(gx_browser_known(ctx, tenant, caller.browser, login, &device));
    /* Apart from passwords: a blank stands in no login's beginning. */
    struct gx_str folded = gx_text_fold(ctx->arena, login);
    gx_tries_keys(tenant->access, gx_arena_printf(ctx->arena, " passkey %.*s", GX_STR_ARG(folded)),
                  caller.peer, device, ret_keys);
    ret_keys->keys[GX_TRY_NAME] = 0; /* nobody guesses a signature, so only noise is kept off */
    return GX_OK;
}

enum gx_code gx_passkey_try(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                            int64_t user, struct gx_caller caller)
{
    struct gx_try keys;
    GX_TRY(passkey_keys(ctx, tenant, conn, user, caller, &keys));
    if (gx_tries_take(tenant->access, &keys, ctx->now_us) == GX_TRY_KINDS)
        return GX_OK;
    return gx_fail(ctx, GX_E_RATE, GX_STR(""), GX_M_SIGNIN_RATE);
}

enum gx_code gx_passkey_good(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                             int64_t user, struct gx_caller caller)
{
    struct gx_try keys;
    GX_TRY(passkey_keys(ctx, tenant, conn, user, caller, &keys));
    gx_tries_give_back(tenant->access, &keys, ctx->now_us);
    return GX_OK;
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

enum gx_code gx_password_names(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user,
                               struct gx_password_names *ret_names)
{
    struct gx_value id = gx_value_int(user);
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT login, coalesce(display_name, login), email FROM \"user\" "
                              "WHERE id = ?1"),
                       &id, 1, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    *ret_names = (struct gx_password_names){ GX_STR(""), GX_STR(""), GX_STR("") };
    if (code == GX_OK && has)
        *ret_names = (struct gx_password_names){
            .login = gx_arena_str(ctx->arena, gx_rows_text(rows, 0)),
            .display_name = gx_arena_str(ctx->arena, gx_rows_text(rows, 1)),
            .email = gx_arena_str(ctx->arena, gx_rows_text(rows, 2)),
        };
    gx_rows_close(rows);
    return code;
}

enum gx_code gx_password_allowed(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                                 int64_t user, struct gx_str password)
{
    struct gx_settings settings = gx_settings_now(tenant, ctx->arena);
    struct gx_password_names names;
    GX_TRY(gx_password_long(ctx, tenant, password));
    GX_TRY(gx_password_names(ctx, conn, user, &names));
    names.email.n = gx_str_find(names.email, '@');
    struct gx_str all[] = { names.login, names.display_name, names.email, settings.organisation };
    if (gx_password_of_names(ctx->arena, password, all, GX_COUNT(all)))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("password"), GX_M_PASSWORD_NAME);
    return GX_OK;
}

enum gx_code gx_password_hash(struct gx_ctx *ctx, struct gx_str password, struct gx_str *ret_hash)
{
    if (!gx_text_valid(password))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("password"), GX_M_BAD_UTF8);
    GX_TRY(check_length(ctx, password, GX_PASSWORD_CHARS_MIN));
    if (gx_password_common(ctx->arena, password))
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
