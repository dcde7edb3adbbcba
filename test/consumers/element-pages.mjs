/** Pages with the elements in them, as they are written in each framework: right ones, and wrong ones that must not compile. */
export const SCRIPT = `
import { createClient } from 'countersign/client'
import type { RecoveryCodesElement, TwoFactorChange, TwoFactorSettingsElement } from 'countersign/elements'
import type { CompleteChallengeAnswer, SignInAnswer } from 'countersign/http'
const answer: SignInAnswer = JSON.parse('{}')
const client = createClient('/two-factor')
const changed = (event: CustomEvent<{ change: TwoFactorChange }>) => console.log(event.detail.change)
const signedIn = (event: CustomEvent<Omit<CompleteChallengeAnswer, 'recoveryCodes'>>) => console.log(event.detail.method)
`

export const TSX = `import type {} from 'countersign/elements/react'
import { createRef } from 'react'
${SCRIPT}
const settings = createRef<TwoFactorSettingsElement>()
const codes = createRef<RecoveryCodesElement>()
export const right = (
  <main>
    <two-factor-settings ref={settings} base-url="/auth/two-factor" theme="dark" lang="de" ontwo-factor-changed={changed} />
    <two-factor-settings client={client} texts={{ done: 'Fine' }} className="card" class="card" id="a" key="a" />
    <two-factor-setup replaces="all" autofocus ontwo-factor-setup-done={({ detail }) => detail.authenticatorId} />
    <two-factor-challenge challenge={answer} ontwo-factor-signed-in={signedIn} ontwo-factor-start-over={() => {}} />
    <recovery-codes ref={codes} codes={['a', { code: 'b', usedAtMs: null }]} issuer="Acme" account-name="ann" view-only />
    <access-tokens baseUrl="/two-factor" onaccess-tokens-changed={({ detail }) => detail.change === 'issued'} />
  </main>
)
export const wrong = (
  <main>
    {/* @ts-expect-error: no such tag */}
    <two-factor-setings />
    {/* @ts-expect-error: not what the sign-in route answered */}
    <two-factor-challenge challenge="a token" />
    {/* @ts-expect-error: no such property */}
    <two-factor-challenge chalenge={answer} />
    {/* @ts-expect-error: no such theme */}
    <two-factor-settings theme="blue" />
    {/* @ts-expect-error: no such detail */}
    <two-factor-challenge ontwo-factor-signed-in={({ detail }) => detail.recoveryCodes} />
    {/* @ts-expect-error: not this element's ref */}
    <two-factor-settings ref={codes} />
    {/* @ts-expect-error: numbers are no codes */}
    <recovery-codes codes={[1]} />
  </main>
)
`

/** Each wrong line of it is on a line of its own. */
export const template = (attribute, on) => ({
  right: `
<two-factor-settings base-url="/auth/two-factor" theme="dark" lang="de" class="card" ${on('two-factor-changed', 'changed')} />
<two-factor-settings ${attribute('client', 'client')} ${attribute('texts', "{ done: 'Fine' }")} />
<two-factor-setup replaces="all" autofocus ${on('two-factor-setup-done', '({ detail }) => detail.authenticatorId')} />
<two-factor-challenge ${attribute('challenge', 'answer')} ${on('two-factor-signed-in', 'signedIn')} />
<recovery-codes ${attribute('codes', "['a', { code: 'b', usedAtMs: null }]")} issuer="Acme" account-name="ann" view-only />
<access-tokens ${on('access-tokens-changed', "({ detail }) => detail.change === 'issued'")} />`,
  wrong: `
<two-factor-challenge challenge="a token" />
<two-factor-settings theme="blue" />
<two-factor-challenge ${on('two-factor-signed-in', '({ detail }) => detail.recoveryCodes')} />
<recovery-codes ${attribute('codes', '[1]')} />
<two-factor-settings ${on('two-factor-changed', 'signedIn')} />
<two-factor-challenge ${attribute('chalenge', 'answer')} />`,
})
