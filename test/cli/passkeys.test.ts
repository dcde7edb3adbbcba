/** `export` and `import` of a user whose only authenticator is a passkey, which signs in afterwards. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createClient } from '@libsql/client'
import * as webauthn from '@simplewebauthn/server'
import { createTwoFactor, generateKey, reauthenticated, type TwoFactor } from 'countersign'
import { passkeyVerifier } from 'countersign/passkeys'
import { libsqlStore } from 'countersign/stores/libsql'
import { type VirtualPasskey, virtualPasskey } from 'countersign/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { needs } from '../needs.ts'
import { SQLITE } from './databases.ts'
import { built, openProject, type Project } from './program.ts'

const isBuilt = existsSync(new URL('../../dist/cli/index.js', import.meta.url))
const SITE = { rpId: 'acme.example', origin: 'https://acme.example' }
const STAFF = ['--by', 'ada@acme.example', '--note', 'moves']
const server = pathToFileURL(createRequire(import.meta.url).resolve('@simplewebauthn/server')).href
const CONFIG = `import * as webauthn from '${server}'
import { passkeyVerifier } from '${built('passkeys/index.js')}'
${SQLITE.replace("issuer: 'Acme',", `issuer: 'Acme', passkeys: passkeyVerifier({ webauthn, rpId: '${SITE.rpId}' }),`)}`

let project: Project
beforeEach(() => {
  project = openProject()
  project.write('countersign.config.mjs', CONFIG)
})
afterEach(() => project.remove())

/** The application on the same database, in this process. */
async function inApplication<T>(keys: string, work: (twoFactor: TwoFactor) => Promise<T>): Promise<T> {
  const client = createClient({ url: `file:${join(project.folder, 'app.db')}`, timeout: 1000 })
  const passkeys = passkeyVerifier({ webauthn, rpId: SITE.rpId })
  const acceptedProofs = ['reauthenticated'] as const
  try {
    return await work(createTwoFactor({ issuer: 'Acme', store: libsqlStore(client), keys, passkeys, acceptedProofs }))
  } finally {
    client.close()
  }
}

async function enroll(keys: string): Promise<VirtualPasskey> {
  return inApplication(keys, async (twoFactor) => {
    const proof = reauthenticated(Date.now())
    const begun = await twoFactor.beginSetup('ann', { type: 'passkey', proof, accountName: 'ann' })
    if (!begun.ok) throw new Error(begun.reason)
    const passkey = virtualPasskey(SITE)
    const created = await passkey.create(begun.options)
    expect(await twoFactor.confirmSetup('ann', { token: begun.token, passkey: created })).toMatchObject({ ok: true })
    return passkey
  })
}

async function signIn(keys: string, passkey: VirtualPasskey) {
  return inApplication(keys, async (twoFactor) => {
    const challenge = await twoFactor.challenge('ann')
    if (challenge.passed || challenge.passkey === null) throw new Error('No passkey was asked for.')
    return twoFactor.completeChallenge(challenge.token, { passkey: await passkey.get(challenge.passkey) })
  })
}

describe.skipIf(needs('the build', isBuilt, 'npm run build'))('a user with a passkey', { timeout: 120_000 }, () => {
  test('is exported, imported back and into another key ring, and signs in by the same passkey', async () => {
    const [k1, k2] = [generateKey('k1'), generateKey('k2')]
    const run = (key: string, ...args: string[]) => project.run(args, { COUNTERSIGN_KEYS: key })
    expect(await run(k1, 'migrate')).toMatchObject({ exitCode: 0 })
    const passkey = await enroll(k1)
    expect(await run(k1, 'export', 'ann', ...STAFF, '--out', 'ann.jsonl')).toMatchObject({ exitCode: 0 })

    for (const key of [k1, k2]) {
      expect(await run(key, 'reset', 'ann', ...STAFF)).toMatchObject({ exitCode: 0 })
      const imported = await run(key, 'import', '--from', 'countersign', 'ann.jsonl', '--restart', '--json')
      expect(JSON.parse(imported.stdout)).toMatchObject({ users: 1, imported: 1 })
      expect(await signIn(key, passkey)).toMatchObject({ ok: true, userId: 'ann', method: 'passkey' })
    }
    // The last import is under the other ring: with the first one it is left out of what is offered.
    await expect(signIn(k1, passkey)).rejects.toThrow('No passkey was asked for.')
  })
})
