-- What belongs to the organisation: domains (each with everything below) and networks. Flagged in reports, never assessed.
CREATE TABLE own_assets (
    id         TEXT PRIMARY KEY,
    tenant_id  TEXT NOT NULL REFERENCES tenants (id),
    kind       TEXT NOT NULL CHECK (kind IN ('domain', 'network')),
    -- Canonical: a name of ASCII labels, or the first address of a network and its length (203.0.113.0/24).
    value      TEXT NOT NULL,
    -- What it is, in its owner's words; empty where nothing was written.
    note       TEXT NOT NULL,
    -- Whether somebody typed it, or took it from what devices use.
    how        TEXT NOT NULL CHECK (how IN ('typed', 'offered')),
    -- Who added it; absent where it was no person, and where the person was forgotten.
    created_by TEXT REFERENCES people (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (tenant_id, kind, value)
);
