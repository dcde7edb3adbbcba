import { keyed } from 'lit/directives/keyed.js'
import { html, nothing, type TemplateResult } from 'lit/html.js'
import { icon } from '../icons.ts'
import type { RenderedElement } from '../rendered-element.ts'
import type { Scope, Show, Step } from '../scope.ts'
import { askBeforeLeaving } from './ask-before-leaving.ts'
import { whenVisible } from './when-visible.ts'

/** Shows the steps of a task one after another, each taking the focus. */
export interface Stage {
  show: Show
  isOpen(): boolean
  /** @param note the announcement, while the rest of the page is inert */
  view(note: TemplateResult): TemplateResult
}

/** Over the page. When it closes, the focus returns to the button that opened it. */
export function dialogStage(host: RenderedElement, scope: Scope): Stage {
  let step: Step | null = null
  let shown: Step | null = null
  const leaving = askBeforeLeaving(host, () => step?.isHeld ?? false)
  whenVisible(host, () => step?.seen?.())
  const dialog = () => host.renderRoot.querySelector('dialog')
  const show: Show = (next) => {
    // An earlier announcement about the page is outdated.
    if (step === null && next) scope.announce('')
    step = next
    leaving.check()
    scope.dropWork()
    scope.update()
  }
  const isHeld = () => step?.isHeld || scope.isWorking
  const cancel = () => {
    if (isHeld()) return
    if (step?.leave) step.leave()
    else show(null)
  }
  // Closed by the browser itself: it stays open until the step decides.
  const closed = () => {
    if (step === null) return
    dialog()?.showModal()
    scope.wantsToLeave = scope.isWorking
    cancel()
  }
  const leaveByKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    cancel()
  }
  function leaveAtLast(): void {
    if (scope.isWorking || !scope.wantsToLeave) return
    scope.wantsToLeave = false
    if (step) cancel()
  }
  function open(): void {
    const node = dialog()
    shown = step
    if (step === null) node?.close()
    else {
      if (!node?.open) node?.showModal()
      focusFirst(host.renderRoot)
    }
  }
  host.addController({
    hostUpdated() {
      if (step !== shown) open()
      // After the answer has been shown: before that, the view that asked would be left.
      if (scope.wantsToLeave && !scope.isWorking) setTimeout(leaveAtLast)
    },
  })
  return {
    show,
    isOpen: () => step !== null,
    view: (note) => html`<dialog
      part="dialog"
      class=${step?.isWide ? 'wide' : ''}
      aria-labelledby="step"
      @close=${closed}
      @keydown=${leaveByKey}
    >
      ${
        step &&
        html`<header>
          <h2 id="step" tabindex="-1">${step.heading}</h2>
          ${
            step.isHeld
              ? nothing
              : html`<button type="button" class="icon-button" aria-label=${scope.texts.close} aria-disabled=${scope.isWorking} @click=${cancel}>
                ${icon('close')}
              </button>`
          }
        </header>
        ${bodyOf(scope, step)}`
      }
      ${note}
    </dialog>`,
  }
}

/** In the page itself. The first step leaves the focus where it is, unless `takesFocus`. */
export function pageStage(host: RenderedElement, scope: Scope, takesFocus: () => boolean): Stage {
  let step: Step | null = null
  let shown: Step | null = null
  const leaving = askBeforeLeaving(host, () => step?.isHeld ?? false)
  whenVisible(host, () => step?.seen?.())
  host.addController({
    hostUpdated() {
      if (step === shown) return
      const isFirst = shown === null
      shown = step
      if (step && (!isFirst || takesFocus())) focusFirst(host.renderRoot)
    },
  })
  return {
    isOpen: () => step !== null,
    show(next) {
      step = next
      leaving.check()
      scope.dropWork()
      scope.update()
    },
    view: (note) =>
      html`${
        step &&
        html`<section class="card page ${step.isWide ? 'wide' : ''}" part="card">
          <h2 id="step" tabindex="-1">${step.heading}</h2>
          ${bodyOf(scope, step)}
        </section>`
      }
      ${note}`,
  }
}

/** A screen reader says the group's name when the focus enters. */
const bodyOf = (scope: Scope, step: Step) =>
  keyed(
    step,
    html`<div class="body" role="group" aria-labelledby="step">
      ${step.place ? html`<p class="muted place">${placeOf(scope, step.place)}</p>` : nothing} ${step.view()}
    </div>`,
  )

const placeOf = ({ texts, times }: Scope, [step, total]: readonly [number, number]) =>
  texts.stepOf.replace('{step}', times.number(step)).replace('{total}', times.number(total))

/**
 * A step opens at its first instruction: the first field has the focus if it is in sight from there, else the heading,
 * since a focus that scrolls would hide what is to be read first.
 */
function focusFirst(root: ParentNode): void {
  const heading = root.querySelector<HTMLElement>('#step')
  const body = root.querySelector('.body')
  if (!heading || !body) return
  heading.scrollIntoView?.({ block: 'nearest' })
  const first = ['[data-first]', 'input:not([hidden]), select', 'button']
    .map((selector) => body.querySelector<HTMLElement>(selector))
    .find((found) => found)
  const isInSight = first && first.getBoundingClientRect().bottom <= Math.min(innerHeight, visibleEnd(body))
  const target = isInSight ? first : heading
  target.focus({ preventScroll: true })
  if (target instanceof HTMLInputElement) target.select()
}

/** A long dialog is cut off at its own end, a page at the screen's. */
const visibleEnd = (body: Element) => body.closest('dialog')?.getBoundingClientRect().bottom ?? innerHeight
