/*
 * cli_import.h - what the files of the import command share.
 *
 * Layer: main, private to cli_import*.c.
 */
#ifndef GX_MAIN_CLI_IMPORT_H
#define GX_MAIN_CLI_IMPORT_H

#include "main/cli.h"

/* /api/v1/import/ID/VERB; verb "": the import itself. */
struct gx_str cli_import_path(struct gx_cli *cli, struct gx_str id, const char *verb);

/* How the file is to be read: the columns are only known after this. */
enum gx_exit cli_import_reading(struct gx_cli *cli, struct gx_str id, const struct gx_json **draft);
/* Which column is which field, what a name means, what finds records. */
enum gx_exit cli_import_plan(struct gx_cli *cli, struct gx_str id, const struct gx_json **draft);

/* Rows of a dry run, as the server worked them out. */
enum gx_exit cli_import_diff(struct gx_cli *cli, struct gx_str id);
void cli_import_counts(const struct gx_cli *cli, const struct gx_json *import);
void cli_import_errors(const struct gx_cli *cli, const struct gx_json *import);
/* What came of it, for people or with --json; the failing rows into --failed FILE. */
enum gx_exit cli_import_report(struct gx_cli *cli, const struct gx_json *import);

#endif
