-- Zammad 6 on Postgres: the tables that the job reads, and what they refer to. All times are UTC in columns without a zone.
-- Zammad declares more foreign keys and more indexes than stand here.

CREATE TABLE users (
  id              serial PRIMARY KEY,
  organization_id integer,
  login           varchar(255) NOT NULL,
  firstname       varchar(100) DEFAULT '',
  lastname        varchar(100) DEFAULT '',
  email           varchar(255) DEFAULT '',
  password        varchar(120),
  phone           varchar(100) DEFAULT '',
  mobile          varchar(100) DEFAULT '',
  vip             boolean DEFAULT false,
  verified        boolean NOT NULL DEFAULT false,
  active          boolean NOT NULL DEFAULT true,
  note            varchar(5000) DEFAULT '',
  last_login      timestamp(3),
  preferences     text,
  updated_by_id   integer NOT NULL,
  created_by_id   integer NOT NULL,
  created_at      timestamp(3) NOT NULL,
  updated_at      timestamp(3) NOT NULL
);
CREATE UNIQUE INDEX index_users_on_login ON users (login);
CREATE INDEX index_users_on_email ON users (email);

CREATE TABLE organizations (
  id            serial PRIMARY KEY,
  name          varchar(100) NOT NULL,
  shared        boolean NOT NULL DEFAULT true,
  domain        varchar(250) DEFAULT '',
  active        boolean NOT NULL DEFAULT true,
  note          varchar(5000) DEFAULT '',
  updated_by_id integer NOT NULL,
  created_by_id integer NOT NULL,
  created_at    timestamp(3) NOT NULL,
  updated_at    timestamp(3) NOT NULL
);

CREATE TABLE groups (
  id               serial PRIMARY KEY,
  email_address_id integer,
  name             varchar(160) NOT NULL,
  name_last        varchar(160),
  parent_id        integer,
  active           boolean NOT NULL DEFAULT true,
  note             varchar(250),
  updated_by_id    integer NOT NULL,
  created_by_id    integer NOT NULL,
  created_at       timestamp(3) NOT NULL,
  updated_at       timestamp(3) NOT NULL
);

CREATE TABLE ticket_state_types (
  id            serial PRIMARY KEY,
  name          varchar(250) NOT NULL, -- new, open, pending reminder, pending action, closed, merged, removed
  note          varchar(250),
  updated_by_id integer NOT NULL REFERENCES users (id),
  created_by_id integer NOT NULL REFERENCES users (id),
  created_at    timestamp(3) NOT NULL,
  updated_at    timestamp(3) NOT NULL
);
CREATE UNIQUE INDEX index_ticket_state_types_on_name ON ticket_state_types (name);

CREATE TABLE ticket_states (
  id                serial PRIMARY KEY,
  state_type_id     integer NOT NULL REFERENCES ticket_state_types (id),
  name              varchar(250) NOT NULL,
  next_state_id     integer,
  ignore_escalation boolean NOT NULL DEFAULT false,
  default_create    boolean NOT NULL DEFAULT false,
  default_follow_up boolean NOT NULL DEFAULT false,
  note              varchar(250),
  active            boolean NOT NULL DEFAULT true,
  updated_by_id     integer NOT NULL REFERENCES users (id),
  created_by_id     integer NOT NULL REFERENCES users (id),
  created_at        timestamp(3) NOT NULL,
  updated_at        timestamp(3) NOT NULL
);
CREATE UNIQUE INDEX index_ticket_states_on_name ON ticket_states (name);

CREATE TABLE ticket_priorities (
  id             serial PRIMARY KEY,
  name           varchar(250) NOT NULL, -- 1 low, 2 normal, 3 high
  default_create boolean NOT NULL DEFAULT false,
  ui_icon        varchar(100),
  ui_color       varchar(100),
  note           varchar(250),
  active         boolean NOT NULL DEFAULT true,
  updated_by_id  integer NOT NULL REFERENCES users (id),
  created_by_id  integer NOT NULL REFERENCES users (id),
  created_at     timestamp(3) NOT NULL,
  updated_at     timestamp(3) NOT NULL
);
CREATE UNIQUE INDEX index_ticket_priorities_on_name ON ticket_priorities (name);

CREATE TABLE ticket_article_types (
  id            serial PRIMARY KEY,
  name          varchar(250) NOT NULL, -- email, sms, chat, phone, note, web, …
  note          varchar(250),
  communication boolean NOT NULL DEFAULT false,
  active        boolean NOT NULL DEFAULT true,
  updated_by_id integer NOT NULL REFERENCES users (id),
  created_by_id integer NOT NULL REFERENCES users (id),
  created_at    timestamp(3) NOT NULL,
  updated_at    timestamp(3) NOT NULL
);
CREATE UNIQUE INDEX index_ticket_article_types_on_name ON ticket_article_types (name);

CREATE TABLE ticket_article_senders (
  id            serial PRIMARY KEY,
  name          varchar(250) NOT NULL, -- Agent, Customer, System
  note          varchar(250),
  updated_by_id integer NOT NULL REFERENCES users (id),
  created_by_id integer NOT NULL REFERENCES users (id),
  created_at    timestamp(3) NOT NULL,
  updated_at    timestamp(3) NOT NULL
);
CREATE UNIQUE INDEX index_ticket_article_senders_on_name ON ticket_article_senders (name);

