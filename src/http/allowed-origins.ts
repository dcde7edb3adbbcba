import { invalidOption } from '../options/invalid-option.ts'

/** Browsers send none of these, though the URL standard lets some stand in a host. */
const PATTERN = /[*{}()|^$\\]|\/\/(\?|\..)/

/** What is often mistaken for an origin. The first match is reported. */
const MISTAKES: readonly [is: (text: string) => boolean, allowed: string][] = [
  [(text) => text === 'null', "the origin of a page: 'null' is what pages of unknown origin send"],
  [(text) => PATTERN.test(text), 'one origin, not a pattern: list each origin'],
  [
    (text) => !/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text),
    "an origin with its scheme, such as 'https://app.example.com'",
  ],
  [(text) => /^[^/]*\/\/[^/]+\/+$/.test(text), 'an origin without a trailing slash'],
  [(text) => /^[^/]*\/\/[^/?#]+[/?#]/.test(text), 'an origin without a path or query'],
]
const OTHERWISE =
  "an origin as browsers send it, such as 'https://app.example.com': lower case, no default port, no user"

/**
 * The origins whose pages may make changes; null without the option.
 *
 * @throws CountersignError `invalid_option` naming the element of the list and what is wrong with it
 */
export function allowedOriginsOption(origins: readonly string[] | undefined): ReadonlySet<string> | null {
  if (origins === undefined) return null
  if (!Array.isArray(origins) || origins.length === 0) {
    throw invalidOption('allowedOrigins', origins, "a list of origins such as ['https://app.example.com']")
  }
  for (const [index, origin] of origins.entries()) {
    if (!isOrigin(origin)) throw invalidOption(`allowedOrigins[${index}]`, origin, whatItMustBe(origin))
  }
  return new Set(origins)
}

/** Apps have their own schemes: `capacitor://localhost`, `tauri://localhost`, `chrome-extension://…`. */
function isOrigin(text: unknown): boolean {
  if (typeof text !== 'string' || PATTERN.test(text) || !URL.canParse(text)) return false
  const { protocol, host, origin } = new URL(text)
  // In the URL standard, unknown schemes have the origin 'null'.
  return host !== '' && text === (origin === 'null' ? `${protocol}//${host}` : origin)
}

function whatItMustBe(given: unknown): string {
  const mistake = typeof given === 'string' ? MISTAKES.find(([is]) => is(given)) : undefined
  return mistake === undefined ? OTHERWISE : mistake[1]
}
