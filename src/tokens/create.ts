import { checkOptionNames, groupOption, optionNames } from '../options/groups.ts'
import { clockOption, hookOption } from '../options/hooks.ts'
import { checkMethods } from '../options/methods.ts'
import { randomOption } from '../vault/random.ts'
import type { AccessTokens } from './api.ts'
import { prefixOption } from './arguments.ts'
import type { TokenCore } from './core.ts'
import { erase } from './erase.ts'
import { adminIssue, issue } from './issue.ts'
import { list } from './list.ts'
import type { AccessTokensOptions } from './options.ts'
import { rename } from './rename.ts'
import { revoke, revokeAll } from './revoke.ts'
import { scopesOption } from './scopes.ts'
import type { TokenStore } from './store.ts'
import { verify } from './verify.ts'

/**
 * Personal access tokens in your store, for scripts to present instead of a password and a second factor. Does no I/O
 * and keeps no state: create one per process or per request.
 *
 * @throws CountersignError `invalid_option` naming the option
 * @example
 * const tokens = createAccessTokens({ twoFactor, store: memoryTokenStore(), prefix: 'acme', scopes: ['read', 'write'] })
 */
export function createAccessTokens(options: AccessTokensOptions): AccessTokens {
  const core = readOptions(options)
  return {
    issue: (userId, options) => issue(core, userId, options),
    verify: (token, options) => verify(core, token, options),
    list: (userId) => list(core, userId),
    rename: (userId, options) => rename(core, userId, options),
    revoke: (userId, options) => revoke(core, userId, options),
    revokeAll: (userId, options) => revokeAll(core, userId, options),
    erase: (userId, options) => erase(core, userId, options),
    scopes: core.scopes,
    prefix: core.prefix,
    admin: { issue: (userId, options) => adminIssue(core, userId, options) },
  }
}

const OPTIONS = /* @__PURE__ */ optionNames<AccessTokensOptions>({
  twoFactor: true,
  store: true,
  prefix: true,
  scopes: true,
  onEvent: true,
  onEventError: true,
  now: true,
  random: true,
})

/** Checks every option and fills in defaults. */
function readOptions(options: AccessTokensOptions): TokenCore {
  const given = groupOption('options', options)
  checkOptionNames('createAccessTokens', given, OPTIONS)
  return {
    twoFactor: twoFactorOption(given.twoFactor),
    store: storeOption(given.store),
    prefix: prefixOption(given.prefix),
    scopes: scopesOption(given.scopes),
    onEvent: hookOption('onEvent', given.onEvent),
    onEventError: hookOption('onEventError', given.onEventError),
    now: clockOption(given.now),
    random: randomOption(hookOption('random', given.random)),
  }
}

function twoFactorOption(twoFactor: AccessTokensOptions['twoFactor'] | undefined): AccessTokensOptions['twoFactor'] {
  checkMethods('twoFactor', twoFactor, ['verifyProof'], 'what createTwoFactor returns')
  return twoFactor
}

function storeOption(store: TokenStore | undefined): TokenStore {
  checkMethods('store', store, ['find', 'list', 'save'], 'a TokenStore, such as memoryTokenStore()')
  return store
}
