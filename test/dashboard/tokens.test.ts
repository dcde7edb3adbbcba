import { virtualAuthenticator } from 'countersign/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALEX, DANA, PASSWORD } from './accounts.ts'
import { type Rig, startRig } from './rig.ts'
import { type Answer, type Script, script, signedInScript } from './script.ts'

let rig: Rig
let alex: Script
beforeAll(async () => {
  rig = await startRig()
  alex = await signedInScript(rig.dashboard.url)
}, 120_000)
afterAll(() => rig.end())

async function issue(scopes: string[], more: { name?: string; expiresAtMs?: number } = {}): Promise<string> {
  const wanted = { proof: { password: PASSWORD }, name: 'Backup', scopes, ...more }
  return String((await alex.post('two-factor/issue-access-token', wanted)).body['token'])
}
const use = (token: string, path = 'v1/me') => script(rig.dashboard.url, token).get(path)
const challengeOf = ({ headers }: Answer) => headers.get('www-authenticate')

describe('an access token', () => {
  test('opens what its scopes name, without a session, and nothing else', async () => {
    const token = await issue(['account:read'])
    expect(token).toMatch(/^acme_[0-9a-z]{39}$/)
    expect((await use(token)).body).toEqual({ user: { login: ALEX, name: 'Alex Rivera', isAdmin: false } })

    const refused = await use(token, 'v1/activity')
    expect([refused.status, refused.body['reason']]).toEqual([403, 'insufficient-scope'])
    expect(challengeOf(refused)).toBe('Bearer realm="Acme Cloud", error="insufficient_scope", scope="activity:read"')
    for (const path of ['Me', 'Activity', 'two-factor/status', 'two-factor/access-tokens']) {
      expect((await use(token, path)).status).toBe(401)
    }
  })

  test('with activity:read reads the activity, which tells of the token itself', async () => {
    const { body } = await use(await issue(['activity:read']), 'v1/activity')
    expect(body['entries']).toMatchObject([{ type: 'access-token.issued', notify: true }, {}])
    expect(rig.dashboard.told).toContain(`${ALEX}: access-token.issued`)
  })

  test('is asked for, in the words of RFC 6750', async () => {
    const none = await script(rig.dashboard.url).get('v1/me')
    expect([none.status, challengeOf(none)]).toEqual([401, 'Bearer realm="Acme Cloud"'])
    const [, session = ''] =
      /session=([^;]+)/.exec(
        (await script(rig.dashboard.url).post('SignIn', { login: ALEX, password: PASSWORD })).headers.get(
          'set-cookie',
        ) ?? '',
      ) ?? []
    expect(session).not.toBe('')
    for (const token of ['x', `acme_${'0'.repeat(39)}`, session]) {
      const answer = await use(token)
      expect([answer.status, challengeOf(answer)]).toEqual([401, 'Bearer realm="Acme Cloud", error="invalid_token"'])
    }
  })

  test('ends when its time is over, and when it is revoked', async () => {
    const short = await issue(['account:read'], { expiresAtMs: rig.clock.now() + 1000 })
    const long = await issue(['account:read'])
    rig.clock.advance({ seconds: 1 })
    expect((await use(short)).status).toBe(401)
    expect((await use(long)).status).toBe(200)

    const late = await issue(['account:read'], { name: 'The last' })
    const { body } = await alex.get('two-factor/access-tokens')
    const [newest] = body['accessTokens'] as { id: string; name: string }[]
    expect(newest?.name).toBe('The last')
    await alex.post('two-factor/revoke-access-token', { id: newest?.id })
    expect((await use(late)).status).toBe(401)
  })

  test('ends when an administrator resets two-factor authentication', async () => {
    const token = await issue(['account:read'])
    const dana = await signedInScript(rig.dashboard.url, DANA)
    const proof = { password: PASSWORD }
    const { body: offer } = await dana.post('two-factor/begin-setup', { proof })
    const phone = virtualAuthenticator(String(offer['uri']), { now: rig.clock.now })
    await dana.post('two-factor/confirm-setup', { code: phone.code() })
    const { body } = await dana.get('Admin/Users')
    const user = (body['users'] as { id: string; login: string }[]).find(({ login }) => login === ALEX)
    expect((await dana.post('Admin/ResetTwoFactor', { userId: user?.id, note: 'Laptop stolen', proof })).status).toBe(
      200,
    )
    expect((await use(token)).status).toBe(401)
    alex = await signedInScript(rig.dashboard.url)
  })

  test('ends when the password is changed', async () => {
    const token = await issue(['account:read'])
    const newPassword = 'another-canyon-43'
    expect((await alex.post('ChangePassword', { currentPassword: PASSWORD, newPassword })).status).toBe(200)
    expect((await use(token)).status).toBe(401)
    expect((await alex.get('Me')).status).toBe(200)
  })
})
