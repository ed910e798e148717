//! What was found out about a connection where Microsoft's documents leave a question open.

use jiff::Timestamp;

use crate::columns::Micros;
use crate::connections::ConnectionId;
use crate::db::{in_transaction, reading};
use crate::grants::Scope;
use crate::meta::{QUEUE, RAISE_CONNECTIONS_VERSION};
use crate::within::{everything, listed, within};
use crate::{Db, Error};

/// An answer to an open question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learned {
    /// What was asked: `evidence_ip`.
    pub question: String,
    /// The code of what was found: `evidence_ip_finds`.
    pub answer: String,
    /// When.
    pub at: Timestamp,
}

/// Keeps answers (question, code), each in the place of the one before unless that is newer; of other questions what was
/// known stays. Where an answer is another than before, the connections' version is raised, so that sources are built anew.
/// Whether the connection is still there.
pub async fn save(db: &Db, connection: &ConnectionId, answers: &[(&str, &str)], now: Timestamp) -> Result<bool, Error> {
    const TENANT: &str = "SELECT tenant_id FROM connections WHERE id = $1";
    const KNOWN: &str = "SELECT COUNT(*) FROM learned WHERE connection_id = $1 AND question = $2 AND answer = $3";
    const SAVE: &str = "INSERT INTO learned (connection_id, tenant_id, question, answer, learned_at)
                        VALUES ($1, $2, $3, $4, $5)
                        ON CONFLICT (connection_id, question) DO UPDATE SET tenant_id = excluded.tenant_id,
                            answer = excluded.answer, learned_at = excluded.learned_at
                        WHERE learned.learned_at <= excluded.learned_at";
    if answers.is_empty() {
        return Ok(true);
    }
    let saving = async {
        let saved = in_transaction!(db, transaction => {
            // Who changes the connection meanwhile waits, or has ended.
            sqlx::query(QUEUE).execute(&mut *transaction).await?;
            let tenant: Option<String> = sqlx::query_scalar(TENANT).bind(connection).fetch_optional(&mut *transaction).await?;
            let Some(tenant) = tenant else {
                return Ok(false);
            };
            let mut is_news = false;
            for (question, answer) in answers {
                let known: i64 = sqlx::query_scalar(KNOWN)
                    .bind(connection)
                    .bind(*question)
                    .bind(*answer)
                    .fetch_one(&mut *transaction)
                    .await?;
                let kept = sqlx::query(SAVE)
                    .bind(connection)
                    .bind(&tenant)
                    .bind(*question)
                    .bind(*answer)
                    .bind(Micros::from(now))
                    .execute(&mut *transaction)
                    .await?
                    .rows_affected();
                is_news |= known == 0 && kept > 0;
            }
            if is_news {
                sqlx::query(RAISE_CONNECTIONS_VERSION).execute(&mut *transaction).await?;
            }
            true
        });
        Ok(saved)
    };
    match saving.await {
        Err(Error::Gone) => Ok(false),
        other => other,
    }
}

/// What is known of a connection, in the order of the questions' names. Nothing of one outside the scope.
pub async fn of(db: &Db, scope: &Scope, connection: &ConnectionId) -> Result<Vec<Learned>, Error> {
    const OF: &str = concat!(
        "SELECT question, answer, learned_at FROM learned WHERE connection_id = $1 AND ",
        within!("$2", "$3", "tenant_id"),
        " ORDER BY question"
    );
    let rows: Vec<(String, String, Micros)> = reading!(db, pool => {
        let of = sqlx::query_as(OF).bind(connection).bind(everything(scope)).bind(listed(scope));
        of.fetch_all(pool).await?
    });
    let read = |(question, answer, at): (String, String, Micros)| {
        Ok(Learned { question, answer, at: at.read("learned.learned_at")? })
    };
    rows.into_iter().map(read).collect()
}
