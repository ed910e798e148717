//! `oriel setup-script`: what is printed where, and the script for what a validation found missing.

use simulator::demo;

use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn standard_output_is_the_script_alone_and_the_rest_is_told() {
    let bench = Bench::new().await;
    let script = bench.well(&["setup-script", "--product", "sentinel", "--product", "defender", "--format", "az"]);
    assert!(script.out.starts_with("#!/usr/bin/env bash\n") && script.out.ends_with("\n)\n"), "{}", script.out);
    assert!(
        script.err.contains("Azure Cloud Shell") && script.err.contains("Privileged Role Administrator"),
        "{}",
        script.err
    );
    let manifest = bench.well(&["setup-script", "--product", "defender", "--format", "manifest"]);
    let manifest: serde_json::Value = serde_json::from_str(&manifest.out).unwrap();
    assert!(manifest["requiredResourceAccess"].is_array());
    let request = bench.well(&["setup-script", "--product", "sentinel", "--format", "request", "--days", "90"]);
    assert!(request.out.contains("client secret, good for 90 days"), "{}", request.out);
    let step =
        ["setup-script", "--product", "sentinel", "--format", "powershell", "--step", "role", "--cloud", "gcc-high"];
    let step = bench.well(&step);
    assert!(step.out.contains("AzureUSGovernment") && !step.out.contains("Step 1"), "{}", step.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_right_is_told_by_its_argument_and_nothing_is_printed() {
    let bench = Bench::new().await;
    let wrong = [
        "setup-script",
        "--product",
        "sentinel",
        "--format",
        "az",
        "--client",
        "$(reboot)",
        "--workspace",
        "a b",
        "--cloud",
        "mars",
    ];
    let wrong = bench.oriel(&wrong).ended_with(2);
    assert_eq!(wrong.out, "");
    for argument in ["--client: ", "--workspace: ", "--cloud: "] {
        assert!(wrong.err.lines().any(|line| line.starts_with(argument)), "{argument}: {}", wrong.err);
    }
    let both = [
        "setup-script",
        "--product",
        "sentinel",
        "--format",
        "az",
        "--credential",
        "secret",
        "--identity",
        demo::TENANT,
    ];
    assert!(bench.oriel(&both).ended_with(2).err.contains("--credential does not go with"));
    let none = bench.oriel(&["setup-script", "--format", "az"]).ended_with(2);
    assert!(none.err.contains("--product"), "{}", none.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_goes_into_the_script_with_its_public_part_alone() {
    let bench = Bench::new().await;
    let public = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n";
    let file = bench.file("public.pem", public);
    let ask = ["setup-script", "--product", "defender", "--format", "az", "--certificate", &file];
    let script = bench.well(&ask);
    assert!(script.out.contains("certificate='MAMCAQE='") && !script.out.contains("addPassword"), "{}", script.out);
    bench.file("public.pem", &format!("{public}-----BEGIN PRIVATE KEY-----\nMAMCAQE=\n-----END PRIVATE KEY-----\n"));
    let refused = bench.oriel(&ask).ended_with(2);
    assert!(refused.err.contains("private key") && refused.out.is_empty(), "{}", refused.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_script_adds_what_the_validation_of_a_connection_found_missing() {
    let bench = Bench::new().await;
    let whole = bench.connect("defender").last_line().to_owned();
    let nothing =
        bench.oriel(&["setup-script", "--missing", &whole, "--format", "az", "--cloud", "simulated"]).ended_with(2);
    assert!(nothing.err.contains("cannot be used with"), "{}", nothing.err);
    let nothing = bench.oriel(&["setup-script", "--missing", &whole, "--format", "az"]).ended_with(2);
    assert!(nothing.err.contains("Nothing is missing that a script could add."), "{}", nothing.err);

    let partial = bench.connect_with("defender", demo::BARE_CLIENT, demo::OTHER_SECRET).last_line().to_owned();
    let script = bench.well(&["setup-script", "--missing", &partial, "--format", "az"]);
    assert!(script.out.contains("Oriel adds what is missing"), "{}", script.out);
    assert!(script.out.contains(&format!("client='{}'", demo::BARE_CLIENT)), "{}", script.out);
    assert!(script.out.contains(&format!("tenant='{}'", demo::TENANT)), "{}", script.out);
    assert!(script.out.contains("Its secrets and certificates are left as they are."), "{}", script.out);

    let unknown = bench.oriel(&["setup-script", "--missing", "\u{1b}[31m", "--format", "az"]).ended_with(2);
    assert!(unknown.err.contains("There is no connection") && !unknown.err.contains('\u{1b}'), "{}", unknown.err);
}
