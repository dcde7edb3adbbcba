import { describe, expect, it } from 'vitest'
import { textOf } from './browser.ts'
import { createSite, detailsOf, type Site } from './site.ts'

const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

async function begin(site: Site) {
  await site.world.twoFactor.admin.importUser('ben', {
    authenticators: [{ secret: SECRET }],
    recoveryCodes: [{ hash: 'hash of abcd-1234', length: 8 }],
  })
  const browser = site.browser()
  const answer = await browser.signIn(detailsOf('ben'))
  return { browser, answer, challengeToken: textOf(answer, 'challengeToken') }
}

describe('a recovery code that another library hashed', () => {
  it('signs in through the same field, its case and dashes handed to the host', async () => {
    const asked: string[] = []
    const verifyImportedCode = async (typed: string, hash: string) => {
      asked.push(typed)
      return hash === `hash of ${typed}`
    }
    const site = createSite({ twoFactor: { verifyImportedCode } })
    const { browser, answer, challengeToken } = await begin(site)
    expect(answer.body).toMatchObject({ methods: ['totp', 'recovery-code'] })
    const completed = await browser.post('complete-challenge', { challengeToken, code: ' abcd–1234 ' })
    expect(completed.body).toMatchObject({ signedIn: true, method: 'recovery-code', recoveryCodesLeft: 0 })
    expect(asked).toEqual(['abcd-1234'])
  })

  it('is a bare fault if the host’s hook breaks; it reveals nothing of the code', async () => {
    const verifyImportedCode = () => {
      throw new Error('boom')
    }
    const site = createSite({ twoFactor: { verifyImportedCode } })
    const { browser, challengeToken } = await begin(site)
    const before = site.world.store.saves
    for (const code of ['abcd-1234', 'zzzz-9999']) {
      const refused = await browser.post('complete-challenge', { challengeToken, code })
      expect([refused.status, JSON.stringify(refused.body).includes(code)]).toEqual([500, false])
    }
    expect([site.world.store.saves, site.faults.length]).toEqual([before, 2])
    expect(site.faults.map(String)).toEqual(['Error: boom', 'Error: boom'])
  })
})

it('the answer of status lists a recovery code that staff issued, but never the code itself', async () => {
  const site = createSite()
  const { browser } = await site.member()
  const issued = await site.world.twoFactor.admin.issueRecoveryCode('ann', { by: 'sam', note: 'x' })
  const answer = await browser.get('status')
  const list = issued.ok ? [{ createdAtMs: site.world.clock.now(), expiresAtMs: issued.expiresAtMs }] : []
  expect(answer.body).toMatchObject({ recoveryCodes: { issued: list } })
  expect(JSON.stringify(answer.body)).not.toContain(issued.ok ? issued.recoveryCode : '')
})
