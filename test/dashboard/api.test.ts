import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { virtualAuthenticator } from 'countersign/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasProgram, needs } from '../needs.ts'
import { ALEX, PASSWORD, SAM } from './accounts.ts'
import { type Rig, startRig } from './rig.ts'
import { script, signedInScript } from './script.ts'

const noCurl = needs('curl', hasProgram('curl'), 'apt-get install curl')

let rig: Rig
let folder: string
beforeAll(async () => {
  rig = await startRig()
  folder = await mkdtemp(join(tmpdir(), 'dashboard-api-'))
}, 120_000)
afterAll(async () => {
  await rig.end()
  await rm(folder, { recursive: true, force: true })
})

describe.sequential('a script', () => {
  let phone: ReturnType<typeof virtualAuthenticator>

  test('sets up two-factor authentication', async () => {
    const alex = await signedInScript(rig.dashboard.url)
    const { body: offer } = await alex.post('BeginSetup', { password: PASSWORD })
    phone = virtualAuthenticator(String(offer['uri']), { now: rig.clock.now })
    const { body } = await alex.post('ConfirmSetup', { code: phone.code() })
    expect(body).toMatchObject({ ok: true, recoveryCodes: expect.any(Array) })
    expect(body).not.toHaveProperty('device')
  })

  test.skipIf(noCurl)('gets a session by the README’s commands, word for word', async () => {
    const [signIn = '', verify = '', me = ''] = await readmeCommands()
    const first = await shell(signIn)
    expect(first).toMatchObject({ ok: true, signedIn: false, action: 'code', methods: ['totp', 'recovery-code'] })

    const wrong = await shell(verify.replace('…', String(first['challengeToken'])).replace('123456', '000000'))
    expect(wrong).toEqual({ ok: false, reason: 'wrong-code', retryAfterSeconds: null })

    rig.clock.advance({ seconds: 30 })
    const second = await shell(verify.replace('…', String(first['challengeToken'])).replace('123456', phone.code()))
    expect(second).toMatchObject({ ok: true, method: 'totp', sessionToken: expect.any(String) })
    expect(await shell(me.replace('…', String(second['sessionToken'])))).toMatchObject({
      ok: true,
      user: { login: ALEX },
    })
  })

  test('gets one without a cookie jar too; its challenge works once, and its code', async () => {
    rig.clock.advance({ seconds: 30 })
    const stranger = script(rig.dashboard.url)
    const [one, other] = await Promise.all(
      [0, 1].map(() => stranger.post('SignIn', { login: ALEX, password: PASSWORD })),
    )
    const code = phone.code()
    const done = await stranger.post('Verify2FACode', { challengeToken: one?.body['challengeToken'], code })
    expect(done.body).toMatchObject({ ok: true })
    const again = await stranger.post('Verify2FACode', { challengeToken: one?.body['challengeToken'], code })
    expect(again.body).toMatchObject({ ok: false, reason: 'challenge-used' })
    const replayed = await stranger.post('Verify2FACode', { challengeToken: other?.body['challengeToken'], code })
    expect(replayed.body).toMatchObject({ ok: false, reason: 'code-used', retryAfterSeconds: expect.any(Number) })
    expect(replayed.status).toBe(429)
    expect(replayed.headers.get('retry-after')).toBe(String(replayed.body['retryAfterSeconds']))
  })

  test('signs out, and its token is worth nothing', async () => {
    const sam = await script(rig.dashboard.url).post('SignIn', { login: SAM, password: PASSWORD })
    expect(sam.body).toMatchObject({ signedIn: false, action: 'setup' })
    expect(sam.body).not.toHaveProperty('sessionToken')

    rig.clock.advance({ seconds: 30 })
    const { body } = await script(rig.dashboard.url).post('SignIn', { login: ALEX, password: PASSWORD })
    const { body: signedIn } = await script(rig.dashboard.url).post('Verify2FACode', {
      challengeToken: body['challengeToken'],
      code: phone.code(),
    })
    const alex = script(rig.dashboard.url, String(signedIn['sessionToken']))
    expect((await alex.get('Me')).status).toBe(200)
    expect((await alex.post('SignOut', {})).status).toBe(200)
    expect((await alex.get('Me')).status).toBe(401)
  })

  test('loses its session after twelve hours', async () => {
    rig.clock.advance({ seconds: 30 })
    const dana = await signedInScript(rig.dashboard.url, 'dana@acme.example')
    rig.clock.advance({ seconds: 12 * 60 * 60 - 1 })
    expect((await dana.get('Me')).status).toBe(200)
    rig.clock.advance({ seconds: 1 })
    expect((await dana.get('Me')).status).toBe(401)
  })
})

/** The curl commands of the README's block, in order. */
async function readmeCommands(): Promise<string[]> {
  const readme = await readFile(new URL('../../examples/dashboard/README.md', import.meta.url), 'utf8')
  const block = /```sh\n(base=[\s\S]*?)```/.exec(readme)?.[1] ?? ''
  return block
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.startsWith('curl '))
}

async function shell(command: string): Promise<Record<string, unknown>> {
  const withBase = `base=${rig.dashboard.url}/api\n${command}`
  const { stdout } = await promisify(execFile)('sh', ['-c', withBase], { cwd: folder })
  return JSON.parse(stdout) as Record<string, unknown>
}
