import type { KeySource } from '../index.ts'
import { generateKey, keyRing } from '../index.ts'

/** Which of the three steps of a rotation is next. Prints a new key at the first one, and never one that is in use. */
export function nextRotationStep(source: KeySource): { step: 1 | 2; text: string; newKey?: string } {
  const { first, ids } = keyRing(source)
  if (ids.length === 1) {
    const newKey = generateKey()
    const text = `Step 1 of 3: append the new key, so that COUNTERSIGN_KEYS is
  <the key ${first}, as it is>,${newKey}
Deploy that to every instance before step 2: npx countersign key rotate`
    return { step: 1, text, newKey }
  }
  const last = ids.at(-1) ?? ''
  const text = `The ring has the keys ${ids.join(', ')}; ${first} seals.
If ${last} is the new key: step 2 of 3. Move it to the front, and deploy that to every instance.
If ${first} is the new key: step 3 of 3. Run npx countersign reseal, which says when the others are unused. Wait 30 days after
step 2 if trusted devices should last. Then remove the others, and deploy that.`
  return { step: 2, text }
}
