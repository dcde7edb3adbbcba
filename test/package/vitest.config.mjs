import { defineConfig } from 'vitest/config'

// The tests of this folder look at the package that run.mjs packed and installed; COUNTERSIGN_PACKED says where.
export default defineConfig({
  test: {
    include: ['test/package/*.test.mjs'],
    testTimeout: 120_000,
  },
})
