/*
 * metrics.c - what a monitor asks: figures for Prometheus, and whether to send requests here.
 *
 * Figures say how much a business does, so they are for this machine alone: the local socket, or a
 * loopback address without a proxy in between, or whoever has the token of --metrics-token.
 */
#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "api/app.h"
#include "api/hub.h"
#include "house/open.h"
#include "net/server.h"
#include "report/warehouse.h"
#include "store/seal.h"
#include "store/archive.h"
#include "store/backups.h"

static bool is_here(const struct gx_req *req)
{
    static const char *const proxies[] = { "Forwarded", "X-Forwarded-For", "Via", "X-Real-IP" };
    for (size_t i = 0; i < GX_COUNT(proxies); i++)
        if (gx_req_header(req, proxies[i]).n)
            return false;
    return req->local || gx_str_starts(req->peer, GX_STR("127.")) || gx_str_is(req->peer, "::1") ||
           gx_str_starts(req->peer, GX_STR("::ffff:127."));
}

static bool has_token(const struct gx_req *req)
{
    struct gx_str want = gx_str_c(gx_api(req)->metrics_token);
    struct gx_str given = gx_req_header(req, "Authorization");
    if (want.n == 0 || !gx_str_starts(given, GX_STR("Bearer ")))
        return false;
    given = gx_str_trim(gx_str_from(given, 7));
    return given.n == want.n && sodium_memcmp(given.p, want.p, want.n) == 0;
}

static void put(struct gx_buf *out, const char *name, const char *type, const char *help,
                int64_t value)
{
    gx_buf_printf(out, "# HELP guanxi_%s %s\n# TYPE guanxi_%s %s\nguanxi_%s %lld\n", name, help,
                  name, type, name, (long long)value);
}

static void put_store(struct gx_buf *out, struct gx_db *db)
{
    struct gx_db_stats s = gx_db_stats(db);
    put(out, "writer_queue", "gauge", "Writes that wait for their turn.", s.queued);
    put(out, "commits_total", "counter", "Transactions committed.", s.commits);
    put(out, "writes_total", "counter", "Writes in them.", s.writes);
    put(out, "commit_batch_largest", "gauge", "Most writes in one transaction.", s.batch_largest);
    put(out, "database_bytes", "gauge", "Size of the database file.", s.page_bytes);
    put(out, "wal_bytes", "gauge", "Size of its write-ahead log.", s.wal_bytes);
}

static void put_archive(struct gx_buf *out, const struct gx_api *api)
{
    if (!api->archiver)
        return;
    struct gx_archive_state s = gx_archiver_state(api->archiver);
    put(out, "archive_lag_seconds", "gauge", "Age of what the archive has.",
        s.upto_us ? (gx_clock_us() - s.upto_us) / 1000000 : -1);
    put(out, "archive_behind", "gauge", "1: the last try to archive failed.", s.behind);
    put(out, "archive_bytes_total", "counter", "Written into the archive.", s.bytes);
}

/* Of this tenant; and how many open ones there is something wrong with. */
static enum gx_code put_backups(struct gx_req *req, struct gx_conn *conn)
{
    struct gx_backups *backups = gx_api(req)->backups;
    struct gx_backups_state s;
    if (!backups)
        return GX_OK;
    GX_TRY(gx_backups_look(req->ctx, conn, gx_backups_options(backups), &s));
    int64_t now_us = req->ctx->now_us;
    put(&req->out, "backup_age_seconds", "gauge", "Since the last good backup; -1: none.",
        s.backup_us ? (now_us - s.backup_us) / 1000000 : -1);
    put(&req->out, "backup_wrong", "gauge", "1: the last backup failed, or is late.",
        s.backup >= GX_BACKUPS_LATE);
    put(&req->out, "drill_age_seconds", "gauge", "Since a backup was restored; -1: never.",
        s.drill_us ? (now_us - s.drill_us) / 1000000 : -1);
    put(&req->out, "drill_wrong", "gauge", "1: the last drill failed, or is late.",
        s.drill >= GX_BACKUPS_LATE);
    if (gx_api(req)->front)
        put(&req->out, "tenants_backup_wrong", "gauge",
            "Open tenants whose last backup or drill failed, or is late.",
            atomic_load(&gx_backups_options(backups)->house->wrong));
    return GX_OK;
}

static void put_warehouse(struct gx_req *req, struct gx_buf *out)
{
    struct gx_warehouse_status s;
    gx_warehouse_status(req->ctx, gx_api(req)->warehouse, &s);
    put(out, "warehouse_up", "gauge", "1: the analytical database answers.",
        s.state == GX_WAREHOUSE_UP || s.state == GX_WAREHOUSE_BEHIND);
    put(out, "warehouse_lag_seconds", "gauge", "Age of the oldest change that is not in it.",
        s.lag_us / 1000000);
    put(out, "warehouse_lag_changes", "gauge", "Changes that are not in it.", s.lag_changes);
    put(out, "warehouse_restarts_total", "counter", "Times it was started again.", s.restarts);
    put(out, "warehouse_resident_bytes", "gauge", "Memory of its process.", s.memory_bytes);
}

