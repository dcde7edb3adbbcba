import type { Status } from 'countersign'
import { removeAuthenticatorDialog, renameAuthenticatorDialog } from '../dialogs/authenticators.ts'
import { setUpDialog } from '../dialogs/set-up.ts'
import { type Child, element } from '../dom.ts'
import { howLongAgo, onDate } from '../times.ts'
import { openFor, type PageNeeds, pageButton, pill } from './page.ts'
import { listRow } from './two-factor-card.ts'

/** The account's authenticators: rename, replace or remove each, add another. */
export function authenticatorRows(needs: PageNeeds, { authenticators }: Status, refresh: () => Promise<void>): Child[] {
  const rows = authenticators.map((authenticator) => {
    const { id, name, createdAtMs, lastUsedAtMs, weak } = authenticator
    const used = lastUsedAtMs === null ? 'not used yet' : `used ${howLongAgo(lastUsedAtMs)}`
    const named = (verb: string) => [verb, element('span', { class: 'off-screen' }, ` ${name}`)]
    return listRow(
      'phone',
      element('strong', {}, name, weak && pill('warn', 'Weak key: replace it')),
      element('span', { class: 'muted' }, `Added ${onDate(createdAtMs)}, ${used}`),
      pageButton(`rename-${id}`, words(...named('Rename')), () => openFor(refresh, renameAuthenticatorDialog(needs, authenticator)), 'small'),
      pageButton(
        `replace-${id}`,
        words(...named('I have a new phone')),
        () => openFor(refresh, setUpDialog(needs, { kind: 'replaceAuthenticator', replaces: [authenticator] })),
        'small',
      ),
      authenticators.length > 1 &&
        pageButton(`remove-${id}`, words(...named('Remove')), () => openFor(refresh, removeAuthenticatorDialog(needs, authenticator)), 'small quiet-danger'),
    )
  })
  const add = pageButton(
    'add-authenticator',
    'Add Another',
    () => openFor(refresh, setUpDialog(needs, { kind: 'addAuthenticator' })),
    'small',
  )
  return [
    element('div', { class: 'group' }, element('div', { class: 'group-head' }, element('h3', {}, 'Authenticators'), add), ...rows),
  ]
}

const words = (...children: Child[]) => element('span', {}, ...children)
