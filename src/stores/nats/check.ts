import { CountersignError } from '../../errors.ts'

/** The part of @nats-io/kv's `KV` that {@link checkBucket} uses. */
export interface NatsBucketStatus {
  status(): Promise<NatsStatus>
}

/** The part of `KvStatus` that is used. */
export interface NatsStatus {
  replicas: number
  streamInfo: {
    config: NatsStream
    /** The server's time: from version 2.10 on. */
    ts?: string
  }
}

/** Of the stream under a bucket. */
export interface NatsStream {
  storage: string
  discard: string
  /** Nanoseconds; 0: for ever. */
  max_age: number
  max_bytes: number
  max_msgs: number
  allow_direct?: boolean
  mirror?: unknown
}

/** What a check found, where it refused nothing. */
export interface NatsCheck {
  replicas: number
  /** What could be lost, and what to do, in sentences for the log. */
  warnings: readonly string[]
}

/** @throws CountersignError `store_invalid` */
export async function checkBucket(kv: NatsBucketStatus): Promise<NatsCheck> {
  const { replicas, streamInfo } = await kv.status()
  const { config } = streamInfo
  if (config.allow_direct === true && !readsFromLeader(kv)) {
    throw unfit(
      'any replica answers its reads, and what it says may be old',
      'Open it with `kvm.open(name)`, or create it with `allow_direct: false`.',
    )
  }
  if (config.mirror !== undefined) throw unfit('it mirrors another one, and what it says may be old', OF_ITS_OWN)
  if (config.max_age > 0)
    throw unfit('its entries expire (`ttl`), and so would the two-factor authentication', OF_ITS_OWN)
  if (config.discard !== 'new' && (config.max_bytes > 0 || config.max_msgs > 0)) {
    throw unfit('where it is full, old entries give way to new ones (`discard: old`)', OF_ITS_OWN)
  }
  // https://github.com/nats-io/nats-server/issues/4320: the comparison stood before the replication, not in it.
  if (replicas > 1 && streamInfo.ts === undefined) {
    throw unfit(
      'its server is older than 2.10, where several who write at once can all be told that they did',
      'Update all servers, or use one replica.',
    )
  }
  return { replicas, warnings: warningsOf(replicas, config) }
}

/** @nats-io/kv keeps in `direct` whether it asks any replica, and tells it in no other way. */
function readsFromLeader(kv: NatsBucketStatus): boolean {
  return Reflect.get(kv, 'direct') === false
}

const OF_ITS_OWN = 'Create a bucket of its own for this.'

function warningsOf(replicas: number, { storage }: NatsStream): string[] {
  const warnings: string[] = []
  if (replicas < 3) {
    warnings.push(
      'The bucket has fewer than three replicas. With its server goes what it says: who has two-factor authentication. ' +
        'Create it with `replicas: 3`.',
    )
  }
  if (storage !== 'file') {
    warnings.push(
      'The bucket is in memory. When its servers start again, nobody has two-factor authentication any more. ' +
        'Create it with `storage: StorageType.File`.',
    )
  }
  return warnings
}

function unfit(what: string, help: string): CountersignError {
  return new CountersignError('store_invalid', `The bucket is not fit for two-factor authentication: ${what}. ${help}`)
}
