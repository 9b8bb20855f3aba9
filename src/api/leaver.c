/*
 * leaver.c - somebody leaves: out at once, and what they own goes to others.
 *
 * Looked at first: how many records of each object.  Then the person is made inactive, which ends
 * every session, stream and key, and for each object a batch (store/batch.h) hands the records over
 * in the background; each can be looked at, cancelled and taken back by itself.
 */
#include "api/app.h"
#include "store/audit.h"
#include "store/batch.h"
#include "store/list.h"

static struct gx_str owned_by(struct gx_req *req, int64_t user)
{
    return gx_arena_printf(req->ctx->arena, "owner = \"%lld\"", (long long)user);
}

/* The user of the path, and not the one who asks. */
static enum gx_code target(struct gx_req *req, int64_t *ret_user)
{
    GX_TRY(gx_req_user(req, false, ret_user));
    if (*ret_user != gx_scope_me(req->scope))
        return GX_OK;
    return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_LEAVER_SELF);
}

static enum gx_code count_owned(struct gx_req *req, const struct gx_object *object, int64_t user,
                                int64_t *ret_count)
{
    const struct gx_list_options options = { .filter = owned_by(req, user),
                                             .right = GX_RIGHT_READ };
    return gx_list_count(req->scope, object, &options, 0, ret_count);
}

/* --- looked at */

static const struct gx_schema owned_out[] = {
    { .name = "object", .type = GX_SCHEMA_STR, .required = true },
    { .name = "count", .type = GX_SCHEMA_INT, .required = true },
    { 0 },
};
static const struct gx_schema look_out[] = {
    { .name = "objects",
      .type = GX_SCHEMA_LIST,
      .fields = owned_out,
      .required = true,
      .doc = "Those of which there are any." },
    { 0 },
};

static enum gx_code leaver_look(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_meta *meta = gx_scope_meta(req->scope);
    int64_t user, count;
    GX_TRY(gx_req_user(req, false, &user));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("objects"));
    gx_jw_array(&w);
    for (size_t i = 0; i < meta->object_count; i++) {
        const struct gx_object *object = meta->objects[i];
        if (!object->owner)
            continue;
        GX_TRY(count_owned(req, object, user, &count));
        if (count == 0)
            continue;
        gx_jw_object(&w);
        gx_jw_key_str(&w, "object", object->x.name);
        gx_jw_key_int(&w, "count", count);
        gx_jw_object_end(&w);
    }
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_leaver_look = {
    .doc = "What somebody owns, by object: what would have to be handed over.",
    .method = GX_GET,
    .path = "/api/v1/admin/users/{id}/leaving",
    .who = GX_WHO_ADMIN,
    .out = look_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_LIMIT },
    .handler = leaver_look,
};

/* --- done */

struct leaving_in {
    int64_t to;
    const struct gx_json *successors;
};

static const struct gx_schema leaving_in[] = {
    GX_FIELD(struct leaving_in, to, .type = GX_SCHEMA_ID, .required = true,
             .doc = "Who takes over what `successors` says nothing about."),
    GX_FIELD(struct leaving_in, successors, .type = GX_SCHEMA_NODE,
             .doc = "{\"account\": \"ID of a user\", …}"),
    { 0 },
};

static const struct gx_schema moved_out[] = {
    { .name = "object", .type = GX_SCHEMA_STR, .required = true },
    { .name = "count", .type = GX_SCHEMA_INT, .required = true },
    { .name = "to", .type = GX_SCHEMA_STR, .required = true },
    { .name = "batch",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "GET /api/v1/batch/{id} says how it goes; …/undo takes it back." },
    { 0 },
};
static const struct gx_schema leaving_out[] = {
    { .name = "objects", .type = GX_SCHEMA_LIST, .fields = moved_out, .required = true },
    { 0 },
};

/* Somebody who works here, and not who leaves. */
static enum gx_code check_successor(struct gx_req *req, struct gx_str path, int64_t user,
                                    int64_t leaver)
{
    struct gx_value value = gx_value_int(user);
    int64_t active;
    GX_TRY(gx_db_int(req->ctx, gx_scope_conn(req->scope),
                     GX_SQL("SELECT count(*) FROM \"user\" WHERE id = ?1 AND deleted_at IS NULL "
                            "AND coalesce(active, 1) = 1"),
                     &value, 1, 0, &active));
    if (active && user != leaver)
        return GX_OK;
    return gx_fail(req->ctx, GX_E_INVALID, path, GX_M_LEAVER_SUCCESSOR, path);
}

static enum gx_code check_successors(struct gx_req *req, const struct leaving_in *in,
                                     int64_t leaver)
{
    const struct gx_json *all = in->successors;
    GX_TRY(check_successor(req, GX_STR("to"), in->to, leaver));
    if (all && all->kind != GX_JSON_OBJECT)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("successors"), GX_M_WRONG_TYPE,
                       GX_STR("successors"), GX_STR("{…}"));
    for (const struct gx_json *s = all ? all->first : NULL; s; s = s->next) {
        const struct gx_object *object;
        int64_t user = 0;
        GX_TRY(gx_object_get(req->scope, s->key, &object));
        if (s->kind != GX_JSON_STRING || !gx_str_int64(s->text, &user))
            user = 0;
        GX_TRY(check_successor(req, s->key, user, leaver));
    }
    return GX_OK;
}

