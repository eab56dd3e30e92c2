INSERT INTO accounts (id, name, created_at, updated_at) VALUES (1, 'Acme', '2025-01-01', '2025-01-01'), (2, 'Other', '2025-01-01', '2025-01-01');
INSERT INTO users (id, uid, name, email, created_at, updated_at) VALUES
  (1, 'ana.torres@example.com', 'Ana Torres', 'ana.torres@example.com', '2025-01-01', '2025-01-01'),
  (2, 'bob.meyer@example.com', 'Bob Meyer', 'bob.meyer@example.com', '2025-01-01', '2025-01-01');
INSERT INTO agent_bots (id, name, account_id, created_at, updated_at) VALUES (1, 'Lampbot', 1, '2025-01-01', '2025-01-01');
INSERT INTO contacts (id, name, email, phone_number, account_id, created_at, updated_at) VALUES
  (1, 'Zoë Keller', 'zoe.keller@example.com', NULL, 1, '2025-01-01', '2025-01-01'), (2, 'João Pereira', 'joao@example.com', NULL, 1, '2025-01-01', '2025-01-01'),
  (3, '', NULL, '+15550100', 1, '2025-01-01', '2025-01-01'), (4, '山田太郎', 'yamada@example.com', NULL, 1, '2025-01-01', '2025-01-01');
INSERT INTO inboxes (id, channel_id, account_id, name, channel_type, created_at, updated_at) VALUES
  (1, 1, 1, 'Website', 'Channel::WebWidget', '2025-01-01', '2025-01-01'), (2, 1, 1, 'Mail', 'Channel::Email', '2025-01-01', '2025-01-01'),
  (3, 1, 1, 'WhatsApp', 'Channel::Whatsapp', '2025-01-01', '2025-01-01'), (4, 2, 2, 'Website', 'Channel::WebWidget', '2025-01-01', '2025-01-01');
INSERT INTO teams (id, name, account_id, created_at, updated_at) VALUES (1, 'billing', 1, '2025-01-01', '2025-01-01');

INSERT INTO conversations (id, account_id, inbox_id, status, assignee_id, contact_id, display_id, priority, team_id, cached_label_list, additional_attributes, created_at, updated_at) VALUES
  ( 1, 1, 1, 0, 1,    1, 101, 1,    NULL, 'vip, billing', '{}', '2025-03-03 14:00:00',        '2025-03-03 15:10:00.123456'),
  ( 2, 1, 2, 1, 2,    2, 102, 2,    1,    NULL,           '{"mail_subject": "Reembolso não recebido"}', '2025-03-04 13:00:00.987654', '2025-03-04 20:31:00'), -- resolved twice, and rated
  ( 3, 1, 3, 2, NULL, 3, 103, NULL, NULL, '',             '{}', '2025-03-05 03:15:00',        '2025-03-05 03:15:00'), -- assigned to nobody
  ( 4, 2, 4, 0, 1,    1, 101, NULL, NULL, NULL,           '{}', '2025-03-05 04:00:00',        '2025-03-05 04:00:00'), -- of another account
  ( 5, 1, 1, 3, 1,    4, 104, 0,    NULL, NULL,           '{}', '2025-03-05 14:00:00',        '2025-03-05 14:05:00'),
  ( 6, 1, 1, 0, 2,    1, 105, 3,    NULL, NULL,           '{}', '2025-03-06 09:00:00',        '2025-03-06 11:00:00'), -- reopened
  ( 7, 1, 1, 0, 99,   2, 106, NULL, NULL, NULL,           '{}', '2025-03-06 14:00:00',        '2025-03-06 14:30:00'), -- its agent was removed; with files
  ( 8, 1, 1, 1, NULL, 1, 107, NULL, NULL, NULL,           '{}', '2025-03-07 14:00:00',        '2025-03-07 14:10:00'), -- the bot alone
  ( 9, 1, 1, 0, 1,    1, 108, NULL, NULL, NULL,           NULL, '2025-03-08 14:00:00',        '2025-03-08 14:00:00'), -- without messages
  (10, 1, 1, 0, 1,    4, 109, NULL, NULL, NULL,           '{}', '2025-03-09 14:00:00',        '2025-03-09 14:30:00'), -- a message was deleted
  (11, 1, 2, 0, 1,    2, 110, NULL, NULL, NULL,           '{"mail_subject": "<b>"}', '2025-03-10 14:00:00', '2025-03-10 14:00:00'),
  (12, 1, 3, 1, 1,    3, 111, NULL, NULL, NULL,           '{}', '2025-03-11 14:00:00',        '2025-03-11 14:30:00'); -- resolved before Chatwoot kept reporting events

