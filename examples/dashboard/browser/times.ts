import { fillIn, locale, texts } from './language.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const onDate = (atMs: number): string => new Intl.DateTimeFormat(locale(), { dateStyle: 'medium' }).format(atMs)

export const atTime = (atMs: number): string =>
  new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(atMs)

export const inNumbers = (count: number): string => new Intl.NumberFormat(locale()).format(count)

export function inMinutes(minutes: number): string {
  return new Intl.NumberFormat(locale(), { style: 'unit', unit: 'minute', unitDisplay: 'long' }).format(minutes)
}

/** '3 minutes ago' while that says more than the date. */
export function howLongAgo(atMs: number): string {
  const ago = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' })
  const seconds = Math.round((Date.now() - atMs) / 1000)
  if (seconds < MINUTE) return texts().justNow
  if (seconds < HOUR) return ago.format(-Math.floor(seconds / MINUTE), 'minute')
  if (seconds < DAY) return ago.format(-Math.floor(seconds / HOUR), 'hour')
  if (seconds < 7 * DAY) return ago.format(-Math.floor(seconds / DAY), 'day')
  return fillIn(texts().onDay, { date: onDate(atMs) })
}
