import type { TemplateResult } from 'lit/html.js'
import type { ClientRefusal, TwoFactorClient } from '../client/connect.ts'
import type { ProblemReason } from '../http/index.ts'
import type { PasskeyProblem } from './passkeys/problems.ts'
import type { Texts } from './texts/words.ts'
import type { Times } from './times.ts'

/** What the parts of an element share: the client, the texts, and how to show something. */
export interface Scope {
  readonly client: TwoFactorClient
  readonly texts: Texts
  readonly times: Times
  readonly isConnected: boolean
  /** Something was sent and is not answered yet: no control of the element works meanwhile. */
  readonly isWorking: boolean
  /** Renders the element again. */
  update(): void
  /** Announces to screen readers what others see. */
  announce(text: string): void
  /** The same, with the text shown until something else begins. */
  tell(text: string, look?: 'good' | 'warn'): void
  /** Waits for the answer with all controls held. Null: the view that asked is gone. */
  work<Answer>(sent: Promise<Answer>): Promise<Answer | null>
  /** Aborts what the current view asks of the browser, once it is gone. */
  readonly signal: AbortSignal
  /** It is unknown whether what was sent was done: shows the current state. False: the view itself asks again. */
  lookAgain(): boolean
  /** Escape was pressed meanwhile. */
  wantsToLeave: boolean
  /** Another view is shown: an outstanding answer is ignored. */
  dropWork(): void
  /** Tells the page. */
  emit(type: string, detail?: object): void
}

/** By the API, or by the browser when asked for a passkey. */
export type Refused = ClientRefusal<ProblemReason | PasskeyProblem>

/** Which step, of how many. */
export type Place = readonly [step: number, total: number]

/** One of the views that a person sees in turn; it takes the focus. */
export interface Step {
  heading: string
  /** Its position, if known. */
  place?: Place
  view(): TemplateResult
  /** Needs space for two columns. */
  isWide?: boolean
  /** Cannot be left by accident: only its own button closes it, and the browser asks before the page is left. */
  isHeld?: boolean
  /** The person returned to this tab: what is shown may be out of date. */
  seen?(): void
  /** What closing it does. Default: no next step. */
  leave?: (() => void) | undefined
}

/** Shows the next step; null: there is none. */
export type Show = (step: Step | null) => void
