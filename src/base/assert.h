/*
 * assert.h - cheap facts about the program itself, checked in release builds too.
 *
 * Never for input: what a user can get wrong gets an error, not an abort.
 *
 * Layer: base.
 */
#ifndef GX_BASE_ASSERT_H
#define GX_BASE_ASSERT_H

#define gx_assert(fact) ((fact) ? (void)0 : gx_assert_failed(#fact, __FILE__, __LINE__))

/* Print the fact and where it stands, then abort. */
_Noreturn void gx_assert_failed(const char *fact, const char *file, int line);

#endif
