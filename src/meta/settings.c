/* settings.c - what a tenant has decided about itself: kept in gx_setting, changed while it runs.
 */
#include "base/assert.h"
#include "meta/tenant.h"

enum gx_code gx_setting_set(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str key,
                            struct gx_str value)
{
    struct gx_value values[] = { gx_value_text(key), gx_value_text(value) };
    return gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_setting (key, value) VALUES (?1, ?2) "
                             "ON CONFLICT (key) DO UPDATE SET value = excluded.value"),
                      values, 2, NULL);
}

enum gx_code gx_setting_get(struct gx_ctx *ctx, struct gx_conn *conn, const char *key,
                            struct gx_str otherwise, struct gx_str *ret_value)
{
    struct gx_value name = gx_value_text(gx_str_c(key));
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(ctx, conn, GX_SQL("SELECT value FROM gx_setting WHERE key = ?1"), &name, 1,
                       &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    if (code == GX_OK)
        *ret_value = has ? gx_arena_str(ctx->arena, gx_rows_text(rows, 0)) : otherwise;
    gx_rows_close(rows);
    return code;
}

/* Numbers: where each is, how it is called, what it is when nothing (or nonsense) is kept. */
static const struct number {
    const char *key;
    size_t offset;
    int otherwise, min, max;
} numbers[] = {
    { "time_zone_offset_min", offsetof(struct gx_settings, tz_offset_min), 480, -1439, 1439 },
    { "fiscal_start_month", offsetof(struct gx_settings, fiscal_start_month), 1, 1, 12 },
    { "session_hours", offsetof(struct gx_settings, session_hours), GX_SESSION_HOURS, 1,
      GX_SESSION_HOURS_MAX },
    { "password_chars_min", offsetof(struct gx_settings, password_chars_min), GX_PASSWORD_CHARS_MIN,
      GX_PASSWORD_CHARS_MIN, GX_PASSWORD_CHARS_MIN_MAX },
    { "step_up_min", offsetof(struct gx_settings, step_up_min), GX_STEP_UP_MIN, 1,
      GX_STEP_UP_MIN_MAX },
    { "step_up_rows", offsetof(struct gx_settings, step_up_rows), GX_STEP_UP_ROWS, 0,
      GX_STEP_UP_ROWS_MAX },
};

static int *number_at(struct gx_settings *s, const struct number *n)
{
    return (int *)(void *)((char *)s + n->offset);
}

/* Texts in ctx->arena. */
static enum gx_code read_all(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_settings *s)
{
    struct gx_str text;
    int64_t value;
    GX_TRY(gx_setting_get(ctx, conn, "currency", GX_STR("TWD"), &s->currency));
    GX_TRY(gx_setting_get(ctx, conn, "region", GX_STR("TW"), &s->region));
    GX_TRY(gx_setting_get(ctx, conn, "organisation", GX_STR(""), &s->organisation));
    GX_TRY(gx_setting_get(ctx, conn, "origin", GX_STR(""), &s->origin));
    GX_TRY(gx_setting_get(ctx, conn, "language", GX_STR("zh-Hant"), &text));
    s->lang = gx_str_is(text, "en") ? GX_LANG_EN : GX_LANG_ZH_HANT;
    for (size_t i = 0; i < GX_COUNT(numbers); i++) {
        const struct number *n = &numbers[i];
        GX_TRY(gx_setting_get(ctx, conn, n->key, GX_STR(""), &text));
        bool good = gx_str_int64(text, &value) && value >= n->min && value <= n->max;
        *number_at(s, n) = good ? (int)value : n->otherwise;
    }
    return GX_OK;
}

enum gx_code gx_settings_read(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn)
{
    struct gx_settings *s = &tenant->settings;
    GX_TRY(read_all(ctx, conn, s));
    s->currency = gx_arena_str(&tenant->arena, s->currency);
    s->region = gx_arena_str(&tenant->arena, s->region);
    s->organisation = gx_arena_str(&tenant->arena, s->organisation);
    s->origin = gx_arena_str(&tenant->arena, s->origin);
    return GX_OK;
}

struct gx_settings gx_settings_now(struct gx_tenant *tenant, struct gx_arena *arena)
{
    pthread_mutex_lock(&tenant->lock);
    struct gx_settings s = tenant->settings;
    pthread_mutex_unlock(&tenant->lock);
    s.currency = gx_arena_str(arena, s.currency);
    s.region = gx_arena_str(arena, s.region);
    s.organisation = gx_arena_str(arena, s.organisation);
    s.origin = gx_arena_str(arena, s.origin);
    return s;
}

/* Whoever reads the old text goes on doing so: the tenant's arena keeps it. */
static struct gx_str kept(struct gx_tenant *tenant, struct gx_str was, struct gx_str now)
{
    return gx_str_eq(was, now) ? was : gx_arena_str(&tenant->arena, now);
}

static void make_current(struct gx_tenant *tenant, struct gx_settings s)
{
    pthread_mutex_lock(&tenant->lock);
    s.currency = kept(tenant, tenant->settings.currency, s.currency);
    s.region = kept(tenant, tenant->settings.region, s.region);
    s.organisation = kept(tenant, tenant->settings.organisation, s.organisation);
    s.origin = kept(tenant, tenant->settings.origin, s.origin);
    tenant->settings = s;
    pthread_mutex_unlock(&tenant->lock);
}

enum gx_code gx_settings_save(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                              const struct gx_settings *settings)
{
    struct gx_settings s = *settings;
    gx_assert(gx_conn_is_writer(conn));
    gx_assert(s.currency.n == tenant->settings.currency.n);
    gx_assert(s.region.n == tenant->settings.region.n);
    for (size_t i = 0; i < GX_COUNT(numbers); i++) {
        int value = *number_at(&s, &numbers[i]);
        gx_assert(value >= numbers[i].min && value <= numbers[i].max);
        GX_TRY(gx_setting_set(ctx, conn, gx_str_c(numbers[i].key),
                              gx_arena_printf(ctx->arena, "%d", value)));
    }
    GX_TRY(gx_setting_set(ctx, conn, GX_STR("currency"), s.currency));
    GX_TRY(gx_setting_set(ctx, conn, GX_STR("region"), s.region));
    GX_TRY(gx_setting_set(ctx, conn, GX_STR("organisation"), s.organisation));
    GX_TRY(gx_setting_set(ctx, conn, GX_STR("origin"), s.origin));
    GX_TRY(gx_setting_set(ctx, conn, GX_STR("language"),
                          s.lang == GX_LANG_EN ? GX_STR("en") : GX_STR("zh-Hant")));
    /* Inside the transaction on purpose, as a new snapshot is: see gx_tenant_publish(). */
    make_current(tenant, s);
    return GX_OK;
}

enum gx_code gx_settings_refresh(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn)
{
    struct gx_settings s;
    pthread_mutex_lock(&tenant->lock);
    s = tenant->settings;
    pthread_mutex_unlock(&tenant->lock);
    GX_TRY(read_all(ctx, conn, &s));
    make_current(tenant, s);
    return GX_OK;
}
