import { describe, expect, test } from 'vitest'
import {
  CHALLENGE_MS,
  type Challenges,
  isAccepted,
  isUnvoided,
  isUsed,
  LISTED_CHALLENGES,
  NO_CHALLENGES,
  newEpoch,
  withUsed,
} from '../../src/engine/challenges.ts'

const START = 1_800_000_000_000
const nonces = (bytes: number) => new Uint8Array(bytes)
const FRESH = 'AAAAAAAAAAAA'
const current: Challenges = { epoch: 'now', sinceMs: START, used: ['a'], previous: null }
const both: Challenges = { ...current, previous: { epoch: 'before', used: ['b'] } }
const ids = (count: number) => Array.from({ length: count }, (_, index) => `id-${index}`)

test('a new epoch is twelve random characters, and lists nothing', () => {
  expect(newEpoch(START, nonces)).toEqual({ epoch: FRESH, sinceMs: START, used: [], previous: null })
})

test('the current epoch and the one before are accepted, no other, and never null', () => {
  expect(['now', 'before', 'other', null].map((epoch) => isAccepted(both, epoch))).toEqual([true, true, false, false])
  expect(isAccepted(current, 'before')).toBe(false)
  expect(isAccepted(NO_CHALLENGES, null)).toBe(false)
  expect(isUnvoided(NO_CHALLENGES, null)).toBe(true)
})

test('a challenge is known as used in both epochs', () => {
  expect(['a', 'b', 'c'].map((id) => isUsed(both, id))).toEqual([true, true, false])
  expect(isUsed(current, 'b')).toBe(false)
})

describe('a challenge that is used', () => {
  const use = (challenges: Challenges, epoch: string | null, nowMs = START) =>
    withUsed(challenges, { epoch, id: 'new' }, nowMs, nonces)

  test('is listed with its own epoch, so that it is forgotten together with it', () => {
    expect(use(both, 'now')).toEqual({ ...both, used: ['a', 'new'] })
    expect(use(both, 'before')).toEqual({ ...both, previous: { epoch: 'before', used: ['b', 'new'] } })
    expect(use(current, 'now')).toEqual({ ...current, used: ['a', 'new'] })
  })

  test('of no epoch is listed with the current one, if there is none before', () => {
    expect(use(current, null)).toEqual({ ...current, used: ['a', 'new'] })
  })

  test('begins the next epoch five minutes after the current one began, and not a millisecond before', () => {
    expect(use(both, 'now', START + CHALLENGE_MS - 1)).toEqual({ ...both, used: ['a', 'new'] })
    expect(use(both, 'now', START + CHALLENGE_MS)).toEqual({
      epoch: FRESH,
      sinceMs: START + CHALLENGE_MS,
      used: [],
      previous: { epoch: 'now', used: ['a', 'new'] },
    })
  })

  test('begins it earlier if both lists together are full', () => {
    const almost = { ...both, used: ids(LISTED_CHALLENGES - 3) }
    expect(use(almost, 'now').epoch).toBe('now')
    expect(use({ ...both, used: ids(LISTED_CHALLENGES - 2) }, 'now').epoch).toBe(FRESH)
    expect(use({ ...current, used: ids(LISTED_CHALLENGES - 2) }, 'now').epoch).toBe('now')
    expect(use({ ...current, used: ids(LISTED_CHALLENGES - 1) }, 'now').epoch).toBe(FRESH)
  })
})
