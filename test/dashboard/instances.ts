import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { virtualAuthenticator } from 'countersign/testing'
import * as v from 'valibot'
import { expect } from 'vitest'
import { ALEX, PASSWORD } from './accounts.ts'
import { script, signedInScript } from './script.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const SIGN_INS = 50
/** Also where a test gives up waiting and stops nothing. */
const LONGEST_LIFE_MS = 110_000
const Issued = v.object({ token: v.string(), accessToken: v.object({ id: v.string() }) })

/** `DATABASE_URL`, and `NODE_PATH` where the driver is none of the root's. */
export type Environment = Record<string, string>

/** Two dashboards as `npm start` starts them, on one DATA_DIR. */
export interface Instances {
  urls: readonly [string, string]
  /** All that they have printed. */
  said(): string
  stop(): Promise<void>
}

export async function startTwo(env: Environment): Promise<Instances> {
  const folder = await mkdtemp(join(tmpdir(), 'dashboard-instances-'))
  const started: Instance[] = []
  const stop = async () => {
    await Promise.all(started.map((instance) => instance.stop()))
    await rm(folder, { recursive: true, force: true })
  }
  async function next(): Promise<string> {
    const instance = start(folder, env)
    started.push(instance)
    return instance.url
  }
  try {
    return { urls: [await next(), await next()], said: () => started.map(({ said }) => said()).join('\n'), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Holds that a dashboard ends with 1, and prints nothing but one line, without the password `s3cret`. */
export async function expectRefusal(env: Environment, line: RegExp): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dashboard-refusal-'))
  const instance = start(folder, env)
  try {
    await expect(instance.url).rejects.toThrow('It ended with 1.')
    expect(instance.said().trimEnd()).toMatch(line)
    expect(instance.said()).toMatch(/^.+\n$/)
    expect(instance.said()).not.toContain('s3cret')
  } finally {
    await instance.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Holds that both take a password again, however long the database was away. */
export async function expectBackAgain({ urls }: Instances): Promise<void> {
  for (const url of urls) {
    const signIn = async () => (await script(url).post('SignIn', { login: ALEX, password: PASSWORD })).body['action']
    await expect.poll(signIn, { timeout: 10_000, interval: 500 }).toBe('verify')
  }
}

/** Sets two-factor authentication up at the one, then signs in at both at once, many times, with one code. */
export async function expectOneCodeOnce({ urls: [here, there] }: Instances): Promise<void> {
  const alex = await signedInScript(here)
  const { body: offer } = await alex.post('two-factor/begin-setup', { proof: { password: PASSWORD } })
  const phone = virtualAuthenticator(String(offer['uri']))
  expect((await alex.post('two-factor/confirm-setup', { code: phone.next() })).status).toBe(200)

  const attempts: (() => Promise<Record<string, unknown>>)[] = []
  for (let index = 0; index < SIGN_INS; index += 1) {
    const client = script(index % 2 === 0 ? here : there)
    const { body } = await client.post('SignIn', { login: ALEX, password: PASSWORD })
    attempts.push(
      async () => (await client.post('Verify2FACode', { challengeToken: body['challengeToken'], code })).body,
    )
  }
  const code = phone.next()
  const answers = await Promise.all(attempts.map((attempt) => attempt()))
  const outcomes = answers.map((body) => (body['signedIn'] === true ? 'in' : String(body['reason'])))
  expect(outcomes.sort()).toEqual([...Array.from({ length: SIGN_INS - 1 }, () => 'code-used'), 'in'])
  await expectShared(answers.find((body) => body['signedIn'] === true)?.['sessionToken'], [here, there])
}

/** A session and a token of either are good at the other, and a token that was revoked at one is at both. */
async function expectShared(session: unknown, [here, there]: Instances['urls']): Promise<void> {
  const asks = { proof: { password: PASSWORD }, name: 'Backup', scopes: ['account:read'] }
  for (const [one, other] of [
    [here, there],
    [there, here],
  ] as const) {
    const alex = script(one, String(session))
    const { body } = await alex.post('two-factor/issue-access-token', asks)
    const { token, accessToken } = v.parse(Issued, body)
    const me = () => script(other, token).get('v1/me')
    expect((await me()).status).toBe(200)
    await alex.post('two-factor/revoke-access-token', { id: accessToken.id })
    expect((await me()).status).toBe(401)
  }
}

interface Instance {
  /** Rejects with what it said, where it ends before it is up. */
  url: Promise<string>
  said(): string
  stop(): Promise<void>
}

function start(folder: string, env: Environment): Instance {
  const child = spawn(process.execPath, [join(root, 'examples/dashboard/start.mjs')], {
    timeout: LONGEST_LIFE_MS,
    cwd: root,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      NODE_PATH: '',
      COUNTERSIGN_KEYS: '',
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: folder,
      ...env,
    },
  })
  const closed = once(child, 'close')
  let output = ''
  const url = new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      output += chunk.toString()
      const found = /Acme Cloud is up:\s+(http:\S+)/.exec(output)?.[1]
      if (found && output.includes('Mail that would be sent')) resolve(found)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('close', (code) => reject(new Error(`It ended with ${code}. ${output.trim()}`)))
  })
  return {
    url,
    said: () => output,
    async stop() {
      child.kill('SIGINT')
      await closed
    },
  }
}
