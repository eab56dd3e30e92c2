INSERT INTO users (id, first_name, last_name, email, password, role, created_at, updated_at) VALUES
  (1, 'Ana', 'Torres', 'ana.torres@example.com', 'x', 2, '2025-01-01 00:00:00', '2025-01-01 00:00:00'),
  (2, 'Bob', 'Meyer', 'bob.meyer@example.com', 'x', 1, '2025-01-01 00:00:00', '2025-01-01 00:00:00');
INSERT INTO customers (id, first_name, last_name, created_at, updated_at) VALUES
  (1, 'Zoë', 'Keller', '2025-01-01 00:00:00', '2025-01-01 00:00:00'), (2, 'João', NULL, '2025-01-01 00:00:00', '2025-01-01 00:00:00'),
  (3, NULL, NULL, '2025-01-01 00:00:00', '2025-01-01 00:00:00'), (4, '太郎', '山田', '2025-01-01 00:00:00', '2025-01-01 00:00:00');
INSERT INTO emails (customer_id, email) VALUES (1, 'zoe.keller@example.com'), (2, 'joao@example.com'), (3, 'nameless@example.com'), (4, 'yamada@example.com');
INSERT INTO mailboxes (id, name, email) VALUES (1, 'Support', 'support@example.com'), (2, 'Billing', 'billing@example.com');
INSERT INTO tags (id, name) VALUES (1, 'vip'), (2, 'billing'), (3, 'första kontakt');

INSERT INTO conversations (id, number, type, folder_id, status, state, subject, preview, mailbox_id, user_id, customer_id, created_by_customer_id, source_via, source_type, closed_at, created_at, updated_at) VALUES
  ( 1, 101, 1, 1, 1, 2, 'Invoice <4711> & delivery', '', 1, 1,    1, 1,    1, 1, NULL,                  '2025-03-03 14:00:00', '2025-03-03 15:10:00'),
  ( 2, 102, 1, 1, 3, 2, 'Reembolso não recebido',    '', 2, 2,    2, 2,    1, 1, '2025-03-04 20:30:45', '2025-03-04 13:00:00', '2025-03-04 20:30:45'),
  ( 3, 103, 2, 1, 2, 2, 'Call from nobody',          '', 1, NULL, 3, NULL, 2, 2, NULL,                  '2025-03-05 03:15:00', '2025-03-05 03:15:00'), -- assigned to nobody
  ( 4, 104, 3, 1, 1, 2, NULL,                        '', 1, 1,    4, 4,    1, 3, NULL,                  '2025-03-05 14:00:00', '2025-03-05 14:05:00'), -- a chat, without a subject
  ( 5, 105, 1, 1, 4, 2, 'Cheap watches',             '', 1, NULL, 3, 3,    1, 1, NULL,                  '2025-03-05 15:00:00', '2025-03-05 15:00:00'), -- spam
  ( 6, 106, 1, 1, 1, 3, 'Deleted by mistake?',       '', 1, 1,    1, 1,    1, 1, NULL,                  '2025-03-05 16:00:00', '2025-03-05 16:30:00'), -- deleted, as what was merged is
  ( 7, 107, 1, 1, 1, 1, 'Not sent yet',              '', 1, 1,    1, NULL, 2, 2, NULL,                  '2025-03-05 17:00:00', '2025-03-05 17:00:00'), -- a draft
  ( 8, 108, 1, 1, 1, 2, 'Reopened',                  '', 1, 2,    1, 1,    1, 1, '2025-03-06 10:00:00', '2025-03-06 09:00:00', '2025-03-06 11:00:00'),
  ( 9, 109, 1, 1, 3, 2, 'Photos',                    '', 2, 2,    2, 2,    1, 1, '2025-03-07 14:00:00', '2025-03-06 14:00:00', '2025-03-07 14:00:00'), -- with files
  (10, 110, 1, 1, 1, 2, 'Ответ не пришёл',           '', 1, 99,   1, 1,    1, 1, NULL,                  '2025-03-08 14:00:00', '2025-03-08 14:00:00'), -- its agent was removed
  (11, 111, 1, 1, 1, 2, 'No messages',               '', 1, 1,    1, 1,    1, 1, NULL,                  '2025-03-09 14:00:00', '2025-03-09 14:00:00'),
  (12, 112, 1, 1, 2, 2, 'Newsletter',                '', 1, 1,    4, 4,    1, 1, NULL,                  '2025-03-10 14:00:00', '2025-03-10 14:30:00');
INSERT INTO conversation_tag (conversation_id, tag_id) VALUES (1, 1), (1, 2), (4, 3);

