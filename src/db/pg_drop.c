/* pg_drop.c - a tenant's schema and role removed for good; see gx_db_drop(). */
#include <stdio.h>

#include "base/assert.h"
#include "db/pg_int.h"

static enum gx_code run(struct gx_ctx *ctx, PGconn *pg, const struct gx_db_options *options,
                        const char *text)
{
    PGresult *result = PQexec(pg, text);
    ExecStatusType status = PQresultStatus(result);
    struct gx_str why = gx_str_trim(gx_str_c(PQerrorMessage(pg)));
    enum gx_code code =
        status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK
            ? GX_OK
            : gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_DB_OPEN, gx_str_c(options->schema), why);
    PQclear(result);
    return code;
}

/* A role cannot go while it owns anything, here or by a grant. */
enum gx_code gx_db_drop(struct gx_ctx *ctx, const struct gx_db_options *options)
{
    const char *keys[] = { "connect_timeout", "application_name", "dbname", NULL };
    const char *values[] = { "3", "guanxi-drop", options->url, NULL };
    const char *schema = options->schema, *role = options->role;
    char text[512];
    gx_assert(schema && role && pg_is_name(schema) && pg_is_name(role));
    PGconn *pg = PQconnectdbParams(keys, values, 1);
    enum gx_code code = GX_OK;
    if (PQstatus(pg) != CONNECTION_OK)
        code = gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_DB_OPEN, gx_str_c(schema),
                       gx_str_trim(gx_str_c(PQerrorMessage(pg))));
    snprintf(text, sizeof text, "DROP SCHEMA IF EXISTS \"%s\" CASCADE", schema);
    if (code == GX_OK)
        code = run(ctx, pg, options, text);
    snprintf(text, sizeof text,
             "DO $$BEGIN IF EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = '%s') THEN "
             "DROP OWNED BY \"%s\"; DROP ROLE \"%s\"; END IF; END$$",
             role, role, role);
    if (code == GX_OK)
        code = run(ctx, pg, options, text);
    PQfinish(pg);
    return code;
}
