
# Finds the ids of permissions by their names, as this tenant has them. What the tenant does not have is said, and left out.
function Find-Permission([string]$Title, [string]$App, [string[]]$Permissions) {
    $resources = @(Get-Filtered 'servicePrincipals' "appId eq '$App'" 'id,appRoles')
    if ($resources.Count -eq 0) {
        Write-Host "$Title is not in this tenant, as it is where the product was never set up. Left out: $($Permissions -join ', ')."
        $state.LeftOut += $Permissions
        return
    }
    $resource = $resources[0]
    foreach ($permission in $Permissions) {
        $role = @($resource.appRoles | Where-Object {
            $_.isEnabled -and $_.value -eq $permission -and $_.allowedMemberTypes -contains 'Application'
        })
        if ($role.Count -eq 0) {
            Write-Host "$Title has no application permission $permission in this tenant. Left out."
            $state.LeftOut += $permission
        } else {
            $state.Needed += @{ App = $App; Resource = $resource.id; Role = $role[0].id; Permission = $permission }
        }
    }
}
