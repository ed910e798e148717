//! What a look came to: a line each, and in the end an exit code.

use std::process::ExitCode;

use serde_json::json;

use crate::output;

/// Something is to be mended.
const TO_MEND: u8 = 2;

/// Says what was found, and remembers whether anything is to be mended.
pub struct Found {
    well: bool,
    json: bool,
}

impl Found {
    /// Nothing found yet. With `json` each line is a JSON object: `state` (`ok`, `note`, `mend`), `what`, `detail`.
    pub fn new(json: bool) -> Found {
        Found { well: true, json }
    }

    /// This is as it should be.
    pub fn fine(&mut self, what: &str, detail: &str) -> std::io::Result<()> {
        self.say("ok", what, detail)
    }

    /// This works, and somebody should know of it.
    pub fn note(&mut self, what: &str, detail: &str) -> std::io::Result<()> {
        self.say("note", what, detail)
    }

    /// This is to be mended.
    pub fn mend(&mut self, what: &str, detail: &str) -> std::io::Result<()> {
        self.well = false;
        self.say("mend", what, detail)
    }

    /// Success only if nothing is to be mended.
    pub fn code(&self) -> ExitCode {
        if self.well { ExitCode::SUCCESS } else { ExitCode::from(TO_MEND) }
    }

    fn say(&self, state: &str, what: &str, detail: &str) -> std::io::Result<()> {
        if self.json {
            let line = json!({"state": state, "what": what, "detail": detail}).to_string();
            return output::line(output::plain_json(&line));
        }
        output::line(format!("{state:<5} {what}: {}", output::plain(detail)))
    }
}
