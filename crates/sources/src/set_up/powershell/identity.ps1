
if ($identity) {
    $held = @((Invoke-Graph 'GET' "applications/$($state.Object)/federatedIdentityCredentials").value)
    if ($held | Where-Object { $_ -and $_.subject -eq $identity }) {
        Write-Host 'The managed identity vouches for the app already.'
    } else {
        $null = Invoke-Graph 'POST' "applications/$($state.Object)/federatedIdentityCredentials" @{
            name = 'oriel'; issuer = "$loginHost/$tenant/v2.0"; subject = $identity; audiences = @($tokenExchange)
        }
        Write-Host 'The managed identity now vouches for the app.'
    }
} else {
    Write-Host 'Now the managed identity: in the app registration, under Certificates & secrets, Federated credentials, Add credential,'
    Write-Host "choose Managed identity, and the identity of the machine that Oriel runs on. Its audience is $tokenExchange."
}
Write-Host "`nPaste into Oriel, under Account settings, Microsoft Graph Integration:"
Write-Host "  Tenant ID  $tenant"
Write-Host "  Client ID  $($state.Client)"
