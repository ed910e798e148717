-- How a connection signs in. It holds one that is in use, and perhaps another that is being put in its place.
CREATE TABLE credentials (
    id            TEXT PRIMARY KEY,
    connection_id TEXT NOT NULL,
    tenant_id     TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('secret', 'certificate', 'managed_identity', 'federated_token')),
    -- What is secret in it, sealed by the vault; empty where nothing is.
    sealed        BYTEA NOT NULL,
    -- The public part of a certificate, PEM.
    certificate   TEXT,
    -- The client ID of a user-assigned managed identity.
    identity      TEXT,
    -- The day on which it ends, as ISO 8601 writes it.
    ends          TEXT,
    in_use        BOOLEAN NOT NULL,
    created_at    BIGINT NOT NULL,
    FOREIGN KEY (connection_id, tenant_id) REFERENCES connections (id, tenant_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX credentials_in_use ON credentials (connection_id) WHERE in_use;
CREATE INDEX credentials_connection ON credentials (connection_id);

-- What was sealed stays sealed: the vault binds it to the words under which it was kept until now, and to this id.
INSERT INTO credentials (id, connection_id, tenant_id, kind, sealed, certificate, identity, ends, in_use, created_at)
SELECT id, id, tenant_id, 'secret', secret_sealed, NULL, NULL, secret_ends, TRUE, updated_at FROM connections;

ALTER TABLE connections DROP COLUMN secret_sealed;
ALTER TABLE connections DROP COLUMN secret_ends;

-- JSON: what follows from the checks, a line for each capability.
ALTER TABLE validations ADD COLUMN follows TEXT NOT NULL DEFAULT '[]';
