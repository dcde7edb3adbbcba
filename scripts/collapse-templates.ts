import { transformSync } from 'esbuild'

/** What each kind of template may lose. HTML reads a line break with its indents as one space. */
const COLLAPSE: Readonly<Record<string, (text: string) => string>> = {
  // Before esbuild does the rest, since it leaves the values of custom properties as they are.
  css(text) {
    const flat = text
      .replace(/\s+/g, ' ')
      .replace(/([,:(]) /g, '$1')
      .replace(/ \)/g, ')')
    return transformSync(flat, { loader: 'css', minify: true }).code.trimEnd()
  },
  html: (text) => text.replace(/\s*\n\s*/g, ' '),
}

/**
 * A module with the line breaks and indents of its html`` and css`` templates taken out. A minifier leaves templates as they
 * are, and in the elements they are a good part of what a page loads. A line break becomes a space, so that words and buttons stay apart.
 *
 * Reads templates, strings and comments. The sources have no regular expression with a quote or a backtick.
 */
export function collapseTemplates(source: string): string {
  const parts: string[] = []
  /** The templates that are open, with the depth of braces outside of them. */
  const open: { tag: string; depth: number }[] = []
  let depth = 0
  let at = 0

  /** From the beginning of a template's text to its end, or to the next hole in it. */
  function readText(): void {
    const tag = open.at(-1)?.tag ?? ''
    let end = at
    while (source[end] !== '`' && source.slice(end, end + 2) !== '${') {
      if (end >= source.length) throw new Error('A template has no end.')
      end += source[end] === '\\' ? 2 : 1
    }
    const text = source.slice(at, end)
    parts.push(COLLAPSE[tag]?.(text) ?? text)
    const closes = source[end] === '`'
    parts.push(closes ? '`' : '${')
    at = end + (closes ? 1 : 2)
    if (closes) depth = open.pop()?.depth ?? 0
    else depth = 0
  }

  while (at < source.length) {
    const skipped = /^(?:\/\/.*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|[^`{}'"/]+|[^`])/.exec(
      source.slice(at),
    )
    const token = skipped?.[0] ?? '`'
    at += token.length
    if (token === '`') {
      const tag = /(html|css)$/.exec(parts.at(-1) ?? '')?.[0] ?? ''
      parts.push(token)
      open.push({ tag, depth })
      readText()
    } else if (token === '}' && depth === 0 && open.length > 0) {
      parts.push(token)
      readText()
    } else {
      if (token === '{') depth += 1
      if (token === '}') depth -= 1
      parts.push(token)
    }
  }
  return parts.join('')
}
