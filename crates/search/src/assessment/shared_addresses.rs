//! Networks whose addresses serve many unrelated names, or many unrelated people: what is bad behind one of them says
//! little about the address.
//!
//! Large blocks only, compiled in November 2026 from public lists and not from the operators' own; those publish theirs
//! (`cloudflare.com/ips`, `api.fastly.com/public-ip-list`, `ip-ranges.amazonaws.com`), and a later version is to be
//! compared with them. An address that is missing is merely judged like any other.

use std::sync::LazyLock;

use ipnet::IpNet;

const SHARED: &[(&str, &[&str])] = &[
    (
        "many unrelated sites share this address of Cloudflare",
        &[
            "103.21.244.0/22",
            "103.22.200.0/22",
            "103.31.4.0/22",
            "104.16.0.0/13",
            "104.24.0.0/14",
            "108.162.192.0/18",
            "131.0.72.0/22",
            "141.101.64.0/18",
            "162.158.0.0/15",
            "172.64.0.0/13",
            "173.245.48.0/20",
            "188.114.96.0/20",
            "190.93.240.0/20",
            "197.234.240.0/22",
            "198.41.128.0/17",
            "2400:cb00::/32",
            "2405:8100::/32",
            "2405:b500::/32",
            "2606:4700::/32",
            "2803:f800::/32",
            "2a06:98c0::/29",
            "2c0f:f248::/32",
        ],
    ),
    (
        "many unrelated sites share this address of Fastly",
        &[
            "23.235.32.0/20",
            "43.249.72.0/22",
            "103.244.50.0/24",
            "103.245.222.0/23",
            "103.245.224.0/24",
            "104.156.80.0/20",
            "140.248.64.0/18",
            "140.248.128.0/17",
            "146.75.0.0/17",
            "151.101.0.0/16",
            "157.52.64.0/18",
            "167.82.0.0/17",
            "167.82.128.0/20",
            "167.82.160.0/20",
            "167.82.224.0/20",
            "172.111.64.0/18",
            "185.31.16.0/22",
            "185.199.108.0/22",
            "199.27.72.0/21",
            "199.232.0.0/16",
            "2a04:4e40::/32",
            "2a04:4e42::/32",
        ],
    ),
    (
        "many unrelated sites share this address of Akamai",
        &[
            "2.16.0.0/13",
            "23.0.0.0/12",
            "23.32.0.0/11",
            "23.192.0.0/11",
            "72.246.0.0/15",
            "88.221.0.0/16",
            "92.122.0.0/15",
            "95.100.0.0/15",
            "96.16.0.0/15",
            "104.64.0.0/10",
            "184.24.0.0/13",
            "184.50.0.0/15",
            "184.84.0.0/14",
            "2600:1400::/24",
            "2a02:26f0::/32",
        ],
    ),
    (
        "many unrelated sites share this address of Amazon CloudFront",
        &[
            "3.160.0.0/14",
            "3.164.0.0/14",
            "3.168.0.0/14",
            "13.32.0.0/15",
            "13.35.0.0/16",
            "13.224.0.0/14",
            "13.249.0.0/16",
            "15.158.0.0/16",
            "18.64.0.0/14",
            "18.154.0.0/15",
            "18.160.0.0/15",
            "18.164.0.0/15",
            "18.172.0.0/15",
            "18.238.0.0/15",
            "18.244.0.0/15",
            "52.84.0.0/15",
            "52.222.128.0/17",
            "54.182.0.0/16",
            "54.192.0.0/16",
            "54.230.0.0/16",
            "54.239.128.0/18",
            "54.240.128.0/18",
            "64.252.128.0/18",
            "65.8.0.0/16",
            "65.9.128.0/18",
            "99.84.0.0/16",
            "99.86.0.0/16",
            "108.138.0.0/15",
            "108.156.0.0/14",
            "130.176.0.0/17",
            "143.204.0.0/16",
            "204.246.164.0/22",
            "205.251.192.0/19",
            "216.137.32.0/19",
            "2600:9000::/28",
        ],
    ),
    (
        "many unrelated sites share this address of Imperva",
        &[
            "45.60.0.0/16",
            "45.64.64.0/22",
            "45.223.0.0/16",
            "103.28.248.0/22",
            "107.154.0.0/16",
            "149.126.72.0/21",
            "185.11.124.0/22",
            "192.230.64.0/18",
            "198.143.32.0/19",
            "199.83.128.0/21",
        ],
    ),
    (
        "many unrelated services and people share this address of Google",
        &[
            "64.233.160.0/19",
            "66.102.0.0/20",
            "74.125.0.0/16",
            "108.177.0.0/17",
            "142.250.0.0/15",
            "172.217.0.0/16",
            "172.253.0.0/16",
            "173.194.0.0/16",
            "209.85.128.0/17",
            "216.58.192.0/19",
            "216.239.32.0/19",
            "2404:6800::/32",
            "2607:f8b0::/32",
            "2800:3f0::/32",
            "2a00:1450::/32",
        ],
    ),
    (
        "many unrelated services and people share this address of Microsoft",
        &[
            "13.107.0.0/16",
            "40.92.0.0/15",
            "40.96.0.0/13",
            "40.104.0.0/15",
            "40.107.0.0/16",
            "52.96.0.0/14",
            "52.100.0.0/14",
            "104.47.0.0/17",
            "150.171.32.0/22",
            "204.79.197.0/24",
            "2620:1ec::/36",
            "2a01:111:f400::/48",
            "2a01:111:f403::/48",
        ],
    ),
    (
        "everybody may ask this public resolver",
        &[
            "1.0.0.0/24",
            "1.1.1.0/24",
            "8.8.4.0/24",
            "8.8.8.0/24",
            "9.9.9.0/24",
            "149.112.112.0/24",
            "208.67.220.0/24",
            "208.67.222.0/24",
            "2001:4860:4860::/48",
            "2620:fe::/48",
        ],
    ),
];

static NETWORKS: LazyLock<Vec<(IpNet, &str)>> = LazyLock::new(|| {
    (SHARED.iter())
        .flat_map(|(because, networks)| networks.iter().map(move |network| (network, *because)))
        .filter_map(|(network, because)| Some((network.parse().ok()?, because)))
        .collect()
});

/// Why what is bad behind an address of the network says little about it, where that is so of any of them.
pub(super) fn why_shared(wanted: &IpNet) -> Option<&'static str> {
    let overlap = |network: &IpNet| network.contains(wanted) || wanted.contains(network);
    NETWORKS.iter().find(|(network, _)| overlap(network)).map(|(_, because)| *because)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_network_is_one_and_written_by_its_first_address() {
        assert_eq!(NETWORKS.len(), SHARED.iter().map(|(_, networks)| networks.len()).sum::<usize>());
        for (network, _) in NETWORKS.iter() {
            assert_eq!(network.addr(), network.network(), "{network}");
        }
    }

    #[test]
    fn an_address_knows_whose_it_is() {
        let of = |text: &str| why_shared(&crate::own::network_of(text.parse().unwrap()));
        assert!(of("104.16.132.229").unwrap().ends_with("Cloudflare"));
        assert!(of("2606:4700::6810:84e5").unwrap().ends_with("Cloudflare"));
        assert!(of("151.101.1.69").unwrap().ends_with("Fastly"));
        assert_eq!(of("8.8.8.8"), Some("everybody may ask this public resolver"));
        for lone in ["203.0.113.9", "2001:db8::1", "104.15.255.255", "104.28.0.0"] {
            assert_eq!(of(lone), None, "{lone}");
        }
    }
}
