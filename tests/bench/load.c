/*
 * load.c - a load generator: keep-alive connections, one request under way on each.
 *
 *   load --port P [--connections 64] [--seconds 5] [--method GET] --path /one/%d
 *        [--range FIRST:COUNT] [--body '{"name":"x %d"}'] [--header 'Name: value']…
 *        [--path-file FILE]
 *
 * "%d" in path and body is replaced by the number of the request, in the range again and again;
 * "%s" by a line of the file, one after another.
 * Prints one JSON object: requests, seconds, per second, median and 99th percentile, errors.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 4096, REPLY_BYTES = 1 << 20, REQUEST_BYTES = 65536, SAMPLES = 1 << 24 };

struct options {
    int port, connections;
    double seconds;
    const char *method, *path, *body;
    char **lines; /* of the file, for "%s" */
    size_t line_count;
    long long first, count;
    char headers[4096];
};

struct connection {
    int fd;
    int64_t sent_us;
    size_t n;    /* bytes of the reply so far */
    size_t want; /* length of the whole reply; 0: not known yet */
    bool chunked;
    char *reply;
};

struct run {
    struct options o;
    struct connection *connections;
    int epoll;
    long long next;
    uint32_t *samples;
    size_t sample_count;
    long long errors;
};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(2);
}

/* `text` with each "%d" as the number and each "%s" as its line; the result's length. */
static size_t expand(const struct options *o, const char *text, long long number, char *out,
                     size_t max)
{
    size_t n = 0;
    while (*text && n + 24 < max) {
        if (text[0] == '%' && text[1] == 'd') {
            n += (size_t)snprintf(out + n, max - n, "%lld", number);
            text += 2;
        } else if (text[0] == '%' && text[1] == 's' && o->line_count) {
            n += (size_t)snprintf(out + n, max - n, "%s", o->lines[(size_t)number % o->line_count]);
            text += 2;
        } else {
            out[n++] = *text++;
        }
    }
    out[n] = 0;
    return n;
}

static void send_request(struct run *run, struct connection *c)
{
    static char request[REQUEST_BYTES], path[4096], body[REQUEST_BYTES / 2];
    long long number = run->o.first + run->next++ % run->o.count;
    expand(&run->o, run->o.path, number, path, sizeof path);
    int n = snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s",
                     run->o.method, path, run->o.headers);
    if (run->o.body) {
        size_t length = expand(&run->o, run->o.body, number, body, sizeof body);
        n += snprintf(request + n, sizeof request - (size_t)n,
                      "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", length,
                      body);
    } else {
        n += snprintf(request + n, sizeof request - (size_t)n, "\r\n");
    }
    c->n = c->want = 0;
    c->chunked = false;
    c->sent_us = now_us();
    if (send(c->fd, request, (size_t)n, MSG_NOSIGNAL) != n)
        die("send");
}

static void open_connection(struct run *run, struct connection *c)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)run->o.port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0)
        die("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
    if (epoll_ctl(run->epoll, EPOLL_CTL_ADD, c->fd, &event) != 0)
        die("epoll");
}

/* Is the reply whole?  -1: it makes no sense. */
static int whole(struct connection *c)
{
    if (c->want == 0 && !c->chunked) {
        c->reply[c->n] = 0;
        char *end = memmem(c->reply, c->n, "\r\n\r\n", 4);
        if (!end)
            return 0;
        const char *length = strcasestr(c->reply, "\r\nContent-Length:");
        size_t head = (size_t)(end + 4 - c->reply);
        c->chunked = !(length && length < end);
        c->want = c->chunked ? head : head + strtoul(length + 17, NULL, 10);
        if (c->want >= REPLY_BYTES)
            return -1;
    }
    if (c->chunked)
        return c->n >= c->want + 5 && memcmp(c->reply + c->n - 5, "0\r\n\r\n", 5) == 0;
    return c->n >= c->want;
}

