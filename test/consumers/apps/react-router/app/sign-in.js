import { signIn } from '../two-factor.mjs'

export const action = ({ request }) => signIn(request)
