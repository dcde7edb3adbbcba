import { encodeBase64Url } from '../encoding/base64url.ts'
import { utf8Bytes } from '../encoding/utf8.ts'
import type {
  AuthenticationResponseJson,
  PasskeyCreationOptions,
  PasskeyRequestOptions,
  RegistrationResponseJson,
} from '../engine/passkey.ts'
import { checkOptionNames, groupOption, optionNames } from '../options/groups.ts'
import { invalidOption } from '../options/invalid-option.ts'
import { bytes, map, text } from './cbor.ts'
import { makeSigningKey, type SigningKey } from './signing-key.ts'

/** What a passkey says about itself and the page, true or false. */
export interface PasskeyBehavior {
  /** The origin of the page that asks. */
  origin?: string | undefined
  /** The domain that it signs for. */
  rpId?: string | undefined
  /** It verified the user (PIN, fingerprint). Default true. */
  userVerified?: boolean | undefined
  /** Somebody touched it. Default true. */
  userPresent?: boolean | undefined
  /**
   * The signature counter. Default: increases with each use, from 1; set it to make it go back. 0 for a passkey without
   * a counter.
   */
  counter?: number | undefined
  /** It may be synchronized to other devices. Default false. */
  backupEligible?: boolean | undefined
  /** It is synchronized. Default false. */
  backedUp?: boolean | undefined
  /** It was used in a frame inside another site. Default false. */
  crossOrigin?: boolean | undefined
  /** The origin of the page around that frame. Default none. */
  topOrigin?: string | undefined
}

/** For `virtualPasskey`. */
export interface VirtualPasskeyOptions extends PasskeyBehavior {
  rpId: string
  origin: string
  /** COSE: -7 (ES256, the default), -8 (EdDSA) or -257 (RS256). */
  algorithm?: -7 | -8 | -257 | undefined
}

/** A passkey in a browser, both simulated: with real keys and real signatures. */
export interface VirtualPasskey {
  /** The credential id, in base64url; a new one with each `create`. */
  readonly id: string
  /** The counter of its last use. */
  readonly counter: number
  /**
   * Registers it, as `navigator.credentials.create()` would.
   *
   * @param options what `beginSetup` offered
   * @param behavior what is different this time
   * @throws Error if `excludeCredentials` names it, as a browser would
   */
  create(options: PasskeyCreationOptions, behavior?: PasskeyBehavior): Promise<RegistrationResponseJson>
  /**
   * Signs a challenge, as `navigator.credentials.get()` would.
   *
   * @param options what `challenge` or `beginStepUp` returned as `passkey`
   * @param behavior what is different this time
   * @throws Error if it was not registered, or if `allowCredentials` does not name it, as a browser would
   */
  get(options: PasskeyRequestOptions | null, behavior?: PasskeyBehavior): Promise<AuthenticationResponseJson>
}

const BEHAVIOR: Record<keyof PasskeyBehavior, true> = {
  origin: true,
  rpId: true,
  userVerified: true,
  userPresent: true,
  counter: true,
  backupEligible: true,
  backedUp: true,
  crossOrigin: true,
  topOrigin: true,
}
const BEHAVIOR_NAMES = /* @__PURE__ */ optionNames<PasskeyBehavior>(BEHAVIOR)
type Said = { [Name in keyof PasskeyBehavior]-?: NonNullable<PasskeyBehavior[Name]> }

const OPTION_NAMES = /* @__PURE__ */ optionNames<VirtualPasskeyOptions>({ ...BEHAVIOR, algorithm: true })
const ID_BYTES = 16
const AAGUID = new Uint8Array(16)
const ATTESTED = 0x40

/**
 * Simulates a passkey or security key in a test. It registers and signs with real keys, and can be told to misbehave.
 *
 * @throws CountersignError `invalid_option` for an invalid or unknown option
 * @example
 * const passkey = virtualPasskey({ rpId: 'acme.example', origin: 'https://acme.example' })
 * const setup = await twoFactor.beginSetup(userId, { type: 'passkey', proof: { password } })
 * await twoFactor.confirmSetup(userId, { token: setup.token, passkey: await passkey.create(setup.options) })
 * @example
 * const challenge = await twoFactor.challenge(userId)
 * await twoFactor.completeChallenge(challenge.token, { passkey: await passkey.get(challenge.passkey) })
 */
