import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Backend } from './backend.ts'
import { challengeOf, enable, walk } from './handler-walk.ts'
import { isMissing, linesOf, type Needs, type PlacedExample, place } from './place.ts'
import { visit } from './visitor.ts'

interface Details extends Needs {
  /** What counts as its code. */
  files: readonly string[]
  /** Instead of its start command. */
  command?: readonly string[]
}

/** What holds for every example that is a server with the handler mounted. True: skipped, since something is missing. */
export function describeExample(name: string, { files, command, ...details }: Details): boolean {
  const isSkipped = isMissing(name, details)
  describe.skipIf(isSkipped)(`examples/${name}`, () => {
    let example: PlacedExample
    let backend: Backend

    beforeAll(async () => {
      example = place(name, details)
      backend = await example.start(command)
    }, 60_000)
    afterAll(async () => {
      await backend.stop()
      example.remove()
    })

    test('password, setup, second step, recovery, and nothing twice', async () => {
      await walk(() => visit(backend.url))
    }, 60_000)

    test('a second start finds what is in its store', async () => {
      await enable(visit(backend.url))
      await backend.stop()
      backend = await example.start(command)
      await challengeOf(visit(backend.url))
    }, 60_000)
  })

  test(`examples/${name} is shorter than 80 lines`, () => {
    expect(linesOf(name, files)).toBeLessThan(80)
  })
  return isSkipped
}
