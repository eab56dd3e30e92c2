-- +goose NO TRANSACTION
-- +goose Up
-- When a job is to run. Instants are of the clock of those who share the state.
CREATE TABLE IF NOT EXISTS schedules (
    job       VARBINARY(400) NOT NULL PRIMARY KEY,
    spec      LONGTEXT NOT NULL,
    next_due  VARBINARY(24) NOT NULL,
    due       VARBINARY(24) NOT NULL,
    doing     LONGTEXT NOT NULL,
    wanted    LONGTEXT NOT NULL,
    paused_at VARBINARY(24) NOT NULL,
    skips     INTEGER NOT NULL,
    skip_run  LONGTEXT NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What is known of a job, and what somebody is to be told of it.
CREATE TABLE IF NOT EXISTS standings (
    job      VARBINARY(400) NOT NULL PRIMARY KEY,
    standing LONGTEXT NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS notices (
    id         BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    job        VARBINARY(400) NOT NULL,
    body       LONGTEXT NOT NULL,
    created_at VARBINARY(24) NOT NULL,
    due_at     VARBINARY(24) NOT NULL,
    attempts   INTEGER NOT NULL,
    KEY notices_by_due (due_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The processes that stay. Instants are by this database's clock.
CREATE TABLE IF NOT EXISTS pulses (
    owner    VARBINARY(400) NOT NULL PRIMARY KEY,
    since_at VARBINARY(24) NOT NULL,
    last_at  VARBINARY(24) NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What the runs brought that ended on a day, in UTC.
CREATE TABLE IF NOT EXISTS days (
    job           VARBINARY(400) NOT NULL,
    day           VARBINARY(10) NOT NULL,
    new_rows      BIGINT NOT NULL,
    changed_rows  BIGINT NOT NULL,
    rejected_rows BIGINT NOT NULL,
    PRIMARY KEY (job, day)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
