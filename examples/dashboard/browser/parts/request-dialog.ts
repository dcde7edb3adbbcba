import type { Refusal } from 'countersign'
import type { Reason } from '../../answers.ts'
import { announce, element } from '../dom.ts'
import type { Texts } from '../texts.ts'
import type { Field } from './field.ts'
import { frame } from './frame.ts'
import { requestForm } from './request-form.ts'

export interface RequestDialogOptions {
  texts: Texts
  title: string
  why?: string | undefined
  fields: readonly Field[]
  action: string
  isDangerous?: boolean
  about?: Partial<Record<Reason, Field>>
  /** Said once it is done. */
  doneText: string
  send(): Promise<{ ok: true } | Refusal<Reason>>
}

/** A dialog of one form. Dispatches `done` and closes when the API did what it asks for. */
export function requestDialog(options: RequestDialogOptions): HTMLDialogElement {
  const { texts, title, why, fields, action, isDangerous = false, about = {}, send } = options
  const { dialog, show, close } = frame(texts)
  const form = requestForm({
    texts,
    intro: [why ? element('p', {}, why) : null],
    fields,
    action,
    isDangerous,
    about,
    cancel: close,
    send,
    done() {
      close()
      announce(options.doneText)
      dialog.dispatchEvent(new Event('done'))
    },
  })
  show(title, form)
  return dialog
}
