INSERT INTO users (id, login, firstname, lastname, email, updated_by_id, created_by_id, created_at, updated_at) VALUES
  (1, '-', '-', '', '', 1, 1, '2025-01-01', '2025-01-01'), -- nobody, and the system
  (2, 'ana.torres@example.com', 'Ana', 'Torres', 'ana.torres@example.com', 1, 1, '2025-01-01', '2025-01-01'),
  (3, 'bob.meyer@example.com', 'Bob', 'Meyer', 'bob.meyer@example.com', 1, 1, '2025-01-01', '2025-01-01'),
  (4, 'zoe.keller@example.com', 'Zoë', 'Keller', 'zoe.keller@example.com', 1, 1, '2025-01-01', '2025-01-01'),
  (5, 'joao@example.com', 'João', '', 'joao@example.com', 1, 1, '2025-01-01', '2025-01-01'),
  (6, 'auto-1', '', '', '', 1, 1, '2025-01-01', '2025-01-01'), -- a caller without a name
  (7, 'yamada@example.com', '太郎', '山田', 'yamada@example.com', 1, 1, '2025-01-01', '2025-01-01'),
  (8, 'nameless@example.com', NULL, NULL, 'nameless@example.com', 1, 1, '2025-01-01', '2025-01-01');
INSERT INTO groups (id, name, updated_by_id, created_by_id, created_at, updated_at) VALUES
  (1, 'Users', 1, 1, '2025-01-01', '2025-01-01'), (2, 'Billing::Refunds', 1, 1, '2025-01-01', '2025-01-01');
INSERT INTO ticket_state_types (id, name, updated_by_id, created_by_id, created_at, updated_at)
  SELECT n, name, 1, 1, '2025-01-01', '2025-01-01'
  FROM unnest(ARRAY['new', 'open', 'pending reminder', 'pending action', 'closed', 'merged', 'removed']) WITH ORDINALITY AS x (name, n);
INSERT INTO ticket_states (id, state_type_id, name, updated_by_id, created_by_id, created_at, updated_at)
  SELECT n, n, name, 1, 1, '2025-01-01', '2025-01-01'
  FROM unnest(ARRAY['new', 'open', 'pending reminder', 'pending close', 'closed', 'merged', 'removed']) WITH ORDINALITY AS x (name, n);
INSERT INTO ticket_states (id, state_type_id, name, updated_by_id, created_by_id, created_at, updated_at) VALUES
  (8, 2, 'waiting for the supplier', 1, 1, '2025-01-01', '2025-01-01');
INSERT INTO ticket_priorities (id, name, updated_by_id, created_by_id, created_at, updated_at) VALUES
  (1, '1 low', 1, 1, '2025-01-01', '2025-01-01'), (2, '2 normal', 1, 1, '2025-01-01', '2025-01-01'), (3, '3 high', 1, 1, '2025-01-01', '2025-01-01'),
  (4, 'on fire', 1, 1, '2025-01-01', '2025-01-01');
INSERT INTO ticket_article_types (id, name, communication, updated_by_id, created_by_id, created_at, updated_at) VALUES
  (1, 'email', true, 1, 1, '2025-01-01', '2025-01-01'), (5, 'phone', true, 1, 1, '2025-01-01', '2025-01-01'),
  (10, 'note', false, 1, 1, '2025-01-01', '2025-01-01'), (11, 'web', true, 1, 1, '2025-01-01', '2025-01-01');
INSERT INTO ticket_article_senders (id, name, updated_by_id, created_by_id, created_at, updated_at) VALUES
  (1, 'Agent', 1, 1, '2025-01-01', '2025-01-01'), (2, 'Customer', 1, 1, '2025-01-01', '2025-01-01'), (3, 'System', 1, 1, '2025-01-01', '2025-01-01');
INSERT INTO tag_objects (id, name, created_at, updated_at) VALUES (1, 'Ticket', '2025-01-01', '2025-01-01'), (2, 'KnowledgeBase::Answer', '2025-01-01', '2025-01-01');
INSERT INTO tag_items (id, name, name_downcase, created_at, updated_at) VALUES
  (1, 'VIP', 'vip', '2025-01-01', '2025-01-01'), (2, 'billing, urgent', 'billing, urgent', '2025-01-01', '2025-01-01'), (3, 'answer', 'answer', '2025-01-01', '2025-01-01');

