/* fetch.c - see fetch.h. */
#include "net/fetch.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"

/* --- where an address is */

struct network4 {
    uint32_t address, bits;
    enum gx_place place;
};

static enum gx_place place4(uint32_t a)
{
    static const struct network4 networks[] = {
        { 0x7f000000, 8, GX_PLACE_HERE },    { 0x0a000000, 8, GX_PLACE_INSIDE },
        { 0xac100000, 12, GX_PLACE_INSIDE }, { 0xc0a80000, 16, GX_PLACE_INSIDE },
        { 0x64400000, 10, GX_PLACE_INSIDE }, { 0x00000000, 8, GX_PLACE_NEVER },
        { 0xa9fe0000, 16, GX_PLACE_NEVER },  { 0xc0000000, 24, GX_PLACE_NEVER },
        { 0xc0000200, 24, GX_PLACE_NEVER },  { 0xc0586300, 24, GX_PLACE_NEVER },
        { 0xc6120000, 15, GX_PLACE_NEVER },  { 0xc6336400, 24, GX_PLACE_NEVER },
        { 0xcb007100, 24, GX_PLACE_NEVER },  { 0xe0000000, 3, GX_PLACE_NEVER },
    };
    for (size_t i = 0; i < GX_COUNT(networks); i++)
        if ((a ^ networks[i].address) >> (32 - networks[i].bits) == 0)
            return networks[i].place;
    return GX_PLACE_PUBLIC;
}

static uint32_t word_at(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static enum gx_place place6(const unsigned char *p)
{
    static const unsigned char zero[16], mapped[12] = { [10] = 0xff, [11] = 0xff },
                                         nat64[12] = { 0, 0x64, 0xff, 0x9b };
    if (memcmp(p, mapped, sizeof mapped) == 0 || memcmp(p, nat64, sizeof nat64) == 0)
        return place4(word_at(p + 12));
    if (memcmp(p, zero, 15) == 0)
        return p[15] == 1 ? GX_PLACE_HERE : GX_PLACE_NEVER;
    if ((p[0] & 0xfe) == 0xfc)
        return GX_PLACE_INSIDE;
    /* Only 2000::/3 is given out; in it tunnels (Teredo, 6to4) and examples lead elsewhere. */
    bool tunnel =
        word_at(p) == 0x20010000 || word_at(p) == 0x20010db8 || word_at(p) >> 16 == 0x2002;
    return p[0] >> 5 == 1 && !tunnel ? GX_PLACE_PUBLIC : GX_PLACE_NEVER;
}

enum gx_place gx_place_of(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    switch (address->sa_family) {
    case AF_INET:
        memcpy(&v4, address, sizeof v4);
        return place4(ntohl(v4.sin_addr.s_addr));
    case AF_INET6:
        memcpy(&v6, address, sizeof v6);
        return place6(v6.sin6_addr.s6_addr);
    default:
        return GX_PLACE_NEVER;
    }
}

/* --- asking */

struct asking {
    const struct gx_fetch *ask;
    struct gx_buf body;
    bool plain;   /* HTTP */
    bool refused; /* an address that may not be asked */
};

/* The one place where this program makes a connection for HTTP. */
static curl_socket_t open_socket(void *p, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct asking *a = p;
    enum gx_place place = gx_place_of(&to->addr);
    bool ours = place == GX_PLACE_HERE || place == GX_PLACE_INSIDE;
    bool may = place == GX_PLACE_PUBLIC || (ours && a->ask->inside);
    if (purpose != CURLSOCKTYPE_IPCXN || !may || (a->plain && place != GX_PLACE_HERE)) {
        a->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t take(char *data, size_t size, size_t count, void *p)
{
    struct asking *a = p;
    gx_buf_add(&a->body, (struct gx_str){ data, size * count });
    return a->body.overflow ? 0 : size * count;
}

/* A confined server has no way out unless it was started with one. */
static bool is_confined(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0)
        close(fd);
    return fd < 0 && errno == EPERM;
}

static enum gx_code why_not(struct gx_ctx *ctx, const struct asking *a, CURLcode rc)
{
    if (a->body.overflow)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR("url"), GX_M_FETCH_LARGE, a->ask->url);
    if (a->refused)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("url"), GX_M_FETCH_INSIDE, a->ask->url);
    if (is_confined())
        return gx_fail(ctx, GX_E_BUSY, GX_STR("url"), GX_M_FETCH_CONFINED);
    return gx_fail(ctx, GX_E_BUSY, GX_STR("url"), GX_M_FETCH_FAILED, a->ask->url,
                   gx_str_c(curl_easy_strerror(rc)));
}

