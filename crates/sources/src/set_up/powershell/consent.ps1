
Write-Host "`nStep 2: consent"
Assert-Principal
$granted = @((Invoke-Graph 'GET' ('servicePrincipals/' + $state.Principal + '/appRoleAssignments?$top=999')).value)
foreach ($one in $state.Needed) {
    if ($granted | Where-Object { $_ -and $_.resourceId -eq $one.Resource -and $_.appRoleId -eq $one.Role }) {
        Write-Host "  $($one.Permission): granted already."
        continue
    }
    try {
        $null = Invoke-Graph 'POST' "servicePrincipals/$($state.Principal)/appRoleAssignments" @{
            principalId = $state.Principal; resourceId = $one.Resource; appRoleId = $one.Role
        }
    } catch {
        Write-Host $_.Exception.Message
        Stop-SetUp "$($one.Permission) could not be granted. Consent needs the Entra role Privileged Role Administrator or Global Administrator; hand step 2 (oriel setup-script --step consent --client $($state.Client)) to somebody who has it."
    }
    Write-Host "  $($one.Permission): granted."
}
if ($state.LeftOut.Count -gt 0) { Write-Host "  Left out, as this tenant does not have it: $($state.LeftOut -join ', ')." }
