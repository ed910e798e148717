-- JSON: names of the capabilities whose tables are rightly quiet, by the owner's word: an old newest row is no gap there.
ALTER TABLE connections ADD COLUMN quiet TEXT NOT NULL DEFAULT '[]';
