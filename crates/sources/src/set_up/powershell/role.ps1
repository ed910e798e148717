
Write-Host "`nStep 3: the Azure role on the workspace"
Assert-Principal
foreach ($module in 'Az.Accounts', 'Az.Resources', 'Az.OperationalInsights') {
    if (-not (Get-Module -ListAvailable -Name $module)) {
        Stop-SetUp "the module $module is not installed here. Install it with: Install-Module $module -Scope CurrentUser"
    }
}
$context = Get-AzContext
if (-not $context -or $context.Tenant.Id -ne $tenant -or $context.Environment.Name -ne $azureEnvironment) {
    $null = Connect-AzAccount -Environment $azureEnvironment -Tenant $tenant
}
$each = $tables | ForEach-Object { "@Resource[Microsoft.OperationalInsights/workspaces/tables:name] StringEquals '$_'" }
$condition = "((!(ActionMatches{'Microsoft.OperationalInsights/workspaces/tables/data/read'})) OR ($($each -join ' OR ')))"

# Every workspace that this account can see.
$known = @()
foreach ($subscription in @(Get-AzSubscription -TenantId $tenant | Where-Object { $_.State -eq 'Enabled' })) {
    $null = Set-AzContext -Subscription $subscription.Id -Tenant $tenant
    foreach ($found in @(Get-AzOperationalInsightsWorkspace | Where-Object { $_ })) {
        $known += [pscustomobject]@{
            Scope = $found.ResourceId; Workspace = [string]$found.CustomerId; Label = $found.Name; Subscription = $subscription.Id
        }
    }
}
if ($workspaces.Count -eq 0) {
    if ($known.Count -eq 0) { Stop-SetUp 'this account sees no Log Analytics workspace. Sign in as somebody who may grant roles on it.' }
    if ($known.Count -gt 1) {
        $known | ForEach-Object { Write-Host "  $($_.Workspace)  $($_.Scope)" }
        Stop-SetUp 'there are several workspaces. Name those with Sentinel: oriel setup-script --workspace ID'
    }
    $workspaces = @($known[0].Scope)
}
foreach ($wanted in $workspaces) {
    $found = @($known | Where-Object { $_.Scope -eq $wanted -or $_.Workspace -eq $wanted -or $_.Label -eq $wanted })
    if ($found.Count -eq 0) { Stop-SetUp "this account sees no workspace $wanted. Sign in as somebody who may grant roles on it, or correct its name." }
    if ($found.Count -gt 1) { Stop-SetUp "there are several workspaces called $wanted. Name the one that is meant by its workspace ID." }
    $one = $found[0]
    $null = Set-AzContext -Subscription $one.Subscription -Tenant $tenant
    if (-not (Get-AzRoleDefinition -Name $roleName)) {
        Write-Host "  $($one.Label): this cloud does not have the role $roleName. Log Analytics Reader works and reads every table:"
        Write-Host "    New-AzRoleAssignment -RoleDefinitionName 'Log Analytics Reader' -ObjectId $($state.Principal) -ObjectType ServicePrincipal -Scope '$($one.Scope)'"
        continue
    }
    $here = @(Get-AzRoleAssignment -ObjectId $state.Principal -RoleDefinitionName $roleName -Scope $one.Scope |
        Where-Object { $_ -and $_.Scope -eq $one.Scope })
    if ($here.Count -gt 0 -and $here[0].Condition -eq $condition) {
        Write-Host "  $($one.Label): the app has the role already."
    } elseif ($here.Count -gt 0) {
        Write-Host "  $($one.Label): the app has the role already, with another condition, which is left as it is. To renew it, run this again after:"
        Write-Host "    Remove-AzRoleAssignment -ObjectId $($state.Principal) -RoleDefinitionName '$roleName' -Scope '$($one.Scope)'"
    } else {
        $grant = @{
            ObjectId = $state.Principal; ObjectType = 'ServicePrincipal'; RoleDefinitionName = $roleName; Scope = $one.Scope
            Condition = $condition; ConditionVersion = '2.0'; Description = 'Oriel reads these tables and writes nothing.'
        }
        try {
            $null = New-AzRoleAssignment @grant
        } catch {
            Write-Host $_.Exception.Message
            Stop-SetUp "the role could not be granted on $($one.Label). This needs Owner, User Access Administrator or Role Based Access Control Administrator on the workspace; hand step 3 (oriel setup-script --step role --client $($state.Client)) to somebody who has it. Log Analytics Reader works too, and reads every table."
        }
        Write-Host "  $($one.Label): granted $roleName, for the tables $($tables -join ', '). It can take an hour until it works."
    }
    Write-Host "`nPaste into Oriel, as a workspace of the Sentinel connection:"
    Write-Host "  Workspace      $($one.Workspace) $($one.Label)"
}
