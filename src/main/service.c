/* service.c - see service.h. */
#include "main/service.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"

void gx_service_tell(const char *state)
{
    const char *name = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    size_t n = name ? strlen(name) : 0;
    if (n < 2 || n >= sizeof to.sun_path || (name[0] != '/' && name[0] != '@'))
        return;
    memcpy(to.sun_path, name, n);
    if (name[0] == '@')
        to.sun_path[0] = 0; /* of the abstract name space */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    (void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to,
                  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
    close(fd);
}

int64_t gx_service_watchdog_us(void)
{
    int64_t us = 0, pid = 0;
    struct gx_str whose = gx_str_c(getenv("WATCHDOG_PID"));
    if (whose.n && (!gx_str_int64(whose, &pid) || pid != getpid()))
        return 0;
    return gx_str_int64(gx_str_c(getenv("WATCHDOG_USEC")), &us) && us > 0 ? us : 0;
}
