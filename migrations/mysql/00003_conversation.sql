-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE IF NOT EXISTS jobs (
    job            VARBINARY(400) NOT NULL PRIMARY KEY,
    integration_id LONGTEXT NOT NULL,
    adopting       LONGTEXT NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- MySQL knows no ADD COLUMN IF NOT EXISTS. A column that is there, because the statement after it was the one cut short,
-- makes of its own a DO 0. The variable belongs to the session, and all statements of a migration run in one.
SET @addition = (SELECT IF(count(*) > 0, 'DO 0', 'ALTER TABLE batches ADD COLUMN kind VARBINARY(20) NOT NULL DEFAULT ''bulk''')
    FROM information_schema.columns
    WHERE table_schema = database() AND table_name = 'batches' AND column_name = 'kind');
PREPARE addition FROM @addition;
EXECUTE addition;

SET @addition = (SELECT IF(count(*) > 0, 'DO 0', 'ALTER TABLE interactions ADD COLUMN run_id VARBINARY(400) NOT NULL DEFAULT ''''')
    FROM information_schema.columns
    WHERE table_schema = database() AND table_name = 'interactions' AND column_name = 'run_id');
PREPARE addition FROM @addition;
EXECUTE addition;

SET @addition = (SELECT IF(count(*) > 0, 'DO 0', 'ALTER TABLE rejects ADD COLUMN dismissed_at VARBINARY(24) NOT NULL DEFAULT ''''')
    FROM information_schema.columns
    WHERE table_schema = database() AND table_name = 'rejects' AND column_name = 'dismissed_at');
PREPARE addition FROM @addition;
EXECUTE addition;
DEALLOCATE PREPARE addition;
