const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const dates = new Intl.DateTimeFormat('en', { dateStyle: 'medium' })
const datesAndTimes = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' })
const ago = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

export const onDate = (atMs: number): string => dates.format(atMs)
export const atTime = (atMs: number): string => datesAndTimes.format(atMs)

/** '3 minutes ago' while that says more than the date. */
export function howLongAgo(atMs: number): string {
  const seconds = Math.round((Date.now() - atMs) / 1000)
  if (seconds < MINUTE) return 'just now'
  if (seconds < HOUR) return ago.format(-Math.floor(seconds / MINUTE), 'minute')
  if (seconds < DAY) return ago.format(-Math.floor(seconds / HOUR), 'hour')
  if (seconds < 7 * DAY) return ago.format(-Math.floor(seconds / DAY), 'day')
  return `on ${onDate(atMs)}`
}
