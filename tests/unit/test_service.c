/* test_service.c - what a service manager is told. */
#include "main/service.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gx_test.h"

GX_TEST(service_notify)
{
    char folder[] = "/tmp/guanxi-test-XXXXXX", text[64] = "";
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    GX_CHECK(mkdtemp(folder), "a folder");
    snprintf(at.sun_path, sizeof at.sun_path, "%s/notify", folder);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    GX_CHECK(bind(fd, (struct sockaddr *)&at, sizeof at) == 0, "a socket");
    gx_service_tell("READY=1"); /* nobody listens: nothing happens */
    setenv("NOTIFY_SOCKET", at.sun_path, 1);
    gx_service_tell("READY=1");
    GX_CHECK(recv(fd, text, sizeof text - 1, 0) == 7 && strcmp(text, "READY=1") == 0, text);
    setenv("NOTIFY_SOCKET", "nowhere", 1);
    gx_service_tell("READY=1"); /* not a path: ignored */
    unsetenv("NOTIFY_SOCKET");
    close(fd);
    unlink(at.sun_path);
    rmdir(folder);
}

GX_TEST(service_watchdog)
{
    static const struct {
        const char *us, *pid;
        int64_t want;
    } rows[] = {
        { "30000000", NULL, 30000000 },
        { "30000000", "1", 0 },
        { "x", NULL, 0 },
        { "-5", NULL, 0 },
        { "", NULL, 0 },
    };
    GX_CHECK(gx_service_watchdog_us() == 0, "nobody asked");
    for (size_t i = 0; i < GX_COUNT(rows); i++) {
        setenv("WATCHDOG_USEC", rows[i].us, 1);
        if (rows[i].pid)
            setenv("WATCHDOG_PID", rows[i].pid, 1);
        GX_CHECK(gx_service_watchdog_us() == rows[i].want, rows[i].us);
        unsetenv("WATCHDOG_PID");
    }
    unsetenv("WATCHDOG_USEC");
}
