/* log.c - see log.h. */
#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/ctx.h"
#include "base/text.h"

static _Atomic int log_level = GX_LOG_INFO;
static _Atomic int log_fd = STDERR_FILENO;
static _Atomic bool log_json;

static struct {
    pthread_mutex_t lock;
    size_t n;
    int64_t flushed_us;
    char text[4 * GX_LOG_LINE_BYTES_MAX];
} waiting = { .lock = PTHREAD_MUTEX_INITIALIZER };

static const char *const level_names[] = { "debug", "info", "warn", "error", "none" };

void gx_log_set_level(enum gx_log_level level)
{
    gx_assert(level <= GX_LOG_NONE);
    atomic_store(&log_level, (int)level);
}

void gx_log_set_json(bool on)
{
    atomic_store(&log_json, on);
}

void gx_log_set_fd(int fd)
{
    gx_log_flush();
    atomic_store(&log_fd, fd);
}

/* Two bytes stay free for the brace and the line feed. */
static bool add(struct gx_log *line, const char *p, size_t n)
{
    if (n > sizeof line->text - 2 - line->n)
        return false;
    memcpy(line->text + line->n, p, n);
    line->n += n;
    return true;
}

static char *put_digits(char *to, int64_t value, int digits, char after)
{
    for (int i = digits - 1; i >= 0; i--, value /= 10)
        to[i] = (char)('0' + value % 10);
    to[digits] = after;
    return to + digits + 1;
}

/* time=2026-11-21T08:00:00.123Z, or {"time":"2026-11-21T08:00:00.123Z" */
static size_t put_time(char *to, bool json)
{
    const char *name = json ? "{\"time\":\"" : "time=";
    char *start = to;
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    memcpy(to, name, strlen(name));
    to = put_digits(to + strlen(name), utc.tm_year + 1900, 4, '-');
    to = put_digits(to, utc.tm_mon + 1, 2, '-');
    to = put_digits(to, utc.tm_mday, 2, 'T');
    to = put_digits(to, utc.tm_hour, 2, ':');
    to = put_digits(to, utc.tm_min, 2, ':');
    to = put_digits(to, utc.tm_sec, 2, '.');
    to = put_digits(to, now.tv_nsec / 1000000, 3, 'Z');
    if (json)
        *to++ = '"';
    return (size_t)(to - start);
}

void gx_log_begin(struct gx_log *line, enum gx_log_level level, const char *event)
{
    gx_assert(level < GX_LOG_NONE);
    line->n = 0;
    line->on = (int)level >= atomic_load_explicit(&log_level, memory_order_relaxed);
    if (!line->on)
        return;
    line->json = atomic_load_explicit(&log_json, memory_order_relaxed);
    line->n = put_time(line->text, line->json);
    gx_log_str(line, "level", gx_str_c(level_names[level]));
    gx_log_str(line, "event", gx_str_c(event));
}

static bool is_plain(struct gx_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                     (c >= '+' && c <= ':'); /* digits and + , - . / : */
        if (!plain)
            return false;
    }
    return s.n > 0;
}

/* Controls (C1 too), line separators and marks that turn the direction of writing. */
static bool is_unsafe(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200e && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* As a JSON string.  Bytes that are not UTF-8 become U+FFFD one by one. */
static bool add_quoted(struct gx_log *line, struct gx_str s, const char *end)
{
    bool valid = gx_text_valid(s), fits = add(line, "\"", 1);
    for (size_t len = 1; s.n && fits; s = gx_str_from(s, len)) {
        unsigned char first = (unsigned char)s.p[0];
        len = 1;
        uint32_t c = first < 0x80 ? first : valid ? gx_text_decode(s, &len) : 0xfffd;
        if (is_unsafe(c) || c == 0xfffd) {
            char escape[8];
            snprintf(escape, sizeof escape, "\\u%04x", c & 0xffff);
            fits = add(line, escape, 6);
        } else {
            fits = (c != '"' && c != '\\') || add(line, "\\", 1);
            fits = fits && add(line, s.p, len);
        }
    }
    return fits && add(line, end, strlen(end));
}

static bool add_key(struct gx_log *line, const char *key)
{
    const char *before = line->json ? ",\"" : " ", *after = line->json ? "\":" : "=";
    return add(line, before, strlen(before)) && add(line, key, strlen(key)) &&
           add(line, after, strlen(after));
}

void gx_log_str(struct gx_log *line, const char *key, struct gx_str value)
{
    if (!line->on)
        return;
    size_t before = line->n;
    bool cut = value.n > GX_LOG_VALUE_BYTES_MAX;
    if (cut)
        for (value.n = GX_LOG_VALUE_BYTES_MAX; value.n && (value.p[value.n] & 0xc0) == 0x80;)
            value.n--;
    bool fits = add_key(line, key);
    if (line->json)
        fits = fits && add_quoted(line, value, cut ? "...\"" : "\"");
    else
        fits = fits &&
               (is_plain(value) ? add(line, value.p, value.n) : add_quoted(line, value, "\"")) &&
               (!cut || add(line, "...", 3));
    if (!fits)
        line->n = before;
}

void gx_log_int(struct gx_log *line, const char *key, int64_t value)
{
    if (!line->on)
        return;
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        digits[--at] = '-';
    struct gx_str text = { digits + at, sizeof digits - at };
    size_t before = line->n;
    if (!line->json)
        gx_log_str(line, key, text);
    else if (!add_key(line, key) || !add(line, text.p, text.n))
        line->n = before;
}

/* A log that cannot be written has nobody to tell. */
static void write_out(void)
{
    ssize_t written =
        write(atomic_load_explicit(&log_fd, memory_order_relaxed), waiting.text, waiting.n);
    (void)written;
    waiting.n = 0;
}

static void take(struct gx_log *line, bool soon)
{
    if (!line->on)
        return;
    if (line->json)
        line->text[line->n++] = '}';
    line->text[line->n++] = '\n';
    line->on = false;
    int64_t now_us = gx_monotonic_us();
    pthread_mutex_lock(&waiting.lock);
    if (line->n > sizeof waiting.text - waiting.n)
        write_out();
    memcpy(waiting.text + waiting.n, line->text, line->n);
    waiting.n += line->n;
    if (!soon || now_us - waiting.flushed_us >= GX_LOG_WAIT_US) {
        write_out();
        waiting.flushed_us = now_us;
    }
    pthread_mutex_unlock(&waiting.lock);
}

void gx_log_end(struct gx_log *line)
{
    take(line, false);
}

void gx_log_end_soon(struct gx_log *line)
{
    take(line, true);
}

void gx_log_flush(void)
{
    pthread_mutex_lock(&waiting.lock);
    if (waiting.n)
        write_out();
    pthread_mutex_unlock(&waiting.lock);
}

void gx_log_say(enum gx_log_level level, const char *event, struct gx_str message)
{
    struct gx_log line;
    gx_log_begin(&line, level, event);
    gx_log_str(&line, "message", message);
    gx_log_end(&line);
}
