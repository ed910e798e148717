
if ($certificate) {
    $app = Invoke-Graph 'GET' ('applications/' + $state.Object + '?$select=keyCredentials')
    $keys = @($app.keyCredentials | Where-Object { $_ })
    if ($keys | Where-Object { $_.key -eq $certificate }) {
        Write-Host 'The certificate is on the registration already.'
    } else {
        # The list is replaced as a whole, so what is on it is sent along.
        $text = { param($time) ([datetime]$time).ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ', [Globalization.CultureInfo]::InvariantCulture) }
        $keys = @($keys | ForEach-Object {
            @{
                keyId = $_.keyId; type = $_.type; usage = $_.usage; key = $_.key; displayName = $_.displayName
                customKeyIdentifier = $_.customKeyIdentifier
                startDateTime = & $text $_.startDateTime; endDateTime = & $text $_.endDateTime
            }
        })
        $keys += @{ type = 'AsymmetricX509Cert'; usage = 'Verify'; displayName = 'Oriel'; key = $certificate }
        $null = Invoke-Graph 'PATCH' "applications/$($state.Object)" @{ keyCredentials = $keys }
        Write-Host 'Added the certificate.'
    }
} else {
    Write-Host 'Now the certificate: have Oriel make one (Account settings, Microsoft Graph Integration), download its public part, and add'
    Write-Host 'that in the app registration under Certificates & secrets, Certificates, Upload certificate.'
}
Write-Host "`nPaste into Oriel, under Account settings, Microsoft Graph Integration:"
Write-Host "  Tenant ID  $tenant"
Write-Host "  Client ID  $($state.Client)"
