import { html, nothing } from 'lit/html.js'
import type { StatusAnswer } from '../../http/index.ts'
import { purposeOf, type SetUpPurpose } from '../flows/purpose.ts'
import { beginSetUp, type SetUpStart } from '../flows/set-up.ts'
import { viewCodes } from '../flows/view-codes.ts'
import { notice } from '../parts/notice.ts'
import { resetNotice } from '../parts/reset-notice.ts'
import { button, type Shown } from '../parts/row.ts'
import { fill } from '../texts/words.ts'
import type { SettingsPage } from './page.ts'

const FEW = 3

/** What needs the person's attention, each with what to do about it. They stay until that is done. */
export function noticesView(page: SettingsPage): Shown {
  const { status, notMe, resetAtMs } = page
  const { texts, times } = page.scope
  const { enabled, required, requiredFromMs, pendingSetup, throttle } = status
  const { viewable, left, savedAtMs } = status.recoveryCodes
  const closed = (
    { state, untilMs }: StatusAnswer['throttle']['strangers'],
    words: string,
    action: Shown = nothing,
  ) => {
    if (state === 'open') return nothing
    const until = untilMs === null ? '' : ` ${texts.until.replace('{date}', times.dateTime(untilMs))}`
    return notice(words + until, undefined, action)
  }
  const begin = (words: string, purpose: SetUpPurpose, start: SetUpStart = 'app') =>
    button(words, () => beginSetUp(page, status, purpose, start), 'small')
  const codes = (words: string, isNew = false) => button(words, () => viewCodes(page, status, isNew), 'small')
  const pending = purposeOf(status, pendingSetup?.replaces ?? [])
  const recoveredAtMs = lastRecovery(status)
  return html`<div class="notices">
    ${enabled ? nothing : resetNotice(page.scope, resetAtMs, html`${begin(texts.setUpAgain, pending)} ${notMe}`)}
    ${required && !enabled ? notice(texts.offRequired) : nothing}
    ${
      requiredFromMs !== undefined && !enabled
        ? notice(texts.offRequiredFrom.replace('{date}', times.date(requiredFromMs)))
        : nothing
    }
    ${pendingSetup ? notice(texts.pendingSetup, undefined, begin(texts.continueSetup, pending, 'resumed')) : nothing}
    ${
      recoveredAtMs === null
        ? nothing
        : notice(
            texts.recovered.replace('{date}', times.dateTime(recoveredAtMs)),
            undefined,
            begin(texts.newPhone, purposeOf(status, ['all'])),
          )
    }
    ${
      left > FEW && savedAtMs === null
        ? notice(texts.codesUnsaved, undefined, codes(viewable ? texts.viewCodes : texts.generateTitle))
        : nothing
    }
    ${
      enabled && left <= FEW
        ? notice(
            left === 0 ? texts.codesNone : fill(texts.codesFew, { left: times.number(left) }),
            undefined,
            codes(texts.generateTitle, true),
          )
        : nothing
    }
    ${closed(throttle.strangers, texts.strangersClosed, notMe)}
    ${closed(throttle.knownDevices, texts.codesClosed)} ${closed(throttle.passwords, texts.passwordsClosed)}
  </div>`
}

/** A recovery code was used, and no app since: the phone may be lost. */
function lastRecovery(status: StatusAnswer): number | null {
  const usedAtMs = status.authenticators.map(({ lastUsedAtMs, createdAtMs }) => lastUsedAtMs ?? createdAtMs)
  const recoveredAtMs = status.changes
    .filter(({ type, also }) => [type, ...(also ?? [])].includes('recovery-code.used'))
    .map(({ atMs }) => atMs)
  const lastAtMs = Math.max(0, ...recoveredAtMs)
  const hasApp = status.enabled && status.totpDigits.length > 0
  return hasApp && lastAtMs > Math.max(...usedAtMs) ? lastAtMs : null
}
