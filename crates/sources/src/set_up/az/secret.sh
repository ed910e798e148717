
# The secret is shown on the terminal alone, so that it stands in no file and no log of a pipeline.
held=$(graph get "applications/$object" --url-parameters "\$select=passwordCredentials" \
    --query "passwordCredentials[?displayName=='Oriel'].endDateTime" --output tsv |
    awk -v today="$(date -u +%Y-%m-%d)" 'substr($0, 1, 10) > today')
secret=''
if [ -n "$held" ] && [ "${NEW_SECRET:-}" != yes ]; then
    say "A secret called Oriel is there already; it ends ${held//$'\n'/, }. Microsoft shows a secret once. For another one, run this with NEW_SECRET=yes."
elif { : >/dev/tty; } 2>/dev/null; then
    ends=$(date -u -d "+$days days" +%Y-%m-%d 2>/dev/null || date -u -v "+${days}d" +%Y-%m-%d)
    secret=$(send post "applications/$object/addPassword" \
        "{\"passwordCredential\":{\"displayName\":\"Oriel\",\"endDateTime\":\"${ends}T00:00:00Z\"}}" --query secretText --output tsv) ||
        stop 'no secret could be made. If a policy of the tenant forbids secrets, or such a long life, use a certificate (--credential certificate) or fewer days (--days).'
else
    say 'No secret was made: there is no terminal to show it on, and it does not belong into a log. Run this in a terminal, or use a certificate.'
fi
printf '\nPaste into Oriel, under Account settings, Microsoft Graph Integration:\n'
say "  Tenant ID      $tenant"
say "  Client ID      $client"
if [ -n "$secret" ]; then
    printf '  Client secret  %s\n' "$secret" >/dev/tty
    say "  Secret ends    $ends"
    secret=''
fi
