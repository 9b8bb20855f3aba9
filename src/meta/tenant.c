/* tenant.c - opening a tenant, and publishing changes to its definitions. */
#include "meta/tenant.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/embedded.h"
#include "base/token.h"
#include "db/ddl.h"

struct gx_meta *gx_tenant_meta(struct gx_tenant *tenant)
{
    pthread_mutex_lock(&tenant->lock);
    struct gx_meta *meta = gx_meta_ref(tenant->meta);
    pthread_mutex_unlock(&tenant->lock);
    return meta;
}

static void swap_meta(struct gx_tenant *tenant, struct gx_meta *meta)
{
    pthread_mutex_lock(&tenant->lock);
    struct gx_meta *old = tenant->meta;
    tenant->meta = meta;
    pthread_mutex_unlock(&tenant->lock);
    gx_meta_unref(old);
}

static void remember_version(struct gx_tenant *tenant, struct gx_str stored)
{
    pthread_mutex_lock(&tenant->lock);
    tenant->stored_version = gx_str_hash(stored);
    pthread_mutex_unlock(&tenant->lock);
}

/* A file for PostgreSQL beside it is what runs there; the checksum is that of the common one. */
static struct gx_str wording(const struct gx_embedded *file, enum gx_dialect dialect)
{
    struct gx_str path = gx_str_c(file->path);
    size_t stem = path.n - (sizeof ".sql" - 1);
    for (const struct gx_embedded *f = gx_embedded_files; f->path && dialect == GX_POSTGRES; f++) {
        struct gx_str other = gx_str_c(f->path);
        if (gx_str_ends(other, GX_STR(".pg.sql")) && other.n == stem + sizeof ".pg.sql" - 1 &&
            memcmp(other.p, path.p, stem) == 0)
            return (struct gx_str){ f->data, f->n };
    }
    return (struct gx_str){ file->data, file->n };
}

/* Migrations run once each, in order; an applied one must not have changed since. */
static enum gx_code migrate(struct gx_ctx *ctx, struct gx_conn *conn)
{
    GX_TRY(gx_db_exec(
        ctx, conn,
        GX_SQL("CREATE TABLE IF NOT EXISTS gx_migration (name TEXT PRIMARY KEY NOT NULL, "
               "checksum BIGINT NOT NULL, at BIGINT NOT NULL)"),
        NULL, 0, NULL));
    for (const struct gx_embedded *f = gx_embedded_files; f->path; f++) {
        struct gx_str path = gx_str_c(f->path);
        if (!gx_str_starts(path, GX_STR("migrations/")) || gx_str_ends(path, GX_STR(".pg.sql")))
            continue;
        struct gx_str text = { f->data, f->n };
        int64_t sum = (int64_t)(gx_str_hash(text) >> 1), was;
        struct gx_value values[] = { gx_value_text(path), gx_value_int(sum),
                                     gx_value_int(ctx->now_us) };
        GX_TRY(gx_db_int(ctx, conn, GX_SQL("SELECT checksum FROM gx_migration WHERE name = ?1"),
                         values, 1, -1, &was));
        if (was == sum)
            continue;
        if (was != -1)
            return gx_fail(ctx, GX_E_INTERNAL, path, GX_M_MIGRATION_CHANGED, path);
        GX_TRY(gx_db_script(ctx, conn, wording(f, gx_conn_dialect(conn))));
        GX_TRY(gx_db_exec(
            ctx, conn, GX_SQL("INSERT INTO gx_migration (name, checksum, at) VALUES (?1, ?2, ?3)"),
            values, 3, NULL));
    }
    return GX_OK;
}

