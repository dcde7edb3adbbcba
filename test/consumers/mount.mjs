import { spawn } from 'node:child_process'
import { request } from 'node:https'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { ORIGIN, SECRET, USERS } from './apps/users.mjs'
import { certificateFor, PASSED_ON, startProxy } from './tls-proxy.mjs'

const START_MS = 60_000
const JSON_TYPE = { 'Content-Type': 'application/json' }
const { host: HOST } = new URL(ORIGIN)

/** Starts the app that stands in the project, and signs in to it through a proxy that ends TLS, of every kind. */
export async function checkMount({ folder }, { start: [command, ...args], page = false }) {
  const port = await freePort()
  const server = await startServer(folder, port, command, args)
  try {
    const certificate = await certificateFor(HOST)
    const { virtualAuthenticator } = createRequire(join(folder, 'package.json'))('countersign/testing')
    const phone = virtualAuthenticator(`otpauth://totp/ann?secret=${SECRET}`)
    const users = USERS.values()
    for (const [kind, passedOn] of Object.entries(PASSED_ON)) {
      await throughProxy({ certificate, port, passedOn, kind }, (proxy) =>
        signIn(client(proxy.port, certificate.cert), users.next().value, phone),
      )
    }
    if (page) {
      const [kind, passedOn] = Object.entries(PASSED_ON)[0]
      await throughProxy({ certificate, port, passedOn, kind: `a page ${kind}` }, (proxy) =>
        lookAtPage(proxy.port, users.next().value, phone),
      )
    }
    if (server.output().includes('DEP0005')) throw new Error('It printed the warning of thirty-two in a bundle.')
  } catch (error) {
    throw new Error(`${error.message}\nThe server printed:\n${server.output()}`)
  } finally {
    await server.stop()
  }
}

async function throughProxy({ certificate, port, passedOn, kind }, work) {
  const proxy = await startProxy(certificate, port, passedOn)
  try {
    await work(proxy)
  } catch (error) {
    throw new Error(`${kind}: ${error.message}`)
  } finally {
    await proxy.stop()
  }
}

/** The routes that show, refuse and sign in; and the cookies, as browsers take them over https only. */
async function signIn(ask, user, phone) {
  await ask('200 document', 'GET', '/two-factor/openapi.json')
  await ask('401 signed-out', 'GET', '/two-factor/status')
  await ask('401 signed-out', 'POST', '/two-factor/begin-setup', {})
  await ask('403 cross-site', 'POST', '/two-factor/begin-setup', {}, { Origin: 'https://evil.example' })
  const challenge = await ask('200 document', 'POST', '/sign-in', { user })
  const signInCookie = secureCookie(challenge, '__Host-countersign-sign-in')
  const step = { challengeToken: challenge.body.challengeToken, code: phone.code() }
  await ask('400 sign-in-cookie-missing', 'POST', '/two-factor/complete-challenge', step)
  const done = await ask('200 document', 'POST', '/two-factor/complete-challenge', step, { Cookie: signInCookie })
  secureCookie(done, '__Host-countersign-device')
  const session = secureCookie(done, '__Host-session')
  const { body } = await ask('200 document', 'GET', '/two-factor/status', null, { Cookie: session })
  if (body.enabled !== true) throw new Error(`Signed in, but the status is ${JSON.stringify(body)}`)
}

/** Asks as a page of the app does. The certificate is checked: a wrong host or another server would fail. */
function client(port, ca) {
  return async (wanted, method, path, body, headers) => {
    const page = method === 'POST' ? { ...JSON_TYPE, Origin: ORIGIN } : {}
    const options = { host: '127.0.0.1', servername: HOST, port, ca, method, path, agent: false }
    const answer = await new Promise((resolve, reject) => {
      const sent = request({ ...options, headers: { Host: HOST, ...page, ...headers } }, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }))
      })
      sent.once('error', reject)
      sent.end(body == null ? undefined : JSON.stringify(body))
    })
    const got = `${answer.status} ${reasonIn(answer.text)}`
    if (got !== wanted) throw new Error(`${method} ${path}: ${wanted} expected: ${answer.status} ${answer.text}`)
    return { body: JSON.parse(answer.text), cookies: answer.headers['set-cookie'] ?? [] }
  }
}

function reasonIn(text) {
  try {
    return JSON.parse(text).reason ?? 'document'
  } catch {
    return 'no JSON'
  }
}

/** `name=value` of a cookie that was set as its prefix asks. */
function secureCookie({ cookies }, name) {
  const cookie = cookies.find((text) => text.startsWith(`${name}=`)) ?? 'not set'
  const attributes = cookie.split('; ').slice(1)
  const wanted = ['Secure', 'HttpOnly', 'Path=/', 'SameSite=Lax']
  if (!wanted.every((attribute) => attributes.includes(attribute))) throw new Error(`The cookie ${name}: ${cookie}`)
  return cookie.split(';', 1)[0]
}

/** In a browser: signed out, then the second step by what the page's own scripts can do, then the settings. */
async function lookAtPage(port, user, phone) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      ...['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
      ...['--no-first-run', `--host-resolver-rules=MAP ${HOST}:443 127.0.0.1:${port}`],
    ],
  })
  try {
    const page = await browser.newPage({ ignoreHTTPSErrors: true })
    const faults = []
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(ORIGIN)
    await page.locator('two-factor-settings').getByText('You are signed out').waitFor()
    const status = await page.evaluate(
      async ([name, code]) => {
        const post = (path, body) =>
          fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
        const { challengeToken } = await (await post('/sign-in', { user: name })).json()
        return (await post('/two-factor/complete-challenge', { challengeToken, code })).status
      },
      [user, phone.code()],
    )
    if (status !== 200) throw new Error(`The second step from the page: ${status}`)
    await page.reload()
    await page.locator('two-factor-settings').getByText('Recovery codes').first().waitFor()
    if (faults.length > 0) throw new Error(faults.join('\n'))
  } finally {
    await browser.close()
  }
}

async function startServer(folder, port, command, args) {
  const env = { ...process.env, NO_COLOR: '1', NODE_ENV: 'production', PORT: String(port), HOST: '127.0.0.1' }
  const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise((resolve) => child.once('close', resolve))
  let output = ''
  const stop = async () => {
    child.kill('SIGKILL')
    await ended
  }
  await new Promise((resolve, reject) => {
    const fail = () => reject(new Error(`The server does not listen:\n${output}`))
    const timer = setTimeout(fail, START_MS)
    child.once('error', reject)
    child.once('close', fail)
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
        // Each of them prints its address.
        if (!output.includes(`:${port}`)) return
        clearTimeout(timer)
        resolve()
      })
    }
  }).catch(async (error) => {
    await stop()
    throw error
  })
  return { output: () => output, stop }
}

async function freePort() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}
