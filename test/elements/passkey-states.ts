import { importForeignPasskey } from './foreign-passkey.ts'
import { plugIn, refuseNext } from './plug-in.ts'
import { EVE, SAM } from './server.ts'
import type { Look } from './states.ts'
import { keepCodes, scan, type Visitor } from './visitor.ts'

/** Leads a person through every state that passkeys add to the elements, in the visitor's language. */
export async function visitPasskeyStates(visitor: Visitor, look: Look): Promise<void> {
  await visitor.open()
  await visitor.signIn()
  await addingTheFirst(visitor, look)
  await signingInWithIt(visitor, look)
  await besideAnApp(visitor, look)
  await required(visitor, look)
  await elsewhere(visitor, look)
}

async function signInAgain(visitor: Visitor, login?: string): Promise<void> {
  visitor.backend.clock.advance({ seconds: 60 })
  await visitor.signOut()
  await visitor.page.context().clearCookies()
  await visitor.open()
  await visitor.signIn(login)
}

async function addingTheFirst(visitor: Visitor, look: Look): Promise<void> {
  const { texts, page, press, confirm, field, sees, button } = visitor
  const laptop = await plugIn(page, 'a phone or laptop')
  await laptop.wrongFinger()
  await button(texts.addPasskey).waitFor()
  await look('settings, off, passkeys offered')
  await press(texts.addPasskey)
  await look('passkey, proof')
  await confirm(texts.continue)
  await sees(texts['passkey-canceled'])
  await look('passkey, not made')
  await page.reload()
  await press(texts.continueSetup)
  await sees(texts.passkeySteps)
  await look('passkey, setup goes on')
  await laptop.rightFinger()
  await press(texts.continue)
  await sees(texts.saveCodesTitle)
  await look('passkey, recovery codes')
  await keepCodes(visitor)
  await sees(texts.namePasskey)
  await look('passkey, name')
  await field(texts.name).fill('Laptop')
  await press(texts.save)
  await button(`${texts.rename} Laptop`).waitFor()
  await look('settings, a passkey alone')
  await press(texts.addPasskey)
  await look('passkey, another')
  await confirm(texts.continue)
  await sees(texts['already-registered'])
  await look('passkey, already registered')
  await press(texts.cancel)
  await press(texts.disableTitle)
  await look('disable, by passkey or password')
  await press(texts.cancel)
  await press(`${texts.rename} Laptop`)
  await look('passkey, rename')
  await press(texts.cancel)
}

async function signingInWithIt(visitor: Visitor, look: Look): Promise<void> {
  const { texts, page, press, sees, field, button } = visitor
  await signInAgain(visitor)
  await button(texts.usePasskey).waitFor()
  await look('challenge, passkey')
  await refuseNext(page, 'NotAllowedError')
  await press(texts.usePasskey)
  await sees(texts['passkey-canceled'])
  await look('challenge, passkey not used')
  await refuseNext(page, 'NotAllowedError', true)
  await press(texts.usePasskey)
  await sees(texts['passkey-timed-out'])
  await look('challenge, passkey timed out')
  await refuseNext(page, 'SecurityError')
  await press(texts.usePasskey)
  await sees(texts['passkey-wrong-site'])
  await look('challenge, passkey at a wrong address')
  await press(texts.useCode)
  await field(texts.recoveryCode).waitFor()
  await look('challenge, recovery code beside a passkey')
  await press(texts.usePasskey)
  await button(`${texts.rename} Laptop`).waitFor()
}

async function besideAnApp(visitor: Visitor, look: Look): Promise<void> {
  const { texts, page, press, confirm, field, button } = visitor
  await press(texts.addApp)
  await look('authenticator, add beside a passkey')
  await field(texts.name).fill('Phone')
  await confirm(texts.continue)
  await field(texts.scanProve).fill((await scan(visitor)).code())
  await button(`${texts.remove} Phone`).waitFor()
  await look('settings, passkey and app')
  await press(`${texts.remove} Laptop`)
  await look('passkey, remove')
  await press(texts.cancel)
  // Loaded before there was a passkey.
  await page.reload()
  await press(texts.tokenIssue)
  await look('token, new, by passkey or password')
  await press(texts.cancel)
  await signInAgain(visitor)
  await press(texts.useCode)
  await field(texts.appCode).waitFor()
  await look('challenge, app beside a passkey')
}

async function required(visitor: Visitor, look: Look): Promise<void> {
  const { texts, press, sees, button } = visitor
  await signInAgain(visitor, SAM)
  await button(texts.addApp).waitFor()
  await look('required, passkey or app')
  await press(texts.addPasskey)
  await sees(texts.saveCodesTitle)
  await look('required, recovery codes of a passkey')
  await keepCodes(visitor)
  await sees(texts.cannotDisable)
  await visitor.open('show=setup')
  await sees(texts.addPasskey)
  await look('setup alone, passkey or app')
}

async function elsewhere(visitor: Visitor, look: Look): Promise<void> {
  const { texts, backend, sees } = visitor
  const phone = await importForeignPasskey(backend, EVE)
  await signInAgain(visitor, EVE)
  await visitor.field(texts.appCode).fill(phone.code())
  await sees(texts.passkeyUnusable)
  await look('settings, a passkey that is not usable here')
}
