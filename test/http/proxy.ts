/**
 * A proxy as docs/operating.md configures it, run on ports of its own: TLS in front, http to an application that each test can
 * replace, and one more entrance on http, as in a LAN.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest, type RequestListener, type Server } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '../needs.ts'

export const HOST = 'app.example.com'
export const CLIENT = '127.0.0.3'
export const LAN = '127.0.0.2'

interface Place {
  /** The block of the page, with the ports of this run. */
  block: string
  folder: string
  /** Of TLS, to a file with the certificate and one with its key. */
  certificate: string
  key: string
  ports: Ports
}

interface Ports {
  https: number
  http: number
  lan: number
  app: number
}

/** What is particular to a proxy. */
export interface ProxyKind {
  name: string
  program: string
  /** The language of its block in docs/operating.md. */
  language: string
  /** The ports and files in the block, and what stands there instead in this run. */
  replacements(place: Omit<Place, 'block'>): readonly (readonly [string, string])[]
  config(place: Place): string
  /** The arguments that check a configuration, and those that run it in the foreground. */
  check(config: string): readonly string[]
  run(config: string): readonly string[]
  /** The status of the redirect to https. */
  redirect: number
}

const HAPROXY: ProxyKind = {
  name: 'HAProxy',
  program: 'haproxy',
  language: 'haproxy',
  redirect: 301,
  replacements: ({ ports, folder }) => [
    ['bind :443', `bind 127.0.0.1:${ports.https}`],
    ['bind :80', `bind 127.0.0.1:${ports.http}`],
    ['/etc/haproxy/app.pem', join(folder, 'app.pem')],
  ],
  config: ({ block, ports }) => `defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
${block}
frontend lan
  bind ${LAN}:${ports.lan}
  http-request set-header X-Forwarded-Proto http
  default_backend app
`,
  check: (config) => ['-c', '-q', '-f', config],
  run: (config) => ['-db', '-f', config],
}

const NGINX: ProxyKind = {
  name: 'nginx',
  program: 'nginx',
  language: 'nginx',
  redirect: 301,
  replacements: ({ ports, certificate, key }) => [
    ['listen 443 ssl', `listen 127.0.0.1:${ports.https} ssl`],
    ['listen 80', `listen 127.0.0.1:${ports.http}`],
    ['/etc/nginx/app.pem', certificate],
    ['/etc/nginx/app.key', key],
  ],
  config: ({ block, ports, folder }) => `pid ${join(folder, 'pid')};
error_log stderr;
daemon off;
events {}
http {
  access_log off;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `  ${one}_temp_path ${folder};`).join('\n')}
${block}
server {
  listen ${LAN}:${ports.lan};
  ${/location \/ \{[^}]*\}/.exec(block)?.[0] ?? ''}
}
}
`,
  check: (config) => ['-t', '-q', '-c', config],
  run: (config) => ['-c', config],
}

const CADDY: ProxyKind = {
  name: 'Caddy',
  program: 'caddy',
  language: 'caddyfile',
  redirect: 308,
  replacements: () => [],
  // Its own authority instead of a public one: nothing is asked for over the network.
  config: ({ block, ports }) => `{
  admin off
  local_certs
  skip_install_trust
  default_bind 127.0.0.1
  https_port ${ports.https}
  http_port ${ports.http}
}
${block}
http://${LAN}:${ports.lan} {
  bind ${LAN}
  reverse_proxy 127.0.0.1:${ports.app}
}
`,
  check: (config) => ['validate', '--adapter', 'caddyfile', '--config', config],
  run: (config) => ['run', '--adapter', 'caddyfile', '--config', config],
}

export const PROXIES: readonly ProxyKind[] = [HAPROXY, NGINX, CADDY]

/** Debian installs servers where only root looks for programs. */
export function programOf({ program }: ProxyKind): string | null {
  const path = `/usr/sbin/${program}`
  return findProgram(program) ?? (existsSync(path) ? path : null)
}

