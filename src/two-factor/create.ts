import { authenticatorTypes } from '../engine/authenticators.ts'
import { type Core, PROOF_KINDS, type ProofKind } from '../engine/core.ts'
import { createInFlight } from '../engine/in-flight.ts'
import type { PasskeyVerifier } from '../engine/passkey.ts'
import { LIMITS } from '../engine/record.ts'
import type { UserStore } from '../engine/store.ts'
import { checkOptionNames, groupOption, optionNames } from '../options/groups.ts'
import { clockOption, hookOption } from '../options/hooks.ts'
import { invalidOption } from '../options/invalid-option.ts'
import { checkMethods } from '../options/methods.ts'
import { nearestName } from '../options/nearest-name.ts'
import { integerOption } from '../options/numbers.ts'
import { algorithmOption } from '../otp/algorithm.ts'
import { keyRing } from '../vault/key-ring.ts'
import { drawnAhead, randomOption } from '../vault/random.ts'
import { createVault } from '../vault/vault.ts'
import { disable, passwordChanged, status } from './account.ts'
import { importUser, reseal, reset, unlock } from './admin.ts'
import type { TwoFactor } from './api.ts'
import { issuerArgument } from './arguments.ts'
import { removeAuthenticator, renameAuthenticator } from './authenticators.ts'
import { revokeTrustedDevices } from './devices.ts'
import { exportUser } from './export-user.ts'
import { issueRecoveryCode } from './issue-recovery-code.ts'
import type { TwoFactorOptions } from './options.ts'
import { markRecoveryCodesSaved, regenerateRecoveryCodes, viewRecoveryCodes } from './recovery-codes.ts'
import { beginRequiredSetup, beginSetup, cancelSetup, confirmSetup, resumeRequiredSetup, resumeSetup } from './setup.ts'
import { challenge, completeChallenge } from './sign-in.ts'
import { beginStepUp, verify } from './step-up.ts'
import { verifyProof } from './verify-proof.ts'

/** Concurrent calls of `verifyPassword` per user: as many as failures are free. A hung one counts for 30 s. */
const PASSWORD_CHECKS = { most: 5, holdMs: 30_000 }

/** Concurrent comparisons with imported hashes: each may take seconds. */
const IMPORTED_CHECKS = { most: 1, altogether: 16, holdMs: 30_000 }

/** Where the testing kit finds the clock of a TwoFactor, so that a virtual phone keeps the same time. */
const CLOCK: symbol = Symbol.for('countersign.clock')

/**
 * Two-factor authentication over your store. Does no I/O and keeps no state: create one per process, per request
 * (Workers) or per transaction.
 *
 * @throws CountersignError `invalid_option` naming the option; `keys_invalid` if the key ring is missing or malformed
 * @example
 * const twoFactor = createTwoFactor({
 *   issuer: 'Acme Cloud',
 *   store: memoryStore(),
 *   keys: process.env.COUNTERSIGN_KEYS,
 *   verifyPassword: (userId, password) => users.checkPassword(userId, password),
 * })
 */
