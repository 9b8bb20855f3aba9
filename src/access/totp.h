/*
 * totp.h - codes of an authenticator application: RFC 6238 with what all of them know, SHA-1, six
 * digits, 30 seconds.
 *
 * Layer: access.
 */
#ifndef GX_ACCESS_TOTP_H
#define GX_ACCESS_TOTP_H

#include "base/arena.h"
#include "base/str.h"

enum { GX_TOTP_SECRET_BYTES = 20, GX_TOTP_DIGITS = 6, GX_TOTP_STEP_S = 30, GX_TOTP_SLACK = 1 };

/* The code of a step (seconds since 1970 / GX_TOTP_STEP_S). */
int gx_totp_code(struct gx_str secret, int64_t step);
/*
 * The step whose code this is, now or GX_TOTP_SLACK steps before or after, and after `last_step`;
 * -1: none.  Spaces in the code do not count.
 */
int64_t gx_totp_match(struct gx_str secret, struct gx_str code, int64_t now_us, int64_t last_step);
/* RFC 4648, without padding: how people and QR codes write a secret. */
struct gx_str gx_base32(struct gx_arena *arena, struct gx_str bytes);

#endif
