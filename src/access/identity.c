/* identity.c - who somebody is at a provider; see provider.h. */
#include "access/provider.h"
#include "access/signin.h"
#include "base/text.h"
#include "base/time.h"
#include "json/read.h"
#include "json/write.h"

enum { EMAIL_BYTES_MAX = 200, NAME_BYTES_MAX = 200 };

/* --- what claims say */

static struct gx_str claim_text(const struct gx_json *claims, const char *name, size_t max)
{
    struct gx_str text = gx_str_trim(gx_json_get_str(claims, name, GX_STR("")));
    return text.n <= max && gx_text_valid(text) ? text : GX_STR("");
}

/* RFC 8176: that more than one thing was asked for, or one that is two in itself. */
static bool amr_says(const struct gx_json *claims)
{
    static const char *const words[] = { "mfa", "otp", "hwk", "swk", "fpt", "face", "iris" };
    const struct gx_json *amr = gx_json_get(claims, "amr");
    if (!amr || amr->kind != GX_JSON_ARRAY)
        return false;
    for (const struct gx_json *a = amr->first; a; a = a->next)
        for (size_t i = 0; i < GX_COUNT(words) && a->kind == GX_JSON_STRING; i++)
            if (gx_str_is(a->text, words[i]))
                return true;
    return false;
}

void gx_claims_read(struct gx_ctx *ctx, const struct gx_provider *provider,
                    const struct gx_json *claims, struct gx_claims *ret)
{
    int64_t auth_time = 0;
    const struct gx_json *at = gx_json_get(claims, "auth_time");
    if (at && !gx_json_int64(at, &auth_time))
        auth_time = 0;
    *ret = (struct gx_claims){
        .subject = gx_json_get_str(claims, "sub", GX_STR("")),
        .email = claim_text(claims, "email", EMAIL_BYTES_MAX),
        .login = claim_text(claims, gx_arena_cstr(ctx->arena, provider->claim), NAME_BYTES_MAX),
        .name = claim_text(claims, "name", NAME_BYTES_MAX),
        .email_verified = gx_json_get_bool(claims, "email_verified", false),
        .second = provider->acr.n
                      ? gx_str_eq(gx_json_get_str(claims, "acr", GX_STR("")), provider->acr)
                      : amr_says(claims),
    };
    if (auth_time > 0 && auth_time < INT64_C(1) << 40)
        ret->signed_us = auth_time * GX_SECOND_US;
}

/* --- who that is here */

enum gx_code gx_identity_find(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str issuer,
                              struct gx_str subject, int64_t *ret_user)
{
    struct gx_value values[] = { gx_value_text(issuer), gx_value_text(subject) };
    return gx_db_int(ctx, conn,
                     GX_SQL("SELECT user_id FROM gx_identity WHERE issuer = ?1 AND subject = ?2"),
                     values, GX_COUNT(values), 0, ret_user);
}

/* Letters that look or fold like others must not make one address another's. */
static bool is_ascii(struct gx_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    return true;
}

enum gx_code gx_identity_by_email(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str issuer,
                                  struct gx_str email, int64_t *ret_user)
{
    struct gx_value values[] = { gx_value_text(issuer), gx_value_text(email) };
    *ret_user = 0;
    if (email.n == 0 || !is_ascii(email))
        return GX_OK;
    return gx_db_int(ctx, conn,
                     GX_SQL("SELECT min(u.id) FROM \"user\" u WHERE lower(u.email) = lower(?2) "
                            "AND u.deleted_at IS NULL AND coalesce(u.active, 1) = 1 "
                            "AND NOT EXISTS (SELECT 1 FROM gx_identity i WHERE i.user_id = u.id "
                            "AND i.issuer = ?1) HAVING count(*) = 1"),
                     values, GX_COUNT(values), 0, ret_user);
}

