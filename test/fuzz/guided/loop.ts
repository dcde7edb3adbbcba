import { CountersignError } from 'countersign'
import { untyped } from '../../world.ts'
import { seedsOf } from '../inputs.ts'
import { PARSERS, type Parser } from '../parsers.ts'
import { mutate } from './mutate.ts'

export interface FuzzOptions {
  /** Inputs of each parser. */
  each: number
  /** Only parsers with this in their names. */
  name: string
  words: readonly string[]
  /** Counted up by the code that runs. */
  hits: Uint32Array
  random: () => number
  seed: number
}

/** What costs so much of the processor for one input is not linear, or not bounded. */
const SLOW_MS = 500
const LONGEST_INPUT = 20_000

/** True if every parser gave or threw what it documents. */
export async function fuzzAll(options: FuzzOptions): Promise<boolean> {
  const parsers = Object.entries(PARSERS).filter(([name]) => name.includes(options.name))
  let isFine = true
  let inputs = 0
  let found = 0
  for (const [name, parser] of parsers) {
    const { count, kept, places, fault } = await fuzz(parser, options)
    inputs += count
    found += places
    console.log(`${name}: ${count} inputs, ${kept} kept, ${places} places of the code`)
    if (fault === null) continue
    isFine = false
    console.error(`${name} fails, COUNTERSIGN_SEED=${options.seed}: ${fault}`)
  }
  console.log(
    `Guided: ${parsers.length} parsers with ${inputs} inputs, COUNTERSIGN_SEED=${options.seed}: ${found} branches taken, ${isFine ? 'no' : 'a'} fault.`,
  )
  return isFine
}

async function fuzz(parser: Parser, { each, words, hits, random }: FuzzOptions) {
  const seen = new Uint32Array(hits.length)
  const corpus: unknown[] = []
  const seeds = seedsOf(parser.inputs)
  let count = 0
  for (; count < each; count += 1) {
    const from = corpus[Math.floor(random() ** 0.5 * corpus.length)]
    let input: unknown = count < seeds.length ? seeds[count] : from
    if (count >= seeds.length) {
      for (let times = 1 + Math.floor(random() * 4); times > 0; times -= 1) input = mutate(input, words, random)
      if (typeof input === 'string' && input.length > LONGEST_INPUT) input = input.slice(0, LONGEST_INPUT)
    }
    hits.fill(0)
    const fault = await faultOf(parser, input)
    if (fault !== null)
      return { count, kept: corpus.length, places: placesOf(seen), fault: `${fault}\n${shown(input)}` }
    if (takesNewBranch(hits, seen)) corpus.push(input)
  }
  return { count, kept: corpus.length, places: placesOf(seen), fault: null }
}

async function faultOf({ parse, throws = [], gives }: Parser, input: unknown): Promise<string | null> {
  const before = process.cpuUsage().user
  try {
    const result = parse(untyped(input))
    const settled = result instanceof Promise ? await result : result
    if (Array.isArray(settled)) await Promise.all(settled)
    if (gives !== undefined && !gives(settled)) return `gives ${shown(settled)}`
  } catch (error) {
    if (!(error instanceof CountersignError) || !throws.includes(error.code)) {
      return error instanceof Error ? String(error.stack) : String(error)
    }
  }
  const tookMs = (process.cpuUsage().user - before) / 1000
  return tookMs > SLOW_MS ? `takes ${tookMs} ms of the processor` : null
}

/** As AFL has it: once, twice, up to 4, 8, 16 … times are different ways through the code. */
function takesNewBranch(hits: Uint32Array, seen: Uint32Array): boolean {
  let isNew = false
  for (let place = 0; place < hits.length; place += 1) {
    const times = hits[place] ?? 0
    if (times === 0) continue
    const bit = 1 << Math.min(8, 32 - Math.clz32(times))
    const before = seen[place] ?? 0
    if ((before & bit) !== 0) continue
    seen[place] = before | bit
    isNew = true
  }
  return isNew
}

function placesOf(seen: Uint32Array): number {
  return seen.reduce((sum, bits) => sum + (bits === 0 ? 0 : 1), 0)
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 2000)
}
