/*
 * openapi.c - the REST API as OpenAPI 3.1, made from the routes and the tenant's definitions.
 *
 * Routes with {object} are written once for each object, so that a client gets the fields of that
 * object; where a route names the object itself ("/api/v1/user/{id}/roles"), that one counts.
 */
#include "api/openapi.h"

#include <stdio.h>

#include "api/app.h"

/* A route, or a route for one object, at an address. */
struct operation {
    struct operation *next;
    const struct gx_route *route;
    const struct gx_object *object; /* NULL: the address names none */
};

struct address {
    struct address *next;
    struct gx_str path;
    struct operation *operations[GX_METHOD_COUNT];
};

struct document {
    struct gx_req *req;
    const struct gx_meta *meta;
    struct gx_jw w;
    struct gx_map by_path;
    struct address *first, **tail;
};

/* --- addresses */

static void add(struct document *d, struct gx_str path, const struct gx_route *route,
                const struct gx_object *object)
{
    struct gx_arena *arena = d->req->ctx->arena;
    struct address *at = gx_map_get(&d->by_path, path);
    if (!at) {
        at = GX_ARENA_NEW(arena, struct address);
        at->path = path;
        gx_map_set(&d->by_path, arena, path, at);
        *d->tail = at;
        d->tail = &at->next;
    }
    if (at->operations[route->method])
        return;
    struct operation *o = GX_ARENA_NEW(arena, struct operation);
    *o = (struct operation){ .route = route, .object = object };
    at->operations[route->method] = o;
}

static void add_all(struct document *d)
{
    static const struct gx_str piece = { "{object}", 8 };
    for (size_t i = 0; gx_routes[i]; i++)
        if (gx_str_search(gx_str_c(gx_routes[i]->path), piece) == SIZE_MAX)
            add(d, gx_str_c(gx_routes[i]->path), gx_routes[i], NULL);
    for (size_t k = 0; k < d->meta->object_count; k++)
        for (size_t i = 0; gx_routes[i]; i++) {
            struct gx_str path = gx_str_c(gx_routes[i]->path);
            size_t at = gx_str_search(path, piece);
            if (at == SIZE_MAX)
                continue;
            struct gx_str rest = gx_str_from(path, at + piece.n);
            path = gx_arena_printf(d->req->ctx->arena, "%.*s%.*s%.*s", (int)at, path.p,
                                   GX_STR_ARG(d->meta->objects[k]->x.name), GX_STR_ARG(rest));
            add(d, path, gx_routes[i], d->meta->objects[k]);
        }
}

/* --- parameters */

static void write_param(struct gx_jw *w, struct gx_str name, const char *in, bool required,
                        const char *doc, struct gx_str schema)
{
    gx_jw_object(w);
    gx_jw_key_str(w, "name", name);
    gx_jw_key_str(w, "in", gx_str_c(in));
    if (required)
        gx_jw_key_bool(w, "required", true);
    if (doc)
        gx_jw_key_str(w, "description", gx_str_c(doc));
    gx_jw_key(w, GX_STR("schema"));
    gx_jw_raw(w, schema);
    gx_jw_object_end(w);
}

static struct gx_str param_schema(struct gx_arena *arena, const struct gx_query_param *q)
{
    if (q->type == GX_SCHEMA_ID)
        return GX_STR("{\"$ref\": \"#/components/schemas/id\"}");
    if (q->type == GX_SCHEMA_BOOL)
        return GX_STR("{\"type\": \"boolean\"}");
    bool number = q->type == GX_SCHEMA_INT;
    struct gx_str s = number ? GX_STR("{\"type\": \"integer\"") : GX_STR("{\"type\": \"string\"");
    if (q->min)
        s = gx_arena_printf(arena, "%.*s, \"%s\": %lld", GX_STR_ARG(s),
                            number ? "minimum" : "minLength", (long long)q->min);
    if (q->max)
        s = gx_arena_printf(arena, "%.*s, \"%s\": %lld", GX_STR_ARG(s),
                            number ? "maximum" : "maxLength", (long long)q->max);
    return gx_arena_printf(arena, "%.*s}", GX_STR_ARG(s));
}

static bool may_fail(const struct gx_route *route, enum gx_code code)
{
    for (size_t i = 0; i < GX_ROUTE_ERRORS_MAX; i++)
        if (route->errors[i] == code)
            return true;
    return false;
}

