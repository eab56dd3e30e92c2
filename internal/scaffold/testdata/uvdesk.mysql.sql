-- UVdesk, reduced: one table of people for agents and customers, foreign keys declared, who speaks is a word.
CREATE TABLE uv_user (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, email varchar(191), proxy_id varchar(191), password varchar(191), first_name varchar(191) NOT NULL, last_name varchar(191), is_enabled tinyint(1) NOT NULL, verification_code varchar(191), timezone varchar(191));
CREATE TABLE uv_user_instance (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id int, source varchar(191) NOT NULL, skype_id varchar(191), contact_number varchar(191), designation varchar(191), signature text, is_active tinyint(1) NOT NULL, created_at datetime NOT NULL, updated_at datetime NOT NULL, CONSTRAINT i1 FOREIGN KEY (user_id) REFERENCES uv_user (id));
CREATE TABLE uv_ticket_status (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, code varchar(191) NOT NULL, description text, color_code varchar(191), sort_order int);
CREATE TABLE uv_ticket_priority (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, code varchar(191) NOT NULL, description text, color_code varchar(191));
CREATE TABLE uv_ticket_type (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, code varchar(191) NOT NULL, description text, is_active tinyint(1) NOT NULL);
CREATE TABLE uv_support_group (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(191) NOT NULL, description text, created_at datetime NOT NULL, is_active tinyint(1) NOT NULL);
CREATE TABLE uv_ticket (
  id int NOT NULL AUTO_INCREMENT PRIMARY KEY, status_id int, priority_id int, type_id int, customer_id int, agent_id int, group_id int, sub_group_id int, source varchar(191) NOT NULL, mailbox_email varchar(191), subject text,
  reference_ids text, is_new tinyint(1) NOT NULL DEFAULT 1, is_replied tinyint(1) NOT NULL DEFAULT 0, is_reply_enabled tinyint(1) NOT NULL DEFAULT 1, is_starred tinyint(1) NOT NULL DEFAULT 0, is_trashed tinyint(1) NOT NULL DEFAULT 0,
  is_agent_viewed tinyint(1) NOT NULL DEFAULT 0, is_customer_viewed tinyint(1) NOT NULL DEFAULT 0, created_at datetime NOT NULL, updated_at datetime NOT NULL, customer_replied_at datetime, resolved_at datetime,
  CONSTRAINT t1 FOREIGN KEY (status_id) REFERENCES uv_ticket_status (id), CONSTRAINT t2 FOREIGN KEY (priority_id) REFERENCES uv_ticket_priority (id), CONSTRAINT t3 FOREIGN KEY (customer_id) REFERENCES uv_user (id),
  CONSTRAINT t4 FOREIGN KEY (agent_id) REFERENCES uv_user (id), CONSTRAINT t5 FOREIGN KEY (group_id) REFERENCES uv_support_group (id));
CREATE TABLE uv_thread (
  id int NOT NULL AUTO_INCREMENT PRIMARY KEY, ticket_id int, user_id int, source varchar(191) NOT NULL, message_id text, thread_type varchar(191) NOT NULL, created_by varchar(191) NOT NULL, cc text, bcc text, reply_to text,
  delivery_status varchar(191), is_locked tinyint(1) NOT NULL DEFAULT 0, is_bookmarked tinyint(1) NOT NULL DEFAULT 0, message longtext NOT NULL, created_at datetime NOT NULL, updated_at datetime NOT NULL, agent_viewed_at datetime, customer_viewed_at datetime,
  CONSTRAINT h1 FOREIGN KEY (ticket_id) REFERENCES uv_ticket (id), CONSTRAINT h2 FOREIGN KEY (user_id) REFERENCES uv_user (id));
CREATE TABLE uv_ticket_attachments (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, thread_id int, name text, path text, content_type varchar(191), size int, CONSTRAINT a1 FOREIGN KEY (thread_id) REFERENCES uv_thread (id));
CREATE TABLE uv_ticket_rating (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, ticket_id int, user_id int, stars int NOT NULL DEFAULT 0, feedback text, created_at datetime NOT NULL);
CREATE TABLE uv_saved_replies (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id int, name varchar(191) NOT NULL, message longtext NOT NULL, template_for varchar(191));
CREATE TABLE uv_email_templates (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id int, name varchar(191) NOT NULL, subject varchar(191) NOT NULL, message longtext NOT NULL, template_type varchar(191));
CREATE TABLE uv_article (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(191) NOT NULL, slug varchar(191) NOT NULL, content longtext, date_added datetime NOT NULL, date_updated datetime NOT NULL, status int NOT NULL);
CREATE TABLE uv_tag (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(191) NOT NULL);
CREATE TABLE uv_tickets_tags (ticket_id int NOT NULL, tag_id int NOT NULL, PRIMARY KEY (ticket_id, tag_id));
CREATE TABLE uv_tickets_collaborators (ticket_id int NOT NULL, user_instance_id int NOT NULL, PRIMARY KEY (ticket_id, user_instance_id));
CREATE TABLE uv_website (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(191) NOT NULL, code varchar(191) NOT NULL, logo varchar(191), created_at datetime NOT NULL, updated_at datetime NOT NULL);
CREATE TABLE uv_workflow (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(191) NOT NULL, conditions text, actions text, date_added datetime NOT NULL, date_updated datetime NOT NULL);
INSERT INTO uv_user (id, email, first_name, password, is_enabled) VALUES (1,'ana@example.com','Ana','x',1), (2,'ben@example.com','Ben','x',1);
INSERT INTO uv_ticket_status (id, code) VALUES (1,'open'), (5,'closed'); INSERT INTO uv_ticket_priority (id, code) VALUES (1,'low'); INSERT INTO uv_support_group (id, name, created_at, is_active) VALUES (1,'Default','2026-01-01',1);
INSERT INTO uv_ticket (id, status_id, priority_id, customer_id, agent_id, group_id, source, subject, created_at, updated_at, resolved_at) VALUES (1,1,1,2,1,1,'website','Printer on fire','2026-02-01 09:00:00','2026-02-01 10:00:00',NULL), (2,5,1,2,NULL,1,'email','Thanks','2026-02-02 09:00:00','2026-02-03 10:00:00','2026-02-03 10:00:00');
INSERT INTO uv_thread (id, ticket_id, user_id, source, thread_type, created_by, message, created_at, updated_at) VALUES (1,1,2,'website','create','customer','<p>It burns</p>','2026-02-01 09:00:00','2026-02-01 09:00:00'), (2,1,1,'website','reply','agent','<p>Water?</p>','2026-02-01 09:30:00','2026-02-01 09:30:00'),
  (3,1,1,'website','note','agent','<p>call him</p>','2026-02-01 10:00:00','2026-02-01 10:00:00'), (4,2,2,'email','create','customer','Thanks','2026-02-02 09:00:00','2026-02-02 09:00:00');
INSERT INTO uv_ticket_attachments (id, thread_id, name, path, content_type, size) VALUES (1,1,'fire.png','/assets/threads/1/fire.png','image/png',3);
