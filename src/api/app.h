/*
 * app.h - what endpoints share: the tenant behind a request, and small helpers.
 *
 * Layer: api.
 */
#ifndef GX_API_APP_H
#define GX_API_APP_H

#include "access/scope.h"
#include "access/signin.h"
#include "net/router.h"
#include "store/list.h"

struct gx_engine;
struct gx_house;
struct gx_hub;
struct gx_server;
struct gx_import_runner;
struct gx_batch_runner;
struct gx_demo_runner;
struct gx_presence;
struct gx_sealer;
struct gx_archiver;
struct gx_backups;
struct gx_oidc;
struct gx_privacy_job;
struct gx_segment_runner;
struct gx_check_job;
struct gx_operator_exports;

/* The public half of main's application object; req->app points to it. */
struct gx_api {
    struct gx_house *house; /* all tenants; see gx_req_house() */
    bool front;             /* this is the house's front */
    bool console;           /* its administrators run the house */
    struct gx_tenant *tenant;
    struct gx_import_runner *imports;
    struct gx_hub *hub; /* of live events */
    struct gx_presence *presence;
    struct gx_batch_runner *batches;
    struct gx_demo_runner *demo;
    struct gx_sealer *sealer;     /* of the log */
    struct gx_archiver *archiver; /* NULL: nothing is archived */
    struct gx_backups *backups;   /* NULL: the server makes none */
    struct gx_oidc *oidc;         /* what providers of sign-in say of themselves */
    struct gx_privacy_job *privacy;
    struct gx_segment_runner *segments;
    struct gx_check_job *checks;
    struct gx_operator_exports *exports; /* of tenants; the front has it */
    struct gx_warehouse *warehouse;      /* asleep until somebody asks it */
    int erased_again;                    /* at this start: people whom a restored store still had */
    const char *setup_token;   /* for the first administrator; NULL: somebody can sign in */
    struct gx_engine *engine;  /* of people's SQL; the process has one */
    struct gx_server *server;  /* for its figures */
    const char *metrics_token; /* who has it reads them from elsewhere; NULL: nobody */
    const char *spool_dir;     /* uploaded files until an import takes them */
    bool secure;               /* served over TLS: cookies are Secure */
};

static inline struct gx_api *gx_api(const struct gx_req *req)
{
    return req->app;
}

/* The object that path piece `i` names.  GX_E_NOT_FOUND. */
GX_NODISCARD enum gx_code gx_req_object(struct gx_req *req, size_t i,
                                        const struct gx_object **ret_object);
/* If-Match: "3" as a version; 0 when absent or "*".  GX_E_INVALID. */
GX_NODISCARD enum gx_code gx_req_version(struct gx_req *req, int64_t *ret_version);
/* How a reply says what the caller may do with a record: a key that only reads may do nothing. */
enum gx_list_may_say gx_req_may(const struct gx_req *req);
/* Reply with the record as it is now (all fields), its version as ETag. */
GX_NODISCARD enum gx_code gx_reply_record(struct gx_req *req, const struct gx_object *object,
                                          int64_t id, struct gx_str fields, bool deleted);
/* "true", "1" or present without a value. */
bool gx_req_flag(const struct gx_req *req, const char *name);
/*
 * For .writes routes: reply with the record as it is once the write is durable; with its id and
 * version alone to who may write but not read it, and to who asks for no more
 * (Prefer: return=minimal, RFC 7240).
 */
GX_NODISCARD enum gx_code gx_reply_written(struct gx_req *req, const struct gx_object *object,
                                           int64_t id, int64_t version);
/* The same for a new one: 201, Location. */
GX_NODISCARD enum gx_code gx_reply_created(struct gx_req *req, const struct gx_object *object,
                                           int64_t id);
GX_NODISCARD enum gx_code gx_req_admin(struct gx_req *req);
/*
 * For who runs the house: the operator at the command line and, with `serve --console`,
 * administrators of the front.  Everywhere else GX_E_NOT_FOUND, as an address that is not there;
 * GX_E_FORBIDDEN: no administrator.  Routes that change something there are .slow and .chore, never
 * .writes.
 */
GX_NODISCARD enum gx_code gx_req_house(struct gx_req *req, struct gx_house **ret_house);
/* A reader for the request's scope until the reply is out; for routes that bring none. */
GX_NODISCARD enum gx_code gx_req_reader(struct gx_req *req);

/* session.c.  Reply with who is signed in: req->scope and req->session. */
GX_NODISCARD enum gx_code gx_session_reply(struct gx_req *req);
/*
 * Is it sure enough that the person is still there?  For what must not be done at a screen that was
 * left open: GX_E_STEP_UP when signing in, or POST /api/v1/session/fresh, was longer ago than the
 * settings say.  Keys and the operator are not asked: no person is there.  Routes with .fresh have
 * been asked before their handler runs.
 */
GX_NODISCARD enum gx_code gx_req_fresh(struct gx_req *req);

/* user.c.  The user of path piece 0; administrators reach everybody, others only themselves, and
 * that only where `self_too`. */
GX_NODISCARD enum gx_code gx_req_user(struct gx_req *req, bool self_too, int64_t *ret_user);
/* The names of a user's roles as a JSON array. */
GX_NODISCARD enum gx_code gx_user_roles_write(struct gx_req *req, int64_t user, struct gx_jw *w);
/* On the writer: these roles and no others; as gx_roles_set(), and it stands in the log. */
GX_NODISCARD enum gx_code gx_user_roles_set(struct gx_req *req, int64_t user,
                                            const struct gx_strs *roles);

/* Note in the log that somebody could not sign in as `name`; see audit_note.c. */
void gx_signin_failed(struct gx_req *req, struct gx_conn *conn, struct gx_str name);
/* The same of a user who is known by then, in the second step; 0: nobody. */
void gx_signin_failed_for(struct gx_req *req, int64_t user);

/* Idempotency-Key: a reply given before, or remembering this one; see idempotency.c. */
GX_NODISCARD enum gx_code gx_idempotency_find(struct gx_req *req, struct gx_conn *conn,
                                              bool *ret_replayed);
GX_NODISCARD enum gx_code gx_idempotency_keep(struct gx_req *req, struct gx_conn *conn);

#endif
