const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Times in one language. */
export interface Times {
  date(atMs: number): string
  dateTime(atMs: number): string
  /** '3 minutes ago', or the date once that says more. */
  ago(atMs: number): string
  /** 'in 42 seconds'; null from a day on, where a date says more. */
  within(seconds: number): string | null
  days(count: number): string
  minutes(count: number): string
  /** '6 or 8' */
  either(choices: readonly string[]): string
  number(count: number): string
}

/** @param language of the element, as BCP 47; an invalid one means the browser's */
export function createTimes(language: string): Times {
  const locale = supported(language)
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
  // With the zone: without one, support may read a different time.
  const datesAndTimes = new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const exact = new Intl.RelativeTimeFormat(locale)
  const units = (unit: string) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' })
  const days = units('day')
  const minutes = units('minute')
  const list = new Intl.ListFormat(locale, { type: 'disjunction' })
  const numbers = new Intl.NumberFormat(locale)

  return {
    date: (atMs) => dates.format(atMs),
    dateTime: (atMs) => datesAndTimes.format(atMs),
    ago(atMs) {
      const seconds = Math.max(0, Math.round((Date.now() - atMs) / 1000))
      if (seconds < MINUTE) return relative.format(0, 'second')
      if (seconds < HOUR) return relative.format(-Math.floor(seconds / MINUTE), 'minute')
      if (seconds < DAY) return relative.format(-Math.floor(seconds / HOUR), 'hour')
      if (seconds < 7 * DAY) return relative.format(-Math.floor(seconds / DAY), 'day')
      return dates.format(atMs)
    },
    within(seconds) {
      if (seconds <= MINUTE) return exact.format(seconds, 'second')
      if (seconds <= HOUR) return exact.format(Math.ceil(seconds / MINUTE), 'minute')
      return seconds < DAY ? exact.format(Math.ceil(seconds / HOUR), 'hour') : null
    },
    days: (count) => days.format(count),
    minutes: (count) => minutes.format(count),
    either: (choices) => list.format(choices),
    number: (count) => numbers.format(count),
  }
}

function supported(language: string): string | undefined {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(language)[0]
  } catch {
    return undefined
  }
}
