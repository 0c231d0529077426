# The users of a web configuration: those named in the first file, with the hashes of the second, whose lines are `user:hash`.
FILENAME == ARGV[1] {
    wanted[$0] = 1
    next
}
/^[ \t\r]*(#.*)?$/ { next }
{
    sub(/\r$/, "")
    colon = index($0, ":")
    user = substr($0, 1, colon - 1)
    hash = substr($0, colon + 1)
    # What bcrypt gives has sixty characters.
    if (!colon || length(hash) != 60 || hash !~ /^\$2[aby]\$[0-9][0-9]\$[.\/A-Za-z0-9]+$/) {
        bad = 1
        said = said "line " FNR " is no `user:hash` with a hash of bcrypt, which `htpasswd -nBC 10 USER` prints\n"
        next
    }
    if (user in wanted) {
        delete wanted[user]
        gsub(/'/, "''", user)
        lines = lines "  '" user "': " hash "\n"
    }
}
END {
    for (user in wanted) {
        bad = 1
        said = said "user `" user "` has no line\n"
    }
    if (bad) {
        printf "%s", said | "cat >&2"
        exit 1
    }
    printf "basic_auth_users:\n%s", lines
}
