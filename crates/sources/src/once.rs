//! Asking once what several sources of one search want to know.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use microsoft::Error;
use tokio::sync::OnceCell;

/// Answers that are shared within one search: whoever asks first asks for all, the others wait for the same answer, also
/// for the same failure.
///
/// A search is known by its deadline, to the nanosecond. Another search asks anew, so nothing here is ever old. An
/// answer is kept until the search's time is over.
pub(crate) struct Once<T>(Mutex<HashMap<(Instant, String), Entry<T>>>);

type Entry<T> = Arc<OnceCell<Result<T, Error>>>;

impl<T> Default for Once<T> {
    fn default() -> Once<T> {
        Once(Mutex::default())
    }
}

impl<T: Clone> Once<T> {
    /// The answer to `what` in the search with this deadline; `ask` is polled only if nobody asks it already. If the one
    /// who asks is dropped, the next one who waits asks.
    pub(crate) async fn get(
        &self,
        deadline: Instant,
        what: &str,
        ask: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let entry = {
            let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            entries.retain(|(deadline, _), _| *deadline > now);
            Arc::clone(entries.entry((deadline, what.to_owned())).or_default())
        };
        entry.get_or_init(|| ask).await.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn one_search_asks_once_and_another_asks_anew() {
        let (once, asked) = (Once::<usize>::default(), AtomicUsize::new(0));
        let ask = async || {
            tokio::task::yield_now().await;
            Ok(asked.fetch_add(1, Ordering::SeqCst))
        };
        let soon = Instant::now() + Duration::from_secs(60);
        let (one, two) = tokio::join!(once.get(soon, "q", ask()), once.get(soon, "q", ask()));
        assert_eq!((one, two), (Ok(0), Ok(0)));
        assert_eq!(once.get(soon, "q", ask()).await, Ok(0), "later, in the same search");
        assert_eq!(once.get(soon, "other", ask()).await, Ok(1));
        assert_eq!(once.get(soon + Duration::from_nanos(1), "q", ask()).await, Ok(2));
    }

    #[tokio::test]
    async fn who_waits_asks_if_the_first_goes_away() {
        let once = Once::<u8>::default();
        let soon = Instant::now() + Duration::from_secs(60);
        {
            let mut first = Box::pin(once.get(soon, "q", std::future::pending()));
            assert!(futures_util::poll!(&mut first).is_pending());
        }
        assert_eq!(once.get(soon, "q", async { Ok(7) }).await, Ok(7));
    }

    #[tokio::test]
    async fn what_is_over_is_forgotten() {
        let once = Once::<u8>::default();
        assert_eq!(once.get(Instant::now(), "q", async { Ok(1) }).await, Ok(1));
        assert_eq!(once.get(Instant::now() + Duration::from_secs(60), "q", async { Ok(2) }).await, Ok(2));
        assert_eq!(once.0.lock().unwrap().len(), 1);
    }
}
