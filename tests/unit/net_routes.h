/* net_routes.h - see net_routes.c. */
#ifndef GX_NET_ROUTES_H
#define GX_NET_ROUTES_H

#include "net/router.h"

extern const struct gx_route *const net_routes[];

#endif