export function createTwoFactor(options: TwoFactorOptions): TwoFactor {
  const core = readOptions(options)
  const twoFactor: TwoFactor = {
    issuer: core.issuer,
    authenticatorTypes: authenticatorTypes(core),
    challenge: (userId, options) => challenge(core, userId, options),
    completeChallenge: (token, options) => completeChallenge(core, token, options),
    beginStepUp: (userId, options) => beginStepUp(core, userId, options),
    verify: (userId, options) => verify(core, userId, options),
    beginSetup: (userId, options) => beginSetup(core, userId, options),
    beginRequiredSetup: (token, options) => beginRequiredSetup(core, token, options),
    resumeRequiredSetup: (token, options) => resumeRequiredSetup(core, token, options),
    confirmSetup: (userId, options) => confirmSetup(core, userId, options),
    resumeSetup: (userId, options) => resumeSetup(core, userId, options),
    cancelSetup: (userId, options) => cancelSetup(core, userId, options),
    status: (userId, options) => status(core, userId, options),
    viewRecoveryCodes: (userId, options) => viewRecoveryCodes(core, userId, options),
    regenerateRecoveryCodes: (userId, options) => regenerateRecoveryCodes(core, userId, options),
    markRecoveryCodesSaved: (userId, options) => markRecoveryCodesSaved(core, userId, options),
    renameAuthenticator: (userId, options) => renameAuthenticator(core, userId, options),
    removeAuthenticator: (userId, options) => removeAuthenticator(core, userId, options),
    revokeTrustedDevices: (userId, options) => revokeTrustedDevices(core, userId, options),
    verifyProof: (userId, options) => verifyProof(core, userId, options),
    disable: (userId, options) => disable(core, userId, options),
    passwordChanged: (userId, options) => passwordChanged(core, userId, options),
    admin: {
      reset: (userId, options) => reset(core, userId, options),
      unlock: (userId, options) => unlock(core, userId, options),
      issueRecoveryCode: (userId, options) => issueRecoveryCode(core, userId, options),
      exportUser: (userId, options) => exportUser(core, userId, options),
      importUser: (userId, options) => importUser(core, userId, options),
      reseal: (userId, options) => reseal(core, userId, options),
    },
  }
  Object.defineProperty(twoFactor, CLOCK, { value: core.now })
  return twoFactor
}

type Group<Name extends 'totp' | 'recoveryCodes'> = NonNullable<TwoFactorOptions[Name]>

const OPTIONS = /* @__PURE__ */ optionNames<TwoFactorOptions>({
  issuer: true,
  store: true,
  keys: true,
  verifyPassword: true,
  isRequired: true,
  verifyImportedCode: true,
  passkeys: true,
  acceptedProofs: true,
  trustDevices: true,
  totp: true,
  recoveryCodes: true,
  onEvent: true,
  onEventError: true,
  now: true,
  random: true,
})
const TOTP_OPTIONS = /* @__PURE__ */ optionNames<Group<'totp'>>({
  algorithm: true,
  digits: true,
  periodSeconds: true,
  window: true,
  secretBytes: true,
})
const RECOVERY_CODES_OPTIONS = /* @__PURE__ */ optionNames<Group<'recoveryCodes'>>({ keep: true, count: true })

/** Checks every option and fills in defaults. */
function readOptions(options: TwoFactorOptions): Core {
  const given = groupOption('options', options)
  checkOptionNames('createTwoFactor', given, OPTIONS)
  const totp = groupOption('totp', given.totp)
  checkOptionNames('createTwoFactor: totp', totp, TOTP_OPTIONS)
  const recoveryCodes = groupOption('recoveryCodes', given.recoveryCodes)
  checkOptionNames('createTwoFactor: recoveryCodes', recoveryCodes, RECOVERY_CODES_OPTIONS)
  const verifyPassword = hookOption('verifyPassword', given.verifyPassword)
  const random = randomOption(hookOption('random', given.random))
  // A host's own source is for tests: it is asked for exactly the bytes needed.
  const nonces = given.random === undefined ? drawnAhead(random, Date.now) : random
  const now = clockOption(given.now)
  return {
    issuer: issuerArgument(given.issuer),
    store: storeOption(given.store),
    vault: createVault(keyRing(given.keys), nonces),
    random,
    nonces,
    now,
    verifyPassword,
    passwordChecks: createInFlight({ ...PASSWORD_CHECKS, now }),
    isRequired: hookOption('isRequired', given.isRequired),
    verifyImportedCode: hookOption('verifyImportedCode', given.verifyImportedCode),
    importedChecks: createInFlight({ ...IMPORTED_CHECKS, now }),
    passkeys: passkeysOption(given.passkeys),
    onEvent: hookOption('onEvent', given.onEvent),
    onEventError: hookOption('onEventError', given.onEventError),
    acceptedProofs: acceptedProofsOption(given.acceptedProofs, verifyPassword !== undefined),
    trustDeviceDays: trustDevicesOption(given.trustDevices),
    totp: {
      algorithm: algorithmOption(totp.algorithm, 'totp.algorithm'),
      digits: integerOption('totp.digits', totp.digits, 6, 6, 8),
      periodSeconds: integerOption('totp.periodSeconds', totp.periodSeconds, 30, 15, 120),
      window: integerOption('totp.window', totp.window, 1, 0, 1),
      secretBytes: integerOption('totp.secretBytes', totp.secretBytes, 20, 16, 64),
    },
    recoveryCodes: {
      keep: keepOption(recoveryCodes.keep),
      count: integerOption('recoveryCodes.count', recoveryCodes.count, 10, 1, LIMITS.recoveryCodes),
    },
  }
}

