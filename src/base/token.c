/*
 * token.c - see token.h.
 *
 * A stretch of folded characters (token_int.h) is cut into runs: pairs, and chunks of words
 * with single joints ("wang.xm@example.com", "02-2345-6789") between them.
 */
#include "base/token.h"

#include <utf8proc.h>

#include "base/assert.h"
#include "base/text.h"
#include "base/token_int.h"

void gx_token_emit_text(struct gx_token_splitter *s, struct gx_str text, size_t from, size_t to,
                        bool prefix)
{
    struct gx_token token = {
        .text = text,
        .from = s->reader.start + from,
        .to = s->reader.start + to,
        .prefix = prefix && s->query,
        .either = s->either,
    };
    gx_assert(text.n > 0 && text.n <= GX_TOKEN_BYTES_MAX);
    s->either = false;
    s->emit(s->p, &token);
}

/* A token being put together. */
struct word {
    char p[GX_TOKEN_BYTES_MAX];
    size_t n;
};

/* False when it is full. */
static bool word_add(struct word *w, uint32_t c)
{
    utf8proc_uint8_t bytes[4] = { (utf8proc_uint8_t)c };
    size_t n = c < 0x80 ? 1 : (size_t)utf8proc_encode_char((utf8proc_int32_t)c, bytes);
    if (n > sizeof w->p - w->n)
        return false;
    for (size_t i = 0; i < n; i++)
        w->p[w->n++] = (char)bytes[i];
    return true;
}

/*
 * The characters from i to end; `whole` keeps the joints.  Without joints characters meet that
 * were apart, so the word is folded once more.
 */
static void emit_word(struct gx_token_splitter *s, size_t i, size_t end, bool whole)
{
    struct word w;
    w.n = 0;
    bool plain = true;
    uint32_t from = gx_token_at(s, i)->from, to = gx_token_at(s, end - 1)->to;
    if (gx_token_is_digit(gx_token_at(s, i)))
        word_add(&w, GX_TOKEN_MARK_FORWARD);
    for (; i < end; i++) {
        plain = plain && gx_token_at(s, i)->c < 0x80;
        if ((whole || gx_token_at(s, i)->kind == GX_TOKEN_WORD) &&
            !word_add(&w, gx_token_at(s, i)->c))
            break;
    }
    if (plain) {
        gx_token_emit_text(s, (struct gx_str){ w.p, w.n }, from, to, true);
        return;
    }
    gx_buf_clear(&s->reader.memory);
    gx_text_fold_add(&s->reader.memory, (struct gx_str){ w.p, w.n });
    gx_assert(s->reader.memory.n <= GX_TOKEN_BYTES_MAX);
    if (s->reader.memory.n)
        gx_token_emit_text(s, gx_buf_str(&s->reader.memory), from, to, true);
}

bool gx_token_is_joint(const struct gx_token_splitter *s, size_t i)
{
    if (i == 0 || i + 1 >= s->reader.count || gx_token_at(s, i - 1)->kind != GX_TOKEN_WORD ||
        gx_token_at(s, i + 1)->kind != GX_TOKEN_WORD)
        return false;
    switch (gx_token_at(s, i)->c) {
    case '\'':
    case '-':
    case '_':
    case '.':
    case '&':
    case '+':
    case '@':
        return true;
    case ',':
    case '/':
        return gx_token_is_digit(gx_token_at(s, i - 1)) && gx_token_is_digit(gx_token_at(s, i + 1));
    default:
        return false;
    }
}

/* What a chunk is made of. */
struct chunk {
    size_t from, end;
    size_t ats;     /* "@" */
    bool digits;    /* nothing but digits and joints */
    bool any_digit; /* a code rather than a name */
    bool joined;    /* to be searched as one word: codes, O'Brien, U.S.A., e-mail */
    bool plus;      /* after a "+" */
};

static size_t part_end(const struct gx_token_splitter *s, size_t i, size_t end)
{
    while (i < end && gx_token_at(s, i)->kind == GX_TOKEN_WORD)
        i++;
    return i;
}

