const WIDTH = 640
const NAMES = 220
const LINE = 30
const TOP = 46

/** Horizontal bars, one for each row, as an SVG that follows the reader's light or dark setting. */
export function barChart(title, rows) {
  const longest = Math.max(...rows.map(({ microseconds }) => microseconds))
  const height = TOP + rows.length * LINE + 14
  const bars = rows.map(({ name, microseconds, ratio }, index) => {
    const y = TOP + index * LINE
    const width = Math.max(2, ((WIDTH - NAMES - 140) * microseconds) / longest)
    const label = `${format(microseconds)} µs${index === 0 ? '' : ` · ${ratio.toFixed(1)}×`}`
    return `<text x="${NAMES - 10}" y="${y + 15}" text-anchor="end">${escapeXml(name)}</text>
  <rect class="${index === 0 ? 'own' : 'other'}" x="${NAMES}" y="${y + 2}" width="${width.toFixed(1)}" height="18" rx="3"/>
  <text class="label" x="${(NAMES + width + 8).toFixed(1)}" y="${y + 15}">${label}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-16 -12 ${WIDTH + 32} ${height + 24}" role="img" aria-label="${escapeXml(title)}">
  <style>
    text { font: 13px system-ui, sans-serif; fill: #1f2430 }
    .paper { fill: #fff }
    .title { font-weight: 600; font-size: 15px }
    .label { fill: #5b6270 }
    .own { fill: #2f6fed }
    .other { fill: #b8c0cf }
    @media (prefers-color-scheme: dark) { .paper { fill: #1b1b1f } text { fill: #e8eaf0 } .label { fill: #a6adbb } .other { fill: #4c5566 } .own { fill: #6b9bff } }
  </style>
  <rect class="paper" x="-16" y="-12" width="${WIDTH + 32}" height="${height + 24}" rx="8"/>
  <text class="title" x="0" y="20">${escapeXml(title)} (shorter is faster)</text>
  ${bars.join('\n  ')}
</svg>
`
}

function format(microseconds) {
  return microseconds >= 100 ? microseconds.toFixed(0) : microseconds.toFixed(1)
}

function escapeXml(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
