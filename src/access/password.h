/*
 * password.h - which passwords are guessed first, so that nobody has one of them.
 *
 * By NIST SP 800-63B-4: length, and a list of what is tried first; nothing about capitals, digits
 * and signs, and no end.  A list of the commonest words alone is got round with "P@ssw0rd2026!", so
 * it is compared with what is left when capitals, look-alikes and what hangs at the ends are taken
 * away; rows of keys, repetitions and one's own name count too.
 *
 * Layer: access.
 */
#ifndef GX_ACCESS_PASSWORD_H
#define GX_ACCESS_PASSWORD_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

bool gx_password_common(struct gx_arena *arena, struct gx_str password);
/* Is it little more than one of these (login, name, organisation …)?  Empty ones do not count. */
bool gx_password_of_names(struct gx_arena *arena, struct gx_str password,
                          const struct gx_str *names, size_t count);

#endif
