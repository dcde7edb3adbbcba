import { en, type Texts } from 'countersign/elements'
import { ar } from 'countersign/elements/ar'
import { de } from 'countersign/elements/de'
import { element } from './dom.ts'

interface Language {
  name: string
  dir: 'ltr' | 'rtl'
  texts: Texts
}

const LANGUAGES: Record<string, Language> = {
  en: { name: 'English', dir: 'ltr', texts: en },
  de: { name: 'Deutsch', dir: 'ltr', texts: de },
  ar: { name: 'العربية', dir: 'rtl', texts: ar },
}
const KEY = 'language'
const chosen = () => localStorage.getItem(KEY) ?? 'en'

export const elementTexts = (): Texts => LANGUAGES[chosen()]?.texts ?? en

/** One of countersign's elements, in the language that was chosen. The dashboard's own words stay English. */
export function twoFactorElement<Tag extends 'two-factor-settings' | 'two-factor-challenge' | 'access-tokens'>(
  tag: Tag,
): HTMLElementTagNameMap[Tag] {
  const { dir } = LANGUAGES[chosen()] ?? { dir: 'ltr' }
  const node = element(tag, { 'base-url': '/api/two-factor', lang: chosen(), dir })
  node.texts = elementTexts()
  return node
}

/** @param changed is called when another language was chosen */
export function languageSelect(changed: () => void): HTMLElement {
  const options = Object.entries(LANGUAGES).map(([lang, { name }]) =>
    element('option', { value: lang, lang, selected: lang === chosen() }, name),
  )
  const select = element('select', { id: 'language', 'aria-label': 'Language of the security settings' }, ...options)
  select.addEventListener('change', () => {
    localStorage.setItem(KEY, select.value)
    changed()
  })
  return select
}
