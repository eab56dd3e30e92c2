-- HESK 3, reduced: the ticket holds its own first message, replies are a table of their own; no foreign keys.
CREATE TABLE hesk_attachments (
  att_id mediumint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  ticket_id varchar(13) NOT NULL DEFAULT '',
  saved_name varchar(255) NOT NULL DEFAULT '',
  real_name varchar(255) NOT NULL DEFAULT '',
  size int unsigned NOT NULL DEFAULT 0,
  type enum('0','1') NOT NULL DEFAULT '0',
  KEY ticket_id(ticket_id)
);
CREATE TABLE hesk_categories (
  id smallint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name varchar(255) NOT NULL DEFAULT '',
  cat_order smallint unsigned NOT NULL DEFAULT 0
);
CREATE TABLE hesk_custom_statuses (
  id tinyint unsigned NOT NULL PRIMARY KEY,
  name text NOT NULL,
  color varchar(6)
);
CREATE TABLE hesk_kb_articles (
  id smallint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  catid smallint unsigned,
  dt timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  author smallint unsigned,
  subject varchar(255),
  content mediumtext
);
CREATE TABLE hesk_mail (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `from` smallint unsigned,
  `to` smallint unsigned,
  subject varchar(255),
  message mediumtext,
  dt timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `read` enum('0','1') DEFAULT '0'
);
CREATE TABLE hesk_notes (
  id mediumint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  ticket mediumint unsigned NOT NULL,
  who smallint unsigned NOT NULL,
  dt timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  message mediumtext NOT NULL,
  attachments mediumtext,
  KEY ticketid(ticket)
);
CREATE TABLE hesk_replies (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  replyto mediumint unsigned NOT NULL DEFAULT 0,
  name varchar(255) NOT NULL DEFAULT '',
  message mediumtext NOT NULL,
  message_html mediumtext,
  dt timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  attachments mediumtext,
  staffid smallint unsigned NOT NULL DEFAULT 0,
  rating enum('1','5') DEFAULT NULL,
  `read` enum('0','1') NOT NULL DEFAULT '0',
  KEY replyto(replyto),
  KEY dt(dt)
);
CREATE TABLE hesk_reset_password (
  id mediumint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user smallint unsigned,
  hash char(40),
  dt timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE hesk_tickets (
  id mediumint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  trackid varchar(13) NOT NULL,
  name varchar(255) NOT NULL DEFAULT '',
  email varchar(1000) NOT NULL DEFAULT '',
  category smallint unsigned NOT NULL DEFAULT 1,
  priority enum('0','1','2','3') NOT NULL DEFAULT '3',
  subject varchar(255) NOT NULL DEFAULT '',
  message mediumtext NOT NULL,
  message_html mediumtext,
  dt timestamp NOT NULL DEFAULT '2000-01-01 00:00:00',
  lastchange timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  firstreply timestamp NULL DEFAULT NULL,
  closedat timestamp NULL DEFAULT NULL,
  ip varchar(45) NOT NULL DEFAULT '',
  language varchar(50),
  status tinyint unsigned NOT NULL DEFAULT 0,
  owner smallint unsigned NOT NULL DEFAULT 0,
  replies smallint unsigned NOT NULL DEFAULT 0,
  lastreplier enum('0','1') NOT NULL DEFAULT '0',
  archive enum('0','1') NOT NULL DEFAULT '0',
  locked enum('0','1') NOT NULL DEFAULT '0',
  history mediumtext,
  UNIQUE KEY trackid(trackid),
  KEY owner(owner),
  KEY lastchange(lastchange)
);
CREATE TABLE hesk_users (
  id smallint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user varchar(255) NOT NULL DEFAULT '',
  pass char(40) NOT NULL,
  isadmin enum('0','1') NOT NULL DEFAULT '0',
  name varchar(255) NOT NULL DEFAULT '',
  email varchar(255) NOT NULL DEFAULT '',
  signature varchar(1000) NOT NULL DEFAULT ''
);

INSERT INTO hesk_users (user, pass, name, email) VALUES ('ana', 'x', 'Ana Ruiz', 'ana@example.com'), ('bo', 'x', 'Bo Li', 'bo@example.com');
INSERT INTO hesk_categories (name) VALUES ('General'), ('Billing');
INSERT INTO hesk_tickets (trackid, name, email, category, priority, subject, message, dt, lastchange, closedat, status, owner) VALUES
  ('AAA-111', 'Cleo', 'cleo@example.org', 1, '3', 'Cannot print', 'It smokes', '2026-03-01 09:00:00', '2026-03-02 10:00:00', '2026-03-02 10:00:00', 3, 1),
  ('BBB-222', 'Dora', 'dora@example.org', 2, '0', 'Charged twice', 'See <b>here</b>', '2026-03-03 09:00:00', '2026-03-03 09:00:00', NULL, 0, 0);
INSERT INTO hesk_replies (replyto, name, message, dt, staffid) VALUES
  (1, 'Ana Ruiz', 'Is it <b>on</b>?', '2026-03-01 10:00:00', 1), (1, 'Cleo', 'It is', '2026-03-01 11:00:00', 0), (2, 'Dora', 'Hello?', '2026-03-03 12:00:00', 0);
INSERT INTO hesk_notes (ticket, who, message) VALUES (1, 1, 'call the fire brigade');
