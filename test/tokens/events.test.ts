import type { AccessTokenEvent } from 'countersign/tokens'
import { describe, expect, test, vi } from 'vitest'
import { PASSWORD, SECOND, START, textsIn } from '../world.ts'
import { createTokenWorld, proof, staff } from './world.ts'

test('each thing that happens to a token is one event, with whose, which, when and what the host passed', async () => {
  const { tokens, tokenEvents, clock } = createTokenWorld()
  const context = { requestId: 'r-1' }
  const result = await tokens.issue('ann', { name: 'A', proof, context })
  if (!result.ok) throw new Error(result.reason)
  const { id } = result.accessToken
  clock.advance({ seconds: 1 })
  await tokens.verify(result.token)
  await tokens.rename('ann', { id, name: 'B', context })
  clock.advance({ seconds: 1 })
  await tokens.revoke('ann', { id, context })
  const common = { userId: 'ann', tokenId: id, context }
  expect(tokenEvents).toEqual([
    { type: 'access-token.issued', ...common, atMs: START, notify: true },
    { type: 'access-token.renamed', ...common, atMs: START + SECOND, notify: false },
    { type: 'access-token.revoked', ...common, atMs: START + 2 * SECOND, notify: true },
  ])
})

test('revokeAll reports each, once all are revoked, and marks one to notify the user', async () => {
  const heard: AccessTokenEvent[] = []
  const left: number[] = []
  const { tokens, issued } = createTokenWorld({
    onEvent: async (event) => {
      if (event.type !== 'access-token.revoked') return
      heard.push(event)
      left.push((await tokens.list('ann')).length)
    },
  })
  const ids = [(await issued()).id, (await issued()).id]
  await tokens.revokeAll('ann', { context: 'sign-out' })
  expect(heard.map(({ tokenId }) => tokenId).sort()).toEqual(ids.sort())
  expect(heard.every(({ context }) => context === 'sign-out')).toBe(true)
  expect(heard.map(({ notify }) => notify)).toEqual([true, false])
  expect(left).toEqual([0, 0])
})

test('what was refused is no event', async () => {
  const { tokens, tokenEvents } = createTokenWorld({ scopes: [] })
  await tokens.issue('ann', { name: 'A', scopes: ['read'], proof })
  await tokens.issue('ann', { name: 'A', expiresAtMs: 1, proof })
  await tokens.issue('ann', { name: 'A', proof: { password: 'wrong' } })
  await tokens.rename('ann', { id: 'x', name: 'B' })
  await tokens.revoke('ann', { id: 'x' })
  await tokens.revokeAll('ann')
  await tokens.verify('acme_x')
  expect(tokenEvents).toEqual([])
})

test('no event and no error holds a token, its hash or a password', async () => {
  const { tokens, tokenEvents, tokenStore, events } = createTokenWorld()
  const result = await tokens.issue('ann', { name: 'A', proof })
  const other = await tokens.admin.issue('ann', { name: 'B', ...staff })
  if (!result.ok || !other.ok) throw new Error('No token.')
  await tokens.revokeAll('ann')
  const secrets = [result.token, other.token, PASSWORD, ...(await tokenStore.rows()).map(({ hash }) => hash)]
  const said = textsIn([tokenEvents, events])
  for (const scope of [result.token, `${result.token} `]) {
    const error = await tokens.verify(result.token, { scope }).catch((fault: unknown) => fault)
    said.push(String(error))
  }
  expect(said.filter((text) => secrets.some((secret) => text.includes(secret)))).toEqual([])
})

describe('a listener that fails', () => {
  test('changes no outcome, and goes to onEventError with its event', async () => {
    const failed: [unknown, AccessTokenEvent][] = []
    const error = new Error('The mail server is down.')
    const { tokens, issued } = createTokenWorld({
      onEvent: async () => {
        throw error
      },
      onEventError: (...told) => {
        failed.push(told)
        throw new Error('That too.')
      },
    })
    const { id } = await issued()
    expect(await tokens.revoke('ann', { id })).toEqual({ ok: true })
    expect(failed).toMatchObject([
      [error, { type: 'access-token.issued', tokenId: id }],
      [error, { type: 'access-token.revoked', tokenId: id }],
    ])
  })

  test('or never ends delays nothing for longer than five seconds, however many tokens are revoked', async ({
    onTestFinished,
  }) => {
    let heard = 0
    const { tokens, anotherTokens, issued } = createTokenWorld({ onEvent: undefined })
    for (let time = 0; time < 10; time += 1) await issued()
    const slow = anotherTokens({
      onEvent: () => {
        heard += 1
        return new Promise(() => {})
      },
    })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const ended = slow.revokeAll('ann')
    await vi.advanceTimersByTimeAsync(5000)
    expect(await ended).toEqual({ ok: true, revoked: 10 })
    expect([heard, await tokens.list('ann')]).toEqual([10, []])
  })

  test('needs no onEventError', async () => {
    const { issued } = createTokenWorld({
      onEvent: () => {
        throw new Error('No.')
      },
    })
    expect((await issued()).token).toMatch(/^acme_/)
  })
})
