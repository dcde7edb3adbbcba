import { hookInvalid } from '../options/hooks.ts'
import type { HandlerOptions, HostAnswer, Settings } from './options.ts'
import type { HostAddition } from './reply.ts'

/** If a hook forgot to return its headers, the person would be told that they are signed in when they are not. */
export async function openSession(
  settings: Settings,
  userId: string,
  details: Parameters<HandlerOptions['openSession']>[1],
): Promise<HostAddition> {
  const answer: HostAnswer | undefined = await settings.openSession(userId, details)
  if (answer !== undefined) return { hook: 'openSession', answer }
  throw hookInvalid(
    'openSession',
    answer,
    'the headers that open the session, or a Response',
    'Return {} if the session is opened in another way.',
  )
}

/** Nothing is added if the host has no `onVerified`, or it returns nothing. */
export async function onVerified(
  settings: Settings,
  userId: string,
  details: Parameters<NonNullable<HandlerOptions['onVerified']>>[1],
): Promise<HostAddition | undefined> {
  const answer = await settings.onVerified?.(userId, details)
  return answer === undefined ? undefined : { hook: 'onVerified', answer }
}
