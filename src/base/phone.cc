/*
 * phone.cc - see phone.h.
 *
 * The only C++ here, because libphonenumber is.  It costs some 13 µs a number, so the forms that
 * make up nearly all of an import in Taiwan (0912-345-678, (02) 2345-6789, +886912345678) are
 * read by hand; a test compares both ways over generated numbers.  Its metadata is loaded on
 * first use.  Nothing may throw past the extern "C" border.
 */
extern "C" {
#include "base/phone.h"
#include "base/text.h"
}

#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumberutil.h>

namespace
{

using i18n::phonenumbers::NullLogger;
using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

/* Made once; const use is thread-safe. */
const PhoneNumberUtil &library()
{
    static const PhoneNumberUtil *const util = [] {
        PhoneNumberUtil *one = PhoneNumberUtil::GetInstance();
        one->SetLogger(new NullLogger()); /* what people type is no news */
        return one;
    }();
    return *util;
}

struct gx_str str_of(const std::string &s)
{
    struct gx_str str = { s.data(), s.size() };
    return str;
}

struct gx_str from(struct gx_str s, size_t n)
{
    s.p += n;
    s.n -= n;
    return s;
}

bool starts(struct gx_str s, const char *with)
{
    size_t n = strlen(with);
    return s.n >= n && memcmp(s.p, with, n) == 0;
}

/*
 * A number of Taiwan without country code and trunk 0: eight digits from 2 to 8 on, nine from
 * anything but 0, 1 and 7.  Others there are, but they go the long way.
 */
bool is_taiwan_national(const char *digits, size_t n)
{
    if (n == 8)
        return digits[0] >= '2' && digits[0] <= '8';
    return n == 9 && digits[0] >= '2' && digits[0] <= '9' && digits[0] != '7';
}

/* The common ways to type a number in Taiwan, with the answer of the library. */
bool taiwan_e164(struct gx_arena *arena, struct gx_str typed, struct gx_str *ret_e164)
{
    enum { DIGITS_MAX = 10 };
    char digits[DIGITS_MAX];
    size_t n = 0;
    bool international = starts(typed, "+886");
    if (international)
        typed = from(typed, 4);
    if (typed.n == 0 || typed.p[typed.n - 1] < '0' || typed.p[typed.n - 1] > '9')
        return false;
    for (size_t i = 0; i < typed.n; i++) {
        char c = typed.p[i];
        if (c >= '0' && c <= '9') {
            if (n == DIGITS_MAX)
                return false;
            digits[n++] = c;
        } else if (c != '-' && c != ' ' && (c != '(' || i > 0) && c != ')') {
            return false;
        }
    }
    size_t trunk = n && digits[0] == '0' && !international ? 1 : 0;
    if (!is_taiwan_national(digits + trunk, n - trunk))
        return false;
    if (!international && !trunk && digits[0] == '8')
        return false; /* may be a country code */
    char e164[4 + DIGITS_MAX] = { '+', '8', '8', '6' };
    memcpy(e164 + 4, digits + trunk, n - trunk);
    struct gx_str result = { e164, 4 + n - trunk };
    *ret_e164 = gx_arena_str(arena, result);
    return true;
}

/* What people in Taiwan, China and Japan write before an extension. */
std::string with_ext_in_latin(struct gx_str typed)
{
    static const char *const words[] = { "分機", "分机", "內線", "内線", "内线", "轉", "转" };
    std::string out(typed.p, typed.n);
    for (const char *word : words) {
        size_t at = out.find(word);
        if (at != std::string::npos)
            return out.replace(at, strlen(word), " ext. ");
    }
    return out;
}

bool parse(struct gx_str typed, struct gx_str region, PhoneNumber *number)
{
    const std::string where(region.p ? region.p : "", region.n);
    return library().Parse(with_ext_in_latin(typed), where, number) ==
               PhoneNumberUtil::NO_PARSING_ERROR &&
           library().IsPossibleNumber(*number);
}

/* Empty: not a possible number. */
std::string library_e164(struct gx_str typed, struct gx_str region)
{
    PhoneNumber number;
    std::string out;
    if (!parse(typed, region, &number))
        return out;
    library().Format(number, PhoneNumberUtil::E164, &out);
    std::string extension = number.extension();
    library().NormalizeDigitsOnly(&extension);
    if (!extension.empty())
        out += ";ext=" + extension;
    /* A trunk zero kept by mistake would be dropped the next time: the key must be its own key. */
    bool settled = !number.italian_leading_zero() || out == std::string(typed.p, typed.n);
    return settled ? out : library_e164(str_of(out), region);
}

std::string library_format(struct gx_str e164, struct gx_str region)
{
    PhoneNumber number;
    std::string out;
    if (!parse(e164, region, &number))
        return out;
    const std::string where(region.p ? region.p : "", region.n);
    bool at_home = library().GetCountryCodeForRegion(where) == number.country_code();
    library().Format(number, at_home ? PhoneNumberUtil::NATIONAL : PhoneNumberUtil::INTERNATIONAL,
                     &out);
    return out;
}

bool is_taiwan(struct gx_str region)
{
    return region.n == 2 && region.p[0] == 'T' && region.p[1] == 'W';
}

} // namespace

extern "C" enum gx_code gx_phone_e164(struct gx_arena *arena, struct gx_str typed,
                                      struct gx_str region, struct gx_str *ret_e164)
{
    if (typed.n == 0 || typed.n > GX_PHONE_TYPED_BYTES_MAX || !gx_text_valid(typed))
        return GX_E_INVALID;
    if ((is_taiwan(region) || typed.p[0] == '+') && taiwan_e164(arena, typed, ret_e164))
        return GX_OK;
    try {
        const std::string e164 = library_e164(typed, region);
        if (e164.empty())
            return GX_E_INVALID;
        *ret_e164 = gx_arena_str(arena, str_of(e164));
        return GX_OK;
    } catch (...) {
        return GX_E_INVALID;
    }
}

extern "C" struct gx_str gx_phone_format(struct gx_arena *arena, struct gx_str e164,
                                         struct gx_str region)
{
    try {
        const std::string text = library_format(e164, region);
        return gx_arena_str(arena, text.empty() ? e164 : str_of(text));
    } catch (...) {
        return gx_arena_str(arena, e164);
    }
}