/* The first migration that this store has not had; empty: it has all. */
static enum gx_code pending(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str *ret_name)
{
    struct gx_ddl_column *columns;
    size_t count;
    *ret_name = GX_STR("");
    GX_TRY(gx_ddl_columns(ctx, conn, GX_STR("gx_migration"), &columns, &count));
    if (count == 0) /* made and never opened: there is nothing to keep */
        return GX_OK;
    for (const struct gx_embedded *f = gx_embedded_files; f->path && !ret_name->n; f++) {
        struct gx_str path = gx_str_c(f->path);
        struct gx_value name = gx_value_text(path);
        int64_t had;
        if (!gx_str_starts(path, GX_STR("migrations/")) || gx_str_ends(path, GX_STR(".pg.sql")))
            continue;
        GX_TRY(gx_db_int(ctx, conn, GX_SQL("SELECT count(*) FROM gx_migration WHERE name = ?1"),
                         &name, 1, 0, &had));
        if (!had)
            *ret_name = gx_str_from(path, sizeof "migrations/" - 1);
    }
    return GX_OK;
}

/*
 * Before a newer program changes the tables: a copy of the store as the older one left it, beside
 * it. (All migrations are one transaction, so one that fails leaves the store as it was; the copy
 * is for who wants to go back to the older program.)
 */
static enum gx_code copy_before(struct gx_ctx *ctx, const struct gx_tenant *tenant)
{
    struct gx_conn *conn;
    struct gx_str name;
    GX_TRY(gx_db_reader(ctx, tenant->db, &conn));
    enum gx_code code = pending(ctx, conn, &name);
    gx_db_reader_release(conn);
    if (code != GX_OK || name.n == 0)
        return code;
    name.n = gx_str_find(name, '.');
    struct gx_str path = gx_arena_printf(ctx->arena, "%s/%.*s-before-%.*s.db", tenant->dir,
                                         GX_STR_ARG(tenant->name), GX_STR_ARG(name));
    /* One of an upgrade that failed is older than what the older program has written since. */
    (void)unlink(path.p);
    return gx_db_backup(ctx, tenant->db, path.p);
}

static enum gx_code read_packs(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str *packs,
                               size_t max, size_t *ret_count)
{
    struct gx_rows *rows;
    bool has;
    *ret_count = 0;
    GX_TRY(gx_db_query(ctx, conn, GX_SQL("SELECT name FROM gx_pack ORDER BY position"), NULL, 0,
                       &rows));
    enum gx_code code;
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && *ret_count < max)
        packs[(*ret_count)++] = gx_arena_str(ctx->arena, gx_rows_text(rows, 0));
    gx_rows_close(rows);
    return code;
}

enum { PACKS_MAX = 64, DEFINITIONS_MAX = 2000 };

static bool changed_here(const struct gx_definition *changes, size_t count, struct gx_str path)
{
    for (size_t i = 0; i < count; i++)
        if (gx_str_eq(changes[i].path, path))
            return true;
    return false;
}

/* Packs, then what the tenant defined itself, with `changes` laid over it. */
static enum gx_code gather(struct gx_ctx *ctx, struct gx_conn *conn,
                           const struct gx_definition *changes, size_t change_count,
                           struct gx_meta_source **ret_sources, size_t *ret_count)
{
    struct gx_str packs[PACKS_MAX];
    size_t pack_count;
    struct gx_meta_source *embedded;
    GX_TRY(read_packs(ctx, conn, packs, PACKS_MAX, &pack_count));
    size_t count = gx_meta_embedded(ctx->arena, packs, pack_count, &embedded);
    struct gx_meta_source *sources =
        GX_ARENA_ARRAY(ctx->arena, struct gx_meta_source, count + DEFINITIONS_MAX + change_count);
    memcpy(sources, embedded, count * sizeof *sources);
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(ctx, conn, GX_SQL("SELECT path, json FROM gx_definition ORDER BY path"),
                       NULL, 0, &rows));
    enum gx_code code;
    size_t own = 0;
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && own < DEFINITIONS_MAX) {
        struct gx_str path = gx_arena_str(ctx->arena, gx_rows_text(rows, 0));
        if (changed_here(changes, change_count, path))
            continue;
        own++;
        sources[count++] = (struct gx_meta_source){
            .path = path,
            .json = gx_arena_str(ctx->arena, gx_rows_text(rows, 1)),
            .custom = true,
        };
    }
    gx_rows_close(rows);
    for (size_t i = 0; i < change_count; i++)
        if (changes[i].json.n)
            sources[count++] = (struct gx_meta_source){ .path = changes[i].path,
                                                        .json = changes[i].json,
                                                        .custom = true };
    *ret_sources = sources;
    *ret_count = count;
    return code;
}

