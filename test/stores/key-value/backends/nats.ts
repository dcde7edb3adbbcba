import { Kvm } from '@nats-io/kv'
import { connect } from '@nats-io/transport-node'
import { natsStore } from 'countersign/stores/nats'
import type { OpenStore } from '../../exactly-once/backend.ts'

/** A connection to any of the servers, and the buckets behind it. */
export async function openNats(addresses: readonly string[]) {
  const connection = await connect({ servers: [...addresses], maxReconnectAttempts: -1, reconnectTimeWait: 100 })
  return { connection, kvm: new Kvm(connection) }
}

/** @param target the addresses and the name of a bucket that is there, as JSON */
export async function openStore(target: string): Promise<OpenStore> {
  const { addresses, bucket } = JSON.parse(target)
  const { connection, kvm } = await openNats(addresses)
  return { store: natsStore(await kvm.open(bucket)), close: () => connection.close() }
}
