import { openChallenge } from '../engine/challenge-token.ts'
import type { Core } from '../engine/core.ts'
import { issueDevice } from '../engine/devices.ts'
import { transactWithProof } from '../engine/proof.ts'
import { emptyRecord, LIMITS, type UserRecord } from '../engine/record.ts'
import { refusal, refusedBy } from '../engine/refusal.ts'
import { APP_BYTES, hasRoom } from '../engine/room.ts'
import { activate, clockOffset, remaining } from '../engine/setup.ts'
import { offerAgain, offerSetup, openPending, type TotpOffer } from '../engine/setup-offer.ts'
import { loadRecord, transact } from '../engine/transact.ts'
import { optionsArgument } from '../options/groups.ts'
import { NAME_BYTES, readName } from '../options/text.ts'
import { accountNameArgument, scannableAccountName } from './account-name.ts'
import { authenticatorTypeArgument, challengeTokenArgument, issuerArgument, userIdArgument } from './arguments.ts'
import type { BeginRequiredSetupOptions, BeginSetupOptions, ConfirmSetupOptions, SetupTokenOption } from './options.ts'
import type {
  BeginRequiredSetupResult,
  BeginSetupResult,
  CancelSetupResult,
  ConfirmSetupResult,
  ResumeSetupResult,
} from './outcomes.ts'
import { challengeObstacle } from './sign-in.ts'

export async function beginSetup(core: Core, user: string, options: BeginSetupOptions): Promise<BeginSetupResult> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  const request = requestArguments(core, userId, given)
  if (request === null) return refusal('invalid-name')
  const { replaces } = given

  return transactWithProof<TotpOffer, 'limit-reached' | 'not-found'>(
    core,
    { userId, context: given.context },
    given,
    (record) => {
      const leaving = replacedIds(record, replaces)
      if (leaving === null) return 'not-found'
      return record !== null && isFull(record, leaving) ? 'limit-reached' : null
    },
    (record, nowMs) => {
      const leaving = replacedIds(record, replaces) ?? []
      return offerSetup(core, userId, record, { ...request, replaces: leaving }, nowMs)
    },
  )
}

export async function beginRequiredSetup(
  core: Core,
  token: string,
  options: BeginRequiredSetupOptions,
): Promise<BeginRequiredSetupResult> {
  challengeTokenArgument(token)
  const given = optionsArgument(options)
  authenticatorTypeArgument(given.type)
  if (nameOf(given.name) === null) return refusal('invalid-name')
  const opened = openChallenge(core.vault, token, given.binding, core.now())
  if (opened === null || opened.action !== 'setup') return refusal('challenge-expired')
  const { userId } = opened
  const wanted = requestArguments(core, userId, given)
  if (wanted === null) return refusal('invalid-name')
  const request = { ...wanted, replaces: [] }
  return transact<BeginRequiredSetupResult>(core, { userId, context: given.context }, (record, nowMs) => {
    const unusable = challengeObstacle(record, opened)
    if (unusable !== null) return { result: refusal(unusable) }
    const { result, ...offer } = offerSetup(core, userId, record ?? emptyRecord(), request, nowMs)
    // It can be confirmed by this challenge alone, which ends sooner.
    return { ...offer, result: { ...result, expiresAtMs: Math.min(result.expiresAtMs, opened.expiresAtMs) } }
  })
}

export async function confirmSetup(
  core: Core,
  user: string,
  options: ConfirmSetupOptions,
): Promise<ConfirmSetupResult> {
  const userId = userIdArgument(user)
  const { token, code, device, context } = optionsArgument(options)
  return transact<ConfirmSetupResult>(core, { userId, context }, (record, nowMs) => {
    const opened = openPending(core, userId, record, token, nowMs)
    if (!opened.ok) return refusedBy(opened)
    if (isFull(opened.record, opened.pending.replaces)) return { result: refusal('limit-reached') }
    const activated = activate(core, userId, opened, code, nowMs)
    if (!activated.ok) {
      const { result, ...decision } = refusedBy(activated)
      const clockOffsetSeconds = clockOffset(core, userId, opened, code, nowMs)
      return { ...decision, result: clockOffsetSeconds === null ? result : { ...result, clockOffsetSeconds } }
    }
    const { authenticatorId, recoveryCodes, events } = activated
    const passed = {
      userId,
      method: 'totp',
      trusted: null,
      trust: false,
      name: undefined,
      presented: device,
      nowMs,
    } as const
    const issued = issueDevice(activated.record, passed, core)
    return {
      result: {
        ok: true,
        authenticatorId,
        device: issued.device,
        ...(recoveryCodes === null ? {} : { recoveryCodes }),
      },
      record: issued.record,
      events,
    }
  })
}

export async function resumeSetup(core: Core, user: string, options: SetupTokenOption): Promise<ResumeSetupResult> {
  const userId = userIdArgument(user)
  const { token } = optionsArgument(options)
  const record = await loadRecord(core.store, userId)
  const opened = openPending(core, userId, record, token, core.now())
  return opened.ok ? offerAgain(core, userId, opened) : refusal(opened.reason)
}

export async function cancelSetup(core: Core, user: string, options: SetupTokenOption): Promise<CancelSetupResult> {
  const userId = userIdArgument(user)
  const { token, context } = optionsArgument(options)
  return transact<CancelSetupResult>(core, { userId, context }, (record, nowMs) => {
    const opened = openPending(core, userId, record, token, nowMs)
    if (!opened.ok) return refusedBy(opened)
    return { result: { ok: true }, record: { ...opened.record, pending: null } }
  })
}

/**
 * Everything that goes into the URI, before a proof is looked at: neither the URI nor its QR code can fail later. Null if the
 * authenticator cannot be called that.
 */
function requestArguments(core: Core, userId: string, given: Partial<BeginRequiredSetupOptions>) {
  authenticatorTypeArgument(given.type)
  const name = nameOf(given.name)
  if (name === null) return null
  const issuer = given.issuer === undefined ? core.issuer : issuerArgument(given.issuer)
  return {
    issuer,
    accountName: scannableAccountName(core, issuer, accountNameArgument(given.accountName, userId)),
    name,
  }
}

/** Null if nothing can be called that. */
function nameOf(name: unknown): string | null {
  return isNameless(name) ? '' : readName(name)
}

/** A name may be left out, and a form sends an empty one then. */
function isNameless(name: unknown): boolean {
  return name === undefined || (typeof name === 'string' && name.length <= NAME_BYTES && name.trim() === '')
}

/** No room for another authenticator, even when these go. */
function isFull(record: UserRecord, leaving: readonly string[]): boolean {
  const authenticators = remaining(record, leaving)
  return authenticators.length >= LIMITS.authenticators || !hasRoom({ ...record, authenticators }, APP_BYTES)
}

/** Null where there is no such authenticator. */
function replacedIds(record: UserRecord | null, replaces: unknown): string[] | null {
  if (replaces === undefined) return []
  const ids = record === null ? [] : record.authenticators.map(({ id }) => id)
  if (replaces === 'all') return ids
  return typeof replaces === 'string' && ids.includes(replaces) ? [replaces] : null
}
