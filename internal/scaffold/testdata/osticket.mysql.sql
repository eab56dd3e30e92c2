-- osTicket 1.18, reduced. It declares no foreign keys, and an entry that was never edited has a zero date.
SET SESSION sql_mode = '';
CREATE TABLE ost_ticket (
  ticket_id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, ticket_pid int(11) unsigned, number varchar(20), user_id int(11) unsigned NOT NULL DEFAULT 0,
  user_email_id int(11) unsigned NOT NULL DEFAULT 0, status_id int(10) unsigned NOT NULL DEFAULT 0, dept_id int(10) unsigned NOT NULL DEFAULT 0,
  sla_id int(10) unsigned NOT NULL DEFAULT 0, topic_id int(10) unsigned NOT NULL DEFAULT 0, staff_id int(10) unsigned NOT NULL DEFAULT 0,
  team_id int(10) unsigned NOT NULL DEFAULT 0, email_id int(11) unsigned NOT NULL DEFAULT 0, lock_id int(11) unsigned NOT NULL DEFAULT 0,
  flags int(10) unsigned NOT NULL DEFAULT 0, sort int(11) unsigned NOT NULL DEFAULT 0, ip_address varchar(64) NOT NULL DEFAULT '',
  source enum('Web','Email','Phone','API','Other') NOT NULL DEFAULT 'Other', source_extra varchar(40), isoverdue tinyint(1) unsigned NOT NULL DEFAULT 0,
  isanswered tinyint(1) unsigned NOT NULL DEFAULT 0, duedate datetime, est_duedate datetime, reopened datetime, closed datetime, lastupdate datetime,
  created datetime NOT NULL, updated datetime NOT NULL, KEY user_id (user_id), KEY status_id (status_id));
CREATE TABLE ost_ticket__cdata (ticket_id int(11) unsigned NOT NULL PRIMARY KEY, subject mediumtext, priority mediumtext);
CREATE TABLE ost_ticket_status (
  id int(11) NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(60) NOT NULL DEFAULT '', state varchar(16), mode int(11) unsigned NOT NULL DEFAULT 0,
  flags int(11) unsigned NOT NULL DEFAULT 0, sort int(11) unsigned NOT NULL DEFAULT 0, properties text NOT NULL, created datetime NOT NULL, updated datetime NOT NULL);
CREATE TABLE ost_ticket_priority (
  priority_id tinyint(4) NOT NULL AUTO_INCREMENT PRIMARY KEY, priority varchar(60) NOT NULL DEFAULT '', priority_desc varchar(30) NOT NULL DEFAULT '',
  priority_color varchar(7) NOT NULL DEFAULT '', priority_urgency tinyint(1) unsigned NOT NULL DEFAULT 0, ispublic tinyint(1) NOT NULL DEFAULT 1);
CREATE TABLE ost_thread (
  id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, object_id int(11) unsigned NOT NULL, object_type char(1) NOT NULL, extra text,
  lastresponse datetime, lastmessage datetime, created datetime NOT NULL, KEY object_id (object_id));
CREATE TABLE ost_thread_entry (
  id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, pid int(11) unsigned NOT NULL DEFAULT 0, thread_id int(11) unsigned NOT NULL DEFAULT 0,
  staff_id int(11) unsigned NOT NULL DEFAULT 0, user_id int(11) unsigned NOT NULL DEFAULT 0, type char(1) NOT NULL DEFAULT '', flags int(11) unsigned NOT NULL DEFAULT 0,
  poster varchar(128) NOT NULL DEFAULT '', editor int(10) unsigned, editor_type char(1), source varchar(32) NOT NULL DEFAULT '', title varchar(255), body text NOT NULL,
  format varchar(16) NOT NULL DEFAULT 'html', ip_address varchar(64) NOT NULL DEFAULT '', extra text, recipients text, created datetime NOT NULL, updated datetime NOT NULL,
  KEY thread_id (thread_id));