static bool set_up(CURL *curl, struct gx_ctx *ctx, struct asking *a, struct curl_slist *headers)
{
    const struct gx_fetch *ask = a->ask;
    struct gx_arena *arena = ctx->arena;
    bool ok = curl_easy_setopt(curl, CURLOPT_URL, gx_arena_cstr(arena, ask->url)) == CURLE_OK;
    ok = ok && curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, a->plain ? "http" : "https") == 0;
    ok = ok && curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK;
    ok = ok && curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK;
    ok = ok && curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
    ok = ok && curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)GX_FETCH_MS_MAX) == CURLE_OK;
    ok = ok && curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK;
    ok = ok && curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK;
    ok = ok && curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK;
    ok = ok && curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, a) == CURLE_OK;
    ok = ok && curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take) == CURLE_OK;
    ok = ok && curl_easy_setopt(curl, CURLOPT_WRITEDATA, a) == CURLE_OK;
    ok = ok && curl_easy_setopt(curl, CURLOPT_USERAGENT, "Guanxi") == CURLE_OK;
    ok = ok && curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK;
    if (ok && ask->form.n)
        ok = curl_easy_setopt(curl, CURLOPT_POSTFIELDS, gx_arena_cstr(arena, ask->form)) == 0;
    if (ok && ask->user.n)
        ok = curl_easy_setopt(curl, CURLOPT_USERNAME, gx_arena_cstr(arena, ask->user)) == 0 &&
             curl_easy_setopt(curl, CURLOPT_PASSWORD, gx_arena_cstr(arena, ask->password)) == 0;
    if (ok && ask->bearer.n)
        ok = curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER) == 0 &&
             curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, gx_arena_cstr(arena, ask->bearer)) == 0;
    return ok;
}

enum gx_code gx_fetch(struct gx_ctx *ctx, const struct gx_fetch *ask, struct gx_fetched *ret)
{
    struct asking a = { .ask = ask, .body = { .max = GX_FETCH_BYTES_MAX } };
    long status = 0;
    GX_TRY(gx_fetch_check(ctx, ask->url, ask->inside, GX_STR("url")));
    a.plain = gx_str_starts(ask->url, GX_STR("http://"));
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Accept: application/json");
    CURLcode rc = curl && headers && set_up(curl, ctx, &a, headers) ? curl_easy_perform(curl)
                                                                    : CURLE_FAILED_INIT;
    if (rc == CURLE_OK)
        rc = curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    enum gx_code code = rc == CURLE_OK ? GX_OK : why_not(ctx, &a, rc);
    if (code == GX_OK)
        *ret = (struct gx_fetched){ (int)status, gx_arena_str(ctx->arena, gx_buf_str(&a.body)) };
    gx_buf_free(&a.body);
    return code;
}

/* --- its text */

static bool part_is(CURLU *url, CURLUPart part, const char *a, const char *b)
{
    char *text = NULL;
    bool is = curl_url_get(url, part, &text, 0) == CURLUE_OK &&
              (strcmp(text, a) == 0 || strcmp(text, b) == 0);
    curl_free(text);
    return is;
}

static bool has_part(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    bool has = curl_url_get(url, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return has;
}

enum gx_code gx_fetch_check(struct gx_ctx *ctx, struct gx_str url, bool inside, struct gx_str path)
{
    CURLU *u = curl_url();
    bool good = u && url.n <= GX_FETCH_URL_BYTES_MAX && memchr(url.p, 0, url.n) == NULL &&
                curl_url_set(u, CURLUPART_URL, gx_arena_cstr(ctx->arena, url),
                             CURLU_DISALLOW_USER) == CURLUE_OK &&
                part_is(u, CURLUPART_SCHEME, "https", inside ? "http" : "https") &&
                has_part(u, CURLUPART_HOST) && !has_part(u, CURLUPART_FRAGMENT);
    curl_url_cleanup(u);
    return good ? GX_OK : gx_fail(ctx, GX_E_INVALID, path, GX_M_FETCH_URL, url);
}

struct gx_str gx_form_encode(struct gx_arena *arena, struct gx_str s)
{
    static const char hex[] = "0123456789ABCDEF";
    char *out = gx_arena_alloc(arena, s.n * 3 + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            out[n++] = (char)c;
            continue;
        }
        out[n++] = '%';
        out[n++] = hex[c >> 4];
        out[n++] = hex[c & 15];
    }
    return (struct gx_str){ out, n };
}
