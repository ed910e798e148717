
Write-Host "`nStep 1: the registration"
# What the app asks for beside this stays: it may serve another program too.
$access = [ordered]@{}
Find-App
if ($state.Object) {
    Write-Host "The app registration $($state.Client) is there already."
    $app = Invoke-Graph 'GET' ('applications/' + $state.Object + '?$select=requiredResourceAccess')
    foreach ($part in @($app.requiredResourceAccess | Where-Object { $_ })) {
        $access[[string]$part.resourceAppId] = @($part.resourceAccess | ForEach-Object { @{ id = $_.id; type = $_.type } })
    }
}
$more = 0
foreach ($one in $state.Needed) {
    $items = @($access[$one.App] | Where-Object { $_ })
    if (-not ($items | Where-Object { $_.id -eq $one.Role -and $_.type -eq 'Role' })) {
        $access[$one.App] = $items + @{ id = $one.Role; type = 'Role' }
        $more = $more + 1
    }
}
$wanted = @($access.Keys | ForEach-Object { @{ resourceAppId = $_; resourceAccess = @($access[$_]) } })
if (-not $state.Object) {
    if ($state.Client) { Stop-SetUp "there is no app registration with the client ID $($state.Client) in this tenant." }
    $made = Invoke-Graph 'POST' 'applications' @{
        displayName = $name; signInAudience = 'AzureADMyOrg'; requiredResourceAccess = $wanted
    }
    $state.Object = $made.id
    $state.Client = $made.appId
    $state.Fresh = $true
    Write-Host "Registered $name, for this tenant alone and without a redirect address: $($state.Client)."
} elseif ($more -gt 0) {
    $null = Invoke-Graph 'PATCH' "applications/$($state.Object)" @{ requiredResourceAccess = $wanted }
    Write-Host "It now asks for $more more permissions."
} else {
    Write-Host 'It asks for every permission already.'
}
Find-Principal
if (-not $state.Principal) {
    $state.Principal = (Invoke-Graph 'POST' 'servicePrincipals' @{ appId = $state.Client }).id
    Write-Host 'Made its enterprise application (service principal).'
}
$owners = @((Invoke-Graph 'GET' ('applications/' + $state.Object + '/owners?$select=id')).value | Where-Object { $_ })
if ($owners.Count -gt 1) {
    Write-Host "Advice: $($owners.Count) people own this app, and each of them can add a secret to it. None or one is enough."
}
