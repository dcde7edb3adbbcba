import { element } from '../dom.ts'
import type { Texts } from '../texts.ts'
import { atTime, waitingTime } from '../times.ts'

/** A form's button, which counts a wait down and cannot be pressed meanwhile. Each kind of input waits by itself. */
export function waitButton(label: string, texts: Texts['form'], look: 'primary' | 'danger') {
  const button = element('button', { type: 'submit', class: `button ${look}` }, label)
  const endsMs = new Map<string, number>()
  let shownKind = ''
  let timer: ReturnType<typeof setInterval> | undefined
  let tellOver = () => {}

  const secondsLeft = (kind: string) => Math.max(0, Math.ceil(((endsMs.get(kind) ?? 0) - Date.now()) / 1000))

  function show(): void {
    const seconds = secondsLeft(shownKind)
    button.disabled = seconds > 0
    const time = waitingTime(seconds)
    button.textContent =
      seconds === 0 ? label : time === null ? texts.waitUntil(atTime(Date.now() + seconds * 1000)) : texts.waitFor(time)
  }
  function tick(): void {
    show()
    if (button.isConnected && button.disabled) return
    stop()
    if (button.isConnected) tellOver()
  }
  function stop(): void {
    clearInterval(timer)
    timer = undefined
  }

  return {
    button,
    isWaiting: (kind: string) => secondsLeft(kind) > 0,
    start(kind: string, seconds: number): void {
      endsMs.set(kind, Date.now() + seconds * 1000)
      this.showFor(kind)
    },
    /** What the person is about to send: its wait, if any, is the one that counts. */
    showFor(kind: string): void {
      shownKind = kind
      show()
      if (button.disabled) timer ??= setInterval(tick, 500)
      else stop()
    },
    /** Called when the shown wait has run out. */
    onOver(listener: () => void): void {
      tellOver = listener
    },
  }
}
