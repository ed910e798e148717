
# look_up TITLE APP_ID PERMISSION...: finds the ids of permissions by their names, as this tenant has them. What the tenant
# does not have is said, and left out.
needed=''
left_out=''
look_up() {
    local title=$1 app=$2 resource offered permission role
    shift 2
    resource=$(graph get servicePrincipals --url-parameters "\$filter=appId eq '$app'" "\$select=id" \
        --query 'value[].id' --output tsv)
    if [ -z "$resource" ]; then
        say "$title is not in this tenant, as it is where the product was never set up. Left out: $*."
        left_out="$left_out $*"
        return 0
    fi
    offered=$(graph get "servicePrincipals/$resource" --url-parameters "\$select=appRoles" \
        --query "appRoles[?isEnabled && contains(allowedMemberTypes, 'Application')].[value, id]" --output tsv)
    for permission in "$@"; do
        role=$(awk -F '\t' -v wanted="$permission" 'tolower($1) == tolower(wanted) { print $2 }' <<<"$offered")
        if [ -z "$role" ]; then
            say "$title has no application permission $permission in this tenant. Left out."
            left_out="$left_out $permission"
        else
            needed="$needed$app $resource $role $permission"$'\n'
        fi
    done
}
