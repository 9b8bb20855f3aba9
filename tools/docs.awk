# docs.awk - what documents name: "file:line: target NAME" and "file:line: path PATH".
#
# Only `code` is read: between backticks and in fenced blocks that begin with ```sh.  A word is a
# path when it has a slash, no <placeholder> and no scheme, and its first folder is one of ours.
function say(kind, what) { printf "%s:%d: %s %s\n", FILENAME, FNR, kind, what }
function words(code,   n, w, i, p) {
    n = split(code, w, /[ \t,;()|"=]+/)
    for (i = 1; i <= n; i++) {
        if (w[i] == "make" && w[i + 1] ~ /^[a-z][a-z-]*$/) say("target", w[i + 1])
        p = w[i]
        sub(/[.:,]+$/, "", p)
        sub(/:.*$/, "", p)
        if (p ~ /[<>$~…]/ || p !~ /^(src|packs|web|tests|tools|docs|migrations|examples|\.ci)\//)
            if (p !~ /^[A-Z]+(\.zh-Hant)?\.md$/) continue
        if (p !~ /\/(dist|gen)\//) say("path", p)
    }
}
FNR == 1 { fence = "" }
/^```/ {
    fence = fence == "" ? $0 : ""
    next
}
fence != "" {
    if (fence ~ /^```(sh|text)?$/) words($0)
    next
}
{
    line = $0
    while (match(line, /`[^`]+`/)) {
        words(substr(line, RSTART + 1, RLENGTH - 2))
        line = substr(line, RSTART + RLENGTH)
    }
    line = $0
    while (match(line, /\]\([^)]*\)/)) {
        link = substr(line, RSTART + 2, RLENGTH - 3)
        line = substr(line, RSTART + RLENGTH)
        sub(/#.*/, "", link)
        if (link == "" || link ~ /^[a-z]+:/) continue
        folder = FILENAME
        if (!sub(/\/[^\/]*$/, "", folder)) folder = "."
        say("path", folder "/" link)
    }
}
