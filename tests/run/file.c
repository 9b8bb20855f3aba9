/* file.c - one .api file: its server, its steps, what it found; see run.h. */
#include "run.h"

#include <stdio.h>
#include <time.h>

struct user {
    struct user *next;
    struct gx_str name, key, cookies;
};

struct file {
    struct gx_arena *arena;
    struct gx_ctx ctx;
    const char *name;
    struct run_server server;
    struct run_script script;
    struct run_vars vars;
    struct run_api api;
    struct user *users;
    FILE *results;
};

/* --- one request */

static struct user *find_user(struct file *f, struct gx_str name)
{
    for (struct user *u = f->users; u; u = u->next)
        if (gx_str_eq(u->name, name))
            return u;
    struct user *u = GX_ARENA_NEW(f->arena, struct user);
    *u = (struct user){ .next = f->users, .name = name, .cookies = GX_STR("") };
    f->users = u;
    return u;
}

/* A request of the operator, over the local socket; NULL: *ret_why. */
static const struct gx_json *operate(struct file *f, const char *method, struct gx_str path,
                                     struct gx_str body, struct gx_str *ret_why)
{
    struct run_reply reply = { 0 };
    struct gx_json *value = NULL;
    const char *why = "";
    struct gx_str request =
        gx_arena_printf(f->arena,
                        "%s %.*s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%.*s",
                        method, GX_STR_ARG(run_url(f->arena, path)), body.n, GX_STR_ARG(body));
    bool ok = run_http(f->arena, &f->server, true, request, &reply, &why);
    if (ok && reply.status < 300 && gx_json_read(&f->ctx, reply.body, &value) == GX_OK)
        return value;
    gx_ctx_clear(&f->ctx);
    *ret_why = gx_arena_printf(f->arena, "%s %.*s: %d %s %.*s", method, GX_STR_ARG(path),
                               reply.status, why, GX_STR_ARG(reply.body));
    return NULL;
}

/* The user's id is in the variable of that name, or found by login. */
static bool user_id(struct file *f, struct gx_str name, struct gx_str *ret_id,
                    struct gx_str *ret_why)
{
    const struct gx_str *known =
        gx_map_get(&f->vars.map, gx_arena_printf(f->arena, "$%.*s", GX_STR_ARG(name)));
    if (known) {
        *ret_id = *known;
        return true;
    }
    struct gx_str path =
        gx_arena_printf(f->arena, "/api/v1/user?filter=login = \"%.*s\"", GX_STR_ARG(name));
    const struct gx_json *found = operate(f, "GET", path, GX_STR(""), ret_why);
    const struct gx_json *rows = gx_json_get(found, "rows");
    if (found && !(rows && rows->first))
        *ret_why = gx_arena_printf(f->arena, "there is no user %.*s", GX_STR_ARG(name));
    if (!rows || !rows->first)
        return false;
    *ret_id = gx_json_get_str(rows->first, "id", GX_STR(""));
    return true;
}

static bool sign_in(struct file *f, struct user *user, struct gx_str *ret_why)
{
    struct gx_str id = { "", 0 };
    if (user->key.n)
        return true;
    if (!user_id(f, user->name, &id, ret_why))
        return false;
    struct gx_str path = gx_arena_printf(f->arena, "/api/v1/user/%.*s/key", GX_STR_ARG(id));
    const struct gx_json *made = operate(f, "POST", path, GX_STR("{}"), ret_why);
    user->key = gx_json_get_str(made, "key", GX_STR(""));
    return user->key.n > 0;
}

/* Name and value of each Set-Cookie; a later one of the same name wins. */
static void keep_cookies(struct file *f, struct user *user, const struct run_reply *reply)
{
    for (size_t n = 0;; n++) {
        struct gx_str set = run_reply_header(reply, "Set-Cookie", n), kept = user->cookies;
        if (set.n == 0)
            return;
        set.n = gx_str_find(set, ';');
        struct gx_str name = { set.p, gx_str_find(set, '=') + 1 }, one = { "", 0 };
        struct gx_str all = gx_arena_str(f->arena, set);
        while (kept.n && gx_str_split(&kept, ';', &one))
            if (!gx_str_starts(gx_str_trim(one), name) && one.n)
                all = gx_arena_printf(f->arena, "%.*s; %.*s", GX_STR_ARG(all),
                                      GX_STR_ARG(gx_str_trim(one)));
        user->cookies = all;
    }
}