static struct chunk chunk_at(const struct gx_token_splitter *s, size_t from)
{
    struct chunk c = { .from = from, .digits = true };
    size_t end = from, part = from;
    c.plus = from > 0 && gx_token_at(s, from - 1)->c == '+';
    for (;; end++) {
        bool word = end < s->reader.count && gx_token_at(s, end)->kind == GX_TOKEN_WORD;
        if (word) {
            bool digit = gx_token_is_digit(gx_token_at(s, end));
            c.any_digit = c.any_digit || digit;
            c.digits = c.digits && digit;
            continue;
        }
        bool joint = end < s->reader.count && gx_token_is_joint(s, end);
        if (end == part + 1 && (joint || part > from))
            c.joined = true;
        if (!joint)
            break;
        c.ats += gx_token_at(s, end)->c == '@';
        c.joined = c.joined || gx_token_at(s, end)->c == '\'';
        part = end + 1;
    }
    c.end = end;
    c.joined = c.joined || c.any_digit;
    return c;
}

/* An e-mail address that fits is a token with its joints. */
static bool is_address(const struct gx_token_splitter *s, const struct chunk *c)
{
    struct word w;
    w.n = 0;
    if (c->ats != 1 ||
        (gx_token_is_digit(gx_token_at(s, c->from)) && !word_add(&w, GX_TOKEN_MARK_FORWARD)))
        return false;
    for (size_t i = c->from; i < c->end; i++)
        if (!word_add(&w, gx_token_at(s, i)->c))
            return false;
    return true;
}

static bool all_digits(const struct gx_token_splitter *s, size_t i, size_t end)
{
    while (i < end && gx_token_is_digit(gx_token_at(s, i)))
        i++;
    return i == end;
}

/* Each part with all that follows, and the numbers among the parts. */
static void chunk_of_document(struct gx_token_splitter *s, const struct chunk *c)
{
    bool in_number = false;
    for (size_t i = c->from, end; i < c->end; i = end + 1) {
        end = part_end(s, i, c->end);
        emit_word(s, i, c->end, false);
        bool number = all_digits(s, i, end);
        if (number && !in_number) {
            size_t last = end, next = end;
            while (next < c->end && all_digits(s, next + 1, part_end(s, next + 1, c->end)))
                next = last = part_end(s, next + 1, c->end);
            gx_token_number(s, i, last, c->plus && i == c->from);
        }
        in_number = number;
    }
}

static void chunk_of_query(struct gx_token_splitter *s, const struct chunk *c)
{
    if (c->digits) {
        gx_token_number(s, c->from, c->end, c->plus);
    } else if (c->joined) {
        emit_word(s, c->from, c->end, false);
    } else {
        for (size_t i = c->from, end; i < c->end; i = end + 1) {
            end = part_end(s, i, c->end);
            emit_word(s, i, end, false);
        }
    }
}

static size_t split_chunk(struct gx_token_splitter *s, size_t from)
{
    struct chunk c = chunk_at(s, from);
    bool address = is_address(s, &c);
    if (address)
        emit_word(s, c.from, c.end, true);
    if (!s->query)
        chunk_of_document(s, &c);
    else if (!address)
        chunk_of_query(s, &c);
    return c.end;
}

static void emit_pair(struct gx_token_splitter *s, size_t i, size_t count)
{
    struct word w;
    w.n = 0;
    for (size_t j = i; j < i + count; j++)
        word_add(&w, gx_token_at(s, j)->c);
    gx_token_emit_text(s, (struct gx_str){ w.p, w.n }, gx_token_at(s, i)->from,
                       gx_token_at(s, i + count - 1)->to, false);
}

static size_t split_pairs(struct gx_token_splitter *s, size_t from)
{
    size_t end = from;
    while (end < s->reader.count && gx_token_at(s, end)->kind == GX_TOKEN_PAIR)
        end++;
    for (size_t i = from; i < end; i++) {
        if (!s->query || end - from == 1)
            emit_pair(s, i, 1);
        if (i + 1 < end)
            emit_pair(s, i, 2);
    }
    return end;
}

static void split_stretch(struct gx_token_splitter *s, size_t i)
{
    struct gx_token_phones phones = { i, i };
    while (i < s->reader.count) {
        const struct gx_token_char *c = gx_token_at(s, i);
        if (gx_token_is_digit(c) || c->c == '+' || c->c == '(')
            gx_token_split_phones(s, i, &phones);
        if (s->query && phones.greedy > i)
            i = phones.greedy;
        else if (c->kind == GX_TOKEN_WORD)
            i = split_chunk(s, i);
        else if (c->kind == GX_TOKEN_PAIR)
            i = split_pairs(s, i);
        else
            i++;
    }
}

