//! The PostgreSQL of this process.

use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use crate::programs::{self, Account};
use crate::{Lent, guard};

/// Fast and forgetful: what is in it is gone a moment later anyway.
const OPTIONS: &str = "-F -c listen_addresses='' -c synchronous_commit=off -c full_page_writes=off \
    -c wal_level=minimal -c max_wal_senders=0 -c max_connections=300 -c shared_buffers=32MB -c jit=off -c autovacuum=off";

/// The name of the user and of the database.
const NAME: &str = "oriel";

/// A running server with a socket in a folder, and no port.
pub(crate) struct Server {
    programs: PathBuf,
    account: Option<Account>,
    folder: PathBuf,
    schemas: AtomicU32,
    /// Its input stays open for as long as this process lives.
    _guard: Mutex<Child>,
}

/// The server of this process, started when it is first asked for.
pub(crate) fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(Server::start)
}

impl Server {
    fn start() -> Server {
        let programs = programs::folder();
        // Short: the path of a socket has a hundred characters at most.
        let folder = tempfile::Builder::new().prefix("oriel-pg-").tempdir().expect("a temporary folder can be made");
        // The guard removes it, after the server has stopped.
        let folder = folder.keep();
        let account = programs::account(&folder);
        if let Some(account) = account {
            std::os::unix::fs::chown(&folder, Some(account.user), Some(account.group))
                .expect("root may give a folder away");
        }
        let data = folder.join("data");
        let made = programs::command(&programs.join("initdb"), account, &folder)
            .args(["--username", NAME, "--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync", "-D"])
            .arg(&data)
            .output()
            .expect("initdb can be started");
        assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));

        let log = folder.join("log");
        let quoted = |path: &Path| format!("'{}'", path.display().to_string().replace('\'', r"'\''"));
        let control = format!("{} -s -D {}", quoted(&programs.join("pg_ctl")), quoted(&data));
        let options = format!("{OPTIONS} -k {}", folder.display());
        let start = format!(r#"{control} -w -l {} -o "{options}" start"#, quoted(&log));
        let stop = format!("{control} -m immediate stop; cd /; rm -rf {}", quoted(&folder));
        let guard = guard::keep(programs::command(Path::new("/bin/sh"), account, &folder), &start, &stop, &log);
        let server = Server { programs, account, folder, schemas: AtomicU32::new(0), _guard: Mutex::new(guard) };
        server.sql("postgres", &format!("CREATE DATABASE {NAME}"));
        server
    }

    /// Lends an empty schema.
    pub fn lend(&self) -> Lent {
        let schema = format!("test_{}", self.schemas.fetch_add(1, Ordering::Relaxed));
        self.sql(NAME, &format!("CREATE SCHEMA {schema}"));
        // The socket's folder stands where a host would, with its slashes escaped.
        let socket = self.folder.display().to_string().replace('%', "%25").replace('/', "%2F");
        Lent::schema(format!("postgres://{NAME}@{socket}/{NAME}?options[search_path]={schema}"))
    }

    fn sql(&self, database: &str, sql: &str) {
        let done = programs::command(&self.programs.join("psql"), self.account, &self.folder)
            .args(["--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-U", NAME, "-d", database, "-c", sql, "-h"])
            .arg(&self.folder)
            .output()
            .expect("psql can be started");
        assert!(done.status.success(), "“{sql}”: {}", String::from_utf8_lossy(&done.stderr));
    }
}
