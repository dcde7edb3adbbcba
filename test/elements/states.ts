import { EVE, PASSWORD, SAM } from './server.ts'
import { keepCodes, type Phone, scan, setUp, type Visitor } from './visitor.ts'

/** What is looked at in each state. */
export type Look = (state: string) => Promise<void>

/** Leads a person through every state of the elements, in the visitor's language. */
export async function visitStates(visitor: Visitor, look: Look): Promise<void> {
  await visitor.open()
  await visitor.signIn()
  await settingUp(visitor, look)
  const { phone, recoveryCodes } = await setUp(visitor)
  await look('settings, on')
  await signingIn(visitor, look, phone, recoveryCodes)
  await managing(visitor, look)
  await tokens(visitor, look)
  await failing(visitor, look)
  await required(visitor, look)
  await alone(visitor, look)
  await attacked(visitor, look)
}

async function settingUp({ texts, press, confirm, field, page, sees }: Visitor, look: Look): Promise<void> {
  await sees(texts.offWhy)
  await look('settings, off')
  await press(texts.setUpTitle)
  await look('setup, proof')
  await confirm(texts.continue, 'not the password')
  await sees(texts['wrong-password'])
  await look('setup, wrong password')
  await confirm(texts.continue)
  await page.locator('svg.qr').waitFor()
  await look('setup, scan')
  await field(texts.scanProve).fill('000000')
  await sees(texts['wrong-code'])
  await look('setup, wrong code')
  await page.reload()
  await sees(texts.pendingSetup)
  await look('settings, a setup begun')
}

async function signingIn(visitor: Visitor, look: Look, phone: Phone, recoveryCodes: string[]): Promise<void> {
  const { texts, backend, page, field, press, sees, button } = visitor
  for (const device of ['first', 'second']) {
    backend.clock.advance({ seconds: 60 })
    await visitor.signOut()
    await page.context().clearCookies()
    await page.reload()
    await visitor.signIn()
    await field(texts.appCode).waitFor()
    if (device === 'first') await look('challenge')
    await page.getByRole('checkbox').check()
    await field(texts.appCode).fill(phone.code())
    await sees(texts.authenticators)
  }
  await look('settings, two trusted devices')

  await visitor.signOut()
  await page.context().clearCookies()
  await page.reload()
  await visitor.signIn()
  for (let guess = 0; guess < 6; guess++) {
    await field(texts.appCode).fill(`00000${guess}`)
    await page.locator('form[aria-busy=false]').waitFor()
  }
  await page.locator('button.waiting').waitFor()
  await look('challenge, waiting')
  // What is shown beside the field goes with the wait, and the link below it moves up: not under the pointer.
  await page.locator('button.waiting').waitFor({ state: 'detached' })
  await press(texts.useRecoveryCode)
  await look('challenge, recovery code')
  await press(texts.verify)
  await sees(texts.required)
  await look('challenge, nothing typed')
  backend.clock.advance({ seconds: 600 })
  await field(texts.recoveryCode).fill(recoveryCodes[0] ?? '')
  await press(texts.verify)
  await sees(texts.startOverTitle)
  await look('challenge, expired')
  await press(texts.startOverNow)
  await visitor.signIn()
  await press(texts.useRecoveryCode)
  await field(texts.recoveryCode).fill(recoveryCodes[0] ?? '')
  await press(texts.verify)
  await button(texts.viewRecoveryCodes).waitFor()
}

async function managing(visitor: Visitor, look: Look): Promise<void> {
  const { texts, page, press, confirm, sees, field } = visitor
  const leave = () => press(texts.cancel)
  await press(texts.viewRecoveryCodes)
  await look('recovery codes, proof')
  await confirm(texts.viewCodes)
  await page.locator('.used').waitFor()
  await look('recovery codes, one used')
  await press(texts.generateTitle)
  await look('recovery codes, new ones')
  await press(texts.generate)
  await sees(texts.saveCodesTitle)
  await look('recovery codes, to be saved')
  await keepCodes(visitor)

  await press(texts.addAnother)
  await field(texts.name).fill('Tablet')
  await look('authenticator, add')
  await confirm(texts.continue)
  await field(texts.scanProve).fill((await scan(visitor)).code())
  await visitor.button(`${texts.remove} Tablet`).waitFor()
  await look('settings, two authenticators')
  await press(`${texts.rename} Tablet`)
  await look('authenticator, rename')
  await leave()
  await press(`${texts.remove} Tablet`)
  await look('authenticator, remove')
  await leave()
  await press(texts.newPhone)
  await look('authenticator, replace')
  await leave()
  await press(texts.disableTitle)
  await look('disable')
  await leave()
  await press(texts.revokeAll)
  await look('devices, revoke all')
  await page.getByRole('dialog').getByRole('button', { name: texts.revokeAll }).click()
  await sees(texts.trustedNone)
}

