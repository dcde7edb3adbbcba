import type { Scope } from '../scope.ts'

/** The person said that the codes just made are saved. */
export async function markSaved({ client }: Scope): Promise<void> {
  const status = await client.status()
  const createdAtMs = status.ok ? status.recoveryCodes.createdAtMs : null
  if (createdAtMs !== null) await client.markRecoveryCodesSaved({ createdAtMs })
}
