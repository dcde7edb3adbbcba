/** Prints a table in Markdown, its numbers on the right. */
export function printTable(title, columns, rows) {
  const isNumber = columns.map((_, index) => rows.every((row) => /^[\d.]*$/.test(row[index])))
  if (rows.length === 0) return
  console.log(`\n### ${title}\n`)
  console.log(line(columns))
  console.log(`|${isNumber.map((number) => (number ? '---:' : '---')).join('|')}|`)
  for (const row of rows) console.log(line(row))
}

function line(cells) {
  return `| ${cells.join(' | ')} |`
}
