-- +goose Up
-- How often the run was begun that has begun and has not ended.
ALTER TABLE schedules ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
