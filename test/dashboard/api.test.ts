import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { virtualAuthenticator } from 'countersign/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasProgram, needs } from '../needs.ts'
import { ALEX, DANA, PASSWORD, SAM } from './accounts.ts'
import { type Rig, startRig } from './rig.ts'
import { script, signedInScript } from './script.ts'

const noCurl = needs('curl', hasProgram('curl'), 'apt-get install curl')
const proof = { password: PASSWORD }

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
}, 120_000)
afterAll(() => rig.end())

describe.sequential('a script', () => {
  let phone: ReturnType<typeof virtualAuthenticator>

  test('sets up two-factor authentication, which ends the sessions elsewhere [CS-SESSION-02]', async () => {
    const elsewhere = await signedInScript(rig.dashboard.url)
    const alex = await signedInScript(rig.dashboard.url)
    const { body: offer } = await alex.post('two-factor/begin-setup', { proof })
    phone = virtualAuthenticator(String(offer['uri']), { now: rig.clock.now })
    const { body } = await alex.post('two-factor/confirm-setup', { code: phone.code() })
    expect(body).toEqual({ authenticatorId: expect.any(String), recoveryCodes: expect.any(Array) })
    expect((await alex.get('Me')).status).toBe(200)
    expect((await elsewhere.get('Me')).status).toBe(401)
  })

  test.skipIf(noCurl)('signs in, and issues and uses a token, by the README’s commands, word for word', async () => {
    rig.clock.advance({ seconds: 30 })
    const [me, tokenOwner, ...rest] = await runReadme({ CODE: phone.code() })
    expect(me).toEqual({ user: { login: ALEX, name: 'Alex Rivera', isAdmin: false } })
    expect(tokenOwner).toEqual(me)
    expect(rest).toEqual([])
  })

  test('is told why it is refused, and when trying again helps; a challenge works once, and a code', async () => {
    rig.clock.advance({ seconds: 30 })
    const alex = script(rig.dashboard.url)
    const { body: challenge } = await alex.post('SignIn', { login: ALEX, password: PASSWORD })
    expect(challenge).toMatchObject({ signedIn: false, action: 'verify', methods: ['totp', 'recovery-code'] })
    const attempt = { challengeToken: challenge['challengeToken'], code: phone.code() }

    const wrong = await alex.post('Verify2FACode', { ...attempt, code: '000000' })
    expect([wrong.status, wrong.body['reason'], wrong.body['retryAfterSeconds']]).toEqual([422, 'wrong-code', null])
    const right = await alex.post('Verify2FACode', attempt)
    expect(right.body).toMatchObject({ signedIn: true, method: 'totp', sessionToken: expect.any(String) })

    const { body: next } = await alex.post('SignIn', { login: ALEX, password: PASSWORD })
    const replayed = await alex.post('Verify2FACode', { ...attempt, challengeToken: next['challengeToken'] })
    expect(replayed.body['reason']).toBe('code-used')
    expect(replayed.headers.get('retry-after')).toBe(String(replayed.body['retryAfterSeconds']))
  })

  test('gets nothing for a password alone where two-factor authentication is required', async () => {
    const { body } = await script(rig.dashboard.url).post('SignIn', { login: SAM, password: PASSWORD })
    expect(body).toMatchObject({ signedIn: false, action: 'setup' })
    expect(body).not.toHaveProperty('sessionToken')
  })

  test('gets a new session at each sign-in, and the one that it came with ends [CS-SESSION-01]', async () => {
    const dana = script(rig.dashboard.url)
    const signIn = () => dana.post('SignIn', { login: DANA, password: PASSWORD })
    const tokens = [await signIn(), await signIn()].map(({ body }) => String(body['sessionToken']))
    const answers = await Promise.all(tokens.map((token) => script(rig.dashboard.url, token).get('Me')))
    expect(answers.map(({ status }) => status)).toEqual([401, 200])
  })

  test('signs out, and its session is worth nothing [CS-SESSION-04]', async () => {
    const dana = await signedInScript(rig.dashboard.url, DANA)
    expect((await dana.get('Me')).status).toBe(200)
    expect((await dana.post('SignOut', {})).status).toBe(200)
    expect((await dana.get('Me')).status).toBe(401)
  })

  test('loses its session after twelve hours [CS-SESSION-05]', async () => {
    const dana = await signedInScript(rig.dashboard.url, DANA)
    rig.clock.advance({ seconds: 12 * 60 * 60 - 1 })
    expect((await dana.get('Me')).status).toBe(200)
    rig.clock.advance({ seconds: 1 })
    expect((await dana.get('Me')).status).toBe(401)
  })
})

/** Runs the script that stands in the README; gives what it prints, line by line. */
async function runReadme(env: Record<string, string>): Promise<unknown[]> {
  const readme = await readFile(new URL('../../examples/dashboard/README.md', import.meta.url), 'utf8')
  const [, block = ''] = /```bash\n([\s\S]*?)```/.exec(readme) ?? []
  const { stdout } = await promisify(execFile)('bash', ['-euc', block], {
    env: { PATH: process.env['PATH'], BASE: rig.dashboard.url, ...env },
  })
  return stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
}
