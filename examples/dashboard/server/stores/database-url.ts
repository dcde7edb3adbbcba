import { CannotStart } from './cannot-start.ts'

export const TAKEN = 'It takes postgres://…, mysql://… (MariaDB too), redis://…, nats://… or file:….'

/** @throws CannotStart */
export function parseDatabaseUrl(text: string): URL {
  try {
    const url = new URL(text)
    decodeURIComponent(url.username + url.password)
    return url
  } catch {
    throw new CannotStart(
      `DATABASE_URL is no URL. ${TAKEN} In a password, write # / ? @ : % as %23 %2F %3F %40 %3A %25.`,
    )
  }
}

/** For people: neither a name nor a password, and no parameters, which may hold them too. */
export function withoutLogin(text: string): string {
  const { protocol, host, pathname } = parseDatabaseUrl(text)
  // A URL knows no relative paths.
  return protocol === 'file:' ? text.replace(/[?#].*/, '') : `${protocol}//${host}${pathname}`
}

/** What a driver said of its failure, in one line; without the password, should it have said that. */
export function reasonOf(error: unknown, { protocol, username, password }: URL): string {
  // Of a host with several addresses, each has failed; the summary has no words.
  const failure: unknown = error instanceof AggregateError ? error.errors[0] : error
  const words = failure instanceof Error ? failure.message || failure.name : String(failure)
  const line = words.replaceAll(/\s+/g, ' ')
  const secret = protocol === 'nats:' && password === '' ? username : password
  return hide(hide(line, secret), decodeURIComponent(secret))
}

function hide(text: string, secret: string): string {
  return secret === '' ? text : text.replaceAll(secret, '***')
}
