/*
 * stats.h - how many requests there were, and how long they took, for a monitor to read.
 *
 * A counter for each route and status, and two histograms: of what reads and of what writes.
 * Streams of live events and files of the web application are counted, but not measured.
 *
 * Layer: net.  Counting is lock-free, from any thread of the server.
 */
#ifndef GX_NET_STATS_H
#define GX_NET_STATS_H

#include "net/router.h"

struct gx_http_stats;

struct gx_http_stats *gx_http_stats_new(struct gx_arena *arena,
                                        const struct gx_route *const *routes);
/* One reply is out; `route` NULL: a file, or no such address. */
void gx_http_stats_add(struct gx_http_stats *stats, const struct gx_route *route, int status,
                       int64_t us);
/* All of it as Prometheus reads it (text format 0.0.4). */
void gx_http_stats_write(const struct gx_http_stats *stats, struct gx_buf *out);

#endif
