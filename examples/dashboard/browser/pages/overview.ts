import { element } from '../dom.ts'
import { texts } from '../language.ts'
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
    row(badge('server'), [name], what, isUp ? pill('good', texts().running) : pill('plain', texts().stopped)),
  )
  return pageLayout(texts().overview, texts().overviewLead, element('ol', { class: 'card rows' }, ...rows))
}
