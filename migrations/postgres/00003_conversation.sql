-- +goose Up
ALTER TABLE batches ADD COLUMN kind TEXT NOT NULL DEFAULT 'bulk';
ALTER TABLE interactions ADD COLUMN run_id TEXT NOT NULL DEFAULT '';
ALTER TABLE rejects ADD COLUMN dismissed_at TEXT COLLATE "C" NOT NULL DEFAULT '';

CREATE TABLE jobs (
    job            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    integration_id TEXT NOT NULL,
    adopting       TEXT NOT NULL
);
