/* url.c - see url.h. */
#include "net/url.h"

#include "base/text.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Decoded bytes to `out` (at least raw.n); false for a broken escape. */
static bool unescape(struct gx_str raw, bool plus, char *out, size_t *ret_n)
{
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.p[i];
        if (c == '%') {
            int high = i + 2 < raw.n ? hex_value(raw.p[i + 1]) : -1;
            int low = i + 2 < raw.n ? hex_value(raw.p[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        out[n++] = c;
    }
    *ret_n = n;
    return true;
}

static bool has_control(struct gx_str s, bool query)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == 0x7f || (c < 0x20 && !(query && (c == '\t' || c == '\n' || c == '\r'))))
            return true;
    }
    return false;
}

bool gx_url_decode(struct gx_arena *arena, struct gx_str raw, bool query, struct gx_str *ret)
{
    struct gx_str decoded = raw;
    bool encoded = gx_str_find(raw, '%') < raw.n || (query && gx_str_find(raw, '+') < raw.n);
    if (encoded) {
        char *out = gx_arena_alloc(arena, raw.n);
        decoded.p = out;
        if (!unescape(raw, query, out, &decoded.n))
            return false;
    }
    if (has_control(decoded, query) || !gx_text_valid(decoded))
        return false;
    *ret = decoded;
    return true;
}

bool gx_url_split(struct gx_arena *arena, struct gx_str path, struct gx_str *pieces,
                  size_t *ret_count)
{
    if (path.n == 0 || path.p[0] != '/')
        return false;
    struct gx_str rest = gx_str_from(path, 1), raw;
    size_t count = 0;
    while (gx_str_split(&rest, '/', &raw)) {
        struct gx_str piece;
        if (!gx_url_decode(arena, raw, false, &piece))
            return false;
        if (count < GX_PATH_PIECES_MAX)
            pieces[count] = piece;
        if (count <= GX_PATH_PIECES_MAX)
            count++;
    }
    *ret_count = count;
    return true;
}

enum gx_code gx_url_query(struct gx_ctx *ctx, struct gx_str raw, struct gx_header **ret_params,
                          size_t *ret_count)
{
    size_t most = raw.n ? 1 : 0, count = 0;
    for (size_t i = 0; i < raw.n; i++)
        most += raw.p[i] == '&';
    if (most > GX_QUERY_PARAMS_MAX)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR(""), GX_M_NET_HEADERS_MANY, GX_STR("100"));
    struct gx_header *params = GX_ARENA_ARRAY(ctx->arena, struct gx_header, most);
    struct gx_str pair;
    for (struct gx_str rest = raw; count < most && gx_str_split(&rest, '&', &pair);) {
        if (pair.n == 0)
            continue;
        size_t at = gx_str_find(pair, '=');
        struct gx_header *param = &params[count++];
        if (!gx_url_decode(ctx->arena, (struct gx_str){ pair.p, at }, true, &param->name) ||
            !gx_url_decode(ctx->arena, gx_str_from(pair, at + 1), true, &param->value))
            return gx_fail(ctx, GX_E_SYNTAX, GX_STR(""), GX_M_NET_TARGET);
    }
    *ret_params = params;
    *ret_count = count;
    return GX_OK;
}

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool all_in(struct gx_str s, const char *also)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_alnum(s.p[i]) && (s.p[i] == 0 || !strchr(also, s.p[i])))
            return false;
    return s.n > 0;
}

bool gx_url_host_valid(struct gx_str host)
{
    struct gx_str name = host, port = GX_STR("0");
    bool bracket = host.n && host.p[0] == '[';
    size_t end = bracket ? gx_str_find(host, ']') : 0;
    if (bracket && end == host.n)
        return false;
    size_t colon = end + gx_str_find(gx_str_from(host, end), ':');
    if (colon < host.n) {
        port = gx_str_from(host, colon + 1);
        name.n = colon;
    }
    for (size_t i = 0; i < port.n; i++)
        if (port.p[i] < '0' || port.p[i] > '9')
            return false;
    if (port.n == 0 || port.n > 5)
        return false;
    if (bracket)
        return name.n == end + 1 && all_in((struct gx_str){ name.p + 1, end - 1 }, ":.");
    return name.n <= 255 && all_in(name, "-._");
}

bool gx_url_token_valid(struct gx_str s)
{
    return all_in(s, "!#$%&'*+-.^_`|~");
}

bool gx_url_field_valid(struct gx_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* The q of "br;q=0.5" in thousandths; 1000 when there is none. */
static int quality(struct gx_str parameters)
{
    struct gx_str one;
    while (gx_str_split(&parameters, ';', &one)) {
        one = gx_str_trim(one);
        if (one.n < 3 || (one.p[0] != 'q' && one.p[0] != 'Q') || one.p[1] != '=')
            continue;
        int q = one.p[2] == '1' ? 1000 : 0, unit = 100;
        for (size_t i = 4; i < one.n && i < 7 && q < 1000; i++, unit /= 10)
            q += one.p[i] >= '0' && one.p[i] <= '9' ? (one.p[i] - '0') * unit : 0;
        return q;
    }
    return 1000;
}

/* The next item of a list, its word, and its q. */
static bool next_item(struct gx_str *list, struct gx_str *ret_word, int *ret_q)
{
    struct gx_str item;
    if (!gx_str_split(list, ',', &item))
        return false;
    size_t end = gx_str_find(item, ';');
    *ret_word = gx_str_trim((struct gx_str){ item.p, end });
    *ret_q = quality(gx_str_from(item, end + 1));
    return true;
}

bool gx_url_list_has(struct gx_str list, const char *word)
{
    struct gx_str item;
    int q;
    while (next_item(&list, &item, &q))
        if (gx_str_ieq(item, gx_str_c(word)))
            return q > 0;
    return false;
}

enum gx_lang gx_url_language(struct gx_str list)
{
    enum gx_lang best = GX_LANG_EN;
    struct gx_str item;
    int best_q = 0, q;
    while (next_item(&list, &item, &q)) {
        struct gx_str primary = { item.p, gx_str_find(item, '-') };
        bool english = gx_str_ieq(primary, GX_STR("en"));
        if (q > best_q && (english || gx_str_ieq(primary, GX_STR("zh")))) {
            best = english ? GX_LANG_EN : GX_LANG_ZH_HANT;
            best_q = q;
        }
    }
    return best;
}
