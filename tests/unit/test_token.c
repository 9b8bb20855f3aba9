/* test_token.c - the splitter: what is indexed, what is searched, and that they meet. */
#include <stdlib.h>

#include "base/assert.h"
#include "base/text.h"
#include "base/token.h"
#include "gx_test.h"

enum { RANDOM_TEXTS = 20000, RANDOM_CHARS_MAX = 14 };

struct list {
    struct gx_arena arena;
    struct gx_token *tokens;
    size_t count, cap, text_bytes;
    bool bad; /* a token that breaks a promise of the header */
};

static void collect(void *p, const struct gx_token *token)
{
    struct list *l = p;
    if (l->count == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 64;
        struct gx_token *more = GX_ARENA_ARRAY(&l->arena, struct gx_token, cap);
        if (l->count)
            memcpy(more, l->tokens, l->count * sizeof *more);
        l->tokens = more;
        l->cap = cap;
    }
    l->bad = l->bad || token->text.n == 0 || token->text.n > GX_TOKEN_BYTES_MAX ||
             !gx_text_valid(token->text) || token->from >= token->to || token->to > l->text_bytes;
    l->tokens[l->count] = *token;
    l->tokens[l->count++].text = gx_arena_str(&l->arena, token->text);
}

static struct list split(struct gx_str text, bool query)
{
    struct list l = { .text_bytes = text.n };
    gx_token_split(text, query, collect, &l);
    GX_CHECK(!l.bad, "every token keeps to the header");
    return l;
}

/* Tokens as a line: "<" digits from the end, ">" from the front, "*" prefix, "|" either. */
static struct gx_str shown(struct gx_arena *arena, struct gx_str text, bool query)
{
    struct list l = split(text, query);
    struct gx_buf out = { 0 };
    for (size_t i = 0; i < l.count; i++) {
        struct gx_str t = l.tokens[i].text;
        if (i)
            gx_buf_addz(&out, l.tokens[i].either ? "|" : " ");
        if (t.p[0] == 1 || t.p[0] == 2) {
            gx_buf_addc(&out, t.p[0] == 1 ? '<' : '>');
            t = gx_str_from(t, 1);
        }
        gx_buf_add(&out, t);
        if (l.tokens[i].prefix)
            gx_buf_addc(&out, '*');
    }
    struct gx_str line = gx_arena_str(arena, gx_buf_str(&out));
    gx_buf_free(&out);
    gx_arena_free(&l.arena);
    return line;
}

static bool in_document(const struct list *document, const struct gx_token *wanted)
{
    for (size_t i = 0; i < document->count; i++) {
        struct gx_str t = document->tokens[i].text;
        if (gx_str_eq(t, wanted->text) || (wanted->prefix && gx_str_starts(t, wanted->text)))
            return true;
    }
    return false;
}

static bool finds(struct gx_str document, struct gx_str query)
{
    struct list d = split(document, false), q = split(query, true);
    bool all = true;
    for (size_t i = 0; i < q.count && all;) {
        bool one = in_document(&d, &q.tokens[i++]);
        for (; i < q.count && q.tokens[i].either; i++)
            one = one || in_document(&d, &q.tokens[i]);
        all = one;
    }
    gx_arena_free(&d.arena);
    gx_arena_free(&q.arena);
    return all;
}

/* What must hold for any text: it finds itself, and its query tokens split into themselves. */
static bool holds(struct gx_str text)
{
    struct list q = split(text, true);
    bool marked = text.n && (text.p[0] == 1 || text.p[0] == 2);
    bool ok = marked || finds(text, text);
    for (size_t i = 0; i < q.count; i++) {
        struct list again = split(q.tokens[i].text, true);
        ok = ok && again.count == 1 && gx_str_eq(again.tokens[0].text, q.tokens[i].text) &&
             again.tokens[0].prefix == q.tokens[i].prefix && !again.tokens[0].either;
        gx_arena_free(&again.arena);
    }
    ok = ok && (q.count == 0 || !q.tokens[0].either);
    gx_arena_free(&q.arena);
    return ok;
}