export interface RunningProxy {
  ports: Ports
  /** What the application behind the proxy does from now on. */
  serve(application: RequestListener): void
  stop(): void
}

export async function startProxy(kind: ProxyKind): Promise<RunningProxy> {
  const folder = mkdtempSync(join(tmpdir(), `countersign-${kind.program}-`))
  let application: RequestListener = (_, res) => res.end()
  const { server, port: app } = await listening(createServer((req, res) => application(req, res)))
  const ports = { app, https: await freePort(), http: await freePort(), lan: await freePort() }
  const config = join(folder, 'config')
  writeFileSync(config, configOf(kind, { folder, ports, ...makeCertificate(folder) }))
  const program = programOf(kind) ?? kind.program
  // Where Caddy keeps its certificates.
  const env = { ...process.env, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder }
  execFileSync(program, kind.check(config), { stdio: 'pipe', env })
  const proxy = spawn(program, kind.run(config), { stdio: ['ignore', 'ignore', 'pipe'], env })
  await answering(proxy, ports)
  return {
    ports,
    serve(next) {
      application = next
    },
    stop() {
      proxy.kill()
      server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function configOf(kind: ProxyKind, place: Omit<Place, 'block'>): string {
  const page = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8')
  let block = new RegExp(`\`\`\`${kind.language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? ''
  const app = ['127.0.0.1:3000', `127.0.0.1:${place.ports.app}`] as const
  for (const [from, to] of [...kind.replacements(place), app]) {
    if (!block.includes(from)) throw new Error(`docs/operating.md has no ${from} for ${kind.name}`)
    block = block.replaceAll(from, to)
  }
  return kind.config({ ...place, block })
}

function makeCertificate(folder: string): { certificate: string; key: string } {
  const [key, certificate] = [join(folder, 'key'), join(folder, 'certificate')]
  const subject = ['-subj', `/CN=${HOST}`, '-days', '2', '-keyout', key, '-out', certificate]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject], { stdio: 'ignore' })
  writeFileSync(join(folder, 'app.pem'), readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'))
  return { certificate, key }
}

function freePort(): Promise<number> {
  return listening(createServer()).then(async ({ server, port }) => {
    await new Promise((resolve) => server.close(resolve))
    return port
  })
}

async function listening(server: Server): Promise<{ server: Server; port: number }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

/** A connection that is refused is tried again until the proxy listens, or has ended. */
async function answering(proxy: ChildProcess, ports: Ports): Promise<void> {
  let said = ''
  proxy.stderr?.setEncoding('utf8').on('data', (text) => {
    said += text
  })
  const isUp = (to: Asked) =>
    ask({ ...to, method: 'HEAD' }).then(
      () => true,
      () => false,
    )
  while (!(await isUp({ port: ports.http })) || !(await isUp({ port: ports.https, isTls: true }))) {
    if (proxy.exitCode !== null) throw new Error(`The proxy ended: ${said}`)
  }
}

export interface Asked {
  port: number
  isTls?: boolean
  host?: string
  path?: string
  headers?: Record<string, string>
  method?: string
}

export interface Answer {
  status: number
  body: string
  headers: NodeJS.Dict<string | string[]>
}

/** A request from a client with an address of its own. */
export function ask({ port, isTls, host = '127.0.0.1', path = '/', headers, method = 'GET' }: Asked): Promise<Answer> {
  const given = { port, host, path, method, headers: { host: HOST, ...headers }, localAddress: CLIENT }
  return new Promise((resolve, reject) => {
    const send =
      isTls === true ? httpsRequest({ ...given, servername: HOST, rejectUnauthorized: false }) : httpRequest(given)
    send.on('error', reject).once('response', (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text) => {
        body += text
      })
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }))
    })
    send.end(method === 'POST' ? JSON.stringify({ challengeToken: 'none', code: '000000' }) : undefined)
  })
}
