import { html, nothing } from 'lit'
import type { StatusAnswer } from '../../http/index.ts'
import { createForm } from '../parts/form.ts'
import { createProof } from '../parts/proof.ts'
import { button } from '../parts/row.ts'
import { createCodeList, createNewCodes, type ShownCode } from '../recovery-codes/list.ts'
import type { Page } from './ask.ts'

/** Proof; the codes, used ones struck through; and from there to new ones. */
export function viewCodes({ scope, show, changed }: Page, status: StatusAnswer): void {
  const { texts, times, client } = scope
  const close = () => show(null)

  function askProof(): void {
    const proof = createProof(scope, status)
    const form = createForm(scope, {
      intro: html`<p>${texts.confirmWhy}</p>${proof.account}`,
      fields: proof.fields,
      action: texts.viewCodes,
      cancel: close,
      send: (data) => client.viewRecoveryCodes(proof.of(data)),
      done: ({ recoveryCodes, createdAtMs }) => view(recoveryCodes, createdAtMs),
      refused({ reason }) {
        if (reason === 'not-viewable') generate(texts[reason])
        return reason === 'not-viewable'
      },
    })
    show({ heading: texts.recoveryCodes, view: form })
  }

  function view(codes: readonly ShownCode[], createdAtMs: number): void {
    const list = createCodeList(scope, status, codes)
    const madeOn = texts.codesMadeOn.replace('{date}', times.date(createdAtMs))
    show({
      heading: texts.recoveryCodes,
      view: () => html`<p>${texts.viewCodesWhy} <span class="muted">${madeOn}</span></p>
        ${list()}
        <div class="actions">
          ${button(texts.done, close, 'primary')}
          <button type="button" class="link" part="link" @click=${() => generate()}>${texts.generateTitle}</button>
        </div>`,
    })
  }

  function generate(notice?: string): void {
    const proof = createProof(scope, status)
    const form = createForm(scope, {
      intro: html`${notice ? html`<p>${notice}</p>` : nothing}
        <p class="notice">${texts.generateWhy}</p>
        ${proof.account}`,
      fields: proof.fields,
      action: texts.generate,
      isDanger: true,
      cancel: close,
      send: (data) => client.regenerateRecoveryCodes(proof.of(data)),
      done({ recoveryCodes }) {
        show({
          heading: texts.saveCodesTitle,
          isHeld: true,
          view: createNewCodes(scope, status, recoveryCodes, close),
        })
        changed('recovery-codes-regenerated')
      },
    })
    show({ heading: texts.generateTitle, view: form })
  }

  if (status.recoveryCodes.viewable) askProof()
  else generate(texts['not-viewable'])
}
