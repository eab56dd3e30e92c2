-- Ana closes 101.
UPDATE conversations SET status = 3, closed_at = '2025-04-01 14:00:00', updated_at = '2025-04-01 14:00:00' WHERE id = 1;
-- Bob writes a note on 102, whose own row stays as it is.
INSERT INTO threads (id, conversation_id, user_id, type, state, source_via, source_type, customer_id, created_by_user_id, created_at, updated_at, body) VALUES
  (18, 2, 2, 3, 2, 2, 2, 2, 2, '2025-04-01 14:10:00', '2025-04-01 14:10:00', '<p>Paid &lt; 5 €</p>');
-- Ana edits her answer in 101.
UPDATE threads SET body_original = body, body = '<p>Dear Zoë, you get 5 € back.</p>', edited_by_user_id = 1,
  edited_at = '2025-04-01 14:20:00', updated_at = '2025-04-01 14:20:00' WHERE id = 2;
-- 112 is merged into 111: FreeScout moves its threads and deletes it.
UPDATE threads SET conversation_id = 11, updated_at = '2025-04-01 14:30:00' WHERE id = 17;
UPDATE conversations SET updated_at = '2025-04-01 14:30:00' WHERE id = 11;
UPDATE conversations SET state = 3, updated_at = '2025-04-01 14:30:00' WHERE id = 12;
