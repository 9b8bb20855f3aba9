/*
 * hidden.h - what the program is when it starts itself: processes that people do not call.
 *
 * Layer: main.
 */
#ifndef GX_MAIN_HIDDEN_H
#define GX_MAIN_HIDDEN_H

#include <stdbool.h>

/* The first argument names such a process: it has run, *ret_status is its exit status. */
bool gx_hidden_run(int argc, char **argv, int *ret_status);

#endif
