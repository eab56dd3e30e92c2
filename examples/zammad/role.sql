-- A role that may read what the job reads and nothing else: no passwords, no tokens, no settings. In Zammad's database:
CREATE ROLE pvetl_reader LOGIN PASSWORD 'change me';
ALTER ROLE pvetl_reader SET default_transaction_read_only = on;
GRANT USAGE ON SCHEMA public TO pvetl_reader;
GRANT SELECT ON tickets, ticket_states, ticket_state_types, ticket_priorities, ticket_articles, ticket_article_types, ticket_article_senders,
  tags, tag_items, tag_objects, stores, store_objects, store_files, store_provider_dbs TO pvetl_reader;
GRANT SELECT (id, name) ON groups TO pvetl_reader;
GRANT SELECT (id, firstname, lastname, email) ON users TO pvetl_reader;
