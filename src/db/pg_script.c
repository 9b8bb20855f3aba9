/*
 * pg_script.c - migrations are written once, for SQLite; here they get PostgreSQL's types.
 *
 *     TEXT                  TEXT COLLATE "C"   texts are compared byte by byte, as on SQLite
 *     BLOB                  BYTEA
 *     INTEGER PRIMARY KEY   BIGINT PRIMARY KEY
 *
 * Only CREATE TABLE and ALTER TABLE name types; everything else stays as it stands.
 */
#include "db/pg_int.h"

#include <ctype.h>

static bool is_letter(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static struct gx_str next_word(struct gx_str s)
{
    s = gx_str_trim(s);
    size_t n = 0;
    while (n < s.n && is_letter(s.p[n]))
        n++;
    return (struct gx_str){ s.p, n };
}

/* What stands for this word; `rest` is what follows it. */
static struct gx_str in_other_words(struct gx_str word, struct gx_str rest)
{
    if (gx_str_is(word, "BLOB"))
        return GX_STR("BYTEA");
    if (gx_str_is(word, "TEXT") && !gx_str_is(next_word(rest), "COLLATE"))
        return GX_STR("TEXT COLLATE \"C\"");
    if (gx_str_is(word, "INTEGER") && gx_str_is(next_word(rest), "PRIMARY"))
        return GX_STR("BIGINT");
    return word;
}

struct gx_str pg_translate(struct gx_arena *arena, struct gx_str statement)
{
    struct gx_buf out = { 0 };
    if (!gx_str_starts(statement, GX_STR("CREATE TABLE")) &&
        !gx_str_starts(statement, GX_STR("ALTER TABLE")))
        return statement;
    for (size_t i = 0; i < statement.n;) {
        size_t past = db_sql_skip(statement, i);
        struct gx_str word = next_word(gx_str_from(statement, i));
        if (past > i) {
            gx_buf_add(&out, (struct gx_str){ statement.p + i, past - i });
            i = past;
        } else if (is_letter(statement.p[i])) {
            gx_buf_add(&out, in_other_words(word, gx_str_from(statement, i + word.n)));
            i += word.n;
        } else {
            gx_buf_addc(&out, statement.p[i++]);
        }
    }
    struct gx_str text = gx_arena_str(arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return text;
}
