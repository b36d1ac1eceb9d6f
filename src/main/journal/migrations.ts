import type Database from 'better-sqlite3'

/** One step of the journal's format. `PRAGMA user_version` is the number of steps taken; a step that shipped is never changed. */
export interface Migration {
  readonly name: string
  readonly up: (db: Database.Database) => void
}

const runs = `
CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, at TEXT NOT NULL) STRICT;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- The same pipeline run a thousand times is kept once.
CREATE TABLE documents (hash TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;

-- AUTOINCREMENT: a number is never given twice, so that order does not rest on the clock.
CREATE TABLE runs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL UNIQUE,
  path TEXT NOT NULL,
  name TEXT,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted')),
  place INTEGER,
  queued_at TEXT NOT NULL,
  started_at TEXT,
  finished_at TEXT,
  milliseconds REAL,
  attempt INTEGER NOT NULL DEFAULT 0,
  trigger TEXT NOT NULL,
  key TEXT,
  document_hash TEXT REFERENCES documents (hash),
  request TEXT,
  rows_loaded TEXT,
  rows_rejected TEXT,
  checks_failed INTEGER NOT NULL DEFAULT 0,
  checks_warned INTEGER NOT NULL DEFAULT 0,
  error TEXT
) STRICT;
CREATE INDEX runs_by_path ON runs (path, number);
CREATE INDEX runs_by_state ON runs (state, number);
CREATE INDEX runs_by_document ON runs (document_hash);
CREATE UNIQUE INDEX runs_by_key ON runs (key) WHERE key IS NOT NULL;

CREATE TABLE attempts (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  state TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  milliseconds REAL,
  error TEXT,
  PRIMARY KEY (run, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  at TEXT NOT NULL,
  "offset" REAL NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE stages (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  key TEXT NOT NULL,
  place INTEGER NOT NULL,
  kind TEXT,
  nodes TEXT NOT NULL,
  needs TEXT NOT NULL,
  state TEXT NOT NULL,
  tries INTEGER NOT NULL,
  hash TEXT,
  files TEXT,
  rows TEXT,
  "from" REAL,
  until REAL,
  milliseconds REAL,
  error TEXT,
  PRIMARY KEY (run, attempt, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE nodes (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  node_id TEXT NOT NULL,
  place INTEGER NOT NULL,
  state TEXT NOT NULL,
  "from" REAL,
  until REAL,
  rows TEXT,
  milliseconds REAL,
  written TEXT,
  metrics TEXT,
  balance TEXT,
  error TEXT,
  PRIMARY KEY (run, attempt, node_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE rejects (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  node_id TEXT NOT NULL,
  port TEXT NOT NULL,
  rows TEXT NOT NULL,
  kept TEXT NOT NULL,
  file TEXT,
  PRIMARY KEY (run, attempt, node_id, port)
) STRICT, WITHOUT ROWID;

CREATE TABLE checks (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  node_id TEXT NOT NULL,
  port TEXT NOT NULL,
  "check" TEXT NOT NULL,
  path TEXT NOT NULL,
  at TEXT NOT NULL,
  severity TEXT NOT NULL,
  state TEXT NOT NULL,
  rows TEXT,
  failing TEXT,
  message TEXT,
  PRIMARY KEY (run, attempt, node_id, port, "check")
) STRICT, WITHOUT ROWID;
CREATE INDEX checks_over_time ON checks (path, node_id, port, "check", run);
`

const schedules = `
CREATE TABLE schedules (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE deliveries (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'given up')),
  body TEXT NOT NULL
) STRICT;
CREATE INDEX deliveries_by_state ON deliveries (state, number);

-- In the order in which runs ended, whatever the clock says; a run that is resumed ends again.
CREATE TABLE endings (
  mark INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  path TEXT NOT NULL,
  state TEXT NOT NULL
) STRICT;
CREATE INDEX endings_by_path ON endings (path, mark);
CREATE INDEX endings_by_run ON endings (run);
CREATE TRIGGER run_ended AFTER UPDATE OF state ON runs
WHEN NEW.state IN ('succeeded', 'failed', 'cancelled', 'interrupted') AND OLD.state <> NEW.state
BEGIN INSERT INTO endings (run, path, state) VALUES (NEW.number, NEW.path, NEW.state); END;
`

const replays = `
-- Rows of a file of rejects, from 0, that a run reads again; "state" is the run's, and outlives it. They go with the run that kept them.
CREATE TABLE replays (
  file TEXT NOT NULL,
  "first" INTEGER NOT NULL,
  "last" INTEGER NOT NULL,
  run_id TEXT NOT NULL,
  source INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  again INTEGER NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (file, "first", run_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX replays_by_run ON replays (run_id);
CREATE INDEX replays_by_source ON replays (source);
CREATE TRIGGER replay_state AFTER UPDATE OF state ON runs WHEN NEW.state <> OLD.state
BEGIN UPDATE replays SET state = NEW.state WHERE run_id = NEW.run_id; END;
`

const cursors = `
-- Where incremental extracts go on, in runs of the pipeline at this path.
CREATE TABLE cursors (
  path TEXT NOT NULL,
  node_id TEXT NOT NULL,
  state TEXT NOT NULL,
  run_id TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (path, node_id)
) STRICT, WITHOUT ROWID;
-- What a run began with, and what it will leave once its rows are loaded.
CREATE TABLE run_cursors (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  node_id TEXT NOT NULL,
  "before" TEXT,
  "after" TEXT,
  PRIMARY KEY (run, node_id)
) STRICT, WITHOUT ROWID;
-- In the transaction that says that the run succeeded: the cursor and the data are there together, or neither.
CREATE TRIGGER cursors_move AFTER UPDATE OF state ON runs WHEN NEW.state = 'succeeded' AND OLD.state <> 'succeeded'
BEGIN
  INSERT OR REPLACE INTO cursors (path, node_id, state, run_id, at)
  SELECT NEW.path, node_id, "after", NEW.run_id, coalesce(NEW.finished_at, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
  FROM run_cursors WHERE run = NEW.number AND "after" IS NOT NULL;
END;
`

export const MIGRATIONS: readonly Migration[] = [
  { name: 'runs', up: (db) => db.exec(runs) },
  { name: 'schedules', up: (db) => db.exec(schedules) },
  { name: 'replays', up: (db) => db.exec(replays) },
  { name: 'cursors', up: (db) => db.exec(cursors) },
]
