import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { virtualAuthenticator } from 'countersign/testing'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALEX, PASSWORD } from './accounts.ts'
import { script, signedInScript } from './script.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

let folder: string
const children: ChildProcess[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dashboard-start-'))
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

describe.sequential('npm start', { timeout: 180_000 }, () => {
  let phone: ReturnType<typeof virtualAuthenticator>
  let recoveryCodes: string[]

  test('builds, starts, and says where it is, who can sign in and what to try', async () => {
    const first = await start({ PORT: '0' })
    expect(first.output).toContain(`${ALEX}`)
    expect(first.output).toContain(PASSWORD)
    expect(first.output).toContain('/api/SignIn')
    expect(first.output).toContain('/api/v1/me')
    expect((await stat(join(folder, 'countersign.keys'))).mode & 0o777).toBe(0o600)

    const alex = await signedInScript(first.url)
    const { body: offer } = await alex.post('two-factor/begin-setup', { proof: { password: PASSWORD } })
    phone = virtualAuthenticator(String(offer['uri']))
    const { body } = await alex.post('two-factor/confirm-setup', { code: phone.next() })
    recoveryCodes = v.parse(v.array(v.string()), body['recoveryCodes'])
    await first.stop()
  })

  test('finds its data and its key again', async () => {
    const keys = await readFile(join(folder, 'countersign.keys'), 'utf8')
    const second = await start({ PORT: '0' })
    const alex = script(second.url)
    const { body } = await alex.post('SignIn', { login: ALEX, password: PASSWORD })
    expect(body).toMatchObject({ action: 'verify' })
    const answer = await alex.post('Verify2FACode', { challengeToken: body['challengeToken'], code: phone.next() })
    expect(answer.body).toMatchObject({ signedIn: true })
    const { body: issued } = await alex.post('two-factor/issue-access-token', {
      proof: { password: PASSWORD },
      name: 'Backup',
      scopes: ['account:read'],
    })
    expect((await script(second.url, String(issued['token'])).get('v1/me')).status).toBe(200)
    expect(await readFile(join(folder, 'countersign.keys'), 'utf8')).toBe(keys)
    const said = await second.stop()
    for (const secret of [body['challengeToken'], answer.body['sessionToken'], issued['token'], phone.secret]) {
      expect(said).not.toContain(String(secret))
    }
  })

  test('takes the next port where the wanted one is taken, and says so', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => blocker.once('listening', resolve))
    const address = blocker.address()
    const taken = typeof address === 'object' && address ? address.port : 0
    const third = await start({ PORT: String(taken) })
    expect(third.output).toContain(`Port ${taken} is taken by another program, so this one uses `)
    expect(third.url).not.toContain(`:${taken}`)
    expect((await fetch(third.url)).status).toBe(200)
    await third.stop()
    blocker.close()
  })

  test('may run twice on the same data: of many sign-ins at once, each code opens one', async () => {
    const processes = await Promise.all([start({ PORT: '0' }), start({ PORT: '0' })])
    const [used = '', ...others] = recoveryCodes.slice(0, 6)
    const codes = [...Array.from({ length: 8 }, () => used), ...others]
    const attempts = []
    for (const [index, code] of codes.entries()) {
      const client = script(processes[index % 2]?.url ?? '')
      const { body } = await client.post('SignIn', { login: ALEX, password: PASSWORD })
      attempts.push(() => client.post('Verify2FACode', { challengeToken: body['challengeToken'], code }))
    }
    const answers = await Promise.all(attempts.map((attempt) => attempt()))
    const outcomes = answers.map(({ body }) => (body['signedIn'] === true ? 'in' : String(body['reason'])))
    expect(outcomes.slice(0, 8).sort()).toEqual([...Array.from({ length: 7 }, () => 'code-used'), 'in'])
    expect(outcomes.slice(8)).toEqual(others.map(() => 'in'))
    await Promise.all(processes.map((each) => each.stop()))
  })

  test('refuses a port that is none', async () => {
    await expect(start({ PORT: 'many' })).rejects.toThrow("PORT must be a whole number from 0 to 65535; it is 'many'.")
  })
})

interface Started {
  url: string
  output: string
  /** Ends it as Ctrl+C does; gives all that it said. */
  stop(): Promise<string>
}

function start(env: Record<string, string>): Promise<Started> {
  const child = spawn(process.execPath, [join(root, 'examples/dashboard/start.mjs')], {
    cwd: root,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      COUNTERSIGN_KEYS: '',
      DATABASE_URL: '',
      HOST: '127.0.0.1',
      DATA_DIR: folder,
      ...env,
    },
  })
  children.push(child)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let output = ''
  return new Promise((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      output += chunk.toString()
      const url = /Acme Cloud is up:\s+(http:\S+)/.exec(output)?.[1]
      if (!url || !output.includes('Mail that would be sent')) return
      resolve({
        url,
        output,
        async stop() {
          child.kill('SIGINT')
          await ended
          return output
        },
      })
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('exit', () => reject(new Error(output)))
  })
}
