/* err.c - tables made from errors.def. */
#include "base/err.h"

#include "base/assert.h"

static const struct {
    int status;
    const char *wire, *title, *title_zh;
} codes[GX_CODE_COUNT] = {
    [GX_OK] = { 200, "ok", "Done", "完成" },
#define GX_ERROR(name, status, wire, title, title_zh) [name] = { status, wire, title, title_zh },
#include "base/errors.def"
#undef GX_ERROR
};

int gx_code_status(enum gx_code code)
{
    gx_assert(code < GX_CODE_COUNT);
    return codes[code].status;
}

const char *gx_code_wire(enum gx_code code)
{
    gx_assert(code < GX_CODE_COUNT);
    return codes[code].wire;
}

const char *gx_code_title(enum gx_code code)
{
    gx_assert(code < GX_CODE_COUNT);
    return codes[code].title;
}

const char *gx_code_title_zh(enum gx_code code)
{
    gx_assert(code < GX_CODE_COUNT);
    return codes[code].title_zh;
}
