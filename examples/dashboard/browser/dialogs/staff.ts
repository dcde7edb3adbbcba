import type { ListedUser } from '../../answers.ts'
import { type Field, textField } from '../parts/field.ts'
import { requestDialog } from '../parts/request-dialog.ts'
import type { DialogNeeds } from './needs.ts'

export function resetUserDialog({ api, texts }: DialogNeeds, { id, name }: ListedUser): HTMLDialogElement {
  const words = texts.resetUser
  const note = noteField(texts.staffNote)
  return requestDialog({
    texts,
    title: words.title,
    why: words.why(name),
    fields: [note],
    action: words.reset,
    isDangerous: true,
    doneText: words.done,
    send: () => api.resetTwoFactor({ userId: id, note: note.input.value }),
  })
}

export function unlockUserDialog({ api, texts }: DialogNeeds, { id, name }: ListedUser): HTMLDialogElement {
  const words = texts.unlockUser
  const note = noteField(texts.staffNote)
  return requestDialog({
    texts,
    title: words.title,
    why: words.why(name),
    fields: [note],
    action: words.unlock,
    doneText: words.done,
    send: () => api.unlockTwoFactor({ userId: id, note: note.input.value }),
  })
}

function noteField(words: DialogNeeds['texts']['staffNote']): Field {
  return textField({ ...words, attributes: { maxlength: 500, autocomplete: 'off' } })
}
