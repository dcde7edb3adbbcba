import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { checkMount } from '../mount.mjs'
import { inProject, npmInstall, writeFiles } from '../project.mjs'

const handlerBy = (adapter) => `import { ${adapter} } from 'countersign/http/node'
import { handler, signIn } from './two-factor.mjs'
`
const SESSIONS = '// Your session middleware goes here, before the handler.\n'
const LISTENING = `console.log('http://127.0.0.1:' + process.env.PORT)\n`

const express = `${handlerBy('toNodeHandler')}import express from 'express'
const app = express()
app.use(express.json())
${SESSIONS}app.use('/two-factor', toNodeHandler(handler))
app.post('/sign-in', toNodeHandler(signIn))
app.listen(process.env.PORT, '127.0.0.1', () => ${LISTENING.trim()})
`

/** A file that listens. */
export const SERVERS = [
  { name: 'Express 4', dependencies: { express: '4.21.2' }, app: express },
  { name: 'Express 5', dependencies: { express: '5.1.0' }, app: express },
  {
    name: 'Fastify',
    dependencies: { fastify: '5.6.2' },
    app: `${handlerBy('toFastifyHandler')}import fastify from 'fastify'
const app = fastify()
${SESSIONS.replace('middleware', 'plugin')}app.all('/two-factor/*', toFastifyHandler(handler))
app.post('/sign-in', toFastifyHandler(signIn))
await app.listen({ port: process.env.PORT, host: '127.0.0.1' })
${LISTENING}`,
  },
  {
    name: 'Koa',
    dependencies: { koa: '3.1.1' },
    app: `${handlerBy('toKoaHandler')}import Koa from 'koa'
const app = new Koa()
${SESSIONS}const [routes, signInRoute] = [toKoaHandler(handler), toKoaHandler(signIn)]
app.use((ctx, next) => (ctx.path.startsWith('/two-factor/') ? routes(ctx) : next()))
app.use((ctx, next) => (ctx.path === '/sign-in' ? signInRoute(ctx) : next()))
app.listen(process.env.PORT, '127.0.0.1', () => ${LISTENING.trim()})
`,
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
    app: `${handlerBy('toNodeHandler')}import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
class AppModule {}
Module({})(AppModule)
const app = await NestFactory.create(AppModule, { logger: false })
${SESSIONS}app.use('/two-factor', toNodeHandler(handler))
app.use('/sign-in', toNodeHandler(signIn))
await app.listen(process.env.PORT, '127.0.0.1')
${LISTENING}`,
  },
  {
    name: 'Hono',
    dependencies: { hono: '4.13.19', '@hono/node-server': '2.1.9' },
    app: `import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { handler, signIn } from './two-factor.mjs'
const app = new Hono()
app.all('/two-factor/*', (c) => handler(c.req.raw))
app.post('/sign-in', (c) => signIn(c.req.raw))
serve({ fetch: app.fetch, port: process.env.PORT, hostname: '127.0.0.1' }, () => ${LISTENING.trim()})
`,
  },
]

const REACT = { react: '19.3.1', 'react-dom': '19.3.1' }

/** What is built first, with a page that shows the elements: the newest that run on Node 20. */
export const BUILT = [
  {
    name: 'Next',
    app: 'next',
    dependencies: { next: '16.4.6', ...REACT },
    build: ['next', 'build'],
    start: ['next', 'start', '-H', '127.0.0.1'],
  },
  {
    name: 'SvelteKit',
    app: 'sveltekit',
    dependencies: {
      '@sveltejs/adapter-node': '5.5.7',
      '@sveltejs/kit': '2.70.4',
      '@sveltejs/vite-plugin-svelte': '6.2.4',
      svelte: '5.57.3',
      vite: '7.3.8',
    },
    build: ['vite', 'build'],
    start: ['node', 'build'],
  },
  {
    name: 'Nuxt',
    app: 'nuxt',
    dependencies: { nuxt: '4.4.5' },
    build: ['nuxt', 'build'],
    start: ['node', '.output/server/index.mjs'],
  },
  {
    name: 'React Router',
    app: 'react-router',
    dependencies: {
      '@react-router/dev': '7.18.4',
      '@react-router/node': '7.18.4',
      '@react-router/serve': '7.18.4',
      ...REACT,
      'react-router': '7.18.4',
      isbot: '5.2.3',
      vite: '7.3.8',
    },
    build: ['react-router', 'build'],
    start: ['react-router-serve', 'build/server/index.js'],
  },
  {
    name: 'Astro',
    app: 'astro',
    dependencies: { astro: '5.18.2', '@astrojs/node': '9.5.5' },
    build: ['astro', 'build'],
    start: ['node', 'dist/server/entry.mjs'],
  },
]
const QUIET = { NEXT_TELEMETRY_DISABLED: '1', NUXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1' }

const servers = SERVERS.map(({ name, dependencies, app }) => ({
  name: `mount: ${name}, behind a TLS proxy`,
  quick: name === 'Express 5',
  run: ({ here, countersign }) =>
    inProject({ manifest: { dependencies: { countersign, ...dependencies } } }, async (project) => {
      await copyApp(here, project.folder)
      await writeFiles(project.folder, { 'app.mjs': app })
      await npmInstall(project)
      await checkMount(project, { start: [process.execPath, 'app.mjs'] })
    }),
}))

const built = BUILT.map(({ name, app, dependencies, build, start }) => ({
  name: `mount: ${name}, behind a TLS proxy, with a page in a browser`,
  run: ({ here, countersign }) =>
    inProject({ manifest: { type: 'module', dependencies: { countersign, ...dependencies } } }, async (project) => {
      const command = ([program, ...args]) =>
        program === 'node' ? [process.execPath, ...args] : [join(project.folder, 'node_modules/.bin', program), ...args]
      await copyApp(here, project.folder, app)
      await npmInstall(project)
      const [program, ...args] = command(build)
      await project.run(program, args, { env: { ...QUIET, NODE_ENV: 'production' } })
      await checkMount(project, { start: command(start), page: true })
    }),
}))

async function copyApp(here, folder, app) {
  for (const file of ['two-factor.mjs', 'users.mjs']) await cp(join(here, 'apps', file), join(folder, file))
  if (app !== undefined) await cp(join(here, 'apps', app), folder, { recursive: true })
}

export const frameworks = [...servers, ...built]