export function virtualPasskey(options: VirtualPasskeyOptions): VirtualPasskey {
  checkOptionNames('virtualPasskey', groupOption('options', options), OPTION_NAMES)
  const { algorithm = -7, ...usual } = options
  if (![-7, -8, -257].includes(algorithm)) throw invalidOption('algorithm', algorithm, '-7, -8 or -257')
  let key: SigningKey | null = null
  let id = ''
  let userHandle = ''
  let counter = 0

  /** What it says this time; the counter increases. */
  function behave(behavior: PasskeyBehavior = {}): Omit<Said, 'topOrigin'> & Pick<PasskeyBehavior, 'topOrigin'> {
    checkOptionNames('virtualPasskey', groupOption('behavior', behavior), BEHAVIOR_NAMES)
    const { rpId = '', origin = '', ...said } = { ...usual, ...behavior }
    counter = said.counter ?? counter + 1
    return {
      rpId,
      origin,
      counter,
      userVerified: said.userVerified ?? true,
      userPresent: said.userPresent ?? true,
      backupEligible: said.backupEligible ?? false,
      backedUp: said.backedUp ?? false,
      crossOrigin: said.crossOrigin ?? false,
      topOrigin: said.topOrigin,
    }
  }

  return {
    get id() {
      return id
    },
    get counter() {
      return counter
    },

    async create(asked, behavior) {
      if (asked.excludeCredentials.some((excluded) => excluded.id === id)) {
        throw new Error('InvalidStateError: this passkey is already registered.')
      }
      const said = behave(behavior)
      key = await makeSigningKey(algorithm)
      const rawId = crypto.getRandomValues(new Uint8Array(ID_BYTES))
      id = encodeBase64Url(rawId)
      userHandle = asked.user.id
      const idLength = Uint8Array.of(rawId.length >> 8, rawId.length & 255)
      const credential = joined(AAGUID, idLength, rawId, key.publicKey)
      const authData = joined(await authenticatorData(said, ATTESTED), credential)
      const attestationObject = map([
        [text('fmt'), text('none')],
        [text('attStmt'), map([])],
        [text('authData'), bytes(authData)],
      ])
      return {
        ...shell(id),
        response: {
          clientDataJSON: encodeBase64Url(clientData('webauthn.create', asked.challenge, said)),
          attestationObject: encodeBase64Url(attestationObject),
          transports: ['internal'],
        },
      }
    },

    async get(asked, behavior) {
      if (key === null) throw new Error('This passkey was not registered: call create first.')
      if (asked === null) throw new Error('There is no passkey to ask for: `passkey` of the challenge is null.')
      if (!asked.allowCredentials.some((allowed) => allowed.id === id)) {
        throw new Error('NotAllowedError: allowCredentials does not name this passkey.')
      }
      const said = behave(behavior)
      const data = await authenticatorData(said, 0)
      const client = clientData('webauthn.get', asked.challenge, said)
      const signature = await key.sign(joined(data, await sha256(client)))
      return {
        ...shell(id),
        response: {
          clientDataJSON: encodeBase64Url(client),
          authenticatorData: encodeBase64Url(data),
          signature: encodeBase64Url(signature),
          userHandle,
        },
      }
    },
  }
}

function shell(id: string) {
  return {
    id,
    rawId: id,
    type: 'public-key',
    clientExtensionResults: {},
    authenticatorAttachment: 'platform',
  } as const
}

/** WebAuthn Level 3 §5.8.1. */
function clientData(type: string, challenge: string, { origin, crossOrigin, topOrigin }: PasskeyBehavior): Uint8Array {
  return utf8Bytes(JSON.stringify({ type, challenge, origin, crossOrigin, topOrigin }))
}

/** WebAuthn Level 3 §6.1. */
async function authenticatorData(
  { rpId, userPresent, userVerified, backupEligible, backedUp, counter }: Omit<Said, 'topOrigin'>,
  attested: number,
): Promise<Uint8Array> {
  const flags =
    (userPresent ? 0x01 : 0) |
    (userVerified ? 0x04 : 0) |
    (backupEligible ? 0x08 : 0) |
    (backedUp ? 0x10 : 0) |
    attested
  const count = new Uint8Array(4)
  new DataView(count.buffer).setUint32(0, counter)
  return joined(await sha256(utf8Bytes(rpId)), Uint8Array.of(flags), count)
}

async function sha256(content: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(content)))
}

function joined(...parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