static enum gx_code store_definitions(struct gx_ctx *ctx, struct gx_conn *conn,
                                      const struct gx_definition *changes, size_t count,
                                      int64_t by_user)
{
    for (size_t i = 0; i < count; i++) {
        struct gx_value values[] = { gx_value_text(changes[i].path), gx_value_text(changes[i].json),
                                     gx_value_int(ctx->now_us), gx_value_int(by_user) };
        if (changes[i].json.n == 0)
            GX_TRY(gx_db_exec(ctx, conn, GX_SQL("DELETE FROM gx_definition WHERE path = ?1"),
                              values, 1, NULL));
        else
            GX_TRY(
                gx_db_exec(ctx, conn,
                           GX_SQL("INSERT INTO gx_definition (path, json, changed_at, changed_by) "
                                  "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (path) DO UPDATE SET "
                                  "json = excluded.json, changed_at = excluded.changed_at, "
                                  "changed_by = excluded.changed_by"),
                           values, 4, NULL));
    }
    return GX_OK;
}

enum gx_code gx_tenant_publish(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                               const struct gx_definition *changes, size_t count, int64_t by_user,
                               bool dry, struct gx_plan_step **ret_steps)
{
    struct gx_meta_source *sources;
    size_t source_count;
    struct gx_meta *meta;
    for (size_t i = 0; i < count; i++)
        if (!gx_str_starts(changes[i].path, GX_STR("custom/")))
            return gx_fail(ctx, GX_E_INVALID, GX_STR("path"), GX_M_META_NAME, changes[i].path);
    GX_TRY(gather(ctx, conn, changes, count, &sources, &source_count));
    GX_TRY(gx_meta_load(ctx, sources, source_count, &meta));
    enum gx_code code = gx_plan_make(ctx, conn, meta, ret_steps);
    /* The caller reads them after a snapshot that was only tried is gone. */
    for (struct gx_plan_step *s = code == GX_OK ? *ret_steps : NULL; s; s = s->next) {
        s->object = gx_arena_str(ctx->arena, s->object);
        s->name = gx_arena_str(ctx->arena, s->name);
    }
    if (code == GX_OK && !dry)
        code = gx_plan_run(ctx, conn, meta, *ret_steps);
    if (code == GX_OK && !dry)
        code = store_definitions(ctx, conn, changes, count, by_user);
    if (code == GX_OK && !dry)
        code = gx_setting_set(ctx, conn, GX_STR("meta_version"), meta->version);
    if (code == GX_OK && !dry)
        remember_version(tenant, meta->version);
    if (code != GX_OK || dry) {
        gx_meta_unref(meta);
        return code;
    }
    /*
     * Inside the transaction on purpose: the next work of the same batch must see the new
     * definitions.  Should the commit fail, others_wrote() loads what is there.
     */
    swap_meta(tenant, meta);
    return GX_OK;
}

static enum gx_code check_requires(struct gx_ctx *ctx, struct gx_str pack,
                                   const struct gx_meta_source *sources, size_t count,
                                   const struct gx_str *present, size_t present_count)
{
    for (size_t i = 0; i < count; i++) {
        struct gx_json *json;
        if (!gx_str_ends(sources[i].path, GX_STR("/pack.json")))
            continue;
        GX_TRY(gx_json_read(ctx, sources[i].json, &json));
        const struct gx_json *needs = gx_json_get(json, "requires");
        for (const struct gx_json *k = needs ? needs->first : NULL; k; k = k->next) {
            size_t p = 0;
            while (p < present_count && !gx_str_eq(present[p], k->text))
                p++;
            if (p == present_count)
                return gx_fail(ctx, GX_E_INVALID, GX_STR("pack"), GX_M_PACK_NEEDS, pack, k->text);
        }
    }
    return GX_OK;
}

