/**
 * By importance to the user. One action can cause several events that notify: a first setup adds an authenticator and
 * turns two-factor authentication on. The user is told once, of the first one in this list.
 */
const WEIGHTIEST: readonly string[] = [
  'two-factor.reset',
  'two-factor.disabled',
  'two-factor.exported',
  'two-factor.enabled',
  'authenticator.added',
  'authenticator.removed',
  'recovery-code.issued',
  'two-factor.unlocked',
  'recovery-codes.regenerated',
  'recovery-codes.viewed',
  'recovery-code.used',
  'attempts.locked',
  'code.used-again',
  'device.trusted',
]

/** The events of one action, with at most one still marked `notify`. */
export function withOneNotice<Event extends { type: string; notify: boolean }>(
  events: readonly Event[],
): readonly Event[] {
  const telling = events.filter(({ notify }) => notify)
  if (telling.length < 2) return events
  const [told] = telling.sort((a, b) => weightOf(a) - weightOf(b))
  return events.map((event) => (event.notify && event !== told ? { ...event, notify: false } : event))
}

function weightOf({ type }: { type: string }): number {
  const at = WEIGHTIEST.indexOf(type)
  return at < 0 ? WEIGHTIEST.length : at
}
