//! What is asked for by GET changes nothing, whoever asks and for whatever.

use store::Table;
use store::backup::Sink;
use store::keys::ApiKey;
use store::people::Role;
use store::sessions::Session;

use super::Crowd;
use crate::tests::routes;

/// The rows of every table but those that are written as somebody reads: the audit and the history of searches. When a session or
/// a key was last used is left out.
#[derive(Default, Debug, PartialEq)]
struct Rows(Vec<String>, bool);

impl Sink for Rows {
    fn begin(&mut self, table: &Table) -> std::io::Result<()> {
        self.1 = !["audit", "audit_head", "searches", "keys", "sessions"].contains(&table.name.as_str());
        self.0.push(table.name.clone());
        Ok(())
    }

    fn row(&mut self, line: &str) -> std::io::Result<()> {
        if self.1 {
            self.0.push(line.to_owned());
        }
        Ok(())
    }

    fn end(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Crowd {
    /// What is kept, but for what reading may leave behind.
    async fn kept(&self) -> (Rows, Vec<ApiKey>, Vec<Session>) {
        let (db, now) = (&self.office.desk.db, self.office.desk.now());
        let mut rows = Rows::default();
        store::backup::rows(db, &mut rows).await.unwrap();
        let mut keys: Vec<ApiKey> = store::keys::list(db).await.unwrap().into_iter().map(|(key, _)| key).collect();
        keys.iter_mut().for_each(|key| key.last_used_at = None);
        let mut sessions = Vec::new();
        for person in store::people::list(db).await.unwrap() {
            sessions.extend(store::sessions::list_of(db, &person.id, now).await.unwrap());
        }
        sessions.iter_mut().for_each(|session| session.last_seen_at = now);
        sessions.sort_by(|one, other| one.id.as_str().cmp(other.id.as_str()));
        (rows, keys, sessions)
    }
}

#[tokio::test]
async fn what_is_asked_for_by_get_changes_nothing() {
    let crowd = Crowd::gather().await;
    let routes = routes::all().into_iter().filter(|route| route.method == "GET");
    let mut asked = 0;
    for route in routes {
        let owner = crowd.somebody(Role::Owner, &route).await;
        // The key of stand-ins is made when they are needed first.
        crowd.office.desk.masker().await.unwrap();
        let before = crowd.kept().await;
        for query in
            ["", "?q=c2.example.net&wait=true&id=1&edit=1&done=password&add=sentinel&emergency=true&again=true"]
        {
            let path = format!("{}{query}", route.address());
            let reply = crowd.office.get(&owner, &path).await;
            assert!(!reply.status.is_server_error(), "{path}: {reply:?}");
            let after = crowd.kept().await;
            assert_eq!(before, after, "GET {path} has changed something");
        }
        asked += 1;
    }
    assert!(asked > 20, "{asked} routes");
}
