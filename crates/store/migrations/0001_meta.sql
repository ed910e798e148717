-- One row: what this database knows about itself.
CREATE TABLE meta (
    id                  BIGINT PRIMARY KEY CHECK (id = 1),
    -- The keyring that seals secrets in here; absent until the first start has made or found one.
    keyring_fingerprint TEXT,
    -- Raised by every change of a connection, in its transaction: all instances build their sources anew.
    connections_version BIGINT NOT NULL
);

INSERT INTO meta (id, keyring_fingerprint, connections_version) VALUES (1, NULL, 0);