static int64_t resident_bytes(void)
{
    long long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    int n = fscanf(file, "%lld %lld", &size, &resident);
    fclose(file);
    return n == 2 ? resident * sysconf(_SC_PAGESIZE) : 0;
}

static int64_t open_files(void)
{
    int64_t n = 0;
    DIR *dir = opendir("/proc/self/fd");
    for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir))
        n += e->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return n;
}

static void put_process(struct gx_buf *out)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    int64_t us = (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * INT64_C(1000000) +
                 use.ru_utime.tv_usec + use.ru_stime.tv_usec;
    put(out, "resident_bytes", "gauge", "Memory in use.", resident_bytes());
    put(out, "open_files", "gauge", "File descriptors in use.", open_files());
    gx_buf_printf(out,
                  "# HELP guanxi_cpu_seconds_total Processor time used.\n"
                  "# TYPE guanxi_cpu_seconds_total counter\n"
                  "guanxi_cpu_seconds_total %lld.%06lld\n",
                  (long long)(us / 1000000), (long long)(us % 1000000));
}

/* What the store is asked; one figure each. */
static enum gx_code put_counts(struct gx_req *req, struct gx_conn *conn)
{
    const struct {
        const char *name, *help;
        struct gx_sql sql;
    } counts[] = {
        { "sessions", "Browser sessions that have not ended.",
          GX_SQL("SELECT count(*) FROM gx_session WHERE kind = 1 AND expires_at > ?1") },
        { "jobs_running", "Imports and changes of many records under way.",
          GX_SQL("SELECT (SELECT count(*) FROM gx_import WHERE state IN ('checking', 'running', "
                 "'undoing')) + (SELECT count(*) FROM gx_batch WHERE state IN ('running', "
                 "'undoing')) WHERE ?1 > 0") },
        { "log_newest_entry", "Number of the newest entry of the log.",
          GX_SQL("SELECT max(seq) FROM gx_change WHERE ?1 > 0") },
        { "log_sealed_entry", "Number of the last entry under a seal.",
          GX_SQL("SELECT max(last_seq) FROM gx_seal WHERE ?1 > 0") },
    };
    struct gx_value now = gx_value_int(req->ctx->now_us);
    for (size_t i = 0; i < GX_COUNT(counts); i++) {
        int64_t n;
        GX_TRY(gx_db_int(req->ctx, conn, counts[i].sql, &now, 1, 0, &n));
        put(&req->out, counts[i].name, "gauge", counts[i].help, n);
    }
    return GX_OK;
}

/* How many tenants, never which. */
static enum gx_code put_house(struct gx_req *req, struct gx_house *house)
{
    int64_t all, suspended;
    GX_TRY(gx_house_count(req->ctx, house, -1, &all));
    GX_TRY(gx_house_count(req->ctx, house, GX_TENANT_SUSPENDED, &suspended));
    put(&req->out, "tenants", "gauge", "Tenants of this server.", all);
    put(&req->out, "tenants_suspended", "gauge", "Those that are suspended.", suspended);
    put(&req->out, "tenants_open", "gauge", "Those that are open.", gx_house_open_count(house));
    return GX_OK;
}

static enum gx_code metrics_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_api *api = gx_api(req);
    struct gx_conn *conn;
    if (!is_here(req) && !has_token(req))
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_METRICS_HERE);
    req->content_type = "text/plain; version=0.0.4; charset=utf-8";
    if (api->server) /* not yet while it starts */
        gx_server_metrics(api->server, &req->out);
    put_store(&req->out, api->tenant->db);
    put_archive(&req->out, gx_api(req));
    put_warehouse(req, &req->out);
    put(&req->out, "live_streams", "gauge", "Windows that listen for news.",
        gx_hub_count(api->hub));
    put_process(&req->out);
    if (api->front)
        GX_TRY(put_house(req, api->house));
    GX_TRY(gx_db_reader(req->ctx, api->tenant->db, &conn));
    enum gx_code code = put_counts(req, conn);
    if (code == GX_OK)
        code = put_backups(req, conn);
    gx_db_reader_release(conn);
    return code;
}

const struct gx_route gx_route_metrics = {
    .doc = "Figures for Prometheus; from this machine, or with the token of --metrics-token.",
    .method = GX_GET,
    .path = "/metrics",
    .who = GX_WHO_PUBLIC,
    .out_kind = "text/plain",
    .errors = { GX_E_FORBIDDEN, GX_E_BUSY, GX_E_IO },
    .handler = metrics_get,
};
