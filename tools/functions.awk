# functions.awk - "lines file:line name" of each C function of more than 40 lines.
FNR == 1 { name = "" }
/^[A-Za-z_].*\(/ && !/;[ \t]*$/ && !/^(struct|enum|union|typedef)[^(]*\{/ {
    name = $0
    sub(/^GX_TEST\(/, "", name)
    sub(/[()].*/, "", name)
    sub(/.*[ *]/, "", name)
}
/^\{/ && name != "" { from = FNR }
/^\}/ && name != "" && from {
    if (FNR - from - 1 > 40) printf "%5d %s:%d %s\n", FNR - from - 1, FILENAME, from, name
    name = ""
    from = 0
}
