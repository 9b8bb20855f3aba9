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

enum {
    /* First bytes of the tokens of numbers: digits from the end, digits from the front. */
    MARK_REVERSED = 1,
    MARK_FORWARD = 2,
    REVERSED_DIGITS_MIN = 6, /* in documents */
    REVERSED_TYPED_MIN = 4,  /* in queries */
    REVERSED_TYPED_USED = 9, /* the rest is country and trunk code, written or not */
    TRUNK_DIGITS_MIN = 8,    /* from this length on leading zeros are dialled, not meant */
    DIGITS_MAX = GX_TOKEN_BYTES_MAX - 1,
    PHONE_DIGITS_MAX = 15,
    INTERNATIONAL_DIGITS = 11, /* a number that begins with "+" has at least these, usually */
    NATIONAL_DIGITS = 10,      /* one that begins with 0 */
};

struct splitter {
    struct gx_token_reader reader;
    bool query;
    gx_token_emit emit;
    void *p;
    bool either; /* for the next token */
};

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

static void emit_text(struct splitter *s, struct gx_str text, size_t from, size_t to, bool prefix)
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

static const struct gx_token_char *at(const struct splitter *s, size_t i)
{
    return &s->reader.chars[i];
}

static bool is_digit(const struct gx_token_char *c)
{
    return c->c >= '0' && c->c <= '9';
}

/*
 * The characters from i to end; `whole` keeps the joints.  Without joints characters meet that
 * were apart, so the word is folded once more.
 */
static void emit_word(struct splitter *s, size_t i, size_t end, bool whole)
{
    struct word w;
    w.n = 0;
    bool plain = true;
    uint32_t from = at(s, i)->from, to = at(s, end - 1)->to;
    if (is_digit(at(s, i)))
        word_add(&w, MARK_FORWARD);
    for (; i < end; i++) {
        plain = plain && at(s, i)->c < 0x80;
        if ((whole || at(s, i)->kind == GX_TOKEN_WORD) && !word_add(&w, at(s, i)->c))
            break;
    }
    if (plain) {
        emit_text(s, (struct gx_str){ w.p, w.n }, from, to, true);
        return;
    }
    gx_buf_clear(&s->reader.memory);
    gx_text_fold_add(&s->reader.memory, (struct gx_str){ w.p, w.n });
    gx_assert(s->reader.memory.n <= GX_TOKEN_BYTES_MAX);
    if (s->reader.memory.n)
        emit_text(s, gx_buf_str(&s->reader.memory), from, to, true);
}

/* The digits from i to end. */
static struct word digits_of(const struct splitter *s, size_t i, size_t end)
{
    struct word w;
    w.n = 0;
    for (; i < end && w.n < DIGITS_MAX; i++)
        if (is_digit(at(s, i)))
            w.p[w.n++] = (char)at(s, i)->c;
    return w;
}

static void emit_forward(struct splitter *s, struct gx_str digits, size_t from, size_t to)
{
    char p[GX_TOKEN_BYTES_MAX] = { MARK_FORWARD };
    gx_assert(digits.n <= DIGITS_MAX);
    memcpy(p + 1, digits.p, digits.n);
    emit_text(s, (struct gx_str){ p, digits.n + 1 }, from, to, true);
}

static void emit_reversed(struct splitter *s, struct gx_str digits, size_t from, size_t to)
{
    char p[GX_TOKEN_BYTES_MAX] = { MARK_REVERSED };
    gx_assert(digits.n <= DIGITS_MAX);
    for (size_t i = 0; i < digits.n; i++)
        p[1 + i] = digits.p[digits.n - 1 - i];
    emit_text(s, (struct gx_str){ p, digits.n + 1 }, from, to, true);
}

static struct gx_str without_zeros(struct gx_str digits)
{
    while (digits.n && digits.p[0] == '0')
        digits = gx_str_from(digits, 1);
    return digits;
}

/* Length of the country code that E.164 digits begin with (ITU-T E.164, annexed list). */
static size_t country_digits(struct gx_str digits)
{
    static const char two[] = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 "
                              "55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 ";
    if (digits.p[0] == '1' || digits.p[0] == '7')
        return 1;
    for (const char *p = two; *p; p += 3)
        if (memcmp(p, digits.p, 2) == 0)
            return 2;
    return 3;
}

/* A number in a document; `plus`: it is written with its country code. */
static void number_of_document(struct splitter *s, struct gx_str digits, bool plus, size_t from,
                               size_t to)
{
    if (digits.n < REVERSED_DIGITS_MIN)
        return;
    emit_reversed(s, digits, from, to);
    if (plus && digits.n >= TRUNK_DIGITS_MIN)
        emit_forward(s, gx_str_from(digits, country_digits(digits)), from, to);
}

