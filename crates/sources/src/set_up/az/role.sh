
printf '\nStep 3: the Azure role on the workspace\n'
need_principal
not=$(printf '\041')
condition="((${not}(ActionMatches{'Microsoft.OperationalInsights/workspaces/tables/data/read'})) OR ("
joint=''
for table in $tables; do
    condition="$condition$joint@Resource[Microsoft.OperationalInsights/workspaces/tables:name] StringEquals '$table'"
    joint=' OR '
done
condition="$condition))"

# Every workspace that this account can see: resource id, workspace ID, name.
known=''
for subscription in $(az account list --query "[?state=='Enabled' && tenantId=='$tenant' && id!=tenantId].id" --output tsv); do
    if seen=$(az monitor log-analytics workspace list --subscription "$subscription" \
        --query '[].[id, customerId, name]' --output tsv); then
        known="$known$seen"$'\n'
    else
        say "  The subscription $subscription could not be looked through."
    fi
done
if [ -z "$workspaces" ]; then
    workspaces=$(awk -F '\t' 'NF == 3 { print $1 }' <<<"$known")
    case $workspaces in
    '') stop 'this account sees no Log Analytics workspace. Sign in as somebody who may grant roles on it.' ;;
    *$'\n'*)
        say "$(awk -F '\t' 'NF == 3 { print "  " $2 "  " $1 }' <<<"$known")"
        stop 'there are several workspaces. Name those with Sentinel: oriel setup-script --workspace ID'
        ;;
    esac
fi
offered=$(az role definition list --name "$role_name" --query '[].roleName' --output tsv)
while read -r wanted <&4; do
    found=$(awk -F '\t' -v wanted="$wanted" 'NF == 3 {
        for (i = 1; i <= 3; i++) if (tolower($i) == tolower(wanted)) { print; break }
    }' <<<"$known")
    case $found in
    '') stop "this account sees no workspace $wanted. Sign in as somebody who may grant roles on it, or correct its name." ;;
    *$'\n'*) stop "there are several workspaces called $wanted. Name the one that is meant by its workspace ID." ;;
    esac
    IFS=$'\t' read -r scope workspace label <<<"$found"
    if [ -z "$offered" ]; then
        say "  $label: this cloud does not have the role $role_name. Log Analytics Reader works and reads every table:"
        say "    az role assignment create --role 'Log Analytics Reader' --assignee-object-id $principal --assignee-principal-type ServicePrincipal --scope '$scope'"
        continue
    fi
    here=$(az role assignment list --scope "$scope" \
        --query "[?principalId=='$principal' && roleDefinitionName=='$role_name'].id" --output tsv)
    if [ -n "$here" ]; then
        limit=$(az role assignment list --scope "$scope" \
            --query "[?principalId=='$principal' && roleDefinitionName=='$role_name'].condition" --output tsv)
        if [ "$limit" = "$condition" ]; then
            say "  $label: the app has the role already."
        else
            say "  $label: the app has the role already, with another condition, which is left as it is. To renew it, run this again after:"
            say "    az role assignment delete --ids '$here'"
        fi
    else
        az role assignment create --assignee-object-id "$principal" --assignee-principal-type ServicePrincipal \
            --role "$role_name" --scope "$scope" --condition "$condition" --condition-version 2.0 \
            --description 'Oriel reads these tables and writes nothing.' --output none ||
            stop "the role could not be granted on $label. This needs Owner, User Access Administrator or Role Based Access Control Administrator on the workspace; hand step 3 (oriel setup-script --step role --client $client) to somebody who has it. Log Analytics Reader works too, and reads every table."
        say "  $label: granted $role_name, for the tables $tables. It can take an hour until it works."
    fi
    printf '\nPaste into Oriel, as a workspace of the Sentinel connection:\n'
    say "  Workspace      $workspace $label"
done 4<<<"$workspaces"