enum gx_code gx_tenant_add_pack(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                                struct gx_str pack, int64_t by_user,
                                struct gx_plan_step **ret_steps)
{
    struct gx_str present[PACKS_MAX];
    struct gx_meta_source *sources;
    size_t present_count, count = gx_meta_embedded(ctx->arena, &pack, 1, &sources);
    if (count == 0)
        return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR("pack"), GX_M_PACK_NONE, pack);
    GX_TRY(read_packs(ctx, conn, present, PACKS_MAX, &present_count));
    for (size_t i = 0; i < present_count; i++)
        if (gx_str_eq(present[i], pack))
            return gx_fail(ctx, GX_E_INVALID, GX_STR("pack"), GX_M_PACK_THERE, pack);
    GX_TRY(check_requires(ctx, pack, sources, count, present, present_count));
    struct gx_value values[] = { gx_value_text(pack), gx_value_int((int64_t)present_count),
                                 gx_value_int(ctx->now_us) };
    GX_TRY(gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_pack (name, position, installed_at) "
                             "VALUES (?1, ?2, ?3)"),
                      values, 3, NULL));
    return gx_tenant_publish(ctx, tenant, conn, NULL, 0, by_user, false, ret_steps);
}

struct opening {
    struct gx_ctx *ctx;
    struct gx_tenant *tenant;
    const struct gx_tenant_options *options;
};

static enum gx_code install_packs(struct opening *o, struct gx_conn *conn)
{
    static const char *const usual[] = { "core", "sales", NULL };
    const char *const *packs = o->options->packs ? o->options->packs : usual;
    for (int64_t i = 0; packs[i]; i++) {
        struct gx_value values[] = { gx_value_text(gx_str_c(packs[i])), gx_value_int(i),
                                     gx_value_int(o->ctx->now_us) };
        GX_TRY(gx_db_exec(o->ctx, conn,
                          GX_SQL("INSERT INTO gx_pack (name, position, installed_at) "
                                 "VALUES (?1, ?2, ?3) ON CONFLICT (name) DO NOTHING"),
                          values, 3, NULL));
    }
    return GX_OK;
}

/* Tables are compared with the definitions only when these changed since the last start. */
static enum gx_code align(struct opening *o, struct gx_conn *conn, struct gx_meta *meta)
{
    struct gx_str was;
    struct gx_plan_step *steps;
    GX_TRY(gx_setting_get(o->ctx, conn, "meta_version", GX_STR(""), &was));
    remember_version(o->tenant, meta->version);
    if (gx_str_eq(was, meta->version))
        return GX_OK;
    GX_TRY(gx_plan_make(o->ctx, conn, meta, &steps));
    GX_TRY(gx_plan_run(o->ctx, conn, meta, steps));
    return gx_setting_set(o->ctx, conn, GX_STR("meta_version"), meta->version);
}

/* What is given next comes after what the log has. */
static enum gx_code newest(struct gx_ctx *ctx, struct gx_tenant *t, struct gx_conn *conn)
{
    int64_t largest = 0, seq = 0;
    GX_TRY(gx_db_int(ctx, conn, GX_SQL("SELECT max(seq) FROM gx_change"), NULL, 0, 0, &seq));
    GX_TRY(gx_db_int(ctx, conn,
                     GX_SQL("SELECT max(record) FROM (SELECT record FROM gx_change "
                            "ORDER BY seq DESC LIMIT 1000) r"),
                     NULL, 0, 0, &largest));
    t->change_seq = seq;
    gx_id_after(&t->ids, largest);
    return GX_OK;
}

enum gx_code gx_tenant_refresh(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn)
{
    struct gx_str stored;
    struct gx_meta_source *sources;
    size_t count;
    struct gx_meta *meta;
    if (gx_conn_is_writer(conn)) {
        tenant->quota.stale++;
        GX_TRY(newest(ctx, tenant, conn));
    }
    GX_TRY(gx_settings_refresh(ctx, tenant, conn));
    GX_TRY(gx_setting_get(ctx, conn, "meta_version", GX_STR(""), &stored));
    pthread_mutex_lock(&tenant->lock);
    bool same = tenant->stored_version == gx_str_hash(stored);
    pthread_mutex_unlock(&tenant->lock);
    if (same)
        return GX_OK;
    GX_TRY(gather(ctx, conn, NULL, 0, &sources, &count));
    GX_TRY(gx_meta_load(ctx, sources, count, &meta));
    swap_meta(tenant, meta);
    remember_version(tenant, stored);
    return GX_OK;
}

