import { html, nothing } from 'lit/html.js'
import type { Shown } from './row.ts'

/** Something that needs the person's attention, with what to do about it. */
export function notice(words: unknown, role?: 'alert', action: Shown = nothing): Shown {
  if (words === undefined) return nothing
  return html`<div class="notice" role=${role ?? nothing}>
    <p>${words}</p>
    ${action}
  </div>`
}
