const printed = {}

/** Prints a table in Markdown, and keeps it under its name for figures.json. */
export function printTable(name, title, columns, rows) {
  if (rows.length === 0) return
  printed[name] = { columns, rows: rows.map((row) => row.map(String)) }
  console.log(`\n### ${title}\n\n${markdown(printed[name])}`)
}

/** Every table that was printed, by name. */
export function printedTables() {
  return printed
}

/** A table in Markdown, its numbers on the right. */
export function markdown({ columns, rows }) {
  const isNumber = columns.map((_, index) => rows.every((row) => /^[\d.,\s]*$/.test(row[index])))
  const rule = `|${isNumber.map((number) => (number ? '---:' : '---')).join('|')}|`
  return [line(columns), rule, ...rows.map(line)].join('\n')
}

function line(cells) {
  return `| ${cells.join(' | ')} |`
}
