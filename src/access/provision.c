/* provision.c - see provision.h. */
#include "access/provision.h"

#include <sodium.h>

#include "access/secret.h"
#include "access/signin.h"
#include "base/time.h"
#include "json/write.h"

enum { TOKEN_BYTES = 24, MAC_BYTES = 32, TOKEN_CHARS_MAX = 100 };

/* A random token needs no salt, and no key that another machine would lack. */
static struct gx_str hash_of(struct gx_arena *arena, struct gx_str token)
{
    unsigned char hash[MAC_BYTES];
    crypto_generichash(hash, sizeof hash, (const unsigned char *)token.p, token.n, NULL, 0);
    return gx_base64url(arena, hash, sizeof hash);
}

static struct gx_str join(struct gx_arena *arena, const struct gx_str *list, size_t count)
{
    struct gx_buf out = { 0 };
    for (size_t i = 0; i < count; i++)
        gx_buf_printf(&out, "%s%.*s", i ? "," : "", GX_STR_ARG(list[i]));
    struct gx_str text = gx_arena_str(arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return text;
}

static size_t split(struct gx_str text, struct gx_str *list)
{
    size_t n = 0;
    while (n < GX_SCIM_ROLES_MAX && gx_str_split(&text, ',', &list[n]))
        n += list[n].n > 0;
    return n;
}

enum gx_code gx_scim_key_make(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                              struct gx_scim_key *key, int64_t by, struct gx_str *ret_token)
{
    int64_t count;
    struct gx_str random = gx_random_text(ctx->arena, TOKEN_BYTES);
    struct gx_str token = gx_arena_printf(ctx->arena, "gxs_%.*s", GX_STR_ARG(random));
    GX_TRY(gx_db_int(ctx, conn, GX_SQL("SELECT count(*) FROM gx_scim_key"), NULL, 0, 0, &count));
    if (count >= GX_SCIM_KEYS_MAX)
        return gx_fail(ctx, GX_E_INVALID, GX_STR(""), GX_M_SCIM_KEYS_MANY);
    key->id = gx_id_next(&tenant->ids, ctx->now_us);
    struct gx_value values[] = {
        gx_value_int(key->id),
        gx_value_text(key->name),
        gx_value_text(hash_of(ctx->arena, token)),
        gx_value_text(join(ctx->arena, key->roles, key->role_count)),
        gx_value_int(key->places),
        gx_value_int(ctx->now_us),
        gx_value_int(by),
        gx_value_int(key->expires_at),
    };
    *ret_token = token;
    return gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_scim_key (id, name, mac, roles, places, made_at, "
                             "made_by, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
                      values, GX_COUNT(values), NULL);
}

enum gx_code gx_scim_key_find(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str token,
                              struct gx_scim_key **ret_key)
{
    struct gx_scim_key *key = GX_ARENA_NEW(ctx->arena, struct gx_scim_key);
    struct gx_rows *rows;
    bool has = false;
    if (token.n == 0 || token.n > TOKEN_CHARS_MAX)
        return gx_fail(ctx, GX_E_UNAUTHENTICATED, GX_STR(""), GX_M_SCIM_KEY);
    struct gx_value values[] = { gx_value_text(hash_of(ctx->arena, token)),
                                 gx_value_int(ctx->now_us) };
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT id, name, roles, places, expires_at, coalesce(used_at, 0) "
                              "FROM gx_scim_key WHERE mac = ?1 AND expires_at >= ?2"),
                       values, GX_COUNT(values), &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    if (code == GX_OK && has) {
        key->id = gx_rows_int(rows, 0);
        key->name = gx_arena_str(ctx->arena, gx_rows_text(rows, 1));
        key->role_count = split(gx_arena_str(ctx->arena, gx_rows_text(rows, 2)), key->roles);
        key->places = gx_rows_int(rows, 3) != 0;
        key->expires_at = gx_rows_int(rows, 4);
        key->used_at = gx_rows_int(rows, 5);
    }
    gx_rows_close(rows);
    GX_TRY(code);
    if (!has)
        return gx_fail(ctx, GX_E_UNAUTHENTICATED, GX_STR(""), GX_M_SCIM_KEY);
    *ret_key = key;
    return GX_OK;
}

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
    return gx_db_exec(&t->ctx, conn, GX_SQL("UPDATE gx_scim_key SET used_at = ?2 WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

static void touch_done(void *p, enum gx_code code)
{
    struct touch *t = p;
    struct gx_arena arena = t->arena;
    (void)code; /* the next use tries again */
    gx_arena_free(&arena);
}

void gx_scim_key_touch(struct gx_tenant *tenant, const struct gx_scim_key *key, int64_t now_us)
{
    if (now_us - key->used_at < GX_SCIM_TOUCH_S * GX_SECOND_US)
        return;
    struct gx_arena arena = { 0 };
    struct touch *t = GX_ARENA_NEW(&arena, struct touch);
    t->arena = arena;
    t->ctx = (struct gx_ctx){ .arena = &t->arena, .now_us = now_us };
    t->id = key->id;
    gx_db_submit(tenant->db, touch_work, touch_done, t);
}

enum gx_code gx_scim_key_remove(struct gx_ctx *ctx, struct gx_conn *conn, int64_t id)
{
    struct gx_value value = gx_value_int(id);
    int64_t changed;
    GX_TRY(gx_db_exec(ctx, conn, GX_SQL("DELETE FROM gx_scim_key WHERE id = ?1"), &value, 1,
                      &changed));
    return changed ? GX_OK : gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_SCIM_KEY_NONE);
}

static void write_moment(struct gx_ctx *ctx, struct gx_jw *w, const char *key, int64_t at)
{
    gx_jw_key(w, gx_str_c(key));
    if (at)
        gx_jw_str(w, gx_moment_format(ctx->arena, at));
    else
        gx_jw_null(w);
}

enum gx_code gx_scim_keys_write(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_jw *w)
{
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT id, name, roles, places, made_at, expires_at, used_at "
                              "FROM gx_scim_key ORDER BY made_at, id"),
                       NULL, 0, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        struct gx_str roles[GX_SCIM_ROLES_MAX];
        size_t count = split(gx_rows_text(rows, 2), roles);
        gx_jw_object(w);
        gx_jw_key_id(w, "id", gx_rows_int(rows, 0));
        gx_jw_key_str(w, "name", gx_rows_text(rows, 1));
        gx_jw_key(w, GX_STR("roles"));
        gx_jw_array(w);
        for (size_t i = 0; i < count; i++)
            gx_jw_str(w, roles[i]);
        gx_jw_array_end(w);
        gx_jw_key_bool(w, "places", gx_rows_int(rows, 3) != 0);
        write_moment(ctx, w, "made_at", gx_rows_int(rows, 4));
        write_moment(ctx, w, "expires_at", gx_rows_int(rows, 5));
        write_moment(ctx, w, "used_at", gx_rows_int(rows, 6));
        gx_jw_object_end(w);
    }
    gx_rows_close(rows);
    return code;
}

bool gx_scim_key_gives(const struct gx_scim_key *key, struct gx_str role)
{
    for (size_t i = 0; i < key->role_count; i++)
        if (gx_str_eq(key->roles[i], role))
            return true;
    return false;
}

enum gx_code gx_provision_put(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                              int64_t user, const char *way)
{
    struct gx_value values[] = { gx_value_int(user), gx_value_text(gx_str_c(way)),
                                 gx_value_int(ctx->now_us) };
    GX_TRY(gx_seat_take(ctx, tenant, conn, user, false));
    return gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_provision (user_id, way, at, gone) "
                             "VALUES (?1, ?2, ?3, 0) ON CONFLICT (user_id) DO UPDATE "
                             "SET way = excluded.way, at = excluded.at, gone = 0"),
                      values, GX_COUNT(values), NULL);
}

enum gx_code gx_provision_gone(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user)
{
    struct gx_value values[] = { gx_value_int(user), gx_value_int(ctx->now_us) };
    return gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_provision (user_id, way, at, gone) "
                             "VALUES (?1, 'scim', ?2, 1) ON CONFLICT (user_id) DO UPDATE "
                             "SET at = excluded.at, gone = 1"),
                      values, GX_COUNT(values), NULL);
}
