//! `oriel keyring rotate`: new keys while servers run.

use harness::Visitor;
use simulator::demo;

use crate::bench::Bench;

/// The fingerprints, that of the sealing key first.
fn keys(bench: &Bench) -> Vec<String> {
    let shown = bench.well(&["keyring", "show"]);
    shown.out.lines().map(|line| line.split('\t').next().unwrap_or_default().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_server_goes_on_with_the_new_key() {
    for database in [None, databases::postgres()] {
        let bench = Bench::new().await;
        if let Some(database) = &database {
            bench.configure(&format!("database_url = '{}'", database.url()));
        }
        bench.person("olga", "owner");
        bench.connect("defender");
        let (server, base) = bench.serve(&[]);
        let script = Visitor::with_key(base, &bench.key_of("olga"));
        let counts = async |script: &Visitor| script.search(demo::DOMAIN).await.unwrap()["summary"]["counts"].clone();
        let defender = counts(&script).await;
        let before = keys(&bench);

        let turned = bench.well(&["keyring", "rotate"]);
        assert!(turned.err.contains("sealed anew") && turned.err.contains("--drop-old"), "{}", turned.err);
        let both = keys(&bench);
        assert_eq!((both.len(), &both[1]), (2, &before[0]));
        let dropped = bench.well(&["keyring", "rotate", "--drop-old", "--grace", "0", "--force"]);
        assert!(dropped.err.contains("2 keys that seal nothing any more are off"), "{}", dropped.err);
        let after = keys(&bench);
        assert!(after.len() == 1 && !both.contains(&after[0]), "{after:?}");

        // The server has none of the keys that are left; the new connection makes it open everything anew.
        bench.connect("sentinel");
        let report = script.search(demo::DOMAIN).await.unwrap();
        for product in ["sentinel", "defender"] {
            let answers = report["answers"].as_array().unwrap().iter().filter(|answer| answer["product"] == product);
            let found = answers.filter(|answer| answer["outcome"] == "found").count();
            assert!(found > 0, "{product}: {report}");
        }
        assert_ne!(defender["alerts"], 0);
        let (code, said) = server.stop();
        assert_eq!(code, Some(0), "{}", said.err);
        let (_again, base) = bench.serve(&[]);
        let script = Visitor::with_key(base, &bench.key_of("olga"));
        assert_ne!(counts(&script).await["alerts"], 0);
        bench.well(&["audit", "verify"]);
    }
}

/// What a request has sealed with an old key may be saved as late as a request may take.
#[tokio::test(flavor = "multi_thread")]
async fn old_keys_are_not_taken_off_too_early() {
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    bench.connect("defender");
    let before = keys(&bench);
    let refused = bench.oriel(&["keyring", "rotate", "--drop-old", "--grace", "119"]).ended_with(2);
    assert!(refused.err.contains("120 seconds") && refused.err.contains("--force"), "{}", refused.err);
    assert_eq!(keys(&bench), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_before_opens_after_the_keys_were_turned() {
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    bench.connect("defender");
    bench.file("passphrase", "five or six random words");
    bench.well(&["backup", "kept", "--passphrase-file", "passphrase"]);
    bench.well(&["keyring", "rotate", "--drop-old", "--grace", "0", "--force"]);
    let other = Bench::new().await;
    other.file("passphrase", "five or six random words");
    let folder = bench.path("kept").display().to_string();
    other.well(&["restore", &folder, "--passphrase-file", "passphrase"]);
    other.well(&["search", demo::DOMAIN]);
    // On the first machine the keyring of now is none for it.
    let refused = bench.oriel(&[
        "restore",
        "kept",
        "--passphrase-file",
        "passphrase",
        "--data-dir",
        "new",
        "--keyring-file",
        "oriel-data/keyring.json",
    ]);
    assert!(refused.ended_with(2).err.contains("is another one than that of the backup"));
}
