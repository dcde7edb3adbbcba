import { memoryStore } from './dist/measured.js'
import { median } from './median.mjs'
import { createBare, createPerson } from './person.mjs'
import { printTable } from './table.mjs'
import { run } from './throughput.mjs'

const IN_FLIGHT = 32
const EACH = 48
const TURNS = [1, 4, 16]
const WARM_UP_ROUNDS = 3

/**
 * What a sign-in in memory and the bare reads and write on a server take of the processor when they run in turns of so
 * many. The work is the same in each row: what differs is how often the one finds the caches full of the other.
 */
export async function measureCold({ name, open }, rounds) {
  const backend = await open()
  try {
    const kinds = await Promise.all(TURNS.map((turn) => signersInTurns(backend, turn)))
    const times = TURNS.map(() => [])
    for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
      for (const [index, signers] of kinds.entries()) {
        const { cpuUs } = await run(signers, EACH / TURNS[index])
        if (round >= 0) times[index].push(cpuUs / (IN_FLIGHT * EACH))
      }
    }
    const rows = TURNS.map((turn, index) => [turn, median(times[index]).toFixed(0)])
    printTable(
      'cold',
      `A sign-in in memory and the bare reads and write on ${name}`,
      ['so many of the one, then of the other', 'µs of CPU for one of both'],
      rows,
    )
  } finally {
    await backend.close()
  }
}

function signersInTurns(backend, turn) {
  const memory = memoryStore()
  const createSigner = async () => {
    const [inMemory, bare] = [await createPerson(memory), await createBare(backend)]
    return {
      prepare: (turns) => inMemory.prepare(turns * turn),
      async signIn() {
        for (let done = 0; done < turn; done++) await inMemory.signIn()
        for (let done = 0; done < turn; done++) await bare.signIn()
      },
    }
  }
  return Promise.all(Array.from({ length: IN_FLIGHT }, createSigner))
}