INSERT INTO tickets (id, number, group_id, priority_id, state_id, owner_id, customer_id, create_article_type_id, title, first_response_at, close_at, last_close_at, updated_by_id, created_by_id, created_at, updated_at) VALUES
  ( 1, '22001', 1, 2, 2, 2, 4, 1,    'Invoice <4711> & delivery', '2025-03-03 15:00:00.500', NULL, NULL, 1, 1, '2025-03-03 14:00:00.999', '2025-03-03 15:10:00'),
  ( 2, '22002', 2, 3, 5, 3, 5, 11,   'Reembolso não recebido', '2025-03-04 20:30:00', '2025-03-04 17:00:00', '2025-03-04 20:30:45', 1, 1, '2025-03-04 13:00:00', '2025-03-04 20:30:45'), -- closed twice
  ( 3, '22003', 1, 1, 1, 1, 6, 5,    'Call', NULL, NULL, NULL, 1, 1, '2025-03-05 03:15:00', '2025-03-05 03:15:00'), -- assigned to nobody
  ( 4, '22004', 1, 2, 3, 2, 7, NULL, '問い合わせ', NULL, NULL, NULL, 1, 1, '2025-03-05 14:00:00', '2025-03-05 14:05:00'), -- without a channel
  ( 5, '22005', 1, 2, 6, 2, 4, 1,    'Again: the lamp', NULL, '2025-03-05 16:00:00', NULL, 1, 1, '2025-03-05 15:00:00', '2025-03-05 16:00:00'), -- merged: its articles went to 6
  ( 6, '22006', 1, 4, 4, 2, 4, 1,    'The lamp', NULL, NULL, NULL, 1, 1, '2025-03-05 14:50:00', '2025-03-05 16:00:00'),
  ( 7, '22007', 1, 2, 7, 2, 5, 1,    'Removed', NULL, NULL, NULL, 1, 1, '2025-03-05 17:00:00', '2025-03-05 17:00:00'),
  ( 8, '22008', 1, 2, 2, 3, 8, 1,    'Reopened', NULL, '2025-03-06 10:00:00', '2025-03-06 10:00:00', 1, 1, '2025-03-06 09:00:00', '2025-03-06 11:00:00'),
  ( 9, '22009', 2, 2, 5, 3, 5, 1,    'Photos', NULL, '2025-03-07 14:00:00', NULL, 1, 1, '2025-03-06 14:00:00', '2025-03-07 14:00:00'), -- with files
  (10, '22010', 1, 2, 8, 2, 4, 1,    'Ответ не пришёл', NULL, NULL, NULL, 1, 1, '2025-03-08 14:00:00', '2025-03-08 14:00:00'),
  (11, '22011', 1, 2, 2, 2, 4, 11,   'No articles', NULL, NULL, NULL, 1, 1, '2025-03-09 14:00:00', '2025-03-09 14:00:00'),
  (12, '22012', 1, 2, 2, 2, 7, 10,   'Note to self', NULL, NULL, NULL, 1, 1, '2025-03-10 14:00:00', '2025-03-10 14:00:00');
INSERT INTO tags (tag_item_id, tag_object_id, o_id, created_by_id, created_at, updated_at) VALUES
  (1, 1, 1, 2, '2025-03-03', '2025-03-03'), (2, 1, 1, 2, '2025-03-03', '2025-03-03'), (3, 2, 1, 2, '2025-03-03', '2025-03-03');

