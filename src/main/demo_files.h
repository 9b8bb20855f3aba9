/*
 * demo_files.h - the part of `demo` that writes files instead of records.
 *
 * Layer: main.
 */
#ifndef GX_MAIN_DEMO_FILES_H
#define GX_MAIN_DEMO_FILES_H

#include "main/cli.h"

/* `--files DIR`: a CSV file for each table; needs no data folder. */
enum gx_exit gx_cli_demo_files(struct gx_cli *cli);

#endif
