import { createServer, type Server } from 'node:http'
import { networkInterfaces } from 'node:os'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'

const NEXT_PORTS = 10

export interface Listening {
  url: string
  close: () => Promise<void>
}

/** Serves the app on the wanted port; where that is taken, says so and takes the next free one. */
export async function listen(app: Hono, host: string, wanted: number, say: (line: string) => void): Promise<Listening> {
  const server = createServer({ requestTimeout: 15_000, headersTimeout: 10_000 }, getRequestListener(app.fetch))
  const port = await bind(server, host, portsToTry(wanted))
  if (port !== wanted && wanted !== 0) say(`Port ${wanted} is taken by another program, so this one uses ${port}.`)
  return {
    url: `http://${addressFor(host)}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The wanted port, those after it, and in the end any that is free. */
export function portsToTry(wanted: number): number[] {
  const next = Array.from({ length: NEXT_PORTS }, (_, index) => wanted + 1 + index)
  return wanted === 0 ? [0] : [wanted, ...next.filter((port) => port < 65_536), 0]
}

async function bind(server: Server, host: string, ports: readonly number[]): Promise<number> {
  for (const port of ports) {
    if (!(await tryPort(server, host, port))) continue
    const address = server.address()
    if (typeof address === 'object' && address !== null) return address.port
  }
  throw new Error(`No port of ${host} is free`)
}

/** False where another program has it. */
function tryPort(server: Server, host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error))
    server.once('error', failed)
    server.listen(port, host, () => {
      server.removeListener('error', failed)
      resolve(true)
    })
  })
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
