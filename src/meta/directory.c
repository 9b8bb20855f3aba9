/* directory.c - see directory.h. */
#include "meta/directory.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/map.h"
#include "meta/directory_int.h"
#include "meta/tenant.h"

struct gx_directory {
    struct gx_arena arena;
    const char *dir;
    struct gx_db *db;
};

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS tenant (name TEXT PRIMARY KEY NOT NULL, url TEXT NOT NULL, "
    "folder TEXT NOT NULL, state BIGINT NOT NULL, reason TEXT NOT NULL, host TEXT, "
    "organisation TEXT NOT NULL, mark TEXT NOT NULL, seats BIGINT NOT NULL, "
    "records BIGINT NOT NULL, file_bytes BIGINT NOT NULL, made_at BIGINT NOT NULL, "
    "changed_at BIGINT NOT NULL, wake_at BIGINT NOT NULL, "
    "read_only BIGINT NOT NULL DEFAULT 0);\n"
    "CREATE UNIQUE INDEX IF NOT EXISTS tenant_host ON tenant (host);\n"
    "CREATE TABLE IF NOT EXISTS deletion (id BIGINT PRIMARY KEY NOT NULL, name TEXT NOT NULL, "
    "at BIGINT NOT NULL, line TEXT NOT NULL);\n"
    "CREATE TABLE IF NOT EXISTS usage (tenant TEXT NOT NULL, day BIGINT NOT NULL, "
    "users BIGINT NOT NULL, users_month BIGINT NOT NULL, seats BIGINT NOT NULL, "
    "records BIGINT NOT NULL, file_bytes BIGINT NOT NULL, store_bytes BIGINT NOT NULL, "
    "requests BIGINT NOT NULL, PRIMARY KEY (tenant, day));\n"
    "CREATE TABLE IF NOT EXISTS usage_person (tenant TEXT NOT NULL, person BIGINT NOT NULL, "
    "day BIGINT NOT NULL, PRIMARY KEY (tenant, person));\n";

/* --- writing */

struct putting {
    struct gx_ctx *ctx;
    const struct gx_directory_entry *entry;
    struct gx_str record;
};

static enum gx_code put_row(struct gx_ctx *ctx, struct gx_conn *conn,
                            const struct gx_directory_entry *e)
{
    struct gx_value values[] = {
        gx_value_text(e->name),
        gx_value_text(e->url),
        gx_value_text(e->folder),
        gx_value_int((int64_t)e->state),
        gx_value_text(e->reason),
        e->host.n ? gx_value_text(e->host) : GX_NULL_VALUE,
        gx_value_text(e->organisation),
        gx_value_text(e->mark),
        gx_value_int(e->limits.seats),
        gx_value_int(e->limits.records),
        gx_value_int(e->limits.file_bytes),
        gx_value_int(e->made_at),
        gx_value_int(e->changed_at),
        gx_value_int(e->wake_at),
        gx_value_int(e->limits.read_only),
    };
    return gx_db_exec(
        ctx, conn,
        GX_SQL("INSERT INTO tenant (name, url, folder, state, reason, host, organisation, mark, "
               "seats, records, file_bytes, made_at, changed_at, wake_at, read_only) VALUES (?1, "
               "?2, ?3, ?4, "
               "?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) ON CONFLICT (name) DO UPDATE SET "
               "url = excluded.url, folder = excluded.folder, state = excluded.state, "
               "reason = excluded.reason, host = excluded.host, "
               "organisation = excluded.organisation, mark = excluded.mark, "
               "seats = excluded.seats, records = excluded.records, "
               "file_bytes = excluded.file_bytes, made_at = excluded.made_at, "
               "changed_at = excluded.changed_at, wake_at = excluded.wake_at, read_only = "
               "excluded.read_only"),
        values, GX_COUNT(values), NULL);
}

/* All that are linked to it. */
static enum gx_code put_work(void *p, struct gx_conn *conn)
{
    struct putting *w = p;
    for (const struct gx_directory_entry *e = w->entry; e; e = e->next)
        GX_TRY(put_row(w->ctx, conn, e));
    return GX_OK;
}

static enum gx_code drop_work(void *p, struct gx_conn *conn)
{
    struct putting *w = p;
    struct gx_value name = gx_value_text(w->entry->name);
    int64_t id;
    GX_TRY(gx_db_exec(w->ctx, conn, GX_SQL("DELETE FROM tenant WHERE name = ?1"), &name, 1, NULL));
    GX_TRY(gx_db_exec(w->ctx, conn, GX_SQL("DELETE FROM usage_person WHERE tenant = ?1"), &name, 1,
                      NULL));
    GX_TRY(gx_db_exec(w->ctx, conn, GX_SQL("DELETE FROM usage WHERE tenant = ?1"), &name, 1, NULL));
    if (w->record.n == 0)
        return GX_OK;
    GX_TRY(gx_db_int(w->ctx, conn, GX_SQL("SELECT max(id) FROM deletion"), NULL, 0, 0, &id));
    struct gx_value values[] = { gx_value_int(id + 1), name, gx_value_int(w->ctx->now_us),
                                 gx_value_text(w->record) };
    return gx_db_exec(w->ctx, conn,
                      GX_SQL("INSERT INTO deletion (id, name, at, line) VALUES (?1, ?2, ?3, ?4)"),
                      values, GX_COUNT(values), NULL);
}

enum gx_code gx_directory_put(struct gx_ctx *ctx, struct gx_directory *directory,
                              const struct gx_directory_entry *entry)
{
    struct gx_directory_entry one = *entry;
    struct putting w = { .ctx = ctx, .entry = &one };
    one.next = NULL;
    return gx_db_write(ctx, directory->db, put_work, &w);
}

enum gx_code gx_directory_drop(struct gx_ctx *ctx, struct gx_directory *directory,
                               struct gx_str name, struct gx_str record)
{
    struct gx_directory_entry one = { .name = name };
    struct putting w = { .ctx = ctx, .entry = &one, .record = record };
    return gx_db_write(ctx, directory->db, drop_work, &w);
}

/* --- reading */

static struct gx_str kept(struct gx_ctx *ctx, const struct gx_rows *rows, int column)
{
    return gx_arena_str(ctx->arena, gx_rows_text(rows, column));
}

static void read_row(struct gx_ctx *ctx, const struct gx_rows *rows, struct gx_directory_entry *e)
{
    *e = (struct gx_directory_entry){
        .name = kept(ctx, rows, 0),
        .url = kept(ctx, rows, 1),
        .folder = kept(ctx, rows, 2),
        .state = (enum gx_tenant_state)gx_rows_int(rows, 3),
        .reason = kept(ctx, rows, 4),
        .host = kept(ctx, rows, 5),
        .organisation = kept(ctx, rows, 6),
        .mark = kept(ctx, rows, 7),
        .limits = { gx_rows_int(rows, 8), gx_rows_int(rows, 9), gx_rows_int(rows, 10),
                    gx_rows_int(rows, 14) },
        .made_at = gx_rows_int(rows, 11),
        .changed_at = gx_rows_int(rows, 12),
        .wake_at = gx_rows_int(rows, 13),
    };
}

/* All, or the one of this name. */
static enum gx_code read_rows(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str name,
                              struct gx_directory_entry **ret_first)
{
    struct gx_value value = gx_value_text(name);
    struct gx_directory_entry **tail = ret_first;
    struct gx_rows *rows;
    bool has;
    *ret_first = NULL;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT name, url, folder, state, reason, host, organisation, mark, "
                              "seats, records, file_bytes, made_at, changed_at, wake_at, read_only "
                              "FROM tenant WHERE ?1 = '' OR name = ?1 ORDER BY name"),
                       &value, 1, &rows));
    enum gx_code code;
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        struct gx_directory_entry *e = GX_ARENA_NEW(ctx->arena, struct gx_directory_entry);
        read_row(ctx, rows, e);
        *tail = e;
        tail = &e->next;
    }
    gx_rows_close(rows);
    return code;
}

