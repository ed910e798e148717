-- Processes that serve from this database. Each renews its row while it lives; one that was killed stops counting by itself.
CREATE TABLE instances (
    id       TEXT PRIMARY KEY,
    -- Until when it counts as alive, unless it is heard of again.
    until_at BIGINT NOT NULL
);

-- Pauses that Microsoft asked one instance for, and which hold for all.
CREATE TABLE throttles (
    -- Whose calls are counted together: interface, tenant, app, cloud.
    key      TEXT PRIMARY KEY,
    -- What Microsoft said.
    why      TEXT NOT NULL,
    until_at BIGINT NOT NULL
);
