import { env } from 'node:process'
import {
  fromAspNetIdentity,
  fromBetterAuth,
  fromDjangoOtp,
  fromGoogleAuthenticator,
  fromKeycloak,
  fromLaravelFortify,
  fromOtpauth,
  fromOtpauthUris,
  fromOtplib,
  fromSpeakeasy,
  type ImportNote,
  type PlainColumnOptions,
} from '../import/index.ts'
import type { ImportUserOptions } from '../index.ts'
import { CliError } from './output.ts'

/** Reads the rows of one user, for `--from`. */
export type FromRows = (
  rows: readonly unknown[],
) =>
  | { ok: true; user: ImportUserOptions; notes: readonly ImportNote[] }
  | { ok: false; reason: string; notes: readonly ImportNote[] }

/** A system: its reader, and the column of the user id unless `--user-id` names another one. */
interface System {
  userId: string
  reader(settings: PlainColumnOptions): FromRows
}

const fixed = (userId: string, from: FromRows): System => ({ userId, reader: () => from })
const plain = (from: (rows: readonly unknown[], options: PlainColumnOptions) => ReturnType<FromRows>): System => ({
  userId: 'id',
  reader: (settings) => (rows) => from(rows, settings),
})

export const SYSTEMS: Readonly<Record<string, System>> = {
  countersign: fixed('userId', fromExport),
  speakeasy: plain(fromSpeakeasy),
  otplib: plain(fromOtplib),
  otpauth: plain(fromOtpauth),
  'better-auth': {
    userId: 'userId',
    reader: ({ digits, periodSeconds }) => {
      const secret = secretOf('BETTER_AUTH_SECRET')
      return (rows) => fromBetterAuth(rows, { secret, digits, periodSeconds })
    },
  },
  laravel: {
    userId: 'id',
    reader: () => {
      const key = [secretOf('APP_KEY'), ...(env['APP_PREVIOUS_KEYS']?.split(',').filter(Boolean) ?? [])]
      return (rows) => fromLaravelFortify(rows, { key })
    },
  },
  'django-otp': fixed('user_id', fromDjangoOtp),
  'aspnet-identity': fixed('UserId', fromAspNetIdentity),
  keycloak: fixed('user_id', fromKeycloak),
  'otpauth-uris': fixed('id', (rows) => fromOtpauthUris(rows.map(uriOf))),
  'google-authenticator': fixed('id', (rows) => fromGoogleAuthenticator(rows.map(uriOf))),
}

/** Never an argument: everybody on the machine can see those. */
function secretOf(name: string): string {
  const secret = env[name]
  if (secret !== undefined && secret !== '') return secret
  throw new CliError(`Set the variable ${name} to the secret of the other system, in .env or in the environment.`, 2)
}

function uriOf(row: unknown): unknown {
  return typeof row === 'object' && row !== null ? (Reflect.get(row, 'uri') ?? Reflect.get(row, 'url')) : row
}

/** A line of `npx countersign export`. importUser checks the rest. */
function fromExport([row]: readonly unknown[]): ReturnType<FromRows> {
  if (!isExport(row)) return { ok: false, reason: 'malformed', notes: [] }
  const { authenticators, recoveryCodes, passkeys } = row
  return { ok: true, user: { authenticators, recoveryCodes, passkeys }, notes: [] }
}

function isExport(row: unknown): row is Pick<ImportUserOptions, 'authenticators' | 'recoveryCodes' | 'passkeys'> {
  return typeof row === 'object' && row !== null && Array.isArray(Reflect.get(row, 'authenticators'))
}
