export { enrol } from './enrol.ts'
export { type TestClock, testClock } from './test-clock.ts'
export { type VirtualAuthenticator, virtualAuthenticator } from './virtual-authenticator.ts'
