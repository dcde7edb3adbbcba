import type { Api } from '../api.ts'
import type { Texts } from '../texts.ts'

/** What every dialog is given: the API that it asks, and its words. */
export interface DialogNeeds {
  api: Api
  texts: Texts
}
