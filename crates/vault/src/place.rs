//! Where a sealed secret belongs.

/// Where a sealed secret belongs: it opens there and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The table.
    pub table: String,
    /// The id of the row.
    pub row: String,
    /// The column.
    pub column: String,
}

impl From<[String; 3]> for Place {
    fn from([table, row, column]: [String; 3]) -> Place {
        Place { table, row, column }
    }
}

impl Place {
    /// The place as associated data. Each part comes with its length, so that no two places are written alike.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in [&self.table, &self.row, &self.column] {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_places_are_written_alike() {
        let place = |parts: [&str; 3]| Place::from(parts.map(str::to_owned)).bytes();
        assert_ne!(place(["ab", "c", "d"]), place(["a", "bc", "d"]));
        assert_ne!(place(["a", "b", ""]), place(["a", "", "b"]));
        assert_eq!(place(["a", "b", "c"]), place(["a", "b", "c"]));
    }
}
