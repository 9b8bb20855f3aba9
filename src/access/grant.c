/* grant.c - the union of a user's roles, worked out once per user and snapshot. */
#include "access/access_int.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/assert.h"

enum { WIDE = 3000 };

void gx_grant_unref(struct gx_grant *grant)
{
    if (!grant || __atomic_sub_fetch(&grant->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    struct gx_arena arena = grant->arena;
    gx_arena_free(&arena);
}

static const struct gx_role *find_role(const struct gx_meta *meta, struct gx_str name)
{
    for (size_t i = 0; i < meta->role_count; i++)
        if (gx_str_eq(meta->roles[i].name, name))
            return &meta->roles[i];
    return NULL;
}

/* Does the role give anything with the object?  Else what it says of fields does not count. */
static bool speaks_of(const struct gx_role *role, size_t object)
{
    bool any = role->admin;
    for (size_t r = 0; r < GX_RIGHT_COUNT; r++)
        any |= role->levels[object][r] != GX_LEVEL_NONE;
    return any;
}

static void start_fields(struct gx_grant *grant, const struct gx_meta *meta)
{
    grant->fields = GX_ARENA_ARRAY(&grant->arena, unsigned char *, meta->object_count + 1);
    grant->said = GX_ARENA_ARRAY(&grant->arena, bool *, meta->object_count + 1);
    grant->spoken = GX_ARENA_ARRAY(&grant->arena, bool, meta->object_count + 1);
    for (size_t i = 0; i < meta->object_count; i++) {
        size_t count = meta->objects[i]->field_count + 1;
        grant->fields[i] = GX_ARENA_ARRAY(&grant->arena, unsigned char, count);
        grant->said[i] = GX_ARENA_ARRAY(&grant->arena, bool, count);
    }
}

/* The most permissive role counts; one that says nothing of a field lets it be written. */
static void add_fields(struct gx_grant *grant, const struct gx_meta *meta,
                       const struct gx_role *role)
{
    for (size_t i = 0; i < meta->object_count; i++) {
        if (!speaks_of(role, i))
            continue;
        const unsigned char *said = role->fields ? role->fields[i] : NULL;
        for (size_t f = 0; f < meta->objects[i]->field_count; f++) {
            unsigned char access = said && said[f] ? (unsigned char)(said[f] - 1) : GX_FIELD_WRITE;
            grant->said[i][f] |= said && said[f];
            if (!grant->spoken[i] || access < grant->fields[i][f])
                grant->fields[i][f] = access;
        }
        grant->spoken[i] = true;
    }
}

static void add_role(struct gx_grant *grant, const struct gx_meta *meta, const struct gx_role *role)
{
    grant->admin |= role->admin;
    grant->audit |= role->audit;
    grant->relocate |= role->relocate;
    add_fields(grant, meta, role);
    for (size_t i = 0; i < meta->object_count; i++)
        for (size_t r = 0; r < GX_RIGHT_COUNT; r++) {
            enum gx_level level = role->levels[i][r];
            if (level > grant->levels[i][r])
                grant->levels[i][r] = level;
            if (level != GX_LEVEL_NONE)
                grant->reach[i][r] |= (unsigned char)(1u << level);
        }
}

/* Empty: nothing is kept from this person. */
static struct gx_str fields_of(struct gx_grant *grant, const struct gx_meta *meta)
{
    struct gx_buf text = { 0 };
    for (size_t i = 0; i < meta->object_count; i++)
        for (size_t f = 0; f < meta->objects[i]->field_count; f++)
            if (grant->fields[i][f])
                gx_buf_printf(&text, "%zu.%zu=%d ", i, f, grant->fields[i][f]);
    struct gx_str s = text.n ? gx_arena_str(&grant->arena, gx_buf_str(&text)) : GX_STR("");
    gx_buf_free(&text);
    return s;
}

static enum gx_code read_roles(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_grant *grant,
                               const struct gx_meta *meta)
{
    struct gx_value id = gx_value_int(grant->user);
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT role FROM gx_user_role WHERE user_id = ?1 ORDER BY role"),
                       &id, 1, &rows));
    struct gx_str *names = GX_ARENA_ARRAY(&grant->arena, struct gx_str, meta->role_count + 1);
    enum gx_code code;
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        const struct gx_role *role = find_role(meta, gx_rows_text(rows, 0));
        if (!role || grant->role_count >= meta->role_count)
            continue; /* a role of a pack that is gone grants nothing */
        names[grant->role_count++] = gx_arena_str(&grant->arena, role->name);
        add_role(grant, meta, role);
    }
    gx_rows_close(rows);
    grant->roles = names;
    return code;
}

