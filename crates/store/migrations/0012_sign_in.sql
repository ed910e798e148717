-- How people come in: by a password of Oriel's, or through a provider of single sign-on; and what a password is joined by.

-- Who somebody is at the provider: both or neither. An empty password hash: nobody signs in by password as this person.
ALTER TABLE people ADD COLUMN sso_issuer TEXT;
ALTER TABLE people ADD COLUMN sso_subject TEXT;
-- When the person last came in through the provider, and when by whichever way.
ALTER TABLE people ADD COLUMN sso_seen_at BIGINT;
ALTER TABLE people ADD COLUMN signed_in_at BIGINT;
-- The password was chosen by somebody else: the person chooses another before anything else.
ALTER TABLE people ADD COLUMN password_given BOOLEAN NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX people_sso ON people (sso_issuer, sso_subject);

-- A session is named by an id, and says where it comes from. Those of an older Oriel end: everybody signs in once more.
DELETE FROM sessions;
ALTER TABLE sessions ADD COLUMN id TEXT;
ALTER TABLE sessions ADD COLUMN opened_by TEXT NOT NULL DEFAULT 'password';
-- When the person last proved who they are; absent: when the session was opened.
ALTER TABLE sessions ADD COLUMN proven_at BIGINT;
ALTER TABLE sessions ADD COLUMN address TEXT;
-- What the browser said of itself, shortened.
ALTER TABLE sessions ADD COLUMN agent TEXT;
CREATE UNIQUE INDEX sessions_id ON sessions (id);

-- Codes of an authenticator (TOTP, RFC 6238), one for each person.
CREATE TABLE second_factors (
    person_id    TEXT PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    -- The secret, sealed by the vault.
    sealed       BYTEA NOT NULL,
    -- When a first code was right; until then nothing is asked for.
    confirmed_at BIGINT,
    -- The newest step of half a minute whose code was taken: no code is taken twice.
    newest_step  BIGINT NOT NULL,
    created_at   BIGINT NOT NULL
);

-- What is typed where the authenticator is lost. Of each only a SHA-256 is kept.
CREATE TABLE recovery_codes (
    person_id TEXT NOT NULL REFERENCES second_factors (person_id) ON DELETE CASCADE,
    hash      BYTEA NOT NULL,
    used_at   BIGINT,
    PRIMARY KEY (person_id, hash)
);
