
if [ -n "$certificate" ]; then
    keys=$(graph get "applications/$object" --url-parameters "\$select=keyCredentials" --query keyCredentials --output json)
    case $keys in
    *"$certificate"*) say 'The certificate is on the registration already.' ;;
    *)
        # The list is replaced as a whole, so what is on it is sent along.
        keys=$(printf '%s' "$keys" | tr -d '\n')
        keys=${keys%]*}
        case $keys in *\}*) keys="$keys," ;; *) keys='[' ;; esac
        send patch "applications/$object" \
            "{\"keyCredentials\":$keys{\"type\":\"AsymmetricX509Cert\",\"usage\":\"Verify\",\"displayName\":\"Oriel\",\"key\":\"$certificate\"}]}" \
            --output none ||
            stop 'the certificate could not be added. This needs an owner of the app, or the Entra role Cloud Application Administrator.'
        say 'Added the certificate.'
        ;;
    esac
else
    say 'Now the certificate: have Oriel make one (Account settings, Microsoft Graph Integration), download its public part, and add'
    say 'that in the app registration under Certificates & secrets, Certificates, Upload certificate.'
fi
printf '\nPaste into Oriel, under Account settings, Microsoft Graph Integration:\n'
say "  Tenant ID  $tenant"
say "  Client ID  $client"
