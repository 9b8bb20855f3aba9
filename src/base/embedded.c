/* embedded.c - see embedded.h. */
#include "base/embedded.h"

struct gx_str gx_embedded_find(struct gx_str path)
{
    size_t count = 0;
    while (gx_embedded_files[count].path)
        count++;
    size_t low = 0, high = count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = gx_str_cmp(gx_str_c(gx_embedded_files[mid].path), path);
        if (c == 0)
            return (struct gx_str){ gx_embedded_files[mid].data, gx_embedded_files[mid].n };
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return (struct gx_str){ NULL, 0 };
}
