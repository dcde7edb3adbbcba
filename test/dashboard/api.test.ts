import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { type VirtualAuthenticator, virtualAuthenticator } from 'countersign/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasProgram, needs } from '../needs.ts'
import { ALEX, DANA, PASSWORD, SAM } from './accounts.ts'
import { type Rig, startRig } from './rig.ts'
import { type Script, script, signedInScript } from './script.ts'

const noCurl = needs('curl', hasProgram('curl'), 'apt-get install curl')
const proof = { password: PASSWORD }

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
}, 120_000)
afterAll(() => rig.end())

describe.sequential('a script', () => {
  let phone: VirtualAuthenticator

  test('sets up two-factor authentication, which ends the sessions elsewhere', async () => {
    const elsewhere = await signedInScript(rig.dashboard.url)
    const alex = await signedInScript(rig.dashboard.url)
    const added = await addPhone(alex)
    phone = added.phone
    expect(added.body).toEqual({ authenticatorId: expect.any(String), recoveryCodes: expect.any(Array) })
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

  test('ends the sessions elsewhere by adding, removing and turning off, and loses all by a reset [CS-SESSION-02]', async () => {
    const here = await signedInByCode(ALEX, phone)
    let second: string | undefined
    const changes = {
      add: async () => {
        const added = await addPhone(here)
        second = String(added.body['authenticatorId'])
      },
      remove: () => here.post('two-factor/remove-authenticator', { id: second, proof }),
      disable: () => here.post('two-factor/disable', { proof }),
    }
    for (const [name, change] of Object.entries(changes)) {
      const elsewhere = await signedInByCode(ALEX, phone)
      expect((await elsewhere.get('Me')).status).toBe(200)
      await change()
      expect([name, (await here.get('Me')).status, (await elsewhere.get('Me')).status]).toEqual([name, 200, 401])
    }

    await addPhone(here)
    const dana = await signedInScript(rig.dashboard.url, DANA)
    await addPhone(dana)
    const { body } = await dana.get('Admin/Users')
    const user = (body['users'] as { id: string; login: string }[]).find(({ login }) => login === ALEX)
    const reset = await dana.post('Admin/ResetTwoFactor', { userId: user?.id, note: 'Lost phone', proof })
    expect([reset.status, (await here.get('Me')).status]).toEqual([200, 401])
    await dana.post('two-factor/disable', { proof })
  })

  test('gets nothing for a password alone where two-factor authentication is required', async () => {
    const { body } = await script(rig.dashboard.url).post('SignIn', { login: SAM, password: PASSWORD })
    expect(body).toMatchObject({ signedIn: false, action: 'setup' })
    expect(body).not.toHaveProperty('sessionToken')
  })

  test('gets a new session at each sign-in, with a code too, and the one that it came with ends [CS-SESSION-01]', async () => {
    const dana = script(rig.dashboard.url)
    const signIn = () => dana.post('SignIn', { login: DANA, password: PASSWORD })
    const tokens = [await signIn(), await signIn()].map(({ body }) => String(body['sessionToken']))
    const answers = await Promise.all(tokens.map((token) => script(rig.dashboard.url, token).get('Me')))
    expect(answers.map(({ status }) => status)).toEqual([401, 200])

    const { phone: danas } = await addPhone(dana)
    const last = script(rig.dashboard.url, tokens[1])
    expect((await last.get('Me')).status).toBe(200)
    const renewed = await signedInByCode(DANA, danas, dana)
    expect((await last.get('Me')).status).toBe(401)
    expect((await renewed.post('two-factor/disable', { proof })).status).toBe(200)
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

/** Sets up another authenticator. */
async function addPhone(from: Script): Promise<{ phone: VirtualAuthenticator; body: Record<string, unknown> }> {
  const { body: offer } = await from.post('two-factor/begin-setup', { proof })
  const phone = virtualAuthenticator(String(offer['uri']), { now: rig.clock.now })
  const { body } = await from.post('two-factor/confirm-setup', { code: phone.code() })
  return { phone, body }
}

/** Signs in with the password and the next code. */
async function signedInByCode(login: string, phone: VirtualAuthenticator, by = script(rig.dashboard.url)) {
  rig.clock.advance({ seconds: 60 })
  const { body } = await by.post('SignIn', { login, password: PASSWORD })
  const { challengeToken } = body
  const answer = await by.post('Verify2FACode', { challengeToken, code: phone.code() })
  return script(rig.dashboard.url, String(answer.body['sessionToken']))
}

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
