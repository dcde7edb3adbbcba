import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTwoFactor, generateKey, type UserStore } from 'countersign'
import { encodeBase32 } from 'countersign/otp'
import { expect, test } from 'vitest'
import { openProject, type Project } from '../../cli/program.ts'

export interface KilledCli {
  /** The text of countersign.config.mjs. */
  config: () => string
  /** The same records, in this process. */
  open: (project: Project) => Promise<{ store: UserStore; close: () => unknown }>
  /** Empties the store. */
  clear: () => Promise<unknown>
  /** How often the trail of events says that somebody was imported, for each user. */
  imports?: () => Promise<readonly number[]>
}

/** How many processes of each: a tenth of COUNTERSIGN_KILLS, from 2 to 10. */
const KILLS = Math.min(10, Math.max(2, Math.round(Number(process.env['COUNTERSIGN_KILLS'] ?? 20) / 10)))
const USERS = 1000
/** Killed ones that a run must have had; the others may have found all done. */
const LEAST = 2

/** `import` and `reseal` as processes that are killed at random points, and started again until they are done. */
export function cliKills({ config, open, clear, imports }: KilledCli): void {
  test(`import and reseal, each killed ${KILLS} times, lose and double nothing`, { timeout: 300_000 }, async () => {
    await clear()
    const project = openProject()
    try {
      project.write('countersign.config.mjs', config())
      const secrets = Array.from({ length: USERS }, () => encodeBase32(crypto.getRandomValues(new Uint8Array(20))))
      project.write('users.jsonl', secrets.map((secret, id) => JSON.stringify({ id: `u${id}`, secret })).join('\n'))
      const old = generateKey('old')
      const env = { COUNTERSIGN_KEYS: old }
      expect(await project.run(['migrate'], env)).toBeDefined()

      const journal = () => linesOf(join(project.folder, 'users.jsonl.imported'))
      await killedAt(project, ['import', '--from', 'otplib', 'users.jsonl'], journal, env)
      const imported = await project.run(['import', '--from', 'otplib', 'users.jsonl', '--json'], env)
      const counts = JSON.parse(imported.stdout)
      expect(counts).toMatchObject({ users: USERS, left: 0 })
      expect(counts.imported + counts.alreadyOn + counts.doneBefore + counts.unclear).toBe(USERS)
      // What a killed process had written and not noted down, and what it had begun: at most what it had at hand.
      expect(counts.alreadyOn).toBeLessThanOrEqual(8)
      expect(counts.unclear).toBeLessThanOrEqual(8 * KILLS)
      const retried = await project.run(['import', '--from', 'otplib', 'users.jsonl', '--retry', '--json'], env)
      expect(JSON.parse(retried.stdout)).toMatchObject({ imported: counts.unclear, unclear: 0 })

      if (imports !== undefined) expect(await imports()).toEqual(Array.from({ length: USERS }, () => 1))

      const rotated = { COUNTERSIGN_KEYS: `${generateKey('new')},${old}` }
      await killedAt(project, ['reseal'], () => usersOf(join(project.folder, '.countersign-reseal.json')), rotated)
      const resealed = await project.run(['reseal', '--json'], rotated)
      expect(JSON.parse(resealed.stdout)).toMatchObject({ key: 'new', failed: 0, unusedKeys: ['old'] })
      await expectAll(project, open, secrets, rotated.COUNTERSIGN_KEYS.split(',')[0])
    } finally {
      project.remove()
    }
  })
}

/** Killed as often as there is a point left: each at a random one behind where the last came to. */
async function killedAt(
  project: Project,
  args: string[],
  progress: () => number,
  env: Record<string, string>,
): Promise<void> {
  let killed = 0
  for (let kill = 0; kill < KILLS; kill += 1) {
    const from = progress()
    const point = from + 1 + Math.floor((Math.random() * (USERS - from)) / (KILLS - kill + 1))
    const { exitCode } = await project.runAndKill(args, () => progress() >= point, env)
    if (exitCode !== null) break
    killed += 1
  }
  expect(killed).toBeGreaterThanOrEqual(LEAST)
}

/** Every user with their own secret, once, under the new key alone; and nobody else. */
async function expectAll(project: Project, open: KilledCli['open'], secrets: string[], keys: string | undefined) {
  const { store, close } = await open(project)
  try {
    const twoFactor = createTwoFactor({ issuer: 'Acme', store, keys })
    const wrong: string[] = []
    const entries = [...secrets.entries()]
    const look = async ([id, secret]: [number, string]) => {
      const exported = await twoFactor.admin.exportUser(`u${id}`, { by: 'test', note: 'test' })
      const uris = exported.ok ? exported.authenticators.map(({ uri }) => new URL(uri).searchParams.get('secret')) : []
      if (uris.join() !== secret) wrong.push(`u${id}`)
    }
    while (entries.length > 0) await Promise.all(entries.splice(0, 8).map(look))
    expect(wrong).toEqual([])
    const listed = new Set<string>()
    let cursor: string | null | undefined
    do {
      const page = await store.userIds?.(cursor ? { cursor, limit: 500 } : { limit: 500 })
      for (const userId of page?.userIds ?? []) listed.add(userId)
      cursor = page?.cursor
    } while (cursor)
    expect(listed.size).toBe(secrets.length)
  } finally {
    await close()
  }
}

function linesOf(path: string): number {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0
}

function usersOf(path: string): number {
  try {
    return Number(JSON.parse(readFileSync(path, 'utf8')).users)
  } catch {
    return 0
  }
}
