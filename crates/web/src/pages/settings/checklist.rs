//! What a validation found, as an administrator reads it: what is to be done first, then each step with its checks.

mod place;
mod things;

use search::{Check, CheckState, Follow, Product, Verdict};

use crate::markup;
use crate::support::Contact;
pub use place::Place;
pub use things::things;

/// The list of checks.
#[derive(Default)]
pub struct Checklist {
    /// What makes its ids differ from those of another list: the connection's id, or the credential's.
    pub id: String,
    /// Whether more are to come.
    pub running: bool,
    /// What is to be done, a line for each thing however many checks fail of it.
    pub to_fix: Vec<Fix>,
    /// The steps, in the order in which they are gone.
    pub steps: Vec<Step>,
    /// What follows for each capability.
    pub follows: Vec<Line>,
    /// Whom to ask, where something failed.
    pub contact: Option<Contact>,
}

/// One thing that is to be done.
pub struct Fix {
    /// The id of the check that says how.
    pub anchor: String,
    /// What is wrong.
    pub title: String,
}

/// A step of the validation.
pub struct Step {
    /// "Sign-in".
    pub title: &'static str,
    /// What is being tried, while it is: "Asking for a token…".
    pub trying: Option<&'static str>,
    /// How it came out, in a word or two: "4 passed".
    pub word: String,
    /// Its checks, in the order in which they ended: none moves while others come in.
    pub items: Vec<Item>,
}

/// One check.
pub struct Item {
    /// What a link leads to.
    pub anchor: String,
    /// How it came out.
    pub state: CheckState,
    /// Whether it is as it should be and says something on which one may act nonetheless.
    pub advice: bool,
    /// What was found.
    pub title: String,
    /// The permissions it is about.
    pub permissions: Vec<String>,
    /// What to do.
    pub remedy: Option<String>,
    /// Where to do it.
    pub place: Option<Place>,
    /// A script that adds what is missing.
    pub script: Option<String>,
    /// The anchor of the check whose remedy mends this one too.
    pub same_as: Option<String>,
    /// Microsoft's ids, by name.
    pub ids: Vec<(&'static str, String)>,
}

/// What follows for a capability.
pub struct Line {
    /// "Alerts".
    pub title: String,
    /// The icon.
    pub icon: &'static str,
    /// Part of a class name.
    pub class: &'static str,
    /// "works", "will work when …".
    pub words: String,
}

/// The steps by their names in a check: heading, and what is said while it is being tried.
const STEPS: [(&str, &str, &str); 6] = [
    ("form", "Form", "Looking at what was typed…"),
    ("discovery", "Tenant", "Asking Entra for the tenant…"),
    ("token", "Sign-in", "Signing in, with a new token for each interface…"),
    ("roles", "Permissions", "Reading the permissions in the token…"),
    ("probe", "What is asked", "Trying each capability with one harmless call…"),
    ("onboarding", "Sentinel in the Defender portal", "Comparing the newest alerts…"),
];

impl Checklist {
    /// The list, while it fills or when it is whole.
    pub fn new(id: &str, product: Product, checks: &[Check], follows: &[Follow], running: bool) -> Checklist {
        Checklist::beside(id, id, product, checks, follows, running)
    }

    /// A list that stands on the page beside the connection's own: `key` takes the place of the connection's id in anchors.
    pub fn beside(
        key: &str,
        id: &str,
        product: Product,
        checks: &[Check],
        follows: &[Follow],
        running: bool,
    ) -> Checklist {
        let things = things(checks);
        let anchor = |at: usize| format!("check-{key}-{at}");
        let to_fix = things
            .iter()
            .map(|thing| Fix { anchor: anchor(thing.first), title: markup::clean(&checks[thing.first].title) })
            .collect();
        let items = checks.iter().enumerate().map(|(at, check)| {
            let thing = things.iter().find(|thing| thing.all.contains(&at) && thing.first != at);
            (check.check.as_str(), item(id, anchor(at), check, thing.map(|thing| anchor(thing.first))))
        });
        let mut by_step: Vec<(&str, Vec<Item>)> = Vec::new();
        for (step, item) in items {
            match by_step.iter_mut().find(|(name, _)| *name == step) {
                Some((_, items)) => items.push(item),
                None => by_step.push((step, vec![item])),
            }
        }
        Checklist {
            id: key.to_owned(),
            running,
            to_fix,
            steps: steps(product, by_step, running),
            follows: follows.iter().map(line).collect(),
            contact: None,
        }
    }

    /// Names whom to ask, where there is something to ask about.
    #[must_use]
    pub fn ask(mut self, contact: Option<Contact>) -> Checklist {
        self.contact = contact.filter(|_| !self.to_fix.is_empty());
        self
    }

