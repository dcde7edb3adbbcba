import { html, nothing } from 'lit'
import type { StatusAnswer } from '../../http/index.ts'
import type { Page } from '../flows/ask.ts'
import { purposeOf } from '../flows/purpose.ts'
import { beginSetUp } from '../flows/set-up.ts'
import { viewCodes } from '../flows/view-codes.ts'
import { notice } from '../parts/notice.ts'
import { button, type Shown } from '../parts/row.ts'

/** What needs the person's attention, each with what to do about it. They stay until it is done. */
export function noticesView(page: Page, status: StatusAnswer): Shown {
  const { texts, times } = page.scope
  const { enabled, required, requiredFromMs, pendingSetup, throttle } = status
  const { viewable, left, savedAtMs } = status.recoveryCodes
  const closed = ({ state, untilMs }: StatusAnswer['throttle']['strangers'], words: string) => {
    if (state === 'open') return nothing
    return notice(untilMs === null ? words : `${words} ${texts.until.replace('{date}', times.dateTime(untilMs))}`)
  }
  const goOn = () => beginSetUp(page, status, purposeOf(status, pendingSetup?.replaces ?? []), true)
  return html`<div class="notices">
    ${required && !enabled ? notice(texts.offRequired) : nothing}
    ${
      requiredFromMs !== undefined && !enabled
        ? notice(texts.offRequiredFrom.replace('{date}', times.date(requiredFromMs)))
        : nothing
    }
    ${pendingSetup ? notice(texts.pendingSetup, undefined, button(texts.continueSetup, goOn, 'small')) : nothing}
    ${
      left > 0 && savedAtMs === null
        ? notice(
            texts.codesUnsaved,
            undefined,
            button(viewable ? texts.viewCodes : texts.generateTitle, () => viewCodes(page, status), 'small'),
          )
        : nothing
    }
    ${closed(throttle.strangers, texts.strangersClosed)} ${closed(throttle.knownDevices, texts.codesClosed)}
    ${closed(throttle.passwords, texts.passwordsClosed)}
  </div>`
}
