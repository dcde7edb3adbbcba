import { checkOptionNames, groupOption, optionNames } from '../options/groups.ts'
import { hookOption } from '../options/hooks.ts'
import { invalidOption } from '../options/invalid-option.ts'
import { integerOption } from '../options/numbers.ts'
import { type ClientOptions, connect, TIMEOUT_MS, type TwoFactorClient } from './connect.ts'

export type { ClientOptions, ClientRefusal, ClientResult, TwoFactorClient } from './connect.ts'

const OPTIONS = /* @__PURE__ */ optionNames<ClientOptions>({
  fetch: true,
  headers: true,
  credentials: true,
  timeoutMs: true,
})

/** The longest that a timer can wait. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

/**
 * The HTTP API of `countersign/http` as functions, for pages and for scripts. Failures are values: `offline` if the
 * network failed, `timed-out` if no answer came in time (the server may still have acted), `server-error` if the answer
 * did not come from the API.
 *
 * @param baseUrl where the handler is mounted: a URL, or a path on the page's origin
 * @throws CountersignError `invalid_option` naming the option
 * @example
 * const client = createClient('/two-factor')
 * const status = await client.status()
 * if (status.ok) console.log(status.enabled)
 * @example
 * const client = createClient('https://app.example.com/two-factor', { headers: { Authorization: `Bearer ${session}` } })
 */
export function createClient(baseUrl: string, options: ClientOptions = {}): TwoFactorClient {
  if (typeof baseUrl !== 'string') {
    throw invalidOption('baseUrl', baseUrl, "the address of the handler, such as '/two-factor'")
  }
  checkOptionNames('createClient', groupOption('options', options), OPTIONS)
  hookOption('fetch', options.fetch)
  integerOption('timeoutMs', options.timeoutMs, TIMEOUT_MS, 1, MAX_TIMEOUT_MS)
  return connect(baseUrl, options)
}
