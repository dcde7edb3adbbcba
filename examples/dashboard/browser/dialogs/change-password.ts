import { passwordField } from '../parts/field.ts'
import { requestDialog } from '../parts/request-dialog.ts'
import type { DialogNeeds } from './needs.ts'

export function changePasswordDialog({ api, texts }: DialogNeeds): HTMLDialogElement {
  const words = texts.changePassword
  const current = passwordField(texts.password, { label: words.current })
  const fresh = passwordField(texts.password, {
    label: words.fresh,
    hint: words.freshHint,
    autocomplete: 'new-password',
  })
  return requestDialog({
    texts,
    title: words.title,
    why: words.why,
    fields: [current, fresh],
    action: words.save,
    about: { 'wrong-password': current, 'too-many-attempts': current },
    doneText: words.done,
    send: () => api.changePassword({ currentPassword: current.input.value, newPassword: fresh.input.value }),
  })
}
