/*
 * warehouse_line.h - one connection of a process that holds analytical data: asked, answered.
 *
 * Layer: report; in the processes that load the library.
 */
#ifndef GX_REPORT_WAREHOUSE_LINE_H
#define GX_REPORT_WAREHOUSE_LINE_H

#include <pthread.h>
#include <stdatomic.h>

#include "report/duck.h"
#include "report/wire.h"

struct gx_line {
    const struct gx_duck *duck;
    duckdb_connection con;
    int fd;
    pthread_t thread;
    _Atomic int64_t until_us; /* monotonic, of the question at work; -1: no limit; 0: none */
    atomic_bool sending;      /* waits for who takes the rows, not for the engine */
    atomic_bool late;         /* set by who looks after it, with an interrupt */
    atomic_bool over;         /* gx_line_serve() has returned */
    bool gone;                /* the other side has closed it; of who looks after it */
};

/* Answer until the other side closes it or sends what is no question. */
void gx_line_serve(struct gx_line *line);

#endif
