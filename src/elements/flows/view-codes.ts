import { html, nothing } from 'lit/html.js'
import type { StatusAnswer } from '../../http/index.ts'
import { createForm } from '../parts/form.ts'
import { createProof } from '../parts/proof.ts'
import { button, link } from '../parts/row.ts'
import { createCodeList, createCodesToSave, type ShownCode, unused } from '../recovery-codes/list.ts'
import { markSaved } from '../recovery-codes/saved.ts'
import type { Page } from './ask.ts'

/** Proof; the codes, used ones struck through; and a button to new ones. */
export function viewCodes({ scope, show, changed, refresh }: Page, status: StatusAnswer, isNew = false): void {
  const { texts, times, client } = scope
  const close = () => show(null)
  const saved = () => {
    close()
    refresh()
  }

  function askProof(): void {
    const proof = createProof(scope, status)
    const form = createForm(scope, {
      intro: html`<p>${texts.confirmWhy}</p>${proof.account}`,
      fields: proof.fields,
      passkey: proof.passkey,
      action: texts.viewCodes,
      cancel: close,
      send: (data) => proof.send(data, client.viewRecoveryCodes),
      done: ({ recoveryCodes, createdAtMs, token }) => view(recoveryCodes, createdAtMs, token),
      refused({ reason }) {
        if (reason === 'not-viewable') generate(texts[reason])
        return reason === 'not-viewable'
      },
    })
    show({ heading: texts.recoveryCodes, view: form })
  }

  function view(codes: readonly ShownCode[], createdAtMs: number, token: string): void {
    const back = () => view(codes, createdAtMs, token)
    const renew = link(texts.generateTitle, () => generate(undefined, { token, back }))
    if (status.recoveryCodes.savedAtMs === null) {
      const view = createCodesToSave(scope, status, codes, () => markSaved(scope, saved), renew)
      show({ heading: texts.recoveryCodes, view })
      return
    }
    const list = createCodeList(scope, status, codes)
    const madeOn = texts.codesMadeOn.replace('{date}', times.date(createdAtMs))
    show({
      heading: texts.recoveryCodes,
      view: () => html`<p>${texts.viewCodesWhy} <span class="muted">${madeOn}</span></p>
        ${list()}
        <div class="actions">
          ${button(texts.done, close, 'primary')}
          ${renew}
        </div>`,
    })
  }

  /** From the codes: while the token of their view is valid, no further proof is asked for. */
  function generate(why?: string, from?: { token: string; back(): void }): void {
    const leave = from?.back ?? close
    const proof = from === undefined ? createProof(scope, status) : null
    const form = createForm(scope, {
      intro: html`${why ? html`<p>${why}</p>` : nothing}
        <p class="notice">${texts.generateWhy}</p>
        ${proof?.account}`,
      fields: proof?.fields ?? [],
      passkey: proof?.passkey,
      action: texts.generate,
      isDanger: true,
      cancel: leave,
      send: (data) =>
        proof === null
          ? client.regenerateRecoveryCodes({ proof: { token: from?.token ?? '' } })
          : proof.send(data, client.regenerateRecoveryCodes),
      refused({ reason }) {
        const asksAgain = proof === null && reason === 'proof-required'
        if (asksAgain) generate(why)
        return asksAgain
      },
      done({ recoveryCodes }) {
        const view = createCodesToSave(scope, status, unused(recoveryCodes), () => markSaved(scope, saved))
        show({ heading: texts.saveCodesTitle, isHeld: true, view })
        changed('recovery-codes-regenerated')
      },
    })
    show({ heading: texts.generateTitle, view: form, leave })
  }

  if (isNew) generate()
  else if (status.recoveryCodes.viewable) askProof()
  else generate(texts['not-viewable'])
}