/* A store that the tenant has left is not opened again as the tenant. */
static enum gx_code check_here(struct gx_ctx *ctx, struct gx_conn *conn)
{
    struct gx_str moved;
    GX_TRY(gx_setting_get(ctx, conn, GX_SETTING_MOVED, GX_STR(""), &moved));
    return moved.n ? gx_fail(ctx, GX_E_IN_USE, GX_STR("--db"), GX_M_TENANT_MOVED) : GX_OK;
}

/* On the writer, in front of the works of a transaction: after others wrote, or one was lost. */
static enum gx_code others_wrote(void *p, struct gx_ctx *ctx, struct gx_conn *conn)
{
    ctx->now_us = gx_clock_us();
    GX_TRY(check_here(ctx, conn));
    return gx_tenant_refresh(ctx, p, conn);
}

static enum gx_code open_work(void *p, struct gx_conn *conn)
{
    struct opening *o = p;
    struct gx_meta_source *sources;
    size_t count;
    struct gx_meta *meta;
    int64_t packs;
    GX_TRY(migrate(o->ctx, conn));
    GX_TRY(check_here(o->ctx, conn));
    GX_TRY(gx_sql_sort_make(o->ctx, conn));
    GX_TRY(gx_db_int(o->ctx, conn, GX_SQL("SELECT count(*) FROM gx_pack"), NULL, 0, 0, &packs));
    if (packs == 0)
        GX_TRY(install_packs(o, conn));
    GX_TRY(gx_settings_read(o->ctx, o->tenant, conn));
    GX_TRY(gather(o->ctx, conn, NULL, 0, &sources, &count));
    GX_TRY(gx_meta_load(o->ctx, sources, count, &meta));
    swap_meta(o->tenant, meta);
    GX_TRY(align(o, conn, meta));
    return newest(o->ctx, o->tenant, conn);
}

static enum gx_code make_folder(struct gx_ctx *ctx, const char *dir)
{
    struct stat st;
    if (stat(dir, &st) == 0)
        return S_ISDIR(st.st_mode)
                   ? GX_OK
                   : gx_fail(ctx, GX_E_INVALID, GX_STR("--data"), GX_M_NO_FOLDER, gx_str_c(dir));
    if (mkdir(dir, 0700) == 0)
        return GX_OK;
    return gx_fail(ctx, GX_E_IO, GX_STR("--data"), GX_M_NO_FOLDER, gx_str_c(dir));
}

/* gx_db_function and gx_expr_function are the same thing seen from two layers. */
static const struct gx_db_function *functions(struct gx_arena *arena)
{
    size_t n = 0;
    while (gx_expr_functions[n].name)
        n++;
    struct gx_db_function *list = GX_ARENA_ARRAY(arena, struct gx_db_function, n + 1);
    for (size_t i = 0; i < n; i++)
        list[i] =
            (struct gx_db_function){ gx_expr_functions[i].name, gx_expr_functions[i].arg_count,
                                     gx_expr_functions[i].call };
    return list;
}

static bool is_url(const char *place)
{
    return gx_str_starts(gx_str_c(place), GX_STR("postgres"));
}

bool gx_tenant_name_good(struct gx_str name)
{
    bool good = name.n >= 1 && name.n <= GX_TENANT_NAME_MAX && name.p[0] != '-' &&
                name.p[name.n - 1] != '-';
    for (size_t i = 0; i < name.n; i++)
        good = good && ((name.p[i] >= 'a' && name.p[i] <= 'z') || name.p[i] == '_' ||
                        name.p[i] == '-' || (name.p[i] >= '0' && name.p[i] <= '9'));
    return good;
}

/* In PostgreSQL the tenant's name is also that of its schema and its role. */
static enum gx_code name_schema(struct gx_ctx *ctx, struct gx_str name, struct gx_db_options *db)
{
    if (!gx_tenant_name_good(name))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("--tenant"), GX_M_TENANT_NAME, name);
    db->schema = db->role = gx_arena_printf(ctx->arena, "gx_%.*s", GX_STR_ARG(name)).p;
    return GX_OK;
}

