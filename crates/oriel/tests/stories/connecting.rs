//! `oriel connection`: saved, validated, listed, removed.

use simulator::demo;

use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn both_products_are_connected_validated_and_removed() {
    let bench = Bench::new().await;
    let added = bench.connect("sentinel");
    let id = added.last_line().to_owned();
    assert_eq!(added.out, format!("{id}\n"), "standard output is the id, and nothing else");
    assert!(added.err.lines().any(|line| line.starts_with("ok ")), "the checks are talk: {}", added.err);
    bench.connect("defender");

    let listed = bench.well(&["connection", "list"]);
    let rows: Vec<Vec<&str>> = listed.out.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows.len(), 2, "{}", listed.out);
    assert_eq!(rows[0][..5], [id.as_str(), "sentinel", "Northwind", "simulated", demo::TENANT]);
    assert!(["ready", "attention"].contains(&rows[0][5]), "{}", rows[0][5]);

    let again = bench.well(&["connection", "validate", &id]);
    assert_eq!(again.out, "");
    assert!(again.err.contains("ok "), "{}", again.err);

    let file = bench.path("transcript.ndjson").display().to_string();
    let written = bench.well(&["connection", "validate", &id, "--transcript", &file]);
    assert_eq!(written.out, "", "standard output is data, and the data went to the file");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.lines().count() > 5 && text.contains("runHuntingQuery"), "{text}");
    for gone in [demo::TENANT, demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET, demo::WORKSPACE, "orthwind"] {
        assert!(!text.contains(gone), "{gone} is in the transcript");
    }
    let kept = bench.oriel(&["connection", "validate", &id, "--transcript", &file]).ended_with(2);
    assert!(kept.err.contains("is there already") && !kept.err.contains("ok "), "{}", kept.err);
    bench.well(&["connection", "validate", &id, "--transcript", &file, "--force"]);
    bench.well(&["connection", "remove", &id]);
    assert!(!bench.well(&["connection", "list"]).out.contains(&id));
    for command in ["validate", "remove"] {
        let gone = bench.oriel(&["connection", command, &id]).ended_with(2);
        assert!(gone.err.contains("There is no connection"), "{}", gone.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_is_named_and_the_connection_is_saved() {
    let bench = Bench::new().await;
    let added = bench.connect_with("defender", demo::DEFENDER_CLIENT, "abc8Q~this.is.not.the.secret").ended_with(2);
    assert!(added.err.contains("secret"), "{}", added.err);
    assert!(added.err.lines().any(|line| line.starts_with("fix ")), "{}", added.err);
    assert!(!added.err.contains("this.is.not"), "the secret is repeated");
    let listed = bench.well(&["connection", "list"]).out;
    assert!(listed.contains(added.last_line()) && listed.trim_end().ends_with("failed"), "{listed}");
    bench.oriel(&["connection", "validate", added.last_line()]).ended_with(2);

    // Three causes, three different sentences.
    let cause = |client: &str| bench.connect_with("defender", client, demo::OTHER_SECRET).ended_with(2).err;
    let (expired, disabled) = (cause(demo::EXPIRED_CLIENT), cause(demo::DISABLED_CLIENT));
    assert!(expired.contains("expired") && !disabled.contains("expired"), "{expired}{disabled}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_cannot_be_right_is_refused_and_nothing_is_saved() {
    let bench = Bench::new().await;
    let refused = bench.connect_with("defender", demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET_ID).ended_with(2);
    assert!(refused.err.contains("client_secret: ") && refused.err.contains("Value"), "{}", refused.err);
    let refused = bench.connect_with("defender", "not-a-guid", "abc8Q~some.secret").ended_with(2);
    assert!(refused.err.contains("client_id: "), "{}", refused.err);

    let secret = bench.file("secret", demo::DEFENDER_SECRET);
    let add = |more: &[&str]| {
        let mut arguments = vec!["connection", "add", "--product", "defender", "--tenant", demo::TENANT];
        arguments.extend(["--client", demo::DEFENDER_CLIENT]);
        arguments.extend(more);
        bench.oriel(&arguments).ended_with(2).err
    };
    assert!(add(&["--cloud", "nowhere", "--secret-file", &secret]).contains("cloud: "));
    assert!(add(&["--cloud", "simulated", "--secret-file", "missing"]).contains("missing cannot be read"));
    assert!(
        add(&["--cloud", "simulated", "--secret-file", &secret, "--secret-ends", "soon"]).contains("secret_ends: ")
    );
    assert_eq!(bench.well(&["connection", "list"]).out, "");
    assert!(bench.simulator.requests().is_empty(), "Microsoft was asked about a form that cannot be right");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_flag_takes_a_secret() {
    let bench = Bench::new().await;
    for command in [vec!["connection", "add"], vec!["user", "add"], vec!["user", "reset-password"]] {
        let help = bench.well(&[command.as_slice(), &["--help"]].concat()).out;
        let flags: Vec<&str> = help
            .split_whitespace()
            .filter(|word| word.starts_with("--") && word.contains("secret") || word.contains("--password"))
            .collect();
        assert!(!flags.is_empty(), "{help}");
        for flag in flags {
            assert!(
                flag.starts_with("--secret-file")
                    || flag.starts_with("--secret-ends")
                    || flag.starts_with("--password-file"),
                "{flag}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_credential_is_tried_before_it_is_used_and_the_first_is_removed() {
    let bench = Bench::new().await;
    let file = bench.file("certificate.pem", demo::CERTIFICATE);
    let connection = ["--product", "defender", "--tenant", demo::TENANT, "--client", demo::CERTIFICATE_CLIENT];
    let by_certificate = ["--cloud", "simulated", "--certificate-file", &file];
    let added = bench.well(&[&["connection", "add"], &connection[..], &by_certificate].concat());
    let id = added.last_line().to_owned();
    let credential = |arguments: &[&str]| bench.oriel(&[&["connection", "credential"], arguments].concat());

    let listed = bench.well(&["connection", "list"]).out;
    let columns: Vec<&str> = listed.trim_end_matches('\n').split('\t').collect();
    assert_eq!(columns.len(), 8, "{listed}");
    assert!(columns[6].starts_with("20") && columns[6].len() == 10, "the certificate's end: {listed}");

    let made = credential(&["add", &id, "--make-certificate"]).ended_with(0).last_line().to_owned();
    let third = credential(&["add", &id, "--federated-token"]).ended_with(2);
    assert!(third.err.contains("two credentials"), "{}", third.err);
    let listed = credential(&["list", &id]).ended_with(0).out;
    let rows: Vec<Vec<&str>> = listed.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!((rows[0][2], rows[1][0], rows[1][2]), ("in use", made.as_str(), "not in use"), "{listed}");
    assert_eq!(rows[1][4].len(), 40, "a thumbprint");

    let public = credential(&["certificate", &id, &made]).ended_with(0).out;
    assert!(public.starts_with("-----BEGIN CERTIFICATE-----") && !public.contains("PRIVATE"), "{public}");
    let refused = credential(&["use", &id, &made]).ended_with(2);
    assert!(refused.err.contains("nothing was switched"), "{}", refused.err);
    let first = rows[0][0].to_owned();
    let kept = credential(&["remove", &id, &first]).ended_with(2);
    assert!(kept.err.contains("in use"), "{}", kept.err);
    credential(&["use", &id, &made, "--anyway"]).ended_with(0);
    let back = credential(&["use", &id, &first]).ended_with(0);
    assert!(back.err.contains("ok ") && back.err.contains("signs in by it from now on"), "{}", back.err);
    let listed = bench.well(&["connection", "list"]).out;
    assert!(!listed.contains("\tnew\t"), "what was found with it is kept: {listed}");
    credential(&["remove", &id, &made]).ended_with(0);
    bench.well(&["connection", "validate", &id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_connections_are_narrowed_down_and_tried_together() {
    let bench = Bench::new().await;
    let sentinel = bench.connect("sentinel").last_line().to_owned();
    let wrong = bench.connect_with("defender", demo::DEFENDER_CLIENT, "abc8Q~this.is.not.the.secret");
    let failed = wrong.last_line().to_owned();
    let ids = |options: &[&str]| {
        let listed = bench.well(&[&["connection", "list"], options].concat()).out;
        listed.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&["--product", "sentinel"]), std::slice::from_ref(&sentinel));
    for state in ["failed", "attention"] {
        assert_eq!(ids(&["--state", state]), std::slice::from_ref(&failed), "{state}");
    }
    assert_eq!(ids(&["--tenant", &format!("simulated/{}", demo::TENANT)]).len(), 2);
    let unknown =
        bench.oriel(&["connection", "list", "--tenant", "00000000-0000-4000-8000-000000000000"]).ended_with(2);
    assert!(unknown.err.contains("No connection was ever saved"), "{}", unknown.err);

    let all = bench.oriel(&["connection", "validate", "--all"]).ended_with(2);
    assert_eq!(all.out.lines().count(), 2, "{}", all.out);
    let state =
        |id: &str| all.out.lines().find(|line| line.starts_with(id)).unwrap().split('\t').nth(5).unwrap().to_owned();
    assert!(state(&failed) == "failed" && state(&sentinel) != "failed", "{}", all.out);
    bench.well(&["connection", "validate", "--all", "--product", "sentinel"]);
    let both = bench.oriel(&["connection", "validate", &sentinel, "--all"]).ended_with(2);
    assert!(both.err.contains("cannot be used with"), "{}", both.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_looks_at_connections_on_the_command_line_is_written_down() {
    let bench = Bench::new().await;
    let id = bench.connect("defender").last_line().to_owned();
    let transcript = bench.path("transcript.ndjson").display().to_string();
    let bundle = bench.path("bundle.json").display().to_string();
    bench.well(&["connection", "list"]);
    bench.well(&["connection", "credential", "list", &id]);
    bench.well(&["connection", "validate", &id]);
    bench.well(&["connection", "validate", &id, "--transcript", &transcript]);
    bench.well(&["connection", "validate", "--all"]);
    bench.oriel(&["doctor", "--offline", "--bundle", &bundle]);
    let audit = bench.well(&["audit", "export"]).out;
    for (action, times) in [
        ("connections.listed", 1),
        ("connection.seen", 1),
        ("connection.validated", 3),
        ("transcript.made", 1),
        ("support_bundle.made", 1),
    ] {
        assert_eq!(audit.matches(&format!("\\\"action\\\":\\\"{action}\\\"")).count(), times, "{action}: {audit}");
    }
}
