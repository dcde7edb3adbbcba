import { createClient } from '@libsql/client'
import { libsqlStore } from 'countersign/stores/libsql'
import type { OpenStore } from '../exactly-once/backend.ts'

/** @param target the path of a file */
export async function openStore(target: string): Promise<OpenStore> {
  const client = createClient({ url: `file:${target}` })
  return { store: libsqlStore(client), close: () => client.close() }
}
