import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** The page's script with the elements in it, as a bundler makes it of the sources. */
export async function buildPage(folder: string): Promise<void> {
  await build({
    config: false,
    entry: { page: path('page/page.ts') },
    outDir: folder,
    format: ['esm'],
    target: 'es2022',
    platform: 'browser',
    splitting: false,
    minify: true,
    silent: true,
    noExternal: [/./],
    tsconfig: path('../tsconfig.json'),
    outExtension: () => ({ js: '.js' }),
  })
}
