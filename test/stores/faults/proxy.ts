import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Where a connection is cut: before the write reaches the server, or after the server has answered it. */
export type CutAt = 'request' | 'answer'

/** What the client meets: the end of the stream, or ECONNRESET. */
export type CutBy = 'close' | 'reset'

export interface TcpProxy {
  port: number
  /** Cuts the connection that next sends these bytes; resolves when that has happened. */
  cutOnce(bytes: string, at: CutAt, by: CutBy): Promise<void>
  stop(): Promise<void>
}

interface Cut {
  bytes: Buffer
  at: CutAt
  by: CutBy
  done(): void
}

/** Stands before a server on loopback and passes everything on, until it is told to cut. */
export async function startProxy(serverPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let next: Cut | null = null

  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1')
    let sent = Buffer.alloc(0)
    let answerless: Cut | null = null

    client.on('data', (chunk: Buffer) => {
      const cut = next
      if (cut !== null) {
        sent = Buffer.concat([sent, chunk])
        if (sent.includes(cut.bytes)) {
          next = null
          if (cut.at === 'request') return end(cut)
          answerless = cut
        } else {
          sent = sent.subarray(Math.max(0, sent.length - cut.bytes.length))
        }
      }
      upstream.write(chunk)
    })
    upstream.on('data', (chunk: Buffer) => {
      if (answerless === null) client.write(chunk)
      else end(answerless)
    })

    function end({ by, done }: Cut): void {
      answerless = null
      if (by === 'reset') client.resetAndDestroy()
      else client.destroy()
      upstream.destroy()
      done()
    }

    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
  })

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The proxy has no port.')
  return {
    port: address.port,
    cutOnce: (bytes, at, by) =>
      new Promise((resolve) => {
        next = { bytes: Buffer.from(bytes), at, by, done: resolve }
      }),
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
