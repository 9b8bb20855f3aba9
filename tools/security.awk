# security.awk - docs/SECURITY.md answers every requirement once, and names only what is there.
#
#   awk -f tools/security.awk tools/asvs-ids docs/SECURITY.md
#
# tools/asvs-ids holds the ids of OWASP ASVS 5.0, level 2.  A row of an answer is
#
#   | V1.2.3 | met | few words | `file:word` `file` |
#
# with met, partly, not met or n/a.  What is met or partly met names a file, and a word that stands
# in it; what is not met, or does not apply, says why.  The rows of the catalogue of attacks are
# checked alike, with run, partly, later or n/a.
function fail(why) { printf "%s:%d: %s\n", FILENAME, FNR, why; bad++ }
function content(file,   line, all) {
    if (file in read) return read[file]
    all = ""
    while ((getline line < file) > 0) all = all line "\n"
    close(file)
    return read[file] = all
}
function anchors(cell,   n, a, file, word) {
    n = 0
    while (match(cell, /`[^`]+`/)) {
        a = substr(cell, RSTART + 1, RLENGTH - 2)
        cell = substr(cell, RSTART + RLENGTH)
        file = a
        word = ""
        if (match(a, /:/)) {
            file = substr(a, 1, RSTART - 1)
            word = substr(a, RSTART + 1)
        }
        if (content(file) == "") fail("there is no file " file)
        else if (index(content(file), word) == 0) fail("no \"" word "\" in " file)
        n++
        named++
    }
    return n
}
BEGIN {
    many["A"] = 13; many["S"] = 1; many["I"] = 12; many["X"] = 8; many["C"] = 5; many["N"] = 5
    many["U"] = 7; many["F"] = 4; many["D"] = 5; many["B"] = 3; many["M"] = 6; many["R"] = 24
    for (letter in many)
        for (i = 1; i <= many[letter]; i++) wanted[letter i] = 1
}
FNR == NR {
    wanted[$1] = 1
    next
}
/^\| (V[0-9]+\.[0-9]+\.[0-9]+|[A-Z][0-9]+) \| (met|partly|not met|n\/a|run|later) \|/ {
    split($0, cell, / *\| */)
    id = cell[2]
    answer = cell[3]
    if (!(id in wanted)) fail("nobody asks for " id)
    else if (id in line_of) fail(id " stands in line " line_of[id] " too")
    line_of[id] = FNR
    if ((id ~ /^V/) != (answer ~ /^(met|not met)$/) && answer ~ /^(met|not met|run|later)$/)
        fail(id " is not answered by \"" answer "\"")
    if (length(cell[4]) < 3) fail(id " says nothing")
    if (anchors(cell[5]) == 0 && answer ~ /^(met|partly|run)$/) fail(id " names no file")
    count[(id ~ /^V/ ? "ASVS " : "catalogue ") answer]++
    next
}
/^\| (V[0-9]+\.|[A-Z][0-9]+ \|)/ { fail("not a row as it should be") }
END {
    for (id in wanted)
        if (!(id in line_of)) {
            print "docs/SECURITY.md: no answer to " id
            bad++
        }
    for (c in count) printf "%s: %d\n", c, count[c] | "sort"
    close("sort")
    printf "%d files and words named, %d problem(s)\n", named, bad
    exit bad > 0
}
