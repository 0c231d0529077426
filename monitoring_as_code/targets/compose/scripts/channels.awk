# An Alertmanager's configuration without the channels whose secret is missing. What is read is written by mac: block style, two blanks a
# level, `name` first in a receiver, `global` before the receivers. Lines of `missing` are a path, a tab, and why; those written to `silent`
# are `muted` or `partly`, a tab, and who hears nothing.
BEGIN {
    while ((getline line < missing) > 0) {
        tab = index(line, "\t")
        why[substr(line, 1, tab - 1)] = substr(line, tab + 1)
    }
    printf "" > silent
    for (code = 1; code < 32; code++) escapes[sprintf("%c", code)] = sprintf("\\x%02X", code)
    escapes[sprintf("%c", 127)] = "\\x7F"
    escapes["\\"] = "\\\\"
    escapes["\""] = "\\\""
}

function quoted(text,    found, at, character) {
    for (at = 1; at <= length(text); at++) {
        character = substr(text, at, 1)
        found = found (character in escapes ? escapes[character] : character)
    }
    return "\"" found "\""
}

function unquoted(text) {
    if (text ~ /^'.*'$/ || text ~ /^".*"$/) return substr(text, 2, length(text) - 2)
    return text
}

# Why the secret that a line names is missing, or nothing.
function lack(line,    at, path) {
    at = match(line, /_file: /)
    if (!at || line !~ /^[ -]*[a-z_]+_file: /) return ""
    path = unquoted(substr(line, at + 7))
    return path in why ? why[path] : ""
}

function end_of_channel(    reason) {
    if (channel == "") return
    reason = lacking != "" ? lacking : kind == "email_configs" ? mail : ""
    if (reason == "") {
        kept = kept channel
    } else {
        lost = lost (lost == "" ? "" : " and ") substr(kind, 1, length(kind) - 8) (target == "" ? "" : " " target)
        if (!((receiver, reason) in told)) reasons = reasons (reasons == "" ? "" : ", and ") reason
        told[receiver, reason] = 1
    }
    channel = lacking = target = ""
}

function end_of_kind() {
    end_of_channel()
    if (kept != "") {
        printf "    %s:\n%s", kind, kept
        reached = 1
    }
    kind = kept = ""
}

function end_of_receiver() {
    end_of_kind()
    if (lost != "" && reached) print "partly\t`" receiver "` gets nothing by " lost ": " reasons > silent
    if (lost != "" && !reached) print "muted\tnobody is told what goes to `" receiver "`: " reasons > silent
    receiver = lost = reasons = ""
    reached = 0
}

function end_of_global(    number) {
    for (number = 1; number <= lines; number++) {
        if (mail != "" && held[number] ~ /^  smtp_/) continue
        if (held[number] ~ /^  smtp_auth_username: / && ENVIRON["SMTP_USERNAME"] != "") {
            held[number] = "  smtp_auth_username: " quoted(ENVIRON["SMTP_USERNAME"])
        }
        print held[number]
    }
    lines = 0
}

{
    match($0, /^ */)
    indent = RLENGTH
    # Lines of a text are no keys, whatever they look like.
    inside = text && (indent > depth || $0 ~ /^ *$/)
    if (!inside) {
        match($0, /^[ -]*/)
        depth = $0 ~ /- \|-?$/ && $0 !~ /: \|-?$/ ? indent : RLENGTH
        text = $0 ~ /(: |- )\|-?$/
    }
}

!inside && /^[a-z_]+:/ {
    if (section == "global") end_of_global()
    if (section == "receivers") end_of_receiver()
    section = substr($0, 1, index($0, ":") - 1)
    print
    next
}

section == "global" {
    held[++lines] = $0
    if (!inside && mail == "") mail = lack($0)
    next
}

section != "receivers" {
    print
    next
}

!inside && /^  - name: / {
    end_of_receiver()
    receiver = unquoted(substr($0, 11))
    print
    next
}

!inside && /^    [a-z0-9]+_configs:$/ {
    end_of_kind()
    kind = substr($0, 5, length($0) - 5)
    next
}

!inside && /^      - / { end_of_channel() }

{
    if (kind == "") {
        print
        next
    }
    channel = channel $0 "\n"
    if (inside) next
    if (lacking == "") lacking = lack($0)
    if (target == "" && $0 ~ /^(      - |        )(channel|to): /) target = unquoted(substr($0, index($0, ": ") + 2))
}

END {
    if (section == "global") end_of_global()
    if (section == "receivers") end_of_receiver()
}
