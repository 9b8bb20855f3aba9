/* password.c - see password.h. */
#include "access/password.h"

#include "base/text.h"

enum { REST_MAX = 6, ROW_CHARS_MIN = 4, NAME_CHARS_MIN = 3, OWN_CHARS_MIN = 8 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* "p@ssw0rd" as "password". */
static struct gx_str unmask(struct gx_arena *arena, struct gx_str text)
{
    static const char from[] = "@4$5013!7+8|";
    static const char to[] = "aassoleittbl";
    char *out = gx_arena_cstr(arena, text);
    for (size_t i = 0; i < text.n; i++) {
        const char *at = strchr(from, out[i]);
        if (at && out[i])
            out[i] = to[at - from];
    }
    return (struct gx_str){ out, text.n };
}

static bool is_word(struct gx_str text)
{
    static const char *const words[] = {
#define WORD(text) text,
#include "access/password.def"
#undef WORD
    };
    for (size_t i = 0; i < GX_COUNT(words); i++)
        if (gx_str_is(text, words[i]))
            return true;
    return false;
}

/* Without digits and signs at both ends. */
static struct gx_str bare(struct gx_str text)
{
    while (text.n && !is_letter(text.p[0]))
        text = gx_str_from(text, 1);
    while (text.n && !is_letter(text.p[text.n - 1]))
        text.n--;
    return text;
}

/* A word, and a few digits and signs around it. */
static bool is_dressed_word(struct gx_arena *arena, struct gx_str text)
{
    struct gx_str core = bare(text), plain = unmask(arena, text);
    if (is_word(text) || is_word(plain))
        return true;
    if (text.n - core.n <= REST_MAX && is_word(core))
        return true;
    core = bare(plain);
    if (text.n - core.n <= REST_MAX && is_word(core))
        return true;
    /* A digit that stands for a letter inside, and others behind: cut those first. */
    core = text;
    while (core.n && !is_letter(core.p[core.n - 1]))
        core.n--;
    return text.n - core.n <= REST_MAX && is_word(unmask(arena, core));
}

/* How many steps from the start go along a row of keys, up or down, or stay. */
static bool is_rows(struct gx_str text)
{
    static const char *const rows[] = { "01234567890",
                                        "qwertyuiop[]",
                                        "asdfghjkl;'",
                                        "zxcvbnm,./",
                                        "abcdefghijklmnopqrstuvwxyz",
                                        "1qaz2wsx3edc4rfv5tgb",
                                        "!@#$%^&*()" };
    size_t breaks = 0;
    for (size_t i = 1; i < text.n; i++) {
        bool near = text.p[i] == text.p[i - 1];
        for (size_t r = 0; r < GX_COUNT(rows) && !near; r++) {
            const char *a = strchr(rows[r], text.p[i - 1]);
            near = a && text.p[i] && (a[1] == text.p[i] || (a > rows[r] && a[-1] == text.p[i]));
        }
        breaks += !near;
    }
    /* "qwer1234asdf" has two breaks in twelve: rows all the same. */
    return text.n >= ROW_CHARS_MIN && breaks * ROW_CHARS_MIN <= text.n;
}

/* The same few characters again and again. */
static bool is_repeated(struct gx_str text)
{
    for (size_t unit = 1; unit <= text.n / 2 && unit <= 4; unit++) {
        size_t i = unit;
        while (i < text.n && text.p[i] == text.p[i - unit])
            i++;
        if (i == text.n)
            return true;
    }
    return false;
}

static bool is_all_digits(struct gx_str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!is_digit(text.p[i]))
            return false;
    return true;
}

bool gx_password_common(struct gx_arena *arena, struct gx_str password)
{
    struct gx_str text = gx_text_fold(arena, password);
    /* A telephone number or a birthday is no secret, and ten digits are soon tried. */
    return is_dressed_word(arena, text) || is_rows(text) || is_repeated(text) ||
           (text.n <= 10 && is_all_digits(text));
}

bool gx_password_of_names(struct gx_arena *arena, struct gx_str password,
                          const struct gx_str *names, size_t count)
{
    struct gx_str text = gx_text_fold(arena, password), piece;
    size_t left = text.n;
    for (size_t i = 0; i < count; i++) {
        struct gx_str rest = gx_text_fold(arena, names[i]);
        while (gx_str_split(&rest, ' ', &piece))
            if (piece.n >= NAME_CHARS_MIN && gx_str_search(text, piece) != SIZE_MAX)
                left -= piece.n < left ? piece.n : left;
    }
    return left < text.n && left < OWN_CHARS_MIN;
}
