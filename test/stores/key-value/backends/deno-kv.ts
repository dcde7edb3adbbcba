import { openKv } from '@deno/kv'
import { denoKvStore } from 'countersign/stores/deno-kv'
import type { OpenStore } from '../../exactly-once/backend.ts'

/** @param target the path of a file */
export async function openStore(target: string): Promise<OpenStore> {
  const kv = await openKv(target)
  return { store: denoKvStore(kv), close: () => kv.close() }
}
