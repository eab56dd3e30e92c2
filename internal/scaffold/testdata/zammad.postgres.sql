-- Zammad 6, reduced. Rails, UTC in columns without a zone; foreign keys are declared.
CREATE TABLE users (
  id serial PRIMARY KEY, organization_id integer, login varchar(255) NOT NULL UNIQUE, firstname varchar(100), lastname varchar(100), email varchar(255), password varchar(120),
  active boolean NOT NULL DEFAULT true, note varchar(5000), last_login timestamp(3), created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE TABLE groups (id serial PRIMARY KEY, name varchar(255) NOT NULL, note varchar(250), active boolean NOT NULL DEFAULT true, created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE TABLE organizations (id serial PRIMARY KEY, name varchar(100) NOT NULL, note varchar(5000), created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE TABLE ticket_state_types (id serial PRIMARY KEY, name varchar(250) NOT NULL);
CREATE TABLE ticket_states (id serial PRIMARY KEY, state_type_id integer NOT NULL REFERENCES ticket_state_types (id), name varchar(250) NOT NULL, note varchar(250), created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE TABLE ticket_priorities (id serial PRIMARY KEY, name varchar(250) NOT NULL, ui_color varchar(100), created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE TABLE ticket_article_types (id serial PRIMARY KEY, name varchar(250) NOT NULL, communication boolean NOT NULL);
CREATE TABLE ticket_article_senders (id serial PRIMARY KEY, name varchar(250) NOT NULL);
CREATE TABLE tickets (
  id serial PRIMARY KEY, group_id integer NOT NULL REFERENCES groups (id), priority_id integer NOT NULL REFERENCES ticket_priorities (id), state_id integer NOT NULL REFERENCES ticket_states (id),
  organization_id integer REFERENCES organizations (id), number varchar(60) NOT NULL, title varchar(250) NOT NULL, owner_id integer NOT NULL REFERENCES users (id),
  customer_id integer NOT NULL REFERENCES users (id), note varchar(250), first_response_at timestamp(3), close_at timestamp(3), close_in_min integer, last_contact_at timestamp(3),
  create_article_type_id integer REFERENCES ticket_article_types (id), create_article_sender_id integer REFERENCES ticket_article_senders (id), article_count integer,
  escalation_at timestamp(3), pending_time timestamp(3), type varchar(100), time_unit numeric(6,2), preferences text, updated_by_id integer NOT NULL REFERENCES users (id),
  created_by_id integer NOT NULL REFERENCES users (id), created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE INDEX index_tickets_on_updated_at ON tickets (updated_at);
CREATE TABLE ticket_articles (
  id serial PRIMARY KEY, ticket_id integer NOT NULL REFERENCES tickets (id), type_id integer NOT NULL REFERENCES ticket_article_types (id), sender_id integer NOT NULL REFERENCES ticket_article_senders (id),
  "from" varchar(3000), "to" varchar(3000), cc varchar(3000), subject varchar(3000), reply_to varchar(300), message_id varchar(3000), in_reply_to varchar(3000),
  content_type varchar(20) NOT NULL DEFAULT 'text/plain', "references" varchar(3200), body text NOT NULL, internal boolean NOT NULL DEFAULT false, preferences text,
  updated_by_id integer NOT NULL REFERENCES users (id), created_by_id integer NOT NULL REFERENCES users (id), origin_by_id integer REFERENCES users (id),
  created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE TABLE stores (id serial PRIMARY KEY, store_object_id integer NOT NULL, store_file_id integer NOT NULL, o_id bigint NOT NULL, preferences varchar(2500), size varchar(50), filename varchar(250) NOT NULL, created_by_id integer NOT NULL REFERENCES users (id), created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE TABLE store_files (id serial PRIMARY KEY, sha varchar(128) NOT NULL, provider varchar(20), created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE TABLE store_provider_dbs (id serial PRIMARY KEY, sha varchar(128) NOT NULL, data bytea, created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE TABLE overviews (id serial PRIMARY KEY, name varchar(250) NOT NULL, link varchar(250) NOT NULL, prio integer NOT NULL, condition text NOT NULL, created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE TABLE sessions (id serial PRIMARY KEY, session_id varchar(255) NOT NULL, data text, created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE TABLE settings (id serial PRIMARY KEY, title varchar(200) NOT NULL, name varchar(200) NOT NULL, area varchar(100) NOT NULL, created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE TABLE schedulers (id serial PRIMARY KEY, name varchar(250) NOT NULL, method varchar(250) NOT NULL, period integer, note varchar(250), created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE TABLE tags (id serial PRIMARY KEY, tag_item_id integer NOT NULL, tag_object_id integer NOT NULL, o_id bigint NOT NULL, created_by_id integer NOT NULL REFERENCES users (id), created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE TABLE histories (id serial PRIMARY KEY, history_type_id integer NOT NULL, o_id bigint NOT NULL, value_from text, value_to text, created_by_id integer NOT NULL REFERENCES users (id), created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE TABLE ticket_time_accountings (id serial PRIMARY KEY, ticket_id integer NOT NULL REFERENCES tickets (id), ticket_article_id integer REFERENCES ticket_articles (id), time_unit numeric(6,2) NOT NULL, created_by_id integer NOT NULL REFERENCES users (id), created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE TABLE macros (id serial PRIMARY KEY, name varchar(250), perform text NOT NULL, note varchar(250), created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE TABLE chats (id serial PRIMARY KEY, name varchar(250), max_queue integer NOT NULL DEFAULT 5, note varchar(250), active boolean NOT NULL DEFAULT true, created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE TABLE chat_sessions (id serial PRIMARY KEY, chat_id integer NOT NULL REFERENCES chats (id), session_id varchar(255) NOT NULL, name varchar(250), state varchar(50) NOT NULL, user_id integer, preferences text, created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
CREATE TABLE chat_messages (id serial PRIMARY KEY, chat_session_id integer NOT NULL REFERENCES chat_sessions (id), content varchar(20000) NOT NULL, created_by_id integer, created_at timestamp(3) NOT NULL, updated_at timestamp(3) NOT NULL);
INSERT INTO users (id, login, email, created_at, updated_at) VALUES (1,'-','','2026-01-01','2026-01-01'), (2,'ana','ana@example.com','2026-01-01','2026-01-01'), (3,'ben','ben@example.com','2026-01-01','2026-01-01');
INSERT INTO groups (id, name, created_at, updated_at) VALUES (1,'Users','2026-01-01','2026-01-01');
INSERT INTO ticket_state_types VALUES (1,'new'), (2,'closed');
INSERT INTO ticket_states (id, state_type_id, name, created_at, updated_at) VALUES (1,1,'new','2026-01-01','2026-01-01'), (2,2,'closed','2026-01-01','2026-01-01');
INSERT INTO ticket_priorities (id, name, created_at, updated_at) VALUES (1,'2 normal','2026-01-01','2026-01-01');
INSERT INTO ticket_article_types VALUES (1,'email',true), (2,'note',false);
INSERT INTO ticket_article_senders VALUES (1,'Agent'), (2,'Customer'), (3,'System');
INSERT INTO tickets (id, group_id, priority_id, state_id, number, title, owner_id, customer_id, close_at, updated_by_id, created_by_id, created_at, updated_at) VALUES
  (1,1,1,1,'90001','Printer on fire',2,3,NULL,2,3,'2026-02-01 09:00:00','2026-02-01 10:00:00'),
  (2,1,1,2,'90002','Thanks',1,3,'2026-02-03 10:00:00',2,3,'2026-02-02 09:00:00','2026-02-03 10:00:00');
INSERT INTO ticket_articles (id, ticket_id, type_id, sender_id, "from", content_type, body, internal, updated_by_id, created_by_id, created_at, updated_at) VALUES
  (1,1,1,2,'Ben <ben@example.com>','text/html','<p>It <b>burns</b></p>',false,3,3,'2026-02-01 09:00:00','2026-02-01 09:00:00'),
  (2,1,1,1,'Ana','text/html','<p>Water?</p>',false,2,2,'2026-02-01 09:30:00','2026-02-01 09:30:00'),
  (3,1,2,1,'Ana','text/plain','a < b',true,2,2,'2026-02-01 10:00:00','2026-02-01 10:00:00'),
  (4,2,1,3,NULL,'text/plain','Thanks',false,1,1,'2026-02-02 09:00:00','2026-02-02 09:00:00');
