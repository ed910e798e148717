//! Which of several instances works, and when another takes over.

use super::*;

databases::on_each_database! {
    async fn of_two_instances_one_works_and_the_other_takes_over_when_it_is_killed(database: Lent) {
        let stage = Stage::on(database).await;
        stage.connection("a").await;
        let (one, two) = (stage.instance("one"), stage.instance("two"));
        assert_eq!(one.tick().await.unwrap().pulsed.len(), 1);
        stage.wait(1);
        let idle = two.tick().await.unwrap();
        assert_eq!(idle, Done::default());
        // From here on the first is heard of no more.
        stage.wait(60);
        assert!(two.tick().await.unwrap().held);
        assert_eq!(stage.looks(), 2);
        assert!(!one.tick().await.unwrap().held);
    }

    async fn an_instance_that_ends_gives_the_work_back_at_once(database: Lent) {
        let stage = Stage::on(database).await;
        let (one, two) = (stage.instance("one"), stage.instance("two"));
        assert!(one.tick().await.unwrap().held && !two.tick().await.unwrap().held);
        one.release().await.unwrap();
        assert!(two.tick().await.unwrap().held);
    }

    async fn one_that_is_killed_in_the_middle_leaves_its_work_to_another(database: Lent) {
        let stage = Stage::on(database).await;
        let id = stage.connection("a").await;
        stage.wait(300);
        *stage.played.hangs.lock().unwrap() = true;
        let one = stage.instance("one");
        // It goes on until it waits for Microsoft, and is then dropped as a killed process is.
        let asked = async {
            while stage.tries() == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            done = one.tick() => unreachable!("Microsoft does not answer: {done:?}"),
            () = asked => {}
        }
        *stage.played.hangs.lock().unwrap() = false;
        let two = stage.instance("two");
        assert!(!two.tick().await.unwrap().held, "the lease still holds");
        stage.wait(3);
        assert_eq!(two.tick().await.unwrap().validated, [(id.to_string(), true)]);
    }

    async fn work_that_takes_longer_than_the_lease_keeps_it(database: Lent) {
        let stage = Stage::on(database).await;
        stage.connection("a").await;
        *stage.played.pulse_hangs.lock().unwrap() = true;
        let lease = Lease { renewed: Duration::from_millis(5), ..Lease::default() };
        let (one, two) = (stage.instance("one").holding(lease), stage.instance("two"));
        let meanwhile = async {
            until(async || stage.looks() == 1).await;
            for _ in 0..10 {
                stage.wait(2);
                // It is renewed by the moved clock: after that it holds for three minutes more.
                let lease = stage.now() + SignedDuration::from_mins(3);
                until(async || held_until(&stage).await == Some(lease)).await;
                assert!(!two.tick().await.unwrap().held);
            }
        };
        tokio::select! {
            done = one.tick() => unreachable!("the pulse does not end: {done:?}"),
            () = meanwhile => {}
        }
        assert_eq!(stage.looks(), 1, "nobody else looked");
    }

    async fn who_has_lost_the_lease_stops_in_the_middle(database: Lent) {
        let stage = Stage::on(database).await;
        stage.connection("a").await;
        *stage.played.pulse_hangs.lock().unwrap() = true;
        let lease = Lease { renewed: Duration::from_millis(5), ..Lease::default() };
        let (one, two) = (stage.instance("one").holding(lease), stage.instance("two"));
        let taken_over = async {
            until(async || stage.looks() == 1).await;
            // As it is for a process that was stopped for an hour, and goes on.
            one.release().await.unwrap();
            *stage.played.pulse_hangs.lock().unwrap() = false;
            let mut done = two.tick().await.unwrap();
            while !done.held {
                one.release().await.unwrap();
                done = two.tick().await.unwrap();
            }
            done
        };
        let (lost, done) = tokio::join!(one.tick(), taken_over);
        assert_eq!((lost.unwrap().held, done.pulsed.len()), (false, 1));
    }
}

/// Goes on when it is so.
async fn until(so: impl AsyncFn() -> bool) {
    let end = std::time::Instant::now() + Duration::from_secs(60);
    while !so().await {
        assert!(std::time::Instant::now() < end, "it did not come to that");
        tokio::task::yield_now().await;
    }
}

/// Until when the lease holds.
async fn held_until(stage: &Stage) -> Option<Timestamp> {
    store::jobs::held_until(&stage.db, LEASE).await.unwrap()
}
