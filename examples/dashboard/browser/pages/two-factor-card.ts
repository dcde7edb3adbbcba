import type { Status } from 'countersign'
import { disableDialog } from '../dialogs/disable.ts'
import { recoveryCodesDialog } from '../dialogs/recovery-codes.ts'
import { setUpDialog } from '../dialogs/set-up.ts'
import { type Child, element } from '../dom.ts'
import { icon } from '../icons.ts'
import { atTime, onDate } from '../times.ts'
import { authenticatorRows } from './authenticator-rows.ts'
import { listRow, openFor, type PageNeeds, pageButton, pill, replaceContent } from './page.ts'
import { trustedDeviceRows } from './trusted-device-rows.ts'

const FEW_CODES = 3

/** The account's second factor: its state, and everything that its owner can do about it. */
export function twoFactorCard(needs: PageNeeds): HTMLElement {
  const { api, texts, user, issuer } = needs
  const card = element('section', { class: 'card two-factor', 'aria-busy': 'true' })

  async function refresh(): Promise<void> {
    const answer = await api.twoFactor()
    card.removeAttribute('aria-busy')
    if (!answer.ok) return replaceContent(card, element('p', { role: 'alert' }, texts.reasons[answer.reason]))
    replaceContent(card, ...(answer.status.enabled ? whenOn(answer.status) : whenOff(answer.status)))
  }

  const head = (status: Status, ...more: Child[]) =>
    element(
      'div',
      { class: 'card-head' },
      element(
        'span',
        { class: `badge ${status.enabled ? 'on' : 'off'}` },
        icon(status.enabled ? 'shieldCheck' : 'shield'),
      ),
      element(
        'div',
        {},
        element(
          'h2',
          { tabindex: -1 },
          'Two-Factor Authentication ',
          status.enabled ? pill('good', 'On') : pill('plain', 'Off'),
          ' ',
          status.required && pill('warn', 'Required'),
        ),
        ...more,
      ),
    )

  function whenOff(status: Status): Child[] {
    return [
      head(
        status,
        element(
          'p',
          { class: 'muted' },
          'A second step at sign-in: after your password, a code from an app on your phone. A stolen password is then not enough.',
        ),
        status.required && element('p', { class: 'warning' }, 'Your organization requires it. Set it up now.'),
      ),
      element(
        'div',
        { class: 'card-actions' },
        pageButton(
          'set-up',
          'Set Up Two-Factor Authentication',
          () => openFor(refresh, setUpDialog(needs, { kind: 'setUp' })),
          'primary',
        ),
      ),
    ]
  }

  function whenOn(status: Status): Child[] {
    const since = status.enabledAtMs === null ? '' : ` Since ${onDate(status.enabledAtMs)}.`
    return [
      head(status, element('p', { class: 'muted' }, `Signing in takes your password and a code.${since}`)),
      closedNotice(status),
      ...authenticatorRows(needs, status, refresh),
      recoveryCodesRow(status),
      ...trustedDeviceRows(needs, status, refresh),
      element(
        'div',
        { class: 'card-foot' },
        status.required
          ? element('p', { class: 'muted' }, 'Your organization requires it, so it cannot be disabled.')
          : pageButton(
              'disable',
              'Disable Two-Factor Authentication',
              () => openFor(refresh, disableDialog(needs)),
              'quiet-danger',
            ),
      ),
    ]
  }

  function recoveryCodesRow({ recoveryCodes: { left, total } }: Status): HTMLElement {
    const isFew = left <= FEW_CODES
    return element(
      'div',
      { class: 'group' },
      element('h3', {}, 'Recovery Codes'),
      listRow(
        'key',
        element('strong', {}, `${left} of ${total} left`),
        element(
          'span',
          { class: isFew ? 'warn-text' : 'muted' },
          isFew ? 'Generate new ones soon.' : 'For the day when your phone is not at hand.',
        ),
        pageButton('view-codes', 'View Recovery Codes', () =>
          openFor(refresh, recoveryCodesDialog(needs, { issuer, accountName: user.login })),
        ),
      ),
    )
  }

  refresh().catch(reportError)
  return card
}

/** Somebody who is not on one of the owner's devices has guessed too often. */
function closedNotice({ throttle: { strangers } }: Status): Child {
  if (strangers.state === 'open') return null
  const until = strangers.untilMs === null ? '' : ` until ${atTime(strangers.untilMs)}`
  return element(
    'p',
    { class: 'warning' },
    `There were many wrong codes from devices that you did not use before. They are refused${until}. If that was not you, change your password.`,
  )
}
