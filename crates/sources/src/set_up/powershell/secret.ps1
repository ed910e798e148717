
# The secret is shown on the console alone, so that it stands in no file, no transcript and no log of a pipeline.
$app = Invoke-Graph 'GET' ('applications/' + $state.Object + '?$select=passwordCredentials')
$held = @($app.passwordCredentials | Where-Object {
    $_.displayName -eq 'Oriel' -and ([datetime]$_.endDateTime).ToUniversalTime() -gt [datetime]::UtcNow
})
$secret = $null
if ($held.Count -gt 0 -and $env:NEW_SECRET -ne 'yes') {
    Write-Host 'A secret called Oriel is there already. Microsoft shows a secret once. For another one, set $env:NEW_SECRET to yes and run this again.'
} elseif ([Console]::IsOutputRedirected) {
    Write-Host 'No secret was made: there is no console to show it on, and it does not belong into a log. Run this in a console, or use a certificate.'
} else {
    $ends = [datetime]::UtcNow.Date.AddDays($days).ToString('yyyy-MM-dd', [Globalization.CultureInfo]::InvariantCulture)
    $secret = Invoke-Graph 'POST' "applications/$($state.Object)/addPassword" @{
        passwordCredential = @{ displayName = 'Oriel'; endDateTime = "${ends}T00:00:00Z" }
    }
}
Write-Host "`nPaste into Oriel, under Account settings, Microsoft Graph Integration:"
Write-Host "  Tenant ID      $tenant"
Write-Host "  Client ID      $($state.Client)"
if ($secret) {
    [Console]::Out.WriteLine("  Client secret  $($secret.secretText)")
    Write-Host "  Secret ends    $ends"
    $secret = $null
}
