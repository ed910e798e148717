
if [ -n "$identity" ]; then
    held=$(graph get "applications/$object/federatedIdentityCredentials" \
        --query "value[?subject=='$identity'].id" --output tsv)
    if [ -n "$held" ]; then
        say 'The managed identity vouches for the app already.'
    else
        send post "applications/$object/federatedIdentityCredentials" \
            "{\"name\":\"oriel\",\"issuer\":\"$login_host/$tenant/v2.0\",\"subject\":\"$identity\",\"audiences\":[\"$token_exchange\"]}" \
            --output none ||
            stop 'the managed identity could not be added as a federated credential. This needs an owner of the app, or the Entra role Cloud Application Administrator.'
        say 'The managed identity now vouches for the app.'
    fi
else
    say 'Now the managed identity: in the app registration, under Certificates & secrets, Federated credentials, Add credential,'
    say "choose Managed identity, and the identity of the machine that Oriel runs on. Its audience is $token_exchange."
fi
printf '\nPaste into Oriel, under Account settings, Microsoft Graph Integration:\n'
say "  Tenant ID  $tenant"
say "  Client ID  $client"
