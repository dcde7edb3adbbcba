-- What schema('sqlite') of countersign/stores/d1 gives.
CREATE TABLE IF NOT EXISTS "two_factor" (
  user_id TEXT NOT NULL COLLATE BINARY PRIMARY KEY,
  version TEXT NOT NULL,
  record TEXT NOT NULL,
  enabled_at INTEGER
);

-- Your users and sessions: here ada (correct horse battery staple) and bob (blue canyon forty-two).
CREATE TABLE IF NOT EXISTS users (login TEXT PRIMARY KEY, salt BLOB NOT NULL, hash BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, login TEXT NOT NULL, expires_at_ms INTEGER NOT NULL);
INSERT OR IGNORE INTO users VALUES
  ('ada', X'ef7af4af77087dc843978060cca3dcc8', X'bfca029e311c16a5686509d6b94a10b0b279bd2f8b3215c19bbbc4bb83c0d837'),
  ('bob', X'684756c38436edce07527b368c0f5462', X'afc5e7df0d723c92bfe218f68f77d44891c5498a2c10e43f8f4828463aa6953c');
