import { element } from '../dom.ts'
import { badge, pageLayout, pill, row } from './page.ts'

const SERVERS = [
  { name: 'web-1', what: 'Frankfurt, 2 vCPU, 4 GB', isUp: true },
  { name: 'web-2', what: 'Frankfurt, 2 vCPU, 4 GB', isUp: true },
  { name: 'database', what: 'Helsinki, 8 vCPU, 32 GB', isUp: true },
  { name: 'staging', what: 'Helsinki, 1 vCPU, 2 GB', isUp: false },
]

/** What all of this protects: something worth signing in for. */
export function overviewPage(): HTMLElement {
  const rows = SERVERS.map(({ name, what, isUp }) =>
    row(badge('server'), [name], what, isUp ? pill('good', 'Running') : pill('plain', 'Stopped')),
  )
  const lead = 'The servers of this example are made up. What guards them is not.'
  return pageLayout('Overview', lead, element('ol', { class: 'card rows' }, ...rows))
}
