//! The same device or account under a long and a short name stands once.

use crate::{Details, Finding};

/// Drops what a fuller name in the same finding says already.
///
/// Records name one device "fin-014.northwind.example" and "fin-014", and one account "anna.berg@northwind.example" and
/// "NORTHWIND\anna.berg". Within one finding the short name is taken for the same thing; the full one stays.
pub(super) fn once(finding: &mut Finding) {
    match &mut finding.details {
        Details::Alert { devices, accounts, .. } | Details::Sighting { devices, accounts, .. } => {
            fullest(devices, device);
            fullest(accounts, account);
        }
        Details::Device { accounts, .. } => fullest(accounts, account),
        _ => {}
    }
}

/// A name's short form, and whether it says no more than that.
type Short = fn(&str) -> (&str, bool);

/// "fin-014.northwind.example" → "fin-014".
fn device(name: &str) -> (&str, bool) {
    name.split_once('.').map_or((name, true), |(label, _)| (label, false))
}

/// "anna.berg@northwind.example" → "anna.berg"; "NORTHWIND\anna.berg" says no more than its second half.
fn account(name: &str) -> (&str, bool) {
    match name.split_once('@') {
        Some((local, _)) => (local, false),
        None => (name.rsplit('\\').next().unwrap_or(name), true),
    }
}

fn fullest(names: &mut Vec<String>, short: Short) {
    let all = std::mem::take(names);
    for (at, name) in all.iter().enumerate() {
        let (own, is_short) = short(name);
        let fuller = |other: &String| {
            let (theirs, other_is_short) = short(other);
            is_short && !other_is_short && theirs.eq_ignore_ascii_case(own)
        };
        let repeated = all[..at].iter().any(|earlier| earlier.eq_ignore_ascii_case(name));
        if !repeated && !all.iter().any(fuller) {
            names.push(name.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made::alert;
    use crate::merge::merge;

    fn kept(names: &[&str], short: Short) -> Vec<String> {
        let mut names = names.iter().map(|name| (*name).to_owned()).collect();
        fullest(&mut names, short);
        names
    }

    #[test]
    fn a_short_name_goes_where_its_full_one_stands() {
        assert_eq!(kept(&["fin-014", "FIN-014.northwind.example", "fin-014"], device), ["FIN-014.northwind.example"]);
        assert_eq!(kept(&["fin-014", "fin-0145.northwind.example"], device).len(), 2, "another device");
        assert_eq!(kept(&["a.one.example", "a.two.example"], device).len(), 2, "two full names are two devices");
        assert_eq!(kept(&["fin-014", "FIN-014"], device), ["fin-014"]);
        let upn = "anna.berg@northwind.example";
        assert_eq!(kept(&["anna.berg", upn, "NORTHWIND\\Anna.Berg", "otto"], account), [upn, "otto"]);
        assert_eq!(kept(&["NORTHWIND\\otto"], account), ["NORTHWIND\\otto"], "nothing fuller is known");
    }

    #[test]
    fn it_holds_for_one_record_and_for_two_that_are_merged() {
        let named = |device: &[&str], account: &[&str]| {
            let mut finding = alert("a");
            if let Details::Alert { devices, accounts, .. } = &mut finding.details {
                devices.extend(device.iter().map(|name| (*name).to_owned()));
                accounts.extend(account.iter().map(|name| (*name).to_owned()));
            }
            finding
        };
        let twice = named(&["b", "b.example"], &[]);
        let long = named(&["fin-014.northwind.example"], &["anna.berg@northwind.example"]);
        let short = named(&["fin-014"], &["anna.berg"]);
        let merged = merge([&twice]).remove(0);
        let Details::Alert { devices, .. } = &merged.details else { panic!("an alert") };
        assert_eq!(devices, &["b.example"]);
        let merged = merge([&short, &long]).remove(0);
        let Details::Alert { devices, accounts, .. } = &merged.details else { panic!("an alert") };
        assert_eq!((devices.len(), accounts.len()), (1, 1), "{devices:?} {accounts:?}");
    }
}
