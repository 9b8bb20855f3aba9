/* fuzz_wire.c - frames between the program and the warehouse: heads, values, texts. */
#include "report/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gx_wire_in in = { (const char *)data, size, false };
    enum gx_wire_kind kind;
    size_t length, read = 0;
    if (size >= GX_WIRE_HEAD_BYTES && gx_wire_head((const char *)data, &kind, &length) &&
        length > GX_WIRE_BYTES_MAX)
        __builtin_trap();
    while (in.n > 0 && !in.bad) {
        struct gx_value v = gx_wire_value(&in);
        if (v.kind == GX_VALUE_TEXT || v.kind == GX_VALUE_BLOB)
            for (size_t i = 0; i < v.s.n; i++)
                read += (unsigned char)v.s.p[i];
    }
    if (in.n > size || read == SIZE_MAX)
        __builtin_trap();
    return 0;
}
