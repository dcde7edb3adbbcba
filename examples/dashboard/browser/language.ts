import { en as elementsEn, type Texts } from 'countersign/elements'
import { ar as elementsAr } from 'countersign/elements/ar'
import { de as elementsDe } from 'countersign/elements/de'
import { type Child, element } from './dom.ts'
import { ar } from './texts/ar.ts'
import { de } from './texts/de.ts'
import { en, type PageTexts } from './texts/en.ts'

interface Language {
  code: string
  name: string
  dir: 'ltr' | 'rtl'
  /** The dashboard's words. */
  page: PageTexts
  /** Countersign's. */
  elements: Texts
}

const ENGLISH: Language = { code: 'en', name: 'English', dir: 'ltr', page: en, elements: elementsEn }
const LANGUAGES: readonly Language[] = [
  ENGLISH,
  { code: 'de', name: 'Deutsch', dir: 'ltr', page: de, elements: elementsDe },
  { code: 'ar', name: 'العربية', dir: 'rtl', page: ar, elements: elementsAr },
]
const KEY = 'language'
let present = ENGLISH

/** What the person chose, else the first of the browser's languages that is spoken here. */
export function restoreLanguage(): void {
  const wanted = [localStorage.getItem(KEY) ?? '', ...navigator.languages].map((tag) => tag.split('-')[0])
  const known = wanted.map((code) => LANGUAGES.find((language) => language.code === code))
  speak(known.find((language) => language !== undefined) ?? ENGLISH)
}

function speak(language: Language): void {
  present = language
  document.documentElement.lang = language.code
  document.documentElement.dir = language.dir
}

export const texts = (): PageTexts => present.page
export const elementTexts = (): Texts => present.elements
export const locale = (): string => present.code

/** The library's 'Firefox on Windows' in the present language, as the elements say it. */
export function deviceName(name: string): string {
  const { browserOn, unknownBrowser } = present.elements
  const [, browser = '', system = ''] = /^(\w+|Unknown browser) on (\w+)$/.exec(name) ?? []
  if (browser === '') return name === 'Unknown browser' ? unknownBrowser : name
  return fillIn(browserOn, { browser: browser.includes(' ') ? unknownBrowser : browser, system })
}

/** Puts values in; among words that run the other way, each keeps its own direction. */
export function fillIn(text: string, values: Record<string, string>): string {
  const [isolate, end] = present.dir === 'rtl' ? ['\u2068', '\u2069'] : ['', '']
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = values[name]
    return value === undefined ? hole : isolate + value + end
  })
}

/** The same with elements as values. */
export function fillWith(text: string, values: Record<string, Child>): Child[] {
  return text.split(/\{(\w+)\}/).map((part, index) => (index % 2 === 0 ? part : values[part]))
}

/** One of countersign's elements, in the language of the page. */
export function twoFactorElement<Tag extends 'two-factor-settings' | 'two-factor-challenge' | 'access-tokens'>(
  tag: Tag,
): HTMLElementTagNameMap[Tag] {
  const node = element(tag, { 'base-url': '/api/two-factor', lang: present.code, dir: present.dir })
  node.texts = present.elements
  return node
}

/** @param changed is called when another language was chosen */
export function languageSelect(changed: () => void): HTMLElement {
  const options = LANGUAGES.map(({ code, name }) =>
    element('option', { value: code, lang: code, selected: code === present.code }, name),
  )
  const select = element('select', { id: 'language', 'aria-label': texts().language }, ...options)
  select.addEventListener('change', () => {
    localStorage.setItem(KEY, select.value)
    restoreLanguage()
    changed()
    // After what the page itself gives the focus to.
    requestAnimationFrame(() => document.getElementById('language')?.focus())
  })
  return select
}
