/*
 * service.h - what a service manager wants to hear (sd_notify), without its library.
 *
 * Layer: main.
 */
#ifndef GX_MAIN_SERVICE_H
#define GX_MAIN_SERVICE_H

#include <stdint.h>

/* "READY=1", "STOPPING=1", "WATCHDOG=1" …; nothing when nobody listens. */
void gx_service_tell(const char *state);
/* How often WATCHDOG=1 is expected, in microseconds; 0: not at all. */
int64_t gx_service_watchdog_us(void);

#endif
