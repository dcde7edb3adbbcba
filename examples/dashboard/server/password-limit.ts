const WINDOW_MS = 15 * 60 * 1000
const PER_ADDRESS_AND_LOGIN = 10
const PER_ADDRESS = 60
const MOST_KEYS = 10_000

export type PasswordLimit = ReturnType<typeof createPasswordLimit>

/**
 * The host's own limit on the first step: guesses at passwords from one address. (The second step needs none:
 * the engine keeps count.) Kept by address, so that nobody can shut somebody else out by guessing at their login.
 */
export function createPasswordLimit(now: () => number) {
  const attempts = new Map<string, number[]>()

  function recent(key: string): number[] {
    return (attempts.get(key) ?? []).filter((atMs) => atMs > now() - WINDOW_MS)
  }
  function waitSeconds(key: string, allowed: number): number {
    const times = recent(key)
    const oldest = times[times.length - allowed]
    return oldest === undefined ? 0 : Math.ceil((oldest + WINDOW_MS - now()) / 1000)
  }
  function add(key: string): void {
    const times = [...recent(key), now()]
    attempts.delete(key)
    attempts.set(key, times)
    const first = attempts.keys().next().value
    if (attempts.size > MOST_KEYS && first !== undefined) attempts.delete(first)
  }

  return {
    /**
     * Counts the attempt before the password is looked at, so that many at once gain nothing.
     * Gives the seconds to wait; 0 lets it through.
     */
    take(address: string, login: string): number {
      const pair = `${address} ${login.trim().toLowerCase()}`
      const wait = Math.max(waitSeconds(pair, PER_ADDRESS_AND_LOGIN), waitSeconds(address, PER_ADDRESS))
      if (wait === 0) for (const key of [pair, address]) add(key)
      return wait
    },

    /** The password was right: what this address got wrong about this login is forgotten. */
    clear(address: string, login: string): void {
      attempts.delete(`${address} ${login.trim().toLowerCase()}`)
    },
  }
}
