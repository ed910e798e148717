say() { printf '%s\n' "$*"; }
stop() {
    printf 'Stopped: %s\n' "$*" >&2
    exit 1
}

# graph METHOD PATH [ARGUMENT...]: asks Microsoft Graph of this cloud, as whoever is signed in.
graph() {
    local method=$1 path=$2
    shift 2
    az rest --method "$method" --resource "$graph_host" --url "$graph_host/v1.0/$path" "$@"
}

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

command -v az >/dev/null ||
    stop 'the Azure CLI (az) is not installed here. Azure Cloud Shell has it: choose Bash at https://shell.azure.com'
if [ -n "$azure_cloud" ]; then
    present=$(az cloud show --query name --output tsv)
    if [ "$present" != "$azure_cloud" ]; then
        say "The Azure CLI is set to $present; it is now set to $azure_cloud."
        az cloud set --name "$azure_cloud" --output none
    fi
fi
signed_in=$(az account show --query tenantId --output tsv) ||
    stop "nobody is signed in. Run: az login${tenant:+ --tenant $tenant} --allow-no-subscriptions"
if [ -n "$tenant" ] && [ "$signed_in" != "$tenant" ]; then
    stop "the Azure CLI is signed in to the tenant $signed_in, not to $tenant. Run: az login --tenant $tenant --allow-no-subscriptions"
fi
tenant=$signed_in
say "Tenant $tenant."

# The app, by its client ID, or by its name if that is not known.
object=''
principal=''
find_app() {
    local filter found
    if [ -n "$client" ]; then filter="appId eq '$client'"; else filter=$name_filter; fi
    found=$(graph get applications --url-parameters "\$filter=$filter" "\$select=id,appId" \
        --query 'value[].[id, appId]' --output tsv)
    case $found in
    '') return 0 ;;
    *$'\n'*) stop "several app registrations are called $name. Name the one that is meant by its client ID: oriel setup-script --client ID" ;;
    esac
    object=${found%%$'\t'*}
    client=${found##*$'\t'}
}
find_principal() {
    principal=$(graph get servicePrincipals --url-parameters "\$filter=appId eq '$client'" "\$select=id" \
        --query 'value[].id' --output tsv)
}
need_principal() {
    [ -n "$principal" ] || find_app
    [ -n "$object" ] || stop "there is no app registration ${client:-called $name} in this tenant: step 1, the registration, comes first."
    [ -n "$principal" ] || find_principal
    [ -n "$principal" ] || stop "the app $client has no enterprise application in this tenant yet: step 1, the registration, makes it."
}