/* Levels, the ways that lead anywhere and the units decide what a person sees by. */
static struct gx_str reads_of(struct gx_grant *grant, const struct gx_meta *meta)
{
    struct gx_buf text = { 0 };
    if (grant->admin)
        return GX_STR("all");
    for (size_t i = 0; i < meta->object_count; i++)
        gx_buf_addc(&text, (char)('0' + (grant->reach[i][GX_RIGHT_READ] >> 1)));
    gx_buf_printf(&text, " %x", grant->ways);
    for (size_t i = 0; i < meta->object_count; i++)
        if (meta->objects[i]->sharing_count) {
            for (size_t k = 0; k < grant->unit_count; k++)
                gx_buf_printf(&text, " /%.*s", GX_STR_ARG(grant->units[k]));
            for (size_t k = 0; k < grant->role_count; k++)
                gx_buf_printf(&text, " %.*s", GX_STR_ARG(grant->roles[k]));
            break;
        }
    struct gx_str s = gx_arena_str(&grant->arena, gx_buf_str(&text));
    gx_buf_free(&text);
    return s;
}

static enum gx_code find_way(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_grant *grant,
                             struct gx_sql sql, unsigned way)
{
    struct gx_value id = gx_value_int(grant->user);
    int64_t there;
    GX_TRY(gx_db_int(ctx, conn, sql, &id, 1, 0, &there));
    grant->ways |= there ? way : 0;
    return GX_OK;
}

/* Which ways lead anywhere, whatever the dates say; so most people's filters stay short. */
static enum gx_code find_ways(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_grant *grant,
                              const struct gx_meta *meta)
{
    GX_TRY(find_way(ctx, conn, grant, GX_SQL("SELECT 1 FROM gx_share WHERE user_id = ?1 LIMIT 1"),
                    GX_REACH_SHARE_USER));
    GX_TRY(find_way(ctx, conn, grant,
                    GX_SQL("SELECT 1 FROM gx_share WHERE role IS NOT NULL AND ?1 > 0 LIMIT 1"),
                    GX_REACH_SHARE_ROLE));
    if (gx_meta_object(meta, GX_STR("account_team")))
        GX_TRY(find_way(ctx, conn, grant,
                        GX_SQL("SELECT 1 FROM account_team WHERE \"user\" = ?1 LIMIT 1"),
                        GX_REACH_TEAM));
    if (gx_meta_object(meta, GX_STR("delegation")))
        GX_TRY(find_way(ctx, conn, grant,
                        GX_SQL("SELECT 1 FROM delegation WHERE delegate = ?1 LIMIT 1"),
                        GX_REACH_DELEGATED));
    if (gx_meta_object(meta, GX_STR("book_member")))
        GX_TRY(find_way(ctx, conn, grant,
                        GX_SQL("SELECT 1 FROM book_member WHERE \"user\" = ?1 LIMIT 1"),
                        GX_REACH_BOOK));
    return GX_OK;
}

