/** Reports a fault to the page. jsdom and happy-dom have no `reportError`: there it becomes an unhandled rejection. */
export function reportFault(fault: unknown): void {
  if (globalThis.reportError === undefined) throw fault
  reportError(fault)
}
