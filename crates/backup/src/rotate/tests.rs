//! Keys are turned: stopped after each step, while instances run, by several at once.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use secrecy::ExposeSecret;
use store::secrets;
use tempfile::TempDir;

use super::*;

fn now() -> Timestamp {
    "2026-11-25T03:00:00Z".parse().unwrap()
}

fn place(name: &str) -> Place {
    Place::from(secrets::place(name))
}

/// Seals a secret as a running instance does.
async fn save(db: &Db, keyring: &Keyring, name: &str) {
    let sealed = keyring.seal(&format!("secret of {name}").as_str().into(), &place(name)).unwrap();
    secrets::put(db, name, &sealed, now()).await.unwrap();
}

/// Everything that is saved opens with a keyring.
async fn opens(db: &Db, keyring: &Keyring) -> usize {
    let sealed = sealed::list(db).await.unwrap();
    for value in &sealed {
        let secret = keyring.open(&value.sealed, &Place::from(value.place.clone())).unwrap();
        assert_eq!(secret.expose_secret(), format!("secret of {}", value.place[1]));
    }
    sealed.len()
}

struct Office {
    _folder: TempDir,
    file: PathBuf,
    db: Db,
    /// An instance that has been running since before.
    running: Keyring,
    by: Actor,
}

impl Office {
    async fn new(url: &str) -> Office {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keyring.json");
        let db = Db::open(url).await.unwrap();
        let running = Keyring::create(&file).unwrap();
        meta::set_keyring_fingerprint(&db, &running.fingerprint()).await.unwrap();
        for name in ["one", "two", "three"] {
            save(&db, &running, name).await;
        }
        Office { _folder: folder, file, db, running, by: Actor::command_line("olga") }
    }

