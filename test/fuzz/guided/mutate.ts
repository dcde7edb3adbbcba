type Random = () => number

/** Characters on which parsers decide. */
const CHARACTERS = [
  '',
  '\0',
  ' ',
  '"',
  '%',
  '&',
  '+',
  ',',
  '-',
  '.',
  '/',
  '0',
  '9',
  ':',
  ';',
  '=',
  'A',
  'a',
  '[',
  '\\',
  '{',
  '}',
  '\ud800',
  'é',
  '１',
]
const NUMBERS = [0, 1, -1, 0.5, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 1e308, 255, 65_536]

/**
 * Changes one value: at a place of its tree, however deep, and inside of a text also in what it is the base64 or the JSON of.
 *
 * @param words texts that the code compares with
 */
export function mutate(value: unknown, words: readonly string[], random: Random): unknown {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)]
  const at = (length: number) => Math.floor(random() * (length + 1))

  function change(node: unknown): unknown {
    if (typeof node === 'string') return changeText(node)
    if (typeof node === 'number') return random() < 0.5 ? (pick(NUMBERS) ?? 0) : node + Math.floor(random() * 5) - 2
    if (Array.isArray(node)) return changeList(node)
    if (typeof node === 'object' && node !== null) return changeObject({ ...node })
    return anything()
  }

  function changeList(list: unknown[]): unknown {
    const copy = [...list]
    const place = at(copy.length - 1)
    const move = random()
    if (move < 0.1) copy.splice(place, 1)
    else if (move < 0.2) copy.splice(place, 0, copy[at(copy.length - 1)])
    else if (copy.length > 0 && move < 0.97) copy[place] = change(copy[place])
    else return anything()
    return copy
  }

  function changeObject(copy: Record<string, unknown>): unknown {
    const key = pick(Object.keys(copy))
    const move = random()
    if (key === undefined || move < 0.08) copy[pick(words) ?? 'x'] = anything()
    else if (move < 0.16) delete copy[key]
    else if (move < 0.24) copy[key] = anything()
    else if (move < 0.98) copy[key] = change(copy[key])
    else return anything()
    return copy
  }

  function anything(): unknown {
    return pick([
      null,
      true,
      false,
      '',
      [],
      {},
      pick(NUMBERS),
      pick(words),
      `${pick(words)}${pick(CHARACTERS)}`,
      'A'.repeat(5000),
    ])
  }

  function changeText(text: string): string {
    const move = random()
    if (move < 0.2) return withinBytes(text) ?? spliced(text)
    if (move < 0.35) return withinJson(text) ?? spliced(text)
    return spliced(text)
  }

  function spliced(text: string): string {
    const start = at(text.length)
    const end = random() < 0.5 ? start : Math.min(text.length, start + 1 + Math.floor(random() ** 3 * 40))
    const move = random()
    const piece =
      move < 0.4
        ? (pick(CHARACTERS) ?? '')
        : move < 0.7
          ? (pick(words) ?? '')
          : move < 0.8
            ? String.fromCharCode(Math.floor(random() * 256))
            : text.slice(at(text.length), at(text.length))
    return text.slice(0, start) + piece + text.slice(end)
  }

  /** The longest run that is base64 or base64url is changed in its bytes. */
  function withinBytes(text: string): string | null {
    const [run = ''] = (text.match(/[\w+/-]{4,}={0,2}|(?:[\w-]|%[0-9A-F]{2}){8,}/g) ?? []).sort(
      (a, b) => b.length - a.length,
    )
    if (run === '') return null
    const isEscaped = run.includes('%')
    const plain = run.replace(/%([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    const bytes = Buffer.from(plain, 'base64')
    const count = 1 + Math.floor(random() * 3)
    for (let time = 0; time < count && bytes.length > 0; time += 1)
      bytes[at(bytes.length - 1)] = Math.floor(random() * 256)
    const start = at(bytes.length)
    const cut = random() < 0.5 ? bytes : Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + at(4))])
    const encoded = cut.toString(/[-_]/.test(run) || !/[+/=%]/.test(run) ? 'base64url' : 'base64')
    return text.replace(run, () => (isEscaped ? encodeURIComponent(encoded) : encoded))
  }

  function withinJson(text: string): string | null {
    if (!/^\s*[[{"]/.test(text)) return null
    try {
      return JSON.stringify(change(JSON.parse(text)))
    } catch {
      return null
    }
  }

  return change(value)
}
