/*
 * attack.h - what the attacks share: people with their keys and cookies, requests, the operations
 * of the running server.
 *
 *   kit.c      requests, people, each operation of the OpenAPI document
 *   matrix.c   each route × each kind of caller, from the route table
 *   idor.c     each operation with an id × a hidden record of each object
 *   headers.c  headers of every reply, by any address
 *   attack.c   injection, forgery, races, floods, secrets; main()
 *   swarm.c    a program of its own: many slow and idle connections
 */
#ifndef GX_ATTACK_H
#define GX_ATTACK_H

#include "../run/run.h"

struct person {
    const char *name, *roles;
    char id[32], key[80], cookie[120], csrf[80];
};

struct attack {
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct run_server server;
    const struct gx_json *api;
    int passed, failed;
    char mine[32], hidden[32]; /* accounts' opportunities: of gus, of bob */
};

enum { NOBODY, GUS, ANN, BOB, EVE, ROOT, SECOND, PEOPLE };
extern struct person people[PEOPLE];
extern const char attack_password[], attack_private_text[];

/* A passed or failed test; `why` is shown of a failed one. */
void say(struct attack *a, bool ok, const char *test, struct gx_str why);

struct call {
    const struct person *as; /* NULL: nobody, unless local */
    bool cookie, local;
    const char *method, *headers; /* headers: lines, each ended by CR LF */
    struct gx_str path, body;
};

struct run_reply send_call(struct attack *a, struct gx_arena *arena, const struct call *c);
/* NULL: it is none. */
const struct gx_json *json_of(struct attack *a, struct gx_str body);
/* By API key; as NULL: the operator. */
struct run_reply ask(struct attack *a, const struct person *as, const char *method,
                     const char *path, const char *body);
void copy(char *to, size_t max, struct gx_str s);
/* printf of two texts, in the arena of `a`. */
const char *text(struct attack *a, const char *format, const char *x, const char *y);

/* A user with these roles, a password, a key and a cookie. */
void make_person(struct attack *a, struct person *p);
/* Signed in, with its cookie; of attack_password, or another. */
void sign_in(struct attack *a, struct person *p);
void sign_in_with(struct attack *a, struct person *p, const char *password);
void make_people(struct attack *a);
/* bob's hidden opportunity, and the document of the server. */
void make_records(struct attack *a);
/* All records of all objects, as the operator sees them, in one number. */
uint64_t all_records(struct attack *a);

typedef void (*each_fn)(struct attack *a, struct gx_str path, const char *method,
                        const struct gx_json *operation, void *p);
void each_operation(struct attack *a, each_fn fn, void *p);
/* The path with `id` for each {piece}. */
struct gx_str fill_path(struct attack *a, struct gx_str path, const char *id);
bool is_public(struct gx_str path, const char *method);

/* matrix.c */
void attack_matrix(struct attack *a);
/* idor.c */
void attack_ids(struct attack *a);
/* headers.c */
void attack_headers(struct attack *a);

#endif
