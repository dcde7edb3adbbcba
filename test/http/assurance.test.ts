import { describe, expect, it } from 'vitest'
import { START } from '../world.ts'
import { textOf } from './browser.ts'
import { createSite, detailsOf } from './site.ts'

const amr = ['pwd']

describe('the assurance over HTTP', () => {
  it('goes to openSession, with the first factor passed to signIn', async () => {
    const site = createSite()
    const { phone } = await site.member()
    const browser = site.browser()
    const challengeToken = textOf(await browser.signIn({ ...detailsOf('ann'), amr }), 'challengeToken')
    const done = await browser.post('complete-challenge', { challengeToken, code: phone.next(), trustDevice: true })
    const assurance = { amr: ['pwd', 'otp', 'mfa'], phishingResistant: false, atMs: START }
    expect(site.opened).toMatchObject([{ method: 'totp', assurance }])
    expect(JSON.stringify(done.body)).not.toContain('amr')

    await browser.signIn({ ...detailsOf('ann'), amr })
    expect(site.opened.at(-1)).toMatchObject({ method: 'trusted-device', assurance: { amr, atMs: null } })
    await site.browser().signIn({ ...detailsOf('bob'), amr })
    expect(site.opened.at(-1)).toMatchObject({ method: 'not-enabled', assurance: { amr, atMs: null } })
  })

  it('goes to onVerified', async () => {
    const verified: object[] = []
    const site = createSite({
      handler: {
        onVerified: (userId, { method, assurance }) => {
          verified.push({ userId, method, assurance })
          return {}
        },
      },
    })
    const { browser, phone } = await site.member()
    expect((await browser.post('verify', { code: phone.next() })).status).toBe(200)
    const assurance = { amr: ['otp'], phishingResistant: false, atMs: START }
    expect(verified).toEqual([{ userId: 'ann', method: 'totp', assurance }])
  })
})
