import { html, nothing, type TemplateResult } from 'lit/html.js'
import { icon } from '../icons.ts'
import { createCopyButton } from '../parts/copy-button.ts'
import type { Shown } from '../parts/row.ts'
import type { Scope } from '../scope.ts'
import { saveFile } from './file.ts'
import { printSheet } from './print.ts'

export interface ShownCode {
  code: string
  usedAtMs: number | null
}

/** Whose codes they are. */
export interface Owner {
  issuer: string
  accountName: string
}

/** The codes, used ones struck through, with ways to save them. `onKept` is called after a download or a copy. */
export function createCodeList(
  scope: Scope,
  owner: Owner,
  codes: readonly ShownCode[],
  onKept: () => void = () => {},
): () => TemplateResult {
  const { texts, times } = scope
  const good = codes.filter(({ usedAtMs }) => usedAtMs === null).map(({ code }) => code)
  const copyButton = createCopyButton(scope, good.join('\n'), onKept)
  const download = () => {
    saveFile(scope, owner, good)
    scope.announce(texts.downloaded)
    onKept()
  }
  const print = ({ currentTarget }: Event) => {
    if (currentTarget instanceof HTMLElement) printSheet(scope, owner, good, currentTarget)
  }
  const item = ({ code, usedAtMs }: ShownCode) =>
    usedAtMs === null
      ? html`<li><code dir="ltr" translate="no">${code}</code></li>`
      : html`<li class="used">
          <s><code dir="ltr" translate="no">${code}</code></s><small>${texts.codeUsedOn.replace('{date}', times.date(usedAtMs))}</small>
        </li>`

  return () => html`<div class="recovery-codes copied-from">
    <ol class="code-list" data-copied part="code-list" aria-label=${texts.recoveryCodes}>
      ${codes.map(item)}
    </ol>
    ${
      good.length === 0
        ? nothing
        : html`<div class="tools">
          <button type="button" class="button small" part="button" data-first @click=${download}>
            ${icon('download')}${texts.download}
          </button>
          ${copyButton()}
          <button type="button" class="button small" part="button" @click=${print}>${icon('print')}${texts.print}</button>
        </div>`
    }
  </div>`
}

/** Codes that nobody has used yet. */
export const unused = (codes: readonly string[]): ShownCode[] => codes.map((code) => ({ code, usedAtMs: null }))

/** Codes that are shown until the person says that they are saved. Downloading or copying them says so too. */
export function createCodesToSave(
  scope: Scope,
  owner: Owner,
  codes: readonly ShownCode[],
  done: () => void,
  beside: Shown = nothing,
): () => TemplateResult {
  const { texts } = scope
  let isKept = false
  const setKept = (value: boolean) => {
    isKept = value
    scope.update()
  }
  const list = createCodeList(scope, owner, codes, () => setKept(true))
  const tick = ({ target }: Event) => setKept(target instanceof HTMLInputElement && target.checked)

  return () => html`<p>${texts.saveCodesWhy}</p>
    ${list()}
    <label class="check"><input type="checkbox" .checked=${isKept} @change=${tick} />${texts.codesSaved}</label>
    <div class="actions">
      <button type="button" class="button primary" part="button primary" ?disabled=${!isKept} @click=${done}>
        ${scope.isWorking ? texts.working : texts.done}
      </button>
      ${beside}
    </div>`
}
