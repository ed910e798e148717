Write-Host 'Its secrets and certificates are left as they are.'
