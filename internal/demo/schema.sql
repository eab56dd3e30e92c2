CREATE TABLE users (
    id    INTEGER PRIMARY KEY,
    name  TEXT NOT NULL,
    email TEXT
);

CREATE TABLE tickets (
    id             TEXT PRIMARY KEY,
    subject        TEXT,
    status_code    INTEGER NOT NULL, -- 1 open, 2 pending, 3 solved
    channel        TEXT NOT NULL,
    csat           REAL,
    tags           TEXT,             -- with commas between them
    agent_id       INTEGER REFERENCES users (id),
    customer_email TEXT,
    created_at     TEXT,             -- all times are UTC
    updated_at     TEXT NOT NULL,
    solved_at      TEXT
);

CREATE TABLE messages (
    id         INTEGER PRIMARY KEY,
    ticket_id  TEXT NOT NULL REFERENCES tickets (id),
    author     TEXT,
    kind       TEXT NOT NULL,        -- in, out, note
    body_html  TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);

CREATE INDEX tickets_by_change ON tickets (updated_at, id);
CREATE INDEX messages_by_ticket ON messages (ticket_id);
CREATE INDEX messages_by_change ON messages (updated_at, id);