static const struct {
    const char *text, *document, *query;
} splits[] = {
    { "", "", "" },
    { " -+()@.'", "", "" },
    { "GTX Pro 二代", "gtx pro 二 二代 代", "gtx* pro* 二代" },
    { "王", "王", "王" },
    { "臺積電", "台 台积 积 积电 电", "台积 积电" },
    { "A1B2-33", "a1b233 >33", "a1b233*" },
    { "O'Brien", "obrien brien", "obrien*" },
    { "Smith-Jones", "smithjones jones", "smith* jones*" },
    { "U.S.A. AT&T e-mail", "usa sa a att t email mail", "usa* att* email*" },
    { "José Đặng", "jose dang", "jose* dang*" },
    { "wang.xm@ex.com", "wang.xm@ex.com wangxmexcom xmexcom excom com", "wang.xm@ex.com*" },
    { "1@x.com", ">1@x.com >1xcom xcom com", ">1@x.com*" },
    { "wang@ @ex.com", "wang excom com", "wang* ex* com*" },
    { "a@b@c", "abc bc c", "abc*" },
    { "12", ">12", ">12*" },
    { "678", ">678", ">678*" },
    { "5678", ">5678", ">5678*|<8765*" },
    { "2024年", ">2024 年", ">2024*|<4202* 年" },
    { "２０２４, ๒๕๖๘", ">2024 >2568", ">2024*|<4202* >2568*|<8652*" },
    { "12345678", ">12345678 <87654321", ">12345678*|<87654321*" },
    { "00123", ">00123", ">00123*|<32100*" },
    { "0912345678", ">0912345678 <8765432190", ">0912345678*|>912345678*|<876543219*" },
    { "+886912345678", ">886912345678 <876543219688 >912345678", ">886912345678*|<876543219*" },
    { "02-2345-6789", ">0223456789 <9876543220 >23456789 >6789",
      ">0223456789*|>223456789*|<987654322*" },
    { "(02) 2345 6789", ">0223456789 <9876543220 >02 >2345 >6789",
      ">0223456789*|>223456789*|<987654322*" },
    { "2345 6789", ">23456789 <98765432 >2345 >6789", ">23456789*|<98765432*" },
    { "12 345 678", ">12345678 <87654321 >12 >345678 <876543 >345 >678", ">12345678*|<87654321*" },
    { "Tel.0912-345-678", "tel0912345678 >0912345678 <8765432190 >345678 >678", "tel0912345678*" },
    { "1,200,000", ">1200000 <0000021 >200000 >000", ">1200000*|<0000021*" },
    { "a/b 3/4", "a b >34 >4", "a* b* >34*" },
    { "ที่นี่", "ท ที ี ี่ ่ ่น น นี ี ี่ ่", "ที ี่ ่น นี ี่" },
    { "한국", "한 한국 국", "한국" },
    { "か゚あ", "か か゚ ゚ ゚あ あ", "か゚ ゚あ" },
    { "ｶﾞｷﾞ", "ガ ガギ ギ", "ガギ" },
    { "co\xc2\xad"
      "op\xe3\x80\x80x",
      "coop x", "coop* x*" },
    { "㈱A", "株 a", "株 a*" },
    { "\x01"
      "8765",
      ">8765", "<8765*" },
    { "\x02"
      "1 2",
      ">1 >2", ">1* >2*" },
};

GX_TEST(token_split)
{
    struct gx_arena arena = { 0 };
    for (size_t i = 0; i < GX_COUNT(splits); i++) {
        struct gx_str text = gx_str_c(splits[i].text);
        GX_CHECK_STR(shown(&arena, text, false), gx_str_c(splits[i].document), splits[i].text);
        GX_CHECK_STR(shown(&arena, text, true), gx_str_c(splits[i].query), splits[i].text);
        GX_CHECK(holds(text), splits[i].text);
    }
    gx_arena_free(&arena);
}

