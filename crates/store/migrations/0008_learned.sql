-- What was found out about a connection where Microsoft's documents leave a question open: its newest answer.
CREATE TABLE learned (
    connection_id TEXT NOT NULL,
    tenant_id     TEXT NOT NULL,
    -- What was asked: `evidence_ip`.
    question      TEXT NOT NULL,
    -- The code of the answer: `evidence_ip_finds`.
    answer        TEXT NOT NULL,
    learned_at    BIGINT NOT NULL,
    PRIMARY KEY (connection_id, question),
    FOREIGN KEY (connection_id, tenant_id) REFERENCES connections (id, tenant_id) ON DELETE CASCADE
);
