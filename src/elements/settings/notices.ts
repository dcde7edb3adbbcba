import { html, nothing } from 'lit'
import type { StatusAnswer } from '../../http/index.ts'
import type { Shown } from '../parts/row.ts'
import type { Scope } from '../scope.ts'

/** What needs the person's attention: one line each. */
export function noticesView({ texts, times }: Scope, status: StatusAnswer): Shown {
  const { enabled, required, requiredFromMs, pendingSetup, throttle } = status
  const closed = ({ state, untilMs }: StatusAnswer['throttle']['strangers'], words: string) => {
    if (state === 'open') return []
    return untilMs === null ? [words] : [`${words} ${texts.until.replace('{date}', times.dateTime(untilMs))}`]
  }
  const notices = [
    required && !enabled ? [texts.offRequired] : [],
    requiredFromMs !== undefined && !enabled
      ? [texts.offRequiredFrom.replace('{date}', times.date(requiredFromMs))]
      : [],
    pendingSetup ? [texts.pendingSetup] : [],
    closed(throttle.strangers, texts.strangersClosed),
    closed(throttle.knownDevices, texts.codesClosed),
    closed(throttle.passwords, texts.passwordsClosed),
  ].flat()
  return notices.length === 0
    ? nothing
    : html`<div>${notices.map((words) => html`<p class="notice">${words}</p>`)}</div>`
}
