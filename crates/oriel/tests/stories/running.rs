//! A program that runs until it is told to stop, and what it has said so far.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// The machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// What it has said.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub out: String,
    pub err: String,
    /// How many of the two streams have ended.
    ended: u8,
}

#[derive(Default)]
struct Heard {
    said: Mutex<Said>,
    more: Condvar,
}

/// The running program. It ends with this value at the latest.
pub struct Running {
    child: Child,
    heard: Arc<Heard>,
}

impl Running {
    pub fn start(mut command: Command) -> Running {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it can be started");
        let heard = Arc::new(Heard::default());
        listen(child.stdout.take().unwrap(), Arc::clone(&heard), |said| &mut said.out);
        listen(child.stderr.take().unwrap(), Arc::clone(&heard), |said| &mut said.err);
        Running { child, heard }
    }

    /// Waits until `look` finds something in what was said.
    pub fn wait_for<T>(&self, what: &str, look: impl Fn(&Said) -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        let mut said = self.heard.said.lock().unwrap();
        loop {
            if let Some(found) = look(&said) {
                return found;
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(said.ended < 2 && !left.is_zero(), "{what} did not come: {said:?}");
            said = self.heard.more.wait_timeout(said, left).unwrap().0;
        }
    }

    /// Sends it a signal by its name, without `SIG`.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// Tells it to stop, as a service manager does; its exit code, and all that it said.
    pub fn stop(mut self) -> (Option<i32>, Said) {
        self.signal("TERM");
        let said = self.wait_for("its end", |said| (said.ended == 2).then(|| said.clone()));
        (self.child.wait().unwrap().code(), said)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen(stream: impl Read + Send + 'static, heard: Arc<Heard>, whose: fn(&mut Said) -> &mut String) {
    std::thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut line = Vec::new();
        while stream.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            whose(&mut heard.said.lock().unwrap()).push_str(&String::from_utf8_lossy(&line));
            heard.more.notify_all();
            line.clear();
        }
        heard.said.lock().unwrap().ended += 1;
        heard.more.notify_all();
    });
}
