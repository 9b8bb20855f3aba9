/* router.c - the routes as a tree of path pieces; see router.h. */
#include "net/router.h"

#include "base/assert.h"

struct node {
    struct gx_str piece;   /* "" for a {piece} */
    struct node *literals; /* children with a fixed piece */
    struct node *any;      /* the child for {piece} */
    struct node *next;     /* sibling among literals */
    const struct gx_route *routes[GX_METHOD_COUNT];
};

struct gx_router {
    struct node root;
};

struct search {
    const struct gx_str *pieces;
    size_t piece_count;
    enum gx_method method;
    struct gx_str *params;
    unsigned allowed;
};

static const char *const method_names[GX_METHOD_COUNT] = {
    [GX_GET] = "GET", [GX_POST] = "POST",     [GX_PATCH] = "PATCH",
    [GX_PUT] = "PUT", [GX_DELETE] = "DELETE",
};

const char *gx_method_name(enum gx_method method)
{
    gx_assert(method < GX_METHOD_COUNT);
    return method_names[method];
}

static struct node *child_literal(const struct node *node, struct gx_str piece)
{
    struct node *child = node->literals;
    while (child && !gx_str_eq(child->piece, piece))
        child = child->next;
    return child;
}

static struct node *child_for(struct gx_arena *arena, struct node *node, struct gx_str piece)
{
    if (piece.n && piece.p[0] == '{') {
        if (!node->any)
            node->any = GX_ARENA_NEW(arena, struct node);
        return node->any;
    }
    struct node *child = child_literal(node, piece);
    if (!child) {
        child = GX_ARENA_NEW(arena, struct node);
        *child = (struct node){ .piece = piece, .next = node->literals };
        node->literals = child;
    }
    return child;
}

struct gx_router *gx_router_new(struct gx_arena *arena, const struct gx_route *const *routes)
{
    struct gx_router *router = GX_ARENA_NEW(arena, struct gx_router);
    for (; *routes; routes++) {
        const struct gx_route *route = *routes;
        struct gx_str rest = gx_str_c(route->path), piece;
        gx_assert(rest.n && rest.p[0] == '/' && route->handler);
        rest = gx_str_from(rest, 1);
        struct node *node = &router->root;
        size_t params = 0, pieces = 0;
        while (gx_str_split(&rest, '/', &piece)) {
            node = child_for(arena, node, piece);
            params += piece.n && piece.p[0] == '{';
            pieces++;
        }
        gx_assert(params <= GX_ROUTE_PARAMS_MAX && pieces <= GX_PATH_PIECES_MAX);
        gx_assert(!node->routes[route->method]);
        node->routes[route->method] = route;
    }
    return router;
}

static const struct gx_route *find(struct search *s, const struct node *node, size_t at,
                                   size_t params)
{
    if (at == s->piece_count) {
        for (unsigned m = 0; m < GX_METHOD_COUNT; m++)
            s->allowed |= node->routes[m] ? 1u << m : 0;
        return node->routes[s->method];
    }
    const struct node *child = child_literal(node, s->pieces[at]);
    const struct gx_route *route = child ? find(s, child, at + 1, params) : NULL;
    if (!route && node->any && s->pieces[at].n) {
        s->params[params] = s->pieces[at];
        route = find(s, node->any, at + 1, params + 1);
    }
    return route;
}

const struct gx_route *gx_router_find(const struct gx_router *router, enum gx_method method,
                                      const struct gx_str *pieces, size_t piece_count,
                                      struct gx_str *params, unsigned *ret_allowed)
{
    struct search s = { pieces, piece_count, method, params, 0 };
    gx_assert(method < GX_METHOD_COUNT);
    const struct gx_route *route =
        piece_count <= GX_PATH_PIECES_MAX ? find(&s, &router->root, 0, 0) : NULL;
    *ret_allowed = s.allowed;
    return route;
}
