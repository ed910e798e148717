-- Which tenants somebody may see. Who may see every tenant also sees those that come later.
ALTER TABLE people ADD COLUMN all_tenants BOOLEAN NOT NULL DEFAULT TRUE;
CREATE TABLE person_grants (
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    PRIMARY KEY (person_id, tenant_id)
);

-- A key may be narrower than its person, and is never wider.
ALTER TABLE keys ADD COLUMN all_tenants BOOLEAN NOT NULL DEFAULT TRUE;
CREATE TABLE key_grants (
    key_id    TEXT NOT NULL REFERENCES keys (id) ON DELETE CASCADE,
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    PRIMARY KEY (key_id, tenant_id)
);
