/*
 * signin.h - what the ways of signing in share: password, codes, passkeys, other providers.
 *
 * Whichever way somebody has proved to be it, gx_signin_open() makes the session.  Whoever has a
 * second factor and has given only the password gets gx_signin_half(): a token of its own kind, in
 * a cookie of its own, that no other endpoint takes for a session.
 *
 * Layer: api.
 */
#ifndef GX_API_SIGNIN_H
#define GX_API_SIGNIN_H

#include "api/app.h"

/* What GET /api/v1/session says. */
extern const struct gx_schema gx_session_schema[];

struct gx_opening {
    struct gx_req *req;
    int64_t user;
    const char *way;    /* see gx_session_options; `before` may set it */
    int64_t fresh_us;   /* when they last proved to be it, where that was earlier; 0: now */
    struct gx_str half; /* token of the first step, which ends with this; may be empty */
    /* On the writer, in the same transaction, before the session is made; may be NULL. */
    enum gx_code (*before)(struct gx_opening *opening, struct gx_conn *conn);
    void *before_p;
};

/* Not from a page of somebody else?  GX_E_FORBIDDEN. */
GX_NODISCARD enum gx_code gx_signin_from_us(struct gx_req *req);
/* A reader for public routes, given back with the request. */
GX_NODISCARD enum gx_code gx_signin_reader(struct gx_req *req, struct gx_conn **ret_conn);
/* Where a try comes from. */
struct gx_caller gx_signin_caller(const struct gx_req *req);
/* Where people reach us: as the settings say, else by the Host that the browser asked for. */
struct gx_str gx_signin_origin(const struct gx_req *req);
/* Make the session and reply with it.  Errors of `before`; GX_E_UNAUTHENTICATED: not active. */
GX_NODISCARD enum gx_code gx_signin_open(struct gx_opening *opening, struct gx_conn *reader);
/* The password was right, and there is a second factor.  Always GX_E_SECOND_FACTOR. */
GX_NODISCARD enum gx_code gx_signin_half(struct gx_req *req, int64_t user);
/* Who waits for the second step?  GX_E_UNAUTHENTICATED: nobody, or no longer. */
GX_NODISCARD enum gx_code gx_signin_half_find(struct gx_req *req, struct gx_conn *conn,
                                              int64_t *ret_user, struct gx_str *ret_token);
/* Set a cookie of ours, for `age_s` seconds; 0: forget it. */
void gx_signin_cookie(struct gx_req *req, const char *name, struct gx_str value, int64_t age_s);
/* Its value, or "".  `name` without the prefix of secure cookies. */
struct gx_str gx_signin_cookie_get(const struct gx_req *req, const char *name);
/* user_factors.c.  On the writer: reply with recovery codes where there are none yet. */
GX_NODISCARD enum gx_code gx_recovery_reply(struct gx_req *req, int64_t user);
/* Somebody signed in proves once more to be it: on the writer. */
GX_NODISCARD enum gx_code gx_signin_freshen(struct gx_req *req, struct gx_conn *conn,
                                            const char *way);

#endif
