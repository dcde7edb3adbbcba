/** Hears of faults. */
export type FaultListener<Where> = (error: unknown, where: Where) => void | Promise<void>

/** A fault that would otherwise go unseen goes to `onError`; without one, to the console. */
export async function report<Where>(
  error: unknown,
  where: Where,
  onError: FaultListener<Where> | undefined,
): Promise<void> {
  if (onError === undefined) {
    console.error(error)
    return
  }
  try {
    await onError(error, where)
  } catch (failure) {
    console.error(error, failure)
  }
}
