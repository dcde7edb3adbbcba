export { signIn as POST } from '../../two-factor.mjs'
