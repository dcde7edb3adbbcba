import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { collapseTemplates } from '../../scripts/collapse-templates.ts'

describe('the templates of a module', () => {
  test.each([
    ['html`<p>\n    a  b\n  </p>`', 'html`<p> a  b </p>`'],
    ['html`<a></a>\n  <b></b>`', 'html`<a></a> <b></b>`'],
    ['css`\n  :host {\n    color: red; /* why */\n  }\n`', 'css`:host{color:red}`'],
    ['css`\n  .a {\n    --b: 0.5rem, c( d );\n    width: 0.5rem;\n  }\n`', 'css`.a{--b:.5rem,c(d);width:.5rem}`'],
    ['html`${x ? html`<i>\n</i>` : `a\n  b`}\n  c`', 'html`${x ? html`<i> </i>` : `a\n  b`} c`'],
    ['html`${{ a: { b: 1 } }}\n\n${y}`', 'html`${{ a: { b: 1 } }} ${y}`'],
    ["const a = 'html`' // `\nhtml`\n x`", "const a = 'html`' // `\nhtml` x`"],
    ['/* ` */ `a\n\n  b ${"`"} \\` c`', '/* ` */ `a\n\n  b ${"`"} \\` c`'],
  ])('%j becomes %j', (source, expected) => {
    expect(collapseTemplates(source)).toBe(expected)
  })

  test('lose white space only, in every file of the elements', () => {
    const folder = fileURLToPath(new URL('../../src/elements', import.meta.url))
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
    for (const path of paths) {
      const source = readFileSync(join(folder, path), 'utf8')
      const squeezed = (text: string) => text.replace(/css`[\s\S]*$/, '').replace(/\s+/g, '')
      expect([path, squeezed(collapseTemplates(source))]).toEqual([path, squeezed(source)])
    }
  })
})
