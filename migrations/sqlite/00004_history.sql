-- +goose Up
CREATE TABLE backfills (
    id           INTEGER NOT NULL PRIMARY KEY,
    job          TEXT    NOT NULL,
    from_text    TEXT    NOT NULL,
    to_text      TEXT    NOT NULL,
    asked        TEXT    NOT NULL,
    cursor_type  TEXT    NOT NULL,
    fingerprint  TEXT    NOT NULL,
    newest_first INTEGER NOT NULL,
    parallel     INTEGER NOT NULL,
    state        TEXT    NOT NULL,
    progress     TEXT    NOT NULL,
    created_at   TEXT    NOT NULL,
    updated_at   TEXT    NOT NULL,
    finished_at  TEXT    NOT NULL
);

CREATE TABLE slices (
    backfill_id   INTEGER NOT NULL,
    number        INTEGER NOT NULL,
    from_text     TEXT    NOT NULL,
    to_text       TEXT    NOT NULL,
    cursor_type   TEXT    NOT NULL,
    expected      INTEGER NOT NULL,
    cursor_text   TEXT    NOT NULL,
    row_key       TEXT    NOT NULL,
    position_type TEXT    NOT NULL,
    settled       INTEGER NOT NULL,
    done          INTEGER NOT NULL,
    PRIMARY KEY (backfill_id, number)
) WITHOUT ROWID;

-- Instants are microseconds since 1970.
CREATE TABLE quotas (
    account       TEXT    NOT NULL PRIMARY KEY,
    next_turn     INTEGER NOT NULL,
    paused_until  INTEGER NOT NULL,
    per_minute    REAL    NOT NULL,
    limited_until INTEGER NOT NULL
) WITHOUT ROWID;

ALTER TABLE locks ADD COLUMN yields INTEGER NOT NULL DEFAULT 0;
ALTER TABLE locks ADD COLUMN wanted_by TEXT NOT NULL DEFAULT '';
ALTER TABLE locks ADD COLUMN wanted_until TEXT NOT NULL DEFAULT '';
