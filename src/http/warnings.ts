/** A setup that cannot work, or works by accident. */
export interface HandlerWarning {
  code: 'mixed-origins' | 'cross-site' | 'sign-in-cookie-missing'
  /** What was seen, the likely cause, and the option to change. Holds origins, but never a cookie, code or token. */
  message: string
}

export type Warn = (code: HandlerWarning['code'], message: string) => void

/** Anybody can send an Origin of their own: the log is not theirs to fill. */
const MOST_OF_A_KIND = 20

/** Tells each warning once, and so many of each kind: those that anybody can cause silence no other. A listener that fails changes no answer. */
export function createWarn(onWarning: ((warning: HandlerWarning) => void | Promise<void>) | undefined): Warn {
  const told = new Map<HandlerWarning['code'], Set<string>>()
  // biome-ignore lint/suspicious/noConsole: a warning that nobody subscribed to would be seen by nobody
  const tell = onWarning ?? (({ message }) => globalThis.console.warn(`countersign: ${message}`))
  return (code, message) => {
    const ofKind = told.get(code) ?? new Set<string>()
    if (ofKind.has(message) || ofKind.size >= MOST_OF_A_KIND) return
    told.set(code, ofKind.add(message))
    const listened = async () => tell({ code, message })
    listened().catch(() => {})
  }
}

/** A list for one environment holds https origins, or http ones on this machine. */
export function warnOfMixedOrigins(origins: ReadonlySet<string> | null, warn: Warn): void {
  const plain = [...(origins ?? [])].filter((origin) => origin.startsWith('http:'))
  if (origins === null || plain.length === 0 || plain.length === origins.size) return
  warn(
    'mixed-origins',
    `allowedOrigins holds ${plain.join(', ')} beside secure origins. Anyone on the network can change a page that arrives over http, and it may then change two-factor authentication here. Give each environment its own list.`,
  )
}
