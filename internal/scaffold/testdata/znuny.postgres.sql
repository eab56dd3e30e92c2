-- Znuny (OTRS), reduced: a message is an article whose text stands in a table of its own.
CREATE TABLE users (id serial PRIMARY KEY, login varchar(200) NOT NULL UNIQUE, pw varchar(128) NOT NULL, title varchar(50), first_name varchar(100) NOT NULL, last_name varchar(100) NOT NULL, valid_id smallint NOT NULL, create_time timestamp(0) NOT NULL, create_by integer NOT NULL, change_time timestamp(0) NOT NULL, change_by integer NOT NULL);
CREATE TABLE customer_user (id serial PRIMARY KEY, login varchar(200) NOT NULL UNIQUE, email varchar(150) NOT NULL, customer_id varchar(150) NOT NULL, pw varchar(128), first_name varchar(100) NOT NULL, last_name varchar(100) NOT NULL, valid_id smallint NOT NULL, create_time timestamp(0) NOT NULL, create_by integer NOT NULL, change_time timestamp(0) NOT NULL, change_by integer NOT NULL);
CREATE TABLE queue (id serial PRIMARY KEY, name varchar(200) NOT NULL, group_id integer NOT NULL, comments varchar(250), valid_id smallint NOT NULL);
CREATE TABLE ticket_state_type (id serial PRIMARY KEY, name varchar(200) NOT NULL);
CREATE TABLE ticket_state (id serial PRIMARY KEY, name varchar(200) NOT NULL, comments varchar(250), type_id smallint NOT NULL REFERENCES ticket_state_type (id), valid_id smallint NOT NULL);
CREATE TABLE ticket_priority (id serial PRIMARY KEY, name varchar(200) NOT NULL, valid_id smallint NOT NULL);
CREATE TABLE ticket_type (id serial PRIMARY KEY, name varchar(200) NOT NULL, valid_id smallint NOT NULL);
CREATE TABLE ticket_lock_type (id serial PRIMARY KEY, name varchar(200) NOT NULL, valid_id smallint NOT NULL);
CREATE TABLE ticket (
  id bigserial PRIMARY KEY, tn varchar(50) NOT NULL UNIQUE, title varchar(255), queue_id integer NOT NULL REFERENCES queue (id), ticket_lock_id integer NOT NULL REFERENCES ticket_lock_type (id),
  type_id integer REFERENCES ticket_type (id), service_id integer, sla_id integer, user_id integer NOT NULL REFERENCES users (id), responsible_user_id integer NOT NULL REFERENCES users (id),
  ticket_priority_id integer NOT NULL REFERENCES ticket_priority (id), ticket_state_id integer NOT NULL REFERENCES ticket_state (id), customer_id varchar(150), customer_user_id varchar(250),
  timeout integer NOT NULL, until_time integer NOT NULL, escalation_time integer NOT NULL, archive_flag smallint NOT NULL DEFAULT 0,
  create_time timestamp(0) NOT NULL, create_by integer NOT NULL REFERENCES users (id), change_time timestamp(0) NOT NULL, change_by integer NOT NULL REFERENCES users (id));
