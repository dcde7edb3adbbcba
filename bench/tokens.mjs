import {
  createAccessTokens,
  createTwoFactor,
  generateKey,
  hashToken,
  memoryStore,
  memoryTokenStore,
} from './dist/measured.js'
import { measure, median } from './rounds.mjs'

/** What `verify` of an access token in memory costs beside the SHA-256 of it, and what a mistyped one costs. */
export async function benchTokens() {
  const nowMs = 1_800_000_000_000
  const twoFactor = createTwoFactor({
    issuer: 'Acme Cloud',
    store: memoryStore(),
    keys: generateKey(),
    verifyPassword: () => true,
  })
  const tokens = createAccessTokens({ twoFactor, store: memoryTokenStore(), prefix: 'acme', now: () => nowMs })
  const issue = { name: 'Backup script', scopes: ['read', 'write'], by: 'bench', note: 'bench' }
  const { token } = await tokens.admin.issue('user-1', issue)
  const mistyped = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0')
  await tokens.verify(token)

  const reasonOf = async (text) => (await tokens.verify(text, { scope: 'read' })).reason
  if ((await reasonOf(token)) !== undefined || (await reasonOf(mistyped)) !== 'malformed') {
    throw new Error('The bench verifies the wrong tokens.')
  }
  const times = await measure({
    'SHA-256 of a token': () => hashToken(token),
    'a good token': async () => tokens.verify(token, { scope: 'read' }),
    'a mistyped token': async () => tokens.verify(mistyped, { scope: 'read' }),
  })
  console.log('\nAn access token verified in memory:\n')
  for (const [name, values] of Object.entries(times))
    console.log(`  ${median(values).toFixed(2).padStart(7)} µs  ${name}`)
  const beside = times['a good token'].map((time, round) => time - times['SHA-256 of a token'][round])
  return [
    { name: 'µs to verify an access token in memory, beside its SHA-256', ratio: median(beside), atMost: 5 },
    { name: 'µs to refuse a mistyped access token', ratio: median(times['a mistyped token']), atMost: 2 },
  ]
}
