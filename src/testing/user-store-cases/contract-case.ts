import type { UserStore } from '../../index.ts'

/** Returns a store. Called by each case; it may return the same one each time. */
export type MakeUserStore = () => UserStore | Promise<UserStore>

/** What a case examines. */
export interface Bench {
  store: UserStore
  /** The id of a user without a record, a new one each time. */
  user: () => Promise<string>
}

/** What is said if a store fails. */
export interface Explanation {
  /** What the contract requires. */
  asks: string
  /** What a failing store usually does wrong, and what to do instead. */
  mistake: string
}

export interface ContractCase extends Explanation {
  name: string
  run: (bench: Bench) => Promise<void>
}

const CONTRACT = '\nThe contract: '

/** What the store did, what the contract requires, and what is usually wrong. */
export function fault(did: string, { asks, mistake }: Explanation, cause?: unknown): Error {
  return new Error(`${did}${CONTRACT}${asks}\nThe usual mistake: ${mistake}`, { cause })
}

/** Runs a case. An error is explained by the case, unless a step already did. */
export async function explained(contract: ContractCase, bench: Bench): Promise<void> {
  try {
    await contract.run(bench)
  } catch (error) {
    const did = error instanceof Error ? error.message : String(error)
    throw did.includes(CONTRACT) ? error : fault(did, contract, error)
  }
}
