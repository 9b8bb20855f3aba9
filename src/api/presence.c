/* presence.c - see presence.h; and the endpoints. */
#include "api/presence.h"

#include <pthread.h>

#include "api/app.h"
#include "api/hub.h"
#include "base/assert.h"
#include "store/convert.h"
#include "store/record.h"

struct place {
    char object[GX_NAME_BYTES_MAX + 1];
    int64_t record, user, seen_us; /* user 0: free */
    bool editing;
};

struct gx_presence {
    pthread_mutex_t lock;
    struct place places[GX_PRESENCE_MAX];
};

struct gx_presence *gx_presence_new(struct gx_arena *arena)
{
    struct gx_presence *p = GX_ARENA_NEW(arena, struct gx_presence);
    pthread_mutex_init(&p->lock, NULL);
    return p;
}

static bool is_at(const struct place *place, struct gx_str object, int64_t record)
{
    return place->record == record && gx_str_is(object, place->object);
}

/* Under the lock: drop who is gone, tell of the others, and find this user's place, or one to use.
 */
static struct place *look(struct gx_presence *p, int64_t now_us, struct gx_str object,
                          int64_t record, int64_t user, struct gx_present *ret_others,
                          size_t *ret_count)
{
    struct place *own = NULL, *spare = NULL;
    size_t n = 0;
    for (size_t i = 0; i < GX_PRESENCE_MAX; i++) {
        struct place *place = &p->places[i];
        if (place->user && now_us - place->seen_us > (int64_t)GX_PRESENCE_GONE_S * 1000000)
            place->user = 0;
        if (place->user && is_at(place, object, record)) {
            if (place->user == user)
                own = place;
            else if (n < GX_PRESENCE_HERE_MAX)
                ret_others[n++] = (struct gx_present){ place->user, place->editing };
        } else if (!spare || (spare->user && (!place->user || place->seen_us < spare->seen_us))) {
            spare = place;
        }
    }
    *ret_count = n;
    if (own)
        return own;
    if (spare)
        spare->user = 0;
    return spare;
}

bool gx_presence_here(struct gx_presence *p, int64_t now_us, struct gx_str object, int64_t record,
                      int64_t user, bool editing, struct gx_present *ret_others, size_t *ret_count)
{
    gx_assert(user > 0 && object.n <= GX_NAME_BYTES_MAX);
    pthread_mutex_lock(&p->lock);
    struct place *place = look(p, now_us, object, record, user, ret_others, ret_count);
    bool news = place && (place->user != user || place->editing != editing);
    if (place) {
        memcpy(place->object, object.p, object.n);
        place->object[object.n] = 0;
        place->record = record;
        place->user = user;
        place->editing = editing;
        place->seen_us = now_us;
    }
    pthread_mutex_unlock(&p->lock);
    return news;
}

bool gx_presence_left(struct gx_presence *p, int64_t now_us, struct gx_str object, int64_t record,
                      int64_t user, struct gx_present *ret_others, size_t *ret_count)
{
    bool news = false;
    size_t n = 0;
    pthread_mutex_lock(&p->lock);
    for (size_t i = 0; i < GX_PRESENCE_MAX; i++) {
        struct place *place = &p->places[i];
        bool gone = now_us - place->seen_us > (int64_t)GX_PRESENCE_GONE_S * 1000000;
        if (!place->user || gone || !is_at(place, object, record))
            continue;
        if (place->user == user) {
            place->user = 0;
            news = true;
        } else if (n < GX_PRESENCE_HERE_MAX) {
            ret_others[n++] = (struct gx_present){ place->user, place->editing };
        }
    }
    pthread_mutex_unlock(&p->lock);
    *ret_count = n;
    return news;
}

/* --- endpoints */

struct presence_in {
    bool editing;
};
static const struct gx_schema presence_in[] = {
    GX_FIELD(struct presence_in, editing, .type = GX_SCHEMA_BOOL,
             .doc = "Is it being changed, or only read?"),
    { 0 },
};

static const struct gx_schema user_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { 0 },
};
static const struct gx_schema row_out[] = {
    { .name = "user", .type = GX_SCHEMA_OBJECT, .fields = user_out, .required = true },
    { .name = "editing", .type = GX_SCHEMA_BOOL, .required = true },
    { 0 },
};
static const struct gx_schema rows_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = row_out, .required = true },
    { 0 },
};

static enum gx_code target(struct gx_req *req, const struct gx_object **ret_object, int64_t *ret_id)
{
    struct gx_record record;
    GX_TRY(gx_req_object(req, 0, ret_object));
    GX_TRY(gx_req_id(req, 1, ret_id));
    return gx_record_load(req->scope, *ret_object, *ret_id, GX_RIGHT_READ, false, &record);
}

static void tell(struct gx_req *req, const struct gx_object *object, int64_t id,
                 const struct gx_present *others, size_t count)
{
    int64_t users[GX_PRESENCE_HERE_MAX];
    for (size_t i = 0; i < count; i++)
        users[i] = others[i].user;
    gx_hub_tell(gx_api(req)->hub, users, count,
                gx_arena_printf(req->ctx->arena,
                                "event: presence\ndata: {\"object\":\"%.*s\",\"id\":\"%lld\"}\n\n",
                                GX_STR_ARG(object->x.name), (long long)id));
}

static enum gx_code presence_put(struct gx_req *req, const void *body)
{
    const struct presence_in *in = body;
    const struct gx_object *object, *people;
    struct gx_present others[GX_PRESENCE_HERE_MAX];
    size_t count = 0;
    int64_t id, me = gx_scope_me(req->scope);
    GX_TRY(target(req, &object, &id));
    GX_TRY(gx_object_get(req->scope, GX_STR("user"), &people));
    if (me && gx_presence_here(gx_api(req)->presence, gx_monotonic_us(), object->id, id, me,
                               in->editing, others, &count))
        tell(req, object, id, others, count);
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    for (size_t i = 0; i < count; i++) {
        gx_jw_object(&w);
        gx_jw_key(&w, GX_STR("user"));
        GX_TRY(gx_convert_write_link(req->scope, people, others[i].user, &w));
        gx_jw_key_bool(&w, "editing", others[i].editing);
        gx_jw_object_end(&w);
    }
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_presence_put = {
    .doc = "Say that one has a record open, and hear who else has. To be said again every 25 "
           "seconds; `presence` among the events says when to ask anew.",
    .method = GX_PUT,
    .path = "/api/v1/{object}/{id}/presence",
    .who = GX_WHO_SIGNED_IN,
    .body = GX_BODY_JSON,
    .body_max = 1024,
    .in = presence_in,
    .in_size = sizeof(struct presence_in),
    .out = rows_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID },
    .handler = presence_put,
};

static enum gx_code presence_delete(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    struct gx_present others[GX_PRESENCE_HERE_MAX];
    size_t count = 0;
    int64_t id;
    GX_TRY(target(req, &object, &id));
    if (gx_presence_left(gx_api(req)->presence, gx_monotonic_us(), object->id, id,
                         gx_scope_me(req->scope), others, &count))
        tell(req, object, id, others, count);
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_presence_delete = {
    .doc = "Say that one no longer has a record open.",
    .method = GX_DELETE,
    .path = "/api/v1/{object}/{id}/presence",
    .who = GX_WHO_SIGNED_IN,
    .out_kind = "none",
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN },
    .handler = presence_delete,
};
