import { checkOptionNames, groupOption, optionNames } from '../options/groups.ts'
import { hookOption } from '../options/hooks.ts'
import { invalidOption } from '../options/invalid-option.ts'
import { type ClientOptions, connect, type TwoFactorClient } from './connect.ts'

export type { ClientOptions, ClientRefusal, ClientResult, TwoFactorClient } from './connect.ts'

const OPTIONS = /* @__PURE__ */ optionNames<ClientOptions>({ fetch: true, headers: true, credentials: true })

/**
 * The HTTP API of `countersign/http` as functions, for pages and for scripts. Whatever goes wrong is a value: `offline`
 * where the network failed, `server-error` where the answer was none of the API's.
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
  return connect(baseUrl, options)
}
