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
  /** Nanoseconds; 0: unlimited. */
  max_age: number
  max_bytes: number
  max_msgs: number
  allow_direct?: boolean
  mirror?: unknown
}

/** What a check found, if it refused nothing. */
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
      'any replica answers its reads, which may be stale',
      'Open it with `kvm.open(name)`, or create it with `allow_direct: false`.',
    )
  }
  if (config.mirror !== undefined) throw unfit('it mirrors another one, so its reads may be stale', OF_ITS_OWN)
  if (config.max_age > 0)
    throw unfit('its entries expire (`ttl`), and so would the two-factor authentication', OF_ITS_OWN)
  if (config.discard !== 'new' && (config.max_bytes > 0 || config.max_msgs > 0)) {
    throw unfit('when it is full, it drops old entries for new ones (`discard: old`)', OF_ITS_OWN)
  }
  // https://github.com/nats-io/nats-server/issues/4320: the comparison came before the replication, not in it.
  if (replicas > 1 && streamInfo.ts === undefined) {
    throw unfit(
      'its server is older than 2.10, which can confirm more than one of several concurrent writes',
      'Update all servers, or use one replica.',
    )
  }
  return { replicas, warnings: warningsOf(replicas, config) }
}

/** Only the property `direct` of @nats-io/kv says whether it asks any replica. */
function readsFromLeader(kv: NatsBucketStatus): boolean {
  return Reflect.get(kv, 'direct') === false
}

const OF_ITS_OWN = 'Create a separate bucket.'

function warningsOf(replicas: number, { storage }: NatsStream): string[] {
  const warnings: string[] = []
  if (replicas < 3) {
    warnings.push(
      'The bucket has fewer than three replicas. Losing its server loses all records. ' +
        'Create it with `replicas: 3`.',
    )
  }
  if (storage !== 'file') {
    warnings.push(
      'The bucket is in memory. When its servers restart, two-factor authentication is off for everyone. ' +
        'Create it with `storage: StorageType.File`.',
    )
  }
  return warnings
}

function unfit(what: string, help: string): CountersignError {
  return new CountersignError('store_invalid', `The bucket is not fit for two-factor authentication: ${what}. ${help}`)
}
