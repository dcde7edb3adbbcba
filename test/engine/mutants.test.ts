import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { createTwoFactor } from 'countersign'
import { build } from 'esbuild'
import { beforeAll, describe, expect, test } from 'vitest'
import { passkeyScene } from '../passkeys/scenes.ts'
import { enrolledScene, importedScene, newScene } from './scenes.ts'
import { firstViolation, named, pairs, type Scene, type Violation } from './serial.ts'

/*
 * The engine with a bug planted in it, run through the same interleavings as the true one. What they cannot find is not
 * proved by them: each planted bug must be caught, and is shown with the schedule that caught it.
 */

const src = fileURLToPath(new URL('../../src', import.meta.url))

interface Mutant {
  file: string
  /** Text of the file, once in it, and what stands there instead. */
  from: string
  to: string
  scene?: SceneName
}

const MUTANTS: Record<string, Mutant> = {
  'a save that expects whatever version is there': {
    file: 'engine/transact.ts',
    from: 'readSaved(await store.save(subject.userId, change))',
    to: `readSaved(await store.save(subject.userId, {
      ...change, expected: (await store.load(subject.userId))?.version ?? null }))`,
  },
  'a save that another writer beat counts as written': {
    file: 'engine/transact.ts',
    from: 'return isWritten ?',
    to: 'return true ?',
  },
  'after a conflict the old decision is saved': {
    file: 'engine/transact.ts',
    from: 'const { result, record, events: details = [] } = decide(stored, nowMs)',
    to: 'const { result, record, events: details = [] } = (decide.made ??= decide(stored, nowMs))',
  },
  'a refusal that another writer beat is not written': {
    file: 'engine/transact.ts',
    from: 'return isWritten ?',
    to: 'return isWritten || result?.ok === false ?',
  },
  'a version that comes again': {
    file: 'engine/transact.ts',
    from: 'version: encodeBase64Url(nonces(VERSION_BYTES))',
    to: "version: stored === null ? 'first' : encodeBase64Url(nonces(VERSION_BYTES))",
  },
  'a step-up that consumes its code after it succeeded': {
    file: 'two-factor/step-up.ts',
    from: 'export async function verify(',
    to: `export async function verify(core, user, options) {
      const { store } = core
      const held = []
      const holding = { load: store.load, save: async (_user, change) => held.push(change) > 0 }
      const result = await verifyFirst({ ...core, store: holding }, user, options)
      for (const change of held) await store.save(user, { ...change, expected: (await store.load(user))?.version ?? null })
      return result
    }
    async function verifyFirst(`,
  },
  'a forgotten list of used challenges': {
    file: 'engine/challenges.ts',
    from: 'return used.includes(id) || previous?.used.includes(id) === true',
    to: 'return false',
  },
  'a challenge of any epoch': {
    file: 'engine/challenges.ts',
    from: 'return begunIn === epoch || (previous !== null && begunIn === previous.epoch)',
    to: 'return true',
  },
  'a step that is accepted again': {
    file: 'engine/second-step.ts',
    from: '(steps.get(authenticator) ?? -1) > authenticator.lastStep',
    to: '(steps.get(authenticator) ?? -1) >= authenticator.lastStep',
  },
  'a recovery code that is not asked whether it was used': {
    file: 'engine/recovery-step.ts',
    from: 'if (set.usedAtMs[index] !== null) return usedAgain(record, detailsOf(visitor), null, nowMs)',
    to: '',
  },
  'a code of staff that stays good': {
    file: 'engine/issued-codes.ts',
    from: 'one === used ? { ...one, usedAtMs: nowMs } : one',
    to: 'one',
  },
  'an imported hash that is not looked at again after the hook': {
    file: 'engine/imported-codes.ts',
    from: 'matching.filter((index) => usedAtMs[index] === null)',
    to: 'matching',
    scene: 'imported hashes',
  },
  'a right password that outlives the change of the password': {
    file: 'engine/proof.ts',
    from: "if (!isUnvoided(challengesOf(record), before.epoch)) return refuse('proof-required')",
    to: '',
  },
  'a throttle that is not asked again after the password was looked at': {
    file: 'engine/proof.ts',
    from: 'if (hindrance !== null) return hindrance\n        const known = record ?? emptyRecord()\n        if (!isRight)',
    to: 'const known = record ?? emptyRecord()\n        if (!isRight)',
  },
  'a setup that any token confirms': {
    file: 'engine/setup-offer.ts',
    from: 'if (pending.id !== claims.id) {',
    to: 'if (false) {',
  },
  'a step-up of a passkey that is looked at before the transaction only': {
    file: 'engine/step-up-token.ts',
    from: 'return stepUp === null || isUsable(record, stepUp) ? assertion : notBegun.assertion',
    to: 'return assertion',
    scene: 'passkeys',
  },
  'a counter of a passkey that nobody compares': {
    file: 'engine/passkey-step.ts',
    from: 'if (hasGoneBack(stored, counter)) return counterBack(record, stored, nowMs)',
    to: '',
    scene: 'passkeys',
  },
}

const SCENES = { enrolled: enrolledScene, 'imported hashes': importedScene, passkeys: passkeyScene, new: newScene }
type SceneName = keyof typeof SCENES

/** What no two operations show: a version that comes again, though the record is another one. */
const TRIPLES: Partial<Record<SceneName, string[][]>> = { enrolled: [['sign in with the phone', 'reset', 'import']] }

describe('the interleavings catch', () => {
  const scenes = new Map<SceneName, Scene>()
  beforeAll(async () => {
    for (const [name, make] of Object.entries(SCENES)) scenes.set(name as SceneName, await make())
  })

  test.each(Object.entries(MUTANTS))('%s', async (name, mutant) => {
    const create = await planted(mutant)
    const { scene: place = 'enrolled' } = mutant
    const scene = scenes.get(place)
    if (scene === undefined) throw new Error('No such scene.')
    const caught = await search(scene, TRIPLES[place] ?? [], create)
    console.log(
      `${name}: caught at “${caught?.operations}” in the order ${caught?.schedule}: ${caught?.what.slice(0, 120)}`,
    )
    expect(caught).not.toBeNull()
  })
})

async function search(scene: Scene, triples: string[][], create: typeof createTwoFactor): Promise<Violation | null> {
  const groups = [
    ...pairs(scene.operations).map(({ first, second }) => [first, second]),
    ...triples.map((names) => named(scene, names)),
  ]
  for (const operations of groups) {
    const violation = await firstViolation(scene, operations, create)
    if (violation !== null) return violation
  }
  return null
}

/** The engine with that one change. */
async function planted({ file, from, to }: Mutant): Promise<typeof createTwoFactor> {
  const path = `${src}/${file}`
  const source = readFileSync(path, 'utf8')
  expect(source.split(from), `once in ${file}: ${from}`).toHaveLength(2)
  const { outputFiles } = await build({
    entryPoints: [`${src}/index.ts`],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    plugins: [
      {
        name: 'planted bug',
        setup(esbuild) {
          esbuild.onLoad({ filter: /\.ts$/ }, (loaded) =>
            loaded.path === path ? { contents: source.replace(from, () => to), loader: 'ts' } : null,
          )
        },
      },
    ],
  })
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')
  const module: { createTwoFactor: typeof createTwoFactor } = await import(`data:text/javascript;base64,${code}`)
  return module.createTwoFactor
}
