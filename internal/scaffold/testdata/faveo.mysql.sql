-- Faveo, reduced: files in the database, a thread has an author and says whether it is internal.
CREATE TABLE users (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, user_name varchar(255), first_name varchar(255) NOT NULL, last_name varchar(255) NOT NULL, email varchar(255), password varchar(60) NOT NULL, active int NOT NULL DEFAULT 1, role varchar(255) NOT NULL DEFAULT 'user', created_at timestamp NULL, updated_at timestamp NULL);
CREATE TABLE tickets (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, ticket_number varchar(255) NOT NULL, user_id int unsigned, dept_id int unsigned, team_id int unsigned, priority_id int unsigned, sla int unsigned, help_topic_id int unsigned,
  status int unsigned, rating tinyint(1), ratingreply tinyint(1), flags int NOT NULL DEFAULT 0, ip_address int NOT NULL DEFAULT 0, assigned_to int unsigned, lock_by int NOT NULL DEFAULT 0, lock_at datetime, source int unsigned,
  isoverdue int NOT NULL DEFAULT 0, reopened int NOT NULL DEFAULT 0, isanswered int NOT NULL DEFAULT 0, html int NOT NULL DEFAULT 0, is_deleted int NOT NULL DEFAULT 0, closed int NOT NULL DEFAULT 0, is_transferred tinyint(1) NOT NULL DEFAULT 0,
  transferred_at datetime, reopened_at datetime, duedate datetime, closed_at datetime, last_message_at datetime, last_response_at datetime, created_at timestamp NULL, updated_at timestamp NULL,
  KEY user_id (user_id), CONSTRAINT t1 FOREIGN KEY (user_id) REFERENCES users (id), CONSTRAINT t2 FOREIGN KEY (assigned_to) REFERENCES users (id));
CREATE TABLE ticket_status (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(255) NOT NULL, state varchar(255) NOT NULL, mode int NOT NULL, message varchar(255) NOT NULL, created_at timestamp NULL, updated_at timestamp NULL);
ALTER TABLE tickets ADD CONSTRAINT t3 FOREIGN KEY (status) REFERENCES ticket_status (id);
CREATE TABLE ticket_priority (priority_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, priority varchar(255) NOT NULL, priority_desc varchar(255) NOT NULL, priority_color varchar(255) NOT NULL);
CREATE TABLE ticket_source (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(255) NOT NULL, value varchar(255) NOT NULL);
CREATE TABLE ticket_thread (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, ticket_id int unsigned, user_id int unsigned, poster varchar(255) NOT NULL, source int unsigned, reply_rating int NOT NULL DEFAULT 0, rating_count int NOT NULL DEFAULT 0,
  is_internal int NOT NULL DEFAULT 0, title varchar(255) NOT NULL, body longtext, format varchar(255) NOT NULL, ip_address varchar(255) NOT NULL, created_at timestamp NULL, updated_at timestamp NULL,
  CONSTRAINT h1 FOREIGN KEY (ticket_id) REFERENCES tickets (id), CONSTRAINT h2 FOREIGN KEY (user_id) REFERENCES users (id));
CREATE TABLE ticket_attachment (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, thread_id int unsigned, name varchar(255) NOT NULL, size varchar(255) NOT NULL, type varchar(255) NOT NULL, poster varchar(255) NOT NULL, file mediumblob, created_at timestamp NULL, updated_at timestamp NULL);
CREATE TABLE ticket_collaborator (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, isactive int NOT NULL, ticket_id int unsigned, user_id int unsigned, role varchar(255) NOT NULL, created_at timestamp NULL, updated_at timestamp NULL);
CREATE TABLE ticket_form_data (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, ticket_id int unsigned, title varchar(255) NOT NULL, content varchar(255) NOT NULL, created_at timestamp NULL, updated_at timestamp NULL);
CREATE TABLE department (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(255) NOT NULL, type varchar(255) NOT NULL, department_sign varchar(255) NOT NULL);
CREATE TABLE help_topic (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, topic varchar(255) NOT NULL, parent_topic varchar(255) NOT NULL, status tinyint(1) NOT NULL);
CREATE TABLE teams (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(255) NOT NULL, status tinyint(1) NOT NULL, admin_notes varchar(255) NOT NULL);
CREATE TABLE canned_response (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id int unsigned, title varchar(255) NOT NULL, message longtext NOT NULL, created_at timestamp NULL, updated_at timestamp NULL);
CREATE TABLE kb_comment (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, article_id int unsigned, name varchar(255) NOT NULL, email varchar(255) NOT NULL, comment text NOT NULL, status tinyint(1) NOT NULL, created_at timestamp NULL, updated_at timestamp NULL);
CREATE TABLE kb_article (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(255) NOT NULL, slug varchar(255) NOT NULL, description longtext NOT NULL, status tinyint(1) NOT NULL, publish_time datetime, created_at timestamp NULL, updated_at timestamp NULL);
CREATE TABLE settings_system (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, status tinyint(1) NOT NULL, url varchar(255) NOT NULL, name varchar(255) NOT NULL);
CREATE TABLE jobs (id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, queue varchar(255) NOT NULL, payload longtext NOT NULL, attempts tinyint NOT NULL, created_at int unsigned NOT NULL);
CREATE TABLE log_notification (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, log varchar(255) NOT NULL, created_at timestamp NULL, updated_at timestamp NULL);
CREATE TABLE ratings (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(255) NOT NULL, display_order int NOT NULL, rating_scale int NOT NULL);
INSERT INTO users (id, user_name, first_name, last_name, email, password, role) VALUES (1,'ana','Ana','Agent','ana@example.com','x','agent'), (2,'ben','Ben','Customer','ben@example.com','x','user');
INSERT INTO ticket_status (id, name, state, mode, message) VALUES (1,'Open','open',1,''), (3,'Closed','closed',1,'');
INSERT INTO ticket_priority VALUES (2,'Normal','Normal','');
INSERT INTO ticket_source VALUES (1,'web','Web');
INSERT INTO department VALUES (1,'Support','',''); INSERT INTO help_topic VALUES (1,'Support query','',1);
INSERT INTO tickets (id, ticket_number, user_id, dept_id, priority_id, help_topic_id, status, assigned_to, source, closed, closed_at, created_at, updated_at) VALUES
  (1,'AAAA-0000-0001',2,1,2,1,1,1,1,0,NULL,'2026-02-01 09:00:00','2026-02-01 10:00:00'), (2,'AAAA-0000-0002',2,1,2,1,3,NULL,1,1,'2026-02-03 10:00:00','2026-02-02 09:00:00','2026-02-03 10:00:00');
INSERT INTO ticket_thread (id, ticket_id, user_id, poster, is_internal, title, body, format, ip_address, created_at, updated_at) VALUES
  (1,1,2,'client',0,'Printer on fire','<p>It burns</p>','','','2026-02-01 09:00:00','2026-02-01 09:00:00'), (2,1,1,'support',0,'','<p>Water?</p>','','','2026-02-01 09:30:00','2026-02-01 09:30:00'),
  (3,1,1,'support',1,'','call him','','','2026-02-01 10:00:00','2026-02-01 10:00:00'), (4,2,2,'client',0,'Thanks','Thanks','','','2026-02-02 09:00:00','2026-02-02 09:00:00');
INSERT INTO ticket_attachment (id, thread_id, name, size, type, poster, file) VALUES (1,1,'fire.txt','3','text/plain','ATTACHMENT',x'616263');