static enum gx_code read_some(struct gx_ctx *ctx, struct gx_directory *directory,
                              struct gx_str name, struct gx_directory_entry **ret_first)
{
    struct gx_conn *conn;
    GX_TRY(gx_db_reader(ctx, directory->db, &conn));
    enum gx_code code = read_rows(ctx, conn, name, ret_first);
    gx_db_reader_release(conn);
    return code;
}

enum gx_code gx_directory_list(struct gx_ctx *ctx, struct gx_directory *directory,
                               struct gx_directory_entry **ret_first)
{
    return read_some(ctx, directory, GX_STR(""), ret_first);
}

enum gx_code gx_directory_get(struct gx_ctx *ctx, struct gx_directory *directory,
                              struct gx_str name, struct gx_directory_entry *ret_entry)
{
    struct gx_directory_entry *first = NULL;
    if (name.n)
        GX_TRY(read_some(ctx, directory, name, &first));
    if (!first)
        return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR("tenant"), GX_M_TENANT_NONE, name);
    *ret_entry = *first;
    return GX_OK;
}

enum gx_code gx_directory_dropped(struct gx_ctx *ctx, struct gx_directory *directory,
                                  struct gx_str name, int64_t *ret_at)
{
    struct gx_value value = gx_value_text(name);
    struct gx_conn *conn;
    GX_TRY(gx_db_reader(ctx, directory->db, &conn));
    enum gx_code code = gx_db_int(ctx, conn, GX_SQL("SELECT max(at) FROM deletion WHERE name = ?1"),
                                  &value, 1, 0, ret_at);
    gx_db_reader_release(conn);
    return code;
}

