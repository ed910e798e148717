//! Which members of which evidence type carry an indicator, after the schema of Microsoft Graph (v1.0, August 2026).

use super::{Read, address, host, mail_domain, name};

/// One member.
pub(super) struct Field {
    /// Where it stands.
    pub path: &'static str,
    /// How it is read.
    pub read: Read,
    /// The role that the place itself gives; absent where the evidence's own role speaks.
    pub role: Option<&'static str>,
}

impl Field {
    /// Whether Microsoft's verdict on the piece of evidence is one on what stands here. A mail is malicious through its
    /// sender; the links in it, the people who got it and the devices around it are no more than near it.
    pub(super) fn is_judged(&self) -> bool {
        self.role.is_none_or(|role| role == "sender")
    }
}

const fn is(path: &'static str, read: Read) -> Field {
    Field { path, read, role: None }
}

const fn own(path: &'static str, read: Read, role: &'static str) -> Field {
    Field { path, read, role: Some(role) }
}

pub(super) const TABLE: &[(&str, &[Field])] = &[
    ("ipEvidence", &[is("ipAddress", address)]),
    ("urlEvidence", &[is("url", host)]),
    (
        "dnsEvidence",
        &[
            is("domainName", name),
            own("ipAddresses[].ipAddress", address, "resolved"),
            own("hostIpAddress.ipAddress", address, "client"),
            own("dnsServerIp.ipAddress", address, "resolver"),
        ],
    ),
    (
        "networkConnectionEvidence",
        // Role and verdict are on the connection. Who opened it is as a rule a device of the organisation.
        &[own("sourceAddress.ipAddress", address, "client"), is("destinationAddress.ipAddress", address)],
    ),
    (
        "deviceEvidence",
        &[
            own("deviceDnsName", name, "own_device"),
            own("hostName", name, "own_device"),
            own("dnsDomain", name, "own_device"),
            own("ipInterfaces[]", address, "own_device"),
            own("lastIpAddress", address, "own_device"),
            own("lastExternalIpAddress", address, "own_device"),
            own("resourceAccessEvents[].ipAddress", address, "own_device"),
        ],
    ),
    (
        "analyzedMessageEvidence",
        &[
            own("p1Sender.domainName", name, "sender"),
            own("p1Sender.emailAddress", mail_domain, "sender"),
            own("p2Sender.domainName", name, "sender"),
            own("p2Sender.emailAddress", mail_domain, "sender"),
            own("senderIp", address, "sender"),
            own("recipientEmailAddress", mail_domain, "recipient"),
            own("urls[]", host, "link_in_message"),
        ],
    ),
    (
        "submissionMailEvidence",
        &[
            own("sender", mail_domain, "sender"),
            own("senderIp", address, "sender"),
            own("recipient", mail_domain, "recipient"),
            own("submitter", mail_domain, "recipient"),
        ],
    ),
    (
        "teamsMessageEvidence",
        &[
            own("senderFromAddress", mail_domain, "sender"),
            own("senderIP", address, "sender"),
            own("recipients[]", mail_domain, "recipient"),
            own("urls[].url", host, "link_in_message"),
        ],
    ),
    ("mailboxEvidence", &[own("primaryAddress", mail_domain, "own_account"), own("upn", mail_domain, "own_account")]),
    ("mailClusterEvidence", &[]),
    (
        "userEvidence",
        &[
            own("userAccount.userPrincipalName", mail_domain, "own_account"),
            own("userAccount.resourceAccessEvents[].ipAddress", address, "own_account"),
        ],
    ),
    ("cloudLogonSessionEvidence", &[own("account.userAccount.userPrincipalName", mail_domain, "own_account")]),
    (
        "hostLogonSessionEvidence",
        &[
            own("account.userAccount.userPrincipalName", mail_domain, "own_account"),
            own("host.deviceDnsName", name, "own_device"),
            own("host.lastIpAddress", address, "own_device"),
            own("host.lastExternalIpAddress", address, "own_device"),
            own("host.ipInterfaces[]", address, "own_device"),
        ],
    ),
    ("fileEvidence", &[]),
    ("processEvidence", &[]),
    ("registryValueEvidence", &[]),
    ("blobEvidence", &[is("url", host), is("blobContainer.url", host)]),
    ("blobContainerEvidence", &[is("url", host)]),
    ("sasTokenEvidence", &[is("allowedIpAddresses", address)]),
    (
        "kubernetesServiceEvidence",
        &[own("clusterIP.ipAddress", address, "own_device"), is("externalIPs[].ipAddress", address)],
    ),
    ("kubernetesPodEvidence", &[own("podIp.ipAddress", address, "own_device")]),
    (
        "ioTDeviceEvidence",
        &[
            own("ipAddress.ipAddress", address, "own_device"),
            own("nics[].ipAddress.ipAddress", address, "own_device"),
            is("sourceRef.url", host),
        ],
    ),
    ("nicEvidence", &[own("ipAddress.ipAddress", address, "own_device")]),
    (
        "activeDirectoryDomainEvidence",
        &[own("activeDirectoryDomainName", name, "own_account"), own("trustedDomains[]", name, "own_account")],
    ),
    ("containerRegistryEvidence", &[is("registry", host)]),
    ("containerImageEvidence", &[is("registry.registry", host)]),
    ("gitHubOrganizationEvidence", &[is("webUrl", host), own("email", mail_domain, "own_account")]),
    ("gitHubRepoEvidence", &[is("webUrl", host), is("baseUrl", host)]),
    ("gitHubUserEvidence", &[is("webUrl", host), own("email", mail_domain, "own_account")]),
];

/// Types that carry none.
pub(super) const WITHOUT: &[&str] = &[
    "aiAgentEvidence",
    "amazonResourceEvidence",
    "azureResourceEvidence",
    "cloudApplicationEvidence",
    "cloudLogonRequestEvidence",
    "containerEvidence",
    "fileHashEvidence",
    "googleCloudResourceEvidence",
    "kubernetesClusterEvidence",
    "kubernetesControllerEvidence",
    "kubernetesNamespaceEvidence",
    "kubernetesSecretEvidence",
    "kubernetesServiceAccountEvidence",
    "mailboxConfigurationEvidence",
    "malwareEvidence",
    "oauthApplicationEvidence",
    "registryKeyEvidence",
    "securityGroupEvidence",
    "servicePrincipalEvidence",
];
