/*
 * warehouse_process.h - the process that holds a warehouse: one DuckDB file, answers over sockets.
 *
 * It knows nothing of objects, rights or logs: it runs the SQL it is sent by the process that
 * started it, and nobody else can reach it.  Its first socket (GX_LAUNCH_FD) brings it further ones
 * as descriptors, one for each connection; when the first is closed, it ends.  A connection that is
 * closed while it is being answered stops the work.  What goes on 2 seconds beyond its time, since
 * some functions of the engine do not listen, ends the process.
 *
 * Layer: report.  The caller has confined the process already, the library is loaded.
 */
#ifndef GX_REPORT_WAREHOUSE_PROCESS_H
#define GX_REPORT_WAREHOUSE_PROCESS_H

#include "report/duck.h"

struct gx_warehouse_process {
    struct gx_duck duck;
    int control;      /* the first socket */
    const char *file; /* of the working folder; NULL: in memory */
    int64_t memory_bytes, temp_bytes;
    int threads;
};

/* Until the first socket is closed.  The exit status of the process. */
int gx_warehouse_process(const struct gx_warehouse_process *process);

/* For who hands out connections: send `fd` over the first socket.  False: it has gone. */
bool gx_warehouse_hand(int control, int fd);

#endif
