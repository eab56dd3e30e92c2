-- +goose NO TRANSACTION
-- +goose Up
-- What is compared or ordered is VARBINARY: every collation, utf8mb4_bin too, takes 'a' and 'a ' for equal. DDL is not
-- transactional here, so every statement can be repeated after a crash between two of them.
CREATE TABLE IF NOT EXISTS watermarks (
    job         VARBINARY(400) NOT NULL,
    stream      VARBINARY(100) NOT NULL,
    cursor_text LONGTEXT NOT NULL,
    row_key     LONGTEXT NOT NULL,
    cursor_type LONGTEXT NOT NULL,
    fingerprint LONGTEXT NOT NULL,
    updated_at  VARBINARY(24) NOT NULL,
    PRIMARY KEY (job, stream)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS runs (
    id          VARBINARY(400) NOT NULL PRIMARY KEY,
    job         VARBINARY(400) NOT NULL,
    command     LONGTEXT NOT NULL,
    status      LONGTEXT NOT NULL,
    started_at  VARBINARY(24) NOT NULL,
    finished_at VARBINARY(24) NOT NULL,
    summary     LONGTEXT NOT NULL,
    KEY runs_by_job (job, started_at),
    KEY runs_by_start (started_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS batches (
    id            VARBINARY(400) NOT NULL PRIMARY KEY,
    job           VARBINARY(400) NOT NULL,
    run_id        VARBINARY(400) NOT NULL,
    state         VARBINARY(20) NOT NULL,
    remote_job_id LONGTEXT NOT NULL,
    items         LONGTEXT NOT NULL,
    created_at    VARBINARY(24) NOT NULL,
    sent_at       VARBINARY(24) NOT NULL,
    job_seconds   DOUBLE NOT NULL,
    updated_at    VARBINARY(24) NOT NULL,
    KEY batches_by_job (job, state, updated_at),
    KEY batches_by_state (state, updated_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS locks (
    job         VARBINARY(400) NOT NULL PRIMARY KEY,
    owner       LONGTEXT NOT NULL,
    epoch       BIGINT NOT NULL,
    acquired_at VARBINARY(24) NOT NULL,
    expires_at  VARBINARY(24) NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
