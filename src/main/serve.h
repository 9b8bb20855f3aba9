/*
 * serve.h - the running program: a data folder, its tenants (house/house.h), its server.
 *
 * Layer: main.
 */
#ifndef GX_MAIN_SERVE_H
#define GX_MAIN_SERVE_H

#include "base/ctx.h"

struct gx_app;
struct gx_proxies;
struct gx_archive_options;
struct gx_backups_options;
struct gx_launcher;
struct gx_warehouse_limits;

struct gx_app_options {
    const char *dir;                             /* data folder */
    const char *url;                             /* NULL: a SQLite file in the folder */
    const char *tenant;                          /* NULL: "main" */
    const char *listen;                          /* NULL: only the local socket <dir>/guanxi.sock */
    const char *const *packs;                    /* of a new tenant; NULL: the usual ones */
    const char *metrics_token;                   /* NULL: figures are for this machine alone */
    const struct gx_backups_options *backups;    /* NULL: the server makes none by itself */
    const struct gx_archive_options *archive;    /* NULL: none is kept */
    struct gx_launcher *launcher;                /* started already; NULL: one is made */
    const struct gx_warehouse_limits *warehouse; /* NULL: the usual ones */
    const char *store;       /* where new tenants go: "postgresql://…"; NULL: files */
    const char *host_suffix; /* "crm.example.com": acme.crm.example.com is acme's; NULL: none */
    bool console;            /* administrators of the front run the house */
    int open_tenants;        /* at one time; 0: as house/open.h says */
    int idle_s;              /* a tenant is closed after so long; 0: the same */
    int listen_fd;           /* bound already; 0: none */
    int sql_keeper;          /* the socket of gx_keeper_start(); 0: started when first needed */
    bool tls;                /* with the certificate of gx_tls_load() */
    bool create;             /* make the data folder when it is not there */
    int64_t ballast_bytes;   /* kept free in a file of the data folder; 0: none */
    bool quiet;              /* no request log */
    const struct gx_proxies *proxies; /* believed about who asks; NULL: nobody is */
    bool https; /* a proxy in front speaks TLS: cookies are Secure and __Host- */
};

/*
 * Take the data folder, open the tenant and serve.  GX_E_BUSY: another process has the folder;
 * GX_E_NOT_FOUND: nothing there and !create.
 */
GX_NODISCARD enum gx_code gx_app_start(struct gx_ctx *ctx, const struct gx_app_options *options,
                                       struct gx_app **ret_app);
int gx_app_port(const struct gx_app *app);
/* The secret for making the first administrator; NULL: somebody can sign in. */
const char *gx_app_setup_token(const struct gx_app *app);
/* Is there room on the disk?  Called every second; with .ballast_bytes, people can only read while
 * there is not. */
void gx_app_watch_disk(struct gx_app *app);
/* Can the store be read right now? */
bool gx_app_alive(struct gx_app *app);
/* Finish what is under way, close the store, give the folder back. */
void gx_app_stop(struct gx_app *app);

#endif
