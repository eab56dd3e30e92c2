-- Chatwoot 4, reduced. Rails, UTC in columns without a zone; most foreign keys are not declared.
CREATE TABLE accounts (id serial PRIMARY KEY, name varchar NOT NULL, status integer DEFAULT 0, settings jsonb, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE users (id serial PRIMARY KEY, provider varchar NOT NULL DEFAULT 'email', uid varchar NOT NULL DEFAULT '', encrypted_password varchar NOT NULL DEFAULT '', name varchar NOT NULL, display_name varchar, email varchar, type varchar, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE agent_bots (id bigserial PRIMARY KEY, name varchar, description varchar, outgoing_url varchar, account_id bigint, created_at timestamp(6) NOT NULL, updated_at timestamp(6) NOT NULL);
CREATE TABLE contacts (id serial PRIMARY KEY, name varchar DEFAULT '', email varchar, phone_number varchar, account_id integer NOT NULL, identifier varchar, last_activity_at timestamp, blocked boolean NOT NULL DEFAULT false, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE inboxes (id serial PRIMARY KEY, channel_id integer NOT NULL, account_id integer NOT NULL, name varchar NOT NULL, channel_type varchar, greeting_message varchar, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE teams (id bigserial PRIMARY KEY, name varchar NOT NULL, description text, account_id bigint NOT NULL, created_at timestamp(6) NOT NULL, updated_at timestamp(6) NOT NULL);
CREATE TABLE conversations (
  id serial PRIMARY KEY, account_id integer NOT NULL, inbox_id integer NOT NULL, status integer NOT NULL DEFAULT 0, assignee_id integer, contact_id bigint, display_id integer NOT NULL,
  contact_last_seen_at timestamp, agent_last_seen_at timestamp, assignee_last_seen_at timestamp, additional_attributes jsonb, custom_attributes jsonb, uuid uuid NOT NULL DEFAULT gen_random_uuid(),
  identifier varchar, last_activity_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, team_id bigint, campaign_id bigint, snoozed_until timestamp, first_reply_created_at timestamp,
  priority integer, sla_policy_id bigint, waiting_since timestamp(6), cached_label_list text, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE messages (
  id serial PRIMARY KEY, content text, account_id integer NOT NULL, inbox_id integer NOT NULL, conversation_id integer NOT NULL, message_type integer NOT NULL, private boolean NOT NULL DEFAULT false,
  status integer DEFAULT 0, source_id varchar, content_type integer NOT NULL DEFAULT 0, content_attributes json, sender_type varchar, sender_id bigint, external_source_ids jsonb,
  additional_attributes jsonb, processed_message_content text, sentiment jsonb, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE INDEX index_messages_on_conversation_id ON messages (conversation_id);
CREATE TABLE attachments (id serial PRIMARY KEY, file_type integer DEFAULT 0, external_url varchar, coordinates_lat double precision DEFAULT 0, message_id integer NOT NULL, account_id integer NOT NULL, fallback_title varchar, extension varchar, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE active_storage_attachments (id bigserial PRIMARY KEY, name varchar NOT NULL, record_type varchar NOT NULL, record_id bigint NOT NULL, blob_id bigint NOT NULL, created_at timestamp NOT NULL);
CREATE TABLE active_storage_blobs (id bigserial PRIMARY KEY, key varchar NOT NULL, filename varchar NOT NULL, content_type varchar, metadata text, byte_size bigint NOT NULL, checksum varchar, created_at timestamp NOT NULL, service_name varchar NOT NULL);
CREATE TABLE csat_survey_responses (id bigserial PRIMARY KEY, account_id bigint NOT NULL, conversation_id bigint NOT NULL, message_id bigint NOT NULL, rating integer NOT NULL, feedback_message text, contact_id bigint NOT NULL, assigned_agent_id bigint, created_at timestamp(6) NOT NULL, updated_at timestamp(6) NOT NULL);
CREATE TABLE canned_responses (id serial PRIMARY KEY, account_id integer NOT NULL, short_code varchar, content text, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE notes (id bigserial PRIMARY KEY, content text NOT NULL, account_id bigint NOT NULL, contact_id bigint NOT NULL, user_id bigint, created_at timestamp(6) NOT NULL, updated_at timestamp(6) NOT NULL);
CREATE TABLE campaigns (id bigserial PRIMARY KEY, display_id integer NOT NULL, title varchar NOT NULL, description text, message text NOT NULL, sender_id integer, enabled boolean DEFAULT true, account_id bigint NOT NULL, inbox_id bigint NOT NULL, created_at timestamp(6) NOT NULL, updated_at timestamp(6) NOT NULL);
CREATE TABLE labels (id bigserial PRIMARY KEY, title varchar, description text, color varchar, account_id bigint, created_at timestamp(6) NOT NULL, updated_at timestamp(6) NOT NULL);
CREATE TABLE notifications (id bigserial PRIMARY KEY, account_id bigint NOT NULL, user_id bigint NOT NULL, notification_type integer NOT NULL, primary_actor_type varchar NOT NULL, primary_actor_id bigint NOT NULL, read_at timestamp, created_at timestamp(6) NOT NULL, updated_at timestamp(6) NOT NULL);
CREATE TABLE reporting_events (id bigserial PRIMARY KEY, name varchar, value double precision, account_id integer, inbox_id integer, user_id integer, conversation_id integer, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE taggings (id serial PRIMARY KEY, tag_id integer, taggable_type varchar, taggable_id integer, context varchar(128), created_at timestamp);
CREATE TABLE tags (id serial PRIMARY KEY, name varchar, taggings_count integer DEFAULT 0);
CREATE TABLE webhooks (id bigserial PRIMARY KEY, account_id integer, inbox_id integer, url varchar, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE audits (id bigserial PRIMARY KEY, auditable_id bigint, auditable_type varchar, user_id bigint, action varchar, audited_changes jsonb, comment varchar, created_at timestamp);
INSERT INTO users (id, name, email, created_at, updated_at) VALUES (1,'Ana','ana@example.com','2026-01-01','2026-01-01');
INSERT INTO contacts (id, name, email, account_id, created_at, updated_at) VALUES (1,'Ben','ben@example.com',1,'2026-01-01','2026-01-01');
INSERT INTO inboxes (id, channel_id, account_id, name, channel_type, created_at, updated_at) VALUES (1,1,1,'Website','Channel::WebWidget','2026-01-01','2026-01-01');
INSERT INTO conversations (id, account_id, inbox_id, status, assignee_id, contact_id, display_id, priority, cached_label_list, created_at, updated_at) VALUES
  (1,1,1,0,1,1,1,3,'billing, vip','2026-02-01 09:00:00','2026-02-01 10:00:00'), (2,1,1,1,NULL,1,2,NULL,NULL,'2026-02-02 09:00:00','2026-02-03 10:00:00');
INSERT INTO messages (id, content, account_id, inbox_id, conversation_id, message_type, private, sender_type, sender_id, created_at, updated_at) VALUES
  (1,'It burns, a < b',1,1,1,0,false,'Contact',1,'2026-02-01 09:00:00','2026-02-01 09:00:00'), (2,'Water?',1,1,1,1,false,'User',1,'2026-02-01 09:30:00','2026-02-01 09:30:00'),
  (3,'call him',1,1,1,1,true,'User',1,'2026-02-01 10:00:00','2026-02-01 10:00:00'), (4,'Ana was assigned',1,1,1,2,false,NULL,NULL,'2026-02-01 10:00:00','2026-02-01 10:00:00'),
  (5,'Thanks',1,1,2,0,false,'Contact',1,'2026-02-02 09:00:00','2026-02-02 09:00:00'), (6,NULL,1,1,2,3,false,NULL,NULL,'2026-02-02 09:00:01','2026-02-02 09:00:01');
INSERT INTO csat_survey_responses (id, account_id, conversation_id, message_id, rating, contact_id, created_at, updated_at) VALUES (1,1,2,6,5,1,'2026-02-03','2026-02-03');
INSERT INTO attachments (id, external_url, message_id, account_id, created_at, updated_at) VALUES (1,'https://files.example.com/a.png',1,1,'2026-02-01','2026-02-01'), (2,NULL,2,1,'2026-02-01','2026-02-01');
