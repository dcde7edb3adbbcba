import { AccessTokens } from './access-tokens/element.ts'
import type { BaseElement } from './base.ts'
import { TwoFactorChallenge } from './challenge/element.ts'
import { RecoveryCodes } from './recovery-codes/element.ts'
import { TwoFactorSettings } from './settings/element.ts'
import { TwoFactorSetup } from './setup/element.ts'
import type { Texts } from './texts/words.ts'

export type * from './element-types.ts'
export type * from './tags.ts'
export { en } from './texts/en.ts'
export type { Texts } from './texts/words.ts'

const ELEMENTS: Record<string, new () => BaseElement> = {
  'two-factor-settings': TwoFactorSettings,
  'two-factor-setup': TwoFactorSetup,
  'two-factor-challenge': TwoFactorChallenge,
  'recovery-codes': RecoveryCodes,
  'access-tokens': AccessTokens,
}

/**
 * Registers the elements with the page. Already registered ones stay as they are. Does nothing on a server, which has
 * no `customElements`.
 *
 * @param options `texts`: replace the English ones, all of them or some
 * @example
 * import { defineElements } from 'countersign/elements'
 * import { de } from 'countersign/elements/de'
 *
 * defineElements({ texts: de })
 */
export function defineElements({ texts = {} }: { texts?: Partial<Texts> | undefined } = {}): void {
  if (globalThis.customElements === undefined) return
  for (const [name, Element] of Object.entries(ELEMENTS)) {
    if (customElements.get(name)) continue
    // A subclass, since the imported class is shared.
    const LocalizedElement = class extends Element {
      override get defaultTexts(): Partial<Texts> {
        return texts
      }
    }
    customElements.define(name, LocalizedElement)
  }
}
