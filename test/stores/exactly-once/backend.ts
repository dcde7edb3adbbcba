import type { UserStore } from 'countersign'

/** What a backend module exports: it opens the store that all processes of a race share. */
export interface Backend {
  /** @param target what the race was told: an address, a path, or JSON of several */
  openStore(target: string): Promise<OpenStore>
}

export interface OpenStore {
  store: UserStore
  close(): Promise<void> | void
}

/** The environment variables that a process of a race reads. */
export const ENV = { module: 'COUNTERSIGN_RACE_MODULE', target: 'COUNTERSIGN_RACE_TARGET' } as const

export async function openBackend(module: string, target: string): Promise<OpenStore> {
  const backend: Backend = await import(/* @vite-ignore */ module)
  return backend.openStore(target)
}
