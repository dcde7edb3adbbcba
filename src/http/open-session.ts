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

export async function onVerified(
  settings: Settings,
  userId: string,
  details: Parameters<NonNullable<HandlerOptions['onVerified']>>[1],
): Promise<HostAddition | undefined> {
  return additionOf('onVerified', await settings.onVerified?.(userId, details))
}

export async function onSetupConfirmed(
  settings: Settings,
  userId: string,
  details: Parameters<NonNullable<HandlerOptions['onSetupConfirmed']>>[1],
): Promise<HostAddition | undefined> {
  return additionOf('onSetupConfirmed', await settings.onSetupConfirmed?.(userId, details))
}

/** Nothing is added if the host does not have this hook, or it returns nothing. */
function additionOf(hook: HostAddition['hook'], answer: HostAnswer | undefined): HostAddition | undefined {
  return answer === undefined ? undefined : { hook, answer }
}
