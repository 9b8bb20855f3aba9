/* stats.c - see stats.h. */
#include "net/stats.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/assert.h"

static const int statuses[] = { 200, 201, 202, 204, 206, 303, 304, 400, 401, 403, 404,
                                405, 409, 412, 413, 415, 422, 429, 500, 503, 0 /* others */ };
static const int64_t bounds_us[] = { 1000,   2500,   5000,    10000,   25000,   50000,   100000,
                                     250000, 500000, 1000000, 2500000, 5000000, 10000000 };
static const char *const bound_names[] = { "0.001", "0.0025", "0.005", "0.01", "0.025",
                                           "0.05",  "0.1",    "0.25",  "0.5",  "1",
                                           "2.5",   "5",      "10" };

struct counted {
    const struct gx_route *route;
    _Atomic int64_t by_status[GX_COUNT(statuses)];
};

struct histogram {
    _Atomic int64_t buckets[GX_COUNT(bounds_us) + 1]; /* the last: longer than all */
    _Atomic int64_t sum_us;
};

struct gx_http_stats {
    struct counted *routes; /* by address of the route; one more, for none */
    size_t route_count;
    struct histogram reads, writes;
};

static int by_address(const void *a, const void *b)
{
    const struct counted *x = a, *y = b;
    uintptr_t p = (uintptr_t)x->route, q = (uintptr_t)y->route;
    return p < q ? -1 : p > q;
}

struct gx_http_stats *gx_http_stats_new(struct gx_arena *arena,
                                        const struct gx_route *const *routes)
{
    struct gx_http_stats *stats = GX_ARENA_NEW(arena, struct gx_http_stats);
    while (routes[stats->route_count])
        stats->route_count++;
    stats->routes = GX_ARENA_ARRAY(arena, struct counted, stats->route_count + 1);
    for (size_t i = 0; i < stats->route_count; i++)
        stats->routes[i].route = routes[i];
    qsort(stats->routes, stats->route_count, sizeof *stats->routes, by_address);
    return stats;
}

static struct counted *find(struct gx_http_stats *stats, const struct gx_route *route)
{
    struct counted key = { .route = route };
    struct counted *found =
        route ? bsearch(&key, stats->routes, stats->route_count, sizeof *stats->routes, by_address)
              : NULL;
    return found ? found : &stats->routes[stats->route_count];
}

static void add(_Atomic int64_t *counter, int64_t n)
{
    atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

void gx_http_stats_add(struct gx_http_stats *stats, const struct gx_route *route, int status,
                       int64_t us)
{
    size_t i = 0, bucket = 0;
    while (statuses[i] && statuses[i] != status)
        i++;
    add(&find(stats, route)->by_status[i], 1);
    if (!route || route->live)
        return;
    struct histogram *h = route->writes ? &stats->writes : &stats->reads;
    while (bucket < GX_COUNT(bounds_us) && us > bounds_us[bucket])
        bucket++;
    add(&h->buckets[bucket], 1);
    add(&h->sum_us, us);
}

static int64_t get(const _Atomic int64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static void write_route(const struct counted *c, struct gx_buf *out)
{
    for (size_t i = 0; i < GX_COUNT(statuses); i++) {
        int64_t n = get(&c->by_status[i]);
        if (n == 0)
            continue;
        gx_buf_printf(out, "guanxi_http_requests_total{method=\"%s\",route=\"%s\",status=\"",
                      c->route ? gx_method_name(c->route->method) : "",
                      c->route ? c->route->path : "");
        if (statuses[i])
            gx_buf_addi(out, statuses[i]);
        else
            gx_buf_addz(out, "other");
        gx_buf_printf(out, "\"} %lld\n", (long long)n);
    }
}

static void write_histogram(const struct histogram *h, const char *kind, struct gx_buf *out)
{
    int64_t count = 0;
    for (size_t i = 0; i <= GX_COUNT(bounds_us); i++) {
        count += get(&h->buckets[i]);
        gx_buf_printf(out, "guanxi_http_request_seconds_bucket{kind=\"%s\",le=\"%s\"} %lld\n", kind,
                      i < GX_COUNT(bounds_us) ? bound_names[i] : "+Inf", (long long)count);
    }
    gx_buf_printf(out, "guanxi_http_request_seconds_sum{kind=\"%s\"} %lld.%06lld\n", kind,
                  (long long)(get(&h->sum_us) / 1000000), (long long)(get(&h->sum_us) % 1000000));
    gx_buf_printf(out, "guanxi_http_request_seconds_count{kind=\"%s\"} %lld\n", kind,
                  (long long)count);
}

void gx_http_stats_write(const struct gx_http_stats *stats, struct gx_buf *out)
{
    gx_assert(GX_COUNT(bound_names) == GX_COUNT(bounds_us));
    gx_buf_addz(out, "# HELP guanxi_http_requests_total Requests by route and status.\n"
                     "# TYPE guanxi_http_requests_total counter\n");
    for (size_t i = 0; i <= stats->route_count; i++)
        write_route(&stats->routes[i], out);
    gx_buf_addz(out, "# HELP guanxi_http_request_seconds From the first byte of a request to the "
                     "end of its reply.\n"
                     "# TYPE guanxi_http_request_seconds histogram\n");
    write_histogram(&stats->reads, "read", out);
    write_histogram(&stats->writes, "write", out);
}
