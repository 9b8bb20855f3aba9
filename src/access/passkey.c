/* passkey.c - see passkey.h. */
#include "access/passkey.h"

#include <sodium.h>

#include "access/access_int.h"
#include "access/factor.h"
#include "access/secret.h"
#include "base/text.h"
#include "base/time.h"
#include "json/write.h"

enum { NONCE_BYTES = 16, TIME_BYTES = 8, MAC_BYTES = 16 };
enum { CHALLENGE_BYTES = NONCE_BYTES + TIME_BYTES + MAC_BYTES };

const struct gx_schema gx_passkey_schema[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "made_at", .type = GX_SCHEMA_STR, .required = true },
    { .name = "used_at", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { 0 },
};

static enum gx_code challenge_mac(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                  enum gx_challenge kind, int64_t user,
                                  const unsigned char *challenge, unsigned char *ret_mac)
{
    struct gx_str mac, bytes;
    GX_TRY(gx_mac(ctx, tenant,
                  gx_arena_printf(ctx->arena, "challenge:%d:%lld", (int)kind, (long long)user),
                  (struct gx_str){ (const char *)challenge, NONCE_BYTES + TIME_BYTES }, &mac));
    if (!gx_base64url_read(ctx->arena, mac, &bytes) || bytes.n < MAC_BYTES)
        return GX_E_INTERNAL;
    memcpy(ret_mac, bytes.p, MAC_BYTES);
    return GX_OK;
}

enum gx_code gx_challenge_make(struct gx_ctx *ctx, struct gx_tenant *tenant, enum gx_challenge kind,
                               int64_t user, struct gx_str *ret_challenge)
{
    unsigned char bytes[CHALLENGE_BYTES];
    uint64_t ends = (uint64_t)(ctx->now_us + GX_CHALLENGE_S * GX_SECOND_US);
    randombytes_buf(bytes, NONCE_BYTES);
    for (int i = 0; i < TIME_BYTES; i++)
        bytes[NONCE_BYTES + i] = (unsigned char)(ends >> (8 * i));
    GX_TRY(challenge_mac(ctx, tenant, kind, user, bytes, bytes + NONCE_BYTES + TIME_BYTES));
    *ret_challenge = gx_base64url(ctx->arena, bytes, sizeof bytes);
    return GX_OK;
}

/* Ours, for this, and not over?  0: no; else when it ends. */
static enum gx_code challenge_ends(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                   enum gx_challenge kind, int64_t user, struct gx_str challenge,
                                   int64_t *ret_ends)
{
    unsigned char mac[MAC_BYTES];
    struct gx_str bytes;
    uint64_t ends = 0;
    *ret_ends = 0;
    if (!gx_base64url_read(ctx->arena, challenge, &bytes) || bytes.n != CHALLENGE_BYTES)
        return GX_OK;
    const unsigned char *p = (const unsigned char *)bytes.p;
    GX_TRY(challenge_mac(ctx, tenant, kind, user, p, mac));
    for (int i = 0; i < TIME_BYTES; i++)
        ends |= (uint64_t)p[NONCE_BYTES + i] << (8 * i);
    if (sodium_memcmp(mac, p + NONCE_BYTES + TIME_BYTES, MAC_BYTES) == 0 &&
        (int64_t)ends >= ctx->now_us)
        *ret_ends = (int64_t)ends;
    return GX_OK;
}

enum gx_code gx_once(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str what,
                     int64_t expires_at, bool *ret_first)
{
    struct gx_value now = gx_value_int(ctx->now_us);
    struct gx_value values[] = { gx_value_text(what), gx_value_int(expires_at) };
    int64_t changed;
    GX_TRY(
        gx_db_exec(ctx, conn, GX_SQL("DELETE FROM gx_once WHERE expires_at < ?1"), &now, 1, NULL));
    GX_TRY(gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_once (mac, expires_at) VALUES (?1, ?2) "
                             "ON CONFLICT (mac) DO NOTHING"),
                      values, GX_COUNT(values), &changed));
    *ret_first = changed > 0;
    return GX_OK;
}

struct answer {
    struct gx_ctx *ctx;
    struct gx_tenant *tenant;
    struct gx_conn *conn;
    const struct gx_relying *rp;
    enum gx_challenge kind;
    int64_t user;
    bool verified;
};

