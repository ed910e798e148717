//! Domains and networks of the organisation, as people type them and as they are taken from an offer.

use search::own::{self, Asset};
use store::own_assets::{How, New};

use crate::error::FieldError;
use crate::markup;

/// How many are added at once.
const MOST: usize = 200;
/// The longest note, in characters.
pub const LONGEST_NOTE: usize = 120;

/// Reads what was typed, an asset a line, with one note on all of them. Each line that is none is told by its number.
pub fn read(field: &'static str, lines: &str, note: &str) -> Result<Vec<New>, Vec<FieldError>> {
    let note = note_of(note)?;
    let typed =
        || lines.lines().enumerate().map(|(at, line)| (at + 1, line.trim())).filter(|(_, line)| !line.is_empty());
    if typed().count() == 0 {
        return Err(vec![FieldError::new(field, "Write at least one domain, address or network.")]);
    }
    if typed().count() > MOST {
        return Err(vec![FieldError::new(
            field,
            format!("These are more than {MOST} lines. Add them in several steps."),
        )]);
    }
    let several = lines.trim().lines().count() > 1;
    let (mut assets, mut errors) = (Vec::<New>::new(), Vec::new());
    for (number, line) in typed() {
        match own::read(line) {
            Ok(asset) if assets.iter().any(|known| known.asset == asset) => {}
            Ok(asset) => assets.push(New { asset, note: note.clone(), how: How::Typed }),
            Err(error) => {
                let line = if several { format!("Line {number}: ") } else { String::new() };
                errors.push(FieldError::new(field, format!("{line}{}", markup::clean(&error.to_string()))));
            }
        }
    }
    if errors.is_empty() { Ok(assets) } else { Err(errors) }
}

/// Those of an offer that were ticked.
pub fn taken(values: &[String], note: &str) -> Result<Vec<New>, Vec<FieldError>> {
    let note = note_of(note)?;
    let read =
        |value: &String| own::read(value).map_err(|error| FieldError::new("take", markup::clean(&error.to_string())));
    let assets: Result<Vec<Asset>, FieldError> = values.iter().take(MOST).map(read).collect();
    let assets = assets.map_err(|error| vec![error])?;
    if assets.is_empty() {
        return Err(vec![FieldError::new("take", "Tick at least one of them, or leave the page as it is.")]);
    }
    Ok(assets.into_iter().map(|asset| New { asset, note: note.clone(), how: How::Offered }).collect())
}

fn note_of(note: &str) -> Result<String, Vec<FieldError>> {
    let note = markup::clean(note.trim());
    match note.chars().count() {
        length if length > LONGEST_NOTE => {
            Err(vec![FieldError::new("note", format!("The note has {length} characters; {LONGEST_NOTE} is the most."))])
        }
        _ => Ok(note),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_line_is_an_asset_and_one_that_is_none_is_told_by_its_number() {
        let read = |lines: &str| super::read("values", lines, " Head office ");
        let assets = read("northwind.example\n\n 203.0.113.0/24 \nNorthwind.example.").unwrap();
        let values: Vec<_> = assets.iter().map(|new| (new.asset.value(), new.note.as_str())).collect();
        assert_eq!(values, [("northwind.example".into(), "Head office"), ("203.0.113.0/24".into(), "Head office")]);
        let errors = read("northwind.example\n0.0.0.0/0\nwhat is this").unwrap_err();
        let said: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
        assert!(said.len() == 2 && said[0].starts_with("Line 2: ") && said[1].starts_with("Line 3: "), "{said:?}");
        assert!(!read("0.0.0.0/0").unwrap_err()[0].message.contains("Line"), "the only line needs no number");
        assert!(read(" \n ").unwrap_err()[0].message.starts_with("Write at least one"));
        assert_eq!(super::read("values", "a.example", &"x".repeat(121)).unwrap_err()[0].field, "note");
        assert_eq!(super::taken(&[], "").unwrap_err()[0].field, "take");
    }
}