static enum gx_code read_lines(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_buf *out)
{
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(ctx, conn, GX_SQL("SELECT line FROM deletion ORDER BY id"), NULL, 0, &rows));
    enum gx_code code;
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        gx_buf_add(out, gx_rows_text(rows, 0));
        gx_buf_addc(out, '\n');
    }
    gx_rows_close(rows);
    return code == GX_OK ? gx_buf_check(out) : code;
}

enum gx_code gx_directory_records(struct gx_ctx *ctx, struct gx_directory *directory,
                                  struct gx_str *ret_lines)
{
    struct gx_buf out = { 0 };
    struct gx_conn *conn;
    GX_TRY(gx_db_reader(ctx, directory->db, &conn));
    enum gx_code code = read_lines(ctx, conn, &out);
    gx_db_reader_release(conn);
    *ret_lines = gx_arena_str(ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return code;
}

/* --- files without a row */

/* "acme.db" is a tenant's; "acme-before-0009_signin.db" is a copy that an upgrade made, and
 * "…-after-…" what was there before somebody went back to it. */
static bool is_store(struct gx_str file)
{
    return file.n > 3 && gx_str_ends(file, GX_STR(".db")) &&
           gx_str_search(file, GX_STR("-before-")) == SIZE_MAX &&
           gx_str_search(file, GX_STR("-after-")) == SIZE_MAX;
}

struct looking {
    struct gx_ctx *ctx;
    struct gx_map known;
    struct gx_directory_entry *first; /* those that are not known */
};

static void found(struct looking *l, struct gx_str name, struct gx_str folder)
{
    if (gx_map_get(&l->known, name))
        return;
    struct gx_directory_entry *e = GX_ARENA_NEW(l->ctx->arena, struct gx_directory_entry);
    *e = (struct gx_directory_entry){ .next = l->first, .made_at = l->ctx->now_us };
    e->name = gx_arena_str(l->ctx->arena, name);
    e->folder = folder;
    l->first = e;
    gx_map_set(&l->known, l->ctx->arena, e->name, e);
}

/* "house/acme/acme.db": somebody has put a tenant's folder there. */
static void look_into_house(struct looking *l, const char *dir)
{
    struct gx_arena *arena = l->ctx->arena;
    struct gx_str house = gx_arena_printf(arena, "%s/house", dir);
    DIR *folder = opendir(house.p);
    for (struct dirent *f = folder ? readdir(folder) : NULL; f; f = readdir(folder)) {
        struct gx_str name = gx_str_c(f->d_name);
        if (!gx_tenant_name_good(name) || gx_map_get(&l->known, name))
            continue;
        if (access(gx_arena_printf(arena, "%s/%s/%s.db", house.p, f->d_name, f->d_name).p, F_OK) ==
            0)
            found(l, name, gx_arena_printf(arena, "house/%s", f->d_name));
    }
    if (folder)
        closedir(folder);
}

/* Those of the data folder that are not among `known`. */
static struct gx_directory_entry *look_around(struct gx_ctx *ctx, const char *dir,
                                              struct gx_directory_entry *known)
{
    struct looking l = { .ctx = ctx };
    for (struct gx_directory_entry *e = known; e; e = e->next)
        gx_map_set(&l.known, ctx->arena, e->name, e);
    DIR *folder = opendir(dir);
    for (struct dirent *f = folder ? readdir(folder) : NULL; f; f = readdir(folder)) {
        struct gx_str name = gx_str_c(f->d_name);
        if (is_store(name))
            found(&l, (struct gx_str){ name.p, name.n - 3 }, GX_STR(""));
    }
    if (folder)
        closedir(folder);
    look_into_house(&l, dir);
    return l.first;
}

enum gx_code gx_directory_adopt(struct gx_ctx *ctx, struct gx_directory *directory)
{
    struct gx_directory_entry *known;
    GX_TRY(gx_directory_list(ctx, directory, &known));
    struct putting w = { .ctx = ctx, .entry = look_around(ctx, directory->dir, known) };
    return w.entry ? gx_db_write(ctx, directory->db, put_work, &w) : GX_OK;
}

/* --- opening */

static enum gx_code prepare(void *p, struct gx_conn *conn)
{
    struct putting *w = p;
    GX_TRY(gx_db_script(w->ctx, conn, gx_str_c(schema)));
    return put_work(w, conn);
}

static enum gx_code open_store(struct gx_ctx *ctx, struct gx_directory *d, const char *path)
{
    struct gx_db_options options = { .url = path, .reader_max = 4, .shred = true };
    struct putting w = { .ctx = ctx };
    struct gx_directory_entry *old;
    GX_TRY(gx_db_open(ctx, &options, &d->db));
    GX_TRY(gx_directory_old(ctx, d->dir, &old));
    w.entry = old;
    GX_TRY(gx_db_write(ctx, d->db, prepare, &w));
    return old ? gx_directory_old_done(ctx, d->dir) : GX_OK;
}

enum gx_code gx_directory_open(struct gx_ctx *ctx, const char *dir, bool create,
                               struct gx_directory **ret_directory)
{
    struct gx_arena arena = { 0 };
    struct gx_str path = gx_arena_printf(&arena, "%s/guanxi.tenants", dir);
    *ret_directory = NULL;
    if (!create && access(path.p, F_OK) != 0 && !gx_directory_has_old(dir)) {
        gx_arena_free(&arena);
        return GX_OK;
    }
    struct gx_directory *d = GX_ARENA_NEW(&arena, struct gx_directory);
    d->dir = gx_arena_cstr(&arena, gx_str_c(dir));
    d->arena = arena;
    enum gx_code code = open_store(ctx, d, path.p);
    if (code != GX_OK) {
        gx_directory_close(d);
        return code;
    }
    *ret_directory = d;
    return GX_OK;
}

void gx_directory_close(struct gx_directory *directory)
{
    if (!directory)
        return;
    if (directory->db)
        gx_db_close(directory->db);
    struct gx_arena arena = directory->arena;
    gx_arena_free(&arena);
}

struct gx_db *gx_directory_db(struct gx_directory *directory)
{
    return directory->db;
}

/* --- for who has none at hand */

enum gx_code gx_directory_read(struct gx_ctx *ctx, const char *dir,
                               struct gx_directory_entry **ret_first)
{
    struct gx_directory *d;
    struct gx_directory_entry *rows = NULL;
    GX_TRY(gx_directory_open(ctx, dir, false, &d));
    enum gx_code code = d ? gx_directory_list(ctx, d, &rows) : GX_OK;
    gx_directory_close(d);
    struct gx_directory_entry *more = look_around(ctx, dir, rows), *next;
    for (; more; more = next) {
        struct gx_directory_entry **at = &rows;
        next = more->next;
        while (*at && gx_str_cmp((*at)->name, more->name) < 0)
            at = &(*at)->next;
        more->next = *at;
        *at = more;
    }
    *ret_first = rows;
    return code;
}

enum gx_code gx_directory_find(struct gx_ctx *ctx, const char *dir, struct gx_str name,
                               struct gx_directory_entry *ret_entry)
{
    struct gx_directory *d;
    struct gx_directory_entry *first = NULL;
    *ret_entry = (struct gx_directory_entry){ .name = name };
    GX_TRY(gx_directory_open(ctx, dir, false, &d));
    enum gx_code code = d ? read_some(ctx, d, name, &first) : GX_OK;
    gx_directory_close(d);
    if (first)
        *ret_entry = *first;
    return code;
}

enum gx_code gx_directory_set(struct gx_ctx *ctx, const char *dir, struct gx_str name,
                              const char *url)
{
    struct gx_directory *d;
    struct gx_directory_entry *first = NULL, entry = { .name = name, .made_at = ctx->now_us };
    GX_TRY(gx_directory_open(ctx, dir, true, &d));
    enum gx_code code = read_some(ctx, d, name, &first);
    if (first)
        entry = *first;
    entry.url = gx_str_c(url); /* NULL: empty */
    if (code == GX_OK)
        code = gx_directory_put(ctx, d, &entry);
    gx_directory_close(d);
    return code;
}

struct gx_str gx_directory_shown(struct gx_arena *arena, struct gx_str url)
{
    size_t slashes = gx_str_search(url, GX_STR("://"));
    if (slashes == SIZE_MAX)
        return url;
    struct gx_str rest = gx_str_from(url, slashes + 3);
    size_t end = gx_str_find(rest, '/'), at = gx_str_find(rest, '@');
    size_t colon = gx_str_find(rest, ':');
    if (at >= end || colon >= at)
        return url;
    return gx_arena_printf(arena, "%.*s:***%.*s", (int)(slashes + 3 + colon), url.p,
                           GX_STR_ARG(gx_str_from(rest, at)));
}
