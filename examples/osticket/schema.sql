-- osTicket 1.17 and 1.18 on MySQL or MariaDB: the tables that the job reads, and what they refer to. The names are those of
-- an installation with the usual prefix ost_. osTicket declares no foreign keys.

CREATE TABLE ost_user (
  id               int(10) unsigned NOT NULL AUTO_INCREMENT,
  org_id           int(10) unsigned NOT NULL,
  default_email_id int(10) NOT NULL,
  status           int(11) unsigned NOT NULL DEFAULT 0,
  name             varchar(128) NOT NULL,
  created          datetime NOT NULL,
  updated          datetime NOT NULL,
  PRIMARY KEY (id),
  KEY org_id (org_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE ost_user_email (
  id      int(10) unsigned NOT NULL AUTO_INCREMENT,
  user_id int(10) unsigned NOT NULL,
  flags   int(10) unsigned NOT NULL DEFAULT 0,
  address varchar(255) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY address (address),
  KEY user_email_lookup (user_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE ost_staff (
  staff_id  int(11) unsigned NOT NULL AUTO_INCREMENT,
  dept_id   int(10) unsigned NOT NULL DEFAULT 0,
  role_id   int(10) unsigned NOT NULL DEFAULT 0,
  username  varchar(32) NOT NULL DEFAULT '',
  firstname varchar(32) DEFAULT NULL,
  lastname  varchar(32) DEFAULT NULL,
  passwd    varchar(128) DEFAULT NULL,
  backend   varchar(32) DEFAULT NULL,
  email     varchar(255) DEFAULT NULL,
  phone     varchar(24) NOT NULL DEFAULT '',
  mobile    varchar(24) NOT NULL DEFAULT '',
  signature text NOT NULL,
  lang      varchar(16) DEFAULT NULL,
  timezone  varchar(64) DEFAULT NULL,
  isactive  tinyint(1) NOT NULL DEFAULT 1,
  isadmin   tinyint(1) NOT NULL DEFAULT 0,
  created   datetime NOT NULL,
  lastlogin datetime DEFAULT NULL,
  updated   datetime NOT NULL,
  PRIMARY KEY (staff_id),
  UNIQUE KEY username (username),
  KEY dept_id (dept_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE ost_department (
  id       int(11) unsigned NOT NULL AUTO_INCREMENT,
  pid      int(11) unsigned DEFAULT NULL,
  email_id int(10) unsigned NOT NULL DEFAULT 0,
  name     varchar(128) NOT NULL DEFAULT '',
  ispublic tinyint(1) unsigned NOT NULL DEFAULT 1,
  path     varchar(128) NOT NULL DEFAULT '/',
  updated  datetime NOT NULL,
  created  datetime NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY name (name, pid)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE ost_help_topic (
  topic_id  int(11) unsigned NOT NULL AUTO_INCREMENT,
  topic_pid int(10) unsigned NOT NULL DEFAULT 0,
  ispublic  tinyint(1) unsigned NOT NULL DEFAULT 1,
  dept_id   int(10) unsigned NOT NULL DEFAULT 0,
  topic     varchar(128) NOT NULL DEFAULT '',
  created   datetime NOT NULL,
  updated   datetime NOT NULL,
  PRIMARY KEY (topic_id),
  UNIQUE KEY topic (topic, topic_pid)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE ost_ticket_status (
  id         int(11) NOT NULL AUTO_INCREMENT,
  name       varchar(60) NOT NULL DEFAULT '',
  state      varchar(16) DEFAULT NULL, -- open, closed, archived or deleted
  mode       int(11) unsigned NOT NULL DEFAULT 0,
  flags      int(11) unsigned NOT NULL DEFAULT 0,
  sort       int(11) unsigned NOT NULL DEFAULT 0,
  properties text NOT NULL,
  created    datetime NOT NULL,
  updated    datetime NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY name (name),
  KEY state (state)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE ost_ticket_priority (
  priority_id      tinyint(4) NOT NULL AUTO_INCREMENT,
  priority         varchar(60) NOT NULL DEFAULT '',
  priority_desc    varchar(30) NOT NULL DEFAULT '',
  priority_color   varchar(7) NOT NULL DEFAULT '',
  priority_urgency tinyint(1) unsigned NOT NULL DEFAULT 0,
  ispublic         tinyint(1) NOT NULL DEFAULT 1,
  PRIMARY KEY (priority_id),
  UNIQUE KEY priority (priority),
  KEY priority_urgency (priority_urgency)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE ost_ticket (
  ticket_id     int(11) unsigned NOT NULL AUTO_INCREMENT,
  ticket_pid    int(11) unsigned DEFAULT NULL, -- the ticket that this one was merged into or linked with
  number        varchar(20) DEFAULT NULL,
  user_id       int(11) unsigned NOT NULL DEFAULT 0,
  user_email_id int(11) unsigned NOT NULL DEFAULT 0,
  status_id     int(10) unsigned NOT NULL DEFAULT 0,
  dept_id       int(10) unsigned NOT NULL DEFAULT 0,
  sla_id        int(10) unsigned NOT NULL DEFAULT 0,
  topic_id      int(10) unsigned NOT NULL DEFAULT 0,
  staff_id      int(10) unsigned NOT NULL DEFAULT 0,
  team_id       int(10) unsigned NOT NULL DEFAULT 0,
  email_id      int(11) unsigned NOT NULL DEFAULT 0,
  lock_id       int(11) unsigned NOT NULL DEFAULT 0,
  flags         int(10) unsigned NOT NULL DEFAULT 0,
  sort          int(11) unsigned NOT NULL DEFAULT 0,
  ip_address    varchar(64) NOT NULL DEFAULT '',
  source        enum('Web','Email','Phone','API','Other') NOT NULL DEFAULT 'Other',
  source_extra  varchar(40) DEFAULT NULL,
  isoverdue     tinyint(1) unsigned NOT NULL DEFAULT 0,
  isanswered    tinyint(1) unsigned NOT NULL DEFAULT 0,
  duedate       datetime DEFAULT NULL,
  est_duedate   datetime DEFAULT NULL,
  reopened      datetime DEFAULT NULL,
  closed        datetime DEFAULT NULL,
  lastupdate    datetime DEFAULT NULL,
  created       datetime NOT NULL,
  updated       datetime NOT NULL,
  PRIMARY KEY (ticket_id),
  KEY user_id (user_id),
  KEY dept_id (dept_id),
  KEY staff_id (staff_id),
  KEY team_id (team_id),
  KEY status_id (status_id),
  KEY created (created),
  KEY closed (closed),
  KEY duedate (duedate),
  KEY topic_id (topic_id),
  KEY sla_id (sla_id),
  KEY ticket_pid (ticket_pid)
) DEFAULT CHARSET = utf8mb4;

-- osTicket keeps the answers of the ticket form here, one column for each field that has a name.
CREATE TABLE ost_ticket__cdata (
  ticket_id int(11) unsigned NOT NULL,
  subject   mediumtext DEFAULT NULL,
  priority  mediumtext DEFAULT NULL, -- the priority's id, as text
  PRIMARY KEY (ticket_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE ost_thread (
  id           int(11) unsigned NOT NULL AUTO_INCREMENT,
  object_id    int(11) unsigned NOT NULL,
  object_type  char(1) NOT NULL, -- T ticket, C ticket that was merged into another, A task
  extra        text DEFAULT NULL,
  lastresponse datetime DEFAULT NULL,
  lastmessage  datetime DEFAULT NULL,
  created      datetime NOT NULL,
  PRIMARY KEY (id),
  KEY object_id (object_id),
  KEY object_type (object_type)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE ost_thread_entry (
  id          int(11) unsigned NOT NULL AUTO_INCREMENT,
  pid         int(11) unsigned NOT NULL DEFAULT 0, -- the entry that it answers
  thread_id   int(11) unsigned NOT NULL DEFAULT 0,
  staff_id    int(11) unsigned NOT NULL DEFAULT 0,
  user_id     int(11) unsigned NOT NULL DEFAULT 0,
  type        char(1) NOT NULL DEFAULT '', -- M message, R response, N internal note
  flags       int(11) unsigned NOT NULL DEFAULT 0,
  poster      varchar(128) NOT NULL DEFAULT '',
  editor      int(10) unsigned DEFAULT NULL,
  editor_type char(1) DEFAULT NULL,
  source      varchar(32) NOT NULL DEFAULT '',
  title       varchar(255) DEFAULT NULL,
  body        text NOT NULL,
  format      varchar(16) NOT NULL DEFAULT 'html',
  ip_address  varchar(64) NOT NULL DEFAULT '',
  extra       text DEFAULT NULL,
  recipients  text DEFAULT NULL,
  created     datetime NOT NULL,
  updated     datetime NOT NULL,
  PRIMARY KEY (id),
  KEY pid (pid),
  KEY thread_id (thread_id),
  KEY staff_id (staff_id),
  KEY type (type)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE ost_event (
  id          int(10) unsigned NOT NULL AUTO_INCREMENT,
  name        varchar(60) NOT NULL,
  description varchar(60) DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY name (name)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE ost_thread_event (
  id          int(10) unsigned NOT NULL AUTO_INCREMENT,
  thread_id   int(11) unsigned NOT NULL DEFAULT 0,
  thread_type char(1) NOT NULL DEFAULT '',
  event_id    int(11) unsigned DEFAULT NULL,
  staff_id    int(11) unsigned NOT NULL,
  team_id     int(11) unsigned NOT NULL,
  dept_id     int(11) unsigned NOT NULL,
  topic_id    int(11) unsigned NOT NULL,
  data        varchar(1024) DEFAULT NULL,
  username    varchar(128) NOT NULL DEFAULT 'SYSTEM',
  uid         int(11) unsigned DEFAULT NULL,
  uid_type    char(1) NOT NULL DEFAULT 'S',
  annulled    tinyint(1) unsigned NOT NULL DEFAULT 0,
  timestamp   datetime NOT NULL,
  PRIMARY KEY (id),
  KEY ticket_state (thread_id, event_id, timestamp),
  KEY ticket_stats (timestamp, event_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE ost_attachment (
  id        int(10) unsigned NOT NULL AUTO_INCREMENT,
  object_id int(11) unsigned NOT NULL,
  type      char(1) NOT NULL, -- H thread entry, C canned response, F FAQ, P page
  file_id   int(11) unsigned NOT NULL,
  name      varchar(255) DEFAULT NULL, -- only where it differs from the file's
  inline    tinyint(1) unsigned NOT NULL DEFAULT 0,
  lang      varchar(16) DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY `file-type` (object_id, file_id, type),
  UNIQUE KEY file_object (file_id, object_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE ost_file (
  id        int(11) NOT NULL AUTO_INCREMENT,
  ft        char(1) NOT NULL DEFAULT 'T',
  bk        char(1) NOT NULL DEFAULT 'D', -- where the bytes are: D in ost_file_chunk, F in a folder, S in S3
  type      varchar(255) NOT NULL DEFAULT '',
  size      bigint(20) unsigned NOT NULL DEFAULT 0,
  `key`     varchar(86) NOT NULL,
  signature varchar(86) NOT NULL,
  name      varchar(255) NOT NULL DEFAULT '',
  attrs     varchar(255) DEFAULT NULL,
  created   datetime NOT NULL,
  PRIMARY KEY (id),
  KEY ft (ft),
  KEY `key` (`key`),
  KEY signature (signature)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE ost_file_chunk (
  file_id  int(11) NOT NULL,
  chunk_id int(11) NOT NULL,
  filedata longblob NOT NULL,
  PRIMARY KEY (file_id, chunk_id)
) DEFAULT CHARSET = utf8mb4;
