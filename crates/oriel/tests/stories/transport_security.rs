//! The server's own TLS. Certificate and key are those that the client's tests have: for `localhost`, until 2126.

use std::path::Path;

use crate::bench::Bench;

fn file(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../microsoft/tests/tls").join(name).display().to_string()
}

fn with_tls(bench: &Bench, certificate: &str, key: &str) {
    bench.configure(&format!("[tls]\ncertificate_file = '{certificate}'\nkey_file = '{key}'"));
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_certificate_the_server_answers_by_https_only() {
    let bench = Bench::new().await;
    with_tls(&bench, &file("server.pem"), &file("server.key"));
    let (_server, mut base) = bench.serve(&[]);
    assert_eq!(base.scheme(), "https", "{base}");
    base.set_host(Some("localhost")).unwrap();
    let authority = reqwest::Certificate::from_pem(&std::fs::read(file("ca.pem")).unwrap()).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([authority]).no_proxy().build().unwrap();
    let answer = client.get(base.join("/readyz").unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.headers().contains_key("strict-transport-security"));

    let mut plain = base;
    plain.set_scheme("http").unwrap();
    assert!(client.get(plain).send().await.is_err(), "a page came in clear");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_cannot_be_used_is_named_and_nothing_is_served() {
    let bench = Bench::new().await;
    with_tls(&bench, &file("server.pem"), &file("ca.pem"));
    let done = bench.oriel(&["serve", "--listen", "127.0.0.1:0"]).ended_with(2);
    assert!(done.err.contains("`tls.key_file`") && done.err.contains("ca.pem"), "{}", done.err);

    with_tls(&bench, &file("missing.pem"), &file("server.key"));
    let done = bench.oriel(&["serve", "--listen", "127.0.0.1:0"]).ended_with(2);
    assert!(done.err.contains("`tls.certificate_file`") && done.err.contains("missing.pem"), "{}", done.err);
}
