import { html, type TemplateResult } from 'lit/html.js'
import type { CompleteChallengeAnswer, SignInAnswer } from '../../http/index.ts'
import { BaseElement } from '../base.ts'
import type { StartOverReason } from '../element-types.ts'
import { button, link } from '../parts/row.ts'
import { pageStage, type Stage } from '../parts/stage.ts'
import type { Properties } from '../rendered-element.ts'
import type { Refused, Step } from '../scope.ts'
import { askSecondStep } from './ask-code.ts'
import type { SecondStep } from './second-step.ts'
import { setUpFirst } from './set-up-first.ts'

const START_OVER = ['challenge-expired', 'challenge-used', 'sign-in-cookie-missing'] as const
const asksToStartOver = (reason: string): reason is (typeof START_OVER)[number] =>
  START_OVER.some((one) => one === reason)

/** `<two-factor-challenge>` */
export class TwoFactorChallenge extends BaseElement {
  static override properties: Properties = {
    ...BaseElement.properties,
    challenge: [],
    accountName: ['account-name'],
    authenticatorName: ['authenticator-name'],
    resetAtMs: ['reset-at-ms', Number],
  }
  declare challenge: SignInAnswer | null
  declare accountName: string
  declare authenticatorName: string
  declare resetAtMs: number
  readonly #stage: Stage = pageStage(this, this.scope, () => true)

  constructor() {
    super()
    this.challenge = null
    this.accountName = ''
    this.authenticatorName = ''
    this.resetAtMs = 0
  }

  protected override willUpdate(changed: ReadonlySet<string>): void {
    if (!changed.has('challenge')) return
    const { challenge, scope } = this
    if (!challenge || challenge.signedIn) {
      this.#stage.show(null)
      return
    }
    if (!challenge.challengeToken) throw new Error('challenge must be the answer of handler.signIn')
    const secondStep: SecondStep = {
      scope,
      show: (next) => this.#show(next),
      challenge,
      account: this.accountName,
      authenticator: this.authenticatorName,
      resetAtMs: this.resetAtMs,
      isOver: (refusal) => this.#isOver(refusal),
      done: (answer) => this.#done(answer),
    }
    if (challenge.action === 'verify') askSecondStep(secondStep)
    else setUpFirst(secondStep)
  }

  /** With a link back to the password below, except below codes that are shown once. */
  #show(step: Step | null): void {
    const view = () => html`${step?.view()}
      ${link(this.scope.texts.startOver, () => this.#startOver('canceled'), 'quiet', this.scope.isWorking)}
      <slot name="help"><p class="hint">${this.scope.texts.helpLost}</p></slot>`
    this.#stage.show(step && !step.isHeld ? { ...step, view } : step)
  }

  /** For these, only starting again with the password helps. */
  #isOver({ reason }: Refused): boolean {
    if (!asksToStartOver(reason)) return false
    const { texts } = this.scope
    const shown = reason === 'sign-in-cookie-missing' && this.#isPast() ? 'challenge-expired' : reason
    this.#stage.show({
      heading: texts.startOverTitle,
      view: () => html`<p role="alert">${texts[shown]}</p>
        <div class="actions">
          ${button(texts.startOverNow, () => this.#startOver(shown), 'primary')}
        </div>`,
    })
    return true
  }

  /** The cookie expires later than the challenge. */
  #isPast(): boolean {
    return this.challenge?.signedIn === false && this.challenge.expiresAtMs <= Date.now()
  }

  /** The recovery codes were shown, and go nowhere else. */
  #done({ recoveryCodes, ok, ...answer }: CompleteChallengeAnswer & { ok?: true }): void {
    this.#leave()
    this.scope.emit('two-factor-signed-in', answer)
  }

  #startOver(reason: StartOverReason): void {
    this.#leave()
    this.scope.emit('two-factor-start-over', { reason })
  }

  /** The page takes over: what was typed or shown leaves the document, whatever the page does with this element. */
  #leave(): void {
    const { texts } = this.scope
    this.#stage.show({ heading: texts.challengeTitle, view: () => html`<p class="muted">${texts.loading}</p>` })
  }

  protected override render(): TemplateResult {
    return this.#stage.view(this.note())
  }
}
