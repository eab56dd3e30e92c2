SET SESSION sql_mode = ''; -- as osTicket does: a date that is not given is 0000-00-00

INSERT INTO ost_ticket_status (id, name, state, properties) VALUES
  (1, 'Open', 'open', '{}'), (2, 'Resolved', 'closed', '{}'), (3, 'Closed', 'closed', '{}'),
  (4, 'Archived', 'archived', '{}'), (5, 'Deleted', 'deleted', '{}'), (6, 'Waiting for customer', 'open', '{}');
INSERT INTO ost_ticket_priority (priority_id, priority, priority_desc, priority_urgency) VALUES
  (1, 'low', 'Low', 4), (2, 'normal', 'Normal', 3), (3, 'high', 'High', 2), (4, 'emergency', 'Emergency', 1);
INSERT INTO ost_department (id, name) VALUES (1, 'Support'), (2, 'Billing');
INSERT INTO ost_help_topic (topic_id, dept_id, topic) VALUES (1, 1, 'General Inquiry'), (2, 2, 'Refunds & Returns');
INSERT INTO ost_staff (staff_id, dept_id, username, firstname, lastname, email) VALUES
  (1, 1, 'ana', 'Ana', 'Torres', 'ana.torres@example.com'), (2, 2, 'bob', 'Bob', 'Meyer', 'bob.meyer@example.com'),
  (3, 1, 'kiosk', 'Kiosk', NULL, '');
INSERT INTO ost_user (id, org_id, default_email_id, name) VALUES
  (1, 0, 1, 'Zoë Keller'), (2, 0, 2, 'João Pereira'), (3, 0, 3, '山田太郎'), (4, 0, 4, 'ليلى حداد');
INSERT INTO ost_user_email (id, user_id, address) VALUES
  (1, 1, 'zoe.keller@example.com'), (2, 2, 'joao@example.com'), (3, 3, 'yamada@example.com'), (4, 4, 'layla@example.com');

INSERT INTO ost_ticket (ticket_id, ticket_pid, number, user_id, status_id, dept_id, topic_id, staff_id, flags, source, isoverdue, closed, lastupdate, created, updated) VALUES
  ( 1, NULL, '100001', 1, 1, 1, 1,  1, 0, 'Email', 0, NULL,                  '2025-03-03 10:20:00', '2025-03-03 09:00:00', '2025-03-03 10:20:00'),
  ( 2, NULL, '100002', 2, 2, 2, 2,  2, 0, 'Web',   0, '2025-03-04 15:30:45', '2025-03-04 15:30:45', '2025-03-04 08:00:00', '2025-03-04 15:30:45'),
  ( 3, NULL, '100003', 3, 1, 1, 0,  0, 0, 'Phone', 0, NULL,                  NULL,                  '2025-03-04 22:15:00', '2025-03-04 22:15:00'), -- assigned to nobody
  ( 4, NULL, '100004', 1, 4, 1, 1, 99, 0, 'API',   0, '2025-01-11 12:00:00', '2025-01-11 12:00:00', '2025-01-10 12:00:00', '2025-01-11 12:00:00'), -- its agent was removed
  ( 5, NULL, '100005', 2, 5, 1, 1,  1, 0, 'Email', 0, NULL,                  NULL,                  '2025-03-05 09:00:00', '2025-03-05 09:30:00'), -- deleted
  ( 6, 7,    '100006', 1, 3, 1, 1,  1, 1, 'Email', 0, '2025-03-05 11:00:00', NULL,                  '2025-03-05 10:00:00', '2025-03-05 11:00:00'), -- merged into 7
  ( 7, NULL, '100007', 1, 1, 1, 1,  1, 17, 'Email', 0, NULL,                 NULL,                  '2025-03-05 09:50:00', '2025-03-05 11:00:00'),
  ( 8, 7,    '100008', 1, 1, 1, 1,  1, 8, 'Web',   0, NULL,                  NULL,                  '2025-03-05 12:00:00', '2025-03-05 12:00:00'), -- only linked with 7
  ( 9, NULL, '100009', 2, 3, 2, 2,  2, 0, 'Email', 0, '2025-03-07 09:00:00', NULL,                  '2025-03-06 09:00:00', '2025-03-07 09:00:00'), -- with files
  (10, NULL, '100010', 1, 1, 1, 1,  1, 0, 'Email', 0, NULL,                  NULL,                  '2025-03-08 09:00:00', '2025-03-08 10:00:00'), -- with a message that was edited
  (11, NULL, '100011', 2, 6, 1, 1,  1, 0, 'Web',   0, '2025-03-09 10:00:00', NULL,                  '2025-03-09 09:00:00', '2025-03-09 11:00:00'), -- reopened, without messages
  (12, NULL, '100012', 4, 1, 0, 0,  3, 0, 'Other', 1, NULL,                  NULL,                  '2025-03-10 09:00:00', '2025-03-10 09:00:00'); -- its agent has no e-mail
