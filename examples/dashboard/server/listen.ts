import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'

const NEXT_PORTS = 10

export interface Listening {
  url: string
  port: number
  close: () => Promise<void>
}

/** Serves the app on the wanted port; where that is taken, says so and takes the next free one. */
export async function listen(app: Hono, host: string, wanted: number, say: (line: string) => void): Promise<Listening> {
  const server = createServer(
    { requestTimeout: 15_000, headersTimeout: 10_000 },
    getRequestListener(app.fetch, { hostname: host }),
  )
  const tryPort = (port: number) =>
    new Promise<boolean>((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error))
      server.once('error', failed)
      server.listen(port, host, () => {
        server.removeListener('error', failed)
        resolve(true)
      })
    })

  const nextPorts = Array.from({ length: NEXT_PORTS }, (_, index) => wanted + 1 + index)
  const candidates = wanted === 0 ? [0] : [wanted, ...nextPorts.filter((port) => port < 65_536), 0]
  for (const candidate of candidates) {
    if (!(await tryPort(candidate))) continue
    const { port } = server.address() as AddressInfo
    if (port !== wanted && wanted !== 0) say(`Port ${wanted} is taken by another program, so this one uses ${port}.`)
    return {
      url: `http://${addressFor(host)}:${port}`,
      port,
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve())
          server.closeAllConnections()
        }),
    }
  }
  throw new Error(`No free port on ${host}`)
}

/** Where a browser finds a server that listens on `host`: one that listens everywhere is on this machine too. */
function addressFor(host: string): string {
  if (host === '0.0.0.0' || host === '::') return firstOutsideAddress() ?? '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

function firstOutsideAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? [])
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address
}
