import { passwordField, textField } from '../parts/field.ts'
import { requestDialog } from '../parts/request-dialog.ts'
import type { DialogNeeds } from './needs.ts'
import type { Authenticator } from './set-up.ts'

export function renameAuthenticatorDialog({ api, texts }: DialogNeeds, { id, name }: Authenticator): HTMLDialogElement {
  const words = texts.renameAuthenticator
  const field = textField({ label: words.name, attributes: { maxlength: 40, value: name, autocomplete: 'off' } })
  return requestDialog({
    texts,
    title: words.title,
    fields: [field],
    action: words.save,
    doneText: words.done,
    send: () => api.renameAuthenticator({ id, name: field.input.value }),
  })
}

export function removeAuthenticatorDialog({ api, texts }: DialogNeeds, { id, name }: Authenticator): HTMLDialogElement {
  const words = texts.removeAuthenticator
  const password = passwordField(texts.password)
  return requestDialog({
    texts,
    title: words.title,
    why: words.why(name),
    fields: [password],
    action: words.remove,
    isDangerous: true,
    doneText: words.done,
    send: () => api.removeAuthenticator({ id, password: password.input.value }),
  })
}
