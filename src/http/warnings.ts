/** A configuration that cannot work, or works by accident. */
export interface HandlerWarning {
  code: 'mixed-origins' | 'cross-site' | 'sign-in-cookie-missing'
  /** What was seen, the likely cause, and the option to change. Contains origins, but never a cookie, code or token. */
  message: string
}

export type Warn = (code: HandlerWarning['code'], message: string) => void

/** Anybody can send any Origin, but must not fill the log. */
const MOST_OF_A_KIND = 20

/**
 * Reports each warning once, with a limit per kind, so that none that anybody can cause silences another kind. A
 * listener's failure changes no answer.
 */
export function createWarn(onWarning: ((warning: HandlerWarning) => void | Promise<void>) | undefined): Warn {
  const told = new Map<HandlerWarning['code'], Set<string>>()
  // biome-ignore lint/suspicious/noConsole: without a listener, nobody else would see the warning
  const tell = onWarning ?? (({ message }) => globalThis.console.warn(`countersign: ${message}`))
  return (code, message) => {
    const ofKind = told.get(code) ?? new Set<string>()
    if (ofKind.has(message) || ofKind.size >= MOST_OF_A_KIND) return
    told.set(code, ofKind.add(message))
    const listened = async () => tell({ code, message })
    listened().catch(() => {})
  }
}

/** A list for one environment has https origins, or http ones on this machine. */
export function warnOfMixedOrigins(origins: ReadonlySet<string> | null, warn: Warn): void {
  const plain = [...(origins ?? [])].filter((origin) => origin.startsWith('http:'))
  if (origins === null || plain.length === 0 || plain.length === origins.size) return
  warn(
    'mixed-origins',
    `allowedOrigins has ${plain.join(', ')} beside secure origins. Anyone on the network can change a page that arrives over http, and it may then change two-factor authentication here. Give each environment its own list.`,
  )
}
