const LOOPBACK = /^(localhost|.+\.localhost|127\.0\.0\.1|\[::1\])$/

/** The host name of an http URL on this machine, or null: what browsers trust without https. */
export function loopbackHost(url: string | null): string | null {
  if (url === null || !/^http:/i.test(url) || !URL.canParse(url)) return null
  const { hostname } = new URL(url)
  return LOOPBACK.test(hostname) ? hostname : null
}
