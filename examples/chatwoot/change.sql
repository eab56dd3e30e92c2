-- Ana resolves 101, and gets a rating.
UPDATE conversations SET status = 1, updated_at = '2025-04-01 14:00:00' WHERE id = 1;
INSERT INTO reporting_events (name, value, account_id, conversation_id, event_start_time, event_end_time, created_at, updated_at) VALUES
  ('conversation_resolved', 1, 1, 1, '2025-03-03 14:00:00', '2025-04-01 14:00:00', '2025-04-01 14:00:03', '2025-04-01 14:00:03');
INSERT INTO csat_survey_responses (account_id, conversation_id, message_id, rating, contact_id, created_at, updated_at) VALUES
  (1, 1, 4, 4, 1, '2025-04-01 14:00:05', '2025-04-01 14:00:05');
-- Bob writes a note on 102, which moves its own row too.
INSERT INTO messages (id, account_id, inbox_id, conversation_id, message_type, private, sender_type, sender_id, created_at, updated_at, content) VALUES
  (20, 1, 2, 2, 1, true, 'User', 2, '2025-04-01 14:10:00', '2025-04-01 14:10:00', 'Paid < 5 €');
UPDATE conversations SET updated_at = '2025-04-01 14:10:00' WHERE id = 2;
-- Ana deletes her answer in 101: Chatwoot replaces its text.
UPDATE messages SET content = 'This message was deleted', content_attributes = '{"deleted": true}', updated_at = '2025-04-01 14:20:00' WHERE id = 4;
