//! Names under which many unrelated people publish: a bad page there says nothing about the name.
//!
//! The public suffix list knows most of them (`github.io`); these are names that people share by path or by account
//! and that are no public suffixes. The list errs on the short side: a name that is missing is merely judged like any other.

const SHARED: &[&str] = &[
    "1drv.ms",
    "amazonaws.com",
    "api.telegram.org",
    "archive.org",
    "bit.ly",
    "bitbucket.org",
    "box.com",
    "cdn.discordapp.com",
    "cdn.jsdelivr.net",
    "cloudflare-ipfs.com",
    "discord.com",
    "discord.gg",
    "discordapp.com",
    "dl.dropboxusercontent.com",
    "docs.google.com",
    "drive.google.com",
    "drive.usercontent.google.com",
    "dropbox.com",
    "forms.gle",
    "forms.office.com",
    "gist.github.com",
    "gist.githubusercontent.com",
    "github.com",
    "gitlab.com",
    "goo.gl",
    "google.com",
    "ipfs.io",
    "is.gd",
    "linkedin.com",
    "login.microsoftonline.com",
    "mail.google.com",
    "mail.yahoo.com",
    "mediafire.com",
    "mega.nz",
    "objects.githubusercontent.com",
    "onedrive.live.com",
    "outlook.live.com",
    "outlook.office.com",
    "outlook.office365.com",
    "pastebin.com",
    "raw.githubusercontent.com",
    "rebrand.ly",
    "rentry.co",
    "s3.amazonaws.com",
    "safelinks.protection.outlook.com",
    "script.google.com",
    "sharepoint.com",
    "sites.google.com",
    "sourceforge.net",
    "storage.googleapis.com",
    "t.co",
    "t.me",
    "telegra.ph",
    "tinyurl.com",
    "transfer.sh",
    "trello.com",
    "urldefense.com",
    "wetransfer.com",
    "www.bing.com",
    "www.dropbox.com",
    "www.google.com",
    "youtube.com",
];

/// Whether the name is one of them, or one with `www.` before it.
pub(super) fn is_shared(name: &str) -> bool {
    SHARED.binary_search(&name).is_ok()
        || name.strip_prefix("www.").is_some_and(|bare| SHARED.binary_search(&bare).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_for_the_binary_search() {
        assert!(SHARED.is_sorted());
    }

    #[test]
    fn a_name_below_a_shared_one_is_a_name_of_its_own() {
        assert!(is_shared("www.github.com"));
        assert!(!is_shared("somebody.sharepoint.com"));
        assert!(!is_shared("evil.example"));
    }
}
