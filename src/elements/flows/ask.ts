import { html } from 'lit/html.js'
import type { AccessTokensChange, TwoFactorChange } from '../element-types.ts'
import { createForm, type FormOptions } from '../parts/form.ts'
import type { Scope, Show } from '../scope.ts'

/** What the flows of a page share: where they are shown, and who hears of a change. */
export interface Page {
  scope: Scope
  show: Show
  /** Tells the page around the element, and shows what is now. */
  changed(change: TwoFactorChange | AccessTokensChange): void
  /** Shows what is now. */
  refresh(): void
}

export interface AskOptions<Answer>
  extends Pick<FormOptions<Answer>, 'fields' | 'action' | 'isDanger' | 'passkey' | 'send'> {
  heading: string
  why?: unknown
  /** What has changed once it is done, and what is said then. */
  change: TwoFactorChange | AccessTokensChange
  doneText: string
}

/** A dialog of one form. It closes when the API did what it asks for. */
export function ask<Answer>({ scope, show, changed }: Page, options: AskOptions<Answer>): void {
  const { heading, why, change, doneText, ...form } = options
  const view = createForm(scope, {
    ...form,
    intro: html`<p>${why}</p>`,
    cancel: () => show(null),
    done() {
      show(null)
      scope.tell(doneText)
      changed(change)
    },
  })
  show({ heading, view })
}
