import type { TwoFactorEvent } from 'countersign'
import { type MailLanguage, type MailOptions, mailFor } from 'countersign/mail'
import { createAccessTokens, memoryTokenStore } from 'countersign/tokens'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EVENT_TYPES, type TwoFactorEventType } from '../../src/engine/events.ts'
import { addPhone, createWorld, enrolled, PASSWORD, START, signIn, type World } from '../world.ts'

const proof = { password: PASSWORD }
const LANGUAGES: readonly MailLanguage[] = ['en', 'de', 'ar']
const options: MailOptions = { product: 'Acme Cloud', settingsUrl: 'https://app.example.com/security' }

function eventOf(type: TwoFactorEventType, more: Partial<TwoFactorEvent> = {}): TwoFactorEvent {
  return { type, userId: 'ann', atMs: START, context: undefined, ...EVENT_TYPES[type], ...more }
}

const notified = Object.entries(EVENT_TYPES).flatMap(([, { notify }], index) => {
  const type = Object.keys(EVENT_TYPES)[index]
  return notify && type !== undefined ? [type as TwoFactorEventType] : []
})

describe('a mail', () => {
  test('says what happened, to which account, when, and what to do', () => {
    const event = eventOf('recovery-code.used', { recoveryCodesLeft: 8 })
    const mail = mailFor(event, { ...options, accountName: 'ann' })
    expect(mail?.subject).toBe('Acme Cloud: A recovery code was used')
    expect(mail?.text.replace(/[\u2068\u2069]/g, '')).toBe(`A recovery code of your account was used.

Account: ann
Time: January 15, 2026 at 12:00 PM UTC
Recovery codes left: 8

If this was you, there is nothing to do.
If it was not you, change your password now and check your security settings.

Your security settings:
https://app.example.com/security

Acme Cloud
`)
    expect(mail?.html).toContain('<a href="https://app.example.com/security">')
  })

  test('is in the language and the time zone that were asked for', () => {
    const event = eventOf('two-factor.disabled')
    const german = mailFor(event, { ...options, language: 'de', timeZone: 'Europe/Berlin' })
    expect(german?.subject).toBe('Acme Cloud: Zwei-Faktor-Authentifizierung ist ausgeschaltet')
    expect(german?.text).toContain('15. Januar 2026 um 13:00 MEZ')
    expect(mailFor(event, { ...options, language: 'ar' })?.html).toContain('<html lang="ar" dir="rtl">')
  })

  test.each(LANGUAGES)(
    'does not speak in %s of the codes of a removed authenticator: it may have been a passkey',
    (language) => {
      const mail = mailFor(eventOf('authenticator.removed'), { ...options, language })
      expect(mail?.text).not.toMatch(/codes?\b|رموز|رمز/i)
    },
  )

  test.each(LANGUAGES)('has words in %s for every event that notifies, and is null for every other', (language) => {
    const subjects = new Set<string>()
    for (const type of notified) {
      const mail = mailFor(eventOf(type), { ...options, language })
      expect(mail, type).not.toBeNull()
      expect(mail?.text, type).not.toMatch(/undefined|\{/)
      subjects.add(mail?.subject ?? '')
    }
    // A passkey whose counter went back is marked by the engine itself.
    const copied = mailFor(eventOf('passkey.wrong', { notify: true }), { ...options, language })
    subjects.add(copied?.subject ?? '')
    expect(copied?.text).not.toMatch(/undefined|\{/)
    expect(subjects.size).toBe(notified.length + 1)
    expect(mailFor(eventOf('sign-in.completed'), { ...options, language })).toBeNull()
    expect(mailFor(eventOf('code.used-again', { notify: false }), { ...options, language })).toBeNull()
  })

  test('never holds what staff noted, nor who they are', () => {
    const staff = { by: 'support-anna', note: 'suspected of fraud' }
    for (const type of notified) {
      const mail = mailFor(eventOf(type, { ...staff, context: staff }), options)
      expect(Object.values(mail ?? {}).join()).not.toMatch(/anna|fraud/)
    }
  })

  test('makes no link, no line and no markup of a name', () => {
    const event = eventOf('two-factor.enabled')
    const names = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 500 }),
      fc.constantFrom(
        'https://evil.example',
        'evil.example',
        '<a href="x">',
        'a\r\nBcc: b@evil.example',
        '\u202egnp.exe',
      ),
    )
    fc.assert(
      fc.property(names, fc.constantFrom(...LANGUAGES), (accountName, language) => {
        const product = `x${accountName}`
        const mail = mailFor(event, { product, accountName, language })
        if (mail === null) throw new Error('There is no mail.')
        expect(mail.subject).not.toMatch(/[\r\n\u202e]/)
        expect(mail.subject.length).toBeLessThan(500)
        for (const text of [mail.subject, mail.text, mail.html.replace(/<!doctype[\s\S]*<body>/, '')]) {
          expect(text).not.toMatch(/https?:\/\/|evil\.example|\w@\w/)
        }
        expect(mail.html.match(/<(?!\/?(html|head|meta|title|body|p|br|!doctype)\b)/)).toBeNull()
      }),
      { numRuns: 500 },
    )
  })

  test('refuses options that would make a wrong one', () => {
    const event = eventOf('two-factor.enabled')
    for (const [wrong, name] of [
      [{ product: '' }, 'product'],
      [{ language: 'fr' }, 'language'],
      [{ language: 'constructor' }, 'language'],
      [{ settingsUrl: 'javascript:alert(1)' }, 'settingsUrl'],
      [{ settingsUrl: 'http://app.example.com' }, 'settingsUrl'],
      [{ timeZone: 'Berlin' }, 'timeZone'],
      [{ productName: 'x' }, 'productName'],
    ] as const) {
      const given = { ...options, ...wrong } as MailOptions
      expect(() => mailFor(event, given)).toThrow(name)
    }
  })
})

