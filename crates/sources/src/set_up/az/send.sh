
# send METHOD PATH BODY [ARGUMENT...]: the same with a body. An app that was made a moment ago is not known everywhere yet:
# what is done with it is tried again some times.
fresh=no
send() {
    local method=$1 path=$2 body=$3 left=0 answer
    [ "$fresh" = no ] || left=6
    shift 3
    until answer=$(graph "$method" "$path" --headers 'Content-Type=application/json' --body "$body" "$@"); do
        [ "$left" -gt 0 ] || return 1
        left=$((left - 1))
        say "  Microsoft does not know the new app everywhere yet; trying again in ${PAUSE:-10} s." >&2
        sleep "${PAUSE:-10}"
    done
    printf '%s' "$answer"
}