static void write_params(struct document *d, const struct address *at, const struct gx_route *route)
{
    struct gx_jw *w = &d->w;
    struct gx_str rest = at->path, piece, text = GX_STR("{\"type\": \"string\"}");
    gx_jw_key(w, GX_STR("parameters"));
    gx_jw_array(w);
    while (gx_str_split(&rest, '/', &piece)) {
        if (piece.n < 3 || piece.p[0] != '{')
            continue;
        struct gx_str name = { piece.p + 1, piece.n - 2 };
        bool id = gx_str_is(name, "id");
        write_param(w, name, "path", true, NULL,
                    id ? GX_STR("{\"$ref\": \"#/components/schemas/id\"}") : text);
    }
    for (const struct gx_query_param *q = route->query; q && q->name; q++)
        write_param(w, gx_str_c(q->name), "query", q->required, q->doc,
                    param_schema(d->req->ctx->arena, q));
    if (may_fail(route, GX_E_CONFLICT))
        write_param(w, GX_STR("If-Match"), "header", false,
                    "The version one has read, as \"3\"; absent or *: whatever it is now.", text);
    if (route->writes)
        write_param(w, GX_STR("Idempotency-Key"), "header", false,
                    "The same key with the same request has one effect, and one reply, for a day.",
                    text);
    if (route->writes && route->out_kind && gx_str_is(gx_str_c(route->out_kind), "record"))
        write_param(w, GX_STR("Prefer"), "header", false,
                    "return=minimal: answer with the id and the version alone.", text);
    gx_jw_array_end(w);
}

/* --- bodies and replies */

static void open_content(struct gx_jw *w, const char *type)
{
    gx_jw_key(w, gx_str_c(type));
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("schema"));
}

static void write_ref(struct gx_jw *w, const char *kind, const struct gx_object *object)
{
    char ref[64 + GX_NAME_BYTES_MAX];
    int n =
        snprintf(ref, sizeof ref, "#/components/schemas/%s.%.*s", kind, GX_STR_ARG(object->x.name));
    gx_jw_object(w);
    gx_jw_key_str(w, "$ref", (struct gx_str){ ref, (size_t)n });
    gx_jw_object_end(w);
}

/* What must be given, because it has no value otherwise. */
static void write_create(struct gx_jw *w, const struct gx_object *object)
{
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("allOf"));
    gx_jw_array(w);
    write_ref(w, "input", object);
    gx_jw_array_end(w);
    gx_jw_key(w, GX_STR("required"));
    gx_jw_array(w);
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_field *f = &object->fields[i];
        if (f->required && f->access == GX_FIELD_WRITE && !f->system && !f->readonly &&
            !f->default_json && !f->default_expr && !f->process && f->number_format.n == 0)
            gx_jw_str(w, f->x.name);
    }
    gx_jw_array_end(w);
    gx_jw_object_end(w);
}

static void write_body(struct document *d, const struct operation *o)
{
    struct gx_jw *w = &d->w;
    const struct gx_route *route = o->route;
    if (route->body == GX_BODY_NONE)
        return;
    gx_jw_key(w, GX_STR("requestBody"));
    gx_jw_object(w);
    gx_jw_key_bool(w, "required", true);
    gx_jw_key(w, GX_STR("content"));
    gx_jw_object(w);
    open_content(w, route->body == GX_BODY_JSON ? "application/json" : "application/octet-stream");
    if (route->body == GX_BODY_JSON && route->in)
        gx_schema_describe(w, route->in);
    else if (route->body != GX_BODY_JSON || !o->object)
        gx_jw_raw(w, GX_STR("{}"));
    else if (route->status == 201)
        write_create(w, o->object);
    else
        write_ref(w, "input", o->object);
    gx_jw_object_end(w);
    gx_jw_object_end(w);
    gx_jw_object_end(w);
}

static void write_list(struct gx_jw *w, const struct gx_object *object)
{
    gx_jw_object(w);
    gx_jw_key_raw(w, "type", "\"object\"");
    gx_jw_key_raw(w, "required", "[\"rows\", \"next\", \"total\", \"advice\"]");
    gx_jw_key(w, GX_STR("properties"));
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_object(w);
    gx_jw_key_raw(w, "type", "\"array\"");
    gx_jw_key(w, GX_STR("items"));
    write_ref(w, "record", object);
    gx_jw_object_end(w);
    gx_jw_key_raw(w, "next",
                  "{\"type\": [\"string\", \"null\"], \"description\":"
                  " \"The cursor of the next page; null at the end.\"}");
    gx_jw_key_raw(w, "total", "{\"type\": [\"integer\", \"null\"]}");
    gx_jw_key_raw(w, "advice",
                  "{\"anyOf\": [{\"$ref\": \"#/components/schemas/advice\"},"
                  " {\"type\": \"null\"}]}");
    gx_jw_object_end(w);
    gx_jw_key_raw(w, "additionalProperties", "false");
    gx_jw_object_end(w);
}

