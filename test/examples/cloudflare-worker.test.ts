import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { schema } from 'countersign/stores/d1'
import { expect, test } from 'vitest'
import { describeExample } from './describe-example.ts'

const server = fileURLToPath(new URL('worker-server.mjs', import.meta.url))

// In workerd and D1, without wrangler around them.
describeExample('cloudflare-worker', {
  files: ['worker.js'],
  program: 'miniflare',
  command: ['node', '--env-file=.env', server],
})

test('examples/cloudflare-worker: the flag that base32 needs stands first, and the table is as the store wants it', () => {
  expect(read('wrangler.toml').split('\n', 3)).toContain('compatibility_flags = ["nodejs_compat"]')
  expect(read('schema.sql')).toContain(schema('sqlite'))
})

function read(file: string): string {
  return readFileSync(new URL(`../../examples/cloudflare-worker/${file}`, import.meta.url), 'utf8')
}
