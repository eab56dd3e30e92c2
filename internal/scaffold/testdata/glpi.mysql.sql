-- GLPI 10, reduced: foreign keys by name only, with the plural of the table; followups belong to any kind of item.
CREATE TABLE glpi_tickets (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, entities_id int unsigned NOT NULL DEFAULT 0, name varchar(255), date timestamp NULL, closedate timestamp NULL, solvedate timestamp NULL,
  takeintoaccountdate timestamp NULL, date_mod timestamp NULL, users_id_lastupdater int unsigned NOT NULL DEFAULT 0, status int NOT NULL DEFAULT 1, users_id_recipient int unsigned NOT NULL DEFAULT 0,
  requesttypes_id int unsigned NOT NULL DEFAULT 0, content longtext, urgency int NOT NULL DEFAULT 1, impact int NOT NULL DEFAULT 1, priority int NOT NULL DEFAULT 1, itilcategories_id int unsigned NOT NULL DEFAULT 0,
  type int NOT NULL DEFAULT 1, global_validation int NOT NULL DEFAULT 1, is_deleted tinyint NOT NULL DEFAULT 0, locations_id int unsigned NOT NULL DEFAULT 0, date_creation timestamp NULL, KEY date_mod (date_mod));
CREATE TABLE glpi_itilfollowups (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, itemtype varchar(100) NOT NULL, items_id int unsigned NOT NULL DEFAULT 0, date timestamp NULL, users_id int unsigned NOT NULL DEFAULT 0,
  users_id_editor int unsigned NOT NULL DEFAULT 0, content longtext, is_private tinyint NOT NULL DEFAULT 0, requesttypes_id int unsigned NOT NULL DEFAULT 0, date_mod timestamp NULL, date_creation timestamp NULL,
  timeline_position tinyint NOT NULL DEFAULT 0, KEY item (itemtype, items_id));
