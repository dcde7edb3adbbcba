import { handler } from '../../../two-factor.mjs'

export default defineEventHandler((event) => handler(toWebRequest(event)))
