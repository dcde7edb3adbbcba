import { defineConfig } from 'vitest/config'
import root from '../../../vitest.config.ts'

// The drivers of this folder are a package of their own: npm ci --prefix test/stores/sql
export default defineConfig({
  ...root,
  test: {
    ...root.test,
    include: ['test/stores/sql/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: 'test/stores/sql/servers.ts',
    // All files share two servers, and some start four processes: one after the other.
    fileParallelism: false,
    hookTimeout: 60_000,
  },
})
