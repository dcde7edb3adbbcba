import { handler } from '../../../two-factor.mjs'

export { handler as GET, handler as POST }
