import { CountersignError } from '../errors.ts'
import type { HandlerOptions, HostAnswer, Settings } from './options.ts'

/** A hook that forgets to return its headers would have the person told that they are signed in, when they are not. */
export async function openSession(
  settings: Settings,
  userId: string,
  details: Parameters<HandlerOptions['openSession']>[1],
): Promise<HostAnswer> {
  const host: HostAnswer | undefined = await settings.openSession(userId, details)
  if (host !== undefined) return host
  throw new CountersignError(
    'hook_invalid',
    'openSession returned nothing. Return the headers that open the session, or {} where they are set elsewhere.',
  )
}
