import type { ActivityEntry } from '../../answers.ts'
import { type Child, element, fill } from '../dom.ts'
import type { IconName } from '../icons.ts'
import { texts, twoFactorElement } from '../language.ts'
import { openChangePassword } from './change-password.ts'
import { badge, type PageNeeds, pageLayout, pill, row } from './page.ts'

/**
 * “This wasn't me”: what to do, in this order, if a change of the account was somebody else's. A step is done once the
 * server's list of activities says so, since this page was opened.
 */
export function notMePage({ api }: PageNeeds): HTMLElement {
  const settings = twoFactorElement('two-factor-settings')
  const change = () => openChangePassword(api, () => Promise.all([settings.refresh(), show()]).then(() => undefined))
  const password = step(
    'key',
    texts().notMePassword,
    texts().notMePasswordWhy,
    ['password.changed'],
    [element('button', { type: 'button', class: 'button', onclick: change }, texts().changePassword)],
  )
  const codes = step('key', texts().notMeCodes, texts().notMeCodesWhy, [
    'recovery-codes.regenerated',
    'two-factor.enabled',
  ])
  const authenticators = step('phone', texts().notMeAuthenticators, texts().notMeAuthenticatorsWhy)

  async function show(): Promise<void> {
    const activity = await api.get('Activity')
    if (!activity.ok) return
    const sinceMs = openedAtMs(activity.entries)
    const done = new Set(activity.entries.filter(({ atMs }) => atMs > sinceMs).map(({ type }) => type))
    for (const { mark } of [password, codes]) mark(done)
  }
  settings.addEventListener('two-factor-changed', () => {
    show().catch(reportError)
  })
  show().catch(reportError)

  const list = element('ol', { class: 'card rows' }, password.line, codes.line, authenticators.line)
  return pageLayout(texts().notMe, texts().notMeLead, list, settings)
}

function step(
  picture: IconName,
  title: string,
  detail: string,
  doneBy: readonly ActivityEntry['type'][] = [],
  end: readonly Child[] = [],
) {
  const state = element('span', { role: 'status' })
  return {
    line: row(badge(picture), [title], detail, state, ...end),
    mark(done: ReadonlySet<ActivityEntry['type']>): void {
      const isDone = doneBy.some((type) => done.has(type))
      fill(state, pill(isDone ? 'good' : 'warn', isDone ? texts().stepDone : texts().stepOpen))
    },
  }
}

/** By the server's clock: its newest activity when the page was opened, which the entry of the history keeps over a reload. */
function openedAtMs(entries: readonly ActivityEntry[]): number {
  const kept: unknown = history.state?.notMeSinceMs
  if (typeof kept === 'number') return kept
  const newestMs = entries[0]?.atMs ?? 0
  history.replaceState({ notMeSinceMs: newestMs }, '')
  return newestMs
}
