import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './project.mjs'

/** How a proxy that ends TLS passes a request on: which headers it adds to those that came, or puts in their place. */
export const PASSED_ON = {
  'with forwarded headers': ({ host }) => ({
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': host,
    'X-Forwarded-For': '203.0.113.7',
  }),
  'without forwarded headers': () => ({}),
  'without forwarded headers, and under its own name for the server': ({ upstream }) => ({ Host: upstream }),
}

/** A key and a certificate for this host, signed by itself. */
export async function certificateFor(host) {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-tls-'))
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-days', '2']
  const named = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`]
  await run('openssl', ['req', '-x509', ...made, ...named, '-keyout', keyFile, '-out', certFile])
  const [key, cert] = await Promise.all([readFile(keyFile), readFile(certFile)])
  await rm(folder, { recursive: true })
  return { key, cert }
}

/** Takes https and passes it on as http to `port`. */
export async function startProxy({ key, cert }, port, passedOn) {
  const server = createServer({ key, cert }, (incoming, outgoing) => {
    const { host } = incoming.headers
    const { host: _, ...others } = incoming.headers
    const headers = { Host: host, ...others, ...passedOn({ host, upstream: `127.0.0.1:${port}` }) }
    const { method, url: path } = incoming
    const sent = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.rawHeaders)
      answer.pipe(outgoing)
    })
    sent.once('error', () => outgoing.destroy())
    incoming.pipe(sent)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: server.address().port,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
