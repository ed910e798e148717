//! The guide through Microsoft's portals: one text, for the page and for `docs/set-up.md`.
//!
//! In the texts, `**…**` is a name as it stands in a portal, and backticks are round what is typed or pasted.

use std::fmt::Write as _;

use jiff::civil::Date;
use search::Product;

use crate::state::CapabilityRow;

mod advice;
mod once;
mod steps;

pub use advice::ADVICE;
pub use once::ONCE;
pub use steps::STEPS;

/// The day on which the steps were last compared with what Microsoft documents.
pub const CHECKED: &str = "25 November 2026";

/// What is needed in the end, and where it goes.
pub const LEAD: &str = "Oriel signs in as an app registration of your own tenant, and that app only reads. In the end three values go \
                        into Oriel: the **Directory (tenant) ID**, the **Application (client) ID**, and the secret’s **Value** or a \
                        certificate. A script does the same in one go; where different people have to act, each gets a step of it.";

/// The sentence to be read before anything is granted.
pub const WHOLE_TENANT: &str = "An app sees the whole tenant, whatever the portal allows a person: device groups and roles that limit people \
                                do not limit an app. What Oriel asks for is decided here, by the permissions below and by the switch that each \
                                connection has for each of them.";

/// One step in a portal.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// A short name, which is also its anchor on the page: letters and hyphens.
    pub anchor: &'static str,
    /// What is done.
    pub title: &'static str,
    /// The product that needs it; `None` if both do.
    pub product: Option<Product>,
    /// How, a paragraph each.
    pub how: &'static [&'static str],
    /// What the guide of 2020 had in its place, where that differs.
    pub once: Option<&'static str>,
    /// The role that one needs to be allowed to do it.
    pub who: &'static str,
    /// By which check Oriel knows that it was done.
    pub known: &'static str,
    /// The interface whose permissions are listed under it, as [`CapabilityRow::resource`] names it.
    pub permissions: Option<&'static str>,
}

/// A permission, and everything that it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needed {
    /// In Microsoft's spelling.
    pub permission: String,
    /// The products that need it.
    pub products: Vec<Product>,
    /// What is read with it, a sentence each.
    pub reads: Vec<String>,
    /// Until when it is of use, if Microsoft has named a day for everything that it is for.
    pub until: Option<String>,
}

/// The permissions of one interface, in the order of the table of capabilities. What Microsoft has switched off by `today`
/// needs none any more.
pub fn needed(rows: &[CapabilityRow], resource: &str, today: Date) -> Vec<Needed> {
    let mut all: Vec<Needed> = Vec::new();
    for row in rows.iter().filter(|row| row.resource == resource && row.retires.is_none_or(|day| day > today)) {
        for permission in row.permission.iter().flat_map(|names| names.split(", ")) {
            let found = all.iter().position(|needed| needed.permission == permission).unwrap_or_else(|| {
                all.push(Needed {
                    permission: permission.to_owned(),
                    products: Vec::new(),
                    reads: Vec::new(),
                    until: row.retirement.clone(),
                });
                all.len() - 1
            });
            let Some(needed) = all.get_mut(found) else { continue };
            if !needed.products.contains(&row.product) {
                needed.products.push(row.product);
            }
            if !needed.reads.contains(&row.reads) {
                needed.reads.push(row.reads.clone());
            }
            if row.retirement.is_none() {
                needed.until = None;
            }
        }
    }
    all
}

/// A text of the guide as HTML.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    for (at, piece) in text.split("**").enumerate() {
        let (open, close) = if at % 2 == 1 { ("<strong>", "</strong>") } else { ("", "") };
        out.push_str(open);
        for (at, piece) in piece.split('`').enumerate() {
            let (open, close) = if at % 2 == 1 { ("<span class=\"value\">", "</span>") } else { ("", "") };
            out.push_str(open);
            for letter in piece.chars() {
                match letter {
                    '&' => out.push_str("&amp;"),
                    '<' => out.push_str("&lt;"),
                    '>' => out.push_str("&gt;"),
                    letter => out.push(letter),
                }
            }
            out.push_str(close);
        }
        out.push_str(close);
    }
    out
}

/// The whole guide as Markdown: `docs/set-up.md`.
pub fn markdown(rows: &[CapabilityRow], today: Date) -> String {
    let mut out = format!(
        "# Setting Microsoft up\n\nThe same text stands in Oriel under Account settings, Set-up guide; a test keeps the two alike. Compared with \
         what Microsoft documents on {CHECKED}.\n\n{LEAD}\n\n{WHOLE_TENANT}\n\n{}\n",
        advice::BY_SCRIPT
    );
    for (number, step) in (1..).zip(STEPS) {
        let _ = write!(out, "\n## {number}. {}\n\n", step.title);
        for paragraph in step.how {
            let _ = write!(out, "{paragraph}\n\n");
        }
        if let Some(resource) = step.permissions {
            out.push_str(&table(&needed(rows, resource, today)));
        }
        if let Some(once) = step.once {
            let _ = writeln!(out, "- In 2020: {once}");
        }
        let _ = writeln!(out, "- Who may: {}\n- How Oriel knows: {}", step.who, step.known);
    }
    out.push_str("\n## What the guide of 2020 said, and what it is today\n\n| in 2020 | today |\n| --- | --- |\n");
    for (then, now) in ONCE {
        let _ = writeln!(out, "| {then} | {now} |");
    }
    out.push_str("\n## Keep it narrow\n\n");
    for (title, text) in ADVICE {
        let _ = writeln!(out, "- **{title}** {text}");
    }
    out
}

fn table(needed: &[Needed]) -> String {
    let mut out = "| permission or role | for | reads | until |\n| --- | --- | --- | --- |\n".to_owned();
    for row in needed {
        let products: Vec<&str> = row.products.iter().map(|product| product.title()).collect();
        let until = row.until.as_deref().unwrap_or("no end known");
        let _ = writeln!(out, "| `{}` | {} | {} | {until} |", row.permission, products.join(", "), row.reads.join(" "));
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests;
