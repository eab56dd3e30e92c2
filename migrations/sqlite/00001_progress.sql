-- +goose Up
CREATE TABLE watermarks (
    job         TEXT NOT NULL,
    stream      TEXT NOT NULL,
    cursor_text TEXT NOT NULL,
    row_key     TEXT NOT NULL,
    cursor_type TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    updated_at  TEXT NOT NULL,
    PRIMARY KEY (job, stream)
) WITHOUT ROWID;

CREATE TABLE runs (
    id          TEXT NOT NULL PRIMARY KEY,
    job         TEXT NOT NULL,
    command     TEXT NOT NULL,
    status      TEXT NOT NULL,
    started_at  TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    summary     TEXT NOT NULL
);
CREATE INDEX runs_by_job ON runs (job, started_at);
CREATE INDEX runs_by_start ON runs (started_at);

CREATE TABLE batches (
    id            TEXT NOT NULL PRIMARY KEY,
    job           TEXT NOT NULL,
    run_id        TEXT NOT NULL,
    state         TEXT NOT NULL,
    remote_job_id TEXT NOT NULL,
    items         TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    sent_at       TEXT NOT NULL,
    job_seconds   REAL NOT NULL,
    updated_at    TEXT NOT NULL
);
CREATE INDEX batches_by_job ON batches (job, state, updated_at);
CREATE INDEX batches_by_state ON batches (state, updated_at);

CREATE TABLE locks (
    job         TEXT    NOT NULL PRIMARY KEY,
    owner       TEXT    NOT NULL,
    epoch       INTEGER NOT NULL,
    acquired_at TEXT    NOT NULL,
    expires_at  TEXT    NOT NULL
);
