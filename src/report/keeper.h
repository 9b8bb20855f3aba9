/*
 * keeper.h - the one process that starts children for people's SQL, and ends them.
 *
 * The process that serves people has threads, holds records and may be forbidden to start
 * anything, so it starts this one early, once: a copy of the program (`guanxi sql-keeper`, not for
 * people) with an empty environment and one socket.  Told to, it forks a child, hands it the socket
 * that came along, and kills it when it is told to or when its time is over.  It maps DuckDB's
 * library once, runs nothing with it, and never sees a row.  When the socket closes it ends, and
 * all its children with it.
 *
 * Layer: report.
 */
#ifndef GX_REPORT_KEEPER_H
#define GX_REPORT_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

enum gx_child {
    GX_CHILD_PARSE = 'P', /* texts into trees; holds no data, opens no file */
    GX_CHILD_FILL = 'F',  /* writes a file from rows that it is sent */
    GX_CHILD_WORK = 'W',  /* runs one question on files that others wrote */
};

#define GX_KEEPER_COMMAND "sql-keeper"
enum { GX_KEEPER_FD = 3 };

/* In the process that serves: start it; the socket to it, or -1.  Any number of threads may be. */
int gx_keeper_start(void);
/* A child of this kind with a socket to it in *ret_fd; `id` names it when it is to be killed. */
bool gx_keeper_spawn(int keeper, enum gx_child kind, uint64_t id, int *ret_fd);
/* Kill it after so many milliseconds (0: now), however it does. */
void gx_keeper_kill(int keeper, uint64_t id, int64_t after_ms);

/* In the started process: serve the socket until it closes; the process's exit status. */
int gx_keeper_main(int fd);

/* child_*.c: what a child does with its socket; it never returns to the keeper's loop. */
struct gx_duck;
void gx_child_parse(const struct gx_duck *duck, int fd);
void gx_child_fill(const struct gx_duck *duck, int fd);
void gx_child_work(const struct gx_duck *duck, int fd);

#endif
