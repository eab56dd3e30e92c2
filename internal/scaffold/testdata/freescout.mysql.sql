-- FreeScout 1.8, reduced. Laravel, UTC in TIMESTAMP columns; it declares no foreign keys.
CREATE TABLE conversations (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, number int unsigned NOT NULL, threads_count int unsigned NOT NULL DEFAULT 0, type tinyint unsigned NOT NULL,
  folder_id int NOT NULL, status tinyint unsigned NOT NULL DEFAULT 1, state tinyint unsigned NOT NULL DEFAULT 1, subject varchar(998), customer_email varchar(191),
  cc text, bcc text, preview varchar(255) NOT NULL, imported tinyint(1) NOT NULL DEFAULT 0, has_attachments tinyint(1) NOT NULL DEFAULT 0, mailbox_id int NOT NULL,
  user_id int, customer_id int, created_by_user_id int, created_by_customer_id int, source_via tinyint unsigned NOT NULL, source_type tinyint unsigned NOT NULL,
  closed_by_user_id int, closed_at timestamp NULL, user_updated_at timestamp NULL, last_reply_at timestamp NULL, last_reply_from tinyint unsigned,
  read_by_user tinyint(1) NOT NULL DEFAULT 0, channel tinyint unsigned, meta text, created_at timestamp NULL, updated_at timestamp NULL);
CREATE TABLE threads (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, conversation_id int NOT NULL, user_id int, type tinyint unsigned NOT NULL, subtype tinyint unsigned,
  status tinyint unsigned NOT NULL DEFAULT 1, state tinyint unsigned NOT NULL DEFAULT 1, action_type tinyint unsigned, action_data text, body longtext, headers text,
  `from` varchar(191), `to` text, cc text, bcc text, has_attachments tinyint(1) NOT NULL DEFAULT 0, message_id varchar(998), source_via tinyint unsigned NOT NULL,
  source_type tinyint unsigned NOT NULL, customer_id int, created_by_user_id int, created_by_customer_id int, edited_by_user_id int, edited_at timestamp NULL,
  body_original longtext, first tinyint(1) NOT NULL DEFAULT 0, saved_reply_id int, send_status tinyint unsigned, opened_at timestamp NULL,
  created_at timestamp NULL, updated_at timestamp NULL, KEY conversation_id (conversation_id));
CREATE TABLE attachments (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, thread_id int, user_id int, file_dir varchar(20), file_name varchar(255) NOT NULL, mime_type varchar(127) NOT NULL,
  type int unsigned NOT NULL, size int unsigned, embedded tinyint(1) NOT NULL DEFAULT 0);
CREATE TABLE users (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, first_name varchar(20) NOT NULL, last_name varchar(30) NOT NULL, email varchar(100) NOT NULL, password varchar(255) NOT NULL,
  role tinyint unsigned NOT NULL DEFAULT 1, timezone varchar(255) NOT NULL DEFAULT 'UTC', created_at timestamp NULL, updated_at timestamp NULL);
CREATE TABLE customers (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, first_name varchar(255), last_name varchar(255), company varchar(255), phones text, notes text, created_at timestamp NULL, updated_at timestamp NULL);
CREATE TABLE emails (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, customer_id int NOT NULL, email varchar(191) NOT NULL, type tinyint unsigned NOT NULL DEFAULT 1);
CREATE TABLE mailboxes (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(40) NOT NULL, email varchar(128) NOT NULL, signature longtext, created_at timestamp NULL, updated_at timestamp NULL);
CREATE TABLE folders (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, mailbox_id int NOT NULL, user_id int, type tinyint unsigned NOT NULL, total_count int NOT NULL DEFAULT 0);
CREATE TABLE jobs (id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, queue varchar(191) NOT NULL, payload longtext NOT NULL, attempts tinyint unsigned NOT NULL, reserved_at int unsigned, available_at int unsigned NOT NULL, created_at int unsigned NOT NULL);
CREATE TABLE failed_jobs (id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, connection text NOT NULL, queue text NOT NULL, payload longtext NOT NULL, exception longtext NOT NULL, failed_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE migrations (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, migration varchar(255) NOT NULL, batch int NOT NULL);
CREATE TABLE options (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(191) NOT NULL, value longtext NOT NULL);
CREATE TABLE activity_logs (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, log_name varchar(191), description text NOT NULL, subject_id int, subject_type varchar(191), causer_id int, causer_type varchar(191), properties text, created_at timestamp NULL, updated_at timestamp NULL);
CREATE TABLE subscriptions (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id int NOT NULL, medium tinyint unsigned NOT NULL, event tinyint unsigned NOT NULL);
CREATE TABLE notifications (id char(36) NOT NULL PRIMARY KEY, type varchar(191) NOT NULL, notifiable_id int unsigned NOT NULL, notifiable_type varchar(191) NOT NULL, data text NOT NULL, read_at timestamp NULL, created_at timestamp NULL, updated_at timestamp NULL);
CREATE TABLE followers (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, conversation_id int NOT NULL, user_id int NOT NULL);
CREATE TABLE send_logs (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, thread_id int, message_id varchar(998), email varchar(191) NOT NULL, status tinyint unsigned NOT NULL, status_message varchar(255), created_at timestamp NULL, updated_at timestamp NULL);
CREATE TABLE sessions (id varchar(191) NOT NULL PRIMARY KEY, user_id int, ip_address varchar(45), payload text NOT NULL, last_activity int NOT NULL);
CREATE TABLE modules (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, alias varchar(191) NOT NULL, active tinyint(1) NOT NULL DEFAULT 0, license varchar(191));
INSERT INTO mailboxes (id, name, email) VALUES (1,'Support','support@example.com');
INSERT INTO users (id, first_name, last_name, email, password) VALUES (1,'Ana','Agent','ana@example.com','x');
INSERT INTO customers (id, first_name, last_name) VALUES (1,'Ben','Customer');
INSERT INTO conversations (id, number, type, folder_id, status, state, subject, preview, mailbox_id, user_id, customer_id, created_by_customer_id, source_via, source_type, closed_at, created_at, updated_at) VALUES
  (1,1,1,1,1,2,'Printer on fire','It burns',1,1,1,1,1,1,NULL,'2026-02-01 09:00:00','2026-02-01 10:00:00'),
  (2,2,1,1,3,2,'Thanks','Thanks',1,NULL,1,1,1,1,'2026-02-03 10:00:00','2026-02-02 09:00:00','2026-02-03 10:00:00');
INSERT INTO threads (id, conversation_id, user_id, type, state, body, `from`, source_via, source_type, customer_id, created_by_user_id, created_by_customer_id, created_at, updated_at) VALUES
  (1,1,1,1,2,'<p>It <b>burns</b></p>','ben@example.com',1,1,1,NULL,1,'2026-02-01 09:00:00','2026-02-01 09:00:00'),
  (2,1,1,2,2,'<p>Water?</p>',NULL,2,2,1,1,NULL,'2026-02-01 09:30:00','2026-02-01 09:30:00'),
  (3,1,1,3,2,'call him',NULL,2,2,1,1,NULL,'2026-02-01 10:00:00','2026-02-01 10:00:00'),
  (4,2,NULL,1,2,'Thanks','ben@example.com',1,1,1,NULL,1,'2026-02-02 09:00:00','2026-02-02 09:00:00');
INSERT INTO attachments (id, thread_id, file_dir, file_name, mime_type, type, size) VALUES (1,1,'1/2/3/','fire.png','image/png',5,10);
