/** The host's listener, and where its faults go. */
export interface Listeners<Event> {
  onEvent: ((event: Event) => void | Promise<void>) | undefined
  onEventError: ((error: unknown, event: Event) => void | Promise<void>) | undefined
}

/** How long one call waits for all its listeners together: the write is done, and a code may be used. */
const PATIENCE_MS = 5000

/**
 * Reports events one after another. Nothing that a listener does changes the outcome: what it throws, or rejects with
 * at any time, goes to `onEventError`. After the limit, the rest is reported without waiting.
 */
export async function tell<Event>(listeners: Listeners<Event>, events: readonly Event[]): Promise<void> {
  if (listeners.onEvent === undefined || events.length === 0) return
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS)
  })
  try {
    for (const event of events) await Promise.race([tellOne(listeners, event), over])
  } finally {
    clearTimeout(timer)
  }
}

/** Never rejects. */
async function tellOne<Event>({ onEvent, onEventError }: Listeners<Event>, event: Event): Promise<void> {
  try {
    await onEvent?.(event)
  } catch (error) {
    try {
      await onEventError?.(error, event)
    } catch {
      // The outcome stands.
    }
  }
}
