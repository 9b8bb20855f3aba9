/*
 * token_number.c - numbers, and phone numbers above all; see token.h.
 *
 * A stored phone number is E.164, a typed one anything from its last four digits to all of them
 * with trunk or country code.  Both are compared from the end, where they agree.
 */
#include "base/assert.h"
#include "base/token_int.h"

enum {
    REVERSED_DIGITS_MIN = 6, /* in documents */
    REVERSED_TYPED_MIN = 4,  /* in queries */
    REVERSED_TYPED_USED = 9, /* the rest is country and trunk code, written or not */
    TRUNK_DIGITS_MIN = 8,    /* from this length on leading zeros are dialled, not meant */
    DIGITS_MAX = GX_TOKEN_BYTES_MAX - 1,
    PHONE_DIGITS_MAX = 15,
    INTERNATIONAL_DIGITS = 11, /* a number that begins with "+" has at least these, usually */
    NATIONAL_DIGITS = 10,      /* one that begins with 0 */
};

struct digits {
    char p[DIGITS_MAX];
    size_t n;
};

/* The digits from i to end. */
static struct digits digits_of(const struct gx_token_splitter *s, size_t i, size_t end)
{
    struct digits d;
    d.n = 0;
    for (; i < end && d.n < DIGITS_MAX; i++)
        if (gx_token_is_digit(gx_token_at(s, i)))
            d.p[d.n++] = (char)gx_token_at(s, i)->c;
    return d;
}

static void emit_forward(struct gx_token_splitter *s, struct gx_str digits, size_t from, size_t to)
{
    char p[GX_TOKEN_BYTES_MAX] = { GX_TOKEN_MARK_FORWARD };
    gx_assert(digits.n <= DIGITS_MAX);
    memcpy(p + 1, digits.p, digits.n);
    gx_token_emit_text(s, (struct gx_str){ p, digits.n + 1 }, from, to, true);
}

static void emit_reversed(struct gx_token_splitter *s, struct gx_str digits, size_t from, size_t to)
{
    char p[GX_TOKEN_BYTES_MAX] = { GX_TOKEN_MARK_REVERSED };
    gx_assert(digits.n <= DIGITS_MAX);
    for (size_t i = 0; i < digits.n; i++)
        p[1 + i] = digits.p[digits.n - 1 - i];
    gx_token_emit_text(s, (struct gx_str){ p, digits.n + 1 }, from, to, true);
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
static void number_of_document(struct gx_token_splitter *s, struct gx_str digits, bool plus,
                               size_t from, size_t to)
{
    if (digits.n < REVERSED_DIGITS_MIN)
        return;
    emit_reversed(s, digits, from, to);
    if (plus && digits.n >= TRUNK_DIGITS_MIN)
        emit_forward(s, gx_str_from(digits, country_digits(digits)), from, to);
}

/* A number in a query: from the front, or the end of a phone number. */
static void number_of_query(struct gx_token_splitter *s, struct gx_str digits, size_t from,
                            size_t to)
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

void gx_token_number(struct gx_token_splitter *s, size_t i, size_t end, bool plus)
{
    struct digits d = digits_of(s, i, end);
    uint32_t from = gx_token_at(s, i)->from, to = gx_token_at(s, end - 1)->to;
    if (s->query)
        number_of_query(s, (struct gx_str){ d.p, d.n }, from, to);
    else
        number_of_document(s, (struct gx_str){ d.p, d.n }, plus, from, to);
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
static size_t phone_end(const struct gx_token_splitter *s, size_t from, bool greedy)
{
    size_t end = from, i = from, groups = 0, digits = 0, enough = PHONE_DIGITS_MAX;
    uint32_t first = gx_token_at(s, from)->c;
    bool begins = first == '+' || first == '0' || first == '(', spaced = false;
    bool local = !greedy, short_group = false;
    if (begins && first != '(')
        enough = first == '+' ? INTERNATIONAL_DIGITS : NATIONAL_DIGITS;
    while (i < s->reader.count) {
        bool space = false;
        for (size_t limit = i + 3; i < s->reader.count && i < limit; i++) {
            if (!is_phone_joint(gx_token_at(s, i)))
                break;
            space = space || strchr(" ()", (int)gx_token_at(s, i)->c);
        }
        size_t group = i;
        while (i < s->reader.count && gx_token_is_digit(gx_token_at(s, i)))
            i++;
        size_t n = i - group;
        if (n == 0 || digits + n > PHONE_DIGITS_MAX ||
            (i < s->reader.count && gx_token_at(s, i)->kind == GX_TOKEN_WORD))
            break;
        if (digits >= enough && (!greedy || n > 4 || gx_token_at(s, group)->c == '0'))
            break;
        digits += n;
        groups++;
        local = local && (n == 3 || n == 4);
        short_group = short_group || n <= 4;
        spaced = spaced || space;
        bool phone = begins || (greedy && short_group) || (local && groups == 2);
        /* At a joint it goes on, as an e-mail address perhaps. */
        if (phone && spaced && groups > 1 && digits >= REVERSED_DIGITS_MIN &&
            !gx_token_is_joint(s, i))
            end = i;
    }
    return end;
}

static void emit_phone(struct gx_token_splitter *s, size_t i, size_t end)
{
    if (!s->query) {
        struct digits d = digits_of(s, i, end);
        emit_forward(s, (struct gx_str){ d.p, d.n }, gx_token_at(s, i)->from,
                     gx_token_at(s, end - 1)->to);
    }
    gx_token_number(s, i, end, gx_token_at(s, i)->c == '+');
}

/* Phone numbers that begin at i; documents give the greedy reading and the careful one. */
void gx_token_split_phones(struct gx_token_splitter *s, size_t i, struct gx_token_phones *seen)
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