static bool fill(struct file *f, struct gx_str text, struct gx_str *ret_text,
                 struct gx_str *ret_why)
{
    struct gx_str unknown = { "", 0 };
    if (run_vars_fill(&f->vars, text, ret_text, &unknown))
        return true;
    *ret_why = gx_arena_printf(f->arena, "%.*s has no value yet", GX_STR_ARG(unknown));
    return false;
}

static bool sends(const struct run_step *step, const char *name)
{
    for (size_t i = 0; i < step->send.n; i++)
        if (gx_str_ieq(step->send.v[i].name, gx_str_c(name)))
            return true;
    return false;
}

static bool write_request(struct file *f, const struct run_step *step, const struct user *user,
                          struct gx_buf *out, struct gx_str *ret_why)
{
    struct gx_str path = { "", 0 }, body = { "", 0 }, value = { "", 0 };
    if (!fill(f, step->path, &path, ret_why) || !fill(f, step->body, &body, ret_why))
        return false;
    path = run_url(f->arena, path);
    gx_buf_printf(out, "%.*s %.*s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n",
                  GX_STR_ARG(step->method), GX_STR_ARG(path), f->server.port);
    if (user && user->key.n && !step->cookie)
        gx_buf_printf(out, "Authorization: Bearer %.*s\r\n", GX_STR_ARG(user->key));
    if (user && user->cookies.n && step->cookie)
        gx_buf_printf(out, "Cookie: %.*s\r\n", GX_STR_ARG(user->cookies));
    if (step->json_body && !sends(step, "Content-Type"))
        gx_buf_addz(out, "Content-Type: application/json\r\n");
    if (step->body.p && !sends(step, "Content-Length"))
        gx_buf_printf(out, "Content-Length: %zu\r\n", body.n);
    for (size_t i = 0; i < step->send.n; i++) {
        if (!fill(f, step->send.v[i].value, &value, ret_why))
            return false;
        gx_buf_printf(out, "%.*s: %.*s\r\n", GX_STR_ARG(step->send.v[i].name), GX_STR_ARG(value));
    }
    gx_buf_addz(out, "\r\n");
    gx_buf_add(out, body);
    return true;
}

/* --- is the reply right? */

/* The value of a JSON reply (NDJSON becomes an array) or NULL; false: it is said to be JSON. */
static bool read_json(struct file *f, const struct run_reply *reply, struct gx_json **ret_value,
                      struct gx_str *ret_why)
{
    struct gx_str type = run_reply_header(reply, "Content-Type", 0), text = reply->body;
    *ret_value = NULL;
    if (gx_str_search(type, GX_STR("json")) == SIZE_MAX || text.n == 0)
        return true;
    if (gx_str_search(type, GX_STR("ndjson")) != SIZE_MAX) {
        char *list = gx_arena_cstr(
            f->arena, gx_arena_printf(f->arena, "[%.*s]", GX_STR_ARG(gx_str_trim(text))));
        for (char *p = list; *p; p++)
            *p = *p == '\n' ? ',' : *p;
        text = gx_str_c(list);
    }
    if (gx_json_read(&f->ctx, text, ret_value) == GX_OK)
        return true;
    *ret_why = gx_ctx_text(&f->ctx);
    gx_ctx_clear(&f->ctx);
    return false;
}

/* Each word of a comma-separated list stands, or does not stand, in the body. */
static bool check_words(struct file *f, struct gx_str words, struct gx_str body, bool wanted,
                        struct gx_str *ret_why)
{
    struct gx_str word = { "", 0 }, filled = { "", 0 };
    while (words.n && gx_str_split(&words, ',', &word)) {
        if (!fill(f, gx_str_trim(word), &filled, ret_why))
            return false;
        if (filled.n && (gx_str_search(body, filled) != SIZE_MAX) != wanted) {
            *ret_why = gx_arena_printf(f->arena, "\"%.*s\" %s in the reply", GX_STR_ARG(filled),
                                       wanted ? "is not" : "stands");
            return false;
        }
    }
    return true;
}

