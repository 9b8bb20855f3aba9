/*
 * signin.h - passwords, sessions, API keys.
 *
 * Passwords are argon2id (libsodium, at least 19 MiB and two passes, OWASP 2023).  Session tokens
 * and API keys are 192-bit random; the store holds only their BLAKE2b hash.  Wrong tries are
 * counted (tries.c), so guessing is slow; an unknown name costs the same time and gives the same
 * answer as a wrong password.
 *
 * Layer: access.
 */
#ifndef GX_ACCESS_SIGNIN_H
#define GX_ACCESS_SIGNIN_H

#include "meta/tenant.h"

enum {
    GX_PASSWORD_BYTES_MAX = 256,
    GX_SIGNIN_TRIES_MAX = 10,         /* of a name from one address, in a window */
    GX_SIGNIN_ADDRESS_TRIES_MAX = 30, /* of all names from one address, in a window */
    GX_SIGNIN_WINDOW_S = 300,
    GX_SIGNIN_NAME_TRIES_MAX = 100, /* of a name from anywhere (NIST SP 800-63B), in its window */
    GX_SIGNIN_NAME_WINDOW_S = 3600,
    GX_SESSION_TOUCH_S = 300,
    GX_SESSION_NAME_BYTES_MAX = 400,
};

/* HALF: the password was right, the second factor is still to come; see gx_session_half(). */
enum gx_session_kind { GX_SESSION_COOKIE = 1, GX_SESSION_API_KEY = 2, GX_SESSION_HALF = 3 };

struct gx_session {
    int64_t user;
    enum gx_session_kind kind;
    struct gx_str token; /* only when it was just made */
    struct gx_str csrf;
    int64_t used_at;  /* when that was last remembered; 0: never */
    int64_t id;       /* how screens name it; not the token */
    int64_t fresh_at; /* when its person last proved to be it */
    bool must_change; /* the password serves to set another one, and for nothing else */
    bool must_enrol;  /* a role asks for a second factor, and there is none */
    bool read_only;   /* a key that may not change anything */
};

/* What a new session is; all may be left out. */
struct gx_session_options {
    struct gx_str name; /* what an API key is for, or which browser a session is of */
    /* "password", "totp", "recovery", "passkey", "oidc"; "oidc_mfa": the provider vouches for a
     * second factor, so none of ours is asked for */
    const char *way;
    bool unseen; /* a browser that is not known: its person is told */
    bool read_only;
    int64_t hours;    /* 0: as the settings say, five years for a key */
    int64_t fresh_us; /* when its person proved to be it, if that was earlier; 0: now */
};

/* Where a try comes from. */
struct gx_caller {
    struct gx_str peer;    /* address; empty on the local socket */
    struct gx_str browser; /* its cookie, see gx_browser_cookie(); may be empty */
};

/* Prepare the cache of a tenant; called once after gx_tenant_open(). */
void gx_access_start(struct gx_tenant *tenant);

/*
 * Check name and password.  GX_E_UNAUTHENTICATED: wrong (or no such user).  GX_E_RATE: too many
 * tries.  The slow part runs on the calling thread; make the session with gx_session_create().
 */
GX_NODISCARD enum gx_code gx_signin_check(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                          struct gx_conn *conn, struct gx_str name,
                                          struct gx_str password, struct gx_caller caller,
                                          int64_t *ret_user);
/* On the writer. */
GX_NODISCARD enum gx_code gx_session_create(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                            struct gx_conn *conn, int64_t user,
                                            enum gx_session_kind kind,
                                            const struct gx_session_options *options,
                                            struct gx_session *ret_session);
/* The same for one that waits for its second step: nothing else takes its token.
 * GX_E_UNAUTHENTICATED. */
GX_NODISCARD enum gx_code gx_session_half(struct gx_ctx *ctx, struct gx_conn *conn,
                                          struct gx_str token, int64_t *ret_user);
/* On the writer: the person has just proved once more to be it. */
GX_NODISCARD enum gx_code gx_session_freshen(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                             struct gx_conn *conn, int64_t id);
/* How many of a user's other sessions are in browsers that were not known, and unseen so far. */
GX_NODISCARD enum gx_code gx_session_unseen(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user,
                                            int64_t current, int64_t *ret_count);
/* On the writer: they have been seen. */
GX_NODISCARD enum gx_code gx_session_seen(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user);

/* browser.c.  The value of the cookie by which a browser is known, once `name` has signed in. */
GX_NODISCARD enum gx_code gx_browser_cookie(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                            struct gx_str was, struct gx_str name,
                                            struct gx_str *ret_cookie);
/* Has `name` signed in there before?  Then its id, else empty. */
GX_NODISCARD enum gx_code gx_browser_known(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                           struct gx_str cookie, struct gx_str name,
                                           struct gx_str *ret_id);
/* Who holds this token?  GX_E_UNAUTHENTICATED: nobody, or no longer. */
GX_NODISCARD enum gx_code gx_session_find(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                          struct gx_conn *conn, struct gx_str token,
                                          struct gx_session *ret_session);
