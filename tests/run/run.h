/*
 * run.h - the API test program: data files of requests and expected replies, run for real.
 *
 * tests/api/README.md describes the files.  Each file gets a server and a data folder of its own;
 * every reply is also checked against the OpenAPI document of that server.
 *
 *   script.c   the text of a file into steps          server.c   start, users, stop
 *   http.c     one request, one reply                 match.c    is the reply as expected?
 *   openapi.c  does the reply keep to its schema?     file.c     one file from start to end
 *   api.c      all files, in parallel; the sum
 *   generic.c  generic_object.c   what holds for every object
 */
#ifndef GX_TEST_RUN_H
#define GX_TEST_RUN_H

#include <stdio.h>

#include "base/ctx.h"
#include "base/map.h"
#include "json/read.h"
#include "json/write.h"

enum { RUN_HEADERS_MAX = 8, RUN_PATH_BYTES_MAX = 512 };

/* --- script.c */
struct run_header {
    struct gx_str name, value;
};

struct run_headers {
    struct run_header v[RUN_HEADERS_MAX];
    size_t n;
};

/* One request and what must come back. */
struct run_step {
    struct run_step *next;
    int line;
    struct gx_str as; /* user; empty: nobody */
    bool cookie;      /* signed in by the cookies of earlier replies, not by API key */
    struct gx_str method, path, body;
    bool json_body;
    struct run_headers send, want_headers;
    int status;
    struct gx_str want;            /* JSON text; empty: any */
    struct gx_str want_raw;        /* body byte for byte; .p NULL: any */
    struct gx_str absent, present; /* comma-separated words */
    int within_s;                  /* try again until it fits */
};

/* A user made before the first request. */
struct run_user {
    struct run_user *next;
    int line;
    struct gx_str name, roles; /* roles: words */
};

/* A command line run before the server starts. */
struct run_setup {
    struct run_setup *next;
    int line;
    struct gx_str args;
};

struct run_script {
    struct run_setup *setup;
    struct run_user *users;
    struct run_step *steps;
    bool generic; /* "generic:": also what holds for every object */
};

/* Read a file's text; false: *ret_why says what is wrong.  `folder` is for <file. */
bool run_script_read(struct gx_arena *arena, struct gx_str text, struct gx_str folder,
                     struct run_script *ret_script, struct gx_str *ret_why);

/* --- match.c: values remembered under $names */
struct run_vars {
    struct gx_arena *arena;
    struct gx_map map; /* to struct gx_str * */
};

/* Put in the $names; false: *ret_unknown is not known.  "$$" is a dollar sign. */
bool run_vars_fill(struct run_vars *vars, struct gx_str text, struct gx_str *ret_text,
                   struct gx_str *ret_unknown);
/* Does the text fit?  "*" fits all; an unknown "$name" alone takes the value. */
bool run_match_text(struct run_vars *vars, struct gx_str want, struct gx_str have);
/* Does `have` contain all of `want`?  If not, *ret_why says where. */
bool run_match(struct run_vars *vars, const struct gx_json *want, const struct gx_json *have,
               struct gx_str path, struct gx_str *ret_why);

/* --- http.c */
struct run_server {
    const char *program, *folder; /* folder: of the data */
    int pid, port, out;
};

struct run_reply {
    int status;
    struct gx_str head, body;
};

/* One request on a connection of its own; `local`: as the operator.  False: *ret_why. */
bool run_http(struct gx_arena *arena, const struct run_server *server, bool local,
              struct gx_str request, struct run_reply *ret_reply, const char **ret_why);
/* The n-th header of that name, or an empty string. */
struct gx_str run_reply_header(const struct run_reply *reply, const char *name, size_t n);
/* A path or query as it may stand in a request line. */
struct gx_str run_url(struct gx_arena *arena, struct gx_str path);

/* --- openapi.c */
struct run_api {
    struct gx_arena *arena;
    const struct gx_json *root; /* NULL: the server has no document; nothing is checked */
    struct gx_map hit;          /* "GET /path" */
};

/*
 * Check a reply of `method` and `path` with its content type; `value` is NULL when it is no JSON,
 * and an array of its lines when it is NDJSON.
 */
bool run_api_check(struct run_api *api, struct gx_str method, struct gx_str path, int status,
                   struct gx_str type, const struct gx_json *value, struct gx_str *ret_why);
/* Is `value` what `schema` says?  If not, *ret_why says where. */
bool run_schema_check(struct run_api *api, const struct gx_json *schema,
                      const struct gx_json *value, struct gx_str path, struct gx_str *ret_why);
/*
 * Call each("GET /path", hit) for every operation of the document, with the path of its route:
 * those of all objects count as one.
 */
void run_api_each(struct run_api *api, void (*each)(void *p, struct gx_str route, bool hit),
                  void *p);

/* --- server.c */
/* Run `guanxi ARGS --data FOLDER`; false: it failed, *ret_out is what it printed. */
bool run_command(struct gx_arena *arena, const struct run_server *server, struct gx_str args,
                 struct gx_str *ret_out);
/* Start serving; false: *ret_why. */
bool run_server_start(struct gx_arena *arena, struct run_server *server, struct gx_str *ret_why);
/* Stop it; false: it did not end well. */
bool run_server_stop(struct gx_arena *arena, struct run_server *server, struct gx_str *ret_why);

/* All of a file; empty when it cannot be read. */
struct gx_str run_file_text(struct gx_arena *arena, const char *name);

/* --- generic.c, generic_object.c: what holds for every object, from GET /api/v1/meta */
struct run_generic {
    struct gx_arena *arena;
    const struct run_user *users; /* the first one is an administrator */
    struct run_vars *vars;        /* "$name" is the id of each user */
    const struct gx_json *meta;   /* as the administrator sees it */
    void *p;
    /* A request of a user; NULL when the reply is no JSON. */
    const struct gx_json *(*ask)(void *p, struct gx_str user, const char *method,
                                 struct gx_str path, struct gx_str body, int *ret_status);
    void (*say)(void *p, bool ok, struct gx_str what);
};
void run_generic(struct run_generic *g);
/* Labels, pages, relations and links of an object lead somewhere. */
void run_generic_object(struct run_generic *g, const struct gx_json *object);
/*
 * A body for a new record, with `whole` a value for every field that takes one.  Targets of links
 * are made on the way.  Empty: there is a required field that no value is known for.
 */
struct gx_str run_generic_body(struct run_generic *g, const struct gx_json *object, bool whole);
const struct gx_json *run_generic_find(const struct gx_json *list, const char *key,
                                       struct gx_str value);

/* --- file.c */
/* Run one .api file; what it found goes to `results` as lines, failures to standard output. */
void run_file(const char *program, const char *name, const char *folder, FILE *results);

#endif