    /// "2 things to fix".
    pub fn to_fix_word(&self) -> String {
        match self.to_fix.len() {
            1 => "1 thing to fix".to_owned(),
            number => format!("{number} things to fix"),
        }
    }
}

/// Whether a permission or role is missing, which a script can add.
fn is_missing(check: &Check) -> bool {
    check.state == CheckState::Failed
        && matches!(check.code.as_str(), "missing_permission" | "missing_role" | "no_consent")
}

/// Every step that has something to show; while more is to come also those ahead, so that each has its place from the
/// first moment on.
fn steps(product: Product, mut found: Vec<(&str, Vec<Item>)>, running: bool) -> Vec<Step> {
    let last = STEPS.iter().rposition(|(name, _, _)| found.iter().any(|(step, _)| step == name));
    // The probes end one by one; of the steps before, the next begins when one has ended.
    let tried = last.map_or(0, |last| if STEPS[last].0 == "probe" { last } else { last + 1 });
    let mut steps = Vec::new();
    for (at, (name, title, trying)) in STEPS.into_iter().enumerate() {
        let of_product = name != "onboarding" || product == Product::Sentinel;
        let place = found.iter().position(|(step, _)| *step == name);
        let items = place.map(|place| found.remove(place).1).unwrap_or_default();
        if items.is_empty() && !(running && of_product && at >= tried) {
            continue;
        }
        let trying = (running && at == tried).then_some(trying);
        steps.push(step(title, items, trying));
    }
    // What a later version of the validation calls by a name that is not known here.
    steps.extend(found.into_iter().map(|(name, items)| {
        let title = if name == "question" { "Open questions" } else { "Further" };
        step(title, items, None)
    }));
    steps
}

fn step(title: &'static str, items: Vec<Item>, trying: Option<&'static str>) -> Step {
    let count = |state: CheckState| items.iter().filter(|item| item.state == state && !item.waits()).count();
    let counts = [
        (count(CheckState::Failed), "to fix"),
        (items.iter().filter(|item| item.waits()).count(), "waiting"),
        (count(CheckState::Passed), "passed"),
        (count(CheckState::Skipped), "not tried"),
    ];
    let words: Vec<String> =
        counts.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    let word = if items.is_empty() && trying.is_none() { "to come".to_owned() } else { words.join(", ") };
    Step { title, trying, word, items }
}

fn item(id: &str, anchor: String, check: &Check, same_as: Option<String>) -> Item {
    let alone = same_as.is_none();
    let script = is_missing(check) && alone;
    let ids = [("Trace", &check.trace_id), ("Correlation", &check.correlation_id)];
    Item {
        anchor,
        state: check.state,
        advice: check.state == CheckState::Passed && check.remedy.is_some(),
        title: markup::clean(&check.title),
        permissions: check
            .permission
            .iter()
            .filter(|_| check.state != CheckState::Skipped)
            .flat_map(|names| markup::permissions(names))
            .map(markup::clean)
            .collect(),
        // Said once is enough; the check that says it is linked to.
        remedy: check.remedy.as_deref().filter(|_| alone).map(markup::clean),
        place: check.link.as_deref().filter(|_| alone).and_then(|link| Place::of(link, id)),
        script: script.then(|| format!("/settings/set-up?connection={id}&format=az&missing=yes#script")),
        same_as,
        ids: ids.into_iter().filter_map(|(name, id)| Some((name, markup::clean(id.as_deref()?)))).collect(),
    }
}

impl Item {
    /// The icon.
    pub fn icon(&self) -> &'static str {
        match self.state {
            CheckState::Passed if self.advice => "note",
            CheckState::Passed => "check",
            CheckState::Failed if self.waits() => "clock",
            CheckState::Failed => "warn",
            CheckState::Skipped => "ring",
        }
    }

    /// Whether it fails of what another check is to be fixed for.
    pub fn waits(&self) -> bool {
        self.same_as.is_some()
    }

    /// Part of a class name.
    pub fn class(&self) -> &'static str {
        match self.state {
            CheckState::Passed if self.advice => "advice",
            CheckState::Passed => "passed",
            CheckState::Failed if self.waits() => "waits",
            CheckState::Failed => "failed",
            CheckState::Skipped => "skipped",
        }
    }

    /// Whether what is said is enough, without the word: the number of those that passed or were left out stands at the
    /// step.
    pub fn is_quiet(&self) -> bool {
        self.state != CheckState::Failed
    }

    /// The state in a word, beside the icon.
    pub fn word(&self) -> &'static str {
        match self.state {
            CheckState::Passed if self.advice => "Passed, with advice",
            CheckState::Passed => "Passed",
            CheckState::Failed if self.waits() => "Waits",
            CheckState::Failed => "To fix",
            CheckState::Skipped => "Not tried",
        }
    }

    /// Microsoft's ids as a ticket takes them, a line each.
    pub fn ticket(&self) -> String {
        let lines: Vec<String> = self.ids.iter().map(|(name, id)| format!("{name} ID: {id}")).collect();
        lines.join("\n")
    }
}

fn line(follow: &Follow) -> Line {
    let (icon, class) = match follow.verdict {
        Verdict::Works => ("check", "passed"),
        Verdict::WillWork => ("warn", "failed"),
        Verdict::Retired | Verdict::Off | Verdict::NotOffered => ("ring", "skipped"),
    };
    Line { title: markup::clean(&follow.title), icon, class, words: markup::clean(&follow.words) }
}

#[cfg(test)]
mod tests;
