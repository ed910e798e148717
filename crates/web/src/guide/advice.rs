//! How the app is kept narrow, and what a script can take off one's hands.

/// The short way, for the document: the page has a form in its place.
pub(super) const BY_SCRIPT: &str = "`oriel setup-script --product sentinel --product defender --format az` writes a script for the Azure CLI that does all of \
                                    this; `--format powershell` one for PowerShell, `--format manifest` the permissions as the app manifest has them, and \
                                    `--format request` a change request to hand in. `--step registration`, `--step consent` and `--step role` part it for those \
                                    who may act, and `--missing CONNECTION` writes what the last validation found missing and nothing else. The same is on the \
                                    page, as a form. Scripts look the ids of permissions up in the tenant by their names, may be run twice, and ask for nothing \
                                    that writes.";

/// What is worth doing once it works: a title, and a sentence or two.
pub const ADVICE: &[(&str, &str)] = &[
    (
        "A certificate instead of a secret.",
        "Its private key never leaves Oriel: make it there, and upload the public part. A managed identity is better still where Oriel runs in Azure, as there is nothing to keep and nothing to renew.",
    ),
    (
        "A short life.",
        "The script gives a secret 180 days; `--days` sets another number. Oriel counts down to the end 30, 7 and 1 days before, and holds two credentials while one takes the other’s place.",
    ),
    (
        "No owners, or few.",
        "Whoever owns an app registration can add a secret to it and sign in as it. Look under **Owners** of the app registration.",
    ),
    (
        "An alert on new credentials.",
        "Entra’s audit log has the activity **Update application – Certificates and secrets management**. With Sentinel, a rule on it in `AuditLogs` tells you of a credential that you did not add.",
    ),
    (
        "From Oriel’s address alone.",
        "A Conditional Access policy for workload identities (it needs the licence Workload Identities Premium) can keep the app out from every other address. The address from which Oriel connects stands in Entra under **Sign-in logs**, **Service principal sign-ins**, column **IP address**, a few minutes after the first validation. Oriel does not ask a third party for it.",
    ),
    (
        "How it is undone.",
        "Delete the app registration: permissions and secrets go with it. The role on the workspace is removed under **Access control (IAM)**, **Role assignments**. Removing the connection in Oriel destroys the credential there.",
    ),
];
