import { generateKey, type KeyRing, type KeySource, keyRing, type UserStore } from '../index.ts'
import { CliError, type Output, rateOf } from './output.ts'

/** The next of the three steps of a rotation. `step` null: it needs to know which key is the new one. */
export interface Rotation {
  step: 1 | 2 | 3 | null
  text: string
  newKey?: string
  /** How many records need each key; absent if the store cannot list its users. */
  records?: Readonly<Record<string, number>>
}

/**
 * Prints a new key at the first step, and never one that is in use. With two keys, the ring does not show whether the
 * new one was already moved to the front: `newId` does, and the records show the rest.
 *
 * @param store null if there is no config
 */
export async function nextRotationStep(
  source: KeySource,
  newId: string | undefined,
  store: UserStore | null,
  output: Output,
): Promise<Rotation> {
  const ring = keyRing(source)
  const { first, ids } = ring
  if (newId !== undefined && !ids.includes(newId)) {
    throw new CliError(`The ring has no key ${newId}. It has: ${ids.join(', ')}.`, 2)
  }
  if (ids.length === 1) return firstStep(first)
  const records = store?.userIds === undefined ? undefined : await countRecords(store, ring, output)
  const counts = records === undefined ? {} : { records }
  const said = records === undefined ? 'The records were not counted: that needs a config.' : describe(records)
  if (newId === undefined) return { step: null, text: `${said}\n${question(ring)}`, ...counts }
  if (newId !== first) return { step: 2, text: `${said}\n${secondStep(ring, newId, records)}`, ...counts }
  return { step: 3, text: `${said}\n${thirdStep(ring, records)}`, ...counts }
}

function firstStep(first: string): Rotation {
  const newKey = generateKey()
  const id = newKey.slice(0, newKey.indexOf(':'))
  const text = `Step 1 of 3: append the new key, so that COUNTERSIGN_KEYS is
  <the key ${first}, as it is>,${newKey}
Deploy that to every instance. Then: npx countersign key rotate --new ${id}`
  return { step: 1, text, newKey }
}

function question({ first, ids }: KeyRing): string {
  const others = ids.slice(1)
  return `The ring has the keys ${ids.join(', ')}; ${first} seals. Which one is the new key?
${others.map((id) => `  npx countersign key rotate --new ${id}`).join('\n')}
  npx countersign key rotate --new ${first}   if it has been moved to the front already`
}

function secondStep({ ids }: KeyRing, newId: string, records: Rotation['records']): string {
  const others = ids.filter((id) => id !== newId)
  const used = records?.[newId] ?? 0
  const warning =
    used === 0
      ? ''
      : `\n${used} records are already under ${newId}: an instance has done this step. If ${newId} is the old key, stop here: pass the other one as --new.`
  return `Step 2 of 3: move ${newId} to the front, so that COUNTERSIGN_KEYS is
  ${[newId, ...others].map(asItIs).join(',')}
Deploy that to every instance, once all of them have ${newId} in their ring. Then: npx countersign key rotate --new ${newId}${warning}`
}

function thirdStep({ first, ids }: KeyRing, records: Rotation['records']): string {
  const others = ids.slice(1)
  const inUse = others.filter((id) => (records?.[id] ?? 0) > 0)
  if (records === undefined || inUse.length > 0 || (records[UNREADABLE] ?? 0) > 0) {
    const why = inUse.length > 0 ? `Records still need ${inUse.join(', ')}. ` : ''
    return `Step 3 of 3 is next, but not yet. ${why}Once every instance has ${first} in front, run npx countersign reseal.
Then: npx countersign key rotate --new ${first}`
  }
  return `Step 3 of 3: no record needs ${others.join(', ')}. Remove it, so that COUNTERSIGN_KEYS is
  ${asItIs(first)}
Deploy that to every instance. If trusted devices should last, wait until 30 days after step 2.`
}

function asItIs(id: string): string {
  return `<the key ${id}, as it is>`
}

function describe(records: Readonly<Record<string, number>>): string {
  const counts = Object.entries(records).map(([id, count]) => `${count} ${id === UNREADABLE ? id : `need ${id}`}`)
  return `Records: ${counts.join(', ')}.`
}

const UNREADABLE = 'unreadable'
const PAGE = 100

async function countRecords(store: UserStore, { ids }: KeyRing, output: Output): Promise<Record<string, number>> {
  const counts = new Map(ids.map((id) => [id, 0]))
  const add = (id: string) => counts.set(id, (counts.get(id) ?? 0) + 1)
  const startMs = performance.now()
  let users = 0
  let cursor: string | null = null
  do {
    const page: { userIds: readonly string[]; cursor: string | null } | undefined = await store.userIds?.(
      cursor === null ? { limit: PAGE } : { limit: PAGE, cursor },
    )
    for (const found of await Promise.all((page?.userIds ?? []).map((userId) => store.load(userId)))) {
      if (found !== null) for (const id of keysNeeded(found.record)) add(id)
    }
    users += page?.userIds.length ?? 0
    output.progress(rateOf(users, startMs))
    cursor = page?.cursor ?? null
  } while (cursor !== null)
  return Object.fromEntries(counts)
}

const SCHEMA = 1

/** The ids of the keys that a record needs: only sealed values are in fields with these names. */
function keysNeeded(record: unknown): Iterable<string> {
  const isKnown = typeof record === 'object' && record !== null && Reflect.get(record, 'schema') === SCHEMA
  return isKnown ? new Set(sealedIn(record)) : [UNREADABLE]
}

function sealedIn(part: object): string[] {
  return Object.entries(part).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === 'object' && value !== null) return sealedIn(value)
    const isSealed = (name === 'secret' || name === 'sealed') && typeof value === 'string'
    return isSealed ? [value.slice(0, Math.max(0, value.indexOf('.')))] : []
  })
}
