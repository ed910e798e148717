//! Hosts, scopes and links of the clouds.

use super::*;

#[test]
fn each_built_in_cloud_has_the_hosts_and_scopes_that_belong_together() {
    let check = |name: &str, login: &str, graph: &str, defender: Option<&str>, logs: &str, portal: Option<&str>| {
        let cloud = Cloud::built_in(name).unwrap();
        let host = |url: &Url| url.host_str().unwrap().to_owned();
        assert_eq!((host(&cloud.login).as_str(), host(&cloud.graph).as_str()), (login, graph), "{name}");
        assert_eq!(cloud.defender.as_ref().map(host).as_deref(), defender, "{name}");
        assert_eq!(host(&cloud.log_analytics), logs, "{name}");
        assert_eq!(cloud.portal.as_ref().map(host).as_deref(), portal, "{name}");
        assert_eq!(cloud.scope(Resource::Graph).unwrap(), format!("https://{graph}/.default"));
        assert_eq!(cloud.scope(Resource::Defender), defender.map(|host| format!("https://{host}/.default")));
    };
    let commercial = "login.microsoftonline.com";
    let (portal, logs) = (Some("security.microsoft.com"), "api.loganalytics.azure.com");
    check("global", commercial, "graph.microsoft.com", Some("api.securitycenter.microsoft.com"), logs, portal);
    check("gcc", commercial, "graph.microsoft.com", Some("api-gcc.securitycenter.microsoft.us"), logs, portal);
    let (government, gov) = ("login.microsoftonline.us", Some("api-gov.securitycenter.microsoft.us"));
    check("gcc-high", government, "graph.microsoft.us", gov, "api.loganalytics.us", Some("security.microsoft.us"));
    check("dod", government, "dod-graph.microsoft.us", gov, "api.loganalytics.us", Some("security.apps.mil"));
    let china = "microsoftgraph.chinacloudapi.cn";
    check("china", "login.partner.microsoftonline.cn", china, None, "api.loganalytics.azure.cn", None);
    assert_eq!(Cloud::all_built_in().len(), Cloud::BUILT_IN.len());
    assert_eq!(Cloud::built_in("mars"), None);
    let scope = Cloud::built_in("global").unwrap().scope(Resource::LogAnalytics);
    assert_eq!(scope.as_deref(), Some("https://api.loganalytics.io/.default"));
}

#[test]
fn a_named_clouds_audiences_are_its_base_urls() {
    let url = |path: &str| Url::parse(&format!("http://127.0.0.1:9/{path}")).unwrap();
    let cloud = Cloud::named("demo", url("login"), url("graph/"), None, url("log_analytics"), Some(url("portal")));
    assert_eq!(cloud.scope(Resource::Graph).as_deref(), Some("http://127.0.0.1:9/graph/.default"));
    assert_eq!(cloud.scope(Resource::Defender), None);
    assert!(cloud.portal_link("http://127.0.0.1:9/portal/alerts/1").is_some());
    assert!(cloud.portal_link("http://127.0.0.1:8/portal").is_none());
}

#[test]
fn only_links_to_a_portal_are_links() {
    let cloud = Cloud::built_in("global").unwrap();
    for link in ["https://security.microsoft.com/alerts/da1_-2?tid=t", " https://portal.azure.com/#asset/x "] {
        assert!(cloud.portal_link(link).is_some(), "{link}");
    }
    for link in [
        "javascript:alert(1)",
        "http://security.microsoft.com/",
        "https://security.microsoft.com.evil.example/",
        "https://security.microsoft.com@evil.example/",
        "https://x@security.microsoft.com/",
        "https://security.microsoft.com:8443/",
        "https://evil.example/?security.microsoft.com",
        "data:text/html,x",
        "",
        "/alerts/1",
    ] {
        assert_eq!(cloud.portal_link(link), None, "{link}");
    }
}

#[test]
fn pages_of_a_registration_carry_the_client_id_and_nothing_else() {
    let cloud = Cloud::built_in("gcc-high").unwrap();
    let page = cloud.permissions_page("11111111-2222-3333-4444-555555555555").unwrap().to_string();
    assert!(
        page.starts_with("https://portal.azure.us/#view/")
            && page.ends_with("/appId/11111111-2222-3333-4444-555555555555")
    );
    assert_eq!(cloud.secrets_page("x/../y"), None);
    assert_eq!(cloud.secrets_page(""), None);
}
