/*
 * headers.c - what a browser is told with each reply, by whatever address and with whatever status.
 */
#include <string.h>

#include "attack.h"

static bool has(struct gx_str s, const char *what)
{
    return gx_str_search(s, gx_str_c(what)) != SIZE_MAX;
}

static void expect(struct attack *a, bool ok, const char *test, const char *where,
                   const struct run_reply *r)
{
    say(a, ok, test,
        gx_arena_printf(&a->arena, "%s: %d %.*s", where, r->status, GX_STR_ARG(r->head)));
}

static void check_policy(struct attack *a, const char *where, const struct run_reply *r)
{
    struct gx_str policy = run_reply_header(r, "Content-Security-Policy", 0);
    struct gx_str type = run_reply_header(r, "Content-Type", 0);
    expect(a,
           has(policy, "frame-ancestors 'none'") && has(policy, "default-src '") &&
               has(policy, "base-uri 'none'") && !has(policy, "unsafe"),
           "X6 content security policy", where, r);
    expect(a, gx_str_is(run_reply_header(r, "X-Content-Type-Options", 0), "nosniff"), "X6 nosniff",
           where, r);
    expect(a,
           gx_str_is(run_reply_header(r, "Cross-Origin-Resource-Policy", 0), "same-origin") &&
               !has(r->head, "Access-Control-"),
           "C2 no other origin reads it", where, r);
    expect(a, r->body.n == 0 || type.n > 0, "X6 a type for each body", where, r);
    expect(a, !gx_str_starts(type, GX_STR("text/")) || has(type, "charset=utf-8"),
           "X6 a charset for each text", where, r);
    if (has(type, "html"))
        expect(a,
               gx_str_is(run_reply_header(r, "Referrer-Policy", 0), "same-origin") &&
                   gx_str_is(run_reply_header(r, "X-Frame-Options", 0), "DENY"),
               "X6 pages are not framed", where, r);
    expect(a, run_reply_header(r, "Server", 0).n == 0 && !has(r->head, "X-Powered-By"),
           "M3 what serves it is not said", where, r);
}

static void attack_operation(struct attack *a, struct gx_str path, const char *method,
                             const struct gx_json *operation, void *p)
{
    (void)operation, (void)p;
    /* A stream does not end; signing out would. */
    if (has(path, "/events") || strcmp(method, "DELETE") == 0)
        return;
    for (int who = NOBODY; who <= ANN; who += ANN) {
        struct gx_arena one = { 0 };
        struct call c = { .as = &people[who], .method = method, .path = fill_path(a, path, "1") };
        const char *where = text(a, "%s %s", method, gx_arena_cstr(&a->arena, path));
        if (strcmp(method, "GET") != 0)
            c.body = GX_STR("[");
        struct run_reply r = send_call(a, &one, &c);
        struct gx_str cache = run_reply_header(&r, "Cache-Control", 0);
        check_policy(a, where, &r);
        expect(a, has(cache, "no-store") || has(cache, "no-cache"), "X6 nothing is kept", where,
               &r);
        expect(a,
               who == NOBODY || has(cache, "no-store") || has(cache, "private") ||
                   is_public(path, method),
               "X6 what is private is not kept by others", where, &r);
        gx_arena_free(&one);
    }
}

void attack_headers(struct attack *a)
{
    static const char *const pages[] = {
        "/",         "/o/account", "/index.html",           "/none.js",     "/assets/none",
        "/api/none", "/%zz",       "/..%2f..%2fetc/passwd", "/.git/config", "/?next=//evil.example",
        "/health",   "/ready",
    };
    each_operation(a, attack_operation, NULL);
    for (size_t i = 0; i < GX_COUNT(pages); i++) {
        static const char *const methods[] = { "GET", "HEAD", "POST", "TRACE", "OPTIONS" };
        for (size_t m = 0; m < GX_COUNT(methods); m++) {
            struct gx_arena one = { 0 };
            struct call c = { .as = &people[NOBODY], .method = methods[m] };
            /* As it stands: run_url() would encode what is meant to be wrong. */
            c.path = gx_str_c(pages[i]);
            struct run_reply r = send_call(a, &one, &c);
            check_policy(a, text(a, "%s %s", methods[m], pages[i]), &r);
            expect(a, r.status < 300 || r.status >= 400, "C4 no redirect", pages[i], &r);
            expect(a, !has(r.body, "evil.example") && !has(r.body, "root:"), "X5 nothing echoed",
                   pages[i], &r);
            gx_arena_free(&one);
        }
    }
}
