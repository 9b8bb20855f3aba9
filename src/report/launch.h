/*
 * launch.h - starting the processes that hold or read analytical data.
 *
 * The process that serves people may have given up the right to start programs (serve --confine),
 * so a small process that was started before does it: it takes a wish over a socket, runs this same
 * program with a hidden subcommand, and gives back a handle by which it can be ended.  It starts
 * nothing else, and only in folders below the one it was made for.  It ends with its parent, and
 * what it started ends with it.
 *
 *   guanxi serve ── launcher ──┬── warehouse-process (TENANT/warehouse)
 *                              └── sql-worker (a folder of its own)
 *
 * Layer: report.  Thread-safe.
 */
#ifndef GX_REPORT_LAUNCH_H
#define GX_REPORT_LAUNCH_H

#include "base/ctx.h"

struct gx_launcher;

enum { GX_LAUNCH_ARGS_MAX = 12, GX_LAUNCH_TEXT_MAX = 8192, GX_LAUNCH_FD = 3 };

/* A process that was started; `fd` of gx_launch() is its descriptor GX_LAUNCH_FD. */
struct gx_launched {
    int pidfd; /* readable when it has ended; -1: none */
    int pid;
};

/*
 * For processes in folders below `root`, which need not be there yet.  Nothing is started before
 * gx_launcher_start(), which gx_launch() calls when it was not; call it before giving up rights.
 */
struct gx_launcher *gx_launcher_new(struct gx_arena *arena, const char *root);
GX_NODISCARD enum gx_code gx_launcher_start(struct gx_ctx *ctx, struct gx_launcher *launcher);
/* Everything that it started ends. */
void gx_launcher_stop(struct gx_launcher *launcher);

/*
 * Run `guanxi COMMAND ARGS…` in `folder`, with `fd` as its descriptor GX_LAUNCH_FD (the caller's
 * stays open).  `command` is one that launch.c lists.  GX_E_IO: it could not be started.
 */
GX_NODISCARD enum gx_code gx_launch(struct gx_ctx *ctx, struct gx_launcher *launcher,
                                    const char *command, const char *folder,
                                    const char *const *args, int fd,
                                    struct gx_launched *ret_launched);
/* End it at once, if it has not ended; closes the handle. */
void gx_launched_kill(struct gx_launched *launched);

/* The launcher process itself: takes wishes from descriptor `fd` until its other end is closed. */
int gx_launcher_serve(int fd, const char *root);

#endif