static const struct {
    const char *document, *query;
    bool found;
} searches[] = {
    { "王小明", "小明", true },
    { "王小明", "王明", false },
    { "王小明", "明", true },
    { "台灣大學", "臺湾", true },
    { "Jonathan Applebaum-Smythe", "apple jon", true },
    { "Jonathan Applebaum-Smythe", "smy", true },
    { "Jonathan Applebaum-Smythe", "baum", false },
    { "SmithJones", "smith", true },
    { "AT&T", "att", true },
    { "OBrien", "o'brien", true },
    { "A1B2-33", "a1b233", true },
    { "A1B2-33", "A1B2", true },
    { "A1B2-33", "33", true },
    { "A1B233", "A1B2-33", true },
    { "ABC-GTX-100", "GTX-10", true },
    { "wang.xm99@example.com.tw", "wang.xm99@exa", true },
    { "wang.xm99@example.com.tw", "wang", true },
    { "wang.xm99@example.com.tw", "xm99", true },
    { "wang.xm99@example.com.tw", "@example.com", true },
    { "wang.xm99@example.com.tw", "example", true },
    { "wang.xm99@example.com.tw", "li@example.com.tw", false },
    { "2024-01-15", "2024-01", true },
    { "2024-01-15", "2024/01/15", true },
    { "04595257", "0459", true },
    { "04595257", "04595257", true },
    { "+886912345678", "0912345678", true },
    { "+886912345678", "0912-345-678", true },
    { "+886912345678", "0912 345", true },
    { "+886912345678", "+886 912 345 678", true },
    { "+886912345678", "00886912345678", true },
    { "+886912345678", "345678", true },
    { "+886912345678", "5678", true },
    { "+886912345678", "678", false },
    { "+886912345678", "4567", false },
    { "+886912345678", "0912345679", false },
    { "call 0912 345 678 today", "+886912345678", true },
    { "call 12 0912 345 678 2", "+886912345678", true },
    { "call (02) 2345-6789 #12", "+886223456789", true },
    { "+886223456789;ext=12", "2345-6789", true },
    { "+886223456789;ext=12", "02 2345 6789", true },
    { "+12125551234", "(212) 555-1234", true },
    { "+12125551234", "212-555", true },
    { "+6591234567", "9123 4567", true },
};

static bool has(const struct list *l, struct gx_str text)
{
    for (size_t i = 0; i < l->count; i++)
        if (gx_str_eq(l->tokens[i].text, text))
            return true;
    return false;
}

static void collect_text(void *p, const struct gx_token *token)
{
    struct list *l = p;
    gx_assert(l->count < l->cap);
    l->tokens[l->count++].text = gx_arena_str(&l->arena, token->text);
}

/* Packed and split again: each token of the text once, and nothing else. */
GX_TEST(token_pack)
{
    static const char *const texts[] = {
        "",
        "王大明 王大明",
        "A1B2-33 a1b2-33",
        "wang.xm@example.com 02-2345-6789 02-2345-6789",
        "O'Brien\n",
        "臺北市信義路五段7號",
        "\x03not packed",
        "สวัสดี Ünïcode ﬁne",
    };
    for (size_t k = 0; k < GX_COUNT(texts); k++) {
        struct gx_str text = gx_str_c(texts[k]);
        struct list whole = { .text_bytes = text.n }, again = { .cap = 200 };
        struct gx_buf packed = { 0 };
        if (text.n && text.p[0] == 3) /* what search puts before a text that could pass for it */
            text = gx_arena_printf(&whole.arena, "\n%s", texts[k]);
        whole.text_bytes = text.n;
        gx_token_split(text, false, collect, &whole);
        again.tokens = GX_ARENA_ARRAY(&again.arena, struct gx_token, again.cap);
        gx_token_pack(text, &packed);
        gx_token_split(gx_buf_str(&packed), false, collect_text, &again);
        for (size_t i = 0; i < whole.count; i++)
            GX_CHECK(has(&again, whole.tokens[i].text), texts[k]);
        for (size_t i = 0; i < again.count; i++) {
            GX_CHECK(has(&whole, again.tokens[i].text), texts[k]);
            for (size_t j = 0; j < i; j++)
                GX_CHECK(!gx_str_eq(again.tokens[i].text, again.tokens[j].text), "once");
        }
        gx_buf_free(&packed);
        gx_arena_free(&whole.arena);
        gx_arena_free(&again.arena);
    }
}

GX_TEST(token_search)
{
    for (size_t i = 0; i < GX_COUNT(searches); i++)
        GX_CHECK(finds(gx_str_c(searches[i].document), gx_str_c(searches[i].query)) ==
                     searches[i].found,
                 searches[i].query);
}

