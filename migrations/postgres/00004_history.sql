-- +goose Up
CREATE TABLE backfills (
    id           BIGINT NOT NULL PRIMARY KEY,
    job          TEXT COLLATE "C" NOT NULL,
    from_text    TEXT NOT NULL,
    to_text      TEXT NOT NULL,
    asked        TEXT NOT NULL,
    cursor_type  TEXT NOT NULL,
    fingerprint  TEXT NOT NULL,
    newest_first INTEGER NOT NULL,
    parallel     INTEGER NOT NULL,
    state        TEXT COLLATE "C" NOT NULL,
    progress     TEXT NOT NULL,
    created_at   TEXT COLLATE "C" NOT NULL,
    updated_at   TEXT NOT NULL,
    finished_at  TEXT NOT NULL
);

CREATE TABLE slices (
    backfill_id   BIGINT NOT NULL,
    number        INTEGER NOT NULL,
    from_text     TEXT NOT NULL,
    to_text       TEXT NOT NULL,
    cursor_type   TEXT NOT NULL,
    expected      BIGINT NOT NULL,
    cursor_text   TEXT NOT NULL,
    row_key       TEXT NOT NULL,
    position_type TEXT NOT NULL,
    settled       BIGINT NOT NULL,
    done          INTEGER NOT NULL,
    PRIMARY KEY (backfill_id, number)
);

-- Instants are microseconds since 1970.
CREATE TABLE quotas (
    account       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    next_turn     BIGINT NOT NULL,
    paused_until  BIGINT NOT NULL,
    per_minute    DOUBLE PRECISION NOT NULL,
    limited_until BIGINT NOT NULL
);

ALTER TABLE locks ADD COLUMN yields INTEGER NOT NULL DEFAULT 0;
ALTER TABLE locks ADD COLUMN wanted_by TEXT NOT NULL DEFAULT '';
ALTER TABLE locks ADD COLUMN wanted_until TEXT COLLATE "C" NOT NULL DEFAULT '';
