import { virtualAuthenticator } from 'countersign/testing'
import { addPhone, PASSWORD } from '../world.ts'
import { textOf } from './browser.ts'
import { detailsOf, type Member, type Site } from './site.ts'

export const READS = ['status', 'access-tokens', 'openapi.json'] as const

/** For each route that somebody with two-factor authentication can call: a body that is right, sent first. */
export async function rightRequests(site: Site, { browser, userId, phone }: Member) {
  const { twoFactor, clock } = site.world
  const proof = { password: PASSWORD }
  await addPhone(site.world, userId)
  await site.tokens.admin.issue(userId, { name: 'Script', by: 'test', note: 'test' })
  const headers = { 'Sec-Fetch-Site': 'same-origin' }
  const offer = await browser.send('begin-setup', { headers, body: JSON.stringify({ proof }) })
  const challengeToken = textOf(await browser.signIn(detailsOf(userId)), 'challengeToken')
  const { authenticators, recoveryCodes } = await twoFactor.status(userId)
  const [authenticator] = authenticators
  const [token] = await site.tokens.list(userId)
  const id = authenticator?.id ?? ''
  const tokenId = token?.id ?? ''
  const code = phone.next()
  return {
    'complete-challenge': { challengeToken, code },
    'this-device': {},
    'begin-step-up': {},
    verify: { code },
    'begin-setup': { proof },
    'resume-setup': {},
    'confirm-setup': { code: virtualAuthenticator(textOf(offer, 'uri'), { now: clock.now }).next() },
    'cancel-setup': {},
    'view-recovery-codes': { proof },
    'regenerate-recovery-codes': { proof: { code } },
    'mark-recovery-codes-saved': { createdAtMs: recoveryCodes.createdAtMs ?? 0 },
    'rename-authenticator': { id, name: 'Another name' },
    'remove-authenticator': { id, proof: { code } },
    'revoke-trusted-devices': {},
    disable: { proof },
    'issue-access-token': { proof, name: 'Script' },
    'rename-access-token': { id: tokenId, name: 'Another name' },
    'revoke-access-token': { id: tokenId },
    'revoke-all-access-tokens': {},
  }
}

export type Change = keyof Awaited<ReturnType<typeof rightRequests>>

export const CHANGES: readonly Change[] = [
  'complete-challenge',
  'this-device',
  'begin-step-up',
  'verify',
  'begin-setup',
  'resume-setup',
  'confirm-setup',
  'cancel-setup',
  'view-recovery-codes',
  'regenerate-recovery-codes',
  'mark-recovery-codes-saved',
  'rename-authenticator',
  'remove-authenticator',
  'revoke-trusted-devices',
  'disable',
  'issue-access-token',
  'rename-access-token',
  'revoke-access-token',
  'revoke-all-access-tokens',
]

/** For somebody who must set it up to sign in: on the strength of a challenge. */
export const WAYS_IN = ['begin-required-setup', 'resume-required-setup'] as const

/** Every text in these bodies that nobody may see again. */
export function secretsIn(bodies: object): string[] {
  const secret = new Set(['challengeToken', 'code', 'password'])
  return Object.entries(bodies).flatMap(([field, value]) => {
    if (typeof value === 'object' && value !== null) return secretsIn(value)
    return secret.has(field) && typeof value === 'string' ? [value] : []
  })
}
