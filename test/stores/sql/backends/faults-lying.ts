import type { UserStore } from 'countersign'
import { openStore as openTrue } from './pg.ts'
const lie = process.env['LIE']
export async function openStore(url: string) {
  const opened = await openTrue(url)
  const { store } = opened
  const lying: UserStore = {
    load: (id) => store.load(id),
    async save(id, change) {
      if (lie === 'swallow') return store.save(id, change).catch(() => true)
      if (lie === 'lost-is-true') { await store.save(id, change); return true }
      if (lie === 'forget') { if (change.expected === null) return store.save(id, change); void store.save(id, change).catch(() => 0); return true }
      if (lie === 'retry') return store.save(id, change).catch(() => store.save(id, change))
      if (lie === 'last-wins') { const now = await store.load(id); return store.save(id, { ...change, expected: now?.version ?? null }) }
      return store.save(id, change)
    },
  }
  return { ...opened, store: lying }
}