/* A list is also a file when `format` says so; a line of NDJSON is a record. */
static void write_list_contents(struct gx_jw *w, const struct gx_object *object)
{
    open_content(w, "application/json");
    write_list(w, object);
    gx_jw_object_end(w);
    open_content(w, "application/x-ndjson");
    write_ref(w, "record", object);
    gx_jw_object_end(w);
    open_content(w, "text/csv");
    gx_jw_raw(w, GX_STR("{\"type\": \"string\"}"));
    gx_jw_object_end(w);
    open_content(w, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    gx_jw_raw(w, GX_STR("{}"));
    gx_jw_object_end(w);
}

/* Of what is no JSON: its type, or several with "|" between them. */
static void write_types(struct gx_jw *w, struct gx_str kinds)
{
    struct gx_str type;
    while (gx_str_split(&kinds, '|', &type)) {
        gx_jw_key(w, type);
        gx_jw_object(w);
        gx_jw_key_raw(w, "schema", "{}");
        gx_jw_object_end(w);
    }
}

/* A file may first be asked for by ?check. */
static void write_check(struct gx_jw *w, const struct gx_route *route)
{
    for (const struct gx_query_param *q = route->query; q && q->name; q++)
        if (gx_str_is(gx_str_c(q->name), "check"))
            gx_jw_key_raw(w, "204", "{\"description\": \"With check: it may be had.\"}");
}

static void write_success(struct document *d, const struct operation *o)
{
    struct gx_jw *w = &d->w;
    const struct gx_route *route = o->route;
    struct gx_str kind = gx_str_c(route->out_kind);
    bool none = gx_str_is(kind, "none");
    int status = route->status ? route->status : none ? 204 : 200;
    gx_jw_key(w, gx_arena_printf(d->req->ctx->arena, "%d", status));
    gx_jw_object(w);
    gx_jw_key_str(w, "description", none ? GX_STR("Done.") : GX_STR("The reply."));
    if (!none) {
        gx_jw_key(w, GX_STR("content"));
        gx_jw_object(w);
        if (gx_str_is(kind, "records") && o->object) {
            write_list_contents(w, o->object);
        } else {
            bool json = route->out || kind.n == 0 || (gx_str_is(kind, "record") && o->object);
            if (!json)
                write_types(w, kind);
            else
                open_content(w, "application/json");
            if (route->out)
                gx_schema_describe(w, route->out);
            else if (json && kind.n)
                write_ref(w, "record", o->object);
            else if (json)
                gx_jw_raw(w, GX_STR("{}"));
            if (json)
                gx_jw_object_end(w);
        }
        gx_jw_object_end(w);
    }
    gx_jw_object_end(w);
    write_check(w, route);
}

/* One response for each status; codes that share one are said together. */
static void write_errors(struct document *d, const struct gx_route *route)
{
    static const char problem[] = "{\"application/problem+json\": {\"schema\":"
                                  " {\"$ref\": \"#/components/schemas/problem\"}}}";
    static const char other[] = "{\"application/scim+json\": {\"schema\": {\"type\": \"object\"}}}";
    struct gx_jw *w = &d->w;
    bool codes[GX_CODE_COUNT] = { false };
    for (size_t i = 0; i < GX_ROUTE_ERRORS_MAX; i++)
        codes[route->errors[i]] = true;
    if (route->who != GX_WHO_PUBLIC)
        codes[GX_E_UNAUTHENTICATED] = true;
    if (route->who == GX_WHO_ADMIN || (route->writes && route->who != GX_WHO_PUBLIC))
        codes[GX_E_FORBIDDEN] = true;
    for (int c = GX_OK + 1; c < GX_CODE_COUNT; c++) {
        int status = gx_code_status((enum gx_code)c);
        struct gx_str text = GX_STR("");
        for (int k = c; codes[c] && k < GX_CODE_COUNT; k++) {
            if (!codes[k] || gx_code_status((enum gx_code)k) != status)
                continue;
            text = gx_arena_printf(d->req->ctx->arena, "%.*s%s`%s`: %s.", GX_STR_ARG(text),
                                   text.n ? " " : "", gx_code_wire((enum gx_code)k),
                                   gx_code_title((enum gx_code)k));
            codes[k] = k == c;
        }
        if (!codes[c])
            continue;
        gx_jw_key(w, gx_arena_printf(d->req->ctx->arena, "%d", status));
        gx_jw_object(w);
        gx_jw_key_str(w, "description", text);
        gx_jw_key_raw(w, "content", route->problem ? other : problem);
        gx_jw_object_end(w);
    }
    gx_jw_key(w, GX_STR("default"));
    if (!route->problem) {
        gx_jw_raw(w, GX_STR("{\"$ref\": \"#/components/responses/problem\"}"));
        return;
    }
    gx_jw_object(w);
    gx_jw_key_str(w, "description", GX_STR("An error in the form of SCIM."));
    gx_jw_key_raw(w, "content", other);
    gx_jw_object_end(w);
}

/* "get.account.id.history" */
static struct gx_str operation_id(struct document *d, const struct address *at, const char *method)
{
    struct gx_str rest = gx_str_from(at->path, strlen("/api/v1/")), piece;
    struct gx_str id = gx_str_c(method);
    while (gx_str_split(&rest, '/', &piece)) {
        if (piece.n > 2 && piece.p[0] == '{')
            piece = (struct gx_str){ piece.p + 1, piece.n - 2 };
        if (piece.n)
            id =
                gx_arena_printf(d->req->ctx->arena, "%.*s.%.*s", GX_STR_ARG(id), GX_STR_ARG(piece));
    }
    return id;
}

static void write_operation(struct document *d, const struct address *at, const struct operation *o)
{
    static const char *const names[] = { "get", "post", "patch", "put", "delete" };
    struct gx_jw *w = &d->w;
    const char *method = names[o->route->method];
    gx_jw_key(w, gx_str_c(method));
    gx_jw_object(w);
    gx_jw_key_str(w, "operationId", operation_id(d, at, method));
    gx_jw_key_str(w, "summary", gx_str_c(o->route->doc));
    if (o->object) {
        gx_jw_key_str(w, "x-route", gx_str_c(o->route->path));
        gx_jw_key(w, GX_STR("tags"));
        gx_jw_array(w);
        gx_jw_str(w, o->object->x.name);
        gx_jw_array_end(w);
    }
    if (o->route->who == GX_WHO_PUBLIC)
        gx_jw_key_raw(w, "security", "[]");
    write_params(d, at, o->route);
    write_body(d, o);
    gx_jw_key(w, GX_STR("responses"));
    gx_jw_object(w);
    write_success(d, o);
    write_errors(d, o->route);
    gx_jw_object_end(w);
    gx_jw_object_end(w);
}

/* --- the whole */

static void release(void *p)
{
    gx_meta_unref(p);
}

static enum gx_code openapi_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_meta *meta = req->scope ? gx_meta_ref((struct gx_meta *)gx_scope_meta(req->scope))
                                      : gx_scope_public_meta(req->ctx, gx_api(req)->tenant);
    gx_arena_defer(req->ctx->arena, release, meta);
    struct document d = { .req = req, .meta = meta, .w = gx_jw(&req->out) };
    d.tail = &d.first;
    add_all(&d);
    struct gx_jw *w = &d.w;
    gx_jw_object(w);
    gx_jw_key_str(w, "openapi", GX_STR("3.1.0"));
    gx_jw_key(w, GX_STR("info"));
    gx_jw_object(w);
    gx_jw_key_str(w, "title", GX_STR("Guanxi"));
    gx_jw_key_str(w, "version", meta->version);
    gx_jw_object_end(w);
    gx_jw_key_raw(w, "security", "[{\"bearer\": []}, {\"cookie\": [], \"csrf\": []}]");
    gx_jw_key(w, GX_STR("paths"));
    gx_jw_object(w);
    for (const struct address *at = d.first; at; at = at->next) {
        gx_jw_key(w, at->path);
        gx_jw_object(w);
        for (size_t m = 0; m < GX_METHOD_COUNT; m++)
            if (at->operations[m])
                write_operation(&d, at, at->operations[m]);
        gx_jw_object_end(w);
    }
    gx_jw_object_end(w);
    gx_openapi_components(w, req->ctx, meta);
    gx_jw_object_end(w);
    gx_reply_tagged(req);
    return GX_OK;
}

const struct gx_route gx_route_openapi_get = {
    .doc = "This document: the API with the tenant's own objects and fields.",
    .method = GX_GET,
    .path = "/api/v1/openapi.json",
    .who = GX_WHO_PUBLIC,
    .handler = openapi_get,
};
