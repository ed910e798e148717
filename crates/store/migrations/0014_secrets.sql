-- Secrets of the instance that are no credential of a connection: the key of the stand-ins for people.
CREATE TABLE secrets (
    name       TEXT PRIMARY KEY,
    -- Sealed by the vault, with this table, the name and the column as associated data.
    sealed     BYTEA NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Who may see the names behind the stand-ins, beside owners.
CREATE TABLE unmasking_rights (
    person_id  TEXT PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    granted_at BIGINT NOT NULL
);

-- Sessions in which somebody has said why the names are needed. The reason stands in the audit.
CREATE TABLE unmaskings (
    session_id  TEXT PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    unmasked_at BIGINT NOT NULL,
    until_at    BIGINT NOT NULL
);
CREATE INDEX unmaskings_until ON unmaskings (until_at);
