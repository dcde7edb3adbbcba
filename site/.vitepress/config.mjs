import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import llms from 'vitepress-plugin-llms'

/** Written by prepare.mjs. */
const frameworks = JSON.parse(readFileSync(fileURLToPath(new URL('frameworks.json', import.meta.url)), 'utf8'))
const page = (text, link) => ({ text, link: `/${link}` })

export default defineConfig({
  title: 'countersign',
  description:
    'Two-factor authentication for any Node, Deno, Bun or Workers backend that keeps its own users and database.',
  srcDir: 'pages',
  outDir: 'dist',
  cleanUrls: true,
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  lastUpdated: false,
  ignoreDeadLinks: false,
  vite: { plugins: [llms()], build: { chunkSizeWarningLimit: 2000 } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      page('Guide', 'get-started'),
      page('Playground', 'playground'),
      page('Reference', 'reference/modules'),
      page('Changes', 'changelog'),
    ],
    sidebar: [
      {
        text: 'Start',
        items: [
          page('Is it for you?', 'choosing'),
          page('Five minutes to a demo', 'get-started'),
          page('Playground', 'playground'),
          page('Installing', 'installing'),
          page('Moving in', 'migrating'),
        ],
      },
      { text: 'Add it to', collapsed: false, items: [...frameworks, page('Your sessions', 'sessions')] },
      {
        text: 'Build with it',
        items: [
          page('Options', 'options'),
          page('HTTP handler', 'http'),
          page('Pages: the elements', 'elements'),
          page('React, Vue, Svelte', 'components'),
          page('Passkeys', 'passkeys'),
          page('Asking for a fresh second step', 'assurance'),
          page('Access tokens', 'tokens'),
          page('Recovery codes', 'recovery-codes'),
          page('Events and mails', 'events'),
          page('Errors', 'errors'),
          page('Testing', 'testing'),
        ],
      },
      {
        text: 'Store it',
        items: [
          page('Stores', 'stores'),
          page('Writing a store', 'writing-a-store'),
          page('Knex', 'recipes/knex'),
          page('TypeORM', 'recipes/typeorm'),
          page('Sequelize', 'recipes/sequelize'),
          page('MikroORM', 'recipes/mikro-orm'),
          page('MongoDB', 'recipes/mongodb'),
        ],
      },
      {
        text: 'Run it',
        items: [
          page('Operating', 'operating'),
          page('Command line', 'cli'),
          page('Keys', 'keys'),
          page('Throttling', 'throttling'),
          page('Metrics', 'telemetry'),
          page('Scaling', 'scaling'),
          page('An FAQ for your users', 'faq-for-your-users'),
        ],
      },
      {
        text: 'Trust it',
        items: [
          page('Threat model', 'threat-model'),
          page('Compliance', 'compliance'),
          page('Verification', 'verification'),
          page('Beside other libraries', 'results'),
          page('Architecture', 'architecture'),
          page('Security policy', 'security'),
          page('Contributing', 'contributing'),
        ],
      },
    ],
  },
})