CREATE TABLE glpi_itilsolutions (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, itemtype varchar(100) NOT NULL, items_id int unsigned NOT NULL DEFAULT 0, content longtext, date_creation timestamp NULL, date_mod timestamp NULL, users_id int unsigned NOT NULL DEFAULT 0, status int NOT NULL DEFAULT 1);
CREATE TABLE glpi_tickettasks (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, tickets_id int unsigned NOT NULL DEFAULT 0, date timestamp NULL, users_id int unsigned NOT NULL DEFAULT 0, content longtext, is_private tinyint NOT NULL DEFAULT 0, actiontime int NOT NULL DEFAULT 0, state int NOT NULL DEFAULT 1, users_id_tech int unsigned NOT NULL DEFAULT 0, date_mod timestamp NULL, date_creation timestamp NULL);
CREATE TABLE glpi_tickets_users (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, tickets_id int unsigned NOT NULL DEFAULT 0, users_id int unsigned NOT NULL DEFAULT 0, type int NOT NULL DEFAULT 1, use_notification tinyint NOT NULL DEFAULT 1, alternative_email varchar(255));
CREATE TABLE glpi_users (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(255), password varchar(255), phone varchar(255), realname varchar(255), firstname varchar(255), is_active tinyint NOT NULL DEFAULT 1, is_deleted tinyint NOT NULL DEFAULT 0, date_mod timestamp NULL, date_creation timestamp NULL);
CREATE TABLE glpi_useremails (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, users_id int unsigned NOT NULL DEFAULT 0, is_default tinyint NOT NULL DEFAULT 0, email varchar(255));
CREATE TABLE glpi_documents (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(255), filename varchar(255), filepath varchar(255), mime varchar(255), date_mod timestamp NULL, tickets_id int unsigned NOT NULL DEFAULT 0, date_creation timestamp NULL);
CREATE TABLE glpi_documents_items (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, documents_id int unsigned NOT NULL DEFAULT 0, items_id int unsigned NOT NULL DEFAULT 0, itemtype varchar(100) NOT NULL);
CREATE TABLE glpi_itilcategories (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(255), completename text, comment text);
CREATE TABLE glpi_requesttypes (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(255), comment text);
CREATE TABLE glpi_computers (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(255), serial varchar(255), comment text, users_id int unsigned NOT NULL DEFAULT 0, states_id int unsigned NOT NULL DEFAULT 0, is_deleted tinyint NOT NULL DEFAULT 0, date_mod timestamp NULL, date_creation timestamp NULL);
CREATE TABLE glpi_problems (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(255), status int NOT NULL DEFAULT 1, content longtext, date timestamp NULL, solvedate timestamp NULL, closedate timestamp NULL, priority int NOT NULL DEFAULT 1, users_id_recipient int unsigned NOT NULL DEFAULT 0, is_deleted tinyint NOT NULL DEFAULT 0, date_mod timestamp NULL, date_creation timestamp NULL);
CREATE TABLE glpi_changes (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(255), status int NOT NULL DEFAULT 1, content longtext, date timestamp NULL, solvedate timestamp NULL, closedate timestamp NULL, priority int NOT NULL DEFAULT 1, users_id_recipient int unsigned NOT NULL DEFAULT 0, is_deleted tinyint NOT NULL DEFAULT 0, date_mod timestamp NULL, date_creation timestamp NULL);
CREATE TABLE glpi_logs (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, itemtype varchar(100) NOT NULL, items_id int unsigned NOT NULL DEFAULT 0, user_name varchar(255), date_mod timestamp NULL, old_value varchar(255), new_value varchar(255));
CREATE TABLE glpi_configs (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, context varchar(150), name varchar(150), value text);
CREATE TABLE glpi_crontasks (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, itemtype varchar(100) NOT NULL, name varchar(255) NOT NULL, frequency int NOT NULL, state int NOT NULL DEFAULT 1, comment text);
CREATE TABLE glpi_ticketsatisfactions (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, tickets_id int unsigned NOT NULL DEFAULT 0, type int NOT NULL DEFAULT 1, date_begin timestamp NULL, date_answered timestamp NULL, satisfaction int, comment text);
CREATE TABLE glpi_locations (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(255), completename text);
CREATE TABLE glpi_entities (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(255), completename text);
INSERT INTO glpi_users (id, name, password) VALUES (2,'ana','x'), (3,'ben','x');
INSERT INTO glpi_useremails (users_id, is_default, email) VALUES (2,1,'ana@example.com');
INSERT INTO glpi_itilcategories (id, name) VALUES (1,'Hardware');
INSERT INTO glpi_requesttypes (id, name) VALUES (1,'Helpdesk');
INSERT INTO glpi_tickets (id, name, date, closedate, solvedate, date_mod, status, users_id_recipient, requesttypes_id, content, priority, itilcategories_id, is_deleted, date_creation) VALUES
  (1,'Printer on fire','2026-02-01 09:00:00',NULL,NULL,'2026-02-01 10:00:00',2,3,1,'&#60;p&#62;It burns&#60;/p&#62;',3,1,0,'2026-02-01 09:00:00'),
  (2,'Thanks','2026-02-02 09:00:00','2026-02-04 10:00:00','2026-02-03 10:00:00','2026-02-04 10:00:00',6,3,1,'<p>ok</p>',3,0,0,'2026-02-02 09:00:00'), (3,'Spam','2026-02-02 09:00:00',NULL,NULL,'2026-02-02 09:00:00',1,3,1,'x',3,0,1,'2026-02-02 09:00:00');
INSERT INTO glpi_itilfollowups (id, itemtype, items_id, date, users_id, content, is_private, date_mod, date_creation) VALUES
  (1,'Ticket',1,'2026-02-01 09:10:00',3,'<p>Still burning</p>',0,'2026-02-01 09:10:00','2026-02-01 09:10:00'), (2,'Ticket',1,'2026-02-01 09:30:00',2,'<p>Water?</p>',0,'2026-02-01 09:30:00','2026-02-01 09:30:00'),
  (3,'Ticket',1,'2026-02-01 10:00:00',2,'<p>call him</p>',1,'2026-02-01 10:00:00','2026-02-01 10:00:00'), (4,'Problem',1,'2026-02-01 10:00:00',2,'<p>of a problem</p>',0,'2026-02-01 10:00:00','2026-02-01 10:00:00');
INSERT INTO glpi_ticketsatisfactions (tickets_id, satisfaction) VALUES (2,4);
