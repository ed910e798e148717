use typed::check;

use super::*;

mod typed {
    use super::super::read;

    /// What is typed, and the canonical value or the beginning of what is said.
    pub fn check(typed: &str, expected: Result<&str, &str>) {
        match (read(typed), expected) {
            (Ok(asset), Ok(value)) => assert_eq!(asset.value(), value, "{typed}"),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{typed}: {error}"),
            (found, _) => panic!("{typed}: {found:?}"),
        }
    }
}

fn own(typed: &str) -> OwnAsset {
    OwnAsset { asset: read(typed).unwrap(), note: typed.to_owned() }
}

fn indicator(text: &str) -> Indicator {
    indicator::parse(text).unwrap().indicator
}

#[test]
fn domains_addresses_and_networks_are_read_in_any_spelling() {
    check("Northwind.example", Ok("northwind.example"));
    check("*.northwind.example", Ok("northwind.example"));
    check("@northwind.example", Ok("northwind.example"));
    check("hxxps://portal[.]northwind[.]example/start", Ok("portal.northwind.example"));
    check("203.0.113.7", Ok("203.0.113.7/32"));
    check("203.0.113.77/24", Ok("203.0.113.0/24"));
    check("203.0.113[.]0/24", Ok("203.0.113.0/24"));
    check("2001:db8:0:7::/64", Ok("2001:db8:0:7::/64"));
    check("::ffff:203.0.113.7", Ok("203.0.113.7/32"));
    check("10.0.0.0/8", Ok("10.0.0.0/8"));
}

#[test]
fn what_is_nobodys_own_is_refused_with_a_sentence() {
    check("com", Err(""));
    check("co.uk", Err("anyone may register"));
    check("0.0.0.0/0", Err("larger part of the internet"));
    check("2000::/3", Err("larger part of the internet"));
    check("203.0.113.0/33", Err("32 at most"));
    check("", Err("Nothing stands here"));
    check("our office", Err("Several words"));
    check("office: 203.0.113.7", Err("Several words"));
}

#[test]
fn a_domain_holds_what_is_below_it_and_a_network_its_addresses() {
    let domain = own("northwind.example");
    assert!(
        domain.asset.holds(&indicator("northwind.example")) && domain.asset.holds(&indicator("a.b.northwind.example"))
    );
    assert!(!domain.asset.holds(&indicator("evilnorthwind.example")) && !domain.asset.holds(&indicator("203.0.113.7")));
    let network = own("203.0.113.0/24");
    assert!(network.asset.holds(&indicator("203.0.113.255")) && network.asset.holds(&indicator("::ffff:203.0.113.1")));
    assert!(!network.asset.holds(&indicator("203.0.114.0")));
}

#[test]
fn the_closest_asset_tells_its_note() {
    let assets =
        [own("203.0.113.0/24"), own("203.0.113.128/25"), own("northwind.example"), own("lab.northwind.example")];
    let note = |text: &str| closest(&assets, &indicator(text)).map(|own| own.note.as_str());
    assert_eq!(note("203.0.113.200"), Some("203.0.113.128/25"));
    assert_eq!(note("203.0.113.1"), Some("203.0.113.0/24"));
    assert_eq!(note("x.lab.northwind.example"), Some("lab.northwind.example"));
    assert_eq!(note("lab.example"), None);
}

#[test]
fn a_shared_address_says_whose_it_is() {
    for shared in
        ["104.16.1.1", "104.16.0.0/13", "104.0.0.0/8", "104.17.128.0/20", "2606:4700::/28", "2606:4700:1::/48"]
    {
        assert!(own(shared).asset.why_shared().unwrap().contains("Cloudflare"), "{shared}");
    }
    assert_eq!(own("203.0.113.0/24").asset.why_shared(), None);
    assert!(own("github.com").asset.why_shared().is_some());
}
