/** The real OpenTelemetry: what an exporter of its SDK gets. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire } from 'node:module'
import { createTwoFactor, generateKey, memoryStore, type TwoFactor } from 'countersign'
import { type MetricsMeter, measureStore, measureTwoFactor } from 'countersign/otel'
import { enroll, testClock } from 'countersign/testing'
import { describe, expect, test } from 'vitest'
import { needs } from '../needs.ts'
import { PASSWORD } from '../world.ts'

const { resolve } = createRequire(import.meta.url)
const isMissing = needs('@opentelemetry/sdk-metrics', isInstalled(), 'npm ci --prefix test/otel')

interface Point {
  attributes: Record<string, string>
  value: { count: number; sum: number }
}
interface Sdk {
  meter: MetricsMeter
  /** The points of a metric by now. */
  points(name: string): Promise<Point[]>
}

interface Metric {
  descriptor: { name: string; unit: string }
  dataPoints: Point[]
}
interface Reader {
  collect(): Promise<{ resourceMetrics: { scopeMetrics: { metrics: Metric[] }[] } }>
}
/** What is used of @opentelemetry/sdk-metrics. */
interface SdkModule {
  MetricReader: new () => Reader
  MeterProvider: new (options: { readers: Reader[] }) => { getMeter(name: string): MetricsMeter }
}

/** An SDK with a reader that is asked rather than waits. */
async function startSdk(): Promise<Sdk> {
  const name = '@opentelemetry/sdk-metrics'
  const { MeterProvider, MetricReader }: SdkModule = await import(name)
  class AskedReader extends MetricReader {
    async onForceFlush() {}
    async onShutdown() {}
  }
  const reader = new AskedReader()
  const provider = new MeterProvider({ readers: [reader] })
  return {
    meter: provider.getMeter('countersign'),
    points: async (metric) => {
      const { resourceMetrics } = await reader.collect()
      const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
      const found = metrics.filter(({ descriptor }) => descriptor.name === metric)
      for (const { descriptor } of found) expect(descriptor.unit).toBe('s')
      return found.flatMap(({ dataPoints }) => dataPoints)
    },
  }
}

describe.skipIf(isMissing)('with the SDK of OpenTelemetry', () => {
  test('operations are counted by outcome, and retries by the operation that tried again', async () => {
    const { sdk, twoFactor } = await measured()
    const users = ['ann', 'ben', 'cat']
    const phones = await Promise.all(users.map(async (userId) => (await enroll(twoFactor, userId)).phone))
    // The same code twice at once: one wins the write, and the other decides again.
    const tries = users.flatMap((userId, at) => [
      twoFactor.verify(userId, { code: phones[at]?.code() ?? '' }),
      twoFactor.verify(userId, { code: phones[at]?.code() ?? '' }),
    ])
    await Promise.all(tries)

    const operations = await sdk.points('countersign.operation.duration')
    const outcomes = operations.map(({ attributes, value }) => [attributes['countersign.outcome'], value.count])
    expect(operations.map(({ attributes }) => attributes['countersign.operation'])).toEqual([
      'admin.importUser',
      'verify',
      'verify',
    ])
    expect(outcomes).toEqual([
      ['ok', 3],
      ['ok', 3],
      ['code-used', 3],
    ])
    const calls = await sdk.points('countersign.store.duration')
    const retries = calls.filter(({ attributes }) => attributes['countersign.outcome'] === 'conflict')
    expect(retries.map(({ attributes, value }) => [attributes, value.count])).toEqual([
      [{ 'countersign.store.call': 'save', 'countersign.outcome': 'conflict', 'countersign.operation': 'verify' }, 3],
    ])
  })

  test('nothing of a user, a code, a name or an error is in what is exported', async () => {
    const secretly = 'zebra'
    const { sdk, twoFactor } = await measured({ [secretly]: new Error(`${secretly}@acme.example is locked`) })
    const { phone, recoveryCodes } = await enroll(twoFactor, `${secretly}-1`)
    const typed = [phone.next(), recoveryCodes[0] ?? '', secretly, '']
    for (const code of typed) {
      const challenge = await twoFactor.challenge(`${secretly}-1`, { state: { secretly } })
      if (!challenge.passed) await twoFactor.completeChallenge(challenge.token, { code, deviceName: secretly })
    }
    const staff = { by: secretly, note: secretly }
    await twoFactor.admin.unlock(`${secretly}-1`, staff)
    await twoFactor.beginSetup(`${secretly}-1`, { proof: { password: PASSWORD }, accountName: secretly })
    await expect(
      twoFactor.beginSetup(secretly, { proof: { password: secretly }, accountName: secretly }),
    ).rejects.toThrow()
    // @ts-expect-error: a user id is text
    await expect(twoFactor.status(5)).rejects.toThrow()

    const points = [
      ...(await sdk.points('countersign.operation.duration')),
      ...(await sdk.points('countersign.store.duration')),
    ]
    const said = JSON.stringify(points.map(({ attributes }) => attributes))
    for (const secret of [secretly, phone.secret, ...typed.filter(Boolean)]) expect(said).not.toContain(secret)
    const names = new Set(points.flatMap(({ attributes }) => Object.keys(attributes)))
    expect([...names].sort()).toEqual([
      'countersign.operation',
      'countersign.outcome',
      'countersign.store.call',
      'error.type',
    ])
  })
})

async function measured(faults: Record<string, Error> = {}): Promise<{ sdk: Sdk; twoFactor: TwoFactor }> {
  const sdk = await startSdk()
  const options = { meter: sdk.meter, operations: new AsyncLocalStorage<string>() }
  const clock = testClock(Date.UTC(2026, 0, 15, 12))
  const plain = createTwoFactor({
    issuer: 'Acme Cloud',
    store: measureStore(memoryStore(), options),
    keys: generateKey(),
    verifyPassword: (userId, password) => {
      const fault = faults[userId]
      if (fault !== undefined) throw fault
      return password === PASSWORD
    },
    now: clock.now,
  })
  return { sdk, twoFactor: measureTwoFactor(plain, options) }
}

function isInstalled(): boolean {
  try {
    resolve('@opentelemetry/sdk-metrics')
    return true
  } catch {
    return false
  }
}
