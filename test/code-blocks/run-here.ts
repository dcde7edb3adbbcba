import { createRequire } from 'node:module'
import * as webauthn from '@simplewebauthn/server'
import * as root from 'countersign'
import { createTwoFactor, generateKey, memoryStore, type TwoFactorOptions } from 'countersign'
import * as http from 'countersign/http'
import * as importing from 'countersign/import'
import * as mail from 'countersign/mail'
import * as otel from 'countersign/otel'
import * as otp from 'countersign/otp'
import * as passkeys from 'countersign/passkeys'
import * as qr from 'countersign/qr'
import * as testing from 'countersign/testing'
import * as tokens from 'countersign/tokens'
import ts from 'typescript'

const QUIET = { log: () => {}, error: () => {} }

const MODULES: Readonly<Record<string, object>> = {
  countersign: root,
  'countersign/http': http,
  'countersign/import': importing,
  'countersign/mail': mail,
  'countersign/otel': otel,
  'countersign/otp': otp,
  'countersign/passkeys': passkeys,
  'countersign/qr': qr,
  'countersign/testing': testing,
  'countersign/tokens': tokens,
}

/** The names of the preludes that are there when a block is run: of the package, over a memory store. */
export function valuesOf(): Readonly<Record<string, unknown>> {
  const store = memoryStore()
  const verifyPassword = (_userId: string, password: string) => password === 'correct horse battery staple'
  const keys = generateKey()
  const given: TwoFactorOptions = {
    issuer: 'Acme Cloud',
    store,
    keys,
    verifyPassword,
    passkeys: passkeys.passkeyVerifier({ webauthn, rpId: 'acme.example', origins: ['https://app.acme.example'] }),
  }
  return {
    store,
    keys,
    verifyPassword,
    generateKey,
    memoryStore,
    createTwoFactor: (options: Partial<TwoFactorOptions>) => createTwoFactor({ ...given, ...options }),
    twoFactor: createTwoFactor(given),
    userId: 'ann',
    password: 'correct horse battery staple',
    code: '123456',
    device: undefined,
    trustDevice: false,
    rows: [],
  }
}

/** Whether the modules that a block imports are there: those of the package and of Node. */
export function hasModules(names: readonly string[]): boolean {
  return names.every((name) => name in MODULES || name.startsWith('node:'))
}

/** Runs a block as it stands. Rejects if it throws. */
export async function runHere(text: string): Promise<void> {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  })
  const require = createRequire(import.meta.url)
  const values = {
    ...valuesOf(),
    exports: {},
    console: QUIET,
    require: (name: string) => MODULES[name] ?? require(name),
  }
  await new Function(...Object.keys(values), `return (async () => {${outputText}\n})()`)(...Object.values(values))
}
