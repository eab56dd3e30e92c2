-- +goose Up
-- What is compared or ordered is COLLATE "C": byte for byte, whatever the database's locale.
CREATE TABLE watermarks (
    job         TEXT COLLATE "C" NOT NULL,
    stream      TEXT COLLATE "C" NOT NULL,
    cursor_text TEXT NOT NULL,
    row_key     TEXT NOT NULL,
    cursor_type TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    updated_at  TEXT NOT NULL,
    PRIMARY KEY (job, stream)
);

CREATE TABLE runs (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    job         TEXT COLLATE "C" NOT NULL,
    command     TEXT NOT NULL,
    status      TEXT NOT NULL,
    started_at  TEXT COLLATE "C" NOT NULL,
    finished_at TEXT NOT NULL,
    summary     TEXT NOT NULL
);
CREATE INDEX runs_by_job ON runs (job, started_at);
CREATE INDEX runs_by_start ON runs (started_at);

CREATE TABLE batches (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    job           TEXT COLLATE "C" NOT NULL,
    run_id        TEXT NOT NULL,
    state         TEXT COLLATE "C" NOT NULL,
    remote_job_id TEXT NOT NULL,
    items         TEXT NOT NULL,
    created_at    TEXT COLLATE "C" NOT NULL,
    sent_at       TEXT NOT NULL,
    job_seconds   DOUBLE PRECISION NOT NULL,
    updated_at    TEXT COLLATE "C" NOT NULL
);
CREATE INDEX batches_by_job ON batches (job, state, updated_at);
CREATE INDEX batches_by_state ON batches (state, updated_at);

CREATE TABLE locks (
    job         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    owner       TEXT NOT NULL,
    epoch       BIGINT NOT NULL,
    acquired_at TEXT COLLATE "C" NOT NULL,
    expires_at  TEXT COLLATE "C" NOT NULL
);