CREATE TABLE tickets (
  id                       serial PRIMARY KEY,
  group_id                 integer NOT NULL REFERENCES groups (id),
  priority_id              integer NOT NULL REFERENCES ticket_priorities (id),
  state_id                 integer NOT NULL REFERENCES ticket_states (id),
  organization_id          integer REFERENCES organizations (id),
  number                   varchar(60) NOT NULL,
  title                    varchar(250) NOT NULL,
  owner_id                 integer NOT NULL REFERENCES users (id), -- user 1, login "-", stands for nobody
  customer_id              integer NOT NULL REFERENCES users (id),
  note                     varchar(250),
  first_response_at        timestamp(3),
  first_response_in_min    integer,
  close_at                 timestamp(3), -- when it was closed first
  close_in_min             integer,
  last_close_at            timestamp(3), -- when it was closed last
  last_contact_at          timestamp(3),
  last_contact_agent_at    timestamp(3),
  last_contact_customer_at timestamp(3),
  last_owner_update_at     timestamp(3),
  create_article_type_id   integer,
  create_article_sender_id integer,
  article_count            integer,
  escalation_at            timestamp(3),
  pending_time             timestamp(3),
  type                     varchar(100),
  time_unit                numeric(6,2),
  preferences              text,
  updated_by_id            integer NOT NULL REFERENCES users (id),
  created_by_id            integer NOT NULL REFERENCES users (id),
  created_at               timestamp(3) NOT NULL,
  updated_at               timestamp(3) NOT NULL
);
CREATE UNIQUE INDEX index_tickets_on_number ON tickets (number);
CREATE INDEX index_tickets_on_updated_at ON tickets (updated_at);
CREATE INDEX index_tickets_on_created_at ON tickets (created_at);
CREATE INDEX index_tickets_on_owner_id ON tickets (owner_id);
CREATE INDEX index_tickets_on_state_id ON tickets (state_id);

CREATE TABLE ticket_articles (
  id                serial PRIMARY KEY,
  ticket_id         integer NOT NULL REFERENCES tickets (id),
  type_id           integer NOT NULL REFERENCES ticket_article_types (id),
  sender_id         integer NOT NULL REFERENCES ticket_article_senders (id),
  "from"            varchar(3000),
  "to"              varchar(3000),
  cc                varchar(3000),
  subject           varchar(3000),
  reply_to          varchar(300),
  message_id        varchar(3000),
  message_id_md5    varchar(32),
  in_reply_to       varchar(3000),
  content_type      varchar(20) NOT NULL DEFAULT 'text/plain',
  body              text NOT NULL,
  internal          boolean NOT NULL DEFAULT false,
  preferences       text,
  updated_by_id     integer NOT NULL REFERENCES users (id),
  created_by_id     integer NOT NULL REFERENCES users (id),
  origin_by_id      integer REFERENCES users (id), -- whom an agent wrote for
  created_at        timestamp(3) NOT NULL,
  updated_at        timestamp(3) NOT NULL
);
CREATE INDEX index_ticket_articles_on_ticket_id ON ticket_articles (ticket_id);
CREATE INDEX index_ticket_articles_on_created_at ON ticket_articles (created_at);

CREATE TABLE tag_objects (
  id         serial PRIMARY KEY,
  name       varchar(250) NOT NULL,
  created_at timestamp(3) NOT NULL,
  updated_at timestamp(3) NOT NULL
);

CREATE TABLE tag_items (
  id            serial PRIMARY KEY,
  name          varchar(250) NOT NULL,
  name_downcase varchar(250) NOT NULL,
  created_at    timestamp(3) NOT NULL,
  updated_at    timestamp(3) NOT NULL
);

CREATE TABLE tags (
  id            serial PRIMARY KEY,
  tag_item_id   integer NOT NULL REFERENCES tag_items (id),
  tag_object_id integer NOT NULL REFERENCES tag_objects (id),
  o_id          integer NOT NULL,
  created_by_id integer NOT NULL REFERENCES users (id),
  created_at    timestamp(3) NOT NULL,
  updated_at    timestamp(3) NOT NULL
);
CREATE INDEX index_tags_on_o_id ON tags (o_id);

CREATE TABLE store_objects (
  id         serial PRIMARY KEY,
  name       varchar(250) NOT NULL, -- Ticket::Article, …
  note       varchar(250),
  created_at timestamp(3) NOT NULL,
  updated_at timestamp(3) NOT NULL
);
CREATE UNIQUE INDEX index_store_objects_on_name ON store_objects (name);

CREATE TABLE store_files (
  id         serial PRIMARY KEY,
  sha        varchar(128) NOT NULL,
  provider   varchar(20), -- DB, File or S3
  created_at timestamp(3) NOT NULL,
  updated_at timestamp(3) NOT NULL
);
CREATE UNIQUE INDEX index_store_files_on_sha ON store_files (sha);

CREATE TABLE stores (
  id              serial PRIMARY KEY,
  store_object_id integer NOT NULL REFERENCES store_objects (id),
  store_file_id   integer NOT NULL REFERENCES store_files (id),
  o_id            bigint NOT NULL,
  preferences     varchar(2500), -- YAML, with the content type
  size            varchar(50),
  filename        varchar(250) NOT NULL,
  created_by_id   integer NOT NULL REFERENCES users (id),
  created_at      timestamp(3) NOT NULL,
  updated_at      timestamp(3) NOT NULL
);
CREATE INDEX index_stores_on_store_object_id_and_o_id ON stores (store_object_id, o_id);

CREATE TABLE store_provider_dbs (
  id         serial PRIMARY KEY,
  sha        varchar(128) NOT NULL,
  data       bytea,
  created_at timestamp(3) NOT NULL,
  updated_at timestamp(3) NOT NULL
);
CREATE UNIQUE INDEX index_store_provider_dbs_on_sha ON store_provider_dbs (sha);
