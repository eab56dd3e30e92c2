-- Ana closes 22001.
UPDATE tickets SET state_id = 5, close_at = '2025-04-01 14:00:00', last_close_at = '2025-04-01 14:00:00', updated_at = '2025-04-01 14:00:00' WHERE id = 1;
-- Bob writes a note on 22002, which moves its own row too.
INSERT INTO ticket_articles (id, ticket_id, type_id, sender_id, internal, content_type, created_by_id, updated_by_id, created_at, updated_at, body) VALUES
  (16, 2, 10, 1, true, 'text/plain', 3, 3, '2025-04-01 14:10:00', '2025-04-01 14:10:00', 'Paid < 5 €');
UPDATE tickets SET updated_at = '2025-04-01 14:10:00' WHERE id = 2;
-- Ana's answer in 22001 is edited.
UPDATE ticket_articles SET body = '<p>Dear Zoë, you get 5 € back.</p>', updated_at = '2025-04-01 14:20:00' WHERE id = 3;
