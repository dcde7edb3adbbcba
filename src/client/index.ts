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

/** What a timer can wait. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

/**
 * The HTTP API of `countersign/http` as functions, for pages and for scripts. Whatever goes wrong is a value: `offline`
 * where the network failed, `timed-out` where no answer came in time (the server may have acted all the same),
 * `server-error` where the answer was none of the API's.
 *
 * @param baseUrl where the handler is mounted, in full or as a path of the page's origin
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
