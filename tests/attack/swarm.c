/*
 * swarm.c - many connections that are slow, or do nothing: who works is served as before.
 *
 *   swarm GUANXI [IDLE [slow]]
 *
 * IDLE connections (3,000 when not said) ask once for a page of records and then keep still; then
 * some hundred begin requests that they never finish, and replies that they never read.  A request
 * of somebody else is timed before and during, by turns and as a ratio, so that a machine under
 * load spoils neither.  And one person asks, all at once, questions over records that take minutes:
 * others are served meanwhile.  Those that dribble are ended at the deadline for the whole of a
 * head, ten seconds; with `slow` also those of bodies, thirty.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../run/run.h"

enum {
    KINDS = 4,
    OF_A_KIND = 100,
    LOOKS = 60,
    ROUNDS = 4,
    IDLE_MAX = 19000,
    QUESTIONS = 12,
    SOON_US = 2000000
};

struct swarm {
    struct gx_arena arena;
    struct run_server server;
    char key[80];
    int passed, failed;
    int idle[IDLE_MAX], idle_count;
    struct {
        int fd;
        size_t sent;
        int64_t ended_us; /* 0: still there */
    } slow[KINDS][OF_A_KIND];
};

static void say(struct swarm *s, bool ok, const char *test, struct gx_str why)
{
    s->passed += ok;
    s->failed += !ok;
    if (!ok)
        printf("FAIL swarm %s: %.*s\n", test, GX_STR_ARG(why));
}

/* --- one request, as others make it */

static struct run_reply ask(struct swarm *s, bool local, const char *method, const char *path,
                            const char *body)
{
    struct run_reply reply = { 0 };
    const char *why;
    struct gx_str request = gx_arena_printf(
        &s->arena,
        "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer %s\r\n"
        "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
        method, path, s->key[0] ? s->key : "none", strlen(body), body);
    if (local || method[0] == 'G') /* no body with a GET, no bearer over the local socket */
        request = gx_arena_printf(
            &s->arena, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%s%s%s%s\r\n%s",
            method, path, local ? "" : "Authorization: Bearer ", local ? "" : s->key,
            local ? "" : "\r\n",
            *body ? gx_arena_printf(&s->arena,
                                    "Content-Type: application/json\r\nContent-Length: %zu\r\n",
                                    strlen(body))
                        .p
                  : "",
            body);
    if (!run_http(&s->arena, &s->server, local, request, &reply, &why))
        reply.body = gx_str_c(why);
    return reply;
}

static int by_size(const void *x, const void *y)
{
    int64_t p = *(const int64_t *)x, q = *(const int64_t *)y;
    return (p > q) - (p < q);
}

/* How long LOOKS requests take, in microseconds, in their order; false: one was refused. */
static bool look_all(struct swarm *s, int64_t took[LOOKS])
{
    for (int i = 0; i < LOOKS; i++) {
        int64_t start = gx_monotonic_us();
        struct run_reply r = ask(s, false, "GET", "/api/v1/account?limit=5", "");
        took[i] = gx_monotonic_us() - start;
        if (r.status != 200)
            return false;
    }
    qsort(took, LOOKS, sizeof *took, by_size);
    return true;
}

/* The median; 0: one was refused. */
static int64_t look(struct swarm *s)
{
    int64_t took[LOOKS];
    return look_all(s, took) ? took[LOOKS / 2] : 0;
}

/* The slowest. */
static int64_t look_worst(struct swarm *s)
{
    int64_t took[LOOKS];
    return look_all(s, took) ? took[LOOKS - 1] : 0;
}

/*
 * A machine under load spoils one look or another, what the swarm does to others all of them.
 */
static int64_t least(int64_t a, int64_t b)
{
    return a == 0 || (b > 0 && b < a) ? b : a;
}

static bool alike(int64_t alone, int64_t during)
{
    return alone > 0 && during > 0 && during < 3 * alone + 5000;
}

