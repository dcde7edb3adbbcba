import { describe, expect, test } from 'vitest'
import type { Core } from '../../src/engine/core.ts'
import { digitsShown, methodsFor } from '../../src/engine/methods.ts'
import {
  emptyRecord,
  type StoredApp,
  type StoredAuthenticator,
  type StoredPasskey,
  type UserRecord,
} from '../../src/engine/record.ts'
import { failed, type Throttle } from '../../src/engine/throttle.ts'
import type { Visitor } from '../../src/engine/visitor.ts'
import { START, untyped } from '../world.ts'

const core = untyped<Core>({
  totp: { digits: 7 },
  passkeys: { rpId: 'acme.example' },
  vault: { hasKey: () => true },
  verifyImportedCode: () => false,
})
const app = (digits = 6) => untyped<StoredApp>({ id: 'app', type: 'totp', digits })
const passkey = untyped<StoredPasskey>({ id: 'passkey', type: 'passkey', rpId: 'acme.example', sealed: '' })
const codes = (kept: 'sealed' | 'imported') =>
  untyped<UserRecord['recoveryCodes']>({ kept, madeHere: kept === 'sealed', usedAtMs: [null] })
const having = (authenticators: StoredAuthenticator[], more: Partial<UserRecord> = {}): UserRecord => ({
  ...emptyRecord(),
  authenticators,
  ...more,
})

const stranger: Visitor = { pool: 'strangers', trusted: null, lastMethod: null }
const wrongCodes = (count: number) =>
  Array.from({ length: count }).reduce<Throttle>(
    (state) => failed(state, { kind: 'code', pool: 'strangers', weight: 1 }, START),
    null,
  )
/** There is a wait after the fifth, and none is accepted for a month after the twentieth. */
const [waiting, locked] = [wrongCodes(6), wrongCodes(20)]

describe('the lengths of codes that are asked for', () => {
  test('are those of the user’s apps, each once, the shortest first', () => {
    expect(digitsShown(core, having([app(8), app(6), app(8)]))).toEqual([6, 8])
    expect(digitsShown(core, having([app(6), app(8), app(7)]))).toEqual([6, 7, 8])
    expect(digitsShown(core, having([passkey]))).toEqual([])
  })

  test('are that of the next app, if there is no authenticator', () => {
    expect(digitsShown(core, null)).toEqual([7])
    expect(digitsShown(core, having([]))).toEqual([7])
  })
})

describe('the methods that are offered', () => {
  const all = having([app(), passkey], { recoveryCodes: codes('sealed') })

  test('begin with the one last used in this browser; the others keep their order', () => {
    expect(methodsFor(core, all, stranger, START)).toEqual(['passkey', 'totp', 'recovery-code'])
    const lastly = (lastMethod: Visitor['lastMethod']) => methodsFor(core, all, { ...stranger, lastMethod }, START)
    expect(lastly('passkey')).toEqual(['passkey', 'totp', 'recovery-code'])
    expect(lastly('totp')).toEqual(['totp', 'passkey', 'recovery-code'])
    expect(lastly('recovery-code')).toEqual(['recovery-code', 'passkey', 'totp'])
  })

  test('need no device token if there is one at most', () => {
    const unopened: Visitor = {
      pool: 'strangers',
      trusted: null,
      get lastMethod(): never {
        throw new Error('The token was opened.')
      },
    }
    expect(methodsFor(core, having([app()]), unopened, START)).toEqual(['totp'])
    expect(methodsFor(core, having([]), unopened, START)).toEqual([])
    expect(() => methodsFor(core, all, unopened, START)).toThrow('The token was opened.')
  })

  test('are without those that the throttle refuses now, which never are a passkey or codes that were made here', () => {
    expect(methodsFor(core, { ...all, throttle: waiting }, stranger, START)).toEqual(['passkey', 'recovery-code'])
    const imported = having([app(), passkey], { recoveryCodes: codes('imported') })
    expect(methodsFor(core, imported, stranger, START)).toEqual(['passkey', 'totp', 'recovery-code'])
    expect(methodsFor(core, { ...imported, throttle: waiting }, stranger, START)).toEqual(['passkey'])
    expect(methodsFor(core, { ...imported, throttle: waiting }, { ...stranger, pool: 'known' }, START)).toHaveLength(3)
  })

  test('are all of them if a wait seems to begin in the future, since the clock was wrong then; a lock is one still', () => {
    expect(methodsFor(core, { ...all, throttle: waiting }, stranger, START - 1)).toHaveLength(3)
    expect(methodsFor(core, { ...all, throttle: locked }, stranger, START - 1)).toEqual(['passkey', 'recovery-code'])
  })
})