INSERT INTO ost_ticket__cdata (ticket_id, subject, priority) VALUES
  (1, 'Invoice <4711> & delivery', '2'), (2, 'Reembolso não recebido', '3'), (4, 'Old import', NULL), (5, 'spam', '1'), (6, 'Again: the lamp', '2'),
  (7, 'The lamp', '4'), (8, 'The other lamp', '2'), (9, 'Photos', '1'), (10, 'Address', '2'), (11, '', '2'), (12, 'سؤال عن الطلب', '2');

INSERT INTO ost_thread (id, object_id, object_type, created) VALUES
  (1, 1, 'T', '2025-03-03 09:00:00'), (2, 2, 'T', '2025-03-04 08:00:00'), (3, 3, 'T', '2025-03-04 22:15:00'), (4, 4, 'T', '2025-01-10 12:00:00'),
  (5, 5, 'T', '2025-03-05 09:00:00'), (6, 6, 'C', '2025-03-05 10:00:00'), (7, 7, 'T', '2025-03-05 09:50:00'), (8, 8, 'T', '2025-03-05 12:00:00'),
  (9, 9, 'T', '2025-03-06 09:00:00'), (10, 10, 'T', '2025-03-08 09:00:00'), (11, 11, 'T', '2025-03-09 09:00:00'), (12, 12, 'T', '2025-03-10 09:00:00'),
  (13, 1, 'A', '2025-03-10 09:00:00'); -- a task, not a ticket