INSERT INTO threads (id, conversation_id, user_id, type, subtype, state, `from`, source_via, source_type, customer_id, created_by_user_id, created_by_customer_id, action_type, created_at, updated_at, body) VALUES
  (1, 1, NULL, 1, NULL, 2, 'zoe.keller@example.com', 1, 1, 1, NULL, 1, NULL, '2025-03-03 14:00:00', '2025-03-03 14:00:00',
   '<div dir="ltr">Hello,<br>the invoice says 10&nbsp;&euro; &amp; not 5&nbsp;&euro;:<ul><li>lamp</li><li>bulb &lt;E27&gt;</li></ul><table><tbody><tr><th>what</th><th>price</th></tr><tr><td>lamp</td><td>7</td></tr></table></div><blockquote>On Monday you wrote: it is &quot;on its way&quot;</blockquote>'),
  (2, 1, 1, 2, NULL, 2, NULL, 2, 2, 1, 1, NULL, NULL, '2025-03-03 15:00:00', '2025-03-03 15:30:00', -- the customer opened it at half past
   '<style>p {color: red}</style><p>Dear Zoë,</p><p>please see <a href="https://example.com/faq/4">our answer</a>. 👍</p>'),
  (3, 1, 1, 3, NULL, 2, NULL, 2, 2, 1, 2, NULL, NULL, '2025-03-03 15:10:00', '2025-03-03 15:10:00', '<div>She is right; I credit 5 €.</div>'),
  (4, 1, 1, 4, NULL, 2, NULL, 2, 2, 1, 1, NULL, 2, '2025-03-03 15:05:00', '2025-03-03 15:05:00', ''), -- "assigned to Ana"
  (5, 1, 1, 2, NULL, 1, NULL, 2, 2, 1, 1, NULL, NULL, '2025-03-03 15:40:00', '2025-03-03 15:40:00', '<p>a draft</p>'),
  (6, 2, NULL, 1, NULL, 2, 'joao@example.com', 1, 1, 2, NULL, 2, NULL, '2025-03-04 13:00:00', '2025-03-04 13:00:00',
   'If total &lt; 3 &amp; total &gt; 1:<br />\n&nbsp; refund = 2'), -- was plain text
  (7, 2, 2, 2, NULL, 2, NULL, 2, 2, 2, 2, NULL, NULL, '2025-03-04 20:30:00', '2025-03-04 20:30:00', '<p>Olá João, já está feito.</p>'),
  (8, 3, NULL, 3, 2, 2, NULL, 2, 2, 3, 1, NULL, NULL, '2025-03-05 03:15:00', '2025-03-05 03:15:00', '<p>Called about the lamp 📞</p>'),
  (9, 4, NULL, 1, NULL, 2, NULL, 1, 3, 4, NULL, 4, NULL, '2025-03-05 14:00:00', '2025-03-05 14:00:00', 'こんにちは'),
  (10, 4, 1, 2, NULL, 2, NULL, 2, 2, 4, 1, NULL, NULL, '2025-03-05 14:05:00', '2025-03-05 14:05:00', '<p>はい</p>'),
  (11, 5, NULL, 1, NULL, 2, 'nameless@example.com', 1, 1, 3, NULL, 3, NULL, '2025-03-05 15:00:00', '2025-03-05 15:00:00', '<p>Buy</p>'),
  (12, 6, NULL, 1, NULL, 2, 'zoe.keller@example.com', 1, 1, 1, NULL, 1, NULL, '2025-03-05 16:00:00', '2025-03-05 16:00:00', '<p>Oops</p>'),
  (13, 8, NULL, 1, NULL, 2, 'nameless@example.com', 1, 1, 3, NULL, 3, NULL, '2025-03-06 09:00:00', '2025-03-06 09:00:00', '<p>It broke again.</p>'), -- a customer without a name
  (14, 9, NULL, 1, NULL, 2, 'joao@example.com', 1, 1, 2, NULL, 2, NULL, '2025-03-06 14:00:00', '2025-03-06 14:00:00', '<p>See:</p><p><img src="cid:1"></p>'),
  (15, 10, NULL, 2, NULL, 2, NULL, 2, 2, 1, 99, NULL, NULL, '2025-03-08 14:00:00', '2025-03-08 14:00:00', '<p>Готово</p>'), -- its author was removed
  (16, 10, 1, 3, NULL, 3, NULL, 2, 2, 1, 1, NULL, NULL, '2025-03-08 14:10:00', '2025-03-08 14:10:00', '<p>hidden</p>'),
  (17, 12, NULL, 1, NULL, 2, 'yamada@example.com', 1, 1, 4, NULL, 4, NULL, '2025-03-10 14:00:00', '2025-03-10 14:00:00', NULL);

INSERT INTO attachments (id, thread_id, file_dir, file_name, mime_type, type, size, embedded) VALUES
  (1, 14, '1/2/1/', 'invoice.txt', 'text/plain', 0, 26, 0), (2, 14, '4/0/1/', 'screenshot.png', 'image/png', 5, 8, 1);
