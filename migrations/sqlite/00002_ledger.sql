-- +goose Up
CREATE TABLE interactions (
    job            TEXT NOT NULL,
    row_key        TEXT NOT NULL,
    interaction_id TEXT NOT NULL,
    remote_id      TEXT NOT NULL,
    hash           TEXT NOT NULL,
    field_hashes   TEXT NOT NULL,
    updated_at     TEXT NOT NULL,
    PRIMARY KEY (job, row_key)
) WITHOUT ROWID;
CREATE INDEX interactions_by_id ON interactions (job, interaction_id);

CREATE TABLE comments (
    job        TEXT NOT NULL,
    parent_key TEXT NOT NULL,
    row_key    TEXT NOT NULL,
    remote_id  TEXT NOT NULL,
    hash       TEXT NOT NULL,
    PRIMARY KEY (job, parent_key, row_key)
) WITHOUT ROWID;

CREATE TABLE files (
    hash       TEXT NOT NULL PRIMARY KEY,
    url        TEXT NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE rejects (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    job         TEXT    NOT NULL,
    stream      TEXT    NOT NULL,
    row_key     TEXT    NOT NULL,
    stage       TEXT    NOT NULL,
    field_name  TEXT    NOT NULL,
    column_name TEXT    NOT NULL,
    value_text  TEXT    NOT NULL,
    rule_text   TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    hash        TEXT    NOT NULL,
    first_seen  TEXT    NOT NULL,
    last_seen   TEXT    NOT NULL,
    attempts    INTEGER NOT NULL,
    UNIQUE (job, stream, row_key)
);
