-- A role that may read what the job reads and nothing else: no passwords, no tokens, no settings. In Chatwoot's database:
CREATE ROLE pvetl_reader LOGIN PASSWORD 'change me';
ALTER ROLE pvetl_reader SET default_transaction_read_only = on;
GRANT USAGE ON SCHEMA public TO pvetl_reader;
GRANT SELECT ON conversations, messages, attachments, csat_survey_responses, reporting_events,
  active_storage_attachments, active_storage_blobs TO pvetl_reader;
GRANT SELECT (id, name, channel_type) ON inboxes TO pvetl_reader;
GRANT SELECT (id, name) ON teams, agent_bots TO pvetl_reader;
GRANT SELECT (id, email) ON users TO pvetl_reader;
GRANT SELECT (id, name, email, phone_number) ON contacts TO pvetl_reader;
