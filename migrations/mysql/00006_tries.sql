-- +goose NO TRANSACTION
-- +goose Up
-- How often the run was begun that has begun and has not ended. The detour is that of 00003.
SET @addition = (SELECT IF(count(*) > 0, 'DO 0', 'ALTER TABLE schedules ADD COLUMN tries INTEGER NOT NULL DEFAULT 0')
    FROM information_schema.columns
    WHERE table_schema = database() AND table_name = 'schedules' AND column_name = 'tries');
PREPARE addition FROM @addition;
EXECUTE addition;
DEALLOCATE PREPARE addition;
