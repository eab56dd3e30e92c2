SET SESSION sql_mode = '';

-- Ana resolves 100001.
UPDATE ost_ticket SET status_id = 2, closed = '2025-04-01 09:00:00', updated = '2025-04-01 09:00:00' WHERE ticket_id = 1;
-- Bob writes a note on 100002, whose own row stays as it is.
INSERT INTO ost_thread_entry (id, thread_id, staff_id, type, flags, poster, format, created, updated, body) VALUES
  (21, 2, 2, 'N', 64, 'Bob Meyer', 'text', '2025-04-01 09:10:00', 0, 'Paid < 5 €');
-- Ana edits her answer in 100001: osTicket writes a new entry and hides the old one.
INSERT INTO ost_thread_entry (id, pid, thread_id, staff_id, type, flags, poster, format, created, updated, body) VALUES
  (22, 2, 1, 1, 'R', 578, 'Ana Torres', 'html', '2025-03-03 10:00:00', '2025-04-01 09:20:00', '<p>Dear Zoë, you get 5 € back.</p>');
UPDATE ost_thread_entry SET flags = flags | 4 WHERE id = 2;