/*
 * Where to end a stretch that is not the last: at a border that does not split a chunk or a
 * phone number.  Without one the stretch ends where it ends.
 */
static size_t stretch_cut(const struct gx_token_reader *r)
{
    for (size_t i = r->count - 1; i > r->count / 2; i--) {
        const struct gx_token_char *c = &r->chars[i];
        if (c->kind == GX_TOKEN_BREAK && c[-1].kind != GX_TOKEN_BREAK &&
            !gx_token_is_digit(&c[-1]) && c->from > c[-1].from && (c->c == ' ' || c->c >= 0x80))
            return i;
    }
    return r->count;
}

/* A query token comes back as it is; see token.h. */
static bool is_marked(struct gx_str text)
{
    if (text.n < 2 || text.n > GX_TOKEN_BYTES_MAX ||
        (text.p[0] != GX_TOKEN_MARK_REVERSED && text.p[0] != GX_TOKEN_MARK_FORWARD))
        return false;
    for (size_t i = 1; i < text.n; i++)
        if ((unsigned char)text.p[i] <= ' ')
            return false;
    return true;
}

static void unpack(struct gx_str text, gx_token_emit emit, void *p)
{
    for (size_t i = 1, n; i < text.n && (n = (unsigned char)text.p[i]) < text.n - i; i += n + 1) {
        struct gx_token token = { .text = { text.p + i + 1, n } };
        emit(p, &token);
    }
}

static bool has_token(struct gx_str packed, struct gx_str token)
{
    for (size_t i = 1, n; i < packed.n; i += n + 1) {
        n = (unsigned char)packed.p[i];
        if (n == token.n && memcmp(packed.p + i + 1, token.p, n) == 0)
            return true;
    }
    return false;
}

/* Looking for doubles costs more than they do when there are very many tokens. */
enum { PACKED_LOOKED_AT = 1000 };

static void pack(void *p, const struct gx_token *token)
{
    struct gx_buf *out = p;
    if (out->n < PACKED_LOOKED_AT && has_token(gx_buf_str(out), token->text))
        return;
    gx_buf_addc(out, (char)token->text.n);
    gx_buf_add(out, token->text);
}

void gx_token_pack(struct gx_str text, struct gx_buf *out)
{
    if (out->n == 0)
        gx_buf_addc(out, GX_TOKEN_MARK_PACKED);
    gx_assert(!out->p || out->p[0] == GX_TOKEN_MARK_PACKED);
    gx_token_split(text, false, pack, out);
}

void gx_token_split(struct gx_str text, bool query, gx_token_emit emit, void *p)
{
    if (!query && text.n && text.p[0] == GX_TOKEN_MARK_PACKED) {
        unpack(text, emit, p);
        return;
    }
    struct gx_token_splitter s; /* large; not cleared as a whole */
    bool inside_word = false;
    s.query = query;
    s.emit = emit;
    s.p = p;
    s.either = false;
    s.reader.text = text;
    s.reader.start = 0;
    s.reader.memory = (struct gx_buf){ 0 };
    if (query && is_marked(text)) {
        gx_token_emit_text(&s, text, 0, text.n, true);
        return;
    }
    while (s.reader.start < text.n) {
        struct gx_token_reader *r = &s.reader;
        size_t i = 0, next;
        gx_token_read(r);
        /* The rest of a word that was cut is past what a token holds. */
        while (inside_word && i < r->count && r->chars[i].kind == GX_TOKEN_WORD)
            i++;
        inside_word = inside_word && i == r->count;
        if (!r->last) {
            r->count = stretch_cut(r);
            inside_word = r->chars[r->count - 1].kind == GX_TOKEN_WORD;
        }
        next = r->last ? text.n : r->start + r->chars[r->count - 1].to;
        split_stretch(&s, i);
        /* Pairs that go on are read once more from the last one. */
        if (!r->last && r->chars[r->count - 1].kind == GX_TOKEN_PAIR &&
            r->chars[r->count - 1].from > 0)
            next = r->start + r->chars[r->count - 1].from;
        r->start = next;
    }
    gx_buf_free(&s.reader.memory);
}
