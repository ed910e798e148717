//! The steps in the portals, by the names that these have now.

use search::Product;

use super::Step;

/// Every step, in the order in which they are done.
pub const STEPS: &[Step] = &[
    Step {
        anchor: "register",
        title: "Register the app",
        product: None,
        how: &[
            "In the Entra admin center or the Azure portal, open **App registrations**, **New registration**. Give it a name, for instance `Oriel (read only)`; under **Supported account types** choose this directory alone (single tenant); leave **Redirect URI** empty; choose **Register**.",
            "Copy **Directory (tenant) ID** and **Application (client) ID** from its **Overview**. One app serves Sentinel and Defender: for the second product, use the same app registration and add only the permissions that it lacks.",
        ],
        once: Some(
            "the registration was under Azure Active Directory. Nothing else has changed, and an app of that time can be used again.",
        ),
        who: "anybody, where the tenant lets people register apps; else Application Developer, Cloud Application Administrator or Application Administrator.",
        known: "the checks “Tenant” and “Sign-in”: the tenant is found, in its cloud, and it has an app with this client ID.",
        permissions: None,
    },
    Step {
        anchor: "graph-permissions",
        title: "Add the permissions of Microsoft Graph",
        product: None,
        how: &[
            "In the app registration, **API permissions**, **Add a permission**, **Microsoft Graph**, then **Application permissions**. **Delegated permissions** beside it are for an app that somebody signs in to: Oriel cannot use them. Type each name below into the search box, tick it, and choose **Add permissions**.",
        ],
        once: Some(
            "the permissions were `SecurityEvents.Read.All` and `ThreatIndicators.Read.All`. Both read nothing today and may be removed.",
        ),
        who: "an owner of the app, Cloud Application Administrator or Application Administrator.",
        known: "the check “Permissions”, once consent is granted: the names in the token are compared with these.",
        permissions: Some("Microsoft Graph"),
    },
    Step {
        anchor: "endpoint-permissions",
        title: "Add the permissions of Defender for Endpoint",
        product: Some(Product::Defender),
        how: &[
            "**Add a permission** again, **APIs my organization uses**, and type `WindowsDefenderATP`: it is not listed until it is typed, and not there at all in a tenant without Defender for Endpoint. Then **Application permissions**, as before.",
            "Microsoft has announced the end of this interface for 1 February 2027. Without these permissions everything else works; they add what hunting does not have.",
        ],
        once: Some("the same, with `Alert.Read.All` and `Ti.Read.All`."),
        who: "as in the step before.",
        known: "the check “Sign-in” for WindowsDefenderATP, and “Permissions”; in a tenant without Defender for Endpoint, “The tenant does not have this product”.",
        permissions: Some("WindowsDefenderATP"),
    },
    Step {
        anchor: "consent",
        title: "Grant admin consent",
        product: None,
        how: &[
            "Still under **API permissions**, choose **Grant admin consent for** your organisation, and **Yes**. The column **Status** then says “Granted for …” in each line. A permission that is added later needs consent again.",
        ],
        once: None,
        who: "Privileged Role Administrator or Global Administrator. Cloud Application Administrator is not enough for permissions of Microsoft Graph.",
        known: "the check “Permissions”: an app without consent signs in, and its token names no permission at all. It can take some minutes.",
        permissions: None,
    },
    Step {
        anchor: "credential",
        title: "Give it a way to sign in",
        product: None,
        how: &[
            "Recommended, a certificate: in Oriel’s form for the product, under **Signs in by**, choose **Certificate** and save: a key pair is made there, and **Download the public part** gives what the portal takes. In the app registration, **Certificates & secrets**, **Certificates**, **Upload certificate**; then validate again.",
            "Or a secret: **Certificates & secrets**, **Client secrets**, **New client secret**, with an end date. Copy the **Value** at once: it is shown this one time. The **Secret ID** is not it.",
            "Or, where Oriel runs in Azure, a managed identity: **Certificates & secrets**, **Federated credentials**, **Add credential**, **Managed identity**, and the identity of Oriel’s machine.",
        ],
        once: Some("the form asked for the “secret ID” and meant the secret’s Value."),
        who: "an owner of the app, Cloud Application Administrator or Application Administrator.",
        known: "the check “Form” tells a Secret ID from a Value before anything is sent; “Sign-in” tells a wrong, an expired and a forbidden credential apart.",
        permissions: None,
    },
    Step {
        anchor: "workspace",
        title: "Give the app a role on Sentinel’s workspace",
        product: Some(Product::Sentinel),
        how: &[
            "In the Azure portal, open **Log Analytics workspaces**, the workspace that Sentinel uses, **Access control (IAM)**, **Add**, **Add role assignment**. Role: **Log Analytics Data Reader**. Members: **User, group, or service principal**, **Select members**, and type the app’s name (it is not listed until it is typed).",
            "Under **Conditions**, **Add condition**: action **Read workspace data**; expression: attribute source **Resource**, attribute **Table Name**, operator **StringEquals**, value `SecurityAlert`; two more expressions of the same kind, joined by **Or**, for `SecurityIncident` and `ThreatIntelIndicators`. Without the condition the app may read every table.",
            "**Log Analytics Reader** works too, and is wider than needed: it reads every table and the workspace’s settings. A table that is protected gives it no rows. Copy the **Workspace ID** from the workspace’s **Overview**: it goes into Oriel too.",
        ],
        once: Some("there was no such step: everything came by Microsoft Graph."),
        who: "Owner, User Access Administrator or Role Based Access Control Administrator on the workspace.",
        known: "a check for each workspace and table: the role is missing, is not effective yet (that takes up to an hour), is wider than needed, or hides the rows.",
        permissions: Some("Azure role"),
    },
    Step {
        anchor: "paste",
        title: "Paste into Oriel, and validate",
        product: None,
        how: &[
            "Under **Account settings**, **Microsoft Graph Integration**, open the product, paste tenant ID, client ID, and the secret’s Value (or the certificate), choose the cloud, name the workspaces for Sentinel, and choose **Save and validate**. Each check says what it found, and what to do about it.",
        ],
        once: Some(
            "the heading and its two parts, Sentinel Configuration and Advanced Threat Protection, had the same names.",
        ),
        who: "an owner in Oriel.",
        known: "everything that is switched on works, or the one thing to change is named, with a link that leads there.",
        permissions: None,
    },
];
