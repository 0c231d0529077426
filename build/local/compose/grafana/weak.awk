# Says why a password is weak, and fails if nothing speaks against it. The first file has words that default passwords are made of, longest
# first, and whole passwords behind `=`; the second is the password.
BEGIN { for (code = 1; code < 128; code++) ordinal[sprintf("%c", code)] = code }

# Whether each character is the next one, or the last but one, or the same.
function row(text,    at, step, steps) {
    for (at = 2; at <= length(text); at++) {
        step = ordinal[substr(text, at, 1)] - ordinal[substr(text, at - 1, 1)]
        if (step == -1 || step == 0 || step == 1 || step == -9) steps++
    }
    return length(text) > 1 && steps >= 0.8 * (length(text) - 1)
}

FILENAME == ARGV[1] {
    if (/^=/) known[substr($0, 2)] = 1
    else words[++count] = $0
    next
}
{ password = password (FNR == 1 ? "" : "\n") $0 }

END {
    plain = left = tolower(password)
    for (number = 1; number <= count; number++) {
        word = words[number]
        while ((at = index(left, word)) > 0) left = substr(left, 1, at - 1) " " substr(left, at + length(word))
    }
    for (at = 1; at <= length(left); at++) {
        character = substr(left, at, 1)
        if (character ~ /[0-9]/) digits = digits character
        else if (character ~ /[a-z]/ || !(character in ordinal)) letters++
    }
    for (at = 1; at <= length(plain); at++) if (!(substr(plain, at, 1) in seen)) {
        seen[substr(plain, at, 1)] = 1
        different++
    }
    if ((plain in known) || (letters < 4 && (length(digits) <= 4 || row(digits))) || different <= 3 || row(plain)) {
        print "is one that is tried first"
    } else if (length(password) < shortest) {
        printf "has fewer than %d characters\n", shortest
    } else {
        exit 1
    }
}
