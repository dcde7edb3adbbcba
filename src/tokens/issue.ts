import { encodeBase64Url } from '../encoding/base64url.ts'
import { ID_BYTES } from '../engine/devices.ts'
import { refusal } from '../engine/refusal.ts'
import { checkOptionNames, optionNames, optionsArgument } from '../options/groups.ts'
import { readName } from '../options/text.ts'
import { staffArgument, userIdArgument } from '../two-factor/arguments.ts'
import { expiresAtArgument } from './arguments.ts'
import type { TokenCore } from './core.ts'
import { emit } from './events.ts'
import { isFull, makeRoom, staysWithinLimit } from './limits.ts'
import type { AdminIssueOptions, IssueOptions, NewAccessToken } from './options.ts'
import { type AdminIssueResult, accessTokenOf, type IssueReason, type IssueResult } from './outcomes.ts'
import { scopesArgument } from './scopes.ts'
import type { StoredToken } from './store.ts'
import { createToken, type Kept, listTokens, untilWritten } from './stored.ts'
import { hashToken, makeTokenText } from './token-text.ts'

/** The requested token, checked. */
interface Wanted {
  userId: string
  name: string
  scopes: readonly string[]
  expiresAtMs: number | null
}

/** A misspelt `expiresAtMs` must not make a token that never expires. */
const NEW_TOKEN = { name: true, scopes: true, expiresAtMs: true, context: true } as const
const ISSUE_OPTIONS = /* @__PURE__ */ optionNames<IssueOptions>({
  ...NEW_TOKEN,
  proof: true,
  binding: true,
  device: true,
  deviceName: true,
})
const ADMIN_ISSUE_OPTIONS = /* @__PURE__ */ optionNames<AdminIssueOptions>({ ...NEW_TOKEN, by: true, note: true })

/** Everything else is checked before the proof, so that no code is wasted. */
export async function issue(core: TokenCore, user: string, options: IssueOptions): Promise<IssueResult> {
  const given = optionsArgument(options)
  checkOptionNames('issue', given, ISSUE_OPTIONS)
  const wanted = readWanted(user, given)
  if (wanted === null) return refusal('invalid-name')
  const before = await listTokens(core, wanted.userId)
  const reason = obstacle(core, wanted, before)
  if (reason !== null) return refusal(reason)
  const confirmed = await core.twoFactor.verifyProof(wanted.userId, options)
  if (!confirmed.ok) return confirmed
  return make(core, wanted, before, { context: options.context })
}

export async function adminIssue(core: TokenCore, user: string, options: AdminIssueOptions): Promise<AdminIssueResult> {
  const given = optionsArgument(options)
  checkOptionNames('admin.issue', given, ADMIN_ISSUE_OPTIONS)
  const wanted = readWanted(user, given)
  const staff = { by: staffArgument('by', given.by), note: staffArgument('note', given.note) }
  if (wanted === null) return refusal('invalid-name')
  const before = await listTokens(core, wanted.userId)
  const reason = obstacle(core, wanted, before)
  if (reason !== null) return refusal(reason)
  return make(core, wanted, before, { ...staff, context: given.context })
}

/** Null if the name is invalid. */
function readWanted(user: string, given: Partial<NewAccessToken>): Wanted | null {
  const wanted = {
    userId: userIdArgument(user),
    scopes: scopesArgument(given.scopes),
    expiresAtMs: expiresAtArgument(given.expiresAtMs),
  }
  const name = readName(given.name)
  return name === null ? null : { ...wanted, name }
}

function obstacle(core: TokenCore, { scopes, expiresAtMs }: Wanted, before: readonly Kept[]): IssueReason | null {
  const { scopes: known } = core
  const nowMs = core.now()
  if (known !== null && !scopes.every((scope) => known.includes(scope))) return 'unknown-scope'
  if (expiresAtMs !== null && expiresAtMs <= nowMs) return 'already-expired'
  return isFull(before, nowMs) ? 'limit-reached' : null
}

async function make(
  core: TokenCore,
  wanted: Wanted,
  before: readonly Kept[],
  said: { context: unknown; by?: string; note?: string },
): Promise<AdminIssueResult> {
  const createdAtMs = core.now()
  await makeRoom(core, before, createdAtMs)
  const { text, token } = await untilWritten(core.random, async () => {
    const text = makeTokenText(core.prefix, core.random)
    const token: StoredToken = {
      schema: 1,
      id: encodeBase64Url(core.random(ID_BYTES)),
      hash: hashToken(text),
      ...wanted,
      createdAtMs,
      lastUsedAtMs: null,
      revokedAtMs: null,
    }
    return (await createToken(core, token)) ? { text, token } : null
  })
  if (!(await staysWithinLimit(core, token, before))) return refusal('limit-reached')
  const { userId, id: tokenId } = token
  await emit(core, { type: 'access-token.issued', userId, tokenId, atMs: createdAtMs, ...said })
  return { ok: true, token: text, accessToken: accessTokenOf(token) }
}