async function tokens({ texts, page, press, sees, field, button }: Visitor, look: Look): Promise<void> {
  await press(texts.tokenIssue)
  await look('token, new')
  await field(texts.name).fill('Backups')
  await field(texts.password).fill('x')
  await press(texts.tokenIssueNow)
  await sees(texts.tokenNoScope)
  await look('token, no scope')
  for (const name of ['Backups', 'Deploy']) {
    if (name === 'Deploy') await press(texts.tokenIssue)
    await field(texts.name).fill(name)
    await field('servers:read').check()
    await page.locator('select').selectOption({ index: name === 'Deploy' ? 4 : 0 })
    await field(texts.password).fill('correct-horse-7')
    await press(texts.tokenIssueNow)
    await sees(texts.tokenShownWhy)
    if (name === 'Backups') await look('token, shown')
    await press(texts.done)
    await button(`${texts.tokenRename} ${name}`).waitFor()
  }
  await look('tokens')
  for (const [name, state] of [
    [`${texts.tokenRename} Deploy`, 'token, rename'],
    [`${texts.tokenRevoke} Deploy`, 'token, revoke'],
    [texts.tokensRevoke, 'tokens, revoke all'],
  ] as const) {
    await press(name)
    await look(state)
    await press(texts.cancel)
  }
}

async function failing(visitor: Visitor, look: Look): Promise<void> {
  const { texts, page, press, sees, field } = visitor
  await press(texts.disableTitle)
  await page.route('**/two-factor/**', (route) => route.abort())
  await field(texts.password).fill('whatever')
  await press(texts.disable)
  await sees(texts.offline)
  await look('disable, offline')
  await press(texts.cancel)
  await page.evaluate(() => document.querySelector('two-factor-settings')?.remove())
  await page.evaluate(() => document.querySelector('main')?.append(document.createElement('two-factor-settings')))
  await page.locator('two-factor-settings .problem:not(:empty)').waitFor()
  await look('settings, offline')
  await page.unroute('**/two-factor/**')
  await press(texts.loadAgain)
  await sees(texts.authenticators)
}

async function required(visitor: Visitor, look: Look): Promise<void> {
  const { texts, page, press, field, sees } = visitor
  await visitor.signOut()
  await page.context().clearCookies()
  await page.reload()
  await visitor.signIn(SAM)
  await sees(texts.requiredWhy)
  await look('required, why')
  await press(texts.continue)
  const phone = await scan(visitor)
  await look('required, scan')
  await field(texts.scanProve).fill(phone.code())
  await sees(texts.saveCodesTitle)
  await look('required, recovery codes')
  await keepCodes(visitor)
  await sees(texts.cannotDisable)
  await look('settings, required')
}

async function alone(visitor: Visitor, look: Look): Promise<void> {
  const { texts, press, field, sees } = visitor
  await visitor.open('show=codes')
  await sees('AAAA-BBBB-CCCC-DDDD')
  await look('recovery codes alone')
  await visitor.open('show=setup')
  await field(texts.name).fill('Second phone')
  await look('setup alone')
  await field(texts.password).fill('correct-horse-7')
  await press(texts.continue)
  const phone = await scan(visitor)
  await look('setup alone, scan')
  await field(texts.scanProve).fill(phone.code())
  await sees(texts.addDone)
  await look('setup alone, done')
}

/** Eve moved in with a weak key and few recovery codes, and somebody else has been guessing. */
async function attacked(visitor: Visitor, look: Look): Promise<void> {
  const { texts, page, backend, press, field, sees } = visitor
  const { twoFactor, clock } = backend
  await twoFactor.admin.importUser(EVE, { authenticators: [{ secret: 'JBSWY3DPEHPK3PXP', name: 'Old phone' }] })
  const made = await twoFactor.regenerateRecoveryCodes(EVE, { proof: { password: PASSWORD } })
  if (!made.ok) throw new Error(made.reason)
  const [code = '', , , ...spent] = made.recoveryCodes
  for (const used of spent) await twoFactor.verify(EVE, { code: used })
  for (let guess = 0; guess < 25; guess++) {
    const challenge = await twoFactor.challenge(EVE)
    if (!challenge.passed) await twoFactor.completeChallenge(challenge.token, { code: '000000' })
    await twoFactor.disable(EVE, { proof: { password: 'a guess' } })
    clock.advance({ seconds: 1000 })
  }
  await page.context().clearCookies()
  await visitor.open()
  await visitor.signIn(EVE)
  await sees(texts.challengeLocked)
  await look('challenge, locked')
  await field(texts.recoveryCode).fill(code)
  await press(texts.verify)
  await sees(texts.strangersClosed)
  await sees(texts.passwordsClosed)
  await sees(texts.weak)
  await sees(texts.recovered.split('{')[0] ?? '')
  await look('settings, attacked')
}