CREATE TABLE ost_thread_event (
  id int(10) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, thread_id int(11) unsigned NOT NULL DEFAULT 0, event_id int(11) unsigned, staff_id int(11) unsigned NOT NULL,
  team_id int(11) unsigned NOT NULL, dept_id int(11) unsigned NOT NULL, data varchar(1024), username varchar(128) NOT NULL DEFAULT 'SYSTEM', timestamp datetime NOT NULL);
CREATE TABLE ost_thread_entry_email (
  id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, thread_entry_id int(11) unsigned NOT NULL, email_id int(11) unsigned, mid varchar(255) NOT NULL, headers text);
CREATE TABLE ost_thread_collaborator (
  id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, flags int(10) unsigned NOT NULL DEFAULT 1, thread_id int(11) unsigned NOT NULL DEFAULT 0,
  user_id int(11) unsigned NOT NULL DEFAULT 0, role char(1) NOT NULL DEFAULT 'M', created datetime NOT NULL, updated datetime NOT NULL);
CREATE TABLE ost_staff (
  staff_id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, dept_id int(10) unsigned NOT NULL DEFAULT 0, username varchar(32) NOT NULL DEFAULT '',
  firstname varchar(32), lastname varchar(32), passwd varchar(128), email varchar(255), phone varchar(24) NOT NULL DEFAULT '', created datetime NOT NULL, updated datetime NOT NULL);
CREATE TABLE ost_user (
  id int(10) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, org_id int(10) unsigned NOT NULL, default_email_id int(10) NOT NULL, status int(11) unsigned NOT NULL DEFAULT 0,
  name varchar(128) NOT NULL, created datetime NOT NULL, updated datetime NOT NULL);
CREATE TABLE ost_user_email (id int(10) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id int(10) unsigned NOT NULL, flags int(10) unsigned NOT NULL DEFAULT 0, address varchar(255) NOT NULL);
CREATE TABLE ost_department (id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(128) NOT NULL DEFAULT '', signature text NOT NULL, created datetime NOT NULL, updated datetime NOT NULL);
CREATE TABLE ost_help_topic (topic_id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, topic varchar(128) NOT NULL DEFAULT '', notes text, created datetime NOT NULL, updated datetime NOT NULL);
CREATE TABLE ost_attachment (
  id int(10) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, object_id int(11) unsigned NOT NULL, type char(1) NOT NULL, file_id int(11) unsigned NOT NULL, name varchar(255),
  inline tinyint(1) unsigned NOT NULL DEFAULT 0, lang varchar(16));
CREATE TABLE ost_file (
  id int(11) NOT NULL AUTO_INCREMENT PRIMARY KEY, ft char(1) NOT NULL DEFAULT 'T', bk char(1) NOT NULL DEFAULT 'D', type varchar(255) NOT NULL DEFAULT '',
  size bigint(20) unsigned NOT NULL DEFAULT 0, `key` varchar(86) NOT NULL, signature varchar(86) NOT NULL, name varchar(255) NOT NULL DEFAULT '', attrs varchar(255), created datetime NOT NULL);
