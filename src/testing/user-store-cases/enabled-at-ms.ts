import type { ContractCase } from './contract-case.ts'
import { show } from './difference.ts'
import { numbered } from './records.ts'
import { refuses, refusesInvented, remove, versionOf, writes } from './steps.ts'

type ReadEnabledAtMs = (userId: string) => number | null | Promise<number | null>

export function enabledAtMsCases(readEnabledAtMs: ReadEnabledAtMs): readonly ContractCase[] {
  return [
    {
      name: 'the time when two-factor authentication was turned on has its own column',
      asks: 'a store with a column for `enabledAtMs` writes it, including null, in the same write as the record.',
      mistake:
        'The column is left out of the UPDATE, is not cleared by null or by a deletion, keeps seconds instead of milliseconds, or is too small for 8640000000000000. If a driver returns text or a BigInt, readEnabledAtMs must turn it into a number.',
      async run({ store, user }) {
        const userId = await user()
        let expected: string | null = null
        for (const enabledAtMs of [null, 1_764_000_000_123, null, 8_640_000_000_000_000]) {
          await writes(store, userId, { expected, record: numbered(1), enabledAtMs })
          await reads(enabledAtMs, `after a save with ${enabledAtMs}`)
          expected = await versionOf(store, userId)
        }
        await refuses(store, userId, { expected: null, record: numbered(2), enabledAtMs: 5 }, 'there was a record')
        await refusesInvented(store, userId, numbered(2))
        await reads(8_640_000_000_000_000, 'after saves that did not write')
        await remove(store, userId)
        await reads(null, 'after the deletion')
        await writes(store, userId, { expected: null, record: numbered(3), enabledAtMs: 7 })
        await reads(7, 'after the record was made again')

        async function reads(wanted: number | null, when: string) {
          const found: unknown = (await readEnabledAtMs(userId)) ?? null
          if (found !== wanted) throw new Error(`The column held ${show(found)} ${when}, instead of ${show(wanted)}.`)
        }
      },
    },
  ]
}