    fn turning(&self) -> Turning<'_> {
        Turning { db: &self.db, keyring_file: &self.file, by: &self.by, now: now() }
    }

    /// An instance that starts at this moment opens everything, and so does the one that runs.
    async fn is_well(&self, saved: usize) {
        let known = meta::keyring_fingerprint(&self.db).await.unwrap();
        let starting = vault::settle(&self.file, known.as_deref()).unwrap();
        assert_eq!(opens(&self.db, &starting).await, saved);
        assert_eq!(opens(&self.db, &self.running).await, saved);
    }

    async fn audited(&self, action: &str) -> usize {
        struct Lines(Vec<String>);
        impl store::backup::Sink for Lines {
            fn begin(&mut self, _: &store::Table) -> std::io::Result<()> {
                Ok(())
            }
            fn row(&mut self, line: &str) -> std::io::Result<()> {
                self.0.push(line.to_owned());
                Ok(())
            }
            fn end(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let mut lines = Lines(Vec::new());
        store::backup::rows(&self.db, &mut lines).await.unwrap();
        lines.0.iter().filter(|line| line.contains(action)).count()
    }
}

databases::on_each_database! {
    async fn a_turn_seals_everything_anew_and_keeps_the_old_key_until_it_is_dropped(database: Lent) {
        let office = Office::new(database.url()).await;
        let before = office.running.fingerprint();
        let turned = turn(&office.turning()).await.unwrap();
        assert_eq!((turned.keys, turned.resealed, turned.resumed), (2, 3, false));
        assert!(turned.fingerprint != before && turned.lost.is_empty());
        assert_eq!(meta::keyring_fingerprint(&office.db).await.unwrap(), Some(turned.fingerprint.clone()));
        assert!(Keyring::read(&office.file).unwrap().holds(&before));
        office.is_well(3).await;
        assert_eq!(drop_old(&office.turning()).await.unwrap(), [before]);
        assert_eq!(Keyring::read(&office.file).unwrap().fingerprints(), [turned.fingerprint]);
        office.is_well(3).await;
        save(&office.db, &office.running, "four").await;
        office.is_well(4).await;
        assert_eq!((office.audited("keyring.rotated").await, office.audited("keyring.reduced").await), (1, 1));
        assert_eq!(drop_old(&office.turning()).await.unwrap(), Vec::<String>::new(), "nothing is left to take off");
    }

    async fn stopped_after_any_step_nothing_is_lost_and_the_next_turn_ends_it(database: Lent) {
        let office = Office::new(database.url()).await;
        let first = office.running.fingerprint();
        let turning = office.turning();
        // After the first step, and in the middle of the second.
        let change = Change::begin(&office.file).unwrap();
        let (keyring, resumed) = add_key(&change, &turning, &known(&turning).await.unwrap()).unwrap();
        assert!(!resumed);
        office.is_well(3).await;
        let one = sealed::list(&office.db).await.unwrap().remove(0);
        let secret = keyring.open(&one.sealed, &Place::from(one.place.clone())).unwrap();
        let anew = keyring.seal(&secret, &Place::from(one.place.clone())).unwrap();
        assert!(sealed::reseal(&office.db, &one, &anew).await.unwrap());
        drop(change);
        office.is_well(3).await;
        save(&office.db, &office.running, "four").await;
        assert!(matches!(drop_old(&turning).await, Err(Error::TurnedMeanwhile)), "nothing is taken off in the middle");
        office.is_well(4).await;
        // After the second.
        let change = Change::begin(&office.file).unwrap();
        assert_eq!(reseal(&office.db, &keyring).await.unwrap(), (2, Vec::new()));
        drop(change);
        office.is_well(4).await;
        let turned = turn(&turning).await.unwrap();
        assert_eq!((turned.resumed, turned.resealed, turned.keys), (true, 0, 2), "no third key");
        assert_eq!(turned.fingerprint, keyring.fingerprint());
        office.is_well(4).await;
        // After the keys were taken off, and before anything else.
        Change::begin(&office.file).unwrap().keep(&[]).unwrap();
        office.is_well(4).await;
        assert!(!Keyring::read(&office.file).unwrap().holds(&first));
        assert!(!turn(&turning).await.unwrap().resumed);
        office.is_well(4).await;
    }

    async fn instances_that_save_meanwhile_lose_nothing(database: Lent) {
        let office = Office::new(database.url()).await;
        let stop = Arc::new(AtomicBool::new(false));
        let saved: [Arc<AtomicUsize>; 2] = Default::default();
        let instance = |number: usize| {
            let (db, file) = (office.db.clone(), office.file.clone());
            let (stop, saved) = (Arc::clone(&stop), Arc::clone(&saved[number]));
            tokio::spawn(async move {
                let keyring = Keyring::read(&file).unwrap();
                while !stop.load(Ordering::Relaxed) {
                    save(&db, &keyring, &format!("{number}-{}", saved.load(Ordering::Relaxed))).await;
                    saved.fetch_add(1, Ordering::Relaxed);
                }
            })
        };
        let instances = [instance(0), instance(1)];
        // Until each has saved what it had begun, and more.
        let a_while = async || {
            for saved in &saved {
                let so_far = saved.load(Ordering::Relaxed);
                while saved.load(Ordering::Relaxed) < so_far + 3 {
                    tokio::task::yield_now().await;
                }
            }
        };
        for _ in 0..3 {
            a_while().await;
            turn(&office.turning()).await.unwrap();
            a_while().await;
            assert_eq!(drop_old(&office.turning()).await.unwrap().len(), 1);
        }
        stop.store(true, Ordering::Relaxed);
        for instance in instances {
            instance.await.unwrap();
        }
        let saved: usize = saved.iter().map(|saved| saved.load(Ordering::Relaxed)).sum();
        office.is_well(3 + saved).await;
    }

    async fn what_an_older_key_sealed_at_the_last_moment_is_sealed_anew_or_brings_its_key_back(database: Lent) {
        let office = Office::new(database.url()).await;
        // An instance that has a file of its own, and so does not see that the keys were turned.
        let apart = office.file.with_file_name("apart.json");
        office.running.write_to(&apart).unwrap();
        let asleep = Keyring::read(&apart).unwrap();
        turn(&office.turning()).await.unwrap();
        save(&office.db, &asleep, "late").await;
        let both = Keyring::read(&office.file).unwrap();
        let both = both.joined(&both);
        let change = Change::begin(&office.file).unwrap();
        assert!(!take_off(&office.db, &change, &both, &[]).await.unwrap(), "the old key is needed");
        assert_eq!(Keyring::read(&office.file).unwrap().fingerprints(), both.fingerprints());
        drop(change);
        office.is_well(4).await;
        assert_eq!(drop_old(&office.turning()).await.unwrap(), [asleep.fingerprint()], "it is sealed anew first");
        office.is_well(4).await;
    }

    async fn somebody_elses_change_of_a_value_is_not_overwritten(database: Lent) {
        let office = Office::new(database.url()).await;
        let value = sealed::list(&office.db).await.unwrap().remove(0);
        let place = Place::from(value.place.clone());
        let theirs = office.running.seal(&"another".into(), &place).unwrap();
        assert!(sealed::reseal(&office.db, &value, &theirs).await.unwrap());
        assert!(!sealed::reseal(&office.db, &value, b"ours").await.unwrap(), "it is another value by now");
        let now = sealed::list(&office.db).await.unwrap().into_iter().find(|now| now.place == value.place).unwrap();
        assert_eq!(now.sealed, theirs);
    }

    async fn what_opens_with_no_key_is_told_and_left_as_it_is(database: Lent) {
        let office = Office::new(database.url()).await;
        let value = sealed::list(&office.db).await.unwrap().remove(0);
        let mut spoilt = value.sealed.clone();
        spoilt[3] ^= 1;
        sealed::reseal(&office.db, &value, &spoilt).await.unwrap();
        let turned = turn(&office.turning()).await.unwrap();
        assert_eq!((turned.resealed, turned.lost), (2, vec![value.place.join("/")]));
        assert_eq!(drop_old(&office.turning()).await.unwrap().len(), 1);
    }

    async fn two_that_turn_at_once_do_not_meet(database: Lent) {
        let office = Office::new(database.url()).await;
        let held = Change::begin(&office.file).unwrap();
        assert!(matches!(turn(&office.turning()).await, Err(Error::Vault(vault::Error::Locked { .. }))));
        assert!(matches!(drop_old(&office.turning()).await, Err(Error::Vault(vault::Error::Locked { .. }))));
        drop(held);
        assert_eq!(turn(&office.turning()).await.unwrap().keys, 2);
        office.is_well(3).await;
    }
}
