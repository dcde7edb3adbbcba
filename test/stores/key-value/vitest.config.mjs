import { defineConfig } from 'vitest/config'
import root from '../../../vitest.config.ts'

// The drivers of this folder are a package of their own: npm ci --prefix test/stores/key-value
export default defineConfig({
  ...root,
  test: {
    ...root.test,
    include: ['test/stores/key-value/*.test.ts'],
    exclude: ['**/node_modules/**'],
    // Each file starts servers, and up to four processes: one after the other.
    fileParallelism: false,
    hookTimeout: 60_000,
  },
})
