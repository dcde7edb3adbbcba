import { html } from 'lit/html.js'
import type { AccessTokensChange, TwoFactorChange } from '../element-types.ts'
import { createForm, type FormOptions } from '../parts/form.ts'
import type { Scope, Show } from '../scope.ts'

/** What the flows of a page share: where they are shown, and who is told of a change. */
export interface Page {
  scope: Scope
  show: Show
  /** Tells the page around the element, and shows the current state. */
  changed(change: TwoFactorChange | AccessTokensChange): void
  /** Shows the current state. */
  refresh(): void
}

export interface AskOptions<Answer>
  extends Pick<FormOptions<Answer>, 'fields' | 'action' | 'isDanger' | 'passkey' | 'send'> {
  heading: string
  why?: unknown
  /** The change to report once it is done, and what to say. */
  change: TwoFactorChange | AccessTokensChange
  doneText: string
}

/** A dialog with one form. It closes when the API has done what was asked. */
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
