-- +goose Up
-- When a job is to run. Instants are of the clock of those who share the state.
CREATE TABLE schedules (
    job       TEXT    NOT NULL PRIMARY KEY,
    spec      TEXT    NOT NULL,
    next_due  TEXT    NOT NULL,
    due       TEXT    NOT NULL,
    doing     TEXT    NOT NULL,
    wanted    TEXT    NOT NULL,
    paused_at TEXT    NOT NULL,
    skips     INTEGER NOT NULL,
    skip_run  TEXT    NOT NULL
) WITHOUT ROWID;

-- What is known of a job, and what somebody is to be told of it.
CREATE TABLE standings (
    job      TEXT    NOT NULL PRIMARY KEY,
    standing TEXT    NOT NULL
) WITHOUT ROWID;

CREATE TABLE notices (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    job        TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    created_at TEXT    NOT NULL,
    due_at     TEXT    NOT NULL,
    attempts   INTEGER NOT NULL
);
CREATE INDEX notices_by_due ON notices (due_at);

-- The processes that stay. Instants are by this database's clock.
CREATE TABLE pulses (
    owner    TEXT    NOT NULL PRIMARY KEY,
    since_at TEXT    NOT NULL,
    last_at  TEXT    NOT NULL
) WITHOUT ROWID;

-- What the runs brought that ended on a day, in UTC.
CREATE TABLE days (
    job           TEXT    NOT NULL,
    day           TEXT    NOT NULL,
    new_rows      INTEGER NOT NULL,
    changed_rows  INTEGER NOT NULL,
    rejected_rows INTEGER NOT NULL,
    PRIMARY KEY (job, day)
) WITHOUT ROWID;
