import { MIN_PASSWORD_LENGTH } from '../../answers.ts'
import type { Api } from '../api.ts'
import { openDialog } from '../dialog.ts'
import { fillIn, texts } from '../language.ts'
import { inNumbers } from '../times.ts'

/** @param done is called once the server has changed the password, and ended what it ends */
export function openChangePassword(api: Api, done: () => void | Promise<void>): void {
  openDialog({
    title: texts().changePassword,
    why: texts().changePasswordWhy,
    fields: [
      { name: 'currentPassword', label: texts().currentPassword, type: 'password', autocomplete: 'current-password' },
      {
        name: 'newPassword',
        label: texts().newPassword,
        hint: fillIn(texts().newPasswordHint, { count: inNumbers(MIN_PASSWORD_LENGTH) }),
        type: 'password',
        autocomplete: 'new-password',
      },
    ],
    action: texts().changePassword,
    about: { 'wrong-password': 'currentPassword', 'too-many-attempts': 'currentPassword' },
    send: (values) => api.post('ChangePassword', values),
    doneText: texts().passwordChanged,
    done,
  })
}
