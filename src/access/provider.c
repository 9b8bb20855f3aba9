/* provider.c - see provider.h. */
#include "access/provider.h"

#include "access/secret.h"
#include "base/text.h"

const char *const gx_provider_seconds[] = { "own", "claim", "trust", NULL };

static size_t read_list(struct gx_ctx *ctx, struct gx_str text, struct gx_str *list)
{
    struct gx_str rest = gx_arena_str(ctx->arena, text), piece;
    size_t n = 0;
    while (n < GX_PROVIDER_LIST_MAX && gx_str_split(&rest, ',', &piece))
        if (piece.n)
            list[n++] = piece;
    return n;
}

static struct gx_str write_list(struct gx_ctx *ctx, const struct gx_str *list, size_t count)
{
    struct gx_str text = GX_STR("");
    for (size_t i = 0; i < count; i++)
        text = gx_arena_printf(ctx->arena, "%.*s%s%.*s", GX_STR_ARG(text), i ? "," : "",
                               GX_STR_ARG(list[i]));
    return text;
}

static enum gx_provider_second second_of(struct gx_str word)
{
    for (int i = 0; gx_provider_seconds[i]; i++)
        if (gx_str_is(word, gx_provider_seconds[i]))
            return (enum gx_provider_second)i;
    return GX_SECOND_OWN;
}

static void read_row(struct gx_ctx *ctx, const struct gx_rows *rows, struct gx_provider *p)
{
    *p = (struct gx_provider){
        .id = gx_rows_int(rows, 0),
        .name = gx_arena_str(ctx->arena, gx_rows_text(rows, 1)),
        .issuer = gx_arena_str(ctx->arena, gx_rows_text(rows, 2)),
        .client = gx_arena_str(ctx->arena, gx_rows_text(rows, 3)),
        .secret = gx_arena_str(ctx->arena, gx_rows_text(rows, 4)),
        .scopes = gx_arena_str(ctx->arena, gx_rows_text(rows, 5)),
        .claim = gx_arena_str(ctx->arena, gx_rows_text(rows, 6)),
        .second = second_of(gx_rows_text(rows, 9)),
        .acr = gx_arena_str(ctx->arena, gx_rows_text(rows, 10)),
        .creates = gx_rows_int(rows, 11) != 0,
        .links_email = gx_rows_int(rows, 12) != 0,
        .inside = gx_rows_int(rows, 13) != 0,
        .active = gx_rows_int(rows, 14) != 0,
    };
    p->domain_count = read_list(ctx, gx_rows_text(rows, 7), p->domains);
    p->role_count = read_list(ctx, gx_rows_text(rows, 8), p->roles);
}

enum gx_code gx_providers_list(struct gx_ctx *ctx, struct gx_conn *conn,
                               struct gx_provider **ret_providers, size_t *ret_count)
{
    struct gx_provider *list = GX_ARENA_ARRAY(ctx->arena, struct gx_provider, GX_PROVIDERS_MAX);
    struct gx_value max = gx_value_int(GX_PROVIDERS_MAX);
    struct gx_rows *rows;
    size_t n = 0;
    bool has;
    enum gx_code code;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT id, name, issuer, client_id, secret, scopes, claim, domains, "
                              "roles, second, acr, creates, links_email, inside, active "
                              "FROM gx_provider ORDER BY name, id LIMIT ?1"),
                       &max, 1, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && n < GX_PROVIDERS_MAX)
        read_row(ctx, rows, &list[n++]);
    gx_rows_close(rows);
    *ret_providers = list;
    *ret_count = n;
    return code;
}

enum gx_code gx_provider_get(struct gx_ctx *ctx, struct gx_conn *conn, int64_t id, bool only_active,
                             struct gx_provider *ret_provider)
{
    struct gx_provider *list;
    size_t count;
    GX_TRY(gx_providers_list(ctx, conn, &list, &count));
    for (size_t i = 0; i < count; i++)
        if (list[i].id == id && (list[i].active || !only_active)) {
            *ret_provider = list[i];
            return GX_OK;
        }
    return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_PROVIDER_NONE);
}

