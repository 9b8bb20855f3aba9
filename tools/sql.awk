# awk -f tools/sql.awk FILE… - what SQL may not say, so that one text runs on SQLite, PostgreSQL
# and Citus (docs/STORE.md has the reasons).
#
# It reads migrations/*.sql and the literals of GX_SQL(…) in C; src/expr and src/db, where each
# engine has words of its own and tests hold them together, are not given to it.
function bad(what) { printf "%s:%d: %s: %s\n", FILENAME, FNR, what, substr(sql, 1, 60); problems++ }
function has(pattern) { return match(sql, pattern) }
function look() {
    if (sql ~ /^[ \t]*$/)
        return
    if (has("(CREATE|DROP) (OR REPLACE )?(TRIGGER|FUNCTION|PROCEDURE|VIEW|SEQUENCE|TYPE|RULE)"))
        bad("only tables and indexes")
    if (has("(SERIAL|AUTOINCREMENT|GENERATED |nextval)")) bad("ids come from the program")
    if (has("(now\\(\\)|CURRENT_(TIMESTAMP|DATE|TIME)|clock_timestamp|datetime\\(|strftime\\()"))
        bad("times come from the program")
    if (has("(random\\(|gen_random|randomblob)")) bad("chance comes from the program")
    if (has("ON DELETE SET|ON UPDATE")) bad("foreign keys are RESTRICT or CASCADE")
    if (has("MERGE INTO|INSERT OR |REPLACE INTO")) bad("ON CONFLICT instead")
    if (has("ILIKE| GLOB | SIMILAR TO | REGEXP ")) bad("LIKE on key columns instead")
    if (has(" LIKE ") && !has("ESCAPE")) bad("LIKE has an ESCAPE")
    if (has("string_agg|group_concat") && !has("ORDER BY")) bad("lists have an order")
    if (has("avg\\(")) bad("averages are worked out in C")
    if (has("VALUES *\\([^)]*\\(SELECT")) bad("no sub-select in VALUES")
    if (has("^ALTER TABLE") && has("(ADD|DROP|ALTER) [^;]*, *(ADD|DROP|ALTER) "))
        bad("one subcommand for each ALTER")
    if (has("pg_advisory|LISTEN |NOTIFY ")) bad("leases and polling instead")
    if (has("ADD CONSTRAINT|ALTER COLUMN")) bad("SQLite would need the table made anew")
}
FNR == 1 { depth = 0; sql = ""; c = FILENAME ~ /\.[ch]$/ }
!c {
    sub(/--.*/, "")
    sql = sql (sql == "" ? "" : " ") $0
    if (/;[ \t]*$/) { look(); sql = "" }
    next
}
{
    line = $0
    while (line != "") {
        if (!depth) {
            if (!match(line, /GX_SQL\(/)) break
            line = substr(line, RSTART + RLENGTH)
            depth = 1
            sql = ""
        }
        ch = substr(line, 1, 1)
        if (ch == "\"") {
            match(line, /^"([^"\\]|\\.)*"/)
            if (RLENGTH < 0) break
            sql = sql substr(line, 2, RLENGTH - 2)
            line = substr(line, RLENGTH + 1)
            continue
        }
        if (ch == "(") depth++
        if (ch == ")" && --depth == 0) look()
        line = substr(line, 2)
    }
}
END { exit problems > 0 }
