/*
 * events.c - what others change, as it happens (server-sent events).
 *
 * Events: `hello` (what comes is new from here), `change` (a record, or with kind bulk many of an
 * object), `presence` (somebody else came to, or left, a record that this user has open), `reset`
 * (too much was missed: read anew), `definition` (others were published; `hello` and `reset` have
 * their version too), `beat` (still there), `end` (with a reason).  Each but presence and
 * definition has the number of its entry in the log as id, so a reader that comes back misses
 * nothing.
 */
#include "api/app.h"
#include "api/hub.h"
#include "api/signin.h"
#include "net/url.h"

static const struct gx_query_param events_query[] = {
    { .name = "after",
      .doc =
          "Id of the last event known, as Last-Event-ID; without it, only what comes from now on.",
      .type = GX_SCHEMA_INT,
      .min = 0,
      .max = INT64_MAX },
    { 0 },
};

static struct gx_str token_of(const struct gx_req *req)
{
    struct gx_str bearer = gx_req_header(req, "Authorization");
    if (req->local)
        return GX_STR("");
    return bearer.n ? gx_str_trim(gx_str_from(bearer, 7)) : gx_signin_cookie_get(req, "gx");
}

static enum gx_code events(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_hub_ask ask = {
        .token = token_of(req),
        .stay = gx_url_list_has(gx_req_header(req, "Accept"), "text/event-stream"),
    };
    struct gx_str last = gx_req_header(req, "Last-Event-ID");
    GX_TRY(gx_req_query_int(req, "after", -1, 0, INT64_MAX, &ask.after));
    if (last.n && (!gx_str_int64(last, &ask.after) || ask.after < 0))
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("Last-Event-ID"), GX_M_BAD_FORMAT,
                       GX_STR("Last-Event-ID"), last);
    return gx_hub_join(gx_api(req)->hub, req, &ask);
}

const struct gx_route gx_route_events = {
    .doc = "What is changed in records that you may read, as it happens. It goes on for those who "
           "accept text/event-stream; others get what there is since `after`.",
    .method = GX_GET,
    .path = "/api/v1/events",
    .who = GX_WHO_SIGNED_IN,
    .live = true,
    .query = events_query,
    .out_kind = "text/event-stream",
    .errors = { GX_E_INVALID, GX_E_RATE, GX_E_BUSY },
    .handler = events,
};
