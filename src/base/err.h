/*
 * err.h - what can go wrong, as a small set of codes.
 *
 * Functions return a code; the place that knows the reason says it once with gx_fail()
 * (ctx.h).  Results must be used.
 *
 * Layer: base.
 */
#ifndef GX_BASE_ERR_H
#define GX_BASE_ERR_H

#define GX_NODISCARD __attribute__((warn_unused_result))

enum gx_code {
    GX_OK = 0,
#define GX_ERROR(name, status, wire, title, title_zh) name,
#include "base/errors.def"
#undef GX_ERROR
    GX_CODE_COUNT
};

/* Leave the function with the code of `call` unless it is GX_OK. */
#define GX_TRY(call)                                                                               \
    do {                                                                                           \
        enum gx_code gx_try_code = (call);                                                         \
        if (gx_try_code != GX_OK)                                                                  \
            return gx_try_code;                                                                    \
    } while (0)

/* 200 for GX_OK. */
int gx_code_status(enum gx_code code);
/* The name on the wire, such as "not_found"; "ok" for GX_OK. */
const char *gx_code_wire(enum gx_code code);
/* One English sentence without a full stop. */
const char *gx_code_title(enum gx_code code);
/* The same in Traditional Chinese. */
const char *gx_code_title_zh(enum gx_code code);

#endif
