import { afterAll, describe, test } from 'vitest'
import { expectSerial, exploredSoFar, named } from '../engine/serial.ts'
import { newPasskeyScene, type PasskeyScene, passkeyScene } from './scenes.ts'

describe('every interleaving of a passkey and any other operation gives what one of the two orders gives', async () => {
  const signedUp = await passkeyScene()
  test.each(withEach(signedUp))('$name', async ({ first, second }) => {
    await expectSerial(signedUp, first, second)
  })

  const newUser = await newPasskeyScene()
  test.each(withEach(newUser))('before it is on: $name', async ({ first, second }) => {
    await expectSerial(newUser, first, second)
  })

  test.each([
    ['sign in with the passkey', 'sign in with it, other challenge', 'sign in with a copy of it'],
    ['step up with a proof', 'prove by it', 'turn it off by it'],
    ['confirm another passkey', 'begin one that replaces all', 'sign in with the passkey'],
    ['sign in with the passkey', 'remove the passkey', 'reset'],
  ])('three at once: %s / %s / %s', async (...names) => {
    await expectSerial(signedUp, ...named(signedUp, names))
  })
})

afterAll(() => console.log(`Explored: ${exploredSoFar()}.`))

function withEach({ operations, passkeyOperations }: PasskeyScene) {
  return operations
    .slice(0, passkeyOperations)
    .flatMap((first, index) =>
      operations.slice(index).map((second) => ({ name: `${first[0]} / ${second[0]}`, first, second })),
    )
}
