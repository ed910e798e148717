//! What every page has around its content: the header with the search box, the account menu, the foot.

/// Which part of Oriel a page belongs to; its link in the header is marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Section {
    /// Home and reports.
    #[default]
    Search,
    /// Account settings, with the Microsoft Graph Integration.
    Settings,
    /// The page about the API.
    Api,
    /// The audit.
    Audit,
    /// People.
    People,
}

/// Who is signed in, as the header shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The name that signs in.
    pub name: String,
    /// `owner`, `analyst`, `viewer` or `auditor`.
    pub role: String,
}

impl Who {
    /// Whether the menu leads to the page about people.
    pub fn manages(&self) -> bool {
        self.role == "owner"
    }

    /// Whether the menu leads to the audit.
    pub fn audits(&self) -> bool {
        matches!(self.role.as_str(), "owner" | "auditor")
    }
}

/// What `base.html` needs. Every page's struct has one in a field called `frame`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The title of the page, without the product's name.
    pub title: String,
    /// Who is signed in; without it the page has neither search box nor menu.
    pub who: Option<Who>,
    /// Whether the page has the search box in its content, so that the header goes without.
    pub home: bool,
    /// What stands in the search box.
    pub query: String,
    /// Whether the search was a quiet one; the next from this page is one too, unless somebody says otherwise.
    pub quiet: bool,
    /// The part of Oriel that the page belongs to.
    pub section: Section,
    /// A page to load anew after some seconds where there is no JavaScript: (seconds, address).
    pub refresh: Option<(u32, String)>,
}

impl Frame {
    /// A page before sign-in, or an error page.
    pub fn bare(title: impl Into<String>) -> Frame {
        Frame { title: title.into(), ..Frame::default() }
    }

    /// A page for somebody who is signed in.
    pub fn signed_in(title: impl Into<String>, name: impl Into<String>, role: impl Into<String>) -> Frame {
        Frame { who: Some(Who { name: name.into(), role: role.into() }), ..Frame::bare(title) }
    }

    /// Marks the part of Oriel that the page belongs to.
    #[must_use]
    pub fn section(mut self, section: Section) -> Frame {
        self.section = section;
        self
    }

    /// Fills the search box.
    #[must_use]
    pub fn query(mut self, query: impl Into<String>) -> Frame {
        self.query = query.into();
        self
    }

    /// Says whether the search was a quiet one.
    #[must_use]
    pub fn quiet(mut self, quiet: bool) -> Frame {
        self.quiet = quiet;
        self
    }
}