INSERT INTO messages (id, account_id, inbox_id, conversation_id, message_type, private, content_type, sender_type, sender_id, created_at, updated_at, content) VALUES
  (1, 1, 1, 1, 0, false, 0, 'Contact', 1, '2025-03-03 14:00:00.5', '2025-03-03 14:00:00.5', E'Hello,\nthe invoice says 10 € & not <5 €>'),
  (2, 1, 1, 1, 3, false, 0, NULL, NULL, '2025-03-03 14:00:01', '2025-03-03 14:00:01', 'We typically reply in a few minutes.'),
  (3, 1, 1, 1, 2, false, 0, NULL, NULL, '2025-03-03 14:30:00', '2025-03-03 14:30:00', 'Ana self-assigned this conversation'),
  (4, 1, 1, 1, 1, false, 0, 'User', 1, '2025-03-03 15:00:00', '2025-03-03 15:00:00', 'Dear Zoë, see [our answer](https://example.com/faq/4). 👍'),
  (5, 1, 1, 1, 1, true, 0, 'User', 2, '2025-03-03 15:10:00', '2025-03-03 15:10:00', 'She is right; I credit **5 €**.'),
  (6, 1, 2, 2, 0, false, 8, 'Contact', 2, '2025-03-04 13:00:00', '2025-03-04 13:00:00', E'If total < 3 && total > 1:\n  refund = 2'),
  (7, 1, 2, 2, 1, false, 0, 'User', 2, '2025-03-04 20:30:00', '2025-03-04 20:30:00', 'Olá João, já está feito.'),
  (8, 1, 2, 2, 3, false, 9, NULL, NULL, '2025-03-04 20:31:00', '2025-03-04 20:31:00', 'Please rate the conversation'),
  (9, 1, 3, 3, 0, false, 0, 'Contact', 3, '2025-03-05 03:15:00', '2025-03-05 03:15:00', 'مرحبا، أين طلبي؟'),
  (10, 2, 4, 4, 0, false, 0, 'Contact', 1, '2025-03-05 04:00:00', '2025-03-05 04:00:00', 'of another account'),
  (11, 1, 1, 5, 0, false, 0, 'Contact', 4, '2025-03-05 14:00:00', '2025-03-05 14:00:00', 'こんにちは'),
  (12, 1, 1, 5, 1, false, 0, 'User', 1, '2025-03-05 14:05:00', '2025-03-05 14:05:00', 'はい'),
  (13, 1, 1, 6, 0, false, 0, 'Contact', 1, '2025-03-06 09:00:00', '2025-03-06 09:00:00', 'It broke again.'),
  (14, 1, 1, 7, 0, false, 0, 'Contact', 2, '2025-03-06 14:00:00', '2025-03-06 14:00:00', NULL), -- only files
  (15, 1, 1, 8, 0, false, 0, 'Contact', 1, '2025-03-07 14:00:00', '2025-03-07 14:00:00', 'Opening hours?'),
  (16, 1, 1, 8, 1, false, 0, 'AgentBot', 1, '2025-03-07 14:00:02', '2025-03-07 14:00:02', 'We are here from 9 to 5.'),
  (17, 1, 1, 10, 0, false, 0, 'Contact', 4, '2025-03-09 14:00:00', '2025-03-09 14:30:00', 'This message was deleted'),
  (18, 1, 2, 11, 0, false, 8, 'Contact', 2, '2025-03-10 14:00:00', '2025-03-10 14:00:00', 'Seguimiento'),
  (19, 1, 3, 12, 0, false, 0, 'Contact', 3, '2025-03-11 14:00:00', '2025-03-11 14:00:00', 'Danke!');
UPDATE messages SET content_attributes = '{"deleted": true}' WHERE id = 17;

INSERT INTO csat_survey_responses (account_id, conversation_id, message_id, rating, feedback_message, contact_id, created_at, updated_at) VALUES
  (1, 2, 7, 2, NULL, 2, '2025-03-04 18:00:00', '2025-03-04 18:00:00'), (1, 2, 8, 5, 'Ótimo!', 2, '2025-03-04 20:31:05', '2025-03-04 20:31:05');
INSERT INTO reporting_events (name, value, account_id, conversation_id, event_start_time, event_end_time, created_at, updated_at) VALUES
  ('conversation_resolved', 9000, 1, 2, '2025-03-04 13:00:00', '2025-03-04 17:00:00', '2025-03-04 17:00:03', '2025-03-04 17:00:03'),
  ('conversation_resolved', 9999, 1, 2, '2025-03-04 13:00:00', '2025-03-04 20:30:45', '2025-03-04 20:30:48', '2025-03-04 20:30:48'),
  ('first_response', 9999, 1, 2, '2025-03-04 13:00:00', '2025-03-04 21:00:00', '2025-03-04 20:30:48', '2025-03-04 20:30:48'),
  ('conversation_resolved', 9999, 1, 6, '2025-03-06 09:00:00', '2025-03-06 10:00:00', '2025-03-06 10:00:03', '2025-03-06 10:00:03'),
  ('conversation_resolved', 9999, 1, 8, '2025-03-07 14:00:00', '2025-03-07 14:10:00', '2025-03-07 14:10:03', '2025-03-07 14:10:03');

INSERT INTO attachments (id, file_type, message_id, account_id, created_at, updated_at) VALUES
  (1, 3, 14, 1, '2025-03-06 14:00:00', '2025-03-06 14:00:00'), (2, 0, 14, 1, '2025-03-06 14:00:00', '2025-03-06 14:00:00'),
  (3, 4, 14, 1, '2025-03-06 14:00:00', '2025-03-06 14:00:00'); -- a location: there is no file
INSERT INTO active_storage_blobs (id, key, filename, content_type, byte_size, service_name, created_at) VALUES
  (1, 'k3zq8f0example1', 'error.log', 'text/plain', 14, 'local', '2025-03-06 14:00:00'), (2, '9abc77example2', 'Foto da lâmpada.png', 'image/png', 8, 'local', '2025-03-06 14:00:00'),
  (3, 'avatar77example', 'ana.png', 'image/png', 8, 'local', '2025-01-01');
INSERT INTO active_storage_attachments (name, record_type, record_id, blob_id, created_at) VALUES
  ('file', 'Attachment', 1, 1, '2025-03-06 14:00:00'), ('file', 'Attachment', 2, 2, '2025-03-06 14:00:00'), ('avatar', 'User', 1, 3, '2025-01-01');
