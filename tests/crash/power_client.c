/*
 * power_client.c - runs in the guest of tests/crash/power: writes records, says which were
 * acknowledged.
 *
 *   power_client SOCKET ROUND
 *
 * Eight writers; each line "ACK r3-w2-17" goes out in one piece after the reply was 201.  It ends
 * when the power does.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { WRITERS = 8 };

static struct {
    const char *socket, *round;
} options;

static int dial(void)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(to.sun_path, sizeof to.sun_path, "%s", options.socket);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* One record; whether it was acknowledged. */
static int create(int fd, const char *name)
{
    char body[120], request[400], reply[4096];
    snprintf(body, sizeof body, "{\"kind\":\"organisation\",\"name\":\"%s\"}", name);
    int n = snprintf(request, sizeof request,
                     "POST /api/v1/account HTTP/1.1\r\nHost: l\r\nPrefer: return=minimal\r\n"
                     "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                     strlen(body), body);
    if (write(fd, request, (size_t)n) != n)
        return 0;
    ssize_t got = read(fd, reply, sizeof reply - 1); /* head and body are one small piece */
    if (got < 12)
        return 0;
    reply[got] = 0;
    return strncmp(reply + 9, "201", 3) == 0;
}

static void *write_on(void *p)
{
    int writer = *(int *)p, fd = -1;
    for (int i = 1;; i++) {
        char name[60], line[80];
        snprintf(name, sizeof name, "r%s-w%d-%d", options.round, writer, i);
        if (fd < 0)
            fd = dial();
        if (fd >= 0 && create(fd, name)) {
            int n = snprintf(line, sizeof line, "ACK %s\n", name);
            if (write(STDOUT_FILENO, line, (size_t)n) < 0)
                return NULL;
        } else {
            if (fd >= 0)
                close(fd);
            fd = -1;
            usleep(10000);
        }
    }
}

int main(int argc, char **argv)
{
    pthread_t threads[WRITERS];
    int numbers[WRITERS];
    if (argc != 3)
        return 2;
    options.socket = argv[1];
    options.round = argv[2];
    for (int i = 0; i < WRITERS; i++) {
        numbers[i] = i;
        pthread_create(&threads[i], NULL, write_on, &numbers[i]);
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