static void take_reply(struct run *run, struct connection *c)
{
    ssize_t n = recv(c->fd, c->reply + c->n, REPLY_BYTES - 1 - c->n, 0);
    if (n > 0)
        c->n += (size_t)n;
    int state = n <= 0 ? -1 : whole(c);
    if (state == 0 && c->n < REPLY_BYTES - 1)
        return;
    if (state == 1) {
        if (run->sample_count < SAMPLES)
            run->samples[run->sample_count++] = (uint32_t)(now_us() - c->sent_us);
        run->errors += c->reply[9] != '2';
    } else {
        run->errors++;
        close(c->fd);
        open_connection(run, c);
    }
    send_request(run, c);
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void report(struct run *run, double seconds)
{
    size_t n = run->sample_count;
    qsort(run->samples, n, sizeof *run->samples, by_value);
    printf("{\"requests\":%zu,\"seconds\":%.3f,\"per_second\":%.1f,\"p50_us\":%u,\"p99_us\":%u,"
           "\"errors\":%lld}\n",
           n, seconds, (double)n / seconds, n ? run->samples[n / 2] : 0,
           n ? run->samples[n * 99 / 100] : 0, run->errors);
}

static void load(struct run *run)
{
    struct epoll_event events[256];
    run->epoll = epoll_create1(EPOLL_CLOEXEC);
    run->connections = calloc((size_t)run->o.connections, sizeof *run->connections);
    run->samples = malloc(SAMPLES * sizeof *run->samples);
    if (run->epoll < 0 || !run->connections || !run->samples)
        die("memory");
    for (int i = 0; i < run->o.connections; i++) {
        struct connection *c = &run->connections[i];
        c->reply = malloc(REPLY_BYTES);
        if (!c->reply)
            die("memory");
        open_connection(run, c);
    }
    int64_t start = now_us(), end = start + (int64_t)(run->o.seconds * 1e6);
    for (int i = 0; i < run->o.connections; i++)
        send_request(run, &run->connections[i]);
    while (now_us() < end) {
        int n = epoll_wait(run->epoll, events, 256, 1000);
        for (int i = 0; i < n; i++)
            take_reply(run, events[i].data.ptr);
    }
    report(run, (double)(now_us() - start) / 1e6);
}

static void read_lines(struct options *o, const char *path)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    if (!file)
        die(path);
    while ((n = getline(&line, &cap, file)) > 0) {
        line[n - (line[n - 1] == '\n')] = 0;
        o->lines = realloc(o->lines, (o->line_count + 1) * sizeof *o->lines);
        if (!o->lines || !(o->lines[o->line_count++] = strdup(line)))
            die("memory");
    }
    free(line);
    fclose(file);
}

static void set_option(struct options *o, const char *name, const char *value)
{
    if (strcmp(name, "--port") == 0)
        o->port = (int)strtol(value, NULL, 10);
    else if (strcmp(name, "--connections") == 0)
        o->connections = (int)strtol(value, NULL, 10);
    else if (strcmp(name, "--seconds") == 0)
        o->seconds = strtod(value, NULL);
    else if (strcmp(name, "--method") == 0)
        o->method = value;
    else if (strcmp(name, "--path") == 0)
        o->path = value;
    else if (strcmp(name, "--body") == 0)
        o->body = value;
    else if (strcmp(name, "--path-file") == 0)
        read_lines(o, value);
    else if (strcmp(name, "--range") == 0)
        sscanf(value, "%lld:%lld", &o->first, &o->count);
    else if (strcmp(name, "--header") == 0)
        snprintf(o->headers + strlen(o->headers), sizeof o->headers - strlen(o->headers), "%s\r\n",
                 value);
    else {
        fprintf(stderr, "load: there is no option %s\n", name);
        exit(2);
    }
}

int main(int argc, char **argv)
{
    struct run run = { .o = { .connections = 64,
                              .seconds = 5,
                              .method = "GET",
                              .path = "/",
                              .first = 1,
                              .count = INT64_MAX } };
    for (int i = 1; i + 1 < argc; i += 2)
        set_option(&run.o, argv[i], argv[i + 1]);
    if (argc % 2 == 0 || run.o.port <= 0 || run.o.connections < 1 ||
        run.o.connections > CONNECTIONS_MAX || run.o.count < 1) {
        fprintf(stderr, "usage: load --port P [--connections N] [--seconds S] [--method M] "
                        "[--path /x/%%d] [--range FIRST:COUNT] [--body B] [--header H]\n");
        return 2;
    }
    load(&run);
    return run.sample_count ? 0 : 1;
}
