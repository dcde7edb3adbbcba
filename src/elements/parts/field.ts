import { html, nothing, type TemplateResult } from 'lit/html.js'
import { icon } from '../icons.ts'
import type { Refused } from '../scope.ts'

/** A field of a form, which says what is wrong with its value. */
export interface Field {
  name: string
  /** A passkey can be used instead. */
  isProof?: boolean
  view(problem: string | null): TemplateResult
  /** The kind of this input: a wait for one kind does not block another. */
  kind?(text: string): string
  /** Shown if nothing is typed or chosen, instead of the default text. */
  whenEmpty?: string
  /** What is wrong with it, as far as the page can know; if so, nothing is sent. */
  check?(text: string): string | null
  /** The words for a refusal of this input, if not its own. */
  wordsFor?(refusal: Refused, text: string): string | null
}

export interface InputOptions {
  name: string
  label: string
  hint?: string | undefined
  type?: string
  /** The initial value. */
  value?: string
  look?: string
  autocomplete?: string
  inputmode?: string
  autocapitalize?: string
  placeholder?: string
  /** Codes and secrets run left to right in every script. */
  dir?: 'ltr' | 'auto'
  /** Shown inside the field, at its end. */
  inside?: TemplateResult
  beneath?: TemplateResult
  onInput?: (event: InputEvent) => void
}

export function textField(options: InputOptions): Field {
  return { name: options.name, view: (problem) => inputView(options, problem) }
}

/** A labeled input, its hint and its error tied to it. */
export function inputView(options: InputOptions, problem: string | null): TemplateResult {
  const { name, look, hint, inside, beneath } = options
  const input = html`<input
    id=${name}
    name=${name}
    part="input"
    class=${look ?? nothing}
    type=${options.type ?? 'text'}
    value=${options.value ?? nothing}
    autocomplete=${options.autocomplete ?? 'off'}
    inputmode=${options.inputmode ?? nothing}
    autocapitalize=${options.autocapitalize ?? nothing}
    placeholder=${options.placeholder ?? nothing}
    dir=${options.dir ?? nothing}
    spellcheck="false"
    required
    aria-describedby=${describedBy(name, hint, problem)}
    aria-invalid=${problem === null ? nothing : 'true'}
    @input=${options.onInput ?? nothing}
  />`
  return html`<div class="field">
    <label for=${name}>${options.label}</label>
    <div class="field-box">${input}${inside}</div>
    ${problemView(`${name}-problem`, problem)} ${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : nothing}
    ${beneath}
  </div>`
}

export function selectField(
  name: string,
  label: string,
  choices: readonly (readonly [string, string])[],
  chosen?: string,
): Field {
  const options = choices.map(
    ([value, words]) => html`<option value=${value} ?selected=${value === chosen}>${words}</option>`,
  )
  return {
    name,
    view: (problem) => html`<div class="field">
      <label for=${name}>${label}</label>
      <div class="field-box select">
        <select id=${name} name=${name} part="input" aria-describedby=${describedBy(name, undefined, problem)}>
          ${options}
        </select>
      </div>
      ${problemView(`${name}-problem`, problem)}
    </div>`,
  }
}

/** Checkboxes, of which any number can be ticked. */
export function checksField(name: string, label: string, choices: readonly string[], whenEmpty: string): Field {
  return {
    name,
    whenEmpty,
    view: (problem) => html`<fieldset class="field" aria-describedby=${describedBy(name, undefined, problem)}>
      <legend>${label}</legend>
      <div class="checks">
        ${choices.map(
          (choice) =>
            html`<label class="check"><input type="checkbox" name=${name} value=${choice} /><span translate="no">${choice}</span></label>`,
        )}
      </div>
      ${problemView(`${name}-problem`, problem)}
    </fieldset>`,
  }
}

/** Announced at once: the element exists before it has text. */
export function problemView(id: string, problem: string | null): TemplateResult {
  const words = problem === null ? nothing : html`${icon('alert')}<span>${problem}</span>`
  // Nothing between the tags, so that it takes no space while empty.
  return html`<p class="problem" id=${id} role="alert">${words}</p>`
}

function describedBy(name: string, hint: string | undefined, problem: string | null): string | typeof nothing {
  const ids = [problem === null ? [] : `${name}-problem`, hint ? `${name}-hint` : []].flat()
  return ids.join(' ') || nothing
}
