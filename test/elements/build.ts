import { fileURLToPath } from 'node:url'
import { build } from 'tsup'
import { page } from '../../tsup.config.ts'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** The page's script with the elements in it, bundled and minified as in the package. */
export async function buildPage(folder: string): Promise<void> {
  await build({
    ...page,
    config: false,
    entry: { page: path('page/page.ts') },
    outDir: folder,
    format: ['esm'],
    target: 'es2022',
    platform: 'browser',
    splitting: false,
    silent: true,
    noExternal: [/./],
    tsconfig: path('../tsconfig.json'),
    outExtension: () => ({ js: '.js' }),
  })
}
