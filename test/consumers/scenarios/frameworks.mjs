import { expectOutput, inProject, npmInstall } from '../project.mjs'

const HANDLER = `import { createTwoFactor, generateKey, memoryStore } from 'countersign'
import { createHandler } from 'countersign/http'
import { toFastifyHandler, toKoaHandler, toNodeHandler } from 'countersign/http/node'
const twoFactor = createTwoFactor({ issuer: 'Acme', store: memoryStore(), keys: generateKey() })
export const handler = createHandler({
  twoFactor, authenticate: () => null, openSession: () => ({}), allowedOrigins: ['https://app.example.com'] })
export const node = toNodeHandler(handler)
export const fastifyRoute = toFastifyHandler(handler)
export const koaRoute = toKoaHandler(handler)
`

/** Requests as a proxy that ends TLS passes them on, with forwarded headers and without. */
const CHECK = `import { request } from 'node:http'
const ask = (port, method, path, headers, body) => new Promise((resolve, reject) => {
  const sent = request({ host: '127.0.0.1', port, method, path, headers: { Host: 'app.example.com', ...headers } }, (answer) => {
    let text = ''
    answer.on('data', (chunk) => { text += chunk })
    answer.on('end', () => resolve({ status: answer.statusCode, text }))
  })
  sent.once('error', reject)
  sent.end(body)
})
export async function check(port) {
  const json = { 'Content-Type': 'application/json' }
  const forwarded = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'app.example.com', 'X-Forwarded-For': '203.0.113.7' }
  const expected = async (wanted, ...args) => {
    const { status, text } = await ask(port, ...args)
    if (status + ' ' + (JSON.parse(text).reason ?? 'document') !== wanted) throw new Error(wanted + ' expected: ' + status + ' ' + text)
  }
  for (const headers of [{}, forwarded]) {
    const page = { ...json, ...headers, Origin: 'https://app.example.com' }
    await expected('200 document', 'GET', '/two-factor/openapi.json', headers)
    await expected('401 signed-out', 'GET', '/two-factor/status', headers)
    await expected('401 signed-out', 'POST', '/two-factor/begin-setup', page, '{}')
    await expected('400 sign-in-cookie-missing', 'POST', '/two-factor/complete-challenge', page, '{"challengeToken":"none","code":"123456"}')
    await expected('403 cross-site', 'POST', '/two-factor/begin-setup', { ...page, Origin: 'https://evil.example' }, '{}')
  }
  console.log('it works')
  process.exit(0)
}
`

const LISTEN = `const server = app.listen(0, '127.0.0.1', () => check(server.address().port))\n`
const IMPORT = `import { check } from './check.mjs'\nimport { fastifyRoute, handler, koaRoute, node } from './handler.mjs'\n`

const express = `${IMPORT}import express from 'express'
const app = express()
app.use(express.json())
app.use('/two-factor', node)
${LISTEN}`

const FRAMEWORKS = [
  { name: 'Express 4', dependencies: { express: '4.21.2' }, app: express },
  { name: 'Express 5', dependencies: { express: '5.1.0' }, app: express },
  {
    name: 'Fastify',
    dependencies: { fastify: '5.6.2' },
    app: `${IMPORT}import fastify from 'fastify'
const app = fastify()
app.all('/two-factor/*', fastifyRoute)
await app.listen({ port: 0, host: '127.0.0.1' })
await check(app.server.address().port)
`,
  },
  {
    name: 'Koa',
    dependencies: { koa: '3.1.1' },
    app: `${IMPORT}import Koa from 'koa'
const app = new Koa()
app.use((ctx, next) => (ctx.path.startsWith('/two-factor/') ? koaRoute(ctx) : next()))
${LISTEN}`,
  },
  {
    name: 'Nest',
    dependencies: {
      '@nestjs/common': '11.1.9',
      '@nestjs/core': '11.1.9',
      '@nestjs/platform-express': '11.1.9',
      'reflect-metadata': '0.2.2',
      rxjs: '7.8.2',
    },
    app: `${IMPORT}import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
class AppModule {}
Module({})(AppModule)
const app = await NestFactory.create(AppModule, { logger: false })
app.use('/two-factor', node)
await app.listen(0, '127.0.0.1')
await check(app.getHttpServer().address().port)
`,
  },
  {
    name: 'Hono',
    dependencies: { hono: '4.13.19', '@hono/node-server': '2.1.9' },
    app: `${IMPORT}import { serve } from '@hono/node-server'
import { Hono } from 'hono'
const app = new Hono()
app.all('/two-factor/*', (c) => handler(c.req.raw))
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => check(port))
`,
  },
]

const servers = FRAMEWORKS.map(({ name, dependencies, app }) => ({
  name: `mount: ${name}`,
  quick: name === 'Express 5',
  run: ({ countersign }) =>
    inProject(
      {
        manifest: { dependencies: { countersign, ...dependencies } },
        files: { 'handler.mjs': HANDLER, 'check.mjs': CHECK, 'app.mjs': app },
      },
      async (project) => {
        await npmInstall(project)
        expectOutput(await project.run(process.execPath, ['app.mjs']), 'it works')
      },
    ),
}))

export const frameworks = servers
