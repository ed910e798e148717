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