GX_NODISCARD enum gx_code gx_session_end(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                         struct gx_conn *conn, struct gx_str token);
/* On the writer: which of a user's sessions and keys.  GX_E_NOT_FOUND: no such one. */
GX_NODISCARD enum gx_code gx_session_end_one(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                             struct gx_conn *conn, int64_t user, int64_t id);
/* On the writer: all sessions in browsers but `id`; keys stay. */
GX_NODISCARD enum gx_code gx_session_end_others(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                                struct gx_conn *conn, int64_t user, int64_t id);
/* The sessions and keys that are still good, as elements of a JSON array; `current`: its id. */
struct gx_jw;
GX_NODISCARD enum gx_code gx_session_list(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user,
                                          int64_t current, struct gx_jw *w);
/*
 * Remember that this session is in use, at most every GX_SESSION_TOUCH_S; written behind the
 * caller's back, so it costs a request nothing.
 */
void gx_session_touch(struct gx_tenant *tenant, const struct gx_session *session, int64_t now_us);
/* End all sessions and keys of a user; on the writer. */
GX_NODISCARD enum gx_code gx_session_end_all(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                             struct gx_conn *conn, int64_t user);
/* Were passwords or codes tried here lately, so that further tries are counted? */
bool gx_access_tried(struct gx_tenant *tenant, int64_t now_us);
/* Is this the present password of the user?  Tries count as for signing in.  Slow, like that.
 * GX_E_FORBIDDEN: no.  GX_E_RATE. */
GX_NODISCARD enum gx_code gx_password_check(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                            struct gx_conn *conn, int64_t user,
                                            struct gx_str password, struct gx_caller caller);
/*
 * A try with a passkey that is said to be of `user` (0: of nobody who is known).  Take one first
 * (GX_E_RATE), and give it back when the passkey was good.  Counted of an address, and of a person
 * in each address or known browser; nobody is kept out by what is tried elsewhere.
 */
GX_NODISCARD enum gx_code gx_passkey_try(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                         struct gx_conn *conn, int64_t user,
                                         struct gx_caller caller);
GX_NODISCARD enum gx_code gx_passkey_good(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                          struct gx_conn *conn, int64_t user,
                                          struct gx_caller caller);
/* Slow on purpose: never on the writer.  GX_E_INVALID: too short, too long, or one of the
 * commonest. */
GX_NODISCARD enum gx_code gx_password_hash(struct gx_ctx *ctx, struct gx_str password,
                                           struct gx_str *ret_hash);
/* Is it as long as this tenant wants them?  GX_E_INVALID. */
GX_NODISCARD enum gx_code gx_password_long(struct gx_ctx *ctx, const struct gx_tenant *tenant,
                                           struct gx_str password);
/* The same, and not made of the names of this user.  GX_E_INVALID. */
GX_NODISCARD enum gx_code gx_password_allowed(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                              struct gx_conn *conn, int64_t user,
                                              struct gx_str password);
struct gx_password_names {
    struct gx_str login, display_name, email;
};
GX_NODISCARD enum gx_code gx_password_names(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user,
                                            struct gx_password_names *ret_names);
/* A new one that nobody guesses (99 bits), of letters and digits that nobody mistakes. */
struct gx_str gx_password_make(struct gx_arena *arena);
/*
 * On the writer, before somebody gets a way to sign in (a password, a link to a provider, being
 * provisioned) or (`activates`) is made active again: is there a seat for one more who can sign
 * in?  GX_OK for who has one already.  GX_E_PLAN.
 */
GX_NODISCARD enum gx_code gx_seat_take(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                       struct gx_conn *conn, int64_t user, bool activates);
/* On the writer: a hash made before. */
GX_NODISCARD enum gx_code gx_password_put(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user,
                                          struct gx_str hash);
/* The same, and whoever signs in with it has to set another one before anything else. */
GX_NODISCARD enum gx_code gx_password_put_once(struct gx_ctx *ctx, struct gx_conn *conn,
                                               int64_t user, struct gx_str hash);
/* On the writer: the user has just signed in. */
GX_NODISCARD enum gx_code gx_signin_note(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user);
/* On the writer: replaces the roles of a user.  GX_E_INVALID: no such role, or the last
 * administrator would be gone. */
GX_NODISCARD enum gx_code gx_roles_set(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                       struct gx_conn *conn, int64_t user,
                                       const struct gx_str *roles, size_t count);
/* On the writer, before a user goes or becomes inactive.  GX_E_INVALID: the last administrator. */
GX_NODISCARD enum gx_code gx_admin_may_go(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user,
                                          struct gx_str path);
/* Id of the user with this login name; GX_E_NOT_FOUND. */
GX_NODISCARD enum gx_code gx_user_find(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                       struct gx_conn *conn, struct gx_str name, int64_t *ret_user);
/* Forget what was cached about users, roles and sessions. */
void gx_access_forget(struct gx_tenant *tenant);
/* How often that happened: it grows when somebody signs out, or users and roles change. */
uint64_t gx_access_epoch(const struct gx_tenant *tenant);

#endif