static bool check_headers(struct file *f, const struct run_step *step,
                          const struct run_reply *reply, struct gx_str *ret_why)
{
    for (size_t i = 0; i < step->want_headers.n; i++) {
        const struct run_header *want = &step->want_headers.v[i];
        struct gx_str name = gx_arena_str(f->arena, want->name);
        struct gx_str have = run_reply_header(reply, name.p, 0);
        if (have.n == 0 || !run_match_text(&f->vars, want->value, have)) {
            *ret_why = gx_arena_printf(f->arena, "header %.*s is \"%.*s\", not \"%.*s\"",
                                       GX_STR_ARG(name), GX_STR_ARG(have), GX_STR_ARG(want->value));
            return false;
        }
    }
    return true;
}

static bool check_body(struct file *f, const struct run_step *step, const struct run_reply *reply,
                       const struct gx_json *value, struct gx_str *ret_why)
{
    struct gx_json *want = NULL;
    struct gx_str raw = { "", 0 };
    if (step->want_raw.p) {
        if (!fill(f, step->want_raw, &raw, ret_why))
            return false;
        if (!gx_str_eq(raw, reply->body)) {
            *ret_why = GX_STR("the body differs");
            return false;
        }
    }
    if (step->want.n == 0)
        return true;
    if (gx_json_read(&f->ctx, step->want, &want) != GX_OK) {
        *ret_why =
            gx_arena_printf(f->arena, "what is expected: %.*s", GX_STR_ARG(gx_ctx_text(&f->ctx)));
        gx_ctx_clear(&f->ctx);
        return false;
    }
    if (!value) {
        *ret_why = GX_STR("the reply is no JSON");
        return false;
    }
    return run_match(&f->vars, want, value, GX_STR("reply"), ret_why);
}

static bool check_reply(struct file *f, const struct run_step *step, const struct run_reply *reply,
                        struct gx_str *ret_why)
{
    struct gx_json *value = NULL;
    struct gx_str path = { "", 0 };
    if (reply->status != step->status) {
        *ret_why = gx_arena_printf(f->arena, "status %d, not %d", reply->status, step->status);
        return false;
    }
    if (!read_json(f, reply, &value, ret_why))
        return false;
    struct gx_str code = gx_json_get_str(value, "code", GX_STR(""));
    if (reply->status >= 400 && code.n)
        fprintf(f->results, "code %.*s\n", GX_STR_ARG(code));
    return check_headers(f, step, reply, ret_why) && check_body(f, step, reply, value, ret_why) &&
           check_words(f, step->absent, reply->body, false, ret_why) &&
           check_words(f, step->present, reply->body, true, ret_why) &&
           fill(f, step->path, &path, ret_why) &&
           run_api_check(&f->api, step->method, path, reply->status,
                         run_reply_header(reply, "Content-Type", 0), value, ret_why);
}

static bool try_step(struct file *f, const struct run_step *step, struct gx_str *ret_why)
{
    bool local = gx_str_is(step->as, "operator");
    struct user *user = step->as.n && !local ? find_user(f, step->as) : NULL;
    struct run_reply reply = { 0 };
    const char *why = "";
    struct gx_buf request = { 0 };
    if (user && !step->cookie && !sign_in(f, user, ret_why))
        return false;
    bool ok = write_request(f, step, user, &request, ret_why);
    if (ok && !run_http(f->arena, &f->server, local, gx_buf_str(&request), &reply, &why)) {
        *ret_why = gx_str_c(why);
        ok = false;
    }
    gx_buf_free(&request);
    if (!ok)
        return false;
    if (user && step->cookie)
        keep_cookies(f, user, &reply);
    if (check_reply(f, step, &reply, ret_why))
        return true;
    *ret_why =
        gx_arena_printf(f->arena, "%.*s\n    reply: %d %.*s", GX_STR_ARG(*ret_why), reply.status,
                        (int)(reply.body.n < 1000 ? reply.body.n : 1000), reply.body.p);
    return false;
}

