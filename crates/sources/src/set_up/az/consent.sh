
printf '\nStep 2: consent\n'
need_principal
granted=$(graph get "servicePrincipals/$principal/appRoleAssignments" --url-parameters "\$top=999" \
    --query 'value[].[resourceId, appRoleId]' --output tsv)
while read -r app resource role permission <&3; do
    [ -n "$permission" ] || continue
    case $granted in
    *"$resource"$'\t'"$role"*) say "  $permission: granted already." ;;
    *)
        send post "servicePrincipals/$principal/appRoleAssignments" \
            "{\"principalId\":\"$principal\",\"resourceId\":\"$resource\",\"appRoleId\":\"$role\"}" --output none ||
            stop "$permission could not be granted. Consent needs the Entra role Privileged Role Administrator or Global Administrator; hand step 2 (oriel setup-script --step consent --client $client) to somebody who has it."
        say "  $permission: granted."
        ;;
    esac
done 3<<<"$needed"
[ -z "$left_out" ] || say "  Left out, as this tenant does not have it:$left_out."
