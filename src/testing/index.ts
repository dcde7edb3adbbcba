export { enroll } from './enroll.ts'
export {
  type SignInAttempt,
  type SignInCase,
  type SignInCasesOptions,
  type SignInWay,
  signInCases,
} from './sign-in-cases.ts'
export { type TestClock, testClock } from './test-clock.ts'
export {
  type MakeTokenStore,
  type TokenStoreCase,
  type TokenStoreCaseOptions,
  tokenStoreCases,
} from './token-store-cases/cases.ts'
export {
  type MakeUserStore,
  type UserStoreCase,
  type UserStoreCaseOptions,
  userStoreCases,
} from './user-store-cases/cases.ts'
export { type VirtualAuthenticator, virtualAuthenticator } from './virtual-authenticator.ts'
export {
  type PasskeyBehavior,
  type VirtualPasskey,
  type VirtualPasskeyOptions,
  virtualPasskey,
} from './virtual-passkey.ts'
