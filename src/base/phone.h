/*
 * phone.h - one key for every way of writing the same phone number (libphonenumber).
 *
 * Search, duplicate check and the call centre compare E.164 keys, never the text as typed.
 *
 * Layer: base.  Thread-safe.
 */
#ifndef GX_BASE_PHONE_H
#define GX_BASE_PHONE_H

#include "base/arena.h"
#include "base/err.h"

enum { GX_PHONE_TYPED_BYTES_MAX = 64, GX_PHONE_DIGITS_MAX = 15 /* ITU-T E.164 */ };

/*
 * The E.164 form ("+886223456789", with ";ext=12" when an extension was typed, as "#12", "x12",
 * "分機12" …) of a number typed in `region` (ISO 3166, "TW"; an unknown one takes only numbers
 * with a country code).  Its own result gives itself.  GX_E_INVALID: not a possible phone number
 * anywhere, or longer than GX_PHONE_TYPED_BYTES_MAX.
 */
GX_NODISCARD enum gx_code gx_phone_e164(struct gx_arena *arena, struct gx_str typed,
                                        struct gx_str region, struct gx_str *ret_e164);
/*
 * How people of `region` write it: national there, international elsewhere.  What is no phone
 * number comes back as it is.
 */
struct gx_str gx_phone_format(struct gx_arena *arena, struct gx_str e164, struct gx_str region);

#endif