CREATE TABLE ticket_history (id bigserial PRIMARY KEY, name varchar(200) NOT NULL, history_type_id integer NOT NULL, ticket_id bigint NOT NULL REFERENCES ticket (id), article_id bigint, type_id integer NOT NULL, queue_id integer NOT NULL, owner_id integer NOT NULL, priority_id integer NOT NULL, state_id integer NOT NULL, create_time timestamp(0) NOT NULL, create_by integer NOT NULL, change_time timestamp(0) NOT NULL, change_by integer NOT NULL);
CREATE TABLE article_sender_type (id serial PRIMARY KEY, name varchar(200) NOT NULL, comments varchar(250), valid_id smallint NOT NULL);
CREATE TABLE communication_channel (id bigserial PRIMARY KEY, name varchar(200) NOT NULL, module varchar(200) NOT NULL, valid_id smallint NOT NULL);
CREATE TABLE article (id bigserial PRIMARY KEY, ticket_id bigint NOT NULL REFERENCES ticket (id), article_sender_type_id integer NOT NULL REFERENCES article_sender_type (id), communication_channel_id bigint NOT NULL REFERENCES communication_channel (id), is_visible_for_customer smallint NOT NULL, search_index_needs_rebuild smallint NOT NULL DEFAULT 1, insert_fingerprint varchar(64), create_time timestamp(0) NOT NULL, create_by integer NOT NULL REFERENCES users (id), change_time timestamp(0) NOT NULL, change_by integer NOT NULL REFERENCES users (id));
CREATE TABLE article_data_mime (id bigserial PRIMARY KEY, article_id bigint NOT NULL REFERENCES article (id), a_from varchar, a_reply_to varchar, a_to varchar, a_cc varchar, a_subject varchar(3800), a_message_id varchar(3800), a_content_type varchar(250), a_body varchar, incoming_time integer NOT NULL, content_path varchar(250), create_time timestamp(0) NOT NULL, create_by integer NOT NULL, change_time timestamp(0) NOT NULL, change_by integer NOT NULL);
CREATE TABLE article_data_mime_plain (id bigserial PRIMARY KEY, article_id bigint NOT NULL REFERENCES article (id), body text NOT NULL, create_time timestamp(0) NOT NULL, create_by integer NOT NULL, change_time timestamp(0) NOT NULL, change_by integer NOT NULL);
CREATE TABLE article_data_mime_attachment (id bigserial PRIMARY KEY, article_id bigint NOT NULL REFERENCES article (id), filename varchar(250), content_size varchar(30), content_type varchar(450), content_id varchar(250), disposition varchar(15), content text NOT NULL, create_time timestamp(0) NOT NULL, create_by integer NOT NULL, change_time timestamp(0) NOT NULL, change_by integer NOT NULL);
CREATE TABLE article_flag (article_id bigint NOT NULL, article_key varchar(50) NOT NULL, article_value varchar(50), create_time timestamp(0) NOT NULL, create_by integer NOT NULL);
CREATE TABLE dynamic_field_value (id serial PRIMARY KEY, field_id integer NOT NULL, object_id bigint NOT NULL, value_text varchar(3800), value_date timestamp(0), value_int bigint);
CREATE TABLE salutation (id serial PRIMARY KEY, name varchar(200) NOT NULL, text varchar(3000) NOT NULL);
CREATE TABLE standard_template (id serial PRIMARY KEY, name varchar(200) NOT NULL, text varchar, content_type varchar(250), template_type varchar(100) NOT NULL);
CREATE TABLE sessions (id bigserial PRIMARY KEY, session_id varchar(100) NOT NULL, data_key varchar(100) NOT NULL, data_value varchar, serialized smallint NOT NULL);
CREATE TABLE sysconfig_default (id serial PRIMARY KEY, name varchar(250) NOT NULL, description text NOT NULL, effective_value text NOT NULL);
CREATE TABLE ticket_watcher (ticket_id bigint NOT NULL, user_id integer NOT NULL, create_time timestamp(0) NOT NULL);
CREATE TABLE time_accounting (id bigserial PRIMARY KEY, ticket_id bigint NOT NULL REFERENCES ticket (id), article_id bigint, time_unit decimal(10,2) NOT NULL, create_time timestamp(0) NOT NULL);
INSERT INTO users VALUES (1,'root@localhost','x',NULL,'Admin','OTRS',1,'2026-01-01',1,'2026-01-01',1), (2,'ana','x',NULL,'Ana','Agent',1,'2026-01-01',1,'2026-01-01',1);
INSERT INTO customer_user VALUES (1,'ben','ben@example.com','acme',NULL,'Ben','Customer',1,'2026-01-01',1,'2026-01-01',1);
INSERT INTO queue VALUES (1,'Postmaster',1,NULL,1);
INSERT INTO ticket_state_type VALUES (1,'new'), (2,'closed');
INSERT INTO ticket_state VALUES (1,'new',NULL,1,1), (2,'closed successful',NULL,2,1);
INSERT INTO ticket_priority VALUES (1,'3 normal',1);
INSERT INTO ticket_type VALUES (1,'Unclassified',1);
INSERT INTO ticket_lock_type VALUES (1,'unlock',1);
INSERT INTO article_sender_type VALUES (1,'agent',NULL,1), (2,'system',NULL,1), (3,'customer',NULL,1);
INSERT INTO communication_channel VALUES (1,'Email','Kernel',1);
INSERT INTO ticket VALUES (1,'2026020110000011','Printer on fire',1,1,1,NULL,NULL,2,1,1,1,'acme','ben',0,0,0,0,'2026-02-01 09:00:00',1,'2026-02-01 10:00:00',2), (2,'2026020210000022','Thanks',1,1,1,NULL,NULL,1,1,1,2,'acme','ben',0,0,0,0,'2026-02-02 09:00:00',1,'2026-02-03 10:00:00',2);
INSERT INTO article (id, ticket_id, article_sender_type_id, communication_channel_id, is_visible_for_customer, create_time, create_by, change_time, change_by) VALUES
  (1,1,3,1,1,'2026-02-01 09:00:00',1,'2026-02-01 09:00:00',1), (2,1,1,1,1,'2026-02-01 09:30:00',2,'2026-02-01 09:30:00',2), (3,1,1,1,0,'2026-02-01 10:00:00',2,'2026-02-01 10:00:00',2), (4,2,3,1,1,'2026-02-02 09:00:00',1,'2026-02-02 09:00:00',1);
INSERT INTO article_data_mime (id, article_id, a_from, a_subject, a_content_type, a_body, incoming_time, create_time, create_by, change_time, change_by) VALUES
  (11,1,'"Ben" <ben@example.com>','Printer','text/plain; charset=utf-8','It burns, a < b',0,'2026-02-01',1,'2026-02-01',1), (12,2,'Support','Re: Printer','text/plain; charset=utf-8','Water?',0,'2026-02-01',2,'2026-02-01',2),
  (13,3,'Ana','Note','text/plain; charset=utf-8','call him',0,'2026-02-01',2,'2026-02-01',2), (14,4,'"Ben" <ben@example.com>','Thanks','text/plain; charset=utf-8','Thanks',0,'2026-02-02',1,'2026-02-02',1);
