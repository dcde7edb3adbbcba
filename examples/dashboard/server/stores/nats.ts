import { checkNats, type NatsBucket, natsStore } from 'countersign/stores/nats'
import { importDriver } from './driver.ts'
import type { OpenedStores, Stores } from './opened.ts'

interface Connection {
  close(): Promise<void>
}
interface Transport {
  connect(
    options: { servers: string; maxReconnectAttempts: number } & ({ user: string; pass: string } | { token: string }),
  ): Promise<Connection>
}
interface KeyValue {
  Kvm: new (connection: Connection) => { create(name: string, options: { allow_direct: boolean }): Promise<NatsBucket> }
}

const TOKENS = "NATS takes no access tokens: they stay in the dashboard's own SQLite file, in DATA_DIR."

/** The records; a bucket that is there already, with three replicas say, stays as it is. */
export async function openNats(url: string, own: Stores): Promise<OpenedStores> {
  const { connect }: Transport = await importDriver('@nats-io/transport-node', '@nats-io/kv')
  const { Kvm }: KeyValue = await importDriver('@nats-io/kv', '@nats-io/transport-node')
  const { host, username, password } = new URL(url)
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)]
  const login = password === '' ? { token: user } : { user, pass }
  const connection = await connect({ servers: host, maxReconnectAttempts: -1, ...login })
  const bucket = await new Kvm(connection).create('two_factor', { allow_direct: false })
  const { warnings } = await checkNats(bucket)
  return {
    users: natsStore(bucket),
    tokens: own.tokens,
    notes: [...warnings, TOKENS],
    close: () => connection.close(),
  }
}
