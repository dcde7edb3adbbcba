import { readBody } from './body.ts'
import { checkRequest } from './check-request.ts'
import { isFromAllowedOrigin, isJson } from './guard.ts'
import { notFoundDetail } from './not-found.ts'
import { accessTokenRoutes } from './operations/access-tokens.ts'
import { manageRoutes } from './operations/manage.ts'
import { signInRoutes } from './operations/sign-in.ts'
import { type HandlerOptions, readHandlerOptions, type Settings, type SignInDetails } from './options.ts'
import { problem } from './problems.ts'
import { reply } from './reply.ts'
import type { Route } from './route.ts'
import { signIn } from './sign-in.ts'

/** Answers every request under its path, and completes your own sign-in route. */
export interface TwoFactorHandler {
  (request: Request): Promise<Response>
  /**
   * The last thing your sign-in route does, after the first factor (password, OAuth, magic link): asks whether a second
   * step is needed. If so, answers with a challenge that is bound to this browser; if not, opens the session. Like the
   * handler's own routes, it accepts requests from allowed origins only.
   *
   * @example
   * if (await users.checkPassword(user.id, password)) return handler.signIn(request, { userId: user.id, accountName: login })
   */
  signIn(request: Request, details: SignInDetails): Promise<Response>
}

/**
 * The whole feature over HTTP, on Web standards: mounts in Hono, Next route handlers, SvelteKit, Deno.serve, Bun.serve and
 * Workers as it is, and in Express, Fastify, Koa and node:http with countersign/http/node. JSON in, JSON out;
 * refusals are RFC 9457 problems. Its OpenAPI document is served under `openapi.json`.
 *
 * @throws CountersignError `invalid_option` naming the option
 * @example
 * const handler = createHandler({
 *   twoFactor,
 *   authenticate: (request) => sessions.find(request.headers.get('cookie')),
 *   openSession: async (userId) => ({ 'Set-Cookie': await sessions.open(userId) }),
 * })
 * app.all('/two-factor/*', (c) => handler(c.req.raw))
 */
export function createHandler(options: HandlerOptions): TwoFactorHandler {
  const settings = readHandlerOptions(options)
  const { tokens } = settings
  const routes = [...signInRoutes, ...manageRoutes, ...(tokens === undefined ? [] : accessTokenRoutes(tokens))]
  const byPath = new Map(routes.map((route) => [`${settings.basePath}/${route.path}`, route]))
  const paths = routes.map(({ path }) => path)
  const documentPath = `${settings.basePath}/openapi.json`
  /** Built once: it takes twenty times as long as a sign-in, and anybody may request it. */
  let document: string | undefined

  async function respond(request: Request): Promise<Response> {
    const pathname = new URL(request.url).pathname.replace(/\/$/, '')
    const route = byPath.get(pathname)
    if (route !== undefined) return answer(settings, route, request)
    if (pathname !== documentPath) {
      return problem('not-found', { detail: notFoundDetail(settings.basePath, paths, pathname) })
    }
    if (request.method !== 'GET') return problem('method-not-allowed', { headers: { Allow: 'GET' } })
    const { openApiDocument } = await import('./document/openapi.ts')
    document ??= JSON.stringify(openApiDocument(settings, routes))
    return new Response(document, { headers: { 'Content-Type': 'application/json' } })
  }

  const handler = async (request: Request) => {
    checkRequest(request)
    return finished(settings, request, () => respond(request))
  }
  const signInHandler = async (request: Request, details: SignInDetails) => {
    checkRequest(request)
    return finished(settings, request, async () => {
      // Otherwise another site could sign a visitor in to its own account.
      return isFromAllowedOrigin(request, settings) ? signIn(settings, request, details) : problem('cross-site')
    })
  }
  return Object.assign(handler, { signIn: signInHandler })
}

async function answer(settings: Settings, route: Route, request: Request): Promise<Response> {
  if (request.method !== route.method) return problem('method-not-allowed', { headers: { Allow: route.method } })
  if (route.body !== null) {
    if (!isFromAllowedOrigin(request, settings)) return problem('cross-site')
    if (!isJson(request)) return problem('not-json')
  }
  const person = route.isPersonal ? await settings.authenticate(request) : null
  if (route.isPersonal && person === null) return problem('signed-out')
  const body = route.body === null ? null : await readBody(request)
  if (body !== null && !body.ok) return problem(body.reason)
  const outcome = await route.run({ request, settings, person }, body?.json)
  return outcome.ok ? reply(outcome) : problem(outcome.reason, outcome)
}

/** No cache keeps an answer, and no client sees a fault. */
async function finished(settings: Settings, request: Request, work: () => Promise<Response>): Promise<Response> {
  const response = await work().catch(async (error: unknown) => {
    if (settings.onError === undefined) throw error
    await settings.onError(error, request)
    return problem('server-error')
  })
  response.headers.set('Cache-Control', 'no-store')
  response.headers.set('X-Content-Type-Options', 'nosniff')
  return response
}