/* Resident memory of the server, in KiB. */
static int64_t rss(struct swarm *s)
{
    struct gx_str status =
        run_file_text(&s->arena, gx_arena_printf(&s->arena, "/proc/%d/status", s->server.pid).p);
    size_t at = gx_str_search(status, GX_STR("VmRSS:"));
    return at == SIZE_MAX ? 0 : strtol(status.p + at + 6, NULL, 10);
}

/* --- connections */

static int dial(struct swarm *s, uint32_t from)
{
    struct sockaddr_in local = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl(0x7f000002 + from) };
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)s->server.port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct timeval limit = { .tv_sec = 20 };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&local, sizeof local) == 0 &&
        connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Asks once, reads the reply, and stays: false when it was not served. */
static bool settle(struct swarm *s, uint32_t i)
{
    char request[300], reply[4096];
    int n = snprintf(request, sizeof request,
                     "GET /api/v1/account?limit=5 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                     "Authorization: Bearer %s\r\n\r\n",
                     s->key);
    int fd = dial(s, i % 200);
    if (fd < 0)
        return false;
    s->idle[s->idle_count++] = fd;
    return send(fd, request, (size_t)n, MSG_NOSIGNAL) == n &&
           recv(fd, reply, sizeof reply, 0) > 12 && memcmp(reply, "HTTP/1.1 200", 12) == 0;
}

static bool is_closed(int fd)
{
    char bytes[4096];
    ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
}

static void attack_idle(struct swarm *s, int count)
{
    int64_t before_kib = rss(s), alone = look(s), during = 0;
    bool served = true;
    for (int i = 0; i < count && served; i++)
        served = settle(s, (uint32_t)i);
    for (int i = 0; i < ROUNDS && (i == 0 || !alike(alone, during)); i++)
        during = least(during, look(s));
    int64_t each = (rss(s) - before_kib) * 1024 / (s->idle_count ? s->idle_count : 1);
    printf("%d idle connections: %d KiB, %d bytes each; a request %d us, %d us before\n",
           s->idle_count, (int)rss(s), (int)each, (int)during, (int)alone);
    say(s, served && s->idle_count == count, "D3 idle connections are served",
        gx_arena_printf(&s->arena, "%d of %d", s->idle_count, count));
    /* Between two requests a connection may be quiet for a minute, and the time is not up. */
    int gone = 0;
    for (int i = 0; i < s->idle_count; i++)
        gone += is_closed(s->idle[i]);
    say(s, gone == 0, "D3 and stay", gx_arena_printf(&s->arena, "%d are closed", gone));
    say(s, alike(alone, during), "D3 a request among idle ones",
        gx_arena_printf(&s->arena, "%d us against %d us", (int)during, (int)alone));
    for (int i = 0; i < s->idle_count; i++)
        close(s->idle[i]);
}

/* --- slow ones */

static const char *const kinds[KINDS] = { "silent", "request line", "headers", "body" };