enum gx_code gx_identity_add(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                             int64_t user, struct gx_str issuer, struct gx_str subject,
                             struct gx_str name)
{
    int64_t there, count;
    struct gx_value who = gx_value_int(user);
    GX_TRY(gx_identity_find(ctx, conn, issuer, subject, &there));
    if (there == user)
        return GX_OK;
    if (there)
        return gx_fail(ctx, GX_E_DUPLICATE, GX_STR(""), GX_M_IDENTITY_OTHER);
    GX_TRY(gx_db_int(ctx, conn, GX_SQL("SELECT count(*) FROM gx_identity WHERE user_id = ?1"), &who,
                     1, 0, &count));
    if (count >= GX_IDENTITIES_MAX)
        return gx_fail(ctx, GX_E_INVALID, GX_STR(""), GX_M_IDENTITY_MANY);
    GX_TRY(gx_seat_take(ctx, tenant, conn, user, false));
    struct gx_value values[] = {
        gx_value_text(issuer),
        gx_value_text(subject),
        who,
        gx_value_int(ctx->now_us),
        gx_value_int(gx_id_next(&tenant->ids, ctx->now_us)),
        gx_value_text(name),
    };
    return gx_db_exec(
        ctx, conn,
        GX_SQL("INSERT INTO gx_identity (issuer, subject, user_id, made_at, id, name) "
               "VALUES (?1, ?2, ?3, ?4, ?5, ?6)"),
        values, GX_COUNT(values), NULL);
}

enum gx_code gx_identity_used(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str issuer,
                              struct gx_str subject)
{
    struct gx_value values[] = { gx_value_text(issuer), gx_value_text(subject),
                                 gx_value_int(ctx->now_us) };
    return gx_db_exec(
        ctx, conn, GX_SQL("UPDATE gx_identity SET used_at = ?3 WHERE issuer = ?1 AND subject = ?2"),
        values, GX_COUNT(values), NULL);
}

enum gx_code gx_identity_remove(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user, int64_t id)
{
    struct gx_value values[] = { gx_value_int(user), gx_value_int(id) };
    int64_t changed;
    GX_TRY(gx_db_exec(ctx, conn, GX_SQL("DELETE FROM gx_identity WHERE user_id = ?1 AND id = ?2"),
                      values, GX_COUNT(values), &changed));
    return changed ? GX_OK : gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_IDENTITY_NONE);
}

static void write_moment(struct gx_ctx *ctx, struct gx_jw *w, const char *key, int64_t at)
{
    gx_jw_key(w, gx_str_c(key));
    if (at)
        gx_jw_str(w, gx_moment_format(ctx->arena, at));
    else
        gx_jw_null(w);
}

enum gx_code gx_identities_write(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user,
                                 struct gx_jw *w)
{
    struct gx_value value = gx_value_int(user);
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT i.id, coalesce(i.name, ''), i.issuer, i.made_at, i.used_at, "
                              "coalesce((SELECT min(p.name) FROM gx_provider p "
                              "WHERE p.issuer = i.issuer), i.issuer), "
                              "(SELECT min(p.id) FROM gx_provider p "
                              "WHERE p.issuer = i.issuer AND p.active = 1) "
                              "FROM gx_identity i WHERE i.user_id = ?1 ORDER BY i.made_at, i.id"),
                       &value, 1, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        gx_jw_object(w);
        gx_jw_key_id(w, "id", gx_rows_int(rows, 0));
        gx_jw_key_str(w, "name", gx_rows_text(rows, 1));
        gx_jw_key_str(w, "provider", gx_rows_text(rows, 5));
        gx_jw_key(w, GX_STR("provider_id"));
        if (gx_rows_int(rows, 6))
            gx_jw_id(w, gx_rows_int(rows, 6));
        else
            gx_jw_null(w);
        write_moment(ctx, w, "made_at", gx_rows_int(rows, 3));
        write_moment(ctx, w, "used_at", gx_rows_int(rows, 4));
        gx_jw_object_end(w);
    }
    gx_rows_close(rows);
    return code;
}
