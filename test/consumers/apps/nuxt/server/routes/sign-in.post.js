import { signIn } from '../../two-factor.mjs'

export default defineEventHandler((event) => signIn(toWebRequest(event)))
