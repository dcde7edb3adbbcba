import type { TemplateResult } from 'lit/html.js'
import type { ClientRefusal, TwoFactorClient } from '../client/connect.ts'
import type { ProblemReason } from '../http/index.ts'
import type { PasskeyProblem } from './passkeys/problems.ts'
import type { Texts } from './texts/words.ts'
import type { Times } from './times.ts'

/** What the parts of an element share: whom to ask, how to say it, and how to have it shown. */
export interface Scope {
  readonly client: TwoFactorClient
  readonly texts: Texts
  readonly times: Times
  readonly isConnected: boolean
  /** Something was sent and is not answered yet: until then no control of the element does anything. */
  readonly isWorking: boolean
  /** Renders the element again. */
  update(): void
  /** Says to screen readers what the eye sees by itself. */
  announce(text: string): void
  /** The same, with the words shown until something else begins. */
  tell(text: string, look?: 'good' | 'warn'): void
  /** Waits for the answer with all controls held. Null: the view that asked is gone, and nobody wants it any more. */
  work<Answer>(sent: Promise<Answer>): Promise<Answer | null>
  /** Ends what the view that is shown asks of the browser, once it is gone. */
  readonly signal: AbortSignal
  /** Nobody knows whether what was sent is done: shows how things stand. False: the view itself asks again. */
  lookAgain(): boolean
  /** Escape was pressed meanwhile. */
  wantsToLeave: boolean
  /** Another view is shown: an answer that is still to come is for nobody. */
  dropWork(): void
  /** Tells the page. */
  emit(type: string, detail?: object): void
}

/** By the API, or by the browser where a passkey is asked for. */
export type Refused = ClientRefusal<ProblemReason | PasskeyProblem>

/** Which step, of how many. */
export type Place = readonly [step: number, total: number]

/** One thing that a person is shown after another: it takes the focus. */
export interface Step {
  heading: string
  /** Which one it is of how many, where that is known. */
  place?: Place
  view(): TemplateResult
  /** Needs the room for two columns. */
  isWide?: boolean
  /** Cannot be left by accident: no closing but by its own button, and the browser asks before the page goes. */
  isHeld?: boolean
  /** The person comes back to this tab: what is shown may be out of date. */
  seen?(): void
  /** What closing it does; otherwise there is no next step. */
  leave?: (() => void) | undefined
}

/** Shows the next step; null: there is none any more. */
export type Show = (step: Step | null) => void
