-- A user that may read what the job reads and nothing else: no passwords, no settings. In FreeScout's database:
CREATE USER pvetl_reader IDENTIFIED BY 'change me';
GRANT SELECT ON conversations TO pvetl_reader;
GRANT SELECT ON threads TO pvetl_reader;
GRANT SELECT ON attachments TO pvetl_reader;
GRANT SELECT ON tags TO pvetl_reader;
GRANT SELECT ON conversation_tag TO pvetl_reader;
GRANT SELECT (id, name) ON mailboxes TO pvetl_reader;
GRANT SELECT (id, email) ON users TO pvetl_reader;
GRANT SELECT (id, first_name, last_name) ON customers TO pvetl_reader;
