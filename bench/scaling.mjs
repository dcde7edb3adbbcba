// npm run scaling [-- --users 1000000000] [--sign-ins 1] [--peak 5] [--copies 3] [--write]
// What so many users need, for each store, from what bench:stores measured (stores/figures.json): sign-ins a second, traffic,
// cores, machines and bytes. With --write it makes the tables of docs/scaling.md from the same figures; with --check it fails
// if they differ.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { markdown } from './stores/table.mjs'

const SECONDS_A_DAY = 86_400
/** The tables that the page shows as they were measured. */
const SHOWN = ['records', 'growth', 'wire', 'stores', 'cold']
const page = new URL('../docs/scaling.md', import.meta.url)
const figures = new URL('stores/figures.json', import.meta.url)
if (!existsSync(figures)) {
  console.error('bench/stores/figures.json is not there. Measure first: npm run bench:stores -- --write')
  process.exit(2)
}
const { measured, tables } = JSON.parse(readFileSync(figures, 'utf8'))

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '1000000000' },
    'sign-ins': { type: 'string', default: '1' },
    peak: { type: 'string', default: '5' },
    copies: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
})
const [users, signInsADay, peak, copies] = ['users', 'sign-ins', 'peak', 'copies'].map(positive)

const table = plan({ users, signInsADay, peak, copies })
const before = readFileSync(page, 'utf8')
if (values.write) writeFileSync(page, pageFrom(before))
else if (!values.check) console.log([introduction(), markdown(table), footnote(), source()].join('\n\n'))
else if (pageFrom(before) !== before) {
  console.error('docs/scaling.md differs from bench/stores/figures.json: run npm run scaling -- --write.')
  process.exitCode = 1
}

function positive(name) {
  const number = Number(values[name])
  if (number > 0 && Number.isFinite(number)) return number
  console.error(`--${name} takes a number greater than 0, such as --${name} ${name === 'users' ? '1000000' : '3'}.`)
  process.exit(2)
}

/** One row for each store that was measured with a server or a file of its own. */
function plan({ users, signInsADay, peak, copies }) {
  const average = (users * signInsADay) / SECONDS_A_DAY
  const atPeak = average * peak
  const bytesOfUser = bytesOfUsers()
  const rows = objectsOf('stores')
    .filter(({ store }) => store !== 'memory')
    .map((row) => {
      const wire = objectsOf('wire').find(({ store }) => store === row.store)
      const bytes = bytesOfUser[row.store]
      return [
        row.store,
        round(atPeak * 2),
        round(atPeak),
        wire === undefined ? '' : bytesText(atPeak * (Number(wire['bytes sent']) + Number(wire['bytes received']))),
        coresText((atPeak * Number(row['µs of CPU for one'])) / 1e6),
        round(Math.ceil(atPeak / Number(row['sign-ins a second, 32 on loopback']))),
        bytes === undefined ? '' : bytesText(users * bytes),
        bytes === undefined ? '' : bytesText(users * bytes * copies),
      ]
    })
  const columns = [
    'store',
    'reads by key a second',
    'conditional writes a second',
    'traffic a second',
    'cores for the backends',
    'machines like the measured one',
    'stored, one copy',
    copies === 1 ? 'stored' : `${copies} copies`,
  ]
  return { columns, rows }
}

/** Stores on the same server store the same bytes. */
function bytesOfUsers() {
  const kept = {}
  for (const row of objectsOf('growth')) kept[row.store.split(',')[0]] = Number(row['bytes of a user'])
  const { PostgreSQL, SQLite, MariaDB, Redis, NATS } = kept
  return {
    pg: PostgreSQL,
    postgres: PostgreSQL,
    libsql: SQLite,
    'better-sqlite3': SQLite,
    mysql2: MariaDB,
    mariadb: MariaDB,
    ioredis: Redis,
    redis: Redis,
    nats: NATS,
  }
}

/** One row for each store, with the middle and the 99 % of each number at once. */
function contentionByStore() {
  const rows = objectsOf('contention')
  const atOnce = [...new Set(rows.map((row) => row['at once']))]
  const times = (store, count) => {
    const row = rows.find((one) => one.store === store && one['at once'] === count)
    return `${row['p50 until all are answered, µs']} · ${row['p99, µs']}`
  }
  return {
    columns: ['store', ...atOnce.map((count) => `${count} at once: p50 · p99, µs`)],
    rows: [...new Set(rows.map(({ store }) => store))].map((store) => [
      store,
      ...atOnce.map((count) => times(store, count)),
    ]),
  }
}

function objectsOf(name) {
  const { columns, rows } = tables[name]
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])))
}

function introduction() {
  const average = (users * signInsADay) / SECONDS_A_DAY
  return `${round(users)} users, each signing in ${signInsADay === 1 ? 'once' : `${signInsADay} times`} a day: ${round(average)} sign-ins a second on average, ${round(average * peak)} at a peak of ${peak} times the average.`
}

function footnote() {
  return `A machine like the measured one ran the database, the backend and the bench on its ${measured.cores} cores. The machines and cores are for the peak.`
}

function source() {
  const { command, date, commit, machine } = measured
  return `Measured by \`${command}\` on ${date}, commit ${commit}, ${machine}; computed by \`npm run scaling -- --users ${users} --sign-ins ${signInsADay} --peak ${peak} --copies ${copies}\`.`
}

/** The page with the figures between its markers. */
function pageFrom(text) {
  const { command, date, commit, machine } = measured
  const contents = {
    machine: `Measured by \`${command}\` on ${date}, commit ${commit}, ${machine}.`,
    ...Object.fromEntries(SHOWN.map((name) => [name, markdown(tables[name])])),
    contention: markdown(contentionByStore()),
    plan: [introduction(), markdown(table), footnote()].join('\n\n'),
  }
  let made = text
  for (const [name, content] of Object.entries(contents)) {
    const marked = new RegExp(`(<!-- figures: ${name} -->\n)[\\s\\S]*?(<!-- /figures -->)`)
    if (!marked.test(made)) throw new Error(`docs/scaling.md has no place for ${name}.`)
    made = made.replace(marked, (_all, start, end) => `${start}\n${content}\n\n${end}`)
  }
  return made
}

function round(number) {
  const digits = number >= 1000 ? 3 : 2
  const rounded = Number(number.toPrecision(digits))
  return rounded < 1000 ? String(rounded) : Math.round(rounded).toLocaleString('en-US').replaceAll(',', ' ')
}

function coresText(cores) {
  return cores < 0.1 ? 'under 0.1' : String(Number(cores.toPrecision(2)))
}

function bytesText(bytes) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]}`
}
