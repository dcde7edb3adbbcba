import { pathToFileURL } from 'node:url'
import { type Client, createClient } from '@libsql/client'

const OWN_TABLES = `
  CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    is_admin INTEGER NOT NULL,
    password_hash TEXT NOT NULL,
    two_factor_required INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions (user_id);
  CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    type TEXT NOT NULL,
    entry TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS events_by_user ON events (user_id, id);
`

/** Opens the dashboard's SQLite file, with the tables of its own. */
export async function openDatabase(file: string): Promise<Client> {
  const database = createClient({ url: pathToFileURL(file).href, timeout: 5000 })
  await database.executeMultiple(OWN_TABLES)
  return database
}
