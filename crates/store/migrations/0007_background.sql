-- How each table of a connection was when it was last looked at.
CREATE TABLE pulses (
    connection_id  TEXT NOT NULL,
    tenant_id      TEXT NOT NULL,
    -- `hunting`, or a workspace's GUID in lower case.
    place          TEXT NOT NULL,
    -- The table's label: its name, or the part of it that is read.
    table_name     TEXT NOT NULL,
    newest_at      BIGINT,
    -- Rows of the 24 hours before it was taken; absent where they could not be counted.
    rows_24h       BIGINT,
    -- What Microsoft told of it; absent where nothing was told.
    plan           TEXT,
    retention_days BIGINT,
    -- Why it could not be looked at, in a sentence.
    trouble        TEXT,
    -- Whether its owner has marked it as rightly quiet.
    quiet          BOOLEAN NOT NULL,
    taken_at       BIGINT NOT NULL,
    PRIMARY KEY (connection_id, place, table_name),
    FOREIGN KEY (connection_id, tenant_id) REFERENCES connections (id, tenant_id) ON DELETE CASCADE
);

-- How each thing of a connection stands, as far as it is known for certain: what the next look is compared with.
CREATE TABLE standings (
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    -- `connection`, `credential`, a capability's name, or `table:PLACE/TABLE`.
    subject       TEXT NOT NULL,
    state         TEXT NOT NULL,
    since_at      BIGINT NOT NULL,
    PRIMARY KEY (connection_id, subject)
);

-- What changed in how things stand.
CREATE TABLE changes (
    id            TEXT PRIMARY KEY,
    connection_id TEXT NOT NULL,
    tenant_id     TEXT NOT NULL,
    subject       TEXT NOT NULL,
    state_before  TEXT NOT NULL,
    state_after   TEXT NOT NULL,
    title         TEXT NOT NULL,
    changed_at    BIGINT NOT NULL,
    FOREIGN KEY (connection_id, tenant_id) REFERENCES connections (id, tenant_id) ON DELETE CASCADE
);
CREATE INDEX changes_newest ON changes (changed_at, id);
CREATE INDEX changes_of_connection ON changes (connection_id, changed_at, id);

-- Work in the background: who does it, and what is asked for.
CREATE TABLE jobs (
    name      TEXT PRIMARY KEY,
    -- When it was asked for; absent if nobody has.
    asked_at  BIGINT,
    -- The instance that holds it, until when: one that was killed loses it by itself.
    held_by   TEXT,
    until_at  BIGINT
);
