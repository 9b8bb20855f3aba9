/*
 * cage.h - what a child that runs people's SQL may still do: compute, and talk to us.
 *
 * Layer: report.  Linux only.  Called before the child has more than one thread; threads made
 * later are inside as well.
 */
#ifndef GX_REPORT_CAGE_H
#define GX_REPORT_CAGE_H

#include <stdbool.h>
#include <stdint.h>

struct gx_cage {
    const char
        *folder; /* read and write, and nothing else: it becomes the current one; NULL: none */
    int64_t memory_bytes; /* of address space */
    int64_t file_bytes;   /* of each file it writes; 0: none */
    int64_t processor_s;  /* 0: no limit */
};

/*
 * No other user's rights (root becomes nobody), no network, no new programs, no files but those.
 * False: it could not be done, and the child must not go on.  A kernel without Landlock is made up
 * for by the list of system calls, where no file may be opened at all.
 */
bool gx_cage_enter(const struct gx_cage *cage);

#endif
