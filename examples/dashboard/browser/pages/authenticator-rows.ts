import type { Status } from 'countersign'
import { removeAuthenticatorDialog, renameAuthenticatorDialog } from '../dialogs/authenticators.ts'
import { type SetUpPurpose, setUpDialog } from '../dialogs/set-up.ts'
import { type Child, element } from '../dom.ts'
import { howLongAgo, onDate } from '../times.ts'
import { listRow, openFor, type PageNeeds, pageButton, pill, verb } from './page.ts'

/** The account's authenticators: rename or remove each, add another, move to a new phone. */
export function authenticatorRows(needs: PageNeeds, { authenticators }: Status, refresh: () => Promise<void>): Child[] {
  const [first, ...others] = authenticators
  const setUp = (purpose: SetUpPurpose) => () => openFor(refresh, setUpDialog(needs, purpose))

  const rows = authenticators.map((authenticator) => {
    const { id, name, createdAtMs, lastUsedAtMs, weak } = authenticator
    const used = lastUsedAtMs === null ? 'not used yet' : `used ${howLongAgo(lastUsedAtMs)}`
    const rename = () => openFor(refresh, renameAuthenticatorDialog(needs, authenticator))
    const remove = () => openFor(refresh, removeAuthenticatorDialog(needs, authenticator))
    return listRow(
      'phone',
      element('strong', {}, name, weak && pill('warn', 'Weak key: replace it')),
      element('span', { class: 'muted' }, `Added ${onDate(createdAtMs)}, ${used}`),
      pageButton(`rename-${id}`, verb('Rename', name), rename, 'small'),
      others.length > 0 && pageButton(`remove-${id}`, verb('Remove', name), remove, 'small quiet-danger'),
    )
  })
  return [
    element(
      'div',
      { class: 'group' },
      element('h3', {}, 'Authenticators'),
      ...rows,
      element(
        'div',
        { class: 'group-actions' },
        pageButton('add', 'Add Another', setUp({ kind: 'addAuthenticator' }), 'small'),
        first &&
          pageButton(
            'replace',
            'I Have a New Phone',
            setUp({ kind: 'replaceAuthenticator', replaces: [first, ...others] }),
            'small',
          ),
      ),
    ),
  ]
}
