//! A bench to try the program on: a folder with `oriel.toml`, and a simulated Microsoft that it names.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use harness::Visitor;
use jiff::Timestamp;
use simulator::{Options, Scenario, Simulator, demo};
use tempfile::TempDir;
use url::Url;

use crate::running::Running;

/// Everybody's password.
pub const PASSWORD: &str = "a sentence is a good password";

/// A folder to work in, and Microsoft.
pub struct Bench {
    pub folder: TempDir,
    pub simulator: Simulator,
}

/// What a command that has ended left behind.
#[derive(Debug)]
pub struct Done {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Done {
    /// The last line of standard output.
    pub fn last_line(&self) -> &str {
        self.out.lines().last().unwrap_or_default()
    }

    /// Expects this exit code.
    #[track_caller]
    pub fn ended_with(self, code: i32) -> Done {
        assert_eq!(self.code, Some(code), "{}\n{}", self.out, self.err);
        self
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Done {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes UTF-8");
        Done { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Bench {
    /// With the demo's tenant, and without its quotas.
    pub async fn new() -> Bench {
        Bench::with(Scenario::demo().unlimited()).await
    }

    pub async fn with(scenario: Scenario) -> Bench {
        // For the visitors of this process; the program installs its own. Tests share a process, so the first one does it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = Options { listen: ([127, 0, 0, 1], 0).into(), clock: Arc::new(Timestamp::now) };
        let simulator = Simulator::start(scenario, options).await.unwrap();
        let bench = Bench { folder: tempfile::tempdir().unwrap(), simulator };
        bench.configure("");
        bench
    }

    /// Writes `oriel.toml`: these lines, then the simulated cloud.
    pub fn configure(&self, lines: &str) {
        let cloud = self.simulator.cloud_toml("simulated");
        self.file("oriel.toml", &format!("{lines}\n[quota]\nhunting_share = 1.0\n{cloud}"));
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder; its path as an argument.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// The program in this folder, with nothing of the environment that the tests run in.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oriel"));
        command.args(arguments).current_dir(self.folder.path()).env_clear().env("TMPDIR", self.folder.path());
        command.stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub fn oriel(&self, arguments: &[&str]) -> Done {
        self.command(arguments).output().expect("the program can be started").into()
    }

    /// Runs it and expects it to go well.
    #[track_caller]
    pub fn well(&self, arguments: &[&str]) -> Done {
        self.oriel(arguments).ended_with(0)
    }

    /// Lets somebody in, with [`PASSWORD`].
    #[track_caller]
    pub fn person(&self, name: &str, role: &str) {
        let password = self.file("password", PASSWORD);
        self.well(&["user", "add", "--name", name, "--role", role, "--password-file", &password]);
    }

    /// A new key of this person.
    #[track_caller]
    pub fn key_of(&self, name: &str) -> String {
        self.well(&["key", "create", "--user", name, "--name", "a script"]).last_line().to_owned()
    }

    /// `connection add`, with this secret.
    pub fn connect_with(&self, product: &str, client: &str, secret: &str) -> Done {
        let secret = self.file("secret", secret);
        let mut arguments = vec!["connection", "add", "--product", product, "--label", "Northwind", "--client", client];
        arguments.extend(["--tenant", demo::TENANT, "--cloud", "simulated", "--secret-file", &secret]);
        if product == "sentinel" {
            arguments.extend(["--workspace", demo::WORKSPACE]);
        }
        self.oriel(&arguments)
    }

    /// Connects a product of the demo's tenant, and expects it to go well.
    #[track_caller]
    pub fn connect(&self, product: &str) -> Done {
        let (client, secret) = match product {
            "sentinel" => (demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET),
            _ => (demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET),
        };
        self.connect_with(product, client, secret).ended_with(0)
    }

    /// Starts the server on a free port and waits until it is ready.
    pub fn serve(&self, more: &[&str]) -> (Running, Url) {
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0"];
        arguments.extend(more);
        let server = Running::start(self.command(&arguments));
        let base = server.wait_for("the server's address", |said| {
            let line = said.err.lines().find(|line| line.contains("Oriel is ready"))?;
            // Where `public_url` is another address, the one to come by is that on which it listens.
            let listening = line.split_once("listening=").map(|(_, address)| format!("http://{address}"));
            address_in(line).or_else(|| address_in(&listening?))
        });
        (server, base)
    }
}

/// The first address of this machine in a text.
pub fn address_in(text: &str) -> Option<Url> {
    let at = text.find("http://127.0.0.1:").or_else(|| text.find("https://127.0.0.1:"))?;
    let text = &text[at..];
    let end = text.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(text.len());
    Url::parse(&text[..end]).ok()
}

/// Somebody with a browser that does not run scripts, signed in.
pub async fn signed_in(base: &Url, name: &str, password: &str) -> Visitor {
    let visitor = Visitor::new(base.clone());
    let answer = visitor.submit("/sign-in", &[("name", name), ("password", password)]).await.unwrap();
    assert_eq!(answer.status, 303, "{}", answer.text);
    visitor
}
