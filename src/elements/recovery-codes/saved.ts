import { reportFault } from '../parts/report-fault.ts'
import type { Scope } from '../scope.ts'

/**
 * The person said that the codes are saved: tells the server, then continues. If that fails, the settings keep asking.
 */
export function markSaved(scope: Scope, next: () => void): void {
  const told = (isTold: boolean | null) => {
    if (isTold !== null) next()
  }
  scope.work(tell(scope)).then(told).catch(reportFault)
}

async function tell({ client }: Scope): Promise<boolean> {
  const status = await client.status()
  const createdAtMs = status.ok ? status.recoveryCodes.createdAtMs : null
  return createdAtMs !== null && (await client.markRecoveryCodesSaved({ createdAtMs })).ok
}
