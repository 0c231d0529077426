# Read by the entrypoints of the services, with the shells of BusyBox and Debian: nothing but POSIX, and awk.
#
# A secret is, the first that there is: the file that Compose mounts below $given; the file that VARIABLE_FILE names; the text of VARIABLE.
# It is written where the configuration reads it, in memory, for this user alone and without blanks around it: Alertmanager 0.25 takes the
# line break at the end of a password for a part of it. No secret is ever an argument of a program, or in what is logged.
set -eu
umask 077
here=${0%/*}
given=/run/given
work=/run/mac

say() {
    printf '%s: %s\n' "${here##*/}" "$*" >&2
}

# 78 is EX_CONFIG.
refuse() {
    say "$*"
    exit 78
}

readable() {
    [ -r "$1" ] || refuse "$1 cannot be read by user $(id -u): let everybody read the file, in a folder that only you can enter"
}

# secret ID VARIABLES PATH: writes a secret to PATH; fails if there is none.
secret() {
    text=
    if [ -s "$given/$1" ]; then
        readable "$given/$1"
        text=$(cat "$given/$1")
    fi
    for variable in $2; do
        eval "value=\${$variable-} file=\${${variable}_FILE-}"
        unset "$variable" "${variable}_FILE"
        if [ -z "$text" ] && [ -n "$file" ]; then
            readable "$file"
            text=$(cat "$file")
        fi
        [ -n "$text" ] || text=$value
    done
    value=
    text=${text#"${text%%[![:space:]]*}"}
    text=${text%"${text##*[![:space:]]}"}
    [ -n "$text" ] || return 1
    rm -f "$3"
    printf %s "$text" >"$3"
    chmod 0400 "$3"
}

# Every secret of the table beside the entrypoint. What is silent without one is written to $work/missing.
secrets() {
    : >"$work/missing"
    while IFS='	' read -r id variables without path named purpose; do
        if ! secret "$id" "$variables" "$path"; then
            case $without in
            refuse) refuse "$named is not set: $purpose" ;;
            silent | silent-address) printf '%s\t%s is not set\n' "$path" "$named" >>"$work/missing" ;;
            *) say "$named is not set: $purpose" ;;
            esac
        elif [ "$without" = silent-address ]; then
            case $text in
            http://* | https://*) ;;
            *)
                rm -f "$path"
                printf '%s\t%s is no web address\n' "$path" "$named" >>"$work/missing"
                ;;
            esac
        fi
        text=
    done <"$here/secrets.tsv"
}

# web USERS: how the server answers. The hashes of passwords are lines `user:hash` of the file USERS.
web() {
    cat "$here/web.yml" >"$work/web.yml"
    [ -s "$here/users" ] || return 0
    awk -f "$here/../users.awk" "$here/users" "$1" >>"$work/web.yml" || refuse "the users of its pages cannot be taken over"
}