describe('one act makes one mail', () => {
  const mailsOf = (world: World) => world.events.flatMap((event) => mailFor(event, options)?.subject ?? [])

  test('a first setup', async () => {
    const world = createWorld()
    await addPhone(world, 'ann')
    expect(mailsOf(world)).toEqual(['Acme Cloud: Two-factor authentication is on'])
    expect(world.store.changes.flatMap(({ events }) => events).filter(({ notify }) => notify)).toHaveLength(1)
  })

  test('a replaced phone', async () => {
    const world = createWorld()
    await enrolled(world)
    const [{ id = '' } = {}] = (await world.twoFactor.status('ann')).authenticators
    world.events.length = 0
    await addPhone(world, 'ann', { replaces: id })
    expect(mailsOf(world)).toEqual(['Acme Cloud: An authenticator was added'])
  })

  test('turning it off with a recovery code, and signing in on a device that is trusted from then on', async () => {
    const world = createWorld()
    const { phone, recoveryCodes } = await enrolled(world)
    world.events.length = 0
    await signIn(world, 'ann', { code: phone.next(), trustDevice: true })
    expect(mailsOf(world)).toEqual(['Acme Cloud: A device no longer needs a code'])
    world.events.length = 0
    await world.twoFactor.disable('ann', { proof: { code: recoveryCodes[0] ?? '' } })
    expect(mailsOf(world)).toEqual(['Acme Cloud: Two-factor authentication is off'])
  })

  test('revoking all access tokens', async () => {
    const world = createWorld()
    await enrolled(world)
    const subjects: string[] = []
    const tokens = createAccessTokens({
      twoFactor: world.twoFactor,
      store: memoryTokenStore(),
      prefix: 'acme',
      now: world.clock.now,
      onEvent: (event) => {
        subjects.push(...[mailFor(event, options)].flatMap((mail) => mail?.subject ?? []))
      },
    })
    for (const name of ['A', 'B', 'C']) await tokens.issue('ann', { name, proof })
    expect(subjects).toEqual(new Array(3).fill('Acme Cloud: An access token was created'))
    await tokens.revokeAll('ann')
    expect(subjects.slice(3)).toEqual(['Acme Cloud: An access token was revoked'])
  })
})
