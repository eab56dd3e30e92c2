-- A user that may read what the job reads and nothing else: no passwords, no sessions, no settings. In osTicket's database:
CREATE USER pvetl_reader IDENTIFIED BY 'change me';
GRANT SELECT ON ost_ticket TO pvetl_reader;
GRANT SELECT ON ost_ticket__cdata TO pvetl_reader;
GRANT SELECT ON ost_ticket_status TO pvetl_reader;
GRANT SELECT ON ost_ticket_priority TO pvetl_reader;
GRANT SELECT ON ost_thread TO pvetl_reader;
GRANT SELECT ON ost_thread_entry TO pvetl_reader;
GRANT SELECT ON ost_attachment TO pvetl_reader;
GRANT SELECT ON ost_file TO pvetl_reader;
GRANT SELECT ON ost_file_chunk TO pvetl_reader;
GRANT SELECT (id, name) ON ost_department TO pvetl_reader;
GRANT SELECT (topic_id, topic) ON ost_help_topic TO pvetl_reader;
GRANT SELECT (staff_id, email) ON ost_staff TO pvetl_reader;
