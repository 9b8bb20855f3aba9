/*
 * confine.h - a server that can do no more than serve: another user, few folders, no programs.
 *
 * Whoever takes over the process by a mistake in it finds a process that can read the data folder
 * and the system's libraries, can start nothing, and never gets its rights back.
 *
 * Layer: main.  Linux only.  Before any thread is made: threads inherit it.
 */
#ifndef GX_MAIN_CONFINE_H
#define GX_MAIN_CONFINE_H

#include "base/ctx.h"

enum { GX_CONFINE_FOLDERS_MAX = 16 };

struct gx_confine {
    const char *folders[GX_CONFINE_FOLDERS_MAX];  /* read and write; NULL-ended */
    const char *readable[GX_CONFINE_FOLDERS_MAX]; /* read only, beside the system's own */
    bool outgoing;                                /* sockets for other machines may be made */
    bool bare; /* no sockets at all, and of the system's files only /proc/self */
};

/*
 * Become this user for good, when we are root: `folder` and what lies directly in it is made that
 * user's.  GX_E_NOT_FOUND: no such user.  GX_E_FORBIDDEN: it cannot be done.
 */
GX_NODISCARD enum gx_code gx_confine_user(struct gx_ctx *ctx, const char *user, const char *folder);
/*
 * Landlock for files, seccomp for system calls.  *ret_files false: this kernel has no Landlock, and
 * only the calls are confined.  GX_E_FORBIDDEN: not even those.
 */
GX_NODISCARD enum gx_code gx_confine_enter(struct gx_ctx *ctx, const struct gx_confine *confine,
                                           bool *ret_files);

#endif