enum gx_code gx_tenant_drop_schema(struct gx_ctx *ctx, struct gx_str name, const char *url)
{
    struct gx_db_options db = { .url = url };
    GX_TRY(name_schema(ctx, name, &db));
    return gx_db_drop(ctx, &db);
}

static enum gx_code open_db(struct gx_ctx *ctx, struct gx_str name, const char *url, bool create,
                            struct gx_db **ret_db)
{
    struct gx_db_options db = {
        .url = url,
        .functions = functions(ctx->arena),
        .tokenise = gx_token_split,
        .must_exist = !create,
        .turns = is_url(url),
    };
    if (is_url(url))
        GX_TRY(name_schema(ctx, name, &db));
    return gx_db_open(ctx, &db, ret_db);
}

enum gx_code gx_tenant_open_store(struct gx_ctx *ctx, struct gx_tenant *tenant, const char *url,
                                  struct gx_db **ret_db)
{
    return open_db(ctx, tenant->name, url, true, ret_db);
}

enum gx_code gx_tenant_prepare(struct gx_ctx *ctx, struct gx_conn *conn, const struct gx_meta *meta,
                               bool indexes)
{
    struct gx_plan_step *steps;
    GX_TRY(migrate(ctx, conn));
    GX_TRY(gx_sql_sort_make(ctx, conn));
    GX_TRY(gx_plan_make(ctx, conn, meta, &steps));
    for (struct gx_plan_step **s = &steps; *s;) {
        if (!indexes && (*s)->kind == GX_PLAN_ADD_INDEX)
            *s = (*s)->next;
        else
            s = &(*s)->next;
    }
    return gx_plan_run(ctx, conn, meta, steps);
}

enum gx_code gx_tenant_open(struct gx_ctx *ctx, const struct gx_tenant_options *options,
                            struct gx_tenant **ret_tenant)
{
    struct gx_arena arena = { 0 };
    struct gx_tenant *tenant = GX_ARENA_NEW(&arena, struct gx_tenant);
    tenant->arena = arena; /* the tenant lives in its own arena */
    struct opening o = { .ctx = ctx, .tenant = tenant, .options = options };
    pthread_mutex_init(&tenant->lock, NULL);
    tenant->name = gx_arena_str(&tenant->arena, options->name);
    tenant->dir = gx_arena_cstr(&tenant->arena, gx_str_c(options->dir));
    tenant->home =
        options->home ? gx_arena_cstr(&tenant->arena, gx_str_c(options->home)) : tenant->dir;
    struct gx_str path =
        gx_arena_printf(&tenant->arena, "%s/%.*s.db", options->dir, GX_STR_ARG(options->name));
    enum gx_code code = GX_OK;
    bool fresh = options->url || access(path.p, F_OK) != 0; /* nothing here to copy */
    if (!options->url && !options->create && fresh)
        code = gx_fail(ctx, GX_E_NOT_FOUND, GX_STR("--data"), GX_M_NO_DATA, gx_str_c(options->dir));
    if (code == GX_OK)
        code = make_folder(ctx, options->dir);
    if (code == GX_OK)
        code = open_db(ctx, tenant->name, options->url ? options->url : path.p, options->create,
                       &tenant->db);
    if (code == GX_OK && !fresh)
        code = copy_before(ctx, tenant);
    if (code == GX_OK)
        code = gx_db_write(ctx, tenant->db, open_work, &o);
    if (code != GX_OK) {
        gx_tenant_close(tenant);
        return code;
    }
    gx_db_on_foreign(tenant->db, others_wrote, tenant);
    gx_db_number(tenant->db, &tenant->change_seq);
    *ret_tenant = tenant;
    return GX_OK;
}

void gx_tenant_close(struct gx_tenant *tenant)
{
    if (tenant->db)
        gx_db_close(tenant->db);
    gx_meta_unref(tenant->meta);
    if (tenant->access)
        tenant->access_free(tenant->access);
    pthread_mutex_destroy(&tenant->lock);
    struct gx_arena arena = tenant->arena;
    gx_arena_free(&arena);
}
