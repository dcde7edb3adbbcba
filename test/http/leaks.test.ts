import { inspect } from 'node:util'
import { CountersignError } from 'countersign'
import { type MetricsMeter, measureTwoFactor } from 'countersign/otel'
import { decodeBase32 } from 'countersign/otp'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { untyped, wrongCode } from '../world.ts'
import type { Answer, Browser } from './browser.ts'
import { CHANGES, READS, rightRequests } from './right-requests.ts'
import { createSite, detailsOf, type Site } from './site.ts'
import { foundIn, spellingsOf } from './spellings.ts'

/*
 * A long story over HTTP, in which everything that could give something away is kept: then all of it is searched for every
 * secret, code, token and key, in every spelling.
 */

afterEach(() => vi.restoreAllMocks())

/** Where each kind of secret is meant to be seen: nowhere else. */
const SHOWN: Record<string, readonly string[]> = {
  secret: ['begin-setup', 'resume-setup'],
  uri: ['begin-setup', 'resume-setup'],
  recoveryCodes: ['confirm-setup', 'complete-challenge', 'view-recovery-codes', 'regenerate-recovery-codes'],
  codes: ['view-recovery-codes'],
  challengeToken: ['sign-in'],
  token: ['begin-step-up', 'view-recovery-codes', 'issue-access-token'],
  typed: [],
  cookie: [],
  key: [],
}

/** All that was said, by where it was said, and all that must be kept. */
class Watch {
  readonly said: { where: string; text: string }[] = []
  readonly secrets = new Map<string | Uint8Array, Set<string>>()

  say(where: string, value: unknown): void {
    const all = { depth: 20, maxStringLength: null, maxArrayLength: null }
    const text = typeof value === 'string' ? value : inspect(value, all)
    this.said.push({ where, text: text.toLowerCase() })
  }

  keep(kind: string, secret: string | Uint8Array): void {
    const shown = this.secrets.get(secret) ?? new Set()
    for (const path of SHOWN[kind] ?? []) shown.add(path)
    this.secrets.set(secret, shown)
  }

  /** Keeps the secrets of a body, and what they stand for. */
  keepOf(body: unknown, name = ''): void {
    if (typeof body === 'string') {
      if (name in SHOWN) this.keep(name, body)
      if (name === 'secret') this.keep('secret', decodeBase32(body))
      if (name === 'code' || name === 'password') this.keep('typed', body)
    } else if (Array.isArray(body)) {
      for (const one of body) this.keepOf(typeof one === 'string' || name !== 'codes' ? one : one.code, name)
    } else if (typeof body === 'object' && body !== null) {
      for (const [key, value] of Object.entries(body)) this.keepOf(value, key)
    }
  }

  /** What was said where it must not be. */
  leaks(): string[] {
    return [...this.secrets].flatMap(([secret, shown]) => {
      const spellings = spellingsOf(secret)
      return this.said.flatMap(({ where, text }) => {
        const found = shown.has(where) ? undefined : foundIn(text, spellings)
        return found === undefined ? [] : [`${where}: ${found}`]
      })
    })
  }
}

function watched(browser: Browser, watch: Watch): Browser {
  const hear = (path: string, answer: Answer): Answer => {
    watch.keepOf(answer.body)
    for (const cookie of browser.jar.values()) if (cookie.length > 30) watch.keep('cookie', cookie)
    const headers = [...answer.headers].filter(([name]) => name !== 'set-cookie')
    watch.say(path, `${answer.text}\n${JSON.stringify(headers)}`)
    return answer
  }
  return {
    ...browser,
    get: async (path) => hear(path, await browser.get(path)),
    post: async (path, body) => {
      watch.keepOf(body)
      return hear(path, await browser.post(path, body))
    },
    send: async (path, sent) => hear(path, await browser.send(path, sent)),
    signIn: async (details, headers) => hear('sign-in', await browser.signIn(details, headers)),
  }
}

async function wholeStory(watch: Watch): Promise<Site> {
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
    vi.spyOn(console, method).mockImplementation((...given) => watch.say('console', given))
  }
  const site = createSite()
  const { world } = site
  for (const entry of world.keys.split(',')) {
    watch.keep('key', entry)
    watch.keep('key', entry.slice(entry.indexOf(':') + 1))
  }
  for (const change of CHANGES) {
    const member = await site.member(`user-of-${change}`)
    const known = { ...member, browser: watched(member.browser, watch) }
    watch.keep('secret', decodeBase32(member.phone.secret))
    watch.keep('secret', member.phone.secret)
    for (const code of member.recoveryCodes) watch.keep('recoveryCodes', code)
    const bodies = await rightRequests(site, known)
    // Before: the same without proof, with a wrong one, and as nonsense.
    const wrong = { code: wrongCode(world, member.phone), proof: { password: 'a wrong password 4711' } }
    for (const body of [{ ...bodies[change], ...wrong }, wrong, {}]) await known.browser.post(change, body)
    await known.browser.send(change, { body: `{"code": "${wrong.code}", "proof` })
    await known.browser.post(change, bodies[change])
    await known.browser.post(change, bodies[change])
    for (const read of READS) await known.browser.get(read)
    const stranger = watched(site.browser(), watch)
    const asked = await stranger.signIn(detailsOf(member.userId))
    // Whoever has just turned it off is asked nothing.
    const challengeToken = String(asked.body['challengeToken'] ?? 'x')
    for (const code of [wrong.code, member.recoveryCodes[3] ?? '', member.recoveryCodes[3] ?? '']) {
      await stranger.post('complete-challenge', { challengeToken, code, trustDevice: true })
    }
    for (const read of READS) await stranger.get(read)
    watch.say('stored rows', await world.store.record(member.userId))
    watch.say('stored rows', await site.dump())
  }
  watch.say(
    'audit rows',
    world.store.changes.map(({ events }) => events),
  )
  watch.say('events', site.events)
  watch.say('errors', site.faults)
  watch.say('warnings', site.warnings)
  return site
}

