import type { TwoFactorEvent } from '../engine/events.ts'
import { checkOptionNames, checkOptions, optionNames } from '../options/groups.ts'
import { invalidOption } from '../options/invalid-option.ts'
import type { AccessTokenEvent } from '../tokens/events.ts'
import { escapeHtml, isolated, nameIn } from './names.ts'
import { ar } from './texts/ar.ts'
import { de } from './texts/de.ts'
import { en } from './texts/en.ts'
import { MAILED, type MailedType, type MailWords } from './words.ts'

/** A mail to send. */
export interface Mail {
  subject: string
  text: string
  /** A whole document. It loads nothing, and its only link is `settingsUrl`. */
  html: string
}

/** English, German or Arabic. */
export type MailLanguage = 'en' | 'de' | 'ar'

/** For {@link mailFor}. */
export interface MailOptions {
  /** Your product's name. The subject begins with it. */
  product: string
  /** Default English. */
  language?: MailLanguage | undefined
  /** The account, such as the login, for people who have several. */
  accountName?: string | undefined
  /** The https address of your security settings. */
  settingsUrl?: string | undefined
  /** IANA name of the time zone for times, such as `Europe/Berlin`. Default UTC. */
  timeZone?: string | undefined
}

const OPTIONS = /* @__PURE__ */ optionNames<MailOptions>({
  product: true,
  language: true,
  accountName: true,
  settingsUrl: true,
  timeZone: true,
})
const WORDS: Readonly<Record<MailLanguage, MailWords>> = { en, de, ar }
/** What staff do, so the mail does not ask whether it was the user. */
const BY_STAFF: readonly MailedType[] = [
  'two-factor.reset',
  'two-factor.unlocked',
  'two-factor.exported',
  'recovery-code.issued',
]
const MAX_URL = 2048

/**
 * The mail that tells a user of an event; null for an event that is not marked `notify`. One action has one such event,
 * so it causes one mail. It never includes the staff's note, and names never become links.
 *
 * @throws CountersignError `invalid_option`
 * @example
 * onEvent: async (event) => {
 *   const user = event.notify ? await users.find(event.userId) : null
 *   const mail = user && mailFor(event, { product: 'Acme Cloud', language: user.language, accountName: user.email })
 *   if (mail) await mailer.send({ to: user.email, ...mail })
 * }
 */
export function mailFor(event: TwoFactorEvent | AccessTokenEvent, options: MailOptions): Mail | null {
  checkOptions(options)
  checkOptionNames('mailFor', options, OPTIONS)
  const { language = 'en', accountName, settingsUrl, timeZone = 'UTC' } = options
  const words = Object.hasOwn(WORDS, language) ? WORDS[language] : undefined
  if (words === undefined) throw invalidOption('language', language, "'en', 'de' or 'ar'")
  const product = productOption(options.product)
  const url = urlOption(settingsUrl)
  const time = timeFormat(language, timeZone).format(event.atMs)
  const type = event.notify ? MAILED.find((one) => one === event.type) : undefined
  if (type === undefined) return null

  const { subject, happened } = words.events[type]
  const facts = [
    ...(accountName === undefined ? [] : [words.account.replace('{account}', () => isolated(nameIn(accountName)))]),
    words.when.replace('{time}', () => time),
    ...('recoveryCodesLeft' in event && event.recoveryCodesLeft !== undefined
      ? [words.codesLeft.replace('{count}', new Intl.NumberFormat(language).format(event.recoveryCodesLeft))]
      : []),
  ]
  const letter = { product, happened, facts, advice: adviceOn(type, words), settings: words.settings, url }
  return {
    subject: `${product}: ${subject}`,
    text: textOf(letter),
    html: htmlOf(letter, language, words.direction),
  }
}

function adviceOn(type: MailedType, words: MailWords): string[] {
  if (BY_STAFF.includes(type)) return [words.ifUnexpected]
  // There is something to do, whoever it was.
  return type === 'passkey.wrong' ? [words.itWasNotYou] : [words.itWasYou, words.itWasNotYou]
}

interface Letter {
  product: string
  happened: string
  facts: readonly string[]
  advice: readonly string[]
  settings: string
  url: string | null
}

function textOf({ product, happened, facts, advice, settings, url }: Letter): string {
  const end = url === null ? [] : [`${settings}\n${url}`]
  return `${[happened, facts.join('\n'), advice.join('\n'), ...end, isolated(product)].join('\n\n')}\n`
}

function htmlOf(
  { product, happened, facts, advice, settings, url }: Letter,
  language: MailLanguage,
  direction: MailWords['direction'],
): string {
  const paragraph = (...lines: string[]) => `<p>${lines.map(escapeHtml).join('<br>')}</p>\n`
  const link =
    url === null ? '' : `<p>${escapeHtml(settings)}<br><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>\n`
  return `<!doctype html>
<html lang="${language}" dir="${direction}">
<head><meta charset="utf-8"><title>${escapeHtml(product)}</title></head>
<body>
${paragraph(happened)}${paragraph(...facts)}${paragraph(...advice)}${link}${paragraph(isolated(product))}</body>
</html>
`
}

function productOption(product: unknown): string {
  const name = typeof product === 'string' ? nameIn(product) : ''
  if (name === '') throw invalidOption('product', product, 'the name of your product')
  return name
}

function urlOption(url: unknown): string | null {
  if (url === undefined) return null
  const parsed = typeof url === 'string' && url.length <= MAX_URL && URL.canParse(url) ? new URL(url) : null
  if (parsed?.protocol === 'https:') return parsed.href
  throw invalidOption('settingsUrl', url, 'an https URL')
}

function timeFormat(language: MailLanguage, timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(language, {
      year: 'numeric',
      month: 'long',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZoneName: 'short',
      timeZone,
    })
  } catch {
    throw invalidOption('timeZone', timeZone, 'an IANA time zone, such as Europe/Berlin')
  }
}