function trustDevicesOption(given: TwoFactorOptions['trustDevices']): number | null {
  if (given === false) return null
  if (given !== undefined && (typeof given !== 'object' || given === null || Array.isArray(given))) {
    throw invalidOption('trustDevices', given, 'false or { days }')
  }
  const trustDevices = given ?? {}
  checkOptionNames('createTwoFactor: trustDevices', trustDevices, ['days'])
  return integerOption('trustDevices.days', trustDevices.days, 30, 1, 365)
}

function storeOption(store: UserStore | undefined): UserStore {
  checkMethods('store', store, ['load', 'save'], 'a UserStore, such as memoryStore()')
  return store
}

/** RFC 1035 §3.1, as text. */
const MAX_DOMAIN = 253

function passkeysOption(verifier: PasskeyVerifier | undefined): PasskeyVerifier | undefined {
  if (verifier === undefined) return undefined
  checkMethods('passkeys', verifier, ['verifyRegistration', 'verifyAssertion'], 'a PasskeyVerifier: passkeyVerifier(…)')
  const { rpId, userVerification, algorithms } = verifier
  const isDomain = typeof rpId === 'string' && rpId !== '' && rpId.length <= MAX_DOMAIN
  if (isDomain && typeof userVerification === 'string' && Array.isArray(algorithms)) return verifier
  throw invalidOption('passkeys', verifier, 'a PasskeyVerifier with rpId, userVerification and algorithms')
}

function keepOption(keep: 'sealed' | 'hashed' | undefined): 'sealed' | 'hashed' {
  if (keep === undefined || keep === 'sealed' || keep === 'hashed') return keep ?? 'sealed'
  throw invalidOption('recoveryCodes.keep', keep, "'sealed' or 'hashed'")
}

function acceptedProofsOption(given: readonly ProofKind[] | undefined, hasPasswords: boolean): readonly ProofKind[] {
  if (given === undefined) return ['password', 'code']
  const kinds = PROOF_KINDS.map((kind) => `'${kind}'`).join(', ')
  if (!Array.isArray(given) || given.length === 0) throw invalidOption('acceptedProofs', given, `a list of ${kinds}`)
  given.forEach((kind: unknown, index) => {
    if (PROOF_KINDS.some((known) => known === kind)) return
    const nearest = typeof kind === 'string' ? nearestName(kind, PROOF_KINDS) : null
    const hint = nearest === null ? '' : `Did you mean '${nearest}'?`
    throw invalidOption(`acceptedProofs[${index}]`, kind, `one of ${kinds}`, hint)
  })
  // The first setup has no code to confirm it with.
  if (!hasPasswords && !given.includes('reauthenticated')) {
    throw invalidOption('verifyPassword', undefined, "a function, unless acceptedProofs includes 'reauthenticated'")
  }
  if (!hasPasswords && given.includes('password')) {
    throw invalidOption('verifyPassword', undefined, "a function if acceptedProofs includes 'password'")
  }
  return [...given]
}
