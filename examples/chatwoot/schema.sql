-- Chatwoot 4 on Postgres: the tables that the job reads, and what they refer to. All times are UTC in columns without a zone.

CREATE TABLE accounts (
  id                serial PRIMARY KEY,
  name              varchar NOT NULL,
  locale            integer DEFAULT 0,
  domain            varchar(100),
  support_email     varchar(100),
  status            integer DEFAULT 0,
  settings          jsonb DEFAULT '{}',
  custom_attributes jsonb DEFAULT '{}',
  created_at        timestamp NOT NULL,
  updated_at        timestamp NOT NULL
);

CREATE TABLE users (
  id                 serial PRIMARY KEY,
  provider           varchar NOT NULL DEFAULT 'email',
  uid                varchar NOT NULL DEFAULT '',
  encrypted_password varchar NOT NULL DEFAULT '',
  name               varchar NOT NULL,
  display_name       varchar,
  email              varchar,
  type               varchar,
  availability       integer DEFAULT 0,
  custom_attributes  jsonb DEFAULT '{}',
  created_at         timestamp NOT NULL,
  updated_at         timestamp NOT NULL
);
CREATE INDEX index_users_on_email ON users (email);
CREATE UNIQUE INDEX index_users_on_uid_and_provider ON users (uid, provider);

CREATE TABLE agent_bots (
  id           bigserial PRIMARY KEY,
  name         varchar,
  description  varchar,
  outgoing_url varchar,
  account_id   bigint,
  bot_type     integer DEFAULT 0,
  created_at   timestamp(6) NOT NULL,
  updated_at   timestamp(6) NOT NULL
);

CREATE TABLE contacts (
  id                    serial PRIMARY KEY,
  name                  varchar DEFAULT '',
  email                 varchar,
  phone_number          varchar,
  account_id            integer NOT NULL,
  additional_attributes jsonb DEFAULT '{}',
  identifier            varchar,
  custom_attributes     jsonb DEFAULT '{}',
  last_activity_at      timestamp,
  contact_type          integer DEFAULT 0,
  middle_name           varchar DEFAULT '',
  last_name             varchar DEFAULT '',
  location              varchar DEFAULT '',
  country_code          varchar DEFAULT '',
  blocked               boolean NOT NULL DEFAULT false,
  created_at            timestamp NOT NULL,
  updated_at            timestamp NOT NULL
);
CREATE UNIQUE INDEX uniq_email_per_account_contact ON contacts (email, account_id);

CREATE TABLE inboxes (
  id                  serial PRIMARY KEY,
  channel_id          integer NOT NULL,
  account_id          integer NOT NULL,
  name                varchar NOT NULL,
  channel_type        varchar,
  greeting_enabled    boolean DEFAULT false,
  greeting_message    varchar,
  email_address       varchar,
  timezone            varchar DEFAULT 'UTC',
  csat_survey_enabled boolean DEFAULT false,
  created_at          timestamp NOT NULL,
  updated_at          timestamp NOT NULL
);
CREATE INDEX index_inboxes_on_account_id ON inboxes (account_id);

CREATE TABLE teams (
  id                bigserial PRIMARY KEY,
  name              varchar NOT NULL,
  description       text,
  allow_auto_assign boolean DEFAULT true,
  account_id        bigint NOT NULL,
  created_at        timestamp(6) NOT NULL,
  updated_at        timestamp(6) NOT NULL
);
CREATE UNIQUE INDEX index_teams_on_name_and_account_id ON teams (name, account_id);

CREATE TABLE conversations (
  id                     serial PRIMARY KEY,
  account_id             integer NOT NULL,
  inbox_id               integer NOT NULL,
  status                 integer NOT NULL DEFAULT 0, -- 0 open, 1 resolved, 2 pending, 3 snoozed
  assignee_id            integer,
  contact_id             bigint,
  display_id             integer NOT NULL, -- what people see; counted within the account
  contact_last_seen_at   timestamp,
  agent_last_seen_at     timestamp,
  assignee_last_seen_at  timestamp,
  additional_attributes  jsonb DEFAULT '{}',
  custom_attributes      jsonb DEFAULT '{}',
  contact_inbox_id       bigint,
  uuid                   uuid NOT NULL DEFAULT gen_random_uuid(),
  identifier             varchar,
  last_activity_at       timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  team_id                bigint,
  campaign_id            bigint,
  snoozed_until          timestamp,
  first_reply_created_at timestamp,
  priority               integer, -- 0 low, 1 medium, 2 high, 3 urgent
  sla_policy_id          bigint,
  waiting_since          timestamp(6),
  cached_label_list      text, -- the labels, with commas between them
  created_at             timestamp NOT NULL,
  updated_at             timestamp NOT NULL
);
CREATE UNIQUE INDEX index_conversations_on_account_id_and_display_id ON conversations (account_id, display_id);
CREATE INDEX conv_acid_inbid_stat_asgnid_idx ON conversations (account_id, inbox_id, status, assignee_id);
CREATE INDEX index_conversations_on_contact_id ON conversations (contact_id);
CREATE INDEX index_conversations_on_waiting_since ON conversations (waiting_since);

