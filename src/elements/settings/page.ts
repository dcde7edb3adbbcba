import type { StatusAnswer } from '../../http/index.ts'
import type { Page } from '../flows/ask.ts'
import type { Shown } from '../parts/row.ts'
import type { Scope } from '../scope.ts'

/** What the views of the settings share. */
export interface SettingsPage extends Page {
  status: StatusAnswer
  /** Which of the trusted devices this browser is. */
  thisDeviceId: string | null
  /** The link to the host's page for somebody who did not do this. */
  notMe: Shown
  /** When staff reset two-factor authentication, as the host says; 0: never. */
  resetAtMs: number
}

/** The server's 'Firefox on Windows' in the page's language. A name from the host stays as it is. */
export function deviceName({ texts }: Scope, name: string): string {
  const [, found = name, system] = /^(\w+|Unknown browser)(?: on (\w+))?$/.exec(name) ?? []
  const browser = found.startsWith('Unknown ') ? texts.unknownBrowser : found
  return system ? texts.browserOn.replace('{browser}', browser).replace('{system}', system) : browser
}

/** The suffix of a device's name if it is this browser. */
export const thisDevice = ({ texts }: Scope, id: string | undefined, thisDeviceId: string | null): string =>
  id !== undefined && id === thisDeviceId ? ` (${texts.thisDevice})` : ''
