
$state = @{ Fresh = $false; Object = ''; Principal = ''; Client = $client; Needed = @(); LeftOut = @() }

function Stop-SetUp([string]$Reason) {
    throw "Stopped: $Reason"
}

# Asks Microsoft Graph of this cloud, as whoever is signed in. An app that was made a moment ago is not known everywhere yet:
# what is done with it is tried again some times.
function Invoke-Graph([string]$Method, [string]$Path, $Body) {
    $call = @{ Method = $Method; Uri = "$graphHost/v1.0/$Path"; OutputType = 'PSObject' }
    if ($null -ne $Body) {
        $call.Body = ConvertTo-Json -InputObject $Body -Depth 8 -Compress
        $call.ContentType = 'application/json'
    }
    $left = 0
    if ($state.Fresh -and $null -ne $Body) { $left = 6 }
    while ($true) {
        try {
            return Invoke-MgGraphRequest @call
        } catch {
            if ($left -le 0) { throw }
            $left = $left - 1
            Write-Host '  Microsoft does not know the new app everywhere yet; trying again in 10 s.'
            Start-Sleep -Seconds 10
        }
    }
}

function Get-Filtered([string]$Collection, [string]$Filter, [string]$Select) {
    $answer = Invoke-Graph 'GET' ($Collection + '?$filter=' + [uri]::EscapeDataString($Filter) + '&$select=' + $Select)
    return @($answer.value)
}

function Find-App {
    $filter = $nameFilter
    if ($state.Client) { $filter = "appId eq '$($state.Client)'" }
    $found = @(Get-Filtered 'applications' $filter 'id,appId')
    if ($found.Count -gt 1) {
        Stop-SetUp "several app registrations are called $name. Name the one that is meant by its client ID: oriel setup-script --client ID"
    }
    if ($found.Count -eq 1) {
        $state.Object = $found[0].id
        $state.Client = $found[0].appId
    }
}

function Find-Principal {
    $found = @(Get-Filtered 'servicePrincipals' "appId eq '$($state.Client)'" 'id')
    if ($found.Count -gt 0) { $state.Principal = $found[0].id }
}

function Assert-Principal {
    if (-not $state.Object) { Find-App }
    if (-not $state.Object) { Stop-SetUp 'there is no such app registration in this tenant: step 1, the registration, comes first.' }
    if (-not $state.Principal) { Find-Principal }
    if (-not $state.Principal) { Stop-SetUp 'the app has no enterprise application in this tenant yet: step 1, the registration, makes it.' }
}

if (-not (Get-Command Connect-MgGraph -ErrorAction SilentlyContinue)) {
    Stop-SetUp 'the module Microsoft.Graph.Authentication is not installed here. Install it with: Install-Module Microsoft.Graph.Authentication -Scope CurrentUser'
}
$signIn = @{ Environment = $graphEnvironment; Scopes = $scopes; ContextScope = 'Process'; NoWelcome = $true }
if ($tenant) { $signIn.TenantId = $tenant }
Connect-MgGraph @signIn
$signedIn = (Get-MgContext).TenantId
if ($tenant -and $signedIn -ne $tenant) {
    Stop-SetUp "you are signed in to the tenant $signedIn, not to $tenant."
}
$tenant = $signedIn
Write-Host "Tenant $tenant."
