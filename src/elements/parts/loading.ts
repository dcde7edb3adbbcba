import { html, type TemplateResult } from 'lit/html.js'
import type { Refused, Scope } from '../scope.ts'
import { problemView } from './field.ts'
import { notice } from './notice.ts'
import { reportFault } from './report-fault.ts'
import { button, type Shown } from './row.ts'

/** What an element shows, once the API has returned it. */
export interface Loading<Answer> {
  readonly answer: Answer | null
  readonly refusal: Refused | null
  again(): void
  /** The same, with the controls held until it is there. */
  press(): void
}

/** Loads on request. The old data stays while the new is loading, and if that fails, except for somebody who is signed out. */
export function createLoading<Answer extends { ok: true }>(
  scope: Scope,
  ask: () => Promise<Answer | Refused>,
  onLoaded: (answer: Answer) => void = () => {},
): Loading<Answer> {
  let answer: Answer | null = null
  let refusal: Refused | null = null
  let asked = 0

  async function load(): Promise<void> {
    asked += 1
    const mine = asked
    const given = await ask()
    if (mine !== asked) return
    const isSignedOut = !given.ok && given.reason === 'signed-out'
    if (given.ok || isSignedOut) answer = given.ok ? given : null
    refusal = given.ok ? null : given
    if (isSignedOut) scope.emit('two-factor-signed-out')
    scope.update()
    if (given.ok) onLoaded(given)
  }

  return {
    get answer() {
      return answer
    },
    get refusal() {
      return refusal
    },
    again() {
      load().catch(reportFault)
    },
    press() {
      scope.work(load()).catch(reportFault)
    },
  }
}

/** Before there is anything to show: that it is loading, or why not, with a button to try again. */
export function loadingView(scope: Scope, { refusal, press }: Loading<unknown>): TemplateResult {
  const { texts, isWorking } = scope
  return html`<div class="body">
    ${problemView('problem', refusal && texts[refusal.reason])}
    ${refusal ? html`<div class="actions">${button(isWorking ? texts.loading : texts.loadAgain, press)}</div>` : html`<p class="muted loading">${texts.loading}</p>`}
  </div>`
}

/** Above the old data, if loading it again failed. */
export function staleView({ texts }: Scope, { refusal, press }: Loading<unknown>): Shown {
  return notice(refusal && `${texts.stale} ${texts[refusal.reason]}`, 'alert', button(texts.loadAgain, press, 'small'))
}