static int64_t successor_of(const struct leaving_in *in, const struct gx_object *object)
{
    const char *name = object->x.name.p;
    struct gx_str given = { 0 };
    int64_t user = in->to;
    for (const struct gx_json *s = in->successors ? in->successors->first : NULL; s; s = s->next)
        if (gx_str_eq(s->key, (struct gx_str){ name, object->x.name.n }))
            given = s->text;
    if (given.n)
        (void)!gx_str_int64(given, &user);
    return user;
}

struct going {
    struct gx_req *req;
    int64_t user, to;
};

/* Out first: nothing more goes away while the rest is handed over. */
static enum gx_code go(void *p, struct gx_conn *conn)
{
    struct going *g = p;
    struct gx_req *req = g->req;
    const struct gx_object *object;
    struct gx_json *values;
    struct gx_input *input;
    gx_ctx_clear(req->ctx);
    gx_scope_use(req->scope, conn);
    GX_TRY(gx_object_get(req->scope, GX_STR("user"), &object));
    GX_TRY(gx_json_read(req->ctx, GX_STR("{\"active\":false}"), &values));
    GX_TRY(gx_input_json(req->scope, object, values, GX_STR(""), &input));
    GX_TRY(gx_record_update(req->scope, g->user, 0, input, &(struct gx_write_options){ 0 }, NULL,
                            NULL));
    GX_TRY(gx_session_end_all(req->ctx, gx_api(req)->tenant, conn, g->user));
    return gx_audit_access(req->scope, g->user, "leaving", NULL,
                           gx_arena_printf(req->ctx->arena, "%lld", (long long)g->to));
}

struct keeping {
    struct gx_req *req;
    int64_t batch, user;
};

/* So that undoing it can take the person back too. */
static enum gx_code keep_batch(void *p, struct gx_conn *conn)
{
    const struct keeping *k = p;
    struct gx_ctx *ctx = k->req->ctx;
    struct gx_value values[] = { gx_value_int(k->batch), gx_value_int(k->user),
                                 gx_value_int(ctx->now_us) };
    gx_ctx_clear(ctx);
    return gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_leaving (batch, user_id, at) VALUES (?1, ?2, ?3)"),
                      values, GX_COUNT(values), NULL);
}

static enum gx_code hand_over(struct gx_req *req, const struct gx_object *object, int64_t user,
                              int64_t to, struct gx_jw *w)
{
    struct gx_batch_ask ask = { .action = GX_STR("update"), .filter = owned_by(req, user) };
    struct gx_json *values;
    int64_t count, id;
    GX_TRY(count_owned(req, object, user, &count));
    if (count == 0)
        return GX_OK;
    GX_TRY(gx_json_read(req->ctx,
                        gx_arena_printf(req->ctx->arena, "{\"owner\":\"%lld\"}", (long long)to),
                        &values));
    ask.values = values;
    GX_TRY(gx_batch_start(req->scope, gx_api(req)->batches, object, &ask, &id));
    struct keeping k = { req, id, user };
    GX_TRY(gx_db_write(req->ctx, gx_api(req)->tenant->db, keep_batch, &k));
    gx_jw_object(w);
    gx_jw_key_str(w, "object", object->x.name);
    gx_jw_key_int(w, "count", count);
    gx_jw_key_id(w, "to", to);
    gx_jw_key_id(w, "batch", id);
    gx_jw_object_end(w);
    return GX_OK;
}

static enum gx_code leaver_go(struct gx_req *req, const void *in_p)
{
    const struct leaving_in *in = in_p;
    const struct gx_meta *meta = gx_scope_meta(req->scope);
    struct going g = { .req = req, .to = in->to };
    GX_TRY(gx_req_reader(req)); /* slow routes bring none */
    struct gx_conn *reader = gx_scope_conn(req->scope);
    GX_TRY(target(req, &g.user));
    GX_TRY(check_successors(req, in, g.user));
    enum gx_code code = gx_db_write(req->ctx, gx_api(req)->tenant->db, go, &g);
    gx_scope_use(req->scope, reader);
    GX_TRY(code);
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("objects"));
    gx_jw_array(&w);
    for (size_t i = 0; i < meta->object_count; i++)
        if (meta->objects[i]->owner)
            GX_TRY(
                hand_over(req, meta->objects[i], g.user, successor_of(in, meta->objects[i]), &w));
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    req->status = 202;
    return GX_OK;
}

/* Not a .writes route: batches are begun beside the writer. */
const struct gx_route gx_route_leaver_go = {
    .doc = "Somebody leaves: inactive and signed out everywhere at once, keys ended; what they own "
           "goes to others in the background.",
    .method = GX_POST,
    .path = "/api/v1/admin/users/{id}/leaving",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .slow = true,
    .body = GX_BODY_JSON,
    .in = leaving_in,
    .in_size = sizeof(struct leaving_in),
    .out = leaving_out,
    .status = 202,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND, GX_E_INVALID, GX_E_BUSY },
    .handler = leaver_go,
};
