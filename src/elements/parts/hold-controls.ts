import type { Scope } from '../scope.ts'

/**
 * A request cannot be taken back: until its answer is there, nothing can be pressed, typed or closed. Escape is
 * remembered until then. The controls stay where they are, and keep the focus. What the page puts into a slot stays
 * usable.
 */
export function holdControls(root: Node, scope: Pick<Scope, 'isWorking' | 'wantsToLeave'>): void {
  const hold = (event: Event) => {
    const { target } = event
    if (!scope.isWorking || !(target instanceof Node) || target.getRootNode() !== root) return
    if (event instanceof KeyboardEvent) {
      if (event.key !== 'Escape') return
      scope.wantsToLeave = true
    }
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  for (const type of ['click', 'beforeinput', 'keydown']) root.addEventListener(type, hold, true)
}
