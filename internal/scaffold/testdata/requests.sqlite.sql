-- A help desk of somebody's own, with names that no product has; foreign keys are declared.
CREATE TABLE org (org_id INTEGER PRIMARY KEY, org_name TEXT);
CREATE TABLE team (team_id INTEGER PRIMARY KEY, team_name TEXT);
CREATE TABLE employee (emp_id INTEGER PRIMARY KEY, full_name TEXT, work_email TEXT, team_id INTEGER REFERENCES team (team_id), active INTEGER);
CREATE TABLE client_contact (contact_id INTEGER PRIMARY KEY, org_id INTEGER REFERENCES org (org_id), name TEXT, email TEXT, phone TEXT);
CREATE TABLE support_request (
  request_id INTEGER PRIMARY KEY, ref TEXT UNIQUE, headline TEXT, state TEXT, prio TEXT, contact_id INTEGER REFERENCES client_contact (contact_id),
  handled_by INTEGER REFERENCES employee (emp_id), team_id INTEGER REFERENCES team (team_id), opened_on DATETIME, resolved_on DATETIME, last_touched DATETIME, score INTEGER
);
CREATE TABLE request_message (
  message_id INTEGER PRIMARY KEY, request_id INTEGER REFERENCES support_request (request_id), written_by_employee INTEGER REFERENCES employee (emp_id),
  written_by_contact INTEGER REFERENCES client_contact (contact_id), text TEXT, private INTEGER DEFAULT 0, written_on DATETIME
);
CREATE TABLE request_file (file_id INTEGER PRIMARY KEY, message_id INTEGER REFERENCES request_message (message_id), file_name TEXT, mime TEXT, payload BLOB);
CREATE TABLE audit_log (id INTEGER PRIMARY KEY, what TEXT, at DATETIME);
CREATE TABLE login_session (id TEXT PRIMARY KEY, emp_id INTEGER, data TEXT);

INSERT INTO team VALUES (1, 'Tier 1');
INSERT INTO employee VALUES (1, 'Ana Ruiz', 'ana@example.com', 1, 1);
INSERT INTO client_contact VALUES (1, NULL, 'Cleo', 'cleo@example.org', NULL);
INSERT INTO support_request VALUES
  (1, 'R-1', 'Cannot print', 'DONE', 'high', 1, 1, 1, '2026-03-01 09:00:00', '2026-03-02 10:00:00', '2026-03-02 10:00:00', 5),
  (2, 'R-2', 'Charged twice', 'NEW', NULL, 1, NULL, 1, '2026-03-03 09:00:00', NULL, '2026-03-03 09:00:00', NULL);
INSERT INTO request_message VALUES
  (1, 1, NULL, 1, 'It burns', 0, '2026-03-01 09:00:00'), (2, 1, 1, NULL, 'Water?', 0, '2026-03-01 10:00:00'),
  (3, 1, 1, NULL, 'call him', 1, '2026-03-01 10:30:00'), (4, 1, NULL, 1, 'Thanks', 0, '2026-03-01 11:00:00');
INSERT INTO request_file VALUES (1, 2, 'a.txt', 'text/plain', x'68656c6c6f');
