-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE IF NOT EXISTS interactions (
    job            VARBINARY(400) NOT NULL,
    row_key        VARBINARY(1020) NOT NULL,
    interaction_id VARBINARY(1020) NOT NULL,
    remote_id      LONGTEXT NOT NULL,
    hash           LONGTEXT NOT NULL,
    field_hashes   LONGTEXT NOT NULL,
    updated_at     VARBINARY(24) NOT NULL,
    PRIMARY KEY (job, row_key),
    KEY interactions_by_id (job, interaction_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS comments (
    job        VARBINARY(400) NOT NULL,
    parent_key VARBINARY(1020) NOT NULL,
    row_key    VARBINARY(1020) NOT NULL,
    remote_id  LONGTEXT NOT NULL,
    hash       LONGTEXT NOT NULL,
    PRIMARY KEY (job, parent_key, row_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS files (
    hash       VARBINARY(255) NOT NULL PRIMARY KEY,
    url        LONGTEXT NOT NULL,
    created_at VARBINARY(24) NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS rejects (
    id          BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    job         VARBINARY(400) NOT NULL,
    stream      VARBINARY(100) NOT NULL,
    row_key     VARBINARY(1020) NOT NULL,
    stage       LONGTEXT NOT NULL,
    field_name  LONGTEXT NOT NULL,
    column_name LONGTEXT NOT NULL,
    value_text  LONGTEXT NOT NULL,
    rule_text   LONGTEXT NOT NULL,
    reason      LONGTEXT NOT NULL,
    hash        LONGTEXT NOT NULL,
    first_seen  VARBINARY(24) NOT NULL,
    last_seen   VARBINARY(24) NOT NULL,
    attempts    INTEGER NOT NULL,
    UNIQUE KEY rejects_by_key (job, stream, row_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
