export { createTwoFactor, generateKey, memoryStore } from '../../src/index.ts'
export { buildOtpauthUri, decodeBase32, generateTotp, parseOtpauthUri, verifyTotp } from '../../src/otp/index.ts'
export { migrate as migratePg, pgStore } from '../../src/stores/pg.ts'
export { enroll } from '../../src/testing/index.ts'
