import { open } from '../backends/bun-sqlite.ts'

/** Run by Bun: adds as much as the second argument says, one by one, to the record in the file of the first. */
const [path = '', times] = process.argv.slice(2)
const store = (await open(path)).store()
for (let added = 0; added < Number(times); ) {
  const found = await store.load('counter')
  const record = found?.record ?? JSON.parse('{"count":0}')
  const next = { ...record, count: record.count + 1 }
  const change = { expected: found?.version ?? null, version: crypto.randomUUID(), enabledAtMs: null, events: [] }
  if (await store.save('counter', { ...change, record: next })) added += 1
}
