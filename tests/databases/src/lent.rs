//! A database that a test has to itself.

use tempfile::TempDir;

/// A database that a test has to itself, empty at first. It stays while this is held.
pub struct Lent {
    url: String,
    folder: Option<TempDir>,
}

impl Lent {
    pub(crate) fn file() -> Lent {
        let folder =
            tempfile::Builder::new().prefix("oriel-sqlite-").tempdir().expect("a temporary folder can be made");
        let url = format!("sqlite://{}", folder.path().join("oriel.sqlite").display());
        Lent { url, folder: Some(folder) }
    }

    pub(crate) fn schema(url: String) -> Lent {
        Lent { url, folder: None }
    }

    /// The URL to open it with.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The folder of the file, if it is one.
    pub fn folder(&self) -> Option<&std::path::Path> {
        self.folder.as_ref().map(TempDir::path)
    }

    /// Whether it is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.folder.is_none()
    }
}

impl std::fmt::Debug for Lent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lent").field("url", &self.url).finish()
    }
}
