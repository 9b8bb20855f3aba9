# layers.awk - which folder may include which.
# awk -f tools/layers.awk LAYERS $(find src -name '*.[ch]' -o -name '*.cc')
function fail(why) { printf "%s:%d: %s\n", FILENAME, FNR, why; bad++ }
FNR == NR {
    sub(/#.*/, "")
    key = $1
    sub(/:$/, "", key)
    if (key != "") {
        known[key] = 1
        for (i = 2; i <= NF; i++) {
            may[key, $i] = 1
            named[$i] = 1
        }
    }
    next
}
FNR == 1 {
    files++
    split(FILENAME, part, "/")
    here = part[2]
    if (!(here in known)) fail("folder " here " is not in LAYERS")
}
/^[ \t]*#[ \t]*include/ {
    match($0, /[<"][^>"]*[>"]/)
    file = substr($0, RSTART + 1, RLENGTH - 2)
    n = split(file, p, "/")
    to = p[1]
    if (("@" p[n]) in known) {
        if (!(("@" p[n], here) in may)) fail(p[n] " is for another folder")
    }
    else if ($0 ~ /<[^>]*>/) next
    else if (n < 2) fail("write the folder: \"" here "/" file "\"")
    else if (to == "..") fail("no relative path")
    else if (to != here && !((here, to) in may)) fail(here " may not include " to)
}
END {
    for (name in named)
        if (!(name in known)) {
            printf "LAYERS: %s has no line of its own\n", name
            bad++
        }
    printf "layers: %d files, %d problem(s)\n", files, bad
    exit bad > 0
}
