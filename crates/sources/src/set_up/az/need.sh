
# Finds the enterprise application, which the registration has to have made.
need_principal() {
    [ -n "$principal" ] || find_app
    [ -n "$object" ] || stop "there is no app registration ${client:-called $name} in this tenant: step 1, the registration, comes first."
    [ -n "$principal" ] || find_principal
    [ -n "$principal" ] || stop "the app $client has no enterprise application in this tenant yet: step 1, the registration, makes it."
}
