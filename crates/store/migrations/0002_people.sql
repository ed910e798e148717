-- People, and the three ways in: the one-time link, a session, an API key. Of each of those only a SHA-256 is kept.
CREATE TABLE people (
    id              TEXT PRIMARY KEY,
    name            TEXT NOT NULL,
    -- The name as it is compared: folded by Rust.
    name_key        TEXT NOT NULL UNIQUE,
    role            TEXT NOT NULL CHECK (role IN ('owner', 'analyst', 'viewer', 'auditor')),
    -- Argon2id, in PHC form.
    password_hash   TEXT NOT NULL,
    password_set_at BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    disabled_at     BIGINT
);

-- One row at most: a new link makes the one before void.
CREATE TABLE first_start (
    id         BIGINT PRIMARY KEY CHECK (id = 1),
    hash       BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    hash         BYTEA PRIMARY KEY,
    person_id    TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX sessions_person ON sessions (person_id);
CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE keys (
    id           TEXT PRIMARY KEY,
    hash         BYTEA NOT NULL UNIQUE,
    person_id    TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    label        TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at   BIGINT
);
CREATE INDEX keys_person ON keys (person_id);
