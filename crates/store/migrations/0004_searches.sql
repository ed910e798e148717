-- What somebody searched, once for each value: the list is private to the person.
CREATE TABLE searches (
    id          TEXT PRIMARY KEY,
    person_id   TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    -- 'domain' or 'ip', and the canonical value.
    kind        TEXT NOT NULL,
    value       TEXT NOT NULL,
    -- The level of the assessment of the last time.
    level       TEXT NOT NULL,
    -- How often, and when last.
    times       BIGINT NOT NULL,
    searched_at BIGINT NOT NULL,
    UNIQUE (person_id, kind, value)
);
CREATE INDEX searches_recent ON searches (person_id, searched_at, id);