/* The codes of the person's unit and those above it. */
static enum gx_code read_units(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_grant *grant,
                               const struct gx_meta *meta)
{
    enum { UNITS_MAX = 64 };
    struct gx_value id = gx_value_int(grant->user);
    struct gx_rows *rows;
    bool has;
    if (!gx_meta_object(meta, GX_STR("unit")))
        return GX_OK;
    GX_TRY(gx_db_query(
        ctx, conn,
        GX_SQL("WITH RECURSIVE ru(id) AS (SELECT unit FROM \"user\" WHERE id = ?1 UNION SELECT "
               "rp.parent FROM \"unit\" rp JOIN ru ON rp.id = ru.id WHERE rp.deleted_at IS NULL) "
               "SELECT u.code FROM ru JOIN \"unit\" u ON u.id = ru.id ORDER BY u.id"),
        &id, 1, &rows));
    struct gx_str *codes = GX_ARENA_ARRAY(&grant->arena, struct gx_str, UNITS_MAX);
    enum gx_code code;
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        grant->ways |= GX_REACH_UNIT | GX_REACH_SHARE_UNIT;
        if (gx_rows_text(rows, 0).n && grant->unit_count < UNITS_MAX)
            codes[grant->unit_count++] = gx_arena_str(&grant->arena, gx_rows_text(rows, 0));
    }
    gx_rows_close(rows);
    grant->units = codes;
    if (code == GX_OK && grant->ways & GX_REACH_SHARE_UNIT) {
        grant->ways &= ~(unsigned)GX_REACH_SHARE_UNIT;
        code = find_way(ctx, conn, grant,
                        GX_SQL("SELECT 1 FROM gx_share WHERE unit_id IS NOT NULL AND ?1 > 0 "
                               "LIMIT 1"),
                        GX_REACH_SHARE_UNIT);
    }
    return code;
}

static enum gx_code make(struct gx_ctx *ctx, struct gx_conn *conn, const struct gx_meta *meta,
                         int64_t user, struct gx_grant *grant)
{
    struct gx_value id = gx_value_int(user);
    int64_t active;
    grant->user = user;
    grant->meta_version = gx_arena_str(&grant->arena, meta->version);
    grant->levels = gx_arena_zalloc(&grant->arena, meta->object_count + 1, sizeof *grant->levels);
    grant->reach = gx_arena_zalloc(&grant->arena, meta->object_count + 1, sizeof *grant->reach);
    GX_TRY(gx_db_int(
        ctx, conn,
        GX_SQL("SELECT coalesce(active, 1) FROM \"user\" WHERE id = ?1 AND deleted_at IS NULL"),
        &id, 1, 0, &active));
    grant->active = active != 0;
    start_fields(grant, meta);
    const struct gx_role *everyone = find_role(meta, GX_STR("everyone"));
    if (everyone)
        add_role(grant, meta, everyone);
    GX_TRY(read_roles(ctx, conn, grant, meta));
    if (!grant->admin) {
        GX_TRY(find_ways(ctx, conn, grant, meta));
        GX_TRY(read_units(ctx, conn, grant, meta));
    }
    grant->reads = reads_of(grant, meta);
    if (!grant->admin) {
        grant->kept = fields_of(grant, meta);
        if (grant->kept.n) {
            gx_meta_inherit(meta, grant->fields, grant->said);
            grant->kept = fields_of(grant, meta);
        }
    }
    return GX_OK;
}

static void drop_all(struct gx_grant *grants)
{
    for (struct gx_grant *g = grants, *next; g; g = next) {
        next = g->next;
        gx_grant_unref(g);
    }
}

static struct gx_grant *cached(struct gx_access_cache *cache, const struct gx_meta *meta,
                               int64_t user)
{
    struct gx_grant *found = NULL, *stale = NULL;
    int64_t oldest = gx_monotonic_us() - CACHE_TRUST_US;
    pthread_mutex_lock(&cache->lock);
    for (struct gx_grant **at = &cache->grants; *at && !found;) {
        struct gx_grant *g = *at;
        if (g->made_us < oldest) {
            *at = g->next;
            g->next = stale;
            stale = g;
            continue;
        }
        if (g->user == user && gx_str_eq(g->meta_version, meta->version))
            found = g;
        at = &g->next;
    }
    if (found)
        __atomic_add_fetch(&found->references, 1, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&cache->lock);
    drop_all(stale);
    return found;
}