GX_TEST(token_random)
{
    static const struct {
        uint32_t from, to;
    } places[] = {
        { 0x20, 0x7e },       { 0x20, 0x39 },     { 0x30, 0x39 },       { 0xa0, 0x24f },
        { 0x300, 0x36f },     { 0x5b0, 0x6ff },   { 0x900, 0xdff },     { 0xe00, 0xeff },
        { 0x1000, 0x11ff },   { 0x2000, 0x206f }, { 0x3000, 0x318f },   { 0x4e00, 0x9fff },
        { 0xac00, 0xac80 },   { 0xff00, 0xffef }, { 0x110a0, 0x11140 }, { 0, 0xd7ff },
        { 0xe000, 0x10ffff },
    };
    struct gx_buf buf = { 0 };
    unsigned short seed[3] = { 4, 5, 6 };
    for (int i = 0; i < RANDOM_TEXTS; i++) {
        gx_buf_clear(&buf);
        for (long n = nrand48(seed) % RANDOM_CHARS_MAX; n >= 0; n--) {
            size_t place = (size_t)nrand48(seed) % GX_COUNT(places);
            uint32_t wide = places[place].to - places[place].from + 1;
            gx_text_encode(&buf, places[place].from + (uint32_t)nrand48(seed) % wide);
        }
        if (!holds(gx_buf_str(&buf))) {
            gx_buf_addc(&buf, 0);
            GX_CHECK(false, buf.p);
        }
    }
    gx_buf_free(&buf);
}

static void repeat(struct gx_buf *buf, const char *piece, size_t times)
{
    gx_buf_clear(buf);
    while (times--)
        gx_buf_addz(buf, piece);
}

/* Longer than a stretch, with and without places to cut. */
GX_TEST(token_long_texts)
{
    static const char *const pieces[] = { "word ",  "0912345678 ",  "臺北",
                                          "x",      "x-",           "1",
                                          "か゚",     "e\xcc\x81",    "\xe0\xb9\x88",
                                          "a@b.c ", "\xe2\x80\x8b", "02 2345 6789, " };
    struct gx_buf buf = { 0 };
    for (size_t i = 0; i < GX_COUNT(pieces); i++)
        for (size_t times = 300; times <= 3000; times += 900) {
            repeat(&buf, pieces[i], times);
            gx_buf_addz(&buf, " 王小明 end");
            struct gx_str text = gx_buf_str(&buf);
            GX_CHECK(finds(text, GX_STR("小明 end")), pieces[i]);
            GX_CHECK(finds(text, text), pieces[i]);
        }
    repeat(&buf, "臺北市", 700);
    GX_CHECK(finds(gx_buf_str(&buf), GX_STR("市臺 北市")), "pairs over a cut");
    repeat(&buf, "abcdefgh", 200);
    struct list l = split(gx_buf_str(&buf), false);
    GX_CHECK(l.count == 1 && l.tokens[0].text.n == GX_TOKEN_BYTES_MAX, "one word, cut once");
    gx_arena_free(&l.arena);
    gx_buf_free(&buf);
}

static FILE *open_data(const char *folder, const char *file)
{
    const char *path = gx_test_data(folder);
    char name[4200];
    if (!path) {
        gx_skip("no public data here");
        return NULL;
    }
    snprintf(name, sizeof name, "%s/%s", path, file);
    FILE *in = fopen(name, "r");
    GX_CHECK(in != NULL, name);
    return in;
}

static void check_lines(FILE *in)
{
    char line[8192];
    while (in && fgets(line, sizeof line, in))
        GX_CHECK(!gx_text_valid(gx_str_c(line)) || holds(gx_str_c(line)), line);
    if (in)
        fclose(in);
}

GX_TEST(token_naughty_strings)
{
    check_lines(open_data("naughty_strings", "blns.txt"));
}

GX_TEST(token_names_multiscript)
{
    check_lines(open_data("names_multiscript", "names_DEV.tsv"));
}

/* Every example number is found as written at home and abroad, and by its last digits. */
GX_TEST(token_phones)
{
    FILE *in = open_data("phones", "examples_DEV.csv");
    char line[1024];
    size_t missed = 0, all = 0;
    while (in && fgets(line, sizeof line, in)) {
        struct gx_str rest = gx_str_c(line), column[7] = { 0 };
        for (size_t i = 0; i < GX_COUNT(column); i++)
            gx_str_split(&rest, ',', &column[i]);
        if (!gx_str_starts(column[6], GX_STR("+")))
            continue;
        struct gx_str e164 = column[6];
        GX_CHECK(finds(e164, column[5]), line);
        for (size_t n = 4; n <= 9 && n < e164.n; n++)
            GX_CHECK(finds(e164, gx_str_from(e164, e164.n - n)), line);
        missed += !finds(e164, column[4]);
        all++;
    }
    if (in) {
        fclose(in);
        /* Argentina's 15, Mexico's 01 and the like stand inside the number. */
        GX_CHECK(all > 500 && missed * 50 < all, "national forms");
    }
}
