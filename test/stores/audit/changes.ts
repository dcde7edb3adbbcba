import assert from 'node:assert/strict'
import { createTwoFactor, generateKey, type TwoFactorEvent } from 'countersign'
import { enroll } from 'countersign/testing'
import { type AuditCase, type AuditedDatabase, creating, record, trailOf } from './trail.ts'

const WRITERS = 16

export function changes(open: () => AuditedDatabase, another: () => AuditedDatabase): AuditCase[] {
  const audited = () => open().store({ audit: {} })
  return [
    {
      name: 'holds what onEvent got, in order, but for its context',
      async run() {
        const events: TwoFactorEvent[] = []
        const twoFactor = createTwoFactor({
          issuer: 'Acme',
          store: audited(),
          keys: generateKey(),
          verifyPassword: () => true,
          onEvent: (event) => {
            events.push(event)
          },
        })
        const userId = crypto.randomUUID()
        await enroll(twoFactor, userId)
        await twoFactor.disable(userId, { proof: { password: 'p' }, context: { ip: '::1' } })
        assert.ok(events.length > 1)
        assert.deepEqual(
          await trailOf(open(), userId),
          events.map(({ context: _context, ...event }) => ({ at: event.atMs, type: event.type, event })),
        )
      },
    },
    {
      name: 'keeps of the context what it is told to, and any text',
      async run() {
        const userId = crypto.randomUUID()
        const context = (given: unknown) =>
          typeof given === 'object' && given !== null && 'ip' in given ? { ip: given.ip } : undefined
        assert.equal(await open().store({ audit: { context } }).save(userId, creating(userId)), true)
        const events = (await trailOf(open(), userId)).map(({ event }) => event)
        assert.deepEqual(
          events.map((event) => [event.type, event.context, event.note]),
          [
            ['code.wrong', { ip: '::1' }, `'"\\u0000 \\ \ufffd\ufffd $1 ? -- 👩`],
            ['attempts.locked', { ip: '::1' }, undefined],
          ],
        )
      },
    },
    {
      name: `of ${WRITERS} who create, replace and delete at once, the one that wins writes its events`,
      async run() {
        const userId = crypto.randomUUID()
        const stores = [audited(), another().store({ audit: {} })]
        let [expected, length] = [null as string | null, 0]
        for (const next of [record, record, null] as const) {
          const writers = Array.from({ length: WRITERS }, (_, writer) => {
            const change = { ...creating(userId), expected, record: next }
            return { ...change, events: change.events.map((event) => ({ ...event, by: `writer ${writer}` })) }
          })
          const answers = await Promise.all(writers.map((change, at) => stores[at % 2]?.save(userId, change)))
          assert.equal(answers.filter((answer) => answer === true).length, 1)
          const winner = answers.indexOf(true)
          length += 2
          const trail = await trailOf(open(), userId)
          assert.equal(trail.length, length)
          assert.deepEqual(
            trail.slice(-2).map(({ event }) => event.by),
            [`writer ${winner}`, `writer ${winner}`],
          )
          expected = writers[winner]?.version ?? null
          assert.equal((await open().store().load(userId))?.version ?? null, next === null ? null : expected)
        }
      },
    },
    {
      name: 'is not written where the save says false',
      async run() {
        const userId = crypto.randomUUID()
        const store = audited()
        assert.equal(await store.save(userId, { ...creating(userId), expected: 'v0' }), false)
        assert.equal(await store.save(userId, { ...creating(userId), expected: 'v0', record: null }), false)
        assert.equal(await store.save(userId, { ...creating(userId), version: 'v1' }), true)
        assert.equal(await store.save(userId, creating(userId)), false)
        assert.equal(await store.save(userId, { ...creating(userId), expected: 'v0' }), false)
        assert.equal(await store.save(userId, { ...creating(userId), expected: 'v0', record: null }), false)
        assert.equal((await trailOf(open(), userId)).length, 2)
        assert.deepEqual(await open().store().load(userId), { record, version: 'v1' })
      },
    },
    {
      name: 'where the events cannot be written, nothing is',
      async run() {
        const userId = crypto.randomUUID()
        const store = open().store({ audit: { table: 'no_such_table' } })
        await assert.rejects(store.save(userId, creating(userId)), /no_such_table/)
        assert.equal(await open().store().load(userId), null)
        await open()
          .store()
          .save(userId, { ...creating(userId), version: 'v1' })
        for (const next of [record, null]) {
          await assert.rejects(
            store.save(userId, { ...creating(userId), expected: 'v1', record: next }),
            /no_such_table/,
          )
          assert.equal((await open().store().load(userId))?.version, 'v1')
        }
        assert.equal(await audited().save(userId, { ...creating(userId), expected: 'v1', record: null }), true)
      },
    },
    {
      name: 'is written whatever the host keeps of the context: a bigint as text, a note for a cycle, an error or too much',
      async run() {
        const cycle: { self?: object } = {}
        cycle.self = cycle
        const refuse = () => {
          throw new Error('The context is gone.')
        }
        const note = '(context that is not JSON)'
        const large = '(context that is too large)'
        const nested = (levels: number): unknown => (levels === 0 ? 'end' : { in: nested(levels - 1) })
        const kept: [context: () => unknown, written: unknown][] = [
          [() => 1n, '1'],
          [() => ({ request: 2n, at: new Date(0) }), { request: '2', at: '1970-01-01T00:00:00.000Z' }],
          [() => Symbol('none'), undefined],
          [() => cycle, note],
          [() => ({ toJSON: refuse }), note],
          [refuse, note],
          [() => nested(24), nested(24)],
          [() => nested(25), large],
          [() => nested(100), large],
          [() => '\u00e9'.repeat(65_534), '\u00e9'.repeat(65_534)],
          [() => '\u00e9'.repeat(4_000_000), large],
        ]
        for (const [context, written] of kept) {
          const userId = crypto.randomUUID()
          assert.equal(await open().store({ audit: { context } }).save(userId, creating(userId)), true)
          const [first] = await trailOf(open(), userId)
          assert.deepEqual(first?.event.context, written)
        }
      },
    },
  ]
}
