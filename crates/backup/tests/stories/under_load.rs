//! A backup that is made while others write shows one moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use backup::{Access, Protection};
use store::Db;
use store::searches::{self, NewSearch};

use crate::office::*;

databases::on_each_database! {
    async fn while_others_write_it_shows_one_moment(database: Lent) {
        let office = Office::new(database).await;
        let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let writer = {
            let (db, stop, written) = (office.db.clone(), Arc::clone(&stop), Arc::clone(&written));
            let person = office.olga.id.clone();
            tokio::spawn(async move {
                // First the search, then its entry: at every moment there are as many searches as entries, or one more.
                while !stop.load(Ordering::Relaxed) {
                    let number = written.load(Ordering::Relaxed);
                    let value = format!("{number}.load.example");
                    let new = NewSearch { person_id: person.clone(), value, kind: "domain".into(), level: "none".into() };
                    searches::record(&db, &new, now()).await.unwrap();
                    note(&db, number).await;
                    written.store(number + 1, Ordering::Relaxed);
                }
            })
        };
        // Several, so that they fall upon different moments.
        for round in 0..4 {
            let so_far = written.load(Ordering::Relaxed);
            while written.load(Ordering::Relaxed) < so_far + 20 {
                tokio::task::yield_now().await;
            }
            let made = office.back_up(&format!("backup-{round}"), &Protection::InClear).await.unwrap();
            assert!(made.manifest.rows("searches") >= so_far as u64);
        }
        stop.store(true, Ordering::Relaxed);
        writer.await.unwrap();
        let total = written.load(Ordering::Relaxed);
        for round in 0..4 {
            let (target, at) = (databases::sqlite(), place());
            std::fs::copy(office.keyring_file(), at.path().join("keyring.json")).unwrap();
            restore(&office.path(&format!("backup-{round}")), &Access::default(), target.url(), at.path()).await.unwrap();
            let db = Db::open(target.url()).await.unwrap();
            let rows = dump(&db).await;
            let searches = rows["searches"].iter().filter(|row| row.contains(".load.example")).count();
            let entries = rows["audit"].iter().filter(|row| row.contains("search.made")).count();
            assert!(searches == entries || searches == entries + 1, "{searches} searches, {entries} entries");
            assert!(searches > 0 && searches <= total, "{searches} of {total}");
            assert!(chain(&db).await > entries as i64);
            db.close().await;
        }
    }
}
