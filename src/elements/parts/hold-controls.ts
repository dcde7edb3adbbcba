import type { Scope } from '../scope.ts'

/**
 * What was sent cannot be unsent: until its answer is there, nothing can be pressed, typed or closed. Escape is kept until
 * then, since it looks the same whether a request is over or about to be. The controls stay where they are, and keep the focus. What the page puts into a slot stays free.
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
