import type { HandlerOptions } from 'countersign/http'
import { describe, expect, it, vi } from 'vitest'
import { expectProblem, textOf } from './browser.ts'
import { createSite, detailsOf, ORIGIN, type SiteOptions } from './site.ts'

async function refused(options: SiteOptions, headers: Record<string, string | null> = {}) {
  const site = createSite(options)
  const { browser } = await site.member()
  const answer = await browser.send('revoke-trusted-devices', { headers, body: '{}' })
  expectProblem(answer, 403, 'cross-site')
  return { site, browser, answer }
}

describe('a request of another origin is reported to the host’s log', () => {
  it.each<[SiteOptions, Record<string, string | null>, string[]]>([
    [{}, { Origin: 'https://evil.example' }, ['https://evil.example', ORIGIN, 'allowedOrigins']],
    [
      { arrivesAt: 'http://app.example.com' },
      {},
      [ORIGIN, 'http://app.example.com', 'TLS', `allowedOrigins: ['${ORIGIN}']`],
    ],
    [{ arrivesAt: 'http://10.0.0.7:3000' }, {}, [ORIGIN, 'http://10.0.0.7:3000', 'proxy', 'allowedOrigins']],
    [{ handler: { allowedOrigins: ['https://www.app.example.com'] } }, {}, [ORIGIN, "'www.'"]],
    [
      { origin: 'http://127.0.0.1:3000', handler: { allowedOrigins: ['http://localhost:3000', 'http://b.example'] } },
      {},
      ['http://127.0.0.1:3000', 'http://localhost:3000, http://b.example', 'differs from http://localhost:3000'],
    ],
    [{}, { Origin: null }, ['no Origin', 'script']],
    [{}, { Origin: 'null' }, ['Origin null', 'sandboxed']],
  ])('with the origins and the likely cause: %j %j', async (options, headers, parts) => {
    const { site, answer } = await refused(options, headers)
    const [warning, ...others] = site.warnings.filter(({ code }) => code === 'cross-site')
    for (const part of parts) expect(warning?.message).toContain(part)
    expect(others).toEqual([])
    const allowed = options.handler?.allowedOrigins ?? [options.arrivesAt ?? ORIGIN]
    for (const origin of allowed) expect(answer.text).not.toContain(origin)
  })

  it('for the sign-in route too', async () => {
    const site = createSite({ arrivesAt: 'http://10.0.0.7:3000' })
    expectProblem(await site.browser().signIn(detailsOf('ann'), {}), 403, 'cross-site')
    expect(site.warnings).toMatchObject([{ code: 'cross-site', message: expect.stringContaining(ORIGIN) }])
  })

  it('once each, limited in number and length: anybody can send an Origin', async () => {
    const { site, browser } = await refused({}, { Origin: 'https://a.example' })
    const from = (Origin: string) => browser.send('verify', { headers: { Origin }, body: '{}' })
    await from('https://a.example')
    expect(site.warnings).toHaveLength(1)
    await from(`https://${'x'.repeat(5000)}.example`)
    expect(site.warnings[1]?.message.length).toBeLessThan(1000)
    for (let at = 0; at < 100; at++) await from(`https://${at}.example`)
    expect(site.warnings).toHaveLength(20)
  })

  it('and silences no warning of another kind', async () => {
    const site = createSite()
    const { phone } = await site.member()
    const browser = site.browser()
    const challengeToken = textOf(await browser.signIn(detailsOf('ann')), 'challengeToken')
    for (let at = 0; at < 100; at++) {
      await browser.send('verify', { headers: { Origin: `https://${at}.example` }, body: '{}' })
    }
    for (const name of browser.jar.keys()) if (name.includes('sign-in')) browser.jar.delete(name)
    await browser.post('complete-challenge', { challengeToken, code: phone.next() })
    expect(site.warnings.at(-1)).toMatchObject({ code: 'sign-in-cookie-missing' })
  })

  it('by console.warn if the host does not listen', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    await refused({ handler: { onWarning: undefined } }, { Origin: 'https://evil.example' })
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^countersign: .*https:\/\/evil\.example/)]])
    warn.mockRestore()
  })

  it.each<[string, HandlerOptions['onWarning']]>([
    [
      'throws',
      () => {
        throw new Error('No disk left.')
      },
    ],
    ['rejects', () => Promise.reject(new Error('No disk left.'))],
    ['never ends', () => new Promise(() => {})],
  ])('and a log that %s changes no answer', async (_, onWarning) => {
    const { site } = await refused({ handler: { onWarning } }, { Origin: 'https://evil.example' })
    expect(site.faults).toEqual([])
  })
})

describe('a list of origins of more than one environment', () => {
  const warningsOf = (...allowedOrigins: string[]) => createSite({ handler: { allowedOrigins } }).warnings

  it('causes a warning that names it', () => {
    for (const plain of ['http://app.example.com', 'http://localhost:3000']) {
      expect(warningsOf(ORIGIN, plain)).toMatchObject([
        { code: 'mixed-origins', message: expect.stringContaining(plain) },
      ])
    }
  })

  it('is one with http beside https, and no other', () => {
    expect(warningsOf(ORIGIN, 'https://admin.example.com', 'capacitor://localhost')).toEqual([])
    expect(warningsOf('http://localhost:3000', 'http://127.0.0.1:3000')).toEqual([])
  })
})
