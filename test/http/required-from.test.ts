import { expect, it } from 'vitest'
import { addPhone, DAY, PASSWORD, START } from '../world.ts'
import { createSite, detailsOf } from './site.ts'

const requiredFromMs = START + 7 * DAY

it('says from when it is required: at sign-in, in the status, and when it is turned off', async () => {
  const site = createSite({ twoFactor: { isRequired: () => ({ fromMs: requiredFromMs }) } })
  const browser = site.browser()
  expect((await browser.signIn(detailsOf('ann'))).body).toEqual({ signedIn: true, requiredFromMs })
  expect(site.opened).toMatchObject([{ requiredFromMs }])
  expect((await browser.get('status')).body).toMatchObject({ required: false, requiredFromMs })
  await addPhone(site.world, 'ann')
  const off = await browser.post('disable', { proof: { password: PASSWORD } })
  expect([off.status, off.body]).toEqual([200, { requiredFromMs }])
})
