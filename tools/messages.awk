# messages.awk - "id NAME" for each GX_MESSAGE, and a line for each that is not well made.
function wrong(why) { printf "%s:%d: %s: %s\n", FILENAME, FNR, id, why }
function placeholders(s,   found, k) {
    found = ""
    for (k = 0; k <= 9; k++)
        if (index(s, "{" k "}")) found = found k
    return found
}
/^GX_MESSAGE\(/ { entry = ""; open = 1 }
open {
    entry = entry $0
    if ($0 !~ /\)[ \t]*$/) next
    open = 0
    id = entry
    sub(/^GX_MESSAGE\([ \t]*/, "", id)
    sub(/,.*/, "", id)
    print "id " id
    # The literals: neighbours are one text, a comma between them separates the languages.
    rest = substr(entry, index(entry, ",") + 1)
    n = 1
    text[1] = text[2] = text[3] = ""
    while (rest != "") {
        c = substr(rest, 1, 1)
        if (c == "\"") {
            match(rest, /^"([^"\\]|\\.)*"/)
            text[n] = text[n] substr(rest, 2, RLENGTH - 2)
            rest = substr(rest, RLENGTH + 1)
        } else {
            if (c == "," && n < 3) n++
            rest = substr(rest, 2)
        }
    }
    if (n != 2) wrong("not two texts")
    if (text[1] == "" || text[2] == "") wrong("a language is missing")
    words = text[1]
    gsub(/\{[0-9]\}/, "", words)
    if (words ~ /[A-Za-z]/ && text[2] !~ /[\200-\377]/) wrong("the second text is not Chinese")
    if (placeholders(text[1]) != placeholders(text[2])) wrong("the languages differ in {0} {1} …")
}
