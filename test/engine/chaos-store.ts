import { memoryStore, type StoreChange, type UserStore } from 'countersign'

/** What a chaos store throws: nobody knows then whether it wrote. */
export class ChaosError extends Error {}

type Late = { userId: string; change: StoreChange }

export interface ChaosStore extends UserStore {
  /** How often each fault was made. */
  faults: Record<string, number>
  /** From now on everything works. What is still under way arrives. */
  calm(): Promise<void>
}

/** A store that keeps its word, behind a line that does not. One call in five or so meets a fault. */
export function chaosStore(random: () => number): ChaosStore {
  const inner = memoryStore()
  const faults: Record<string, number> = {}
  const past = new Map<string, Awaited<ReturnType<UserStore['load']>>[]>()
  const late: Late[] = []
  let isCalm = false

  /** Whether this fault is made now. */
  const meets = (fault: string, share: number) => {
    if (isCalm || random() >= share) return false
    faults[fault] = (faults[fault] ?? 0) + 1
    return true
  }
  const deliverLate = async () => {
    const [delivered] = late.splice(Math.floor(random() * late.length), 1)
    if (delivered !== undefined) await inner.save(delivered.userId, delivered.change)
  }

  return {
    faults,
    async load(userId) {
      if (late.length > 0 && random() < 0.2) await deliverLate()
      if (meets('load failed', 0.02)) throw new ChaosError('load')
      const seen = past.get(userId) ?? []
      const stale = seen[Math.floor(random() * seen.length)]
      // A read that is behind and shows nobody at all leaves nothing to write, so nothing is compared: docs/verification.md.
      if (stale && meets('stale read', 0.05)) return structuredClone(stale)
      const found = await inner.load(userId)
      past.set(userId, [...seen.slice(-3), structuredClone(found)])
      return found
    },
    async save(userId, change) {
      if (meets('save failed', 0.03)) throw new ChaosError('save')
      if (meets('save arrives later', 0.03)) {
        late.push({ userId, change })
        throw new ChaosError('late')
      }
      if (meets('save arrives twice, the second answer counts', 0.02)) await inner.save(userId, change)
      // One that expects nothing would bring back what was deleted meanwhile: no version is left to compare (docs/verification.md).
      if (change.expected !== null && meets('save arrives again later', 0.05)) late.push({ userId, change })
      const wrote = await inner.save(userId, change)
      if (meets('answer lost', 0.03)) throw new ChaosError('answer')
      return wrote
    },
    async calm() {
      isCalm = true
      while (late.length > 0) await deliverLate()
    },
  }
}
