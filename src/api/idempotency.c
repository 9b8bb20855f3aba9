/*
 * idempotency.c - the same request sent twice has one effect.
 *
 * A client that names its request (Idempotency-Key) and loses the reply may send it again: the
 * first reply is given once more.  The key is kept in the same transaction as the write.  The
 * same key with another request is refused.  Kept for 30 days: a phone may be long without a
 * network (see web/src/lib/offline/rules.ts).  Routes marked secret keep nothing: the store must
 * hold no API key in the clear and no quick hash of a password.
 */
#include <sodium.h>

#include "api/app.h"

enum { KEY_BYTES_MAX = 200, KEEP_S = 30 * 86400 };

static void hash_request(const struct gx_req *req, unsigned char *hash)
{
    crypto_generichash_state state;
    unsigned char method = (unsigned char)req->method;
    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, &method, 1);
    crypto_generichash_update(&state, (const unsigned char *)req->path.p, req->path.n);
    for (size_t i = 0; i < req->query_count; i++) {
        const struct gx_str parts[] = { req->query[i].name, req->query[i].value };
        for (size_t k = 0; k < GX_COUNT(parts); k++) {
            crypto_generichash_update(&state, (const unsigned char *)&parts[k].n,
                                      sizeof parts[k].n);
            crypto_generichash_update(&state, (const unsigned char *)parts[k].p, parts[k].n);
        }
    }
    crypto_generichash_update(&state, (const unsigned char *)req->body.p, req->body.n);
    crypto_generichash_final(&state, hash, 32);
}

static bool has_key(struct gx_req *req, struct gx_str *ret_key)
{
    *ret_key = gx_req_header(req, "Idempotency-Key");
    return ret_key->n > 0 && req->scope && !req->route->secret;
}

enum gx_code gx_idempotency_find(struct gx_req *req, struct gx_conn *conn, bool *ret_replayed)
{
    struct gx_str key;
    *ret_replayed = false;
    if (!has_key(req, &key))
        return GX_OK;
    if (key.n > KEY_BYTES_MAX)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("Idempotency-Key"), GX_M_TOO_LONG,
                       GX_STR("Idempotency-Key"), GX_STR("200"));
    struct gx_value values[] = { gx_value_int(gx_scope_me(req->scope)), gx_value_text(key) };
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(req->ctx, conn,
                       GX_SQL("SELECT request_hash, status, reply FROM gx_idempotency "
                              "WHERE user_id = ?1 AND key = ?2"),
                       values, 2, &rows));
    enum gx_code code = gx_rows_next(req->ctx, rows, &has);
    if (code == GX_OK && has) {
        unsigned char hash[32];
        hash_request(req, hash);
        struct gx_str was = gx_rows_value(rows, 0).s;
        if (was.n == 32 && sodium_memcmp(was.p, hash, 32) == 0) {
            req->status = (int)gx_rows_int(rows, 1);
            gx_buf_clear(&req->out);
            gx_buf_add(&req->out, gx_rows_text(rows, 2));
            gx_reply_header(req, "Idempotency-Replayed", GX_STR("true"));
            *ret_replayed = true;
        } else {
            code = gx_fail(req->ctx, GX_E_INVALID, GX_STR("Idempotency-Key"), GX_M_KEY_REUSED);
        }
    }
    gx_rows_close(rows);
    return code;
}

enum gx_code gx_idempotency_keep(struct gx_req *req, struct gx_conn *conn)
{
    struct gx_str key;
    unsigned char hash[32];
    if (!has_key(req, &key))
        return GX_OK;
    hash_request(req, hash);
    struct gx_value values[] = {
        gx_value_int(gx_scope_me(req->scope)),
        gx_value_text(key),
        gx_value_blob((struct gx_str){ (const char *)hash, sizeof hash }),
        gx_value_int(req->status ? req->status : 200),
        gx_value_text(gx_buf_str(&req->out)),
        gx_value_int(req->ctx->now_us),
    };
    GX_TRY(
        gx_db_exec_later(req->ctx, conn,
                         GX_SQL("INSERT INTO gx_idempotency (user_id, key, request_hash, status, "
                                "reply, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"),
                         values, GX_COUNT(values)));
    struct gx_value old = gx_value_int(req->ctx->now_us - (int64_t)KEEP_S * 1000000);
    return gx_db_exec_later(req->ctx, conn, GX_SQL("DELETE FROM gx_idempotency WHERE at < ?1"),
                            &old, 1);
}
