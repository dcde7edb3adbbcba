import { passwordField } from '../parts/field.ts'
import { requestDialog } from '../parts/request-dialog.ts'
import type { DialogNeeds } from './needs.ts'

export function disableDialog({ api, texts }: DialogNeeds): HTMLDialogElement {
  const words = texts.disable
  const password = passwordField(texts.password)
  return requestDialog({
    texts,
    title: words.title,
    why: words.why,
    fields: [password],
    action: words.disable,
    isDangerous: true,
    doneText: words.done,
    send: () => api.disable({ password: password.input.value }),
  })
}
