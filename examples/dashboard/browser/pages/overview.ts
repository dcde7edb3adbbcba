import { element } from '../dom.ts'
import { pageLayout, pill } from './page.ts'

const SERVERS = [
  { name: 'web-1', place: 'Frankfurt', size: '2 vCPU, 4 GB', state: 'Running' },
  { name: 'web-2', place: 'Frankfurt', size: '2 vCPU, 4 GB', state: 'Running' },
  { name: 'database', place: 'Helsinki', size: '8 vCPU, 32 GB', state: 'Running' },
  { name: 'staging', place: 'Helsinki', size: '1 vCPU, 2 GB', state: 'Stopped' },
]

/** What all of this protects: something worth signing in for. */
export function overviewPage(): HTMLElement {
  const lines = SERVERS.map(({ name, place, size, state }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, element('strong', {}, name)),
      element('td', {}, place),
      element('td', {}, size),
      element('td', {}, pill(state === 'Running' ? 'good' : 'plain', state)),
    ),
  )
  const headings = ['Server', 'Location', 'Size', 'State'].map((text) => element('th', { scope: 'col' }, text))
  return pageLayout(
    'Overview',
    'The servers of this example are made up. What guards them is not.',
    element(
      'section',
      { class: 'card servers' },
      element('table', {}, element('thead', {}, element('tr', {}, ...headings)), element('tbody', {}, ...lines)),
    ),
  )
}
