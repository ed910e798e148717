
printf '\nStep 1: the registration\n'
# What the app asks for beside this stays: it may serve another program too.
asked=''
find_app
if [ -n "$object" ]; then
    say "The app registration $client is there already."
    for resource in $(graph get "applications/$object" --url-parameters "\$select=requiredResourceAccess" \
        --query 'requiredResourceAccess[].resourceAppId' --output tsv); do
        items=$(graph get "applications/$object" --url-parameters "\$select=requiredResourceAccess" \
            --query "requiredResourceAccess[?resourceAppId=='$resource'].resourceAccess[].[id, type]" --output tsv)
        asked="$asked$(awk -v app="$resource" 'NF == 2 { print app, $1, $2 }' <<<"$items")"$'\n'
    done
fi
wanted=$(awk 'NF == 4 { print $1, $3, "Role" }' <<<"$needed")
access=$(printf '%s\n%s\n' "$asked" "$wanted" | awk '
    NF == 3 && seen[$0]++ == 0 {
        if (items[$1] == "") apps[++count] = $1
        items[$1] = items[$1] (items[$1] == "" ? "" : ",") "{\"id\":\"" $2 "\",\"type\":\"" $3 "\"}"
    }
    END {
        for (i = 1; i <= count; i++)
            printf "%s{\"resourceAppId\":\"%s\",\"resourceAccess\":[%s]}", (i > 1 ? "," : ""), apps[i], items[apps[i]]
    }')
if [ -z "$object" ]; then
    [ -z "$client" ] || stop "there is no app registration with the client ID $client in this tenant."
    made=$(send post applications "{\"displayName\":$name_json,\"signInAudience\":\"AzureADMyOrg\",\"requiredResourceAccess\":[$access]}" \
        --query '[[id, appId]]' --output tsv) ||
        stop 'the app could not be registered. This needs the Entra role Application Developer, Cloud Application Administrator or Application Administrator.'
    object=${made%%$'\t'*}
    client=${made##*$'\t'}
    fresh=yes
    say "Registered $name, for this tenant alone and without a redirect address: $client."
else
    new=$(printf '%s\n%s\n' "$asked" "$wanted" | awk 'NF == 3 && seen[$0]++ == 0' | grep -c . || true)
    old=$(awk 'NF == 3 && seen[$0]++ == 0' <<<"$asked" | grep -c . || true)
    if [ "$new" = "$old" ]; then
        say 'It asks for every permission already.'
    else
        send patch "applications/$object" "{\"requiredResourceAccess\":[$access]}" --output none ||
            stop 'the permissions could not be added to the registration. This needs an owner of the app, or the Entra role Cloud Application Administrator.'
        say "It now asks for $((new - old)) more permissions."
    fi
fi
find_principal
if [ -z "$principal" ]; then
    principal=$(send post servicePrincipals "{\"appId\":\"$client\"}" --query id --output tsv) ||
        stop 'the enterprise application could not be made.'
    say 'Made its enterprise application (service principal).'
fi
owners=$(graph get "applications/$object/owners" --url-parameters "\$select=id" --query 'length(value)' --output tsv)
if [ "${owners:-0}" -gt 1 ]; then
    say "Advice: $owners people own this app, and each of them can add a secret to it. None or one is enough."
fi