/* The client's half: what was asked, where, and that it was asked now and once. */
static enum gx_code client_good(const struct answer *a, struct gx_str client_data, bool *ret_good)
{
    const char *type = a->kind == GX_CHALLENGE_REGISTER ? "webauthn.create" : "webauthn.get";
    struct gx_json *json;
    int64_t ends;
    *ret_good = false;
    if (gx_json_read(a->ctx, client_data, &json) != GX_OK || json->kind != GX_JSON_OBJECT) {
        gx_ctx_clear(a->ctx);
        return GX_OK;
    }
    struct gx_str challenge = gx_json_get_str(json, "challenge", GX_STR(""));
    bool good = gx_str_is(gx_json_get_str(json, "type", GX_STR("")), type) &&
                gx_str_eq(gx_json_get_str(json, "origin", GX_STR("")), a->rp->origin) &&
                !gx_json_get_bool(json, "crossOrigin", false);
    GX_TRY(challenge_ends(a->ctx, a->tenant, a->kind, a->user, challenge, &ends));
    if (!good || !ends)
        return GX_OK;
    return gx_once(a->ctx, a->conn, challenge, ends, ret_good);
}

static bool authenticator_good(const struct answer *a, const struct gx_authenticator *d)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)a->rp->id.p, a->rp->id.n);
    bool backed = (d->flags & GX_FLAG_BACKED_UP) != 0;
    return memcmp(d->rp_hash.p, hash, sizeof hash) == 0 && (d->flags & GX_FLAG_PRESENT) &&
           (!a->verified || (d->flags & GX_FLAG_VERIFIED)) &&
           (!backed || (d->flags & GX_FLAG_MAY_BACK_UP));
}

static enum gx_code keep_passkey(const struct answer *a, struct gx_str name,
                                 const struct gx_authenticator *d, struct gx_str cose)
{
    struct gx_ctx *ctx = a->ctx;
    struct gx_value values[] = {
        gx_value_int(gx_id_next(&a->tenant->ids, ctx->now_us)),
        gx_value_int(a->user),
        gx_value_text(gx_base64url(ctx->arena, d->credential.p, d->credential.n)),
        gx_value_text(gx_base64url(ctx->arena, cose.p, cose.n)),
        gx_value_text(a->rp->id),
        gx_value_int(d->counter),
        gx_value_text(name),
        gx_value_int(ctx->now_us),
    };
    int64_t count, changed;
    GX_TRY(gx_db_int(ctx, a->conn, GX_SQL("SELECT count(*) FROM gx_passkey WHERE user_id = ?1"),
                     &values[1], 1, 0, &count));
    if (count >= GX_PASSKEYS_MAX)
        return gx_fail(ctx, GX_E_INVALID, GX_STR(""), GX_M_PASSKEY_MANY);
    GX_TRY(gx_db_exec(ctx, a->conn,
                      GX_SQL("INSERT INTO gx_passkey (id, user_id, credential, public_key, rp, "
                             "counter, name, made_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
                             "ON CONFLICT (credential) DO NOTHING"),
                      values, GX_COUNT(values), &changed));
    return changed ? GX_OK : gx_fail(ctx, GX_E_DUPLICATE, GX_STR(""), GX_M_PASSKEY_THERE);
}

enum gx_code gx_passkey_add(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                            const struct gx_relying *rp, int64_t user, struct gx_str name,
                            const struct gx_attestation *given)
{
    struct answer a = { ctx, tenant, conn, rp, GX_CHALLENGE_REGISTER, user, false };
    struct gx_str client, object, data;
    struct gx_authenticator d;
    struct gx_public_key key;
    size_t used;
    bool good = gx_base64url_read(ctx->arena, given->client_data, &client) &&
                gx_base64url_read(ctx->arena, given->attestation, &object) &&
                gx_attestation_read(ctx->arena, object, &data) && gx_authenticator_read(data, &d) &&
                (d.flags & GX_FLAG_CREDENTIAL) && authenticator_good(&a, &d) &&
                gx_cose_read(ctx->arena, d.cose, &key, &used);
    if (good)
        GX_TRY(client_good(&a, client, &good));
    if (!good)
        return gx_fail(ctx, GX_E_INVALID, GX_STR(""), GX_M_PASSKEY_REFUSED);
    GX_TRY(keep_passkey(&a, name, &d, (struct gx_str){ d.cose.p, used }));
    gx_access_forget(tenant);
    return GX_OK;
}

struct kept {
    int64_t id, user, counter;
    struct gx_str cose, rp;
};

static enum gx_code find_passkey(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str credential,
                                 struct kept *ret_kept)
{
    struct gx_value value = gx_value_text(credential);
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT id, user_id, counter, public_key, rp FROM gx_passkey "
                              "WHERE credential = ?1"),
                       &value, 1, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    *ret_kept = (struct kept){ 0 };
    if (code == GX_OK && has)
        *ret_kept = (struct kept){
            .id = gx_rows_int(rows, 0),
            .user = gx_rows_int(rows, 1),
            .counter = gx_rows_int(rows, 2),
            .cose = gx_arena_str(ctx->arena, gx_rows_text(rows, 3)),
            .rp = gx_arena_str(ctx->arena, gx_rows_text(rows, 4)),
        };
    gx_rows_close(rows);
    return code;
}

