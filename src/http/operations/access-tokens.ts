import * as v from 'valibot'
import { refusal } from '../../engine/refusal.ts'
import { looksLikeSeconds } from '../../options/numbers.ts'
import type { AccessTokens } from '../../tokens/index.ts'
import { withProof } from '../caller.ts'
import { expiresAtMs, id, name, proof, scopes } from '../fields.ts'
import { done, getRoute, postRoute, type Route } from '../route.ts'

/** Operations on a person's own access tokens. */
export function accessTokenRoutes(tokens: AccessTokens): readonly Route[] {
  return [
    getRoute('accessTokens', async ({ person }) => {
      const accessTokens = await tokens.list(person.userId)
      const { scopes, prefix } = tokens
      return { ok: true, answer: { accessTokens, scopes: scopes === null ? null : [...scopes], prefix } }
    }),

    postRoute(
      'issueAccessToken',
      v.strictObject({ proof, name, scopes, expiresAtMs }),
      withProof(async ({ person }, options, { name, scopes, expiresAtMs }) => {
        // From the host's own code that is a fault; in a client's body it is a time in 1970.
        if (looksLikeSeconds(expiresAtMs)) return refusal('already-expired')
        const result = await tokens.issue(person.userId, {
          name,
          scopes,
          expiresAtMs: expiresAtMs ?? undefined,
          ...options,
        })
        if (!result.ok) return result
        const { token, accessToken } = result
        return { ok: true, answer: { token, accessToken } }
      }),
    ),

    postRoute(
      'renameAccessToken',
      v.strictObject({ id, name }),
      async ({ request, settings, person }, { id, name }) => {
        const result = await tokens.rename(person.userId, { id, name, context: settings.context(request) })
        return result.ok ? done : result
      },
    ),

    postRoute('revokeAccessToken', v.strictObject({ id }), async ({ request, settings, person }, { id }) => {
      const result = await tokens.revoke(person.userId, { id, context: settings.context(request) })
      return result.ok ? done : result
    }),

    postRoute('revokeAllAccessTokens', v.strictObject({}), async ({ request, settings, person }) => {
      const { revoked } = await tokens.revokeAll(person.userId, { context: settings.context(request) })
      return { ok: true, answer: { revoked } }
    }),
  ]
}