describe('nothing secret is revealed', () => {
  test('by an answer, a row, an event, a warning or the console, in a story of every route', async () => {
    const watch = new Watch()
    await wholeStory(watch)
    expect(watch.leaks()).toEqual([])
    vi.restoreAllMocks()
    console.log(`Searched: ${watch.said.length} texts for ${watch.secrets.size} secrets.`)
    expect(watch.secrets.size).toBeGreaterThan(300)
    expect(new Set(watch.said.map(({ where }) => where)).size).toBeGreaterThan(CHANGES.length)
  })

  test('by an error or a metric, when every call of the store fails in turn', async () => {
    const watch = new Watch()
    const site = await wholeStory(new Watch())
    const meter: MetricsMeter = {
      createHistogram: (...given) => {
        watch.say('metrics', given)
        return { record: (...told) => watch.say('metrics', told) }
      },
    }
    const user = await site.member('eve')
    watch.keepOf({ secret: user.phone.secret, recoveryCodes: user.recoveryCodes, password: 'a wrong password 4711' })
    for (const entry of site.world.keys.split(',')) watch.keep('key', entry.slice(entry.indexOf(':') + 1))
    const faulty = [
      { load: site.world.store.load, save: async () => untyped<boolean>({ rowCount: 1 }) },
      { load: site.world.store.load, save: async () => Promise.reject(new Error('The disk is full.')) },
      {
        load: async () => untyped<null>({ record: { schema: 1, secret: 1 }, version: 'x' }),
        save: site.world.store.save,
      },
      { load: async () => untyped<null>('nothing'), save: site.world.store.save },
    ]
    let errors = 0
    for (const store of faulty) {
      const on = measureTwoFactor(site.world.another({ store }), { meter })
      site.world.clock.advance({ seconds: 60 })
      const code = user.phone.next()
      watch.keepOf({ code })
      const challenge = await site.world.twoFactor.challenge('eve')
      const token = challenge.passed ? '' : challenge.token
      watch.keep('challengeToken', token)
      const calls: (() => Promise<unknown>)[] = [
        () => on.verify('eve', { code }),
        () => on.completeChallenge(token, { code }),
        () => on.disable('eve', { proof: { code: user.recoveryCodes[0] ?? '' } }),
        () => on.viewRecoveryCodes('eve', { proof: { password: 'a wrong password 4711' } }),
        () => on.admin.importUser('eve', { authenticators: [{ secret: user.phone.secret }] }),
        () => on.admin.importUser('eve', untyped({ authenticators: [{ secret: `${user.phone.secret}!` }] })),
        () => on.verify(untyped({ code }), { code }),
        () => site.world.another({ keys: `${site.world.keys}!` }).status('eve'),
      ]
      for (const call of calls) {
        const said: unknown = await Promise.resolve()
          .then(call)
          .catch((error: unknown) => error)
        if (said instanceof CountersignError) errors += 1
        watch.say('errors', said)
      }
    }
    expect(watch.leaks()).toEqual([])
    expect(errors).toBeGreaterThan(10)
  })

  test('and the search finds what is revealed, in every spelling', () => {
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
    const bytes = decodeBase32(secret)
    const said = [
      secret.toLowerCase(),
      'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ',
      `${Buffer.from(bytes).toString('hex')}`,
      `x${Buffer.from(bytes).toString('base64')}x`,
      inspect(Array.from(bytes)).replaceAll(/[\s[\]]/g, ''),
    ]
    for (const text of said) {
      const watch = new Watch()
      watch.keepOf({ secret })
      watch.say('console', text)
      expect(watch.leaks(), text).not.toEqual([])
    }
    const watch = new Watch()
    watch.keepOf({ code: '123456' })
    watch.say('console', 'at 91234567 ms')
    expect(watch.leaks()).toEqual([])
    watch.say('console', 'the code "123456" is wrong')
    expect(watch.leaks()).toHaveLength(1)
  })
})
