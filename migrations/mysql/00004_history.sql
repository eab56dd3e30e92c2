-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE IF NOT EXISTS backfills (
    id           BIGINT NOT NULL PRIMARY KEY,
    job          VARBINARY(400) NOT NULL,
    from_text    LONGTEXT NOT NULL,
    to_text      LONGTEXT NOT NULL,
    asked        LONGTEXT NOT NULL,
    cursor_type  LONGTEXT NOT NULL,
    fingerprint  LONGTEXT NOT NULL,
    newest_first INTEGER NOT NULL,
    parallel     INTEGER NOT NULL,
    state        VARBINARY(20) NOT NULL,
    progress     LONGTEXT NOT NULL,
    created_at   VARBINARY(24) NOT NULL,
    updated_at   VARBINARY(24) NOT NULL,
    finished_at  VARBINARY(24) NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS slices (
    backfill_id   BIGINT NOT NULL,
    number        INTEGER NOT NULL,
    from_text     LONGTEXT NOT NULL,
    to_text       LONGTEXT NOT NULL,
    cursor_type   LONGTEXT NOT NULL,
    expected      BIGINT NOT NULL,
    cursor_text   LONGTEXT NOT NULL,
    row_key       LONGTEXT NOT NULL,
    position_type LONGTEXT NOT NULL,
    settled       BIGINT NOT NULL,
    done          INTEGER NOT NULL,
    PRIMARY KEY (backfill_id, number)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Instants are microseconds since 1970.
CREATE TABLE IF NOT EXISTS quotas (
    account       VARBINARY(255) NOT NULL PRIMARY KEY,
    next_turn     BIGINT NOT NULL,
    paused_until  BIGINT NOT NULL,
    per_minute    DOUBLE NOT NULL,
    limited_until BIGINT NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One statement, so that either all three columns are there or none.
SET @addition = (SELECT IF(count(*) > 0, 'DO 0', 'ALTER TABLE locks
        ADD COLUMN yields INTEGER NOT NULL DEFAULT 0,
        ADD COLUMN wanted_by VARCHAR(255) NOT NULL DEFAULT '''',
        ADD COLUMN wanted_until VARBINARY(24) NOT NULL DEFAULT ''''')
    FROM information_schema.columns
    WHERE table_schema = database() AND table_name = 'locks' AND column_name = 'wanted_until');
PREPARE addition FROM @addition;
EXECUTE addition;
DEALLOCATE PREPARE addition;