static enum gx_code add(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                        struct gx_provider *p)
{
    int64_t count;
    GX_TRY(gx_db_int(ctx, conn, GX_SQL("SELECT count(*) FROM gx_provider"), NULL, 0, 0, &count));
    if (count >= GX_PROVIDERS_MAX)
        return gx_fail(ctx, GX_E_INVALID, GX_STR(""), GX_M_PROVIDER_MANY);
    p->id = gx_id_next(&tenant->ids, ctx->now_us);
    struct gx_value values[] = { gx_value_int(p->id), gx_value_int(ctx->now_us) };
    return gx_db_exec(
        ctx, conn,
        GX_SQL("INSERT INTO gx_provider (id, name, issuer, client_id, secret, scopes, claim, "
               "domains, roles, second, acr, creates, links_email, inside, active, made_at) "
               "VALUES (?1, '', '', '', '', '', '', '', '', '', '', 0, 0, 0, 0, ?2)"),
        values, GX_COUNT(values), NULL);
}

enum gx_code gx_provider_put(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                             struct gx_provider *p)
{
    if (!p->id)
        GX_TRY(add(ctx, tenant, conn, p));
    struct gx_value values[] = {
        gx_value_int(p->id),
        gx_value_text(p->name),
        gx_value_text(p->issuer),
        gx_value_text(p->client),
        gx_value_text(p->secret),
        gx_value_text(p->scopes),
        gx_value_text(p->claim),
        gx_value_text(write_list(ctx, p->domains, p->domain_count)),
        gx_value_text(write_list(ctx, p->roles, p->role_count)),
        gx_value_text(gx_str_c(gx_provider_seconds[p->second])),
        gx_value_text(p->acr),
        gx_value_int(p->creates),
        gx_value_int(p->links_email),
        gx_value_int(p->inside),
        gx_value_int(p->active),
    };
    return gx_db_exec(ctx, conn,
                      GX_SQL("UPDATE gx_provider SET name = ?2, issuer = ?3, client_id = ?4, "
                             "secret = ?5, scopes = ?6, claim = ?7, domains = ?8, roles = ?9, "
                             "second = ?10, acr = ?11, creates = ?12, links_email = ?13, "
                             "inside = ?14, active = ?15 WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

enum gx_code gx_provider_remove(struct gx_ctx *ctx, struct gx_conn *conn, int64_t id)
{
    struct gx_value value = gx_value_int(id);
    GX_TRY(gx_db_exec(ctx, conn,
                      GX_SQL("DELETE FROM gx_identity WHERE issuer IN "
                             "(SELECT issuer FROM gx_provider WHERE id = ?1) AND issuer NOT IN "
                             "(SELECT issuer FROM gx_provider WHERE id <> ?1)"),
                      &value, 1, NULL));
    return gx_db_exec(ctx, conn, GX_SQL("DELETE FROM gx_provider WHERE id = ?1"), &value, 1, NULL);
}

#define SECRET_USE GX_STR("provider")

enum gx_code gx_provider_seal(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_str secret,
                              struct gx_str *ret_sealed)
{
    *ret_sealed = GX_STR("");
    return secret.n ? gx_seal(ctx, tenant, SECRET_USE, secret, ret_sealed) : GX_OK;
}

enum gx_code gx_provider_secret(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                const struct gx_provider *provider, struct gx_str *ret_secret)
{
    *ret_secret = GX_STR("");
    return provider->secret.n ? gx_unseal(ctx, tenant, SECRET_USE, provider->secret, ret_secret)
                              : GX_OK;
}

bool gx_provider_takes(const struct gx_provider *p, struct gx_str email)
{
    size_t at = gx_str_find(email, '@');
    struct gx_str domain = gx_str_from(email, at + 1);
    bool takes = p->domain_count == 0;
    for (size_t i = 0; i < p->domain_count && domain.n && gx_str_find(domain, '@') == domain.n; i++)
        takes = takes || gx_str_ieq(domain, p->domains[i]);
    return takes;
}
