import type { ContractCase } from './contract-case.ts'
import { difference } from './difference.ts'
import { deepFreeze, ordinary, scribble } from './records.ts'
import { changeOf, create, holds, recordOf, versionOf, writes } from './steps.ts'

export function aliasingCases(): readonly ContractCase[] {
  return [
    {
      name: 'what was given to save shares nothing with what is stored',
      asks: 'what is stored does not change when the object that save was given changes later.',
      mistake:
        'Keeping the object itself in memory, or writing it later than save resolves. Copy it, or store its JSON.',
      async run({ store, user }) {
        const userId = await user()
        const given = ordinary()
        await create(store, userId, given)
        scribble(given)
        await holds(store, userId, ordinary(), 'after what was given to create changed')
        const next = ordinary()
        await writes(store, userId, { expected: await versionOf(store, userId), record: next })
        scribble(next)
        await holds(store, userId, ordinary(), 'after what was given to update changed')
      },
    },
    {
      name: 'what load returned shares nothing with what is stored',
      asks: 'what is stored does not change when the object that load returned changes later.',
      mistake: 'Giving out the object that is kept in memory or in a cache. Give a copy.',
      async run({ store, user }) {
        const userId = await user()
        await create(store, userId, ordinary())
        scribble(await recordOf(store, userId))
        await holds(store, userId, ordinary(), 'after what load returned changed')
      },
    },
    {
      name: 'save leaves what it was given as it was',
      asks: 'save changes nothing in what it is given, which may be frozen.',
      mistake: 'Adding a key or a version to the record itself (some drivers add an id). Write `{ ...record, … }`.',
      async run({ store, user }) {
        const change = changeOf({ expected: null, record: ordinary(), enabledAtMs: 5 })
        const before = structuredClone(change)
        await store.save(await user(), change)
        const found = difference(change, before, 'change')
        if (found !== null) throw new Error(`save changed what it was given: ${found}.`)
        const userId = await user()
        await writes(store, userId, { expected: null, record: deepFreeze(ordinary()) })
        await holds(store, userId, ordinary(), 'after it was given frozen')
      },
    },
  ]
}
