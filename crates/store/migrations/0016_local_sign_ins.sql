-- Sign-ins by password where that is for emergencies only: owners are told of each for a week.
CREATE TABLE local_sign_ins (
    id           TEXT PRIMARY KEY,
    person_id    TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    address      TEXT,
    signed_in_at BIGINT NOT NULL
);
CREATE INDEX local_sign_ins_at ON local_sign_ins (signed_in_at);