enum gx_code gx_grant_get(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                          const struct gx_meta *meta, int64_t user, struct gx_grant **ret_grant)
{
    struct gx_access_cache *cache = tenant->access;
    gx_assert(cache);
    struct gx_grant *grant = cached(cache, meta, user);
    if (!grant) {
        struct gx_arena arena = { 0 };
        grant = GX_ARENA_NEW(&arena, struct gx_grant);
        grant->arena = arena;
        grant->references = 1;
        grant->made_us = gx_monotonic_us();
        enum gx_code code = make(ctx, conn, meta, user, grant);
        if (code != GX_OK) {
            gx_grant_unref(grant);
            return code;
        }
        /* The writer may be in the middle of changing roles, so only readers fill the cache. */
        if (!gx_conn_is_writer(conn)) {
            pthread_mutex_lock(&cache->lock);
            grant->references++;
            grant->next = cache->grants;
            cache->grants = grant;
            pthread_mutex_unlock(&cache->lock);
        }
    }
    *ret_grant = grant;
    return GX_OK;
}

/*
 * The definitions as this person sees them; a reference for the caller.  People with the same roles
 * share one, which lives as long as somebody uses it or it is among the latest.
 */
struct gx_meta *gx_grant_meta(struct gx_tenant *tenant, const struct gx_grant *grant,
                              struct gx_meta *base)
{
    struct gx_access_cache *cache = tenant->access;
    struct gx_meta *found = NULL, *made, *old = NULL;
    if (!grant->kept.n)
        return gx_meta_ref(base);
    uint64_t hash = gx_str_hash(grant->kept);
    struct gx_view *view = &cache->views[hash % VIEWS_KEPT];
    pthread_mutex_lock(&cache->lock);
    if (view->meta && gx_str_eq(view->meta->version, base->version) &&
        gx_str_eq(view->kept, grant->kept))
        found = gx_meta_ref(view->meta);
    pthread_mutex_unlock(&cache->lock);
    if (found)
        return found;
    made = gx_meta_restrict(base, grant->fields);
    pthread_mutex_lock(&cache->lock);
    old = view->meta;
    view->meta = gx_meta_ref(made);
    view->kept = gx_arena_str(&made->arena, grant->kept);
    pthread_mutex_unlock(&cache->lock);
    gx_meta_unref(old);
    return made;
}

void gx_access_forget(struct gx_tenant *tenant)
{
    struct gx_access_cache *cache = tenant->access;
    if (!cache)
        return;
    pthread_mutex_lock(&cache->lock);
    struct gx_grant *grants = cache->grants;
    cache->grants = NULL;
    cache->epoch++;
    memset(cache->sessions, 0, sizeof cache->sessions);
    pthread_mutex_unlock(&cache->lock);
    drop_all(grants);
}

uint64_t gx_access_epoch(const struct gx_tenant *tenant)
{
    struct gx_access_cache *cache = tenant->access;
    pthread_mutex_lock(&cache->lock);
    uint64_t epoch = cache->epoch;
    pthread_mutex_unlock(&cache->lock);
    return epoch;
}

static void cache_free(struct gx_access_cache *cache)
{
    drop_all(cache->grants);
    for (size_t i = 0; i < VIEWS_KEPT; i++)
        gx_meta_unref(cache->views[i].meta);
    pthread_mutex_destroy(&cache->lock);
}

void gx_access_start(struct gx_tenant *tenant)
{
    tenant->access = GX_ARENA_NEW(&tenant->arena, struct gx_access_cache);
    tenant->access->wide = WIDE;
    tenant->access_free = cache_free;
    randombytes_buf(tenant->access->tries_key, sizeof tenant->access->tries_key);
    pthread_mutex_init(&tenant->access->lock, NULL);
}