/* A number in a query: from the front, or the end of a phone number. */
static void number_of_query(struct splitter *s, struct gx_str digits, size_t from, size_t to)
{
    emit_forward(s, digits, from, to);
    if (digits.n < REVERSED_TYPED_MIN)
        return;
    struct gx_str core = without_zeros(digits), end = digits;
    if (core.n < digits.n && core.n >= REVERSED_TYPED_MIN) {
        s->either = true;
        emit_forward(s, core, from, to);
        if (digits.n >= TRUNK_DIGITS_MIN)
            end = core;
    }
    if (end.n > REVERSED_TYPED_USED)
        end = gx_str_from(end, end.n - REVERSED_TYPED_USED);
    s->either = true;
    emit_reversed(s, end, from, to);
}

/* May stand between two words of one chunk: "smith-jones", "1,000", "@" once. */
static bool is_joint(const struct splitter *s, size_t i)
{
    if (i == 0 || i + 1 >= s->reader.count || at(s, i - 1)->kind != GX_TOKEN_WORD ||
        at(s, i + 1)->kind != GX_TOKEN_WORD)
        return false;
    switch (at(s, i)->c) {
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
        return is_digit(at(s, i - 1)) && is_digit(at(s, i + 1));
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

static size_t part_end(const struct splitter *s, size_t i, size_t end)
{
    while (i < end && at(s, i)->kind == GX_TOKEN_WORD)
        i++;
    return i;
}

static struct chunk chunk_at(const struct splitter *s, size_t from)
{
    struct chunk c = { .from = from, .digits = true };
    size_t end = from, part = from;
    c.plus = from > 0 && at(s, from - 1)->c == '+';
    for (;; end++) {
        bool word = end < s->reader.count && at(s, end)->kind == GX_TOKEN_WORD;
        if (word) {
            bool digit = is_digit(at(s, end));
            c.any_digit = c.any_digit || digit;
            c.digits = c.digits && digit;
            continue;
        }
        bool joint = end < s->reader.count && is_joint(s, end);
        if (end == part + 1 && (joint || part > from))
            c.joined = true;
        if (!joint)
            break;
        c.ats += at(s, end)->c == '@';
        c.joined = c.joined || at(s, end)->c == '\'';
        part = end + 1;
    }
    c.end = end;
    c.joined = c.joined || c.any_digit;
    return c;
}

/* An e-mail address that fits is a token with its joints. */
static bool is_address(const struct splitter *s, const struct chunk *c)
{
    struct word w;
    w.n = 0;
    if (c->ats != 1 || (is_digit(at(s, c->from)) && !word_add(&w, MARK_FORWARD)))
        return false;
    for (size_t i = c->from; i < c->end; i++)
        if (!word_add(&w, at(s, i)->c))
            return false;
    return true;
}

static bool all_digits(const struct splitter *s, size_t i, size_t end)
{
    while (i < end && is_digit(at(s, i)))
        i++;
    return i == end;
}

/* Each part with all that follows, and the numbers among the parts. */
static void chunk_of_document(struct splitter *s, const struct chunk *c)
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
            struct word w = digits_of(s, i, last);
            number_of_document(s, (struct gx_str){ w.p, w.n }, c->plus && i == c->from,
                               at(s, i)->from, at(s, last - 1)->to);
        }
        in_number = number;
    }
}

static void chunk_of_query(struct splitter *s, const struct chunk *c)
{
    if (c->digits) {
        struct word w = digits_of(s, c->from, c->end);
        number_of_query(s, (struct gx_str){ w.p, w.n }, at(s, c->from)->from,
                        at(s, c->end - 1)->to);
    } else if (c->joined) {
        emit_word(s, c->from, c->end, false);
    } else {
        for (size_t i = c->from, end; i < c->end; i = end + 1) {
            end = part_end(s, i, c->end);
            emit_word(s, i, end, false);
        }
    }
}

static size_t split_chunk(struct splitter *s, size_t from)
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

static bool is_phone_joint(const struct gx_token_char *c)
{
    switch (c->c) {
    case ' ':
    case '+':
    case '(':
    case ')':
    case '-':
    case '.':
    case '/':
        return true;
    default:
        return false;
    }
}

/*
 * A phone number with spaces or brackets in it, "(02) 2345 6789": its end, or `from` if there
 * is none.  Numbers that merely follow one another are told apart by how phone numbers begin
 * and by stopping where a whole one is reached; two groups of three or four digits pass too.
 * A query is rarely about several numbers, so its way is greedy: short groups are enough.
 */
