-- What people did, one entry after the other. Each hash seals the entry and the hash before it, so that none can be changed,
-- taken out or put in between without the rest telling. What an entry says is deleted when its time is over; the seal stays.
CREATE TABLE audit (
    -- 1, 2, 3 … without a gap.
    number       BIGINT PRIMARY KEY,
    happened_at  BIGINT NOT NULL,
    -- What happened, as JSON, and what keeps its hash from being guessed once it is gone. Both go together.
    content      TEXT,
    salt         BYTEA,
    -- SHA-256 of the salt and the content.
    content_hash BYTEA NOT NULL,
    -- SHA-256 of the hash before, the number, the time and the hash of the content.
    hash         BYTEA NOT NULL
);
CREATE INDEX audit_content ON audit (happened_at) WHERE content IS NOT NULL;

-- One row: the end of the chain. Whoever writes an entry changes it, so entries come one after the other.
CREATE TABLE audit_head (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    number BIGINT NOT NULL,
    -- Absent before the first entry.
    hash   BYTEA
);
INSERT INTO audit_head (id, number, hash) VALUES (1, 0, NULL);
