import { html, nothing, type TemplateResult } from 'lit/html.js'
import { type IconName, icon } from '../icons.ts'

export type Shown = TemplateResult | typeof nothing

/** A line of a card: picture, two lines of words, buttons. */
export function row(picture: IconName, title: unknown, detail: unknown, actions: Shown): TemplateResult {
  return html`<div class="row" part="row">
    <span class="row-icon">${icon(picture)}</span>
    <div class="row-words">
      <strong>${title}</strong>
      <span class="muted">${detail}</span>
    </div>
    <div class="row-actions">${actions}</div>
  </div>`
}

/** Lines under a heading. */
export function group(heading: string, content: unknown, beside: Shown = nothing): TemplateResult {
  return html`<div class="group">
    <div class="group-head"><h3>${heading}</h3>${beside}</div>
    ${content}
  </div>`
}

/** A button; `about` says for screen readers what its line is about. */
export function button(word: string, onClick: () => void, look = '', about?: string): TemplateResult {
  return html`<button type="button" class="button ${look}" part="button ${look}" @click=${onClick}>
    <span>${word}${about === undefined ? nothing : html`<span class="off-screen"> ${about}</span>`}</span>
  </button>`
}

/** A button that looks like a link. */
export const link = (words: string, onClick: (event: Event) => void, look = '', isHeld = false): TemplateResult =>
  html`<button type="button" class="link ${look}" part="link" aria-disabled=${isHeld} @click=${onClick}>${words}</button>`

export function pill(look: 'good' | 'bad' | 'plain' | 'warn', words: string): TemplateResult {
  return html`<span class="pill ${look}">${words}</span>`
}
