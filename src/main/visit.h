/*
 * visit.h - each request finds its tenant, and holds it while it lasts.
 *
 * Layer: main.  These are hooks of net/server.h.
 */
#ifndef GX_MAIN_VISIT_H
#define GX_MAIN_VISIT_H

#include "net/router.h"

struct gx_house;

enum gx_code gx_visit_locate(struct gx_req *req, struct gx_str *path);
bool gx_visit_arrive(struct gx_req *req, enum gx_code *ret_code);
void gx_visit_fetch(struct gx_req *req, void (*done)(struct gx_req *req, enum gx_code code));
void gx_visit_finish(struct gx_req *req);
void gx_visit_no_page(struct gx_req *req, enum gx_code code);

/* serve.c: the house of req->app as the server gives it. */
struct gx_house *gx_app_house(const void *app);

#endif