INSERT INTO ticket_articles (id, ticket_id, type_id, sender_id, internal, content_type, created_by_id, origin_by_id, updated_by_id, created_at, updated_at, body) VALUES
  (1, 1, 1, 2, false, 'text/html', 4, NULL, 4, '2025-03-03 14:00:00.999', '2025-03-03 14:00:00.999',
   '<div>Hello,<br>the invoice says 10&nbsp;&euro; &amp; not 5&nbsp;&euro;:</div><ul><li>lamp</li><li>bulb &lt;E27&gt;</li></ul><table><tr><td>lamp</td><td>7</td></tr></table><blockquote type="cite">On Monday you wrote: it is &quot;on its way&quot;</blockquote>'),
  (2, 1, 1, 3, false, 'text/html', 1, NULL, 1, '2025-03-03 14:00:01', '2025-03-03 14:00:01', '<p>Your request has been received.</p>'),
  (3, 1, 1, 1, false, 'text/html', 2, NULL, 2, '2025-03-03 15:00:00', '2025-03-03 15:00:00',
   '<style>p {color: red}</style><p>Dear Zoë,</p><p>please see <a href="https://example.com/faq/4">our answer</a>. 👍</p>'),
  (4, 1, 10, 1, true, 'text/html', 3, NULL, 3, '2025-03-03 15:10:00', '2025-03-03 15:10:00', 'She is right; I credit 5 €.'),
  (5, 2, 11, 2, false, 'text/plain', 5, NULL, 5, '2025-03-04 13:00:00', '2025-03-04 13:00:00', E'If total < 3 & total > 1:\n  refund = 2\n</p> is what I see &amp; nothing else'),
  (6, 2, 1, 1, false, 'text/html', 3, NULL, 3, '2025-03-04 20:30:00', '2025-03-04 20:30:00', '<p>Olá João, já está feito.</p>'),
  (7, 3, 5, 2, false, 'text/plain', 2, 6, 2, '2025-03-05 03:15:00', '2025-03-05 03:15:00', 'Called about the lamp 📞'), -- Ana writes for the caller
  (8, 4, 5, 2, false, 'text/plain', 2, 7, 2, '2025-03-05 14:00:00', '2025-03-05 14:00:00', 'こんにちは'),
  (9, 4, 5, 1, false, 'text/plain', 2, NULL, 2, '2025-03-05 14:05:00', '2025-03-05 14:05:00', 'はい'),
  (10, 6, 1, 2, false, 'text/plain', 4, NULL, 4, '2025-03-05 14:50:00', '2025-03-05 14:50:00', 'The lamp is broken.'),
  (11, 6, 1, 2, false, 'text/plain', 4, NULL, 4, '2025-03-05 15:00:00', '2025-03-05 16:00:00', 'Did you get my mail?'), -- came with the ticket that was merged
  (12, 8, 1, 2, false, 'text/plain', 8, NULL, 8, '2025-03-06 09:00:00', '2025-03-06 09:00:00', 'It broke again.'),
  (13, 9, 1, 2, false, 'text/html', 5, NULL, 5, '2025-03-06 14:00:00', '2025-03-06 14:00:00', ''),
  (14, 10, 1, 2, true, 'text/plain', 4, NULL, 4, '2025-03-08 14:00:00', '2025-03-08 14:00:00', 'Где ответ?'), -- made internal by an agent
  (15, 12, 10, 1, true, 'text/plain', 2, NULL, 2, '2025-03-10 14:00:00', '2025-03-10 14:00:00', 'اتصل غداً');

INSERT INTO store_objects (id, name, created_at, updated_at) VALUES (1, 'Ticket::Article', '2025-01-01', '2025-01-01'), (2, 'Ticket::Article::Mail', '2025-01-01', '2025-01-01');
INSERT INTO store_files (id, sha, provider, created_at, updated_at) VALUES
  (1, 'sha1', 'DB', '2025-03-06', '2025-03-06'), (2, 'sha2', 'DB', '2025-03-06', '2025-03-06'), (3, 'sha3', 'DB', '2025-03-06', '2025-03-06'),
  (4, 'sha4', 'DB', '2025-03-06', '2025-03-06');
INSERT INTO store_provider_dbs (sha, data, created_at, updated_at) VALUES
  ('sha1', E'line 1\nline 2\n', '2025-03-06', '2025-03-06'), ('sha2', '\x89504e470d0a1a0a', '2025-03-06', '2025-03-06'), ('sha3', '<html></html>', '2025-03-06', '2025-03-06'),
  ('sha4', '\x00ff', '2025-03-06', '2025-03-06');
INSERT INTO stores (id, store_object_id, store_file_id, o_id, filename, size, preferences, created_by_id, created_at, updated_at) VALUES
  (1, 1, 1, 13, 'error.log', '14', E'---\nMime-Type: text/plain\nCharset: utf-8\n', 5, '2025-03-06', '2025-03-06'),
  (2, 1, 2, 13, 'Foto da lâmpada.png', '8', E'---\nContent-Type: image/png; name="x"\nContent-ID: 1@example.com\n', 5, '2025-03-06', '2025-03-06'),
  (3, 1, 3, 13, 'message.html', '13', E'---\ncontent-alternative: true\nMime-Type: text/html\n', 5, '2025-03-06', '2025-03-06'),
  (4, 2, 3, 13, '13.eml', '13', E'--- {}\n', 5, '2025-03-06', '2025-03-06'), -- the mail itself
  (5, 1, 4, 12, 'dump', '2', NULL, 5, '2025-03-06', '2025-03-06'); -- without a type