static size_t phone_end(const struct splitter *s, size_t from, bool greedy)
{
    size_t end = from, i = from, groups = 0, digits = 0, enough = PHONE_DIGITS_MAX;
    uint32_t first = at(s, from)->c;
    bool begins = first == '+' || first == '0' || first == '(', spaced = false;
    bool local = !greedy, short_group = false;
    if (begins && first != '(')
        enough = first == '+' ? INTERNATIONAL_DIGITS : NATIONAL_DIGITS;
    for (; i < s->reader.count; groups++) {
        bool space = false;
        for (size_t limit = i + 3; i < s->reader.count && i < limit; i++) {
            if (!is_phone_joint(at(s, i)))
                break;
            space = space || strchr(" ()", (int)at(s, i)->c);
        }
        size_t group = i;
        while (i < s->reader.count && is_digit(at(s, i)))
            i++;
        size_t n = i - group;
        if (n == 0 || digits + n > PHONE_DIGITS_MAX ||
            (i < s->reader.count && at(s, i)->kind == GX_TOKEN_WORD))
            break;
        if (digits >= enough && (!greedy || n > 4 || at(s, group)->c == '0'))
            break;
        digits += n;
        local = local && (n == 3 || n == 4);
        short_group = short_group || n <= 4;
        spaced = spaced || space;
        end = i;
    }
    bool phone = begins || (greedy && short_group) || (local && groups == 2);
    return phone && spaced && groups > 1 && digits >= REVERSED_DIGITS_MIN ? end : from;
}

static void emit_phone(struct splitter *s, size_t i, size_t end)
{
    struct word w = digits_of(s, i, end);
    struct gx_str digits = { w.p, w.n };
    uint32_t from = at(s, i)->from, to = at(s, end - 1)->to;
    if (s->query) {
        number_of_query(s, digits, from, to);
    } else {
        emit_forward(s, digits, from, to);
        number_of_document(s, digits, at(s, i)->c == '+', from, to);
    }
}

/* How far phone numbers with spaces have been looked for. */
struct phones {
    size_t greedy, careful;
};

/* Phone numbers that begin at i; documents give the greedy reading and the careful one. */
static void split_phones(struct splitter *s, size_t i, struct phones *seen)
{
    size_t greedy = i;
    if (i >= seen->greedy) {
        greedy = phone_end(s, i, true);
        if (greedy > i)
            emit_phone(s, i, greedy);
        seen->greedy = greedy;
    }
    if (!s->query && i >= seen->careful) {
        size_t careful = phone_end(s, i, false);
        if (careful > i && careful != greedy)
            emit_phone(s, i, careful);
        seen->careful = careful;
    }
}

static void emit_pair(struct splitter *s, size_t i, size_t count)
{
    struct word w;
    w.n = 0;
    for (size_t j = i; j < i + count; j++)
        word_add(&w, at(s, j)->c);
    emit_text(s, (struct gx_str){ w.p, w.n }, at(s, i)->from, at(s, i + count - 1)->to, false);
}

static size_t split_pairs(struct splitter *s, size_t from)
{
    size_t end = from;
    while (end < s->reader.count && at(s, end)->kind == GX_TOKEN_PAIR)
        end++;
    for (size_t i = from; i < end; i++) {
        if (!s->query || end - from == 1)
            emit_pair(s, i, 1);
        if (i + 1 < end)
            emit_pair(s, i, 2);
    }
    return end;
}

static void split_stretch(struct splitter *s, size_t i)
{
    struct phones phones = { i, i };
    while (i < s->reader.count) {
        const struct gx_token_char *c = at(s, i);
        if (is_digit(c) || c->c == '+' || c->c == '(')
            split_phones(s, i, &phones);
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
        if (c->kind == GX_TOKEN_BREAK && c[-1].kind != GX_TOKEN_BREAK && !is_digit(&c[-1]) &&
            c->from > c[-1].from && (c->c == ' ' || c->c >= 0x80))
            return i;
    }
    return r->count;
}

/* A query token comes back as it is; see token.h. */
static bool is_marked(struct gx_str text)
{
    if (text.n < 2 || text.n > GX_TOKEN_BYTES_MAX ||
        (text.p[0] != MARK_REVERSED && text.p[0] != MARK_FORWARD))
        return false;
    for (size_t i = 1; i < text.n; i++)
        if ((unsigned char)text.p[i] <= ' ')
            return false;
    return true;
}

void gx_token_split(struct gx_str text, bool query, gx_token_emit emit, void *p)
{
    struct splitter s; /* large; not cleared as a whole */
    bool inside_word = false;
    s.query = query;
    s.emit = emit;
    s.p = p;
    s.either = false;
    s.reader.text = text;
    s.reader.start = 0;
    s.reader.memory = (struct gx_buf){ 0 };
    if (query && is_marked(text)) {
        emit_text(&s, text, 0, text.n, true);
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
