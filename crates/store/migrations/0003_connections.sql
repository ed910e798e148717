-- A Microsoft directory in its cloud. Everything that is known about one carries its id.
CREATE TABLE tenants (
    id         TEXT PRIMARY KEY,
    cloud      TEXT NOT NULL,
    -- Lower case.
    guid       TEXT NOT NULL,
    -- What Microsoft calls it, once that is known.
    name       TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (cloud, guid)
);

-- An app registration for one product of one tenant.
CREATE TABLE connections (
    id            TEXT PRIMARY KEY,
    tenant_id     TEXT NOT NULL REFERENCES tenants (id),
    product       TEXT NOT NULL,
    label         TEXT NOT NULL,
    client_id     TEXT NOT NULL,
    -- Sealed by the vault, with this table, row and column as associated data.
    secret_sealed BYTEA NOT NULL,
    -- JSON: [{"id": GUID, "label": TEXT}], in the order in which they were typed.
    workspaces    TEXT NOT NULL,
    -- JSON: names of the capabilities that are not asked.
    switched_off  TEXT NOT NULL,
    -- The day on which the secret ends, as ISO 8601 writes it.
    secret_ends   TEXT,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    -- For the references that carry the tenant along.
    UNIQUE (id, tenant_id)
);
CREATE INDEX connections_tenant ON connections (tenant_id);

-- What was found when a connection was last tried.
CREATE TABLE validations (
    connection_id TEXT PRIMARY KEY,
    tenant_id     TEXT NOT NULL,
    status        TEXT NOT NULL,
    -- JSON: the checks.
    checks        TEXT NOT NULL,
    validated_at  BIGINT NOT NULL,
    FOREIGN KEY (connection_id, tenant_id) REFERENCES connections (id, tenant_id) ON DELETE CASCADE
);