CREATE TABLE messages (
  id                        serial PRIMARY KEY,
  content                   text,
  account_id                integer NOT NULL,
  inbox_id                  integer NOT NULL,
  conversation_id           integer NOT NULL,
  message_type              integer NOT NULL, -- 0 incoming, 1 outgoing, 2 activity, 3 template
  private                   boolean NOT NULL DEFAULT false,
  status                    integer DEFAULT 0,
  source_id                 varchar,
  content_type              integer NOT NULL DEFAULT 0, -- 0 text … 8 incoming e-mail, 9 survey
  content_attributes        json DEFAULT '{}',
  sender_type               varchar, -- User, Contact, AgentBot or NULL
  sender_id                 bigint,
  external_source_ids       jsonb DEFAULT '{}',
  additional_attributes     jsonb DEFAULT '{}',
  processed_message_content text,
  sentiment                 jsonb DEFAULT '{}',
  created_at                timestamp NOT NULL,
  updated_at                timestamp NOT NULL
);
CREATE INDEX index_messages_on_conversation_id ON messages (conversation_id);
CREATE INDEX index_messages_on_conversation_account_type_created ON messages (conversation_id, account_id, message_type, created_at);
CREATE INDEX index_messages_on_created_at ON messages (created_at);
CREATE INDEX index_messages_on_sender_type_and_sender_id ON messages (sender_type, sender_id);

CREATE TABLE attachments (
  id               serial PRIMARY KEY,
  file_type        integer DEFAULT 0, -- 0 image, 1 audio, 2 video, 3 file, 4 location, 5 fallback …
  external_url     varchar,
  coordinates_lat  double precision DEFAULT 0.0,
  coordinates_long double precision DEFAULT 0.0,
  message_id       integer NOT NULL,
  account_id       integer NOT NULL,
  fallback_title   varchar,
  extension        varchar,
  meta             jsonb DEFAULT '{}',
  created_at       timestamp NOT NULL,
  updated_at       timestamp NOT NULL
);
CREATE INDEX index_attachments_on_message_id ON attachments (message_id);

CREATE TABLE active_storage_blobs (
  id           bigserial PRIMARY KEY,
  key          varchar NOT NULL,
  filename     varchar NOT NULL,
  content_type varchar,
  metadata     text,
  byte_size    bigint NOT NULL,
  checksum     varchar,
  service_name varchar NOT NULL, -- local, amazon, google, microsoft or s3_compatible
  created_at   timestamp NOT NULL
);
CREATE UNIQUE INDEX index_active_storage_blobs_on_key ON active_storage_blobs (key);

CREATE TABLE active_storage_attachments (
  id          bigserial PRIMARY KEY,
  name        varchar NOT NULL,
  record_type varchar NOT NULL,
  record_id   bigint NOT NULL,
  blob_id     bigint NOT NULL REFERENCES active_storage_blobs (id),
  created_at  timestamp NOT NULL
);
CREATE INDEX index_active_storage_attachments_on_blob_id ON active_storage_attachments (blob_id);
CREATE UNIQUE INDEX index_active_storage_attachments_uniqueness ON active_storage_attachments (record_type, record_id, name, blob_id);

CREATE TABLE csat_survey_responses (
  id                bigserial PRIMARY KEY,
  account_id        bigint NOT NULL,
  conversation_id   bigint NOT NULL,
  message_id        bigint NOT NULL,
  rating            integer NOT NULL,
  feedback_message  text,
  contact_id        bigint NOT NULL,
  assigned_agent_id bigint,
  created_at        timestamp(6) NOT NULL,
  updated_at        timestamp(6) NOT NULL
);
CREATE INDEX index_csat_survey_responses_on_conversation_id ON csat_survey_responses (conversation_id);
CREATE UNIQUE INDEX index_csat_survey_responses_on_message_id ON csat_survey_responses (message_id);

CREATE TABLE tags (
  id             serial PRIMARY KEY,
  name           varchar,
  taggings_count integer DEFAULT 0
);
CREATE UNIQUE INDEX index_tags_on_name ON tags (name);

CREATE TABLE taggings (
  id            serial PRIMARY KEY,
  tag_id        integer,
  taggable_type varchar,
  taggable_id   integer,
  tagger_type   varchar,
  tagger_id     integer,
  context       varchar(128),
  created_at    timestamp
);
CREATE INDEX index_taggings_on_taggable_id_and_taggable_type_and_context ON taggings (taggable_id, taggable_type, context);

CREATE TABLE reporting_events (
  id              bigserial PRIMARY KEY,
  name            varchar, -- conversation_resolved, first_response, …
  value           double precision,
  account_id      integer,
  inbox_id        integer,
  user_id         integer,
  conversation_id integer,
  value_in_business_hours double precision,
  event_start_time timestamp,
  event_end_time  timestamp,
  created_at      timestamp(6) NOT NULL,
  updated_at      timestamp(6) NOT NULL
);
CREATE INDEX index_reporting_events_on_conversation_id ON reporting_events (conversation_id);
