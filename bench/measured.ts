// What bench/ measures: the public names, and the parts of a second step that stand behind them.
export { parseRecord } from '../src/engine/parse-record.ts'
export { openChallenge, openDevice, sealChallenge, sealDevice } from '../src/engine/tokens.ts'
export { createTwoFactor, generateKey, keyring, memoryStore } from '../src/index.ts'
export { generateTotp, parseOtpauthUri, verifyTotp } from '../src/otp/index.ts'
export { findTotpStep } from '../src/otp/totp.ts'
export { createVault } from '../src/vault/vault.ts'
