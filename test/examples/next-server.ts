import { readdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { serve } from '@hono/node-server'

/*
 * Serves what stands under `app`, as Next does: a route.ts by the path of its folder, each method by the function of its
 * name, with the parameters of the path as a promise.
 */

type Methods = Record<string, (request: Request, context: { params: Promise<object> }) => Promise<Response>>

const files = readdirSync('app', { recursive: true, encoding: 'utf8' }).filter((path) => /[\\/]route\.ts$/.test(path))
const routes = await Promise.all(
  files.map(async (file) => {
    const methods: Methods = await import(pathToFileURL(resolve('app', file)).href)
    const pattern = dirname(file)
      .replaceAll('\\', '/')
      .replaceAll(/\[\.\.\.(\w+)\]/g, '(?<$1>.+)')
    return { pattern: new RegExp(`^/${pattern}$`), methods }
  }),
)

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  for (const { pattern, methods } of routes) {
    const match = pattern.exec(pathname)
    if (match === null) continue
    const method = methods[request.method]
    if (method === undefined) return new Response(null, { status: 405 })
    const params = Object.entries(match.groups ?? {}).map(([name, path]) => [name, path.split('/')])
    return method(request, { params: Promise.resolve(Object.fromEntries(params)) })
  }
  return new Response(null, { status: 404 })
}

serve({ fetch: answer, port: Number(process.env['PORT'] ?? 3000), hostname: '127.0.0.1' }, ({ port }) => {
  console.log(`http://localhost:${port}`)
})