INSERT INTO ost_thread_entry (id, pid, thread_id, staff_id, user_id, type, flags, poster, title, format, created, updated, body) VALUES
  (1, 0, 1, 0, 1, 'M', 65, 'Zoë Keller', 'Invoice <4711> & delivery', 'html', '2025-03-03 09:00:00', 0,
   '<div>Hello,<br />the invoice says 10&nbsp;&euro; &amp; not 5&nbsp;&euro;:</div><ul><li>lamp</li><li>bulb &lt;E27&gt;</li></ul><table><tr><td>lamp</td><td>7</td></tr><tr><td>bulb</td><td>3</td></tr></table><blockquote>On Monday you wrote: it is &quot;on its way&quot;</blockquote>'),
  (2, 1, 1, 1, 0, 'R', 576, 'Ana Torres', NULL, 'html', '2025-03-03 10:00:00', 0,
   '<style>p {color: red}</style><p>Dear Zoë,</p><p>please see <a href="https://example.com/faq/4">our answer</a>. 👍</p>'),
  (3, 0, 1, 2, 0, 'N', 64, 'Bob Meyer', 'For Ana', 'html', '2025-03-03 10:10:00', 0, '<p>She is right; I credit 5 €.</p>'),
  (4, 0, 1, 0, 0, 'N', 128, 'SYSTEM', 'Ticket assigned', 'text', '2025-03-03 10:20:00', 0, 'Ticket assigned to Ana Torres'),
  (5, 0, 2, 0, 2, 'M', 1, 'João Pereira', NULL, 'text', '2025-03-04 08:00:00', 0, 'If total < 3 & total > 1:\n  refund = 2\n</p> is what I see &amp; nothing else'),
  (6, 5, 2, 2, 0, 'R', 64, 'Bob Meyer', NULL, 'html', '2025-03-04 15:30:00', 0, '<p>Olá João, já está feito.</p>'),
  (7, 0, 3, 0, 3, 'M', 1, '山田太郎', NULL, 'text', '2025-03-04 22:15:00', 0, '電話での問い合わせ 📞'),
  (8, 0, 4, 99, 0, 'R', 0, 'Former Agent', NULL, 'html', '2025-01-10 13:00:00', 0, '<p>Imported.</p>'),
  (9, 0, 5, 0, 2, 'M', 1, 'João Pereira', NULL, 'html', '2025-03-05 09:00:00', 0, '<p>Buy cheap watches</p>'),
  (10, 0, 7, 0, 1, 'M', 1, 'Zoë Keller', NULL, 'html', '2025-03-05 09:50:00', 0, '<p>The lamp is broken.</p>'),
  (11, 0, 7, 0, 1, 'M', 1025, 'Zoë Keller', NULL, 'html', '2025-03-05 10:00:00', 0, '<p>Did you get my mail?</p>'), -- came with the ticket that was merged
  (12, 0, 8, 0, 1, 'M', 1, 'Zoë Keller', NULL, 'html', '2025-03-05 12:00:00', 0, '<p>So is the other one.</p>'),
  (13, 0, 9, 0, 2, 'M', 1, 'João Pereira', NULL, 'html', '2025-03-06 09:00:00', 0, ''),
  (14, 0, 9, 2, 0, 'R', 64, 'Bob Meyer', NULL, 'html', '2025-03-06 10:00:00', 0, '<p>Your label:</p>'),
  (15, 0, 10, 0, 1, 'M', 1, 'Zoë Keller', NULL, 'html', '2025-03-08 09:00:00', 0, '<p>Where do I send it?</p>'),
  (16, 15, 10, 1, 0, 'R', 580, 'Ana Torres', NULL, 'html', '2025-03-08 09:30:00', 0, '<p>To Main Street 1.</p>'), -- hidden by the next
  (17, 16, 10, 1, 0, 'R', 578, 'Ana Torres', NULL, 'html', '2025-03-08 09:30:00', '2025-03-08 10:00:00', '<p>To Main Street <b>2</b>.</p>'),
  (18, 0, 12, 0, 4, 'M', 1, 'ليلى حداد', NULL, 'text', '2025-03-10 09:00:00', 0, 'أين طلبي؟'),
  (19, 0, 12, 3, 0, 'R', 64, 'Kiosk', NULL, 'html', '2025-03-10 09:05:00', 0, '<p>شكراً</p>'),
  (20, 0, 13, 1, 0, 'N', 64, 'Ana Torres', NULL, 'html', '2025-03-10 09:06:00', 0, '<p>of a task</p>');

INSERT INTO ost_file (id, bk, type, size, `key`, signature, name, created) VALUES
  (1, 'D', 'text/plain', 22, 'k1', 's1', 'error.log', '2025-03-06 09:00:00'), (2, 'D', 'image/png', 8, 'k2', 's2', 'photo.png', '2025-03-06 09:00:00'),
  (3, 'F', 'application/pdf', 99, 'Xk3', 's3', 'label.pdf', '2025-03-06 10:00:00'), (4, 'D', 'image/png', 4, 'k4', 's4', 'logo.png', '2025-03-06 10:00:00');
INSERT INTO ost_file_chunk (file_id, chunk_id, filedata) VALUES
  (1, 1, ' second\nthird'), (1, 0, 'first and'), (2, 0, X'89504E470D0A1A0A'), (4, 0, X'00FF00FF');
INSERT INTO ost_attachment (id, object_id, type, file_id, name, inline) VALUES
  (1, 13, 'H', 1, NULL, 0), (2, 13, 'H', 2, 'Foto da lâmpada.png', 1), (3, 14, 'H', 3, NULL, 0), -- kept in a folder: see the reject
  (4, 17, 'H', 2, '', 0), -- of the edit
  (5, 9, 'C', 4, NULL, 0); -- of a canned response
