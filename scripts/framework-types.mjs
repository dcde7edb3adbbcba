// After tsup, which clears dist of declarations that are not its own: the types of countersign/elements/react, vue and
// svelte. They have no code, and need their framework's types, so they are copied rather than compiled.
import { readFile, writeFile } from 'node:fs/promises'

for (const name of ['react', 'vue', 'svelte']) {
  const types = await readFile(`src/elements/${name}.d.ts`, 'utf8')
  const files = {
    'd.ts': types,
    'd.cts': types.replaceAll(/(from '\..*)\.js'/g, "$1.cjs'"),
    js: 'export {}\n',
    cjs: "'use strict'\n",
  }
  for (const [extension, text] of Object.entries(files)) await writeFile(`dist/elements/${name}.${extension}`, text)
}
