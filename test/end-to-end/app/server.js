import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createHandler } from 'countersign/http'
import { toNodeHandler } from 'countersign/http/node'
import { checkPassword, twoFactor } from './app.js'

const sessions = new Map()

function signedIn(cookies) {
  const login = sessions.get(/(?:^|; )session=([\w-]+)/.exec(cookies)?.[1])
  return login === undefined ? null : { userId: login, accountName: login }
}

const handler = createHandler({
  twoFactor,
  authenticate: (request) => signedIn(request.headers.get('cookie')),
  openSession: (login) => {
    const id = randomBytes(16).toString('base64url')
    sessions.set(id, login)
    return { 'Set-Cookie': `session=${id}; Path=/; HttpOnly; SameSite=Lax` }
  },
})

async function signIn(request) {
  const { login, password } = await request.json()
  if (!checkPassword(login, password)) return new Response('{}', { status: 401 })
  return handler.signIn(request, { userId: login, accountName: login })
}

const FILE = /^\/countersign\/([\w.-]+\.js)$/
const elements = new URL('./node_modules/countersign/dist/elements/', import.meta.url)
const fileFor = (path) => {
  if (path === '/') return new URL('page/index.html', import.meta.url)
  return FILE.test(path) ? new URL(FILE.exec(path)[1], elements) : new URL(`page${path}`, import.meta.url)
}

async function answer(request) {
  const { pathname } = new URL(request.url)
  if (pathname.startsWith('/two-factor/')) return handler(request)
  if (pathname === '/sign-in') return signIn(request)
  if (pathname === '/me') return new Response('{}', { status: signedIn(request.headers.get('cookie')) ? 200 : 401 })
  const body = await readFile(fileFor(pathname)).catch(() => null)
  const type = pathname.endsWith('.js') ? 'text/javascript' : 'text/html'
  return new Response(body, { status: body === null ? 404 : 200, headers: { 'Content-Type': type } })
}

createServer(toNodeHandler(answer)).listen(process.env.PORT, '127.0.0.1')