CREATE TABLE ost_file_chunk (file_id int(11) NOT NULL, chunk_id int(11) NOT NULL, filedata longblob NOT NULL, PRIMARY KEY (file_id, chunk_id));
CREATE TABLE ost_canned_response (canned_id int(10) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, dept_id int(10) unsigned NOT NULL DEFAULT 0, title varchar(255) NOT NULL DEFAULT '', response text NOT NULL, created datetime NOT NULL, updated datetime NOT NULL);
CREATE TABLE ost_draft (id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, staff_id int(11) unsigned NOT NULL, namespace varchar(32) NOT NULL DEFAULT '', body text NOT NULL, created datetime NOT NULL, updated datetime);
CREATE TABLE ost_task (id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, object_id int(11) NOT NULL DEFAULT 0, object_type char(1) NOT NULL, number varchar(20), dept_id int(10) unsigned NOT NULL DEFAULT 0, staff_id int(10) unsigned NOT NULL DEFAULT 0, flags int(10) unsigned NOT NULL DEFAULT 0, duedate datetime, closed datetime, created datetime NOT NULL, updated datetime NOT NULL);
CREATE TABLE ost_session (session_id varchar(255) NOT NULL PRIMARY KEY, session_data blob, session_expire datetime, session_updated datetime, user_id varchar(16) NOT NULL DEFAULT '0');
CREATE TABLE ost_syslog (log_id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, log_type enum('Debug','Warning','Error') NOT NULL, title varchar(255) NOT NULL, log text NOT NULL, logger varchar(64) NOT NULL, created datetime NOT NULL, updated datetime NOT NULL);
CREATE TABLE ost_config (id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, namespace varchar(64) NOT NULL, `key` varchar(64) NOT NULL, value text NOT NULL, updated timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE ost_sla (id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(64) NOT NULL DEFAULT '', notes text, created datetime NOT NULL, updated datetime NOT NULL);
CREATE TABLE ost_team (team_id int(10) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, lead_id int(10) unsigned NOT NULL DEFAULT 0, name varchar(125) NOT NULL DEFAULT '', notes text, created datetime NOT NULL, updated datetime NOT NULL);
CREATE TABLE ost_organization (id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(128) NOT NULL DEFAULT '', manager varchar(16) NOT NULL DEFAULT '', created timestamp NULL, updated timestamp NULL);
CREATE TABLE ost_faq (faq_id int(10) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, category_id int(10) unsigned NOT NULL DEFAULT 0, question varchar(255) NOT NULL, answer text NOT NULL, created datetime NOT NULL, updated datetime NOT NULL);
INSERT INTO ost_ticket_status (id, name, state, properties, created, updated) VALUES (1,'Open','open','','2026-01-01','2026-01-01'), (2,'Resolved','closed','','2026-01-01','2026-01-01');
INSERT INTO ost_department (id, name, signature, created, updated) VALUES (1,'Support','','2026-01-01','2026-01-01');
INSERT INTO ost_staff (staff_id, username, email, created, updated) VALUES (1,'ana','ana@example.com','2026-01-01','2026-01-01');
INSERT INTO ost_user (id, org_id, default_email_id, name, created, updated) VALUES (1,0,1,'Ben Customer','2026-01-01','2026-01-01');
INSERT INTO ost_ticket (ticket_id, number, user_id, status_id, dept_id, staff_id, source, closed, lastupdate, created, updated) VALUES
  (1,'100001',1,1,1,1,'Web',NULL,'2026-02-01 10:00:00','2026-02-01 09:00:00','2026-02-01 10:00:00'),
  (2,'100002',1,2,1,0,'Email','2026-02-03 10:00:00','2026-02-03 10:00:00','2026-02-02 09:00:00','2026-02-03 10:00:00');
INSERT INTO ost_ticket__cdata VALUES (1,'Printer on fire','2'), (2,'Thanks',NULL);
INSERT INTO ost_thread (id, object_id, object_type, created) VALUES (1,1,'T','2026-02-01 09:00:00'), (2,2,'T','2026-02-02 09:00:00'), (3,1,'A','2026-02-02 09:00:00');
INSERT INTO ost_thread_entry (id, thread_id, staff_id, user_id, type, poster, body, format, created, updated) VALUES
  (1,1,0,1,'M','Ben Customer','<p>It <b>burns</b></p>','html','2026-02-01 09:00:00','0000-00-00 00:00:00'),
  (2,1,1,0,'R','Ana Agent','<p>Water?</p>','html','2026-02-01 09:30:00','2026-02-01 09:40:00'),
  (3,1,1,0,'N','Ana Agent','a < b','text','2026-02-01 10:00:00','0000-00-00 00:00:00'),
  (4,2,0,1,'M','Ben Customer','Thanks','text','2026-02-02 09:00:00','0000-00-00 00:00:00'),
  (5,3,1,0,'N','Ana Agent','a task','text','2026-02-02 09:00:00','0000-00-00 00:00:00');
