import { expect, test } from 'vitest'
import { SEED, seededRandom } from '../stores/faults/seeded-random.ts'
import { chaosStory, type Story } from './chaos.ts'

/** So many operations in all: a million by `COUNTERSIGN_CHAOS=1000000`. */
const OPERATIONS = Number(process.env['COUNTERSIGN_CHAOS'] ?? 30_000)
const CLIENTS = 3
const EACH = 100

test(`${OPERATIONS} operations of ${CLIENTS} processes over a store that errs, while keys are rotated: no promise is broken`, {
  timeout: 60_000 + OPERATIONS * 5,
}, async () => {
  const stories: Story[] = []
  for (let number = 0; number * EACH * CLIENTS < OPERATIONS; number += 1) {
    const seed = (SEED + number) >>> 0
    const story = await chaosStory(seededRandom(seed), EACH).catch((error: unknown) => {
      throw new Error(`COUNTERSIGN_SEED=${seed}: ${error}`, { cause: error })
    })
    stories.push(story)
  }
  const sum = (of: (story: Story) => number) => stories.reduce((total, story) => total + of(story), 0)
  const faults = [...new Set(stories.flatMap((story) => Object.keys(story.faults)))].map(
    (fault) => `${fault} ${sum((story) => story.faults[fault] ?? 0)}`,
  )
  const counts = `${sum((story) => story.succeeded)} succeeded, ${sum((story) => story.refused)} were refused, ${sum((story) => story.unclear)} unclear`
  console.log(
    `Chaos, COUNTERSIGN_SEED=${SEED}: ${sum((story) => story.operations)} operations: ${counts}; ${faults.join(', ')}.`,
  )
  expect(sum((story) => story.succeeded)).toBeGreaterThan(OPERATIONS / 10)
  expect(faults.length).toBe(7)
})