static void begin_slow(struct swarm *s)
{
    for (int k = 0; k < KINDS; k++)
        for (uint32_t i = 0; i < OF_A_KIND; i++) {
            int fd = s->slow[k][i].fd = dial(s, 210 + (uint32_t)k);
            char text[400] = "";
            if (k == 2)
                snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n");
            if (k == 3)
                snprintf(text, sizeof text,
                         "POST /api/v1/account HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                         "Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
                         "Content-Length: 100000\r\n\r\n",
                         s->key);
            if (fd >= 0 && text[0])
                (void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
        }
}

/* A byte more of each; who was cut off is noted. */
static int dribble(struct swarm *s, int64_t now)
{
    static const char *const bytes[KINDS] = { "", "GET /", "a: b\r\n", "{" };
    int open = 0;
    for (int k = 0; k < KINDS; k++)
        for (int i = 0; i < OF_A_KIND; i++) {
            int fd = s->slow[k][i].fd;
            size_t n = strlen(bytes[k]);
            struct pollfd p = { .fd = fd };
            if (s->slow[k][i].ended_us)
                continue;
            bool cut =
                n &&
                send(fd, bytes[k] + s->slow[k][i].sent++ % n, 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 &&
                errno != EAGAIN;
            /* What it did not read still waits for it: only the other side's end is asked for. */
            p.events = POLLRDHUP;
            cut |= poll(&p, 1, 0) > 0 && p.revents & (POLLRDHUP | POLLHUP | POLLERR);
            if (cut)
                s->slow[k][i].ended_us = now;
            else
                open++;
        }
    return open;
}

static void attack_slow(struct swarm *s, bool all)
{
    int64_t alone = look(s), start = gx_monotonic_us(), during = 0;
    int64_t until = start + (all ? 45 : 14) * INT64_C(1000000);
    int rounds = 0;
    begin_slow(s);
    while (gx_monotonic_us() < until && dribble(s, gx_monotonic_us()) > (all ? 0 : OF_A_KIND)) {
        usleep(200000);
        if (++rounds % 5 == 0 && rounds <= 25)
            during = least(during, look(s));
    }
    printf("%d slow connections: a request %d us, %d us before\n", KINDS * OF_A_KIND, (int)during,
           (int)alone);
    say(s, alike(alone, during), "D3 a request among slow ones",
        gx_arena_printf(&s->arena, "%d us against %d us", (int)during, (int)alone));
    for (int k = 0; k < (all ? KINDS : 3); k++) {
        int ended = 0;
        int64_t last = 0;
        for (int i = 0; i < OF_A_KIND; i++) {
            int64_t at = s->slow[k][i].ended_us;
            ended += at > 0;
            last = at - start > last ? at - start : last;
        }
        printf("%s: %d of %d ended within %d ms\n", kinds[k], ended, OF_A_KIND, (int)(last / 1000));
        say(s, ended == OF_A_KIND, "D3 slow ones are ended in all",
            gx_arena_printf(&s->arena, "%s: %d of %d", kinds[k], ended, OF_A_KIND));
    }
    for (int k = 0; k < KINDS; k++)
        for (int i = 0; i < OF_A_KIND; i++)
            close(s->slow[k][i].fd);
}

/* --- questions that take long */

static const char QUESTION[] =
    "/api/v1/"
    "contact%s?filter=any(account.contacts:%%20any(account.contacts:%%20any(account.contacts:"
    "%%20name%%20=%%20'nobody%%20at%%20all')))";

static bool make_long(struct swarm *s)
{
    struct gx_buf rows = { 0 };
    struct run_reply r = ask(s, false, "GET", "/api/v1/account?limit=1&fields=name&sort=id", "");
    size_t at = gx_str_search(r.body, GX_STR("\"id\":\""));
    struct gx_str id = at == SIZE_MAX ? GX_STR("") : gx_str_from(r.body, at + 6);
    id.n = gx_str_find(id, '"');
    gx_buf_addz(&rows, "{\"rows\":[");
    for (int i = 0; i < 4000; i++)
        gx_buf_printf(&rows, "%s{\"name\":\"C%d\",\"account\":\"%.*s\"}", i ? "," : "", i,
                      GX_STR_ARG(id));
    gx_buf_addz(&rows, "]}");
    r = ask(s, false, "POST", "/api/v1/contact/bulk", rows.p);
    gx_buf_free(&rows);
    say(s, r.status == 200, "D1 contacts",
        (struct gx_str){ r.body.p, r.body.n < 300 ? r.body.n : 300 });
    return r.status == 200;
}

/* Lists, counts and exports by turns; the last ones past what one person may have waiting. */
static void begin_question(struct swarm *s, uint32_t i, int *ret_fd)
{
    static const char *const kinds_[] = { "", "/count", "" };
    char path[400], request[700];
    int n = snprintf(path, sizeof path, QUESTION, kinds_[i % 3]);
    snprintf(path + n, sizeof path - (size_t)n, "%s", i % 3 == 2 ? "&format=csv" : "");
    n = snprintf(request, sizeof request,
                 "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
                 "Connection: close\r\n\r\n",
                 path, s->key);
    int fd = *ret_fd = dial(s, 230);
    if (fd >= 0)
        (void)!send(fd, request, (size_t)n, MSG_NOSIGNAL);
    usleep(100000); /* else one thread of the server takes all of them, and the others none */
}

static void attack_questions(struct swarm *s)
{
    int fds[QUESTIONS], answered = 0, given_up = 0, not_taken = 0;
    int64_t start = gx_monotonic_us(), worst;
    if (!make_long(s))
        return;
    for (uint32_t i = 0; i < QUESTIONS; i++)
        begin_question(s, i, &fds[i]);
    worst = look_worst(s);
    printf("%d questions without end: the slowest of %d requests %d us\n", QUESTIONS, LOOKS,
           (int)worst);
    say(s, worst > 0 && worst <= SOON_US, "D1 a request among questions without end",
        gx_arena_printf(&s->arena, "%d us", (int)worst));
    struct timeval patience = { .tv_sec = 150 };
    for (int i = 0; i < QUESTIONS; i++) {
        char bytes[16] = "";
        setsockopt(fds[i], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        bool has = recv(fds[i], bytes, 12, MSG_WAITALL) == 12;
        answered += has;
        given_up += has && (memcmp(bytes + 9, "413", 3) == 0 || memcmp(bytes + 9, "422", 3) == 0);
        not_taken += has && memcmp(bytes + 9, "429", 3) == 0;
        close(fds[i]);
    }
    printf("%d given up, %d not taken, after %d s\n", given_up, not_taken,
           (int)((gx_monotonic_us() - start) / 1000000));
    say(s, answered == QUESTIONS && given_up > 0 && not_taken > 0, "D1 each is answered",
        gx_arena_printf(&s->arena, "%d of %d, %d given up, %d not taken", answered, QUESTIONS,
                        given_up, not_taken));
}

/* --- */

static bool prepare(struct swarm *s, struct gx_str *ret_why)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    if (!run_command(&s->arena, &s->server, GX_STR("init"), ret_why) ||
        !run_command(&s->arena, &s->server, GX_STR("user add ann --role sales"), ret_why) ||
        !run_command(&s->arena, &s->server, GX_STR("user key ann"), ret_why))
        return false;
    size_t at = gx_str_search(*ret_why, GX_STR("gxk_"));
    if (at == SIZE_MAX)
        return false;
    struct gx_str key = gx_str_from(*ret_why, at);
    key.n = gx_str_find(key, '\n') < key.n ? gx_str_find(key, '\n') : key.n;
    snprintf(s->key, sizeof s->key, "%.*s", GX_STR_ARG(key));
    if (!run_server_start(&s->arena, &s->server, ret_why))
        return false;
    for (int i = 0; i < 5; i++)
        ask(s, false, "POST", "/api/v1/account", "{\"name\":\"王記茶行\"}");
    return true;
}

static int remove_one(const char *path, const struct stat *stat_, int kind, struct FTW *at)
{
    (void)stat_, (void)kind, (void)at;
    return remove(path);
}

int main(int argc, char **argv)
{
    char scratch[] = "/tmp/guanxi-swarm-XXXXXX";
    struct swarm *s = calloc(1, sizeof *s);
    struct gx_str why = GX_STR("");
    int idle = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 3000;
    if (!s || argc < 2 || idle > IDLE_MAX || !mkdtemp(scratch)) {
        fprintf(stderr, "usage: swarm GUANXI [IDLE [slow]]\n");
        free(s);
        return 2;
    }
    s->server.program = argv[1];
    s->server.folder = gx_arena_printf(&s->arena, "%s/data", scratch).p;
    if (!prepare(s, &why)) {
        printf("FAIL swarm: %.*s\n0 passed, 1 failed\n", GX_STR_ARG(why));
        return 1;
    }
    attack_idle(s, idle);
    attack_slow(s, argc > 3);
    attack_questions(s);
    say(s, run_server_stop(&s->arena, &s->server, &why), "the server ends well", why);
    if (!s->failed && nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        printf("%s could not be removed\n", scratch);
    printf("%d passed, %d failed\n", s->passed, s->failed);
    int failed = s->failed;
    gx_arena_free(&s->arena);
    free(s);
    return failed ? 1 : 0;
}
