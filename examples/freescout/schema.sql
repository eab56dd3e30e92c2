-- FreeScout 1.8 on MySQL or MariaDB: the tables that the job reads, and what they refer to. tags and conversation_tag belong to
-- the module Tags. FreeScout declares no foreign keys.

CREATE TABLE users (
  id         int(10) unsigned NOT NULL AUTO_INCREMENT,
  first_name varchar(20) NOT NULL,
  last_name  varchar(30) NOT NULL,
  email      varchar(100) NOT NULL,
  password   varchar(255) NOT NULL,
  role       tinyint(3) unsigned NOT NULL DEFAULT 1,
  timezone   varchar(255) NOT NULL DEFAULT 'UTC',
  type       tinyint(3) unsigned NOT NULL DEFAULT 1, -- 1 user, 2 team, 3 robot
  status     tinyint(3) unsigned NOT NULL DEFAULT 1, -- 1 active, 2 disabled, 3 deleted
  emails     text DEFAULT NULL,
  job_title  varchar(100) DEFAULT NULL,
  phone      varchar(60) DEFAULT NULL,
  locale     varchar(5) DEFAULT NULL,
  created_at timestamp NULL DEFAULT NULL,
  updated_at timestamp NULL DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY users_email_unique (email)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE customers (
  id         int(10) unsigned NOT NULL AUTO_INCREMENT,
  first_name varchar(255) DEFAULT NULL,
  last_name  varchar(255) DEFAULT NULL,
  company    varchar(255) DEFAULT NULL,
  job_title  varchar(255) DEFAULT NULL,
  phones     text DEFAULT NULL,
  websites   text DEFAULT NULL,
  notes      text DEFAULT NULL,
  city       varchar(255) DEFAULT NULL,
  country    varchar(2) DEFAULT NULL,
  channel    tinyint(3) unsigned DEFAULT NULL,
  channel_id varchar(64) DEFAULT NULL,
  meta       text DEFAULT NULL,
  created_at timestamp NULL DEFAULT NULL,
  updated_at timestamp NULL DEFAULT NULL,
  PRIMARY KEY (id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE emails (
  id          int(10) unsigned NOT NULL AUTO_INCREMENT,
  customer_id int(11) DEFAULT NULL,
  email       varchar(191) NOT NULL,
  type        tinyint(3) unsigned NOT NULL DEFAULT 1,
  PRIMARY KEY (id),
  UNIQUE KEY emails_email_unique (email),
  KEY emails_customer_id_index (customer_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE mailboxes (
  id         int(10) unsigned NOT NULL AUTO_INCREMENT,
  name       varchar(40) NOT NULL,
  email      varchar(128) NOT NULL,
  signature  text DEFAULT NULL,
  created_at timestamp NULL DEFAULT NULL,
  updated_at timestamp NULL DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY mailboxes_email_unique (email)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE folders (
  id           int(10) unsigned NOT NULL AUTO_INCREMENT,
  mailbox_id   int(11) NOT NULL,
  user_id      int(11) DEFAULT NULL,
  type         int(10) unsigned NOT NULL,
  total_count  int(11) NOT NULL DEFAULT 0,
  active_count int(11) NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  KEY folders_mailbox_id_user_id_type_index (mailbox_id, user_id, type)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE conversations (
  id              int(10) unsigned NOT NULL AUTO_INCREMENT,
  number          int(10) unsigned NOT NULL,
  threads_count   int(10) unsigned NOT NULL DEFAULT 0,
  type            tinyint(3) unsigned NOT NULL, -- 1 e-mail, 2 phone, 3 chat
  folder_id       int(11) NOT NULL,
  status          tinyint(3) unsigned NOT NULL DEFAULT 1, -- 1 active, 2 pending, 3 closed, 4 spam
  state           tinyint(3) unsigned NOT NULL DEFAULT 1, -- 1 draft, 2 published, 3 deleted
  subject         varchar(998) DEFAULT NULL,
  customer_email  varchar(191) DEFAULT NULL,
  cc              text DEFAULT NULL,
  bcc             text DEFAULT NULL,
  preview         varchar(255) NOT NULL,
  imported        tinyint(1) NOT NULL DEFAULT 0,
  has_attachments tinyint(1) NOT NULL DEFAULT 0,
  mailbox_id      int(11) NOT NULL,
  user_id         int(11) DEFAULT NULL, -- who it is assigned to
  customer_id     int(11) DEFAULT NULL,
  created_by_user_id     int(11) DEFAULT NULL,
  created_by_customer_id int(11) DEFAULT NULL,
  source_via      tinyint(3) unsigned NOT NULL, -- 1 customer, 2 user
  source_type     tinyint(3) unsigned NOT NULL, -- 1 e-mail, 2 web, 3 API
  channel         tinyint(3) unsigned DEFAULT NULL,
  closed_by_user_id int(11) DEFAULT NULL,
  closed_at       timestamp NULL DEFAULT NULL,
  user_updated_at timestamp NULL DEFAULT NULL,
  last_reply_at   timestamp NULL DEFAULT NULL,
  last_reply_from tinyint(3) unsigned DEFAULT NULL,
  read_by_user    tinyint(1) NOT NULL DEFAULT 0,
  meta            text DEFAULT NULL,
  created_at      timestamp NULL DEFAULT NULL,
  updated_at      timestamp NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY conversations_folder_id_state_index (folder_id, state),
  KEY conversations_mailbox_id_customer_id_index (mailbox_id, customer_id),
  KEY conversations_user_id_mailbox_id_state_status_index (user_id, mailbox_id, state, status)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE threads (
  id              int(10) unsigned NOT NULL AUTO_INCREMENT,
  conversation_id int(11) NOT NULL,
  user_id         int(11) DEFAULT NULL, -- who the conversation was assigned to at that time, not the author
  type            tinyint(3) unsigned NOT NULL, -- 1 customer, 2 message, 3 note, 4 line item
  subtype         tinyint(3) unsigned DEFAULT NULL, -- 1 forward, 2 phone
  status          tinyint(3) unsigned NOT NULL DEFAULT 1,
  state           tinyint(3) unsigned NOT NULL DEFAULT 1, -- 1 draft, 2 published, 3 hidden
  action_type     tinyint(3) unsigned DEFAULT NULL,
  action_data     varchar(255) DEFAULT NULL,
  body            longtext DEFAULT NULL,
  body_original   longtext DEFAULT NULL,
  headers         text DEFAULT NULL,
  `from`          varchar(191) DEFAULT NULL,
  `to`            text DEFAULT NULL,
  cc              text DEFAULT NULL,
  bcc             text DEFAULT NULL,
  has_attachments tinyint(1) NOT NULL DEFAULT 0,
  message_id      varchar(998) DEFAULT NULL,
  source_via      tinyint(3) unsigned NOT NULL,
  source_type     tinyint(3) unsigned NOT NULL,
  customer_id     int(11) DEFAULT NULL,
  created_by_user_id     int(11) DEFAULT NULL,
  created_by_customer_id int(11) DEFAULT NULL,
  edited_by_user_id      int(11) DEFAULT NULL,
  edited_at       timestamp NULL DEFAULT NULL,
  saved_reply_id  int(11) DEFAULT NULL,
  send_status     tinyint(3) unsigned DEFAULT NULL,
  send_status_data text DEFAULT NULL,
  opened_at       timestamp NULL DEFAULT NULL,
  imported        tinyint(1) NOT NULL DEFAULT 0,
  meta            text DEFAULT NULL,
  created_at      timestamp NULL DEFAULT NULL,
  updated_at      timestamp NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY threads_conversation_id_type_from_customer_id_index (conversation_id, type, `from`, customer_id),
  KEY threads_conversation_id_created_at_index (conversation_id, created_at)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE attachments (
  id        int(10) unsigned NOT NULL AUTO_INCREMENT,
  thread_id int(11) DEFAULT NULL,
  user_id   int(11) DEFAULT NULL,
  file_dir  varchar(20) DEFAULT NULL, -- the folder below storage/app/attachment, with a slash at its end
  file_name varchar(255) NOT NULL,
  mime_type varchar(127) NOT NULL,
  type      int(10) unsigned NOT NULL,
  size      int(10) unsigned DEFAULT NULL,
  embedded  tinyint(1) NOT NULL DEFAULT 0,
  public    tinyint(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  KEY attachments_thread_id_embedded_index (thread_id, embedded)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE tags (
  id      int(10) unsigned NOT NULL AUTO_INCREMENT,
  name    varchar(191) NOT NULL,
  counter int(11) NOT NULL DEFAULT 0,
  color   tinyint(3) unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY tags_name_unique (name)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE conversation_tag (
  id              int(10) unsigned NOT NULL AUTO_INCREMENT,
  conversation_id int(11) NOT NULL,
  tag_id          int(11) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY conversation_tag_conversation_id_tag_id_unique (conversation_id, tag_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE options (
  id    int(10) unsigned NOT NULL AUTO_INCREMENT,
  name  varchar(191) NOT NULL,
  value longtext NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY options_name_unique (name)
) DEFAULT CHARSET = utf8mb4;
