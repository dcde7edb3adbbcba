// Runs in Deno: the cases for user stores on Deno.openKv, and what came of each, as JSON.
import { denoKvStore } from 'countersign/stores/deno-kv'
import { userStoreCases } from 'countersign/testing'

const [path] = Deno.args
const here = await Deno.openKv(path)
const there = await Deno.openKv(path)
const cases = userStoreCases(() => denoKvStore(here), {
  anotherConnection: () => denoKvStore(there),
  anotherTable: () => denoKvStore(here, { prefix: 'another' }),
  disconnected: async () => {
    const kv = await Deno.openKv(':memory:')
    kv.close()
    return denoKvStore(kv)
  },
  largestRecordBytes: 60_000,
})

const outcomes = []
for (const { name, run } of cases) {
  const error = await run().then(
    () => null,
    (thrown) => String(thrown),
  )
  outcomes.push({ name, error })
}
console.log(JSON.stringify(outcomes))
here.close()
there.close()