/* --- one file */

static void say(struct file *f, int line, bool ok, struct gx_str why)
{
    fprintf(f->results, ok ? "passed\n" : "failed\n");
    if (!ok && line)
        printf("FAIL %s:%d: %.*s\n", f->name, line, GX_STR_ARG(why));
    else if (!ok)
        printf("FAIL %s: %.*s\n", f->name, GX_STR_ARG(why));
}

static void load_openapi(struct file *f)
{
    struct run_reply reply = { 0 };
    const char *why = "";
    struct gx_str request = GX_STR("GET /api/v1/openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                   "Connection: close\r\n\r\n");
    struct gx_json *root = NULL;
    bool ok = run_http(f->arena, &f->server, false, request, &reply, &why);
    if (ok && reply.status == 200 && gx_json_read(&f->ctx, reply.body, &root) == GX_OK)
        f->api.root = root;
    if (root && f->api.root == root)
        return;
    struct gx_str text = gx_arena_printf(f->arena, "no OpenAPI document: status %d %s %.*s",
                                         reply.status, why, GX_STR_ARG(gx_ctx_text(&f->ctx)));
    gx_ctx_clear(&f->ctx);
    say(f, 0, false, text);
}

static void run_step(struct file *f, const struct run_step *step)
{
    struct gx_str why = { "", 0 };
    struct timespec tick = { .tv_nsec = 20000000 };
    int64_t limit = gx_monotonic_us() + INT64_C(1000000) * step->within_s;
    bool ok = try_step(f, step, &why);
    while (!ok && gx_monotonic_us() < limit) {
        nanosleep(&tick, NULL);
        ok = try_step(f, step, &why);
    }
    say(f, step->line, ok, why);
    if (gx_str_is(step->method, "POST") && gx_str_is(step->path, "/api/v1/definition"))
        load_openapi(f); /* it has other objects and fields now */
}

static const struct gx_json *ask(void *p, struct gx_str name, const char *method,
                                 struct gx_str path, struct gx_str body, int *ret_status)
{
    struct file *f = p;
    struct run_step step = { .as = name,
                             .method = gx_str_c(method),
                             .path = path,
                             .body = body.n ? body : (struct gx_str){ NULL, 0 },
                             .json_body = body.n > 0 };
    struct user *user = find_user(f, name);
    struct run_reply reply = { 0 };
    struct gx_buf request = { 0 };
    struct gx_str why = { "", 0 };
    struct gx_json *value = NULL;
    const char *broken = "";
    *ret_status = 0;
    bool ok = sign_in(f, user, &why) && write_request(f, &step, user, &request, &why) &&
              run_http(f->arena, &f->server, false, gx_buf_str(&request), &reply, &broken) &&
              read_json(f, &reply, &value, &why);
    gx_buf_free(&request);
    if (ok)
        ok = run_api_check(&f->api, step.method, run_url(f->arena, path), reply.status,
                           run_reply_header(&reply, "Content-Type", 0), value, &why);
    if (!ok)
        say(f, 0, false,
            gx_arena_printf(f->arena, "%s %.*s: %.*s%s", method, GX_STR_ARG(path), GX_STR_ARG(why),
                            broken));
    *ret_status = reply.status;
    return value;
}

static void say_generic(void *p, bool ok, struct gx_str what)
{
    say(p, 0, ok, what);
}

static void generic(struct file *f)
{
    struct run_generic g = { .arena = f->arena,
                             .users = f->script.users,
                             .vars = &f->vars,
                             .p = f,
                             .ask = ask,
                             .say = say_generic };
    run_generic(&g);
}

static void report_route(void *p, struct gx_str route, bool hit)
{
    struct file *f = p;
    fprintf(f->results, "%s %.*s\n", hit ? "hit" : "route", GX_STR_ARG(route));
}

static bool make_user(struct file *f, const struct run_user *user, struct gx_str *ret_why)
{
    struct gx_str body = gx_arena_printf(f->arena, "{\"login\":\"%.*s\",\"display_name\":\"%.*s\"}",
                                         GX_STR_ARG(user->name), GX_STR_ARG(user->name));
    const struct gx_json *made = operate(f, "POST", GX_STR("/api/v1/user"), body, ret_why);
    if (!made)
        return false;
    struct gx_str *id = GX_ARENA_NEW(f->arena, struct gx_str);
    *id = gx_json_get_str(made, "id", GX_STR(""));
    gx_map_set(&f->vars.map, f->arena, gx_arena_printf(f->arena, "$%.*s", GX_STR_ARG(user->name)),
               id);
    struct gx_str rest = user->roles, role = { "", 0 }, list = GX_STR("");
    while (rest.n && gx_str_split(&rest, ' ', &role))
        list = gx_arena_printf(f->arena, "%.*s%s\"%.*s\"", GX_STR_ARG(list), list.n ? "," : "",
                               GX_STR_ARG(role));
    return operate(f, "PUT", gx_arena_printf(f->arena, "/api/v1/user/%.*s/roles", GX_STR_ARG(*id)),
                   gx_arena_printf(f->arena, "{\"roles\":[%.*s]}", GX_STR_ARG(list)),
                   ret_why) != NULL;
}

static bool prepare(struct file *f)
{
    struct gx_str out = { "", 0 };
    /* Commands want a data folder; a server makes its own. */
    bool ok = !f->script.setup || run_command(f->arena, &f->server, GX_STR("init"), &out);
    int line = 0;
    for (struct run_setup *s = f->script.setup; ok && s; s = s->next) {
        ok = run_command(f->arena, &f->server, s->args, &out);
        line = s->line;
    }
    ok = ok && run_server_start(f->arena, &f->server, &out);
    for (struct run_user *u = f->script.users; ok && u; u = u->next) {
        ok = make_user(f, u, &out);
        line = u->line;
    }
    if (!ok)
        say(f, line, false, out);
    return ok;
}

/* Whatever the file did: the store is whole, and every record agrees with the log. */
static void verify(struct file *f)
{
    struct gx_str why = GX_STR("");
    const struct gx_json *reply = operate(f, "POST", GX_STR("/api/v1/verify"), GX_STR(""), &why),
                         *problems;
    problems = reply ? gx_json_get(reply, "problems") : NULL;
    if (problems && problems->first)
        why = gx_arena_printf(f->arena, "verify: %.*s: %.*s",
                              GX_STR_ARG(gx_json_get_str(problems->first, "where", GX_STR(""))),
                              GX_STR_ARG(gx_json_get_str(problems->first, "detail", GX_STR(""))));
    say(f, 0, reply && gx_json_get_bool(reply, "ok", false), why);
}

void run_file(const char *program, const char *name, const char *folder, FILE *results)
{
    struct gx_arena arena = { 0 };
    struct file f = {
        .arena = &arena,
        .ctx = { .arena = &arena, .lang = GX_LANG_EN },
        .name = name,
        .server = { .program = program, .folder = folder },
        .vars = { .arena = &arena },
        .api = { .arena = &arena },
        .results = results,
    };
    const char *slash = strrchr(name, '/');
    struct gx_str beside = slash ? (struct gx_str){ name, (size_t)(slash - name) } : GX_STR(".");
    struct gx_str why = { "", 0 };
    if (!run_script_read(&arena, run_file_text(&arena, name), beside, &f.script, &why)) {
        say(&f, 0, false, why);
    } else if (prepare(&f)) {
        load_openapi(&f);
        for (const struct run_step *step = f.script.steps; step; step = step->next)
            run_step(&f, step);
        if (f.script.generic)
            generic(&f);
        verify(&f);
        run_api_each(&f.api, report_route, &f);
        say(&f, 0, run_server_stop(&arena, &f.server, &why), why);
    }
    gx_arena_free(&arena);
}