/* What is signed: the authenticator data, and the hash of the client data behind it. */
static bool signed_good(struct gx_ctx *ctx, const struct kept *kept, struct gx_str data,
                        struct gx_str client, struct gx_str signature)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    struct gx_public_key key;
    struct gx_str cose;
    size_t used;
    crypto_hash_sha256(hash, (const unsigned char *)client.p, client.n);
    char *text = gx_arena_alloc(ctx->arena, data.n + sizeof hash);
    memcpy(text, data.p, data.n);
    memcpy(text + data.n, hash, sizeof hash);
    return gx_base64url_read(ctx->arena, kept->cose, &cose) &&
           gx_cose_read(ctx->arena, cose, &key, &used) &&
           gx_signature_good(&key, (struct gx_str){ text, data.n + sizeof hash }, signature);
}

enum gx_code gx_passkey_use(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                            const struct gx_relying *rp, enum gx_challenge kind, int64_t user,
                            bool verified, const struct gx_assertion *given, int64_t *ret_user)
{
    /* Whoever signs in is known only by the answer, so that challenge is nobody's. */
    int64_t asked = kind == GX_CHALLENGE_SIGNIN ? 0 : user;
    struct answer a = { ctx, tenant, conn, rp, kind, asked, verified };
    struct gx_str client, data, signature;
    struct gx_authenticator d;
    struct kept kept;
    GX_TRY(find_passkey(ctx, conn, given->id, &kept));
    bool good = kept.id && (!user || kept.user == user) && gx_str_eq(kept.rp, rp->id) &&
                gx_base64url_read(ctx->arena, given->client_data, &client) &&
                gx_base64url_read(ctx->arena, given->authenticator_data, &data) &&
                gx_base64url_read(ctx->arena, given->signature, &signature) &&
                gx_authenticator_read(data, &d) && authenticator_good(&a, &d) &&
                signed_good(ctx, &kept, data, client, signature) &&
                /* One that counts and does not go on was copied. */
                ((d.counter == 0 && kept.counter == 0) || d.counter > kept.counter);
    if (good)
        GX_TRY(client_good(&a, client, &good));
    if (!good)
        return gx_fail(ctx, GX_E_UNAUTHENTICATED, GX_STR(""), GX_M_PASSKEY_WRONG);
    struct gx_value values[] = { gx_value_int(kept.id), gx_value_int(d.counter),
                                 gx_value_int(ctx->now_us) };
    *ret_user = kept.user;
    return gx_db_exec(ctx, conn,
                      GX_SQL("UPDATE gx_passkey SET counter = ?2, used_at = ?3 WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

/* --- looked at and changed */

enum gx_code gx_passkeys_write(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user,
                               struct gx_jw *w)
{
    struct gx_value value = gx_value_int(user);
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT id, name, made_at, used_at FROM gx_passkey "
                              "WHERE user_id = ?1 ORDER BY id"),
                       &value, 1, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        int64_t used = gx_rows_int(rows, 3);
        gx_jw_object(w);
        gx_jw_key_id(w, "id", gx_rows_int(rows, 0));
        gx_jw_key_str(w, "name", gx_rows_text(rows, 1));
        gx_jw_key_str(w, "made_at", gx_moment_format(ctx->arena, gx_rows_int(rows, 2)));
        gx_jw_key(w, GX_STR("used_at"));
        if (used)
            gx_jw_str(w, gx_moment_format(ctx->arena, used));
        else
            gx_jw_null(w);
        gx_jw_object_end(w);
    }
    gx_rows_close(rows);
    return code;
}

enum gx_code gx_passkeys_write_ids(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user,
                                   struct gx_jw *w)
{
    struct gx_value value = gx_value_int(user);
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT credential FROM gx_passkey WHERE user_id = ?1 ORDER BY id"),
                       &value, 1, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has)
        gx_jw_str(w, gx_rows_text(rows, 0));
    gx_rows_close(rows);
    return code;
}

enum gx_code gx_passkey_rename(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user, int64_t id,
                               struct gx_str name)
{
    struct gx_value values[] = { gx_value_int(user), gx_value_int(id), gx_value_text(name) };
    int64_t changed;
    GX_TRY(gx_db_exec(ctx, conn,
                      GX_SQL("UPDATE gx_passkey SET name = ?3 WHERE user_id = ?1 AND id = ?2"),
                      values, GX_COUNT(values), &changed));
    return changed ? GX_OK : gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_PASSKEY_NONE);
}

enum gx_code gx_passkey_remove(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                               int64_t user, int64_t id)
{
    struct gx_value values[] = { gx_value_int(user), gx_value_int(id) };
    int64_t changed;
    GX_TRY(gx_db_exec(ctx, conn, GX_SQL("DELETE FROM gx_passkey WHERE user_id = ?1 AND id = ?2"),
                      values, GX_COUNT(values), &changed));
    if (!changed)
        return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_PASSKEY_NONE);
    gx_access_forget(tenant);
    return gx_recovery_tidy(ctx, conn, user);
}
