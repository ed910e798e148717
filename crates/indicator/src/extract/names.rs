//! Runs of labels and dots, and whether one is a domain.

use super::{Form, Found, Scan, context, endings, is_word};
use crate::{Domain, Indicator, flags, forms, refang, wrapped};

/// Labels with dots between, as they stand in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub start: usize,
    pub end: usize,
    pub dots: usize,
    /// Whether a dot was defanged: whoever wrote it meant a name or an address.
    pub is_defanged: bool,
    pub is_ascii: bool,
}

/// Whether a character beyond ASCII may stand in a label. Marks count where scripts cannot do without them.
pub(super) fn is_letter(character: char) -> bool {
    character.is_alphanumeric()
        || matches!(character, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{dff}' | '\u{e00}'..='\u{eff}' | '\u{200c}' | '\u{200d}')
}

/// Scripts that write no blanks between words, so that a name may be glued to the sentence.
fn is_glued(character: char) -> bool {
    matches!(character as u32, 0x2e80..=0x9fff | 0xac00..=0xd7af | 0xf900..=0xfaff | 0xff66..=0xff9f | 0x20000..=0x323af)
}

/// The run that begins at `start`, where a label's character stands.
pub(super) fn run(text: &str, start: usize) -> Run {
    let bytes = text.as_bytes();
    let mut run = Run { start, end: start, dots: 0, is_defanged: false, is_ascii: true };
    let mut at = start;
    loop {
        let label = at;
        while let Some(&byte) = bytes.get(at) {
            if is_word(byte) {
                at += 1;
                continue;
            }
            match text[at..].chars().next() {
                Some(character) if byte >= 0x80 && is_letter(character) => {
                    run.is_ascii = false;
                    at += character.len_utf8();
                }
                _ => break,
            }
        }
        if at == label {
            return run;
        }
        if label > start {
            run.dots += 1;
        }
        run.end = at;
        let Some((len, is_defanged)) = dot(&bytes[at..]) else { return run };
        // A defanged dot is one only if a label follows, which the next turn finds out.
        let follows = bytes.get(at + len).is_some_and(|byte| is_word(*byte) || *byte >= 0x80);
        if !follows {
            return run;
        }
        run.is_defanged |= is_defanged;
        at += len;
    }
}

/// A dot between two labels, and whether it is defanged. Brackets may have a blank on both sides.
fn dot(rest: &[u8]) -> Option<(usize, bool)> {
    let blank = match rest.first()? {
        b'.' => return Some(refang::piece(rest).map_or((1, false), |piece| (piece.len, true))),
        b'[' | b'(' | b'{' | b'\\' => 0,
        b' ' if matches!(rest.get(1), Some(b'[' | b'(' | b'{')) => 1,
        _ => return None,
    };
    let piece = refang::piece(&rest[blank..]).filter(|piece| piece.means == ".")?;
    let end = blank + piece.len;
    let blank_after = usize::from(blank == 1 && rest.get(end) == Some(&b' '));
    Some((end + blank_after, true))
}

impl Scan<'_> {
    /// Looks at a run with a dot in it. `self.at` stands behind it, and is moved on past the path of a link.
    pub(super) fn name(&mut self, run: Run, form: Form) {
        let Some(run) = self.trimmed(run, form) else { return };
        let written = &self.text[run.start..run.end];
        if numbers_only(written) {
            return self.addresses(run, form);
        }
        if form == Form::Plain && !context::allows(self.text, &run) {
            return;
        }
        let run = if form == Form::Plain { context::past_escape(self.text, run) } else { Some(run) };
        let Some(run) = run else { return };
        let Some(domain) = self.domain(&run, form) else {
            // A link's host may be an address in a spelling of its own, or nothing that can be found.
            if form == Form::Link {
                self.skip_path(run.end);
            }
            return;
        };
        if form != Form::Mail && wrapped::is_wrapper(domain.as_str()) && self.unwrap(&domain, &run) {
            return;
        }
        self.found.push(Found { indicator: Indicator::Domain(domain), form, start: run.start, end: run.end });
        if form == Form::Link || (form == Form::Plain && self.begins_path(run.end)) {
            self.skip_path(run.end);
        }
    }

    /// Without what is glued to it: hyphens and underscores of markup, the next sentence, scripts without blanks.
    /// The slashes of a link say where its host begins.
    fn trimmed(&self, mut run: Run, form: Form) -> Option<Run> {
        if !run.is_ascii {
            run = unglued(self.text, run, form);
        }
        let written = &self.text[run.start..run.end];
        if form != Form::Link {
            let is_marked_up = written.starts_with('_') && written.ends_with(['_', '-']);
            let front: &[char] = if is_marked_up { &['-', '_'] } else { &['-'] };
            run.start += written.len() - written.trim_start_matches(front).len();
            run.end -= written.len() - written.trim_end_matches(['-', '_']).len();
        }
        if run.start >= run.end {
            return None;
        }
        let written = &self.text[run.start..run.end];
        // `example.com.Then it stopped`: the blank after the sentence is missing.
        if let Some((name, last)) = written.rsplit_once('.')
            && name.contains('.')
            && is_capitalised(last)
            && !endings::is_known(last)
        {
            run.end -= last.len() + 1;
        }
        Some(run)
    }

    fn domain(&self, run: &Run, form: Form) -> Option<Domain> {
        let written = &self.text[run.start..run.end];
        let last = written.rsplit(['.', ']', ')', '}', ' ']).next().unwrap_or(written);
        let begins_well = last.chars().next().is_some_and(char::is_alphabetic);
        if !begins_well || last.len() < 2 || run.end - run.start > 1024 {
            return None;
        }
        let domain =
            if run.is_defanged { Domain::read(&refang::refang(written)) } else { Domain::read(written) }.ok()?;
        let is_known = domain.has_known_suffix() || flags::is_special_use(domain.as_str());
        let is_meant = match form {
            Form::Link => !forms::is_file(&domain),
            Form::Mail => is_known,
            Form::Plain if run.is_defanged => is_known || !forms::is_file(&domain),
            Form::Plain => {
                is_known
                    && (!is_capitalised(last) || matches!(domain.top(), "com" | "org"))
                    && endings::is_a_name(&domain, || context::says_host(self.text, run))
            }
        };
        is_meant.then_some(domain)
    }
}

fn numbers_only(written: &str) -> bool {
    written.starts_with(|first: char| first.is_ascii_digit())
        && !written.bytes().any(|byte| byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80)
}

fn is_capitalised(label: &str) -> bool {
    let mut letters = label.chars();
    letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase)
}

/// Cuts words in scripts without blanks off both ends of a name: only where they meet ASCII, and from the first and
/// the last label alone.
fn unglued(text: &str, mut run: Run, form: Form) -> Run {
    let written = &text[run.start..run.end];
    let last = written.rfind('.').map_or(0, |dot| dot + 1);
    let ends_in_ascii = written[last..].starts_with(|first: char| first.is_ascii_alphanumeric());
    if ends_in_ascii && let Some(glued) = written[last..].find(is_glued) {
        run.end = run.start + last + glued;
    }
    let first_label = &written[..written.find('.').unwrap_or(0)];
    if form != Form::Link
        && first_label.ends_with(|end: char| end.is_ascii_alphanumeric())
        && let Some(glued) = first_label.rfind(is_glued)
    {
        run.start += glued + first_label[glued..].chars().next().map_or(0, char::len_utf8);
    }
    run
}
